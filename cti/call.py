"""One citizen's call and the states it can be in. 通话状态机

ARRIVED --WaitingBegan/LifeboatJoined--> QUEUED --SeatRang--> RINGING --SeatConnected--> TALKING <--+
   |                                       ^  |                 |  |                      |   |      |
   |                                       |  |                 |  |             SeatHeld |   | SeatRetrieved
   |                                       +--------------------+  |                      v   |      |
   |                                          | SeatDidNotAnswer   |                     HELD -------+
   |                                          |                    |                      |   |
   |                                          |                    |             SeatGone v   |
   |                                          |                    |               SEAT_LEFT  |
   |  CitizenGone                             | CitizenGone        | CitizenGone          |   | CitizenGone
   +------------------------------------------+--------------------+--> ABANDONED         +---+--> ENDED

After a gap in our hearing a call may skip ahead: SeatRang and SeatConnected are also taken in ARRIVED,
and SeatConnected in QUEUED. Recording, notice, keys and the wish to hang up change no state.
Asterisk repeats and reorders: a pair in ECHOES is an everyday repetition and says nothing new; any
other pair outside NEXT changes nothing either and is counted as unexpected.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallHeld,
    CallOffered,
    CallQueued,
    CallRetrieved,
    CallReturnedToLine,
    CallTookLifeboat,
    Ending,
    KeyPressed,
    NoticePlayed,
    RecordingStarted,
    SeatLeftCall,
)
from cti.facts import (
    CallFact,
    CitizenArrived,
    CitizenGone,
    HangupAsked,
    HangupOrdered,
    KeyWasPressed,
    LifeboatJoined,
    NoticeEnded,
    RecordingBegan,
    SeatConnected,
    SeatDidNotAnswer,
    SeatGone,
    SeatHeld,
    SeatRang,
    SeatRetrieved,
    WaitingBegan,
    WhyNotAnswered,
)
from cti.ids import CallId, LegId, SeatId, SkillGroupCode


class CallState(StrEnum):
    """Where a call is on its way. 通话状态"""

    ARRIVED = "arrived"  # 进线
    QUEUED = "queued"  # 排队
    RINGING = "ringing"  # 振铃
    TALKING = "talking"  # 通话
    HELD = "held"  # 保持
    SEAT_LEFT = "seat_left"  # 座席离线，市民仍在线
    ENDED = "ended"  # 结束
    ABANDONED = "abandoned"  # 放弃


S = CallState
OVER = frozenset({S.ENDED, S.ABANDONED})
OPEN = tuple(state for state in CallState if state not in OVER)
_UNANSWERED = (S.ARRIVED, S.QUEUED, S.RINGING)
_CONNECTED = (S.TALKING, S.HELD)

NEXT: dict[tuple[CallState, type[CallFact]], CallState] = {
    (S.ARRIVED, WaitingBegan): S.QUEUED,
    (S.QUEUED, WaitingBegan): S.QUEUED,
    (S.ARRIVED, LifeboatJoined): S.QUEUED,
    (S.QUEUED, LifeboatJoined): S.QUEUED,
    (S.RINGING, LifeboatJoined): S.RINGING,
    (S.ARRIVED, SeatRang): S.RINGING,
    (S.QUEUED, SeatRang): S.RINGING,
    (S.RINGING, SeatRang): S.RINGING,
    (S.RINGING, SeatDidNotAnswer): S.QUEUED,
    (S.ARRIVED, SeatConnected): S.TALKING,
    (S.QUEUED, SeatConnected): S.TALKING,
    (S.RINGING, SeatConnected): S.TALKING,
    (S.TALKING, SeatHeld): S.HELD,
    (S.HELD, SeatRetrieved): S.TALKING,
    (S.TALKING, SeatGone): S.SEAT_LEFT,
    (S.HELD, SeatGone): S.SEAT_LEFT,
    **{(state, CitizenGone): S.ABANDONED for state in _UNANSWERED},
    **{(state, CitizenGone): S.ENDED for state in (*_CONNECTED, S.SEAT_LEFT)},
    **{
        (state, kind): state
        for state in OPEN
        for kind in (RecordingBegan, NoticeEnded, KeyWasPressed, HangupAsked, HangupOrdered)
    },
}

ECHOES: frozenset[tuple[CallState, type[CallFact]]] = frozenset(
    {
        # A snapshot describes every call anew, and the spool repeats what AMI has told.
        *((state, CitizenArrived) for state in CallState),
        *((state, kind) for state in OVER for kind in (RecordingBegan, NoticeEnded)),
        *((state, WaitingBegan) for state in (S.RINGING, *_CONNECTED, S.SEAT_LEFT)),
        *((state, LifeboatJoined) for state in (*_CONNECTED, S.SEAT_LEFT)),
        *((state, kind) for state in _CONNECTED for kind in (SeatRang, SeatConnected)),
        # A leg that was never answered hangs up after its ringing ended, at any later moment.
        *((state, SeatGone) for state in CallState if state not in _CONNECTED),
        # The citizen hung up while a phone rang: which leg's end is told first is chance.
        *(
            (state, kind)
            for state in OVER
            for kind in (SeatDidNotAnswer, HangupAsked, HangupOrdered)
        ),
    }
)


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
    recording_started_at: datetime | None = None
    notice_at: datetime | None = None
    skill_group: SkillGroupCode | None = None
    joined_at: datetime | None = None
    priority: int = 0
    seat_id: SeatId | None = None
    """The seat that rings or talks, or talked last. 座席"""
    leg_id: LegId | None = None
    offered_at: datetime | None = None
    answered_at: datetime | None = None
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
        return None if until is None else _ms(self.joined_at, until)

    @property
    def talked_ms(self) -> int | None:
        """From the answer until one side left; None while they talk or if they never did."""
        until = self.seat_left_at or self.ended_at
        return None if until is None or self.answered_at is None else _ms(self.answered_at, until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The call after a fact, what is worth telling, and whether the fact was foreseen. 步"""

    call: Call
    events: tuple[CallEvent, ...] = ()
    expected: bool = True


