"""What happened on a call, in the hotline's own words. 通话事件

These are the only things about a call that other packages may depend on. Instants are aware UTC;
durations are integer milliseconds.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cti.ids import CallId, SeatId, SkillGroupCode


class Blame(StrEnum):
    """Whose side an ending was. 责任方"""

    CITIZEN = "citizen"  # 市民
    SEAT = "seat"  # 座席
    SERVICE = "service"  # 系统
    TRUNK = "trunk"  # 中继
    UNKNOWN = "unknown"  # 不明


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How something ended and whose side it was. 结束原因

    `reason` is a short constant word: "hung-up", "no-answer", "busy", "unreachable",
    "asterisk-restarted", "ended-while-away", ...
    """

    blame: Blame
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, in the past tense. 业务事件"""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent(Event):
    """Something that happened on one call. 通话事件"""

    call_id: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived(CallEvent):
    """A citizen reached the hotline. 进线"""

    caller_number: str
    called_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted(CallEvent):
    """Both sides are being recorded; `at` is the recording's own zero. 录音开始"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePlayed(CallEvent):
    """The citizen was told that the call is recorded. 录音告知"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallQueued(CallEvent):
    """The citizen is waiting for a skill group. 排队"""

    skill_group: SkillGroupCode
    joined_at: datetime
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOffered(CallEvent):
    """A seat's phone is ringing. 振铃"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReturnedToLine(CallEvent):
    """The seat did not take the call; the citizen waits on, at his old place. 回到队列"""

    seat_id: SeatId
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered(CallEvent):
    """A seat and the citizen are talking. 应答"""

    seat_id: SeatId
    waited_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHeld(CallEvent):
    """The seat put the citizen on hold. 保持"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRetrieved(CallEvent):
    """The seat took the citizen back from hold. 取回"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLeftCall(CallEvent):
    """The seat's leg is gone; its wrap-up begins. 座席离线"""

    seat_id: SeatId
    talked_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(CallEvent):
    """The citizen pressed a key. 按键"""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTookLifeboat(CallEvent):
    """The service was away, so Asterisk's own queue holds the citizen. 应急队列"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAbandoned(CallEvent):
    """The citizen was gone before anybody answered. 放弃"""

    waited_ms: int
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallEvent):
    """An answered call is over. 结束"""

    talked_ms: int
    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost(Event):
    """We no longer hear Asterisk; what happens now is learnt from a snapshot later. 链路中断"""

    node: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRestored(Event):
    """We hear Asterisk again and have taken its whole state. 链路恢复"""

    node: str
    gap_ms: int
