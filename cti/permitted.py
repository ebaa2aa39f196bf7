"""What may be asked for in which form of a call. 操作许可

Pure: the answer is an error or nothing. Who may ask at all (roles) is the web's business; that a seat
asks only about its own call is decided here, since it is the call that knows its seats.
"""

from collections.abc import Collection

from cti.call import CONNECTED, Call, CallState
from cti.errors import (
    CallInOtherForm,
    CallNotAnswered,
    CallOver,
    NotOnThisCall,
    SpyingOnOneself,
    TargetAlreadyThere,
)
from cti.events import PartyRole, Room
from cti.ids import LegId, SeatId
from cti.parties import Party, party_of
from cti.targets import Target

S = CallState
FORMS: dict[str, Collection[CallState]] = {
    "hold": {S.TALKING, S.CONFERENCE},
    "retrieve": {S.HELD},
    "consult": {S.TALKING, S.HELD},
    "cancel-consult": {S.HELD, S.CONSULTING},
    "complete": {S.CONSULTING},
    "conference": {S.CONSULTING},
    "invite": {S.TALKING, S.CONFERENCE},
    "transfer": {S.TALKING, S.HELD},
    "to-line": CONNECTED,
    "leave": {S.CONFERENCE},
    "release": {S.TALKING},
    "drop": CONNECTED,
    "mute": CONNECTED,
    "keys": CONNECTED,
    "listen": CONNECTED,
    "whisper": CONNECTED,
    "barge": {S.TALKING, S.CONFERENCE},
    "intercept": CONNECTED,
}
"""The forms of the talk in which a command makes sense. 允许的通话形态"""


def check(call: Call, command: str) -> None:
    """Raises CallOver, CallNotAnswered, CallInOtherForm."""
    if call.over:
        raise CallOver
    if call.state not in CONNECTED:
        raise CallNotAnswered
    if call.state not in FORMS[command]:
        raise CallInOtherForm


def own_leg(call: Call, seat_id: SeatId | None) -> Party:
    """The leg with which this seat takes part; for a supervisor without one, the citizen's seat's.

    Raises NotOnThisCall.
    """
    party = leg_of(call, call.seat_id if seat_id is None else seat_id)
    if party is None:
        raise NotOnThisCall
    return party


def leg_of(call: Call, seat_id: SeatId | None) -> Party | None:
    """The leg with which this seat takes part, if it does."""
    for party in call.parties:
        if party.who == seat_id and party.role is PartyRole.SEAT and party.room is not None:
            return party
    return None


def may_come_back(call: Call) -> None:
    """A seat comes back to a talk, or to a citizen who is kept for it.

    Raises CallOver, CallInOtherForm.
    """
    if call.over:
        raise CallOver
    if call.state not in CONNECTED and call.state is not S.SEAT_LEFT:
        raise CallInOtherForm


def leg_on(call: Call, leg_id: LegId) -> Party:
    """A party of this call. Raises NotOnThisCall."""
    party = party_of(call.parties, leg_id)
    if party is None:
        raise NotOnThisCall
    return party


def check_target(call: Call, target: Target) -> None:
    """Nobody is brought in twice, and nobody to himself. Raises TargetAlreadyThere."""
    there = {party.who for party in call.parties}
    if target.who != "outside" and target.who in there:
        raise TargetAlreadyThere


def check_spy(call: Call, seat_id: SeatId) -> LegId:
    """The leg that is listened to. Raises SpyingOnOneself, CallNotAnswered."""
    if any(party.who == seat_id and party.role is PartyRole.SEAT for party in call.parties):
        raise SpyingOnOneself
    if call.leg_id is None:
        raise CallNotAnswered
    return call.leg_id


def aside_with(call: Call, seat_leg: LegId) -> Party:
    """Whom that seat speaks with aside. Raises CallInOtherForm when he has not come yet."""
    for party in call.parties:
        if party.room is Room.ASIDE and party.leg_id != seat_leg:
            return party
    raise CallInOtherForm


def brought_aside(call: Call, seat_leg: LegId) -> tuple[Party, ...]:
    """All who were asked aside, there or still ringing, except supervisors and that seat."""
    return tuple(
        party
        for party in call.parties
        if party.leg_id != seat_leg
        and party.role is not PartyRole.SUPERVISOR
        and party.room in (Room.ASIDE, None)
    )
