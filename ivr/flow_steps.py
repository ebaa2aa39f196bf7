"""What a walk asks to be done, and what can come of it. 流程步骤"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from cti.ids import SkillGroupCode
from ivr.flow import NodeId
from ivr.flow_position import Position
from ivr.spoken import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A text with its values. 台词"""

    text: str
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


class Deed(StrEnum):
    """What is written down for him. 登记"""

    MESSAGE = "message"  # 留言
    SCORE = "score"  # 评价
    URGE = "urge"  # 催办
    CALLBACK = "callback"  # 请求回拨


# What is to be done.


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Say this. ─► Played, KeyCame 播报"""

    lines: tuple[Line, ...]
    whole: bool = False
    """To its end: a key that is pressed meanwhile is told only then. 必须播完"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOneKey:
    """Say this and wait for a key, which may come at once. ─► KeyCame, NothingCame 等待按键"""

    lines: tuple[Line, ...]
    keys: frozenset[str]
    timeout_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectDigits:
    """Say this and take a row of digits. ─► DigitsCame, NothingCame 收号"""

    lines: tuple[Line, ...]
    longest: int
    end_key: str
    timeout_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMessage:
    """Say this and record him. ─► Recorded, KeyCame 录制留言"""

    lines: tuple[Line, ...]
    longest_s: int
    silence_s: int
    take: int = 0
    """How often he spoke it before in this node. 第几次重录"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Say this and understand what he needs. ─► Heard, KeyCame, NothingCame 听取诉求"""

    lines: tuple[Line, ...]
    longest_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """Look for his order by his number and this code. ─► LookedUp 查询"""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Write this down; a second time must change nothing. ─► Noted 登记"""

    deed: Deed
    node: NodeId
    value: str = ""
    """The score, "" for none; the order's number; which take of the message. 内容"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinLine:
    """Wait for a person, or go on waiting. ─► WaitedLong, KeyCame 排队"""

    group: SkillGroupCode
    """Empty: the routing table decides. 技能组"""
    comfort: tuple[Line, ...] = ()
    """Only the first time. 安抚语"""
    place: str = ""
    estimate: str = ""
    useful: tuple[str, ...] = ()
    every_s: int = 30
    offer_after_s: int = 0
    """0: nothing more is offered. 等候选择"""
    keys: frozenset[str] = frozenset()
    """Keys that do something while he waits. 等候中可用按键"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCall:
    """Say this and hang up. ─► Played, KeyCame 挂机"""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """Nothing more. 结束"""

    has_message: bool = False
    """He hung up with a message on tape; it is kept if it holds anything. 保留留言"""


Doing = (
    Play | AskOneKey | CollectDigits | RecordMessage | Listen | LookUp | Note | JoinLine | EndCall
    | Over
)  # fmt: skip


# What can come of it.


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """It was said to its end. 播报完毕"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCame:
    """He pressed a key. 按键"""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsCame:
    """He typed a row, without the key that ends it. 输入"""

    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingCame:
    """He pressed nothing, or said nothing. 无按键"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """He has stopped speaking. 录制完毕"""

    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What he needs, as it was understood; empty: not understood. 听到诉求"""

    need: str
    about: str = ""
    """The text that names his matter when he is asked; empty: the need's own. 事项"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """His order, or none: whatever does not fit looks the same. 查询结果"""

    order: str = ""
    to_person: bool = False
    """He has tried too often, in this call or today. 转人工"""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """It is written down. 已登记"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitedLong:
    """He has waited as long as the step said. 等候过久"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """He hung up. 已挂机"""


Came = (
    Played | KeyCame | DigitsCame | NothingCame | Recorded | Heard | LookedUp | Noted | WaitedLong
    | Gone
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where he is now and what is to be done there. 步骤"""

    position: Position
    doing: Doing
    entered: tuple[NodeId, ...] = ()
    """Nodes that he came into with this step, also those that do nothing by themselves. 经过节点"""
