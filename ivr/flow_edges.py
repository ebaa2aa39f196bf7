"""Where each node of a flow leads, and what makes him go there. 流程走向"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ivr.flow import (
    NOWHERE,
    AskDigits,
    AskKey,
    Bot,
    Callback,
    Choose,
    Flow,
    Language,
    Message,
    Node,
    NodeId,
    Progress,
    Say,
    Survey,
    Urge,
    WaitingRoom,
)


class EdgeKind(StrEnum):
    """What makes him go along an edge. 走向种类"""

    KEY = "key"  # 按键
    NEXT = "next"  # 之后，不需他做什么
    DONE = "done"  # 他做完之后
    CASE = "case"  # 自动分支
    SILENCE = "silence"  # 不按键
    WRONG = "wrong"  # 按错
    WAITED = "waited"  # 等候过久


BY_ITSELF = frozenset({EdgeKind.NEXT, EdgeKind.CASE, EdgeKind.SILENCE, EdgeKind.WRONG})
"""Edges that a receiver on a table goes along, or one that somebody mashes keys on."""
IN_SILENCE = frozenset({EdgeKind.NEXT, EdgeKind.CASE, EdgeKind.SILENCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """From one node to another. 走向"""

    kind: EdgeKind
    label: str
    target: NodeId


def edges(node: Node) -> tuple[Edge, ...]:
    """All ways out of it but key 0."""
    return tuple(edge for edge in _edges(node) if edge.target != NOWHERE)


def _edges(node: Node) -> Iterator[Edge]:
    match node:
        case AskKey():
            for key, target in node.keys.items():
                yield Edge(kind=EdgeKind.KEY, label=key, target=target)
            yield Edge(kind=EdgeKind.SILENCE, label="不按键", target=node.on_silence)
            yield Edge(kind=EdgeKind.WRONG, label="按错", target=node.on_wrong)
        case AskDigits():
            yield Edge(kind=EdgeKind.DONE, label="已输入", target=node.next)
            yield Edge(kind=EdgeKind.SILENCE, label="不按键", target=node.on_silence)
        case Choose():
            for one in node.cases:
                yield Edge(kind=EdgeKind.CASE, label=one.value, target=one.target)
            yield Edge(kind=EdgeKind.CASE, label="其余", target=node.otherwise)
        case Message():
            yield Edge(kind=EdgeKind.DONE, label="已留言", target=node.next)
            yield Edge(kind=EdgeKind.SILENCE, label="未说话", target=node.on_silence)
        case Progress():
            yield Edge(kind=EdgeKind.DONE, label="已告知", target=node.next)
            yield Edge(kind=EdgeKind.SILENCE, label="不按键", target=node.on_silence)
        case Bot():
            for need, target in node.needs.items():
                yield Edge(kind=EdgeKind.DONE, label=need, target=target)
            yield Edge(kind=EdgeKind.SILENCE, label="其余", target=node.otherwise)
        case WaitingRoom():
            yield Edge(kind=EdgeKind.WAITED, label=f"{node.offer_after_s}秒", target=node.offer)
        case Say() | Language() | Survey() | Urge() | Callback():
            yield Edge(kind=EdgeKind.NEXT, label="", target=node.next)
        case _:
            return


def reachable(
    flow: Flow, start: Iterable[NodeId], without: type[Node] | None = None
) -> set[NodeId]:
    """Every node that can be come to from there, also by key 0; not through nodes of `without`."""
    found: set[NodeId] = set()
    ahead = list(start)
    while ahead:
        here = ahead.pop()
        node = flow.nodes.get(here)
        if node is None or here in found or (without is not None and isinstance(node, without)):
            continue
        found.add(here)
        ahead += [edge.target for edge in edges(node)]
        ahead.append(flow.person_of(node))
    return found
