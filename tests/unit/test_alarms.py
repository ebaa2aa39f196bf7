"""The shift leader hears of a break that is too long and of a group without seats, and of its end."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from cti.events import CallAnswered, SeatLeftCall
from cti.facts import PhoneChanged, PhoneState
from cti.ids import SeatId
from seats.alarm_bell import AlarmBell
from seats.alarms import limit_of, too_long
from seats.events import GroupAttendedAgain, GroupUnattended, SeatAlarmCleared, SeatAlarmRaised
from seats.model import NotReadyReason, SeatState
from seats.settings import StateLimits
from tests.fakes.floor import GENERAL, LAW, NOON, Floor, a_seat, call, definition

S = SeatState
R = NotReadyReason
A, B = SeatId("8001"), SeatId("8002")
LIMITS = StateLimits()


@asynccontextmanager
async def watched(floor, **more):
    bell = AlarmBell(floor.roster, floor.settings, floor.told.append, floor.now, **more)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part.run(), name=part.name) for part in (bell, floor.roster)]
        yield bell
        for task in tasks:
            task.cancel()


def of(floor, kind):
    return [event for event in floor.told if isinstance(event, kind)]


async def test_a_break_beyond_its_limit_rings_once_and_its_end_stops_it():
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    async with watched(floor) as bell:
        floor.roster.set_not_ready(A, R.BREAK, "user8001")
        await asyncio.sleep(899)
        assert of(floor, SeatAlarmRaised) == []
        await asyncio.sleep(600)
        (raised,) = of(floor, SeatAlarmRaised)
        assert raised.at == NOON + timedelta(seconds=900)
        assert (raised.seat_id, raised.reason, raised.limit_s) == (A, R.BREAK, 900.0)
        assert [one.seat_id for one in bell.ringing] == [A]
        floor.roster.set_ready(A, "user8001")
        await asyncio.sleep(1)
        (cleared,) = of(floor, SeatAlarmCleared)
        assert (cleared.seat_id, cleared.since) == (A, raised.since)
        assert bell.ringing == ()


async def test_a_second_break_right_after_the_first_is_an_alarm_of_its_own():
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    async with watched(floor):
        floor.roster.set_not_ready(A, R.BREAK, "user8001")
        await asyncio.sleep(1000)
        floor.roster.set_ready(A, "user8001")
        floor.roster.set_not_ready(A, R.BREAK, "user8001")
        await asyncio.sleep(1)
        assert len(of(floor, SeatAlarmCleared)) == 1
        await asyncio.sleep(900)
        assert len(of(floor, SeatAlarmRaised)) == 2


async def test_a_very_long_talk_is_only_warned_of():
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    async with watched(floor):
        answered = CallAnswered(at=NOON, call_id=call(1), seat_id=A, waited_ms=0)
        floor.roster.on_call_event(answered)
        await asyncio.sleep(1801)
        assert [e.state for e in of(floor, SeatAlarmRaised)] == [S.TALKING]
        assert floor.state("8001") is S.TALKING


async def test_a_wrap_up_that_ends_by_its_deadline_never_rings():
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    async with watched(floor):
        floor.roster.on_call_event(CallAnswered(at=NOON, call_id=call(1), seat_id=A, waited_ms=0))
        left = SeatLeftCall(at=NOON, call_id=call(1), seat_id=A, talked_ms=0)
        floor.roster.on_call_event(left)
        await asyncio.sleep(120)
        assert of(floor, SeatAlarmRaised) == []


async def test_when_all_operators_sign_out_the_shift_leader_hears_within_60_seconds():
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    async with watched(floor) as bell:
        await asyncio.sleep(100)
        assert of(floor, GroupUnattended) == []
        floor.roster.sign_out(A, "user8001")
        floor.roster.sign_out(B, "user8002")
        await asyncio.sleep(60)
        (alarm,) = of(floor, GroupUnattended)
        assert (alarm.skill_group, alarm.serving, alarm.signed_in) == (GENERAL, 0, 0)
        assert bell.unattended == {GENERAL}
        floor.roster.sign_in(A, "user8001")
        await asyncio.sleep(60)
        assert of(floor, GroupAttendedAgain) == []  # Signed in is not yet ready.
        floor.roster.set_ready(A, "user8001")
        await asyncio.sleep(1)
        assert [e.skill_group for e in of(floor, GroupAttendedAgain)] == [GENERAL]
        assert len(of(floor, GroupUnattended)) == 1


async def test_a_moment_without_seats_is_no_alarm():
    floor = Floor(definition("8001")).ready("8001")
    async with watched(floor):
        floor.roster.set_not_ready(A, R.BREAK, "user8001")
        await asyncio.sleep(29)
        floor.roster.set_ready(A, "user8001")
        await asyncio.sleep(100)
        assert of(floor, GroupUnattended) == []


async def test_each_group_has_its_own_minimum():
    floor = Floor(definition("8001", general=1, law=1), definition("8002", general=1))
    floor.ready("8001", "8002")
    minimum = {GENERAL: 2, LAW: 1}
    async with watched(floor, minimum=lambda code: minimum[code]) as bell:
        floor.roster.set_not_ready(B, R.MEAL, "user8002")
        await asyncio.sleep(31)
        assert bell.unattended == {GENERAL}
        minimum[GENERAL] = 1
        bell.look_anew()
        await asyncio.sleep(0.1)
        assert bell.unattended == frozenset()


async def test_a_seat_without_its_phone_serves_nobody():
    floor = Floor(definition("8001")).ready("8001")
    async with watched(floor) as bell:
        floor.roster.phone_changed(PhoneChanged(at=NOON, seat_id=A, phone=PhoneState.UNREACHABLE))
        await asyncio.sleep(31)
        assert bell.unattended == {GENERAL}
        await asyncio.sleep(100)
        assert [e.reason for e in of(floor, SeatAlarmRaised)] == [R.PHONE_UNREACHABLE]


async def test_an_alarm_from_before_a_restart_is_not_told_again_and_is_cleared_in_the_end():
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    floor.roster.set_not_ready(A, R.BREAK, "user8001")
    await asyncio.sleep(1000)
    ringing = too_long(floor.roster.seats.values(), LIMITS, floor.now())
    async with watched(floor, ringing=ringing, unattended=[GENERAL]):
        await asyncio.sleep(1)
        assert of(floor, SeatAlarmRaised) == []
        assert len(of(floor, GroupAttendedAgain)) == 1
        floor.roster.set_ready(A, "user8001")
        await asyncio.sleep(1)
        assert len(of(floor, SeatAlarmCleared)) == 1


@pytest.mark.parametrize("reason", list(R))
def test_every_reason_for_being_not_ready_has_a_limit(reason):
    seat = replace(a_seat("8001", S.NOT_READY), reason=reason)
    assert limit_of(seat, LIMITS) > 0


def test_every_state_but_ready_and_signed_out_has_a_limit():
    without = {state for state in S if limit_of(a_seat("8001", state), LIMITS) == 0}
    assert without == {S.READY, S.SIGNED_OUT}


def test_a_limit_of_zero_means_for_ever():
    seat = a_seat("8001", S.TALKING, idle_s=100_000)
    assert too_long([seat], StateLimits(talking_s=0), NOON) == ()
    assert len(too_long([seat], LIMITS, NOON)) == 1
