"""Citizens wait, are brought to seats, leave, come back, and keep their places."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from cti.events import Blame, CallAbandoned, CallAnswered, CallOffered, Ending, SeatLeftCall
from cti.facts import WhyNotAnswered
from cti.ids import SeatId, SkillGroupCode
from seats.errors import CitizenLeftLine, PlaceTakenOver
from seats.events import SeatReserved
from seats.groups import SKILL_GROUPS
from seats.model import SeatState
from seats.usher import Usher
from tests.fakes.floor import GENERAL, LAW, NOON, Floor, a_seat, call, definition

S = SeatState
A, B = SeatId("8001"), SeatId("8002")


def with_usher(floor: Floor) -> Usher:
    return Usher(floor.roster, SKILL_GROUPS, floor.told.append, floor.now)


def wait_for(usher, group, number, *, joined_s=0, skill_group=GENERAL, priority=0):
    joined = NOON + timedelta(seconds=joined_s)
    return group.create_task(
        usher.seat_for(call(number), skill_group, joined, priority), name=f"citizen {number}"
    )


async def settle_down():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_free_seat_is_given_at_once_and_its_screen_pops_before_the_citizen_is_sent():
    floor = Floor(definition("8001")).ready("8001")
    usher = with_usher(floor)
    assert await usher.seat_for(call(1), GENERAL, NOON, 0) == A
    popped = floor.told[-1]
    assert isinstance(popped, SeatReserved)
    assert (popped.call_id, popped.seat_id, popped.considered) == (call(1), A, 1)
    assert popped.reasons
    assert floor.state("8001") is S.RESERVED
    assert usher.line == ()


async def test_a_citizen_waits_until_a_seat_becomes_ready():
    floor = Floor(definition("8001"))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        citizen = wait_for(usher, group, 1)
        await settle_down()
        assert usher.why_waiting(call(1)) == "技能组“综合受理”的1个座席均未签入"
        floor.ready("8001")
    assert citizen.result() == A
    assert usher.why_waiting(call(1)) is None


async def test_two_citizens_and_one_seat_give_one_offer_and_arrival_decides():
    floor = Floor(definition("8001"))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        late = wait_for(usher, group, 1, joined_s=9)
        early = wait_for(usher, group, 2, joined_s=3)
        await settle_down()
        assert [usher.place_of(call(n)) for n in (1, 2, 3)] == [2, 1, None]
        floor.ready("8001")
        await settle_down()
        assert early.result() == A
        assert not late.done()
        assert usher.place_of(call(1)) == 1
        late.cancel()
    assert usher.line == ()


async def test_an_urgent_citizen_is_first_and_places_are_counted_in_his_own_group():
    floor = Floor(definition("8001"))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        tasks = [
            wait_for(usher, group, 1),
            wait_for(usher, group, 2, joined_s=1, skill_group=LAW),
            wait_for(usher, group, 3, joined_s=2, priority=5),
        ]
        await settle_down()
        assert [usher.place_of(call(n)) for n in (1, 2, 3)] == [2, 1, 1]
        assert [c.call_id for c in usher.line] == [call(3), call(1), call(2)]
        for task in tasks:
            task.cancel()


async def test_a_citizen_who_hangs_up_leaves_the_line():
    floor = Floor(definition("8001"))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        citizen = wait_for(usher, group, 1)
        await settle_down()
        citizen.cancel()
        await settle_down()
        assert usher.line == ()
    floor.ready("8001")
    assert floor.state("8001") is S.READY


async def test_a_citizen_who_hangs_up_in_the_instant_of_his_offer_gives_the_seat_back():
    floor = Floor(definition("8001"))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        citizen = wait_for(usher, group, 1)
        other = wait_for(usher, group, 2, joined_s=1)
        await settle_down()
        floor.ready("8001")
        assert floor.seat("8001").call_id == call(1)
        citizen.cancel()
    assert citizen.cancelled()
    assert other.result() == A
    assert floor.seat("8001").call_id == call(2)


async def test_a_citizen_cancelled_in_the_same_turn_is_passed_over_without_a_screen_pop():
    floor = Floor(definition("8001"))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        citizen = wait_for(usher, group, 1)
        other = wait_for(usher, group, 2, joined_s=1)
        await settle_down()
        citizen.cancel()
        floor.ready("8001")
    assert other.result() == A
    assert [e.call_id for e in floor.told if isinstance(e, SeatReserved)] == [call(2)]


async def test_nobody_answering_sends_the_citizen_to_the_next_seat_at_his_old_place():
    floor = Floor(definition("8001"), definition("8002")).ready("8001")
    usher = with_usher(floor)
    assert await usher.seat_for(call(1), GENERAL, NOON, 0) == A
    async with asyncio.TaskGroup() as group:
        newer = wait_for(usher, group, 2, joined_s=5)
        await settle_down()
        usher.offer_ended(call(1), A, WhyNotAnswered.NO_ANSWER)
        assert floor.state("8001") is S.NOT_READY
        older = wait_for(usher, group, 1)
        await settle_down()
        assert usher.place_of(call(1)) == 1
        floor.ready("8002")
        await settle_down()
        assert older.result() == B
        newer.cancel()


async def test_the_same_call_entering_again_takes_over_the_older_waiting():
    floor = Floor(definition("8001"))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        newer = None

        async def dead_connection():
            with pytest.raises(PlaceTakenOver):
                await usher.seat_for(call(1), GENERAL, NOON, 0)

        older = group.create_task(dead_connection(), name="older")
        await settle_down()
        newer = wait_for(usher, group, 1)
        await settle_down()
        assert older.done()
        assert len(usher.line) == 1
        floor.ready("8001")
    assert newer.result() == A


async def test_entering_again_gives_back_the_seat_that_the_dead_story_was_holding():
    floor = Floor(definition("8001")).ready("8001")
    usher = with_usher(floor)
    assert await usher.seat_for(call(1), GENERAL, NOON, 0) == A
    assert await usher.seat_for(call(1), GENERAL, NOON, 0) == A
    assert floor.course("8001")[-3:] == ["reserved", "ready", "reserved"]


async def test_a_citizen_who_is_gone_is_forgotten_even_if_his_story_hangs():
    floor = Floor(definition("8001"))
    usher = with_usher(floor)

    async def story():
        with pytest.raises(CitizenLeftLine):
            await usher.seat_for(call(1), GENERAL, NOON, 0)

    async with asyncio.TaskGroup() as group:
        group.create_task(story(), name="story")
        await settle_down()
        ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
        gone = CallAbandoned(at=NOON, call_id=call(1), waited_ms=1, ending=ending)
        usher.on_call_event(gone)
        usher.on_call_event(gone)
    assert usher.line == ()


async def test_an_unknown_skill_group_falls_to_the_general_one_and_is_counted():
    floor = Floor(definition("8001")).ready("8001")
    usher = with_usher(floor)
    assert await usher.seat_for(call(1), SkillGroupCode("nonsense"), NOON, 0) == A
    assert usher.unknown_groups == {"nonsense": 1}
    assert next(iter(usher.groups)) == GENERAL


async def test_after_a_restart_nobody_is_offered_a_seat_that_may_be_talking():
    floor = Floor(definition("8001"), stored=(replace(a_seat("8001"), operator="u"),))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        citizen = wait_for(usher, group, 1)
        await settle_down()
        assert not citizen.done()
        floor.roster.settle([])
    assert citizen.result() == A


async def test_a_busy_hour_never_offers_one_seat_to_two_callers_and_serves_everyone():
    ids = ["8001", "8002", "8003"]
    floor = Floor(*(definition(i) for i in ids)).ready(*ids)
    usher = with_usher(floor)
    talking: dict[SeatId, int] = {}
    served = []

    async def citizen(number):
        await asyncio.sleep(number * 0.7)
        while True:
            seat_id = await usher.seat_for(call(number), GENERAL, floor.now(), 0)
            assert seat_id not in talking
            talking[seat_id] = number
            floor.roster.on_call_event(
                CallOffered(at=floor.now(), call_id=call(number), seat_id=seat_id)
            )
            await asyncio.sleep(1)
            if (number + int(seat_id)) % 7 == 0:
                del talking[seat_id]
                usher.offer_ended(call(number), seat_id, WhyNotAnswered.NO_ANSWER)
                floor.roster.set_ready(seat_id, "user")
                number += 1000
                continue
            floor.roster.on_call_event(
                CallAnswered(at=floor.now(), call_id=call(number), seat_id=seat_id, waited_ms=0)
            )
            await asyncio.sleep(number % 5)
            del talking[seat_id]
            usher.offer_ended(call(number), seat_id, None)
            floor.roster.on_call_event(
                SeatLeftCall(at=floor.now(), call_id=call(number), seat_id=seat_id, talked_ms=1)
            )
            served.append(number)
            return

    async with asyncio.TaskGroup() as group:
        roster = group.create_task(floor.roster.run(), name="roster")
        async with asyncio.TaskGroup() as citizens:
            for number in range(60):
                citizens.create_task(citizen(number), name=f"citizen {number}")
        roster.cancel()
    assert len(served) == 60
