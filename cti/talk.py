"""Who speaks with the citizen, and what form their talk has. 通话形态

The form follows from where everybody is, and from nothing else:

    citizen led aside, or nobody in his room     two aside: CONSULTING, one: HELD, none: SEAT_LEFT
    one in his room                              TALKING, or HELD by his seat's own telephone
    two or more in his room                      CONFERENCE

Listening and whispering supervisors do not count. Before a call is answered, and while the citizen
waits in the line again, parties may come and go without any effect on its state.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cti.call import CONNECTED, Call, CallState, Step, ms_between
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallEvent,
    CallHeld,
    CallRetrieved,
    CallTransferred,
    Ending,
    PartyDidNotAnswer,
    PartyJoined,
    PartyLeft,
    PartyMoved,
    PartyRang,
    PartyRecordingStarted,
    PartyRole,
    Room,
    SeatLeftCall,
    TalkChanged,
)
from cti.facts import LegInRoom, LegRang, LegRecordingBegan, SeatConnected
from cti.ids import LegId, SeatId
from cti.parties import Party, about, in_room, moved, newcomer, party_of, with_party, without_leg

S = CallState
_APART = frozenset({S.HELD, S.CONSULTING})
_LIVE = CONNECTED | {S.SEAT_LEFT}

REASON_OF_CAUSE = {
    0: "no-answer",
    16: "cancelled",
    17: "busy",
    18: "no-answer",
    19: "no-answer",
    21: "refused",
}
"""Q.850 causes of a leg that nobody answered; any other is "unreachable". 未接通原因"""


def form_of(call: Call) -> CallState:
    """What the talk is, by where everybody is."""
    talkers, aside = in_room(call.parties, Room.TALK), in_room(call.parties, Room.ASIDE)
    if call.led_aside or not talkers:
        if aside > 1:
            return S.CONSULTING
        return S.HELD if aside or talkers else S.SEAT_LEFT
    if talkers > 1:
        return S.CONFERENCE
    return S.HELD if call.phone_held else S.TALKING


def connected(call: Call, after: Call, fact: SeatConnected) -> Step:
    """The seat that his story rang has answered."""
    party = _talking_seat(fact, fact.at)
    after = replace(
        after,
        seat_id=fact.seat_id,
        leg_id=fact.leg_id,
        parties=with_party(call.parties, party),
        answered_at=call.answered_at or fact.at,
        seat_left_at=None,
        in_rooms=False,
        led_aside=False,
        phone_held=False,
    )
    return _begun(call, after, party, fact.at)


def adopted(call: Call, fact: SeatConnected) -> Call:
    """After a restart: the leg of a seat that was known to talk."""
    if call.leg_id is not None or call.seat_id != fact.seat_id:
        return call
    party = _talking_seat(fact, call.answered_at or fact.at)
    return replace(call, leg_id=fact.leg_id, parties=with_party(call.parties, party))


def _talking_seat(fact: SeatConnected, since: datetime) -> Party:
    return Party(
        leg_id=fact.leg_id, role=PartyRole.SEAT, who=fact.seat_id, room=Room.TALK, since=since
    )


def rang(call: Call, fact: LegRang) -> Step:
    """Somebody more is being rung; for a call of ours it may be the citizen himself."""
    if fact.leg_id == LegId(call.call_id):
        return Step(call=replace(call, citizen_rung=True))
    if party_of(call.parties, fact.leg_id) is not None:
        return Step(call=call)
    party = newcomer(fact)
    event = about(PartyRang, call.call_id, party, fact.at)
    return Step(call=replace(call, parties=with_party(call.parties, party)), events=(event,))


def in_a_room(call: Call, fact: LegInRoom) -> Step:
    """A party came into a room, from outside or from another one."""
    known = party_of(call.parties, fact.leg_id)
    if known is not None and known.role is not fact.role:
        # A supervisor who listened has become the citizen's seat.
        left = _left(call, known, fact.at, last=False)
        step = in_a_room(replace(call, parties=without_leg(call.parties, fact.leg_id)), fact)
        return replace(step, events=(left, *step.events))
    if known is not None and known.room is fact.room:
        return Step(call=call)
    party = moved(known or newcomer(fact), fact.room, fact.at)
    after = replace(call, parties=with_party(call.parties, party))
    kind = PartyJoined if known is None or known.room is None else PartyMoved
    events: tuple[CallEvent, ...] = (about(kind, call.call_id, party, fact.at, room=fact.room),)
    if party.role is PartyRole.SEAT and call.leg_id is None and call.state in _LIVE | {S.ARRIVED}:
        # The first seat of a call of ours, or the one that comes after all others have gone.
        after = replace(after, seat_id=SeatId(party.who), leg_id=party.leg_id)
        if call.seat_id is not None and call.seat_id != after.seat_id:
            events = (*events, _transferred(call, call.seat_id, SeatId(party.who), fact.at))
    return settled(call, after, fact.at, *events)


def recorded(call: Call, fact: LegRecordingBegan) -> Step:
    party = party_of(call.parties, fact.leg_id) or newcomer(fact)
    event = about(PartyRecordingStarted, call.call_id, party, fact.at)
    return Step(call=call, events=(event,))


def citizen_led_aside(call: Call, at: datetime) -> Step:
    return settled(call, replace(call, led_aside=True, in_rooms=True), at)


def citizen_in_room(call: Call, at: datetime) -> Step:
    """He is in the common room; the end of a hold, or the answer to a call of ours."""
    after = replace(call, led_aside=False, phone_held=False, in_rooms=True, citizen_rung=True)
    first = next((p for p in call.parties if p.room is Room.TALK), None)
    if call.state is not S.ARRIVED or first is None:
        return settled(call, after, at)
    return _begun(call, replace(after, answered_at=at), first, at)


def _begun(call: Call, after: Call, party: Party, at: datetime) -> Step:
    """The talk with this party has begun; whoever was there before makes it a conference."""
    after = replace(after, state=form_of(after))
    events: tuple[CallEvent, ...] = (_answered(call, after, party, at),)
    if after.state is not S.TALKING:
        events += (TalkChanged(call_id=call.call_id, at=at, state=after.state.value),)
    return Step(call=after, events=events)


def held_by_phone(call: Call, at: datetime, *, held: bool) -> Step:
    return settled(call, replace(call, phone_held=held), at)


def leg_gone(call: Call, leg_id: LegId, at: datetime, cause: int) -> Step:
    """A party is gone, in whatever state the call is."""
    party = party_of(call.parties, leg_id)
    if party is None:
        return Step(call=call)
    after = replace(call, parties=without_leg(call.parties, leg_id))
    if party.room is None:
        return _never_came(call, after, party, at, cause)
    transferred: tuple[CallEvent, ...] = ()
    if leg_id == call.leg_id:
        after, transferred = _next_seat(after, at)
    alone = form_of(after) is S.SEAT_LEFT
    if call.state in _LIVE and alone:
        # Whoever is gone without a word, and first, has ended the talk: a dead phone says no goodbye.
        blame = Blame.SEAT if party.role is PartyRole.SEAT else Blame.THIRD
        after = replace(
            after, seat_left_at=at, hangup_asked_by=call.hangup_asked_by or blame, led_aside=False
        )
    left = _left(call, party, at, last=alone)
    if _comes_to_nothing(after):
        return _given_up(after, left, at, Ending(blame=Blame.SEAT, reason="seat-left"))
    return settled(call, after, at, left, *transferred)


def all_gone(call: Call, at: datetime) -> tuple[CallEvent, ...]:
    """What the citizen's own end means for everybody else."""
    return tuple(_all_gone(call, at))


