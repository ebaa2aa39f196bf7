"""Citizens wait, are brought to seats, leave, come back, and keep their places."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from cti.events import Blame, CallAbandoned, CallAnswered, CallOffered, Ending, SeatLeftCall
from cti.facts import WhyNotAnswered
from cti.ids import SeatId, SkillGroupCode
from seats import explain
from seats.errors import (
    CitizenLeftLine,
    CitizenNotWaiting,
    PlaceTakenOver,
    SeatNotFree,
    UnknownSeat,
)
from seats.events import SeatReserved
from seats.groups import SKILL_GROUPS
from seats.model import GroupPresence, SeatState
from seats.rules import GroupRules, Relaxation, Rules
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


LAW_RULES = Rules(
    version=3,
    groups={
        GENERAL: GroupRules(code=GENERAL, name="综合受理"),
        LAW: GroupRules(
            code=LAW,
            name="法律",
            first_level=1,
            relaxations=(
                Relaxation(after_s=20, max_level=2),
                Relaxation(after_s=40, also=(GENERAL,), flag="请转法律专席复核"),
            ),
        ),
    },
)


class Sticky:
    """Everybody's open order is at one seat."""

    def __init__(self, seat_id: SeatId) -> None:
        self.seat_id = seat_id

    def seat_of(self, call_id):
        return self.seat_id


def reserved(floor: Floor) -> list[SeatReserved]:
    return [e for e in floor.told if isinstance(e, SeatReserved)]


async def test_a_citizen_gets_what_a_relaxation_gives_at_its_very_second_without_any_other_event():
    floor = Floor(definition("8001", law=2), definition("8002", law=1)).ready("8001")
    floor.roster.sign_in(B, "user8002")
    usher = Usher(floor.roster, SKILL_GROUPS, floor.told.append, floor.now, rules=LAW_RULES)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(usher.run(), name=usher.name)
        first = wait_for(usher, group, 1, skill_group=LAW)
        await asyncio.sleep(19.9)
        assert not first.done()
        assert usher.next_relaxation(call(1)) == NOON + timedelta(seconds=20)
        assert usher.why_waiting(call(1)) == (
            "技能组“法律”1个空闲座席的等级不在要求的1级以内，再等1秒后放宽到等级2"
        )
        assert await first == A
        assert asyncio.get_running_loop().time() == pytest.approx(20, abs=0.01)
        running.cancel()
    (told,) = reserved(floor)
    assert (told.rules_version, told.step, told.waited_ms, told.level) == (3, 1, 20_000, 2)
    assert told.at_joining == GroupPresence(free=1, not_ready=1)
    assert told.reasons[1] == "等候满20秒，已放宽到等级2"


async def test_new_rules_hold_at_once_for_those_who_wait():
    floor = Floor(definition("8001"), definition("8002", law=1)).ready("8001")
    floor.roster.sign_in(B, "user8002")
    usher = Usher(floor.roster, SKILL_GROUPS, floor.told.append, floor.now)
    async with asyncio.TaskGroup() as group:
        citizen = wait_for(usher, group, 1, joined_s=-60, skill_group=LAW)
        await settle_down()
        assert not citizen.done()
        usher.use(LAW_RULES)
        assert await citizen == A
    (told,) = reserved(floor)
    assert (told.found_by, told.flags) == ("general", ("请转法律专席复核",))
    assert explain.sentence([told]) == (
        "分配给座席8001：市民已等候60秒（进线时技能组“法律”没有空闲座席：示忙1），排在队首；"
        "等候满40秒，已不限等级，并可由“综合受理”座席接听；"
        "座席8001是技能组“综合受理”唯一空闲的座席，技能等级1，提示座席：请转法律专席复核。"
    )


async def test_the_seat_with_the_callers_open_order_is_preferred():
    floor = Floor(definition("8001"), definition("8002", general=3)).ready("8001", "8002")
    usher = Usher(floor.roster, SKILL_GROUPS, floor.told.append, floor.now, sticky=Sticky(B))
    assert await usher.seat_for(call(1), GENERAL, floor.now(), 0) == B
    (told,) = reserved(floor)
    assert told.sticky_seat == B
    assert explain.sentence([told]) == (
        "分配给座席8002：市民已等候0秒，排在队首；座席8002有其未办结的工单，且当前空闲。"
    )


async def test_a_supervisor_picks_any_waiting_citizen_for_any_ready_seat():
    floor = Floor(definition("8001", law=1), definition("8002"))
    usher = with_usher(floor)
    async with asyncio.TaskGroup() as group:
        early = wait_for(usher, group, 1)
        late = wait_for(usher, group, 2, joined_s=1)
        await settle_down()
        floor.ready("8001")
        with pytest.raises(SeatNotFree):
            usher.pick(call(2), B, "班长一")
        with pytest.raises(CitizenNotWaiting):
            usher.pick(call(9), A, "班长一")
        with pytest.raises(UnknownSeat):
            usher.pick(call(2), SeatId("9999"), "班长一")
        usher.pick(call(2), A, "班长一")
        assert await late == A
        with pytest.raises(CitizenNotWaiting):
            usher.pick(call(2), A, "班长一")
        early.cancel()
    (told,) = reserved(floor)
    assert (told.call_id, told.seat_id, told.by, told.ahead) == (call(2), A, "班长一", 1)
    assert floor.seat("8001").call_id == call(2)


async def test_a_seat_reserved_for_a_leg_is_offered_to_nobody_else_until_it_is_given_back():
    floor = Floor(definition("8001")).ready("8001")
    usher = with_usher(floor)
    assert usher.reserve(A, call(7))
    assert not usher.reserve(A, call(8))
    async with asyncio.TaskGroup() as group:
        citizen = wait_for(usher, group, 1)
        await settle_down()
        assert not citizen.done()
        usher.give_back(A, call(7))
        assert await citizen == A


async def test_what_he_found_when_he_came_is_kept_while_seats_do_not_answer():
    floor = Floor(definition("8001"), definition("8002")).ready("8001")
    usher = with_usher(floor)
    assert await usher.seat_for(call(1), GENERAL, NOON, 0) == A
    usher.offer_ended(call(1), A, WhyNotAnswered.NO_ANSWER)
    async with asyncio.TaskGroup() as group:
        again = wait_for(usher, group, 1)
        await settle_down()
        floor.ready("8002")
        assert await again == B
    first, second = reserved(floor)
    assert first.at_joining == second.at_joining == GroupPresence(free=1, signed_out=1)
    assert explain.sentence([first, second]).startswith("此前已试1个座席未接，分配给座席8002：")