_ENDING_OF_RINGING = {
    WhyNotAnswered.NO_ANSWER: Ending(blame=Blame.SEAT, reason="no-answer"),
    WhyNotAnswered.BUSY: Ending(blame=Blame.SEAT, reason="busy"),
    WhyNotAnswered.UNREACHABLE: Ending(blame=Blame.SEAT, reason="unreachable"),
    WhyNotAnswered.CITIZEN_GONE: Ending(blame=Blame.CITIZEN, reason="citizen-gone"),
    WhyNotAnswered.UNSEEN: Ending(blame=Blame.UNKNOWN, reason="ended-while-away"),
}


def begin(fact: CitizenArrived) -> Step:
    """A new call."""
    call = Call(
        call_id=fact.call_id,
        caller_number=fact.caller_number,
        called_number=fact.called_number,
        state=S.ARRIVED,
        arrived_at=fact.at,
    )
    arrived = CallArrived(
        call_id=fact.call_id,
        at=fact.at,
        caller_number=fact.caller_number,
        called_number=fact.called_number,
    )
    return Step(call=call, events=(arrived,))


def advance(call: Call, fact: CallFact) -> Step:
    """The call after this fact; same in, same out."""
    state = NEXT.get((call.state, type(fact)))
    if state is None:
        return Step(call=call, expected=(call.state, type(fact)) in ECHOES)
    after = replace(call, state=state)
    match fact:
        case WaitingBegan():
            return _waiting(call, after, fact)
        case LifeboatJoined():
            return _in_lifeboat(call, after, fact)
        case SeatRang():
            return _rang(call, after, fact)
        case SeatDidNotAnswer():
            return _not_answered(call, after, fact)
        case SeatConnected():
            return _connected(call, after, fact)
        case SeatHeld(seat_id=seat, at=at) if seat == call.seat_id:
            return _told(after, CallHeld(call_id=call.call_id, at=at, seat_id=seat))
        case SeatRetrieved(seat_id=seat, at=at) if seat == call.seat_id:
            return _told(after, CallRetrieved(call_id=call.call_id, at=at, seat_id=seat))
        case SeatHeld() | SeatRetrieved():
            return Step(call=call, expected=False)
        case SeatGone():
            return _seat_gone(call, after, fact)
        case CitizenGone():
            return _citizen_gone(call, after, fact)
        case _:
            return _in_passing(call, fact)


def _waiting(call: Call, after: Call, fact: WaitingBegan) -> Step:
    after = replace(
        after,
        skill_group=fact.skill_group,
        joined_at=fact.joined_at,
        priority=fact.priority,
        lifeboat=False,
    )
    if after == call:
        return Step(call=call)  # A story resumed after our restart says again where it is.
    queued = CallQueued(
        call_id=call.call_id,
        at=fact.at,
        skill_group=fact.skill_group,
        joined_at=fact.joined_at,
        priority=fact.priority,
    )
    return _told(after, queued)


def _in_lifeboat(call: Call, after: Call, fact: LifeboatJoined) -> Step:
    if call.lifeboat:
        return Step(call=call)  # Told by AMI, by the spool and by the snapshot.
    after = replace(after, lifeboat=True, joined_at=call.joined_at or fact.at)
    return _told(after, CallTookLifeboat(call_id=call.call_id, at=fact.at))


def _rang(call: Call, after: Call, fact: SeatRang) -> Step:
    if call.leg_id == fact.leg_id:
        return Step(call=call)
    offered = CallOffered(call_id=call.call_id, at=fact.at, seat_id=fact.seat_id)
    after = replace(after, seat_id=fact.seat_id, leg_id=fact.leg_id, offered_at=fact.at)
    return _told(after, *_returned_elsewhere(call, fact.at), offered)


