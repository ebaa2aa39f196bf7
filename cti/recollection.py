"""What the table of calls does not hold of a call in hand, told again by its own events. 通话复原

The table has one row a call; who is on it, and where, is in the journal. After a restart both
together give the call as it was when the last event was written; Asterisk's snapshot corrects it.
"""

from collections.abc import Iterable
from dataclasses import replace

from cti.call import Call, CallState
from cti.events import (
    CallAnswered,
    CallArrived,
    CallEvent,
    CallQueued,
    CallTransferred,
    Direction,
    PartyDidNotAnswer,
    PartyEvent,
    PartyJoined,
    PartyLeft,
    PartyMoved,
    PartyRang,
    PartyRole,
    Room,
    SeatLeftCall,
)
from cti.parties import Parties, Party, moved, newcomer, party_of, with_party, without_leg


def recollect(call: Call, events: Iterable[CallEvent]) -> Call:
    """The call with its parties and turn, as its events say."""
    for event in events:
        call = _after(call, event)
    apart = call.state in (CallState.HELD, CallState.CONSULTING)
    aside = any(party.room is Room.ASIDE for party in call.parties)
    # Who speaks aside has led the citizen aside; a plain hold was the telephone's, or the snapshot
    # will say that it was not.
    return replace(call, led_aside=apart and aside, phone_held=apart and not aside)


def _after(call: Call, event: CallEvent) -> Call:
    match event:
        case CallArrived(direction=direction):
            return replace(call, direction=direction, citizen_rung=direction is Direction.IN)
        case CallQueued(turn=turn, at=at):
            return replace(call, turn=turn, queued_at=at)
        case CallAnswered(leg_id=str() as leg_id, seat_id=seat_id, at=at):
            seat = Party(leg_id=leg_id, role=PartyRole.SEAT, who=seat_id, room=Room.TALK, since=at)
            # A call to a citizen is answered by him: his seat has been there before.
            known = party_of(call.parties, leg_id)
            parties = call.parties if known else with_party(call.parties, seat)
            return replace(call, parties=parties, leg_id=leg_id, citizen_rung=True)
        case CallTransferred(to_seat=to_seat):
            heirs = [p.leg_id for p in call.parties if p.who == to_seat]
            return replace(call, leg_id=heirs[-1] if heirs else None)
        case SeatLeftCall(leg_id=str() as leg_id) | PartyLeft(leg_id=leg_id):
            gone = leg_id == call.leg_id
            return replace(
                call,
                parties=without_leg(call.parties, leg_id),
                leg_id=None if gone else call.leg_id,
            )
        case PartyJoined(role=PartyRole.SEAT) | PartyMoved(role=PartyRole.SEAT) if not call.leg_id:
            parties = _parties(call.parties, event)
            return replace(call, parties=parties, leg_id=event.leg_id)
        case PartyEvent():
            return replace(call, parties=_parties(call.parties, event))
        case _:
            return call


def _parties(parties: Parties, event: PartyEvent) -> Parties:
    known = party_of(parties, event.leg_id)
    match event:
        case PartyRang() if known is None:
            return with_party(parties, newcomer(event))
        case PartyJoined(room=room) | PartyMoved(room=room):
            return with_party(parties, moved(known or newcomer(event), room, event.at))
        case PartyDidNotAnswer():
            return without_leg(parties, event.leg_id)
        case _:
            return parties