def _all_gone(call: Call, at: datetime) -> Iterator[CallEvent]:
    present = [party for party in call.parties if party.room is not None]
    for party in call.parties:
        if party.room is not None:
            yield _left(call, party, at, last=party is present[-1])
        else:
            ending = Ending(blame=Blame.CITIZEN, reason="citizen-gone")
            yield about(PartyDidNotAnswer, call.call_id, party, at, ending=ending)


def settled(was: Call, after: Call, at: datetime, *events: CallEvent) -> Step:
    """The call in the form that follows, and what is to be told of the change."""
    if was.state not in _LIVE:
        return Step(call=after, events=events)
    state = form_of(after)
    if state in CONNECTED and was.state is S.SEAT_LEFT:
        after = replace(after, seat_left_at=None, hangup_asked_by=None)
    after = replace(after, state=state)
    return Step(call=after, events=(*events, *_change(was, after, at)))


def _change(was: Call, after: Call, at: datetime) -> Iterator[CallEvent]:
    if after.state is was.state or after.state not in CONNECTED:
        return
    seat_id = after.seat_id
    apart_before, apart_now = was.state in _APART, after.state in _APART
    if seat_id is not None and apart_now and not apart_before:
        yield CallHeld(call_id=after.call_id, at=at, seat_id=seat_id)
    if seat_id is not None and apart_before and not apart_now:
        yield CallRetrieved(call_id=after.call_id, at=at, seat_id=seat_id)
    yield TalkChanged(call_id=after.call_id, at=at, state=after.state.value)


