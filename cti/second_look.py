"""What Asterisk has, beside what we think of its calls: the differences and their remedies. 复核

    look (a whole list of channels, read as facts) ─┐
    our calls ──────────────────────────────────────┴─► remedies: facts that would make ours like it

Pure. A remedy holds facts only, so it can change what we think and never what Asterisk does: no
channel is hung up by it. One look alone proves nothing, because an event may be on its way; whoever
uses this acts on what two looks have in common.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from cti.call import CONNECTED, Call, CallState
from cti.course import advance, begin
from cti.events import PartyRole, Room
from cti.facts import (
    CallFact,
    ChannelsListed,
    CitizenArrived,
    CitizenHeld,
    CitizenInRoom,
    LegGone,
    LegInRoom,
    LegRang,
    PhoneChanged,
    SeatGone,
    SeatRang,
    WaitingBegan,
)
from cti.ids import CallId, SeatId
from cti.parties import about, party_of
from cti.tracker import missing

S = CallState
_WAITS = frozenset({S.QUEUED, S.RINGING})
_WAS_SERVED = CONNECTED | {S.SEAT_LEFT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What Asterisk had at one instant, read as facts. 快照所见

    `phones` is empty when Asterisk did not list them.
    """

    at: datetime
    listed: ChannelsListed
    facts: tuple[CallFact, ...]
    phones: tuple[PhoneChanged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Facts that bring one call of ours to what Asterisk has. 纠正

    `mends` has a name for each fact, without its instant, so that two looks can be compared.
    `revives` is set for a call that we held to be over.
    """

    call_id: CallId
    facts: tuple[CallFact, ...]
    mends: tuple[str, ...]
    revives: bool = False


def calls_seen(look: Look) -> Mapping[CallId, Call]:
    """The calls as somebody would know them who had nothing but this look."""
    seen: dict[CallId, Call] = {}
    for fact in look.facts:
        if isinstance(fact, CitizenArrived) and fact.call_id not in seen:
            seen[fact.call_id] = begin(fact).call
        elif fact.call_id in seen:
            seen[fact.call_id] = advance(seen[fact.call_id], fact).call
    return MappingProxyType(seen)


def remedies(calls: Mapping[CallId, Call], look: Look) -> tuple[Remedy, ...]:
    """One for each call that is otherwise at Asterisk."""
    gone = _by_call(missing(calls.values(), look.listed))
    shown = _by_call(look.facts)
    seen = calls_seen(look)
    found = []
    for call_id in {**gone, **shown}:
        call = calls.get(call_id)
        if call is None or call.over:
            if call_id in seen:
                found.append(_begun(call_id, shown[call_id], known=call is not None))
            continue
        facts = tuple(_remedy(call, gone.get(call_id, ()), shown.get(call_id, ()), seen, look.at))
        if facts:
            mends = tuple(_name(fact) for fact in facts)
            found.append(Remedy(call_id=call_id, facts=facts, mends=mends))
    return tuple(found)


def _begun(call_id: CallId, facts: tuple[CallFact, ...], *, known: bool) -> Remedy:
    word = "thought-over" if known else "unknown-call"
    return Remedy(call_id=call_id, facts=facts, mends=(word,) * len(facts), revives=known)


def _remedy(
    call: Call,
    gone: Sequence[CallFact],
    shown: Sequence[CallFact],
    seen: Mapping[CallId, Call],
    at: datetime,
) -> Iterator[CallFact]:
    """What would change anything, in the order in which it is to be met."""
    for fact in (*gone, *shown):
        if isinstance(fact, CitizenInRoom) and call.phone_held and not call.led_aside:
            continue  # A telephone's own hold does not show in a list of channels.
        step = advance(call, fact)
        if step.call != call or step.events:
            call = step.call
            yield fact
    real = seen.get(call.call_id)
    if real is None or call.over:
        return
    yield from _not_joined_at_all(call, real, at)
    if call.state in _WAS_SERVED and real.state in _WAITS and not _in_a_room(real, shown):
        yield from _still_waits(call, real, at)
    elif call.state is S.SEAT_LEFT and real.state is S.TALKING:
        yield from _still_talks(real, at)


def _in_a_room(real: Call, shown: Iterable[CallFact]) -> bool:
    """He or somebody for him is in a room: his story rests, whatever its variables still say."""
    led = any(isinstance(fact, CitizenHeld | CitizenInRoom) for fact in shown)
    return led or any(party.room is not None for party in real.parties)


def _not_joined_at_all(call: Call, real: Call, at: datetime) -> Iterator[CallFact]:
    """A party that we think is in a room, and whose phone still rings."""
    for party in call.parties:
        rings = party_of(real.parties, party.leg_id)
        if party.room is not None and rings is not None and rings.room is None:
            yield about(LegGone, call.call_id, party, at, cause=0)
            yield about(LegRang, call.call_id, party, at)


def _still_waits(call: Call, real: Call, at: datetime) -> Iterator[CallFact]:
    """We think that a seat answered; he has not been served at all."""
    for party in call.parties:
        if party.role is PartyRole.SEAT:
            yield SeatGone(
                call_id=call.call_id,
                at=at,
                seat_id=SeatId(party.who),
                leg_id=party.leg_id,
            )
    if real.skill_group is not None and real.joined_at is not None:
        yield WaitingBegan(
            call_id=call.call_id,
            at=at,
            skill_group=real.skill_group,
            joined_at=real.joined_at,
            priority=real.priority,
            turn=call.turn + 1,  # Only a new turn ends a talk.
        )
    if real.state is S.RINGING and real.seat_id is not None and real.leg_id is not None:
        yield SeatRang(call_id=call.call_id, at=at, seat_id=real.seat_id, leg_id=real.leg_id)


def _still_talks(real: Call, at: datetime) -> Iterator[CallFact]:
    """We think that his seat left; it is there."""
    for party in real.parties:
        yield about(LegInRoom, real.call_id, party, at, room=party.room or Room.TALK)


def _by_call(facts: Iterable[CallFact]) -> dict[CallId, tuple[CallFact, ...]]:
    found: dict[CallId, list[CallFact]] = {}
    for fact in facts:
        found.setdefault(fact.call_id, []).append(fact)
    return {call_id: tuple(its) for call_id, its in found.items()}


def _name(fact: CallFact) -> str:
    """The fact without its instant; two looks at the same difference give the same name."""
    about = [getattr(fact, name, "") for name in ("leg_id", "seat_id", "room", "turn")]
    return "/".join([type(fact).__name__, *map(str, about)])
