"""A call's way from its arrival to its end. 通话进程

ARRIVED --WaitingBegan/LifeboatJoined--> QUEUED --SeatRang--> RINGING --SeatConnected--> (talk)
   |                                       ^  |                 |  |                      |   |
   |                                       |  +<----------------+  |         everybody    |   | WaitingBegan,
   |                                       |    SeatDidNotAnswer   |         else is gone |   | a new turn
   |                                       |                       |                      v   |
   |                                       +-----------------------|----------------- SEAT_LEFT
   |  CitizenGone                             CitizenGone          | CitizenGone          |
   +-------------------------------------------+-------------------+--> ABANDONED         +--> ENDED

(talk) is TALKING, HELD, CONSULTING or CONFERENCE: which of them follows from where everybody is, and is
worked out in cti/talk.py. After a gap in our hearing a call may skip ahead: SeatRang and SeatConnected
are also taken in ARRIVED, and SeatConnected in QUEUED. Recording, notice, keys and the wish to hang up
change no state. Asterisk repeats and reorders: a pair in ECHOES is an everyday repetition and says
nothing new; any other pair outside NEXT changes nothing either and is counted as unexpected.
"""

from dataclasses import replace
from datetime import datetime

from cti import talk
from cti.call import CONNECTED, OPEN, OVER, Call, CallState, Step
from cti.events import (
    Blame,
    CallAbandoned,
    CallArrived,
    CallEnded,
    CallEvent,
    CallOffered,
    CallQueued,
    CallReturnedToLine,
    CallTookLifeboat,
    Direction,
    Ending,
    KeyPressed,
    NoticePlayed,
    PartyRole,
    RecordingStarted,
)
from cti.facts import (
    CallFact,
    CitizenArrived,
    CitizenGone,
    CitizenHeld,
    CitizenInRoom,
    HangupAsked,
    HangupOrdered,
    KeyWasPressed,
    LegFact,
    LegGone,
    LegInRoom,
    LegRang,
    LegRecordingBegan,
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
from cti.ids import SeatId

S = CallState
_UNANSWERED = (S.ARRIVED, S.QUEUED, S.RINGING)
_CONNECTED = tuple(state for state in CallState if state in CONNECTED)

_MAY_WAIT_AGAIN = (*_CONNECTED, S.SEAT_LEFT)

LEFT_WAITING = "left-waiting"
"""Of a citizen who had talked, was led back into the line, and gave up there. 转回排队后放弃"""

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
    **{(state, CitizenGone): S.ABANDONED for state in _UNANSWERED},
    **{(state, CitizenGone): S.ENDED for state in (*_CONNECTED, S.SEAT_LEFT)},
    **{
        (state, kind): state
        for state in OPEN
        for kind in (RecordingBegan, NoticeEnded, KeyWasPressed, HangupAsked, HangupOrdered)
    },
}

TALK_FACTS = (LegFact, SeatGone, SeatHeld, SeatRetrieved, CitizenHeld, CitizenInRoom)
"""What may come in every open state; what it does to the state is worked out in cti/talk.py."""

ECHOES: frozenset[tuple[CallState, type[CallFact]]] = frozenset(
    {
        # A snapshot describes every call anew, and the spool repeats what AMI has told.
        *((state, CitizenArrived) for state in CallState),
        *((state, kind) for state in OVER for kind in (RecordingBegan, NoticeEnded)),
        *((state, WaitingBegan) for state in (S.RINGING, *_CONNECTED, S.SEAT_LEFT)),
        *((state, LifeboatJoined) for state in (*_CONNECTED, S.SEAT_LEFT)),
        *((state, kind) for state in _CONNECTED for kind in (SeatRang, SeatConnected)),
        # The citizen hung up while a phone rang: which leg's end is told first is chance.
        *(
            (state, kind)
            for state in OVER
            for kind in (SeatDidNotAnswer, HangupAsked, HangupOrdered)
        ),
    }
)


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
        direction=fact.direction,
        citizen_rung=fact.direction is Direction.IN,
    )
    arrived = CallArrived(
        call_id=fact.call_id,
        at=fact.at,
        caller_number=fact.caller_number,
        called_number=fact.called_number,
        direction=fact.direction,
    )
    return Step(call=call, events=(arrived,))


def advance(call: Call, fact: CallFact) -> Step:
    """The call after this fact; same in, same out."""
    if isinstance(fact, TALK_FACTS):
        # A leg's end comes after the call's as often as before it.
        return Step(call=call) if call.over else _in_talk(call, fact)
    if isinstance(fact, WaitingBegan) and fact.turn > call.turn and call.state in _MAY_WAIT_AGAIN:
        return _waiting(call, replace(call, state=S.QUEUED), fact)
    if isinstance(fact, LifeboatJoined) and fact.turn > call.turn and call.state in _MAY_WAIT_AGAIN:
        return _in_lifeboat_again(call, fact)
    state = NEXT.get((call.state, type(fact)))
    if state is None:
        return _echo(call, fact)
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
        case CitizenGone():
            return _citizen_gone(call, after, fact)
        case _:
            return _in_passing(call, fact)


