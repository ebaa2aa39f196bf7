"""One citizen's call as it is now. 通话

How it becomes what it is: cti/course.py (its way from arrival to end), cti/talk.py (who speaks with whom).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cti.events import Blame, CallEvent, Direction, Ending
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from cti.parties import Parties


class CallState(StrEnum):
    """Where a call is on its way. 通话状态"""

    ARRIVED = "arrived"  # 进线
    QUEUED = "queued"  # 排队
    RINGING = "ringing"  # 振铃
    TALKING = "talking"  # 通话
    HELD = "held"  # 保持
    CONSULTING = "consulting"  # 咨询，市民听等待音
    CONFERENCE = "conference"  # 三方通话
    SEAT_LEFT = "seat_left"  # 座席离线，市民仍在线
    ENDED = "ended"  # 结束
    ABANDONED = "abandoned"  # 放弃


S = CallState
OVER = frozenset({S.ENDED, S.ABANDONED})
OPEN = tuple(state for state in CallState if state not in OVER)
CONNECTED = frozenset({S.TALKING, S.HELD, S.CONSULTING, S.CONFERENCE})
"""A seat, or somebody it brought in, is there for the citizen. 已接通"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A citizen's whole contact as it is now; also the record that stays. 通话

    Instants are Asterisk's own, aware UTC.
    """

    call_id: CallId
    caller_number: str
    called_number: str
    state: CallState
    arrived_at: datetime
    direction: Direction = Direction.IN
    citizen_rung: bool = True
    """False while a citizen whom we shall call has not been dialled yet. 已呼叫市民"""
    recording_started_at: datetime | None = None
    notice_at: datetime | None = None
    skill_group: SkillGroupCode | None = None
    joined_at: datetime | None = None
    queued_at: datetime | None = None
    """When he came into the line the last time. 最近入队时刻"""
    turn: int = 1
    """How often he came into the line. 第几次排队"""
    priority: int = 0
    seat_id: SeatId | None = None
    """The citizen's seat: the one that rings or talks, or talked last. 座席"""
    leg_id: LegId | None = None
    """That seat's leg, while it has one. 座席话路"""
    parties: Parties = ()
    """Who is with him or being rung for him, besides the seat that is being offered the call. 参与方"""
    in_rooms: bool = False
    """Citizen and seat left their plain bridge for the rooms. 已进入会议房间"""
    led_aside: bool = False
    """We put him on hold: he hears music in a place of his own. 平台保持"""
    phone_held: bool = False
    """The seat's own telephone put him on hold. 话机保持"""
    offered_at: datetime | None = None
    answered_at: datetime | None = None
    """By the first seat. 首次应答时刻"""
    seat_left_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    hangup_asked_by: Blame | None = None
    """The first side that wanted to end the talk. 挂机方"""
    lifeboat: bool = False
    """Asterisk's own queue held this citizen last. 应急队列"""

    @property
    def over(self) -> bool:
        """Nothing more will happen on it."""
        return self.state in OVER

    @property
    def waited_ms(self) -> int | None:
        """From joining the line to the answer or to giving up; None while he still waits."""
        until = self.answered_at or self.ended_at
        return None if until is None else ms_between(self.joined_at, until)

    @property
    def talked_ms(self) -> int | None:
        """From the answer until one side left; None while they talk or if they never did."""
        until = self.seat_left_at or self.ended_at
        if until is None or self.answered_at is None:
            return None
        return ms_between(self.answered_at, until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The call after a fact, what is worth telling, and whether the fact was foreseen. 步"""

    call: Call
    events: tuple[CallEvent, ...] = ()
    expected: bool = True


def ms_between(since: datetime | None, until: datetime) -> int:
    """Never negative: a restored instant may be a whole second coarser than an event's."""
    return 0 if since is None else max(0, (until - since) // timedelta(milliseconds=1))
