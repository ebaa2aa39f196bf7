"""Asterisk's safety-net queue has the members that the floor says, whatever fails on the way."""

import asyncio
from contextlib import asynccontextmanager

from cti.events import LinkRestored
from cti.ids import SeatId
from seats.lifeboat_keeper import LifeboatKeeper, wanted_members
from seats.model import NotReadyReason, SeatState
from tests.fakes.floor import NOON, Floor, LifeboatInMemory, a_seat, call, definition

A = SeatId("8001")


@asynccontextmanager
async def kept(floor: Floor, lifeboat: LifeboatInMemory):
    keeper = LifeboatKeeper(floor.roster, lifeboat, floor.settings)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keeper.run(), name=keeper.name)
        await asyncio.sleep(0.1)
        yield keeper
        task.cancel()


def test_only_not_ready_and_wrap_up_are_paused():
    seats = {SeatId(str(n)): a_seat(str(n), state) for n, state in enumerate(SeatState)}
    wanted = {
        seats[seat_id].state.value: paused for seat_id, paused in wanted_members(seats).items()
    }
    assert wanted == {
        "not_ready": True,
        "ready": False,
        "reserved": False,
        "ringing": False,
        "talking": False,
        "wrap_up": True,
    }


async def test_at_start_everything_is_brought_in_step():
    floor = Floor(definition("8001"), definition("8002"), definition("8003")).ready("8001")
    floor.roster.sign_in(SeatId("8002"), "user8002")
    lifeboat = LifeboatInMemory(**{"8001": True, "8003": False, "7777": False})
    async with kept(floor, lifeboat) as keeper:
        assert lifeboat.members == {"8001": False, "8002": True}
        assert keeper.known == lifeboat.members


async def test_a_change_sends_only_the_difference():
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    lifeboat = LifeboatInMemory()
    async with kept(floor, lifeboat):
        lifeboat.asked.clear()
        floor.roster.reserve(A, call(1))
        await asyncio.sleep(0.1)
        assert lifeboat.asked == []
        floor.roster.set_not_ready(SeatId("8002"), NotReadyReason.BREAK, "user8002")
        await asyncio.sleep(0.1)
        assert lifeboat.asked == ["set 8002 paused"]
        floor.roster.sign_out(SeatId("8002"), "user8002")
        await asyncio.sleep(0.1)
        assert lifeboat.asked[1:] == ["remove 8002"]


async def test_a_lost_link_is_tried_again_after_some_seconds_and_reads_everything_anew():
    floor = Floor(definition("8001")).ready("8001")
    lifeboat = LifeboatInMemory()
    lifeboat.fail_next = 2
    async with kept(floor, lifeboat) as keeper:
        assert keeper.known is None
        await asyncio.sleep(5)
        assert lifeboat.asked == ["list", "list"]
        await asyncio.sleep(5.1)
        assert lifeboat.members == {"8001": False}
        assert lifeboat.asked == ["list", "list", "list", "set 8001 unpaused"]


async def test_an_action_whose_answer_was_lost_is_looked_up_and_not_believed():
    floor = Floor(definition("8001")).ready("8001")
    lifeboat = LifeboatInMemory()
    lifeboat.done_although_lost = True
    async with kept(floor, lifeboat):
        assert lifeboat.asked == ["list"]
        await asyncio.sleep(5.1)
        assert lifeboat.members == {"8001": False}
        assert lifeboat.asked == ["list", "list"]


async def test_the_next_change_does_not_wait_for_the_retry():
    floor = Floor(definition("8001")).ready("8001")
    lifeboat = LifeboatInMemory()
    lifeboat.fail_next = 1
    async with kept(floor, lifeboat):
        floor.roster.set_not_ready(A, NotReadyReason.MEAL, "user8001")
        await asyncio.sleep(0.1)
        assert lifeboat.members == {"8001": True}


async def test_after_an_outage_a_new_asterisk_without_members_gets_them_all():
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    lifeboat = LifeboatInMemory()
    async with kept(floor, lifeboat) as keeper:
        lifeboat.members.clear()
        keeper.on_link_event(LinkRestored(at=NOON, node="node1", gap_ms=900))
        await asyncio.sleep(0.1)
        assert lifeboat.members == {"8001": False, "8002": False}
