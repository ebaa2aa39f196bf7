"""How to come to every node of a flow by telephone: the pure walk searched for the quickest way. 流程走法

A way is a row of steps: the node in which he is, and what he does there. Nodes that do nothing by
themselves (choose, language) are passed and not stood in.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from ivr.flow import Flow, NodeId
from ivr.flow_steps import (
    AskOneKey,
    Came,
    CollectDigits,
    DigitsCame,
    EndCall,
    Heard,
    JoinLine,
    KeyCame,
    Listen,
    LookedUp,
    LookUp,
    Note,
    Noted,
    NothingCame,
    Play,
    Played,
    Recorded,
    RecordMessage,
    Step,
    WaitedLong,
)
from ivr.flow_walk import Walk

WAIT = "wait"
"""He does nothing, and it goes on by itself. 等待"""
SPEAK = "speak"
"""He speaks a message and ends it. 留言"""
A_CODE = "482913"
"""Of a form that a query code may have; nobody's. 查询码"""
AN_ORDER = "20261121-000042"
"""Of a form that an order's number has. 工单号"""


@dataclass(frozen=True, slots=True)
class Act:
    """What he does, and where. 动作"""

    node: NodeId
    does: str
    """A key, a row of keys, WAIT or SPEAK. 做法"""


def ways_to_nodes(walk: Walk, order: str = "") -> dict[NodeId, tuple[Act, ...]]:
    """To each node in which somebody can stand, with this order of his own or without one."""
    found: dict[NodeId, tuple[Act, ...]] = {}
    seen: set[tuple[str, ...]] = set()
    number = count()
    ahead = [(0.0, next(number), walk.begin(), ())]
    while ahead:
        cost, _, step, way = heapq.heappop(ahead)
        at = step.position
        key = (at.node, at.stage, at.room, str(min(at.tries, 1)), str(min(at.offered, 1)))
        if key in seen:
            continue
        seen.add(key)
        found.setdefault(at.node, way)
        for does, came, costs in _choices(step, order):
            further = walk.advance(at, came)
            acts = way if does == "" else (*way, Act(at.node, does))
            heapq.heappush(ahead, (cost + costs, next(number), further, acts))
    return found


def passed_only(flow: Flow, found: dict[NodeId, tuple[Act, ...]]) -> frozenset[NodeId]:
    """Nodes in which nobody stands by any of these ways."""
    return frozenset(flow.nodes) - frozenset(found)


def _choices(step: Step, order: str) -> Iterator[tuple[str, Came, float]]:
    match step.doing:
        case Play() | EndCall():
            yield WAIT, Played(), 3
        case AskOneKey(keys=keys, timeout_s=limit):
            for key in sorted(keys - {"0"}):
                yield key, KeyCame(key=key), 1
            yield WAIT, NothingCame(), limit + 3
        case CollectDigits(timeout_s=limit):
            yield f"{A_CODE}#", DigitsCame(digits=A_CODE), 5
            yield WAIT, NothingCame(), limit + 3
        case RecordMessage():
            yield SPEAK, Recorded(duration_ms=3_000), 6
        case Listen():
            yield WAIT, Heard(need=""), 3
        case LookUp():
            yield "", LookedUp(order=order), 0
        case Note():
            yield "", Noted(), 0
        case JoinLine(keys=keys, offer_after_s=offer_s):
            for key in sorted(keys - {"0"}):
                yield key, KeyCame(key=key), 1
            if offer_s:
                yield WAIT, WaitedLong(), offer_s
        case _:
            return