def _answered(was: Call, after: Call, party: Party, at: datetime) -> CallAnswered:
    # Who waits for the second time has waited since he came back, not since the first time.
    since = was.joined_at if was.answered_at is None else was.queued_at
    return CallAnswered(
        call_id=after.call_id,
        at=at,
        seat_id=SeatId(party.who),
        waited_ms=ms_between(since, at),
        leg_id=party.leg_id,
    )


def _never_came(call: Call, after: Call, party: Party, at: datetime, cause: int) -> Step:
    reason = REASON_OF_CAUSE.get(cause, "unreachable")
    by_us = reason == "cancelled"
    theirs = Blame.SEAT if party.role is not PartyRole.THIRD else Blame.THIRD
    ending = Ending(blame=Blame.SERVICE if by_us else theirs, reason=reason)
    event = about(PartyDidNotAnswer, call.call_id, party, at, ending=ending)
    if _comes_to_nothing(after):
        return _given_up(after, event, at, ending)
    return Step(call=after, events=(event,))


def _comes_to_nothing(after: Call) -> bool:
    """A call of ours whose seat is gone before the citizen was dialled: no leg of it is left."""
    return not after.citizen_rung and not after.parties


def _given_up(after: Call, event: CallEvent, at: datetime, ending: Ending) -> Step:
    after = replace(after, state=S.ABANDONED, ended_at=at, ending=ending)
    gone = CallAbandoned(call_id=after.call_id, at=at, waited_ms=0, ending=ending)
    return Step(call=after, events=(event, gone))


def _next_seat(after: Call, at: datetime) -> tuple[Call, tuple[CallEvent, ...]]:
    """The citizen's seat is gone: another seat on the call is his from now on."""
    seats = [p for p in after.parties if p.role is PartyRole.SEAT]
    heir = next((p for room in (Room.TALK, Room.ASIDE) for p in seats if p.room is room), None)
    # When the citizen goes everybody is let go, one after the other: that hands nothing over.
    ending = after.hangup_asked_by in (Blame.CITIZEN, Blame.SERVICE)
    if heir is None or after.seat_id is None or ending:
        return replace(after, leg_id=None), ()
    told = _transferred(after, after.seat_id, SeatId(heir.who), at)
    return replace(after, seat_id=SeatId(heir.who), leg_id=heir.leg_id), (told,)


def _transferred(call: Call, from_seat: SeatId, to_seat: SeatId, at: datetime) -> CallTransferred:
    return CallTransferred(call_id=call.call_id, at=at, from_seat=from_seat, to_seat=to_seat)


def _left(call: Call, party: Party, at: datetime, *, last: bool) -> CallEvent:
    present_ms = ms_between(party.since, at)
    if party.role is PartyRole.SEAT:
        return SeatLeftCall(
            call_id=call.call_id,
            at=at,
            seat_id=SeatId(party.who),
            talked_ms=present_ms,
            last=last,
            leg_id=party.leg_id,
        )
    return about(PartyLeft, call.call_id, party, at, present_ms=present_ms)