def _returned_elsewhere(call: Call, at: datetime) -> tuple[CallEvent, ...]:
    """The seat that was offered this call is told so when another one gets it."""
    if call.state is not S.RINGING or call.seat_id is None:
        return ()
    ending = Ending(blame=Blame.SERVICE, reason="offered-elsewhere")
    return (CallReturnedToLine(call_id=call.call_id, at=at, seat_id=call.seat_id, ending=ending),)


def _not_answered(call: Call, after: Call, fact: SeatDidNotAnswer) -> Step:
    if call.leg_id != fact.leg_id:
        return Step(call=call, expected=False)
    returned = CallReturnedToLine(
        call_id=call.call_id,
        at=fact.at,
        seat_id=fact.seat_id,
        ending=_ENDING_OF_RINGING[fact.why],
    )
    return _told(replace(after, seat_id=None, leg_id=None, offered_at=None), returned)


def _connected(call: Call, after: Call, fact: SeatConnected) -> Step:
    elsewhere = () if call.leg_id == fact.leg_id else _returned_elsewhere(call, fact.at)
    after = replace(after, seat_id=fact.seat_id, leg_id=fact.leg_id, answered_at=fact.at)
    waited = after.waited_ms or 0
    answered = CallAnswered(
        call_id=call.call_id, at=fact.at, seat_id=fact.seat_id, waited_ms=waited
    )
    return _told(after, *elsewhere, answered)


def _seat_gone(call: Call, after: Call, fact: SeatGone) -> Step:
    if call.leg_id != fact.leg_id:
        return Step(call=call)  # An earlier, unanswered leg of this call.
    # Whoever is gone without a word, and first, has ended the talk: a dead phone says no goodbye.
    blame = call.hangup_asked_by or Blame.SEAT
    after = replace(after, seat_left_at=fact.at, hangup_asked_by=blame)
    return _told(after, *_seat_left(after, fact.at))


def _seat_left(after: Call, at: datetime) -> tuple[CallEvent, ...]:
    if after.seat_id is None:
        return ()
    talked = after.talked_ms or 0
    return (SeatLeftCall(call_id=after.call_id, at=at, seat_id=after.seat_id, talked_ms=talked),)


def _citizen_gone(call: Call, after: Call, fact: CitizenGone) -> Step:
    ending = _ending(call, fact)
    after = replace(after, ended_at=fact.at, ending=ending)
    if after.state is S.ABANDONED:
        waited = after.waited_ms or 0
        gone = CallAbandoned(call_id=call.call_id, at=fact.at, waited_ms=waited, ending=ending)
        return _told(after, gone)
    left: tuple[CallEvent, ...] = ()
    if call.state in _CONNECTED:
        # Usually the seat's leg is released first; if not, its own SeatGone will be an echo.
        after = replace(after, seat_left_at=fact.at)
        left = _seat_left(after, fact.at)
    talked = after.talked_ms or 0
    ended = CallEnded(call_id=call.call_id, at=fact.at, talked_ms=talked, ending=ending)
    return _told(after, *left, ended)


def _ending(call: Call, fact: CitizenGone) -> Ending:
    if fact.lost is not None:
        restarted = fact.lost == "asterisk-restarted"
        blame = Blame.SERVICE if restarted else Blame.UNKNOWN
        return Ending(blame=blame, reason=fact.lost)
    # Nobody at a far end asked: we closed it ourselves.
    return Ending(blame=call.hangup_asked_by or Blame.SERVICE, reason="hung-up")


def _in_passing(call: Call, fact: CallFact) -> Step:
    """What changes no state."""
    match fact:
        case RecordingBegan(at=at) if call.recording_started_at is None:
            started = RecordingStarted(call_id=call.call_id, at=at)
            return _told(replace(call, recording_started_at=at), started)
        case NoticeEnded(at=at) if call.notice_at is None:
            played = NoticePlayed(call_id=call.call_id, at=at)
            return _told(replace(call, notice_at=at), played)
        case KeyWasPressed(at=at, key=key):
            return _told(call, KeyPressed(call_id=call.call_id, at=at, key=key))
        case HangupAsked(seat_id=seat) if _ends_it(call, seat):
            blame = Blame.CITIZEN if seat is None else Blame.SEAT
            return _told(replace(call, hangup_asked_by=blame))
        case HangupOrdered(seat_id=seat) if _ends_it(call, seat):
            return _told(replace(call, hangup_asked_by=Blame.SERVICE))
        case _:
            return Step(call=call)


def _ends_it(call: Call, seat: SeatId | None) -> bool:
    """The first wish counts. A phone that refuses asks too; that ends a ringing, not the call."""
    on_the_call = seat is None or (call.state in _CONNECTED and seat == call.seat_id)
    return call.hangup_asked_by is None and on_the_call


def _told(call: Call, *events: CallEvent) -> Step:
    return Step(call=call, events=events)


def _ms(since: datetime | None, until: datetime) -> int:
    """Never negative: a restored instant may be a whole second coarser than an event's."""
    return 0 if since is None else max(0, (until - since) // timedelta(milliseconds=1))
