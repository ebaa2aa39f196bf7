"""A small Asterisk in memory: calls, seats' phones, what it tells of them, and what a look at it shows."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from cti.errors import LinkLost
from cti.events import PartyRole, Room
from cti.facts import (
    CallFact,
    ChannelsListed,
    CitizenArrived,
    CitizenGone,
    LegGone,
    LegInRoom,
    LegRang,
    NoticeEnded,
    PhoneChanged,
    PhoneState,
    RecordingBegan,
    SeatConnected,
    SeatDidNotAnswer,
    SeatGone,
    SeatRang,
    WaitingBegan,
    WhyNotAnswered,
)
from cti.ids import CallId, LegId, SeatId
from cti.second_look import Look
from cti.tracker import CallTracker
from hotline.floor_witness import FloorWitness
from seats.usher import Usher
from tests.fakes.floor import GENERAL, Floor, SeatDefinition


@dataclass
class Leg:
    leg_id: LegId
    seat_id: SeatId
    up: bool = False
    room: Room | None = None
    role: PartyRole = PartyRole.SEAT
    originated: bool = False


@dataclass
class Channel:
    call_id: CallId
    began_at: datetime
    joined_at: datetime | None = None
    waiting: bool = False
    legs: list[Leg] = field(default_factory=list)


class SmallAsterisk:
    """Each method changes what is really so and returns the facts of which the house should hear."""

    def __init__(self, now):
        self.now = now
        self.channels: dict[CallId, Channel] = {}
        self.unreachable: set[SeatId] = set()
        self.away = False
        self.looks = 0
        self._legs = 0

    def arrives(self, call_id):
        at = self.now()
        self.channels[call_id] = Channel(call_id, at, at, waiting=True)
        return list(self._citizen(self.channels[call_id]))

    def rings(self, call_id, seat_id):
        leg = self._leg(call_id, seat_id)
        return [self._rang(call_id, leg)]

    def answers(self, call_id, seat_id):
        channel = self.channels[call_id]
        leg = self._find(call_id, seat_id)
        leg.up, channel.waiting = True, False
        return [self._connected(call_id, leg)]

    def does_not_answer(self, call_id, seat_id):
        leg = self._find(call_id, seat_id)
        self.channels[call_id].legs.remove(leg)
        why = WhyNotAnswered.NO_ANSWER
        return [SeatDidNotAnswer(call_id=call_id, at=self.now(), seat_id=seat_id,
                                 leg_id=leg.leg_id, why=why)]  # fmt: skip

    def invites(self, call_id, seat_id, role=PartyRole.SEAT):
        leg = self._leg(call_id, seat_id)
        leg.originated, leg.role = True, role
        return [self._about(LegRang, call_id, leg)]

    def joins(self, call_id, seat_id, room=Room.TALK):
        leg = self._find(call_id, seat_id)
        leg.up, leg.room = True, room
        return [self._about(LegInRoom, call_id, leg, room=room)]

    def leaves(self, call_id, seat_id):
        leg = self._find(call_id, seat_id)
        self.channels[call_id].legs.remove(leg)
        if leg.originated:
            return [self._about(LegGone, call_id, leg, cause=16)]
        return [SeatGone(call_id=call_id, at=self.now(), seat_id=seat_id, leg_id=leg.leg_id)]

    def hangs_up(self, call_id):
        """The citizen, and with him everybody."""
        legs = list(self.channels[call_id].legs)
        facts = [fact for leg in legs for fact in self.leaves(call_id, leg.seat_id)]
        del self.channels[call_id]
        return [*facts, CitizenGone(call_id=call_id, at=self.now())]

    def phone(self, seat_id):
        if seat_id in self.unreachable:
            state = PhoneState.UNREACHABLE
        else:
            legs = [leg for c in self.channels.values() for leg in c.legs if leg.seat_id == seat_id]
            state = PhoneState.FREE if not legs else PhoneState.RINGING
            if any(leg.up for leg in legs):
                state = PhoneState.IN_USE
        return PhoneChanged(at=self.now(), seat_id=seat_id, phone=state)

    def talkers(self):
        return {leg.seat_id for c in self.channels.values() for leg in c.legs if leg.up}

    async def look_again(self):
        await asyncio.sleep(0)
        if self.away:
            raise LinkLost
        self.looks += 1
        return self.look()

    def look(self):
        at, facts = self.now(), []
        for channel in self.channels.values():
            facts += self._citizen(channel)
            for leg in channel.legs:
                facts += self._shown(channel.call_id, leg)
        ids = [LegId(call_id) for call_id in self.channels]
        ids += [leg.leg_id for channel in self.channels.values() for leg in channel.legs]
        listed = ChannelsListed(at=at, node="node1", legs=frozenset(ids), asterisk_started_at=None)
        phones = tuple(self.phone(SeatId(f"800{n}")) for n in range(1, 6))
        return Look(at=at, listed=listed, facts=tuple(facts), phones=phones)

    def _citizen(self, channel):
        common = {"call_id": channel.call_id, "at": channel.began_at}
        yield CitizenArrived(**common, caller_number="13800000001", called_number="12345")
        yield RecordingBegan(**common)
        yield NoticeEnded(**common)
        if channel.waiting:
            yield WaitingBegan(call_id=channel.call_id, at=self.now(), skill_group=GENERAL,
                               joined_at=channel.joined_at, priority=0)  # fmt: skip

    def _shown(self, call_id, leg) -> list[CallFact]:
        if leg.originated:
            if leg.room is None:
                return [self._about(LegRang, call_id, leg)]
            return [self._about(LegInRoom, call_id, leg, room=leg.room)]
        shown = [self._rang(call_id, leg)]
        return [*shown, self._connected(call_id, leg)] if leg.up else shown

    def _leg(self, call_id, seat_id):
        self._legs += 1
        leg = Leg(LegId(f"node1-1763716.{9000 + self._legs}"), SeatId(seat_id))
        self.channels[call_id].legs.append(leg)
        return leg

    def _find(self, call_id, seat_id):
        return next(leg for leg in self.channels[call_id].legs if leg.seat_id == seat_id)

    def _rang(self, call_id, leg):
        return SeatRang(call_id=call_id, at=self.now(), seat_id=leg.seat_id, leg_id=leg.leg_id)

    def _connected(self, call_id, leg):
        return SeatConnected(call_id=call_id, at=self.now(), seat_id=leg.seat_id, leg_id=leg.leg_id)

    def _about(self, kind, call_id, leg, **more):
        return kind(call_id=call_id, at=self.now(), leg_id=leg.leg_id, role=leg.role,
                    who=leg.seat_id, **more)  # fmt: skip


class WitnessedFloor(Floor):
    """The floor, its calls, its line and its witness over a small Asterisk."""

    def __init__(self, *definitions: SeatDefinition) -> None:
        super().__init__(*definitions)
        self.tracker = CallTracker(self.tell, self.now)
        self.usher = Usher(self.roster, (), self.tell, self.now)
        self.asterisk = SmallAsterisk(self.now)
        self.witness = FloorWitness(
            self.asterisk, self.tracker, self.roster, self.usher, self.settings
        )

    def tell(self, event):
        self.told.append(event)
        self.roster.on_call_event(event)
        self.usher.on_call_event(event)

    def hear(self, facts) -> None:
        for fact in facts:
            self.tracker.meet(fact)

    def hear_phones(self, *seat_ids) -> None:
        for seat_id in seat_ids:
            self.roster.phone_changed(self.asterisk.phone(SeatId(seat_id)))

    def of(self, kind):
        return [event for event in self.told if isinstance(event, kind)]
