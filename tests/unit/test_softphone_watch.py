"""Whether a browser without a socket is only cut off, or gone: the sound says it."""

import asyncio
from contextlib import asynccontextmanager

from cti.errors import LinkLost
from cti.facts import PhoneChanged, PhoneDevice, PhoneState
from cti.seat_devices import SeatDevices
from hotline.softphone_watch import LOOK_EVERY_S, SoftphoneWatch
from tests.unit.test_switchboard import CALL, NOON, House

SEAT = "8001"


class Sound:
    """How many packets came, at each look one more step of `grows`."""

    def __init__(self):
        self.packets, self.grows, self.looks, self.trouble = 1000, 20, 0, None

    async def packets_heard(self, leg_id):
        self.looks += 1
        if self.trouble is not None:
            raise self.trouble
        self.packets += self.grows
        return self.packets


class Board:
    """Writes down what the switchboard was asked."""

    def __init__(self):
        self.kept, self.brought = [], []

    async def keep_for(self, call_id, *, seat_id):
        self.kept.append((call_id, seat_id))

    async def bring_back(self, call_id, *, by, seat_id):
        self.brought.append((call_id, by, seat_id))

    def kept_for(self, seat_id):
        return next((call for call, seat in self.kept if seat == seat_id), None)


class Watched:
    def __init__(self):
        self.sound, self.board = Sound(), Board()
        self.calls = House().calls
        self.devices = SeatDevices(lambda _: None)
        self.browser(PhoneState.IN_USE)
        self.watch = SoftphoneWatch(self.calls, self.board, self.sound, self.devices)

    def browser(self, phone):
        self.devices.changed(
            PhoneChanged(at=NOON, seat_id=SEAT, phone=phone, device=PhoneDevice.BROWSER)
        )


@asynccontextmanager
async def watched():
    here = Watched()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(here.watch.run())
        yield here
        task.cancel()


async def looks(count):
    await asyncio.sleep(count * LOOK_EVERY_S + 0.05)


async def test_while_the_sound_flows_nothing_is_done_and_the_socket_ends_the_watch():
    async with watched() as here:
        here.watch.line_lost(SEAT)
        await looks(30)
        assert here.board.kept == []
        here.watch.line_back(SEAT)
        await looks(2)
        seen = here.sound.looks
        await looks(10)
        assert here.sound.looks == seen


async def test_when_no_packet_comes_any_more_the_citizen_is_kept_once():
    async with watched() as here:
        here.watch.line_lost(SEAT)
        await looks(2)
        here.sound.grows = 0
        await looks(3)
        assert here.board.kept == [(CALL, SEAT)]
        await looks(10)
        assert len(here.board.kept) == 1


async def test_a_new_page_has_a_socket_at_once_but_the_old_leg_stays_silent():
    async with watched() as here:
        here.sound.grows = 0
        here.watch.line_lost(SEAT)
        here.watch.line_back(SEAT)
        await looks(4)
        assert here.board.kept == [(CALL, SEAT)]


async def test_a_single_look_without_a_packet_says_nothing():
    async with watched() as here:
        here.watch.line_lost(SEAT)
        for _ in range(5):
            here.sound.grows = 0
            await asyncio.sleep(LOOK_EVERY_S)
            here.sound.grows = 20
            await asyncio.sleep(LOOK_EVERY_S)
        assert here.board.kept == []


async def test_without_a_link_to_asterisk_nobody_is_judged():
    async with watched() as here:
        here.sound.trouble = LinkLost()
        here.watch.line_lost(SEAT)
        await looks(5)
        assert here.board.kept == []


async def test_a_seat_that_talks_at_its_desk_is_not_watched_and_has_nothing_to_bring_back():
    async with watched() as here:
        here.browser(PhoneState.FREE)
        here.watch.line_lost(SEAT)
        await looks(3)
        assert here.sound.looks == 0
        assert await here.watch.bring_back(SEAT, "wang") is None


async def test_the_page_that_asks_gets_its_live_or_its_kept_call():
    async with watched() as here:
        assert await here.watch.bring_back(SEAT, "wang") == CALL
        await here.board.keep_for(CALL, seat_id=SEAT)
        here.browser(PhoneState.UNREACHABLE)
        assert await here.watch.bring_back(SEAT, "wang") == CALL
        assert here.board.brought == [(CALL, "wang", SEAT)] * 2