def _in_talk(call: Call, fact: CallFact) -> Step:
    match fact:
        case LegRang():
            return talk.rang(call, fact)
        case LegInRoom():
            return talk.in_a_room(call, fact)
        case LegRecordingBegan():
            return talk.recorded(call, fact)
        case LegGone(leg_id=leg_id, at=at, cause=cause):
            return talk.leg_gone(call, leg_id, at, cause)
        case SeatGone(leg_id=leg_id, at=at):
            return talk.leg_gone(call, leg_id, at, cause=0)
        case CitizenHeld(at=at):
            return talk.citizen_led_aside(call, at)
        case CitizenInRoom(at=at):
            return talk.citizen_in_room(call, at)
        case SeatHeld(seat_id=seat, at=at) if _may_hold(call, seat):
            return talk.held_by_phone(call, at, held=True)
        case SeatRetrieved(seat_id=seat, at=at) if seat == call.seat_id and call.phone_held:
            return talk.held_by_phone(call, at, held=False)
        case _:
            return Step(call=call, expected=False)


def _may_hold(call: Call, seat: SeatId) -> bool:
    return seat == call.seat_id and call.state is S.TALKING


def _echo(call: Call, fact: CallFact) -> Step:
    if isinstance(fact, SeatConnected) and call.state in CONNECTED:
        return Step(call=talk.adopted(call, fact))
    return Step(call=call, expected=(call.state, type(fact)) in ECHOES)


def _waiting(call: Call, after: Call, fact: WaitingBegan) -> Step:
    after = replace(
        _out_of_rooms(after),
        skill_group=fact.skill_group,
        joined_at=fact.joined_at,
        priority=fact.priority,
        turn=max(call.turn, fact.turn),
        lifeboat=False,
    )
    if after == call:
        return Step(call=call)  # A story resumed after our restart says again where it is.
    again = fact.turn > call.turn
    after = replace(
        after, queued_at=fact.at, hangup_asked_by=None if again else call.hangup_asked_by
    )
    return _told(after, *_queued(after, fact.at))


def _out_of_rooms(call: Call) -> Call:
    """He waits alone."""
    return replace(call, in_rooms=False, led_aside=False, phone_held=False)


def _queued(after: Call, at: datetime) -> tuple[CallQueued, ...]:
    """That he waits; nothing while nobody knows where."""
    if after.skill_group is None or after.joined_at is None:
        return ()
    return (
        CallQueued(
            call_id=after.call_id,
            at=at,
            skill_group=after.skill_group,
            joined_at=after.joined_at,
            priority=after.priority,
            turn=after.turn,
        ),
    )


def _in_lifeboat(call: Call, after: Call, fact: LifeboatJoined) -> Step:
    if call.lifeboat:
        return Step(call=call)  # Told by AMI, by the spool and by the snapshot.
    after = replace(after, lifeboat=True, joined_at=call.joined_at or fact.at)
    return _told(after, CallTookLifeboat(call_id=call.call_id, at=fact.at))


def _in_lifeboat_again(call: Call, fact: LifeboatJoined) -> Step:
    """His seat's telephone died while the service was away: the dialplan led him back by itself."""
    # Who was in no line of ours before has no group there yet; he is told of by the lifeboat alone.
    queued = _queued(replace(call, turn=fact.turn), fact.at)
    after = replace(
        _out_of_rooms(call),
        state=S.QUEUED,
        joined_at=call.joined_at or fact.at,
        queued_at=fact.at,
        turn=fact.turn,
        lifeboat=True,
        hangup_asked_by=None,
    )
    return _told(after, *queued, CallTookLifeboat(call_id=call.call_id, at=fact.at))


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
    step = talk.connected(call, after, fact)
    return replace(step, events=(*elsewhere, *step.events))


def _citizen_gone(call: Call, after: Call, fact: CitizenGone) -> Step:
    gone = talk.all_gone(call, fact.at)
    ending = _ending(call, fact)
    after = replace(after, ended_at=fact.at, ending=ending, parties=(), led_aside=False)
    if call.answered_at is None:
        waited = after.waited_ms or 0
        over: CallEvent = CallAbandoned(
            call_id=call.call_id, at=fact.at, waited_ms=waited, ending=ending
        )
        return _told(replace(after, state=S.ABANDONED), *gone, over)
    if call.state in CONNECTED:
        # Usually the seat's leg is released first; if not, its own SeatGone will be an echo.
        after = replace(after, seat_left_at=fact.at)
    talked = after.talked_ms or 0
    over = CallEnded(call_id=call.call_id, at=fact.at, talked_ms=talked, ending=ending)
    return _told(replace(after, state=S.ENDED), *gone, over)


def _ending(call: Call, fact: CitizenGone) -> Ending:
    if fact.lost is not None:
        restarted = fact.lost == "asterisk-restarted"
        blame = Blame.SERVICE if restarted else Blame.UNKNOWN
        return Ending(blame=blame, reason=fact.lost)
    if call.direction is Direction.OUT and call.answered_at is None:
        reason = talk.REASON_OF_CAUSE.get(fact.cause or 0, "unreachable")
        return Ending(blame=Blame.CITIZEN, reason=reason)
    if call.answered_at is not None and call.state in _UNANSWERED:
        return Ending(blame=call.hangup_asked_by or Blame.SERVICE, reason=LEFT_WAITING)
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
    """The first wish counts, of the citizen or of the only one who is there for him.

    A phone that refuses asks too; that ends a ringing, not the call.
    """
    if call.hangup_asked_by is not None:
        return False
    if seat is None:
        return True
    alone = len([p for p in call.parties if p.role is not PartyRole.SUPERVISOR]) <= 1
    return alone and call.state in CONNECTED and seat == call.seat_id


def _told(call: Call, *events: CallEvent) -> Step:
    return Step(call=call, events=events)
