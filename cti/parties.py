"""Who is on a citizen's call besides him, and where. 参与方"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from cti.events import PartyEvent, PartyRole, Room
from cti.facts import LegFact
from cti.ids import CallId, LegId

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One leg besides the citizen's, from its first ring to its end. 参与方

    `room` is None while it rings; `since` is when it began to ring or came into its first room.
    """

    leg_id: LegId
    role: PartyRole
    who: str
    """A seat's number, a directory code, or "outside". 参与方标识"""
    room: Room | None
    since: datetime


Parties = tuple[Party, ...]


def newcomer(said: LegFact | PartyEvent) -> Party:
    """Whom this speaks of, if nothing was known of him: he rings."""
    return Party(leg_id=said.leg_id, role=said.role, who=said.who, room=None, since=said.at)


def about(
    kind: Callable[..., Said], call_id: CallId, party: Party, at: datetime, **more: object
) -> Said:
    """A LegFact or PartyEvent of that kind about this party."""
    return kind(call_id=call_id, at=at, leg_id=party.leg_id, role=party.role, who=party.who, **more)


def party_of(parties: Parties, leg_id: LegId | None) -> Party | None:
    """The one on that leg."""
    return next((party for party in parties if party.leg_id == leg_id), None)


def with_party(parties: Parties, party: Party) -> Parties:
    """With that one, instead of the one who had its leg; order of coming is kept."""
    if party_of(parties, party.leg_id) is None:
        return (*parties, party)
    return tuple(party if one.leg_id == party.leg_id else one for one in parties)


def without_leg(parties: Parties, leg_id: LegId) -> Parties:
    return tuple(party for party in parties if party.leg_id != leg_id)


def moved(party: Party, room: Room, at: datetime) -> Party:
    """In that room; his presence counts from the first one."""
    return replace(party, room=room, since=at if party.room is None else party.since)


def in_room(parties: Iterable[Party], room: Room) -> int:
    """How many are in there."""
    return sum(party.room is room for party in parties)
