"""A place in the line and the seat that was given for it. 位置与应接"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cti.ids import CallId, SeatId, SkillGroupCode
from ivr.spoken import Value

NO_WISH = SkillGroupCode("")


class StoryState(StrEnum):
    """How far the citizen's story is; kept in a channel variable, so it outlives us. 流程状态"""

    ARRIVED = "arrived"  # 进线
    NOTICED = "noticed"  # 已告知录音
    WAITING = "waiting"  # 排队
    GOODBYE = "goodbye"  # 结束语


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A citizen's place in the line. 排队位置"""

    call_id: CallId
    skill_group: SkillGroupCode
    joined_at: datetime
    priority: int = 0
    turn: int = 1
    """How often he has come into the line: 2 after a talk that was led back into it. 第几次排队"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What is known of a call that comes to the line for the first time. 来电要素"""

    call_id: CallId
    caller_number: str
    called_number: str
    key: str
    language: str
    wish: SkillGroupCode = NO_WISH
    """The group that he has chosen in his flow; it wins over the row's. Empty: none. 所选技能组"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where the routing table sends him. 去向"""

    skill_group: SkillGroupCode
    priority: int = 0
    prompt: str = ""
    """Played before he joins the line; empty: none. 提示音"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What the gate says of a call. 准入"""

    refused: bool = False
    announcement: str = ""
    """The text that is said to him before he is refused. 告知文本"""
    values: Mapping[str, Value] = field(default_factory=dict)
    """What the text has places for. 文本变量"""
    priority: int = 0
    """Added to that of his way. 优先级调整"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What may be told to him who waits. 等候前景"""

    place: int
    minutes: tuple[int, int] | None = None
    """Least and most; None: it cannot be known. 预计分钟"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The seat that will be rung for a place, and what to dial. 应接座席"""

    seat_id: SeatId
    dial: str
    """Asterisk's dial string, "PJSIP/8001". 拨号串"""
