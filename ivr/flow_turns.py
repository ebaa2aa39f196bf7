"""What follows within one node from what came: another stage, another node, or a person. 节点转换

The stages of each kind are drawn in ivr.flow_doings. What has no row here changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.flow import (
    AskDigits,
    AskKey,
    Bot,
    Callback,
    HangUp,
    Message,
    Node,
    NodeId,
    Progress,
    Say,
    Survey,
    Urge,
)
from ivr.flow_doings import ABOUT, NEED, ORDER, SCORE, SCORES, WRONG, YES
from ivr.flow_position import QUERY_CODE, Position, Stage
from ivr.flow_steps import (
    Came,
    DigitsCame,
    Heard,
    KeyCame,
    LookedUp,
    Noted,
    NothingCame,
    Played,
    Recorded,
)
from ivr.spoken import Value

SHORTEST_MESSAGE_MS = 1_000
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """To another node. 离开节点"""

    target: NodeId
    leaves_line: bool = False
    value: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Another stage of this node. 留在节点"""

    stage: Stage
    tries: int = 0
    value: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    told: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class ToPerson:
    """To the node's person. 转人工"""


Next = Go | Stay | ToPerson


def next_stage(node: Node, at: Position, came: Came) -> Next | None:
    """What follows from it; None: it does not belong here and changes nothing."""
    match node:
        case Say():
            return Go(target=node.next) if isinstance(came, Played | KeyCame) else None
        case HangUp():
            return Stay(stage=Stage.OVER) if isinstance(came, Played) else None
        case AskKey():
            return _after_key(node, at, came)
        case AskDigits():
            return _after_digits(node, at, came)
        case Message():
            return _after_message(node, at, came)
        case Survey():
            return _after_survey(node, at, came)
        case Progress():
            return _after_progress(node, at, came)
        case Urge() | Callback():
            return _after_deed(node, at, came)
        case Bot():
            return _after_bot(node, at, came)
        case _:
            return ToPerson()


def _after_key(node: AskKey, at: Position, came: Came) -> Next | None:
    more = at.tries < node.retries
    match came:
        case KeyCame(key=key) if key in node.keys:
            return Go(target=node.keys[key], value={WRONG: ""})
        case KeyCame() | DigitsCame():
            if more:
                return Stay(stage=Stage.ASK, tries=at.tries + 1, value={WRONG: "1"})
            return Go(target=node.on_wrong, value={WRONG: ""})
        case NothingCame():
            if more:
                return Stay(stage=Stage.ASK, tries=at.tries + 1, value={WRONG: ""})
            return Go(target=node.on_silence, value={WRONG: ""})
        case _:
            return None


def _after_digits(node: AskDigits, at: Position, came: Came) -> Next | None:
    match came:
        case DigitsCame(digits=typed) if _is_row(typed, node.shortest, node.longest):
            return Go(target=node.next, value={node.name: typed, WRONG: ""})
        case DigitsCame() | KeyCame():
            value = {WRONG: "1"}
        case NothingCame():
            value = {WRONG: ""}
        case _:
            return None
    if at.tries < node.retries:
        return Stay(stage=Stage.ASK, tries=at.tries + 1, value=value)
    return Go(target=node.on_silence, value={WRONG: ""})


def _after_message(node: Message, at: Position, came: Came) -> Next | None:
    match at.stage, came:
        case Stage.RECORD, Recorded(duration_ms=length):
            if length < SHORTEST_MESSAGE_MS:
                return Go(target=node.on_silence)
            return Stay(stage=Stage.CONFIRM, tries=at.tries)
        case Stage.RECORD, NothingCame():
            return Go(target=node.on_silence)
        case Stage.CONFIRM, KeyCame(key=key) if key == node.again_key and at.tries < node.retakes:
            return Stay(stage=Stage.RECORD, tries=at.tries + 1)
        case Stage.CONFIRM, KeyCame() | DigitsCame() | NothingCame():
            # What he has said is not lost because he pressed nothing, or something else.
            return Stay(stage=Stage.NOTE, tries=at.tries)
        case Stage.NOTE, Noted():
            return Go(target=node.next, leaves_line=True)
        case _:
            return None


def _after_survey(node: Survey, at: Position, came: Came) -> Next | None:
    match at.stage, came:
        case Stage.ASK, KeyCame(key=key) if key in SCORES:
            return Stay(stage=Stage.NOTE, value={SCORE: key})
        case Stage.ASK, KeyCame() | DigitsCame() | NothingCame():
            return Stay(stage=Stage.NOTE, value={SCORE: ""})
        case Stage.NOTE, Noted():
            return Go(target=node.next)
        case _:
            return None


def _after_progress(node: Progress, at: Position, came: Came) -> Next | None:
    wrong = (
        Stay(stage=Stage.ASK, tries=at.tries + 1, value={QUERY_CODE: ""})
        if at.tries + 1 < node.tries
        else Stay(stage=Stage.REFUSE, tries=at.tries + 1, value={QUERY_CODE: ""})
    )
    match at.stage, came:
        case Stage.ASK, DigitsCame(digits=code):
            if _is_row(code, node.shortest, node.longest):
                return Stay(stage=Stage.LOOK, tries=at.tries, value={QUERY_CODE: code, ORDER: ""})
            return wrong
        case Stage.ASK, KeyCame():
            return wrong
        case Stage.ASK, NothingCame():
            return Go(target=node.on_silence)
        case Stage.LOOK, LookedUp(to_person=True):
            return Stay(stage=Stage.REFUSE, tries=at.tries + 1, value={QUERY_CODE: ""})
        case Stage.LOOK, LookedUp(order=order, values=values):
            if not order:
                return wrong
            return Stay(stage=Stage.TELL, tries=at.tries, value={ORDER: order}, told=values)
        case Stage.TELL, Played() | KeyCame():
            return Go(target=node.next)
        case Stage.REFUSE, Played() | KeyCame():
            return ToPerson()
        case _:
            return None


def _after_deed(node: Urge | Callback, at: Position, came: Came) -> Next | None:
    if isinstance(node, Urge) and ORDER not in at.values:
        return ToPerson()
    match at.stage, came:
        case Stage.NOTE, Noted():
            return Stay(stage=Stage.TELL)
        case Stage.TELL, Played() | KeyCame():
            # Who is called back keeps his place through the callback, not by waiting on.
            return Go(target=node.next, leaves_line=isinstance(node, Callback))
        case _:
            return None


def _after_bot(node: Bot, at: Position, came: Came) -> Next | None:
    once_more: Next = (
        Stay(stage=Stage.ASK, tries=at.tries + 1, value={NEED: "", ABOUT: ""})
        if at.tries < node.retries
        else Go(target=node.otherwise, value={NEED: "", ABOUT: ""})
    )
    match at.stage, came:
        case Stage.ASK, Heard(need=need, about=about):
            if need in node.needs:
                return Stay(stage=Stage.CONFIRM, tries=at.tries, value={NEED: need, ABOUT: about})
            return once_more
        case Stage.CONFIRM, KeyCame(key=key) if key == YES and at.values.get(NEED) in node.needs:
            return Go(target=node.needs[at.values[NEED]], value={NEED: "", ABOUT: ""})
        case _, KeyCame() | DigitsCame() | NothingCame():
            return once_more
        case _:
            return None


def _is_row(typed: str, shortest: int, longest: int) -> bool:
    return typed.isascii() and typed.isdecimal() and shortest <= len(typed) <= longest
