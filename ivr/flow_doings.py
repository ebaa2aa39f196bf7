"""What one node asks to be done at each of its stages. 节点步骤

say, hang-up  SAY
ask-key       ASK (again up to `retries`)
ask-digits    ASK (again up to `retries`)
message       RECORD ─► CONFIRM ─► NOTE      again: CONFIRM ─► RECORD
survey        ASK ─► NOTE
progress      ASK ─► LOOK ─► TELL            wrong: ASK again, at last REFUSE ─► a person
urge, callback NOTE ─► TELL
bot           ASK ─► CONFIRM                 not understood: ASK again up to `retries`
"""

from collections.abc import Mapping
from types import MappingProxyType

from ivr.flow import (
    GREETING,
    KEY_UNKNOWN,
    NO_KEY,
    AskDigits,
    AskKey,
    Bot,
    Callback,
    HangUp,
    Message,
    Node,
    Progress,
    Say,
    Survey,
    Urge,
    WaitingRoom,
)
from ivr.flow_position import QUERY_CODE, Position, Stage
from ivr.flow_steps import (
    AskOneKey,
    CollectDigits,
    Deed,
    Doing,
    EndCall,
    JoinLine,
    Line,
    Listen,
    LookUp,
    Note,
    Over,
    Play,
    RecordMessage,
)
from ivr.spoken import Value

ORDER = "order"
"""The order that was found for him. 已查到的工单"""
NEED = "need"
ABOUT = "about"
"""The text that names his matter. 事项"""
SCORE = "score"
SCORES = frozenset("123456789")
"""Keys that may be a score; which of them are is a policy. 评价按键"""
WRONG = "wrong"
"""A mark within a node: what he pressed last was wrong."""
YES, AGAIN = "1", "2"
"""Keys that confirm what a bot understood. 确认键"""


def first_stage(node: Node) -> Stage:
    """Where a node begins."""
    match node:
        case AskKey() | AskDigits() | Survey() | Progress() | Bot():
            return Stage.ASK
        case Message():
            return Stage.RECORD
        case Urge() | Callback():
            return Stage.NOTE
        case WaitingRoom():
            return Stage.WAIT
        case _:
            return Stage.SAY


def to_do(node: Node, at: Position, greeting: str, told: Mapping[str, Value]) -> Doing:
    """What the stage asks for."""
    values: dict[str, Value] = {**at.values, **told}

    def lines(*texts: str) -> tuple[Line, ...]:
        return tuple(
            Line(text=greeting if text == GREETING else text, values=MappingProxyType(values))
            for text in texts
            if text
        )

    again = "" if not at.tries else KEY_UNKNOWN if WRONG in at.values else NO_KEY
    match node, at.stage:
        case _, Stage.OVER:
            return Over()
        case Say(), _:
            return Play(lines=lines(node.text), whole=node.whole or node.text == GREETING)
        case AskKey(), _:
            return AskOneKey(
                lines=lines(again, node.text),
                keys=frozenset(node.keys),
                timeout_s=node.timeout_s,
            )
        case AskDigits(), _:
            return CollectDigits(
                lines=lines(again, node.text),
                longest=node.longest,
                end_key=node.end_key,
                timeout_s=node.timeout_s,
            )
        case Message(), Stage.CONFIRM:
            return AskOneKey(
                lines=lines(node.confirm),
                keys=frozenset({node.keep_key, node.again_key}),
                timeout_s=node.timeout_s,
            )
        case Message(), Stage.NOTE:
            return Note(deed=Deed.MESSAGE, node=node.id, value=str(at.tries))
        case Message(), _:
            return RecordMessage(
                lines=lines(node.text),
                longest_s=node.longest_s,
                silence_s=node.silence_s,
                take=at.tries,
            )
        case Survey(), Stage.NOTE:
            return Note(deed=Deed.SCORE, node=node.id, value=at.values.get(SCORE, ""))
        case Survey(), _:
            return AskOneKey(lines=lines(node.text), keys=SCORES, timeout_s=node.timeout_s)
        case Progress(), Stage.LOOK:
            return LookUp(code=at.values.get(QUERY_CODE, ""))
        case Progress(), Stage.TELL:
            return Play(lines=lines(node.found))
        case Progress(), Stage.REFUSE:
            return Play(lines=lines(node.wrong))
        case Progress(), _:
            return CollectDigits(
                lines=lines(node.wrong if at.tries else "", node.text),
                longest=node.longest,
                end_key="#",
                timeout_s=node.timeout_s,
            )
        case ((Urge() | Callback()), Stage.TELL):
            return Play(lines=lines(node.text))
        case Urge(), _:
            return Note(deed=Deed.URGE, node=node.id, value=at.values.get(ORDER, ""))
        case Callback(), _:
            return Note(deed=Deed.CALLBACK, node=node.id)
        case Bot(), Stage.CONFIRM:
            values[NEED] = values.get(ABOUT) or values.get(NEED, "")
            return AskOneKey(
                lines=lines(node.confirm),
                keys=frozenset({YES, AGAIN}),
                timeout_s=node.timeout_s,
            )
        case Bot(), _:
            return Listen(lines=lines(node.text), longest_s=node.longest_s)
        case WaitingRoom(), _:
            return JoinLine(
                group=node.group,
                comfort=lines(node.comfort),
                place=node.place,
                estimate=node.estimate,
                useful=node.useful,
                every_s=node.every_s,
            )
        case HangUp(), _:
            return EndCall(lines=lines(node.text))
        case _:
            return Over()
