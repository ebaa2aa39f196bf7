"""A busy day on the virtual floor: the real roster and usher, with citizens and operators by dice."""

import asyncio
import random
from dataclasses import dataclass

from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallEnded,
    CallOffered,
    CallQueued,
    Ending,
    Event,
    SeatLeftCall,
)
from cti.facts import WhyNotAnswered
from cti.ids import SeatId, SkillGroupCode
from seats.errors import SeatError
from seats.model import NotReadyReason, Seat, SeatState
from seats.rules import Rules
from seats.usher import Usher
from tests.fakes.floor import Floor, call, definition

S = SeatState


@dataclass
class GeneratedDay:
    events: list[Event]
    seats: list[Seat]
    """As they were before the first event."""


async def live_a_day(
    rules: Rules, seats: dict[str, dict[str, int]], citizens: int, seed: int
) -> GeneratedDay:
    """Every seat signs in, takes breaks and lets one call in twenty ring; some citizens give up."""
    dice = random.Random(seed)
    floor = Floor(*(definition(seat_id, **skills) for seat_id, skills in seats.items()))
    before = list(floor.roster.seats.values())
    usher = Usher(floor.roster, (), floor.told.append, floor.now, rules=rules)
    tell = floor.told.append

    def hear(event):
        tell(event)
        floor.roster.on_call_event(event)
        usher.on_call_event(event)

    async def operator(seat_id: str) -> None:
        await asyncio.sleep(dice.random() * 60)
        floor.ready(seat_id)
        while True:
            await asyncio.sleep(dice.uniform(60, 400))
            try:
                floor.roster.set_not_ready(SeatId(seat_id), NotReadyReason.BREAK, "user")
                await asyncio.sleep(dice.uniform(20, 90))
                floor.roster.set_ready(SeatId(seat_id), "user")
            except SeatError:
                continue

    async def citizen(number: int) -> None:
        await asyncio.sleep(dice.random() * citizens * 6)
        call_id, joined_at = call(number), floor.now()
        group = SkillGroupCode(dice.choice(["general", "general", "law", "english"]))
        priority = dice.choice([0, 0, 0, 1])
        hear(
            CallQueued(
                at=joined_at, call_id=call_id, skill_group=group, joined_at=joined_at,
                priority=priority,
            )
        )  # fmt: skip
        patience = dice.uniform(5, 400)
        while True:
            left_s = patience - (floor.now() - joined_at).total_seconds()
            try:
                async with asyncio.timeout(left_s):
                    seat_id = await usher.seat_for(call_id, group, joined_at, priority)
            except TimeoutError:
                ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
                gone = CallAbandoned(at=floor.now(), call_id=call_id, waited_ms=1, ending=ending)
                hear(gone)
                return
            await asyncio.sleep(0.05)
            hear(CallOffered(at=floor.now(), call_id=call_id, seat_id=seat_id))
            if dice.random() < 0.05:
                await asyncio.sleep(15)
                usher.offer_ended(call_id, seat_id, WhyNotAnswered.NO_ANSWER)
                continue
            await asyncio.sleep(dice.uniform(1, 6))
            hear(CallAnswered(at=floor.now(), call_id=call_id, seat_id=seat_id, waited_ms=1))
            await asyncio.sleep(dice.uniform(5, 90))
            usher.offer_ended(call_id, seat_id, None)
            hear(SeatLeftCall(at=floor.now(), call_id=call_id, seat_id=seat_id, talked_ms=1))
            ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
            hear(CallEnded(at=floor.now(), call_id=call_id, talked_ms=1, ending=ending))
            await asyncio.sleep(dice.uniform(1, 25))
            if floor.seat(seat_id).state is S.WRAP_UP:
                floor.roster.finish_wrap_up(seat_id, "user")
            return

    async with asyncio.TaskGroup() as house:
        tasks = [
            house.create_task(usher.run(), name="usher"),
            house.create_task(floor.roster.run(), name="roster"),
            *(house.create_task(operator(seat_id), name=seat_id) for seat_id in seats),
        ]
        async with asyncio.TaskGroup() as people:
            for number in range(citizens):
                people.create_task(citizen(number), name=f"citizen {number}")
        for task in tasks:
            task.cancel()
    return GeneratedDay(events=floor.told, seats=before)
