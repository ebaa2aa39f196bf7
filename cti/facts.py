"""What Asterisk told us, already typed. 话路事实

Call facts name the call they belong to. `at` is Asterisk's own timestamp (aware UTC).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cti.events import Direction, PartyRole, Room
from cti.ids import CallId, LegId, SeatId, SkillGroupCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something Asterisk said. 事实"""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFact(Fact):
    """Something Asterisk said about one call. 话路事实"""

    call_id: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenArrived(CallFact):
    """A channel came in on the trunk, or a citizen whom we called answered. 来电"""

    caller_number: str
    called_number: str
    direction: Direction = Direction.IN


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingBegan(CallFact):
    """The dialplan started the two leg files. 录音开始"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEnded(CallFact):
    """The recording notice was played. 告知完毕"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingBegan(CallFact):
    """The citizen's story says that he waits for a skill group (or still waits). 进入等待"""

    skill_group: SkillGroupCode
    joined_at: datetime
    priority: int
    turn: int = 1
    """Counts how often he came into the line: a higher one after a talk is a new waiting. 第几次排队"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeboatJoined(CallFact):
    """The citizen entered Asterisk's own safety-net queue. 进入应急队列"""

    turn: int = 1
    """As in WaitingBegan: a higher one after a talk is a new waiting. 第几次排队"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRang(CallFact):
    """A seat's phone is being rung for this call. 座席振铃"""

    seat_id: SeatId
    leg_id: LegId


class WhyNotAnswered(StrEnum):
    """Why a rung seat did not take the call. 未应答原因"""

    NO_ANSWER = "no-answer"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    CITIZEN_GONE = "citizen-gone"
    UNSEEN = "unseen"
    """The ringing ended while we could not hear Asterisk. 未见"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatDidNotAnswer(CallFact):
    """The ringing ended without an answer. 座席未应答"""

    seat_id: SeatId
    leg_id: LegId
    why: WhyNotAnswered


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatConnected(CallFact):
    """A seat answered. 座席应答"""

    seat_id: SeatId
    leg_id: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatHeld(CallFact):
    """The seat's phone put the citizen on hold. 保持"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRetrieved(CallFact):
    """The seat's phone took the citizen back. 取回"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenHeld(CallFact):
    """The citizen was led aside and hears music. 市民进入保持"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenInRoom(CallFact):
    """The citizen came into the common room, from a plain talk or from hold. 市民进入通话房间"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFact(CallFact):
    """About a leg that is not the citizen's. 参与方话路事实"""

    leg_id: LegId
    role: PartyRole
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRang(LegFact):
    """A leg that we originated is ringing. 邀请振铃"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegInRoom(LegFact):
    """A leg came into a room, for the first time or from another. 话路进入房间"""

    room: Room


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRecordingBegan(LegFact):
    """The leg's own voice is being recorded. 参与方录音开始"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegGone(LegFact):
    """The leg hung up, answered or not. `cause` is Q.850: 17 busy, 19 no answer, ... 参与方释放"""

    cause: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HangupAsked(CallFact):
    """A far end asked to hang up; the first to ask is the side that ended the call. 请求挂机

    `seat_id` is None when the citizen asked.
    """

    seat_id: SeatId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HangupOrdered(CallFact):
    """Asterisk was told to hang a leg up, by a command or by the dialplan. 系统挂机

    It follows HangupAsked too; the first of the two decides. `seat_id` is None for the citizen's leg.
    """

    seat_id: SeatId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatGone(CallFact):
    """The seat's leg is gone. 座席话路释放"""

    seat_id: SeatId
    leg_id: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenGone(CallFact):
    """The citizen's leg is gone. 市民话路释放

    `lost` is None for an ordinary hang-up, else why nobody saw it: "asterisk-restarted" or
    "ended-while-away". `cause` is Q.850, told for the citizens whom we call: 17 busy, 19 no answer.
    """

    lost: str | None = None
    cause: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWasPressed(CallFact):
    """The citizen pressed a key. 按键"""

    key: str


class PhoneState(StrEnum):
    """What Asterisk thinks of a seat's phone. 话机状态"""

    FREE = "free"
    RINGING = "ringing"
    IN_USE = "in-use"
    UNREACHABLE = "unreachable"


class PhoneDevice(StrEnum):
    """Where a seat's operator speaks and hears. 话机类型"""

    DESK = "desk"  # 桌面话机
    BROWSER = "browser"  # 浏览器软电话


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneChanged(Fact):
    """A seat's phone changed its state. 话机状态变化"""

    seat_id: SeatId
    phone: PhoneState
    device: PhoneDevice = PhoneDevice.DESK


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsListed(Fact):
    """Asterisk named all channels it has; a leg that is not among them is gone. 话路清单

    `asterisk_started_at` is None when it could not be learnt; it has whole seconds.
    """

    node: str
    legs: frozenset[LegId]
    asterisk_started_at: datetime | None
