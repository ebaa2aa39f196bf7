"""What happened on a call, in the hotline's own words. 通话事件

These are the only things about a call that other packages may depend on. Instants are aware UTC;
durations are integer milliseconds.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cti.ids import CallId, LegId, SeatId, SkillGroupCode


class Blame(StrEnum):
    """Whose side an ending was. 责任方"""

    CITIZEN = "citizen"  # 市民
    SEAT = "seat"  # 座席
    THIRD = "third"  # 第三方
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


class Direction(StrEnum):
    """Who called whom. 呼叫方向"""

    IN = "in"  # 呼入
    OUT = "out"  # 呼出


class PartyRole(StrEnum):
    """What somebody besides the citizen is on his call. 参与方角色"""

    SEAT = "seat"  # 座席
    THIRD = "third"  # 第三方（部门、公共服务、紧急热线）
    SUPERVISOR = "supervisor"  # 班长


class Room(StrEnum):
    """Where a party of a call is, and so whom it hears. 通话房间"""

    TALK = "talk"  # 与市民通话
    ASIDE = "aside"  # 咨询，市民听不到
    LISTENING = "listening"  # 监听
    WHISPERING = "whispering"  # 密语，只有座席听到


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
    """A citizen reached the hotline, or answered when it called him. 进线

    `caller_number` is the citizen's in both directions.
    """

    caller_number: str
    called_number: str
    direction: Direction = Direction.IN


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
    turn: int = 1
    """How often he has come into the line. 第几次排队"""


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
    leg_id: LegId | None = None


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
    """A seat's leg is gone; its wrap-up begins. 座席离线

    `last`: nobody is left who speaks with the citizen. False when others go on without this seat.
    """

    seat_id: SeatId
    talked_ms: int
    last: bool = True
    leg_id: LegId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyEvent(CallEvent):
    """Something about one party besides the citizen and the seat that answered him. 参与方事件

    `who` is a seat's number, or the directory code of a department or emergency line; "outside" for
    a number that is in no directory.
    """

    leg_id: LegId
    role: PartyRole
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRang(PartyEvent):
    """Somebody more is being rung for this call. 邀请参与方"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyDidNotAnswer(PartyEvent):
    """He did not come. 参与方未接听"""

    ending: Ending


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyJoined(PartyEvent):
    """He answered and is in this room. 参与方加入"""

    room: Room


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyMoved(PartyEvent):
    """He, or a seat, went from one room to another. 参与方换房间"""

    room: Room


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLeft(PartyEvent):
    """A third party or supervisor is gone; a seat says so with SeatLeftCall. 参与方离开"""

    present_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRecordingStarted(PartyEvent):
    """This party's own voice is being recorded in its own file from `at` on. 参与方录音开始

    Seats too get one, from the first moment in which they and others speak together.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTransferred(CallEvent):
    """Another seat is the citizen's seat now. 转席完成"""

    from_seat: SeatId
    to_seat: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkChanged(CallEvent):
    """The talk took another form; `state` is the call's state from now on. 通话形态变化

    Told for every step between "talking", "held", "consulting" and "conference", after the events that
    caused it.
    """

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallControlled(CallEvent):
    """Somebody asked for something to be done with this call. 通话操作

    `what` is the command's word ("hold", "consult", "intercept", ...), `target` whom it concerns (as
    PartyEvent.who), `refused` the error's code if nothing was done.
    """

    what: str
    by: str
    seat_id: SeatId | None = None
    target: str | None = None
    reason: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(CallEvent):
    """The citizen pressed a key. 按键"""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequested(CallEvent):
    """A waiting citizen asked to keep his place and be called back. 排队中申请回拨

    `caller_number` is the number he wants to be called at.
    """

    caller_number: str
    skill_group: SkillGroupCode
    joined_at: datetime


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
