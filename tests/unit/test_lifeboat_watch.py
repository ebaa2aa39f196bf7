"""Citizens in Asterisk's own queue are taken back once it is safe to."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from cti.call import Call, CallState
from cti.errors import LinkLost, UnknownCall
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallEnded,
    CallReturnedToLine,
    CallTookLifeboat,
    Ending,
    LinkRestored,
)
from cti.events import LinkLost as LinkWasLost
from cti.ids import CallId, SeatId
from ivr.lifeboat_watch import RETRY_S, LifeboatWatch
from tests.fakes.floor import NOON

ID = CallId("node1-1795254167.7")
ENDING = Ending(blame=Blame.CITIZEN, reason="hung-up")
ABOARD = Call(
    call_id=ID,
    caller_number="13800000001",
    called_number="12345",
    state=CallState.QUEUED,
    arrived_at=NOON,
    lifeboat=True,
)
TOOK = CallTookLifeboat(call_id=ID, at=NOON)
LOST = LinkWasLost(at=NOON, node="node1", reason="silent")
RESTORED = LinkRestored(at=NOON, node="node1", gap_ms=0)


class Control:
    """Takes back whom it is told to; `trouble` is raised instead while there is any."""

    def __init__(self, *trouble: Exception) -> None:
        self.asked: list[CallId] = []
        self.trouble = list(trouble)

    async def take_back_from_lifeboat(self, call: Call) -> None:
        self.asked.append(call.call_id)
        if self.trouble:
            raise self.trouble.pop(0)


@asynccontextmanager
async def watching(calls: dict[CallId, Call], control: Control):
    """With a link that is up, unless the test says otherwise."""
    watch = LifeboatWatch(calls, control)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(watch.run(), name=watch.name)
        watch.on_event(RESTORED)
        await asyncio.sleep(0.1)
        yield watch
        running.cancel()


async def test_who_gets_in_is_taken_back_once():
    control, calls = Control(), {ID: replace(ABOARD, lifeboat=False)}
    async with watching(calls, control) as watch:
        await asyncio.sleep(3600)
        assert control.asked == []
        watch.on_event(TOOK)
        await asyncio.sleep(3600)
        assert control.asked == [ID]
        assert watch.taken_back == 1


async def test_who_is_in_it_when_we_start_is_taken_back_too():
    control = Control()
    async with watching({ID: ABOARD}, control):
        assert control.asked == [ID]


async def test_a_failure_is_tried_again_and_a_citizen_unknown_to_asterisk_is_not():
    control = Control(LinkLost(), LinkLost(), UnknownCall())
    async with watching({ID: ABOARD}, control) as watch:
        assert len(control.asked) == 1
        await asyncio.sleep(2 * RETRY_S)
        assert len(control.asked) == 3
        await asyncio.sleep(3600)
        assert len(control.asked) == 3
        assert watch.taken_back == 0


async def test_nobody_is_torn_away_from_a_seat_that_rings_for_him():
    control, calls = Control(), {ID: replace(ABOARD, state=CallState.RINGING)}
    async with watching(calls, control) as watch:
        await asyncio.sleep(60)
        assert control.asked == []
        calls[ID] = ABOARD
        returned = CallReturnedToLine(call_id=ID, at=NOON, seat_id=SeatId("8001"), ending=ENDING)
        watch.on_event(returned)
        await asyncio.sleep(0.1)
        assert control.asked == [ID]


@pytest.mark.parametrize(
    "over",
    [
        CallAnswered(call_id=ID, at=NOON, seat_id=SeatId("8001"), waited_ms=1),
        CallAbandoned(call_id=ID, at=NOON, waited_ms=1, ending=ENDING),
        CallEnded(call_id=ID, at=NOON, talked_ms=1, ending=ENDING),
    ],
    ids=lambda event: type(event).__name__,
)
async def test_who_is_served_or_gone_is_left_alone(over):
    control, calls = Control(), {ID: replace(ABOARD, state=CallState.RINGING)}
    async with watching(calls, control) as watch:
        watch.on_event(over)
        calls[ID] = ABOARD
        await asyncio.sleep(60)
        assert control.asked == []


@pytest.mark.parametrize("calls", [{}, {ID: replace(ABOARD, state=CallState.ENDED)}])
async def test_a_call_that_is_no_more_is_forgotten(calls):
    control = Control()
    async with watching(calls, control) as watch:
        watch.on_event(TOOK)
        await asyncio.sleep(60)
        assert control.asked == []


async def test_nobody_is_led_away_before_asterisk_has_told_who_talks_by_now():
    """Between the login and the end of the snapshot a command would be sent, and end a talk."""
    control, calls = Control(), {ID: ABOARD}
    watch = LifeboatWatch(calls, control)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(watch.run(), name=watch.name)
        await asyncio.sleep(10 * RETRY_S)
        assert control.asked == []
        calls[ID] = replace(ABOARD, state=CallState.TALKING)  # the snapshot says so
        watch.on_event(CallAnswered(call_id=ID, at=NOON, seat_id=SeatId("8001"), waited_ms=1))
        watch.on_event(RESTORED)
        await asyncio.sleep(60)
        assert control.asked == []
        running.cancel()


async def test_while_the_link_is_lost_nobody_is_led_anywhere():
    control, calls = Control(), {ID: replace(ABOARD, lifeboat=False)}
    async with watching(calls, control) as watch:
        watch.on_event(LOST)
        watch.on_event(TOOK)
        await asyncio.sleep(60)
        assert control.asked == []
        watch.on_event(RESTORED)
        await asyncio.sleep(0.1)
        assert control.asked == [ID]


async def test_who_waits_longest_is_led_back_first():
    """He is the first to be there when one seat is free."""
    calls = {
        CallId(f"node1-179525416{n}.{n}"): replace(
            ABOARD,
            call_id=CallId(f"node1-179525416{n}.{n}"),
            arrived_at=NOON + timedelta(seconds=n),
            joined_at=NOON + timedelta(seconds=60 - n) if n % 2 else None,
        )
        for n in (4, 1, 7, 2, 9, 3)
    }
    control = Control()
    async with watching(calls, control):
        order = [call_id[-1] for call_id in control.asked]
    assert order == ["2", "4", "9", "7", "3", "1"]
