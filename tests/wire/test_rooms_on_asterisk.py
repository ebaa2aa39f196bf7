"""The rooms of a call on the real Asterisk: who is where, and that nobody is ever left alone in one.

The switchboard, the link and the citizen's story are ours; seats come from a fake waiting room and
every seat may be rung.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from cti.ami.link import AmiLink
from cti.call import Call, CallState
from cti.calls_out import CallsOut
from cti.control import CallControl
from cti.errors import TargetNotFree
from cti.events import Event, PartyDidNotAnswer, Room
from cti.settings import AmiSettings, ControlSettings
from cti.switchboard import Switchboard
from cti.targets import LineTarget, SeatTarget
from cti.tracker import CallTracker
from hotline.asterisk.log import read_troubles
from hotline.clock import utc_now
from hotline.config import AsteriskConfig
from hotline.house import AMI_USER
from hotline.outside.far_end import Citizen, FarEnd
from hotline.outside.world import OutsideWorld
from tests.fakes.waiting_room import FakeWaitingRoom
from tests.wire.test_dialplan_on_asterisk import (
    CALLER,
    CITIZEN_HZ,
    GOODBYE_HZ,
    GOODBYE_S,
    LIMIT_S,
    SEAT_HZ,
    House,
    seconds_of,
    until_gone,
)
from tests.wire.test_outside_world import tone

S = CallState
DEPARTMENT_HZ = 3500
POLICE = LineTarget(who="police", number="110")
SECOND = SeatTarget(seat_id="8002")
FIRST = {"by": "li", "seat_id": "8001"}
SUPERVISOR = {"by": "zhang", "seat_id": "8002"}


class TwoSeats(House):
    """With a second telephone. 机房"""

    seats = ("8001", "8002")


class AllSeats:
    """The Floor port: each seat may be rung unless it is in `taken`."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.undone: list[str] = []

    def reserve(self, seat_id, call_id) -> bool:
        return seat_id not in self.taken

    def reserve_listener(self, seat_id, call_id) -> bool:
        return self.reserve(seat_id, call_id)

    def undo_offer(self, seat_id, call_id) -> None:
        self.undone.append(seat_id)


class Floor:
    """What of the service commands calls and hears what becomes of them. 总机与链路"""

    def __init__(self, house: House, world: OutsideWorld, room: FakeWaitingRoom) -> None:
        self.house, self.world, self.room = house, world, room
        self.events: list[Event] = []
        self._news = asyncio.Event()
        self.tracker = CallTracker(self._tell, utc_now)
        node = AsteriskConfig().node
        self.link = AmiLink(
            "127.0.0.1",
            house.ports["ami"],
            AMI_USER,
            house.secrets.ami,
            node,
            AmiSettings(),
            self.tracker.meet,
            self._tell,
            utc_now,
        )
        control, self.seats = CallControl(self.link), AllSeats()
        settings = ControlSettings(invite_ring_s=20)
        self.board = Switchboard(
            self.tracker.calls,
            control,
            self.seats,
            self._tell,
            utc_now,
            settings,
            lambda _call_id, _reason: None,
        )
        self.out = CallsOut(control, self.seats, self._tell, utc_now, node, settings)
        self.call_id = ""

    def _tell(self, event: Event) -> None:
        self.events.append(event)
        self.board.on_event(event)
        self.out.on_event(event)
        self._news.set()

    @property
    def call(self) -> Call:
        return self.tracker.calls[self.call_id]

    async def until(self, true: Callable[[], bool]) -> None:
        """Something is told that makes this true."""
        async with asyncio.timeout(LIMIT_S):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def is_(self, state: CallState) -> None:
        await self.until(lambda: self.call.state is state)

    async def in_room(self, who: str, room: Room | None) -> None:
        await self.until(lambda: any(p.who == who and p.room is room for p in self.call.parties))

    async def talk(self) -> tuple[Citizen, FarEnd]:
        """A citizen and seat 8001."""
        for seat in ("8001", "8002"):
            await self.world.phone(seat).answer_after(0.1)
        citizen = await self.world.dial(CALLER)
        place = await self.room.entries(1)
        self.call_id = place.call_id
        self.room.give("8001")
        seat = await self.world.phone("8001").talking()
        await self.is_(S.TALKING)
        return citizen, seat

    async def police(self):
        await self.world.reachable()
        line = self.world.line("110")
        await line.answer_after(0.1)
        return line


@asynccontextmanager
async def open_floor(house: House) -> AsyncIterator[Floor]:
    room = FakeWaitingRoom()
    async with house.world() as world, house.service(room), asyncio.timeout(90):
        floor = Floor(house, world, room)
        async with asyncio.TaskGroup() as group:
            parts = [
                group.create_task(part.run(), name=part.name)
                for part in (floor.link, floor.board, floor.out)
            ]
            await floor.link.restored()
            try:
                yield floor
                await house.until_empty()
            finally:
                for part in parts:
                    part.cancel()


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory) -> Iterator[House]:
    house = TwoSeats(tmp_path_factory.mktemp("rooms"))
    house.prepare()
    asyncio.run(house.asterisk.start(60))
    try:
        yield house
        # Two of the tests ring a telephone that is dark or does not exist.
        troubles = map(str, read_troubles(house.asterisk.messages_log))
        assert [one for one in troubles if "'9999'" not in one and "'8002'" not in one] == []
    finally:
        house.asterisk.kill()
        asyncio.run(house.asterisk.stop(10))


@pytest.fixture
def house(asterisk) -> House:
    return asterisk


async def test_the_seat_leaves_a_conference_and_the_last_ones_leaving_says_goodbye(house):
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        police = await floor.police()
        await floor.board.invite(floor.call_id, POLICE, order_id="7", **FIRST)
        at_police = await police.talking()
        assert police.headers["X-Hotline-Caller"] == CALLER
        assert police.headers["X-Hotline-Order"] == "7"
        await floor.is_(S.CONFERENCE)
        await seat.say(tone(SEAT_HZ))
        await floor.board.leave(floor.call_id, **FIRST)
        await seat.until_gone(LIMIT_S)
        await floor.is_(S.TALKING)
        await citizen.say(tone(CITIZEN_HZ))
        await at_police.say(tone(DEPARTMENT_HZ))
        await at_police.hang_up()
        heard = await until_gone(citizen)
    for hz in (SEAT_HZ, CITIZEN_HZ):
        assert seconds_of(hz, await at_police.heard_out()) > 0.3
    for hz in (SEAT_HZ, DEPARTMENT_HZ):
        assert seconds_of(hz, heard) > 0.3
    assert seconds_of(GOODBYE_HZ, heard) == pytest.approx(GOODBYE_S, abs=0.25)
    assert seconds_of(CITIZEN_HZ, await seat.heard_out()) < 0.1


async def test_a_held_citizen_whose_seat_dies_is_back_in_the_line_at_his_old_place(house):
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        before = floor.room.entered[0]
        await floor.board.hold(floor.call_id, **FIRST)
        await floor.is_(S.HELD)
        await seat.hang_up()
        again = await floor.room.entries(2)
        assert (again.call_id, again.turn) == (before.call_id, 2)
        assert again.joined_at == floor.call.joined_at
        await floor.is_(S.QUEUED)
        # And after this talk he is said goodbye, as after any other.
        floor.room.give("8001")
        seat = await floor.world.phone("8001").talking()
        await floor.is_(S.TALKING)
        await seat.hang_up()
        heard = await until_gone(citizen)
    assert seconds_of(GOODBYE_HZ, heard) == pytest.approx(GOODBYE_S, abs=0.25)


async def test_a_citizen_who_hangs_up_empties_both_rooms(house):
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        await floor.board.consult(floor.call_id, SECOND, **FIRST)
        await floor.is_(S.CONSULTING)
        second = await floor.world.phone("8002").talking()
        await citizen.hang_up()
        await seat.until_gone(LIMIT_S)
        await second.until_gone(LIMIT_S)
        await floor.is_(S.ENDED)


async def test_a_citizen_who_hangs_up_leaves_no_telephone_ringing(house):
    async with open_floor(house) as floor:
        citizen, _ = await floor.talk()
        await floor.world.phone("8002").let_ring()
        await floor.board.transfer(floor.call_id, SECOND, **FIRST)
        await floor.world.phone("8002").ringing()
        await floor.in_room("8002", None)
        await citizen.hang_up()
        await floor.world.phone("8002").idle()
        await floor.world.phone("8001").idle()


async def test_the_first_seat_stays_until_the_transfers_target_has_answered(house):
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        phone = floor.world.phone("8002")
        await phone.let_ring()
        await floor.board.transfer(floor.call_id, SECOND, **FIRST)
        await phone.ringing()
        assert not seat.gone
        second = await phone.answer()
        await seat.until_gone(LIMIT_S)
        await floor.is_(S.TALKING)
        assert floor.call.seat_id == "8002"
        await second.say(tone(SEAT_HZ))
        await citizen.hang_up()
        await second.until_gone(LIMIT_S)
        assert seconds_of(SEAT_HZ, await citizen.heard_out()) > 0.3


@pytest.mark.parametrize("how", ["busy", "switched off", "no such phone"])
async def test_a_target_that_is_not_reached_leaves_him_with_the_same_seat(house, how):
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        phone = floor.world.phone("8002")
        target = SECOND
        if how == "busy":
            await phone.refuse()
        elif how == "switched off":
            await phone.unregister()
        else:
            target = SeatTarget(seat_id="9999")
        await floor.board.transfer(floor.call_id, target, **FIRST)
        await floor.until(lambda: floor.call.led_aside)
        await floor.is_(S.TALKING)
        assert not seat.gone
        await seat.say(tone(SEAT_HZ))
        await citizen.hang_up()
        await floor.world.phone("8001").idle()
        assert seconds_of(SEAT_HZ, await citizen.heard_out()) > 0.3
    if how == "busy":
        (ended,) = [e for e in floor.events if isinstance(e, PartyDidNotAnswer)]
        assert ended.ending.reason == "busy"
    else:
        assert floor.seats.undone == [target.seat_id]


async def test_a_seat_that_hangs_up_while_the_target_rings_sends_him_back_if_nobody_comes(house):
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        phone = floor.world.phone("8002")
        await phone.let_ring()
        await floor.board.transfer(floor.call_id, SECOND, **FIRST)
        ringing = await phone.ringing()
        await floor.in_room("8002", None)
        await seat.hang_up()
        await floor.is_(S.SEAT_LEFT)
        await ringing.hang_up()
        again = await floor.room.entries(2)
        assert again.turn == 2
        await citizen.hang_up()
        await floor.room.is_empty()


async def test_taking_over_during_a_consultation_leaves_nobody_aside(house):
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        police = await floor.police()
        await floor.board.consult(floor.call_id, POLICE, **FIRST)
        at_police = await police.talking()
        await floor.is_(S.CONSULTING)
        await floor.board.supervise(floor.call_id, "intercept", reason="help", **SUPERVISOR)
        second = await floor.world.phone("8002").talking()
        await seat.until_gone(LIMIT_S)
        await at_police.until_gone(LIMIT_S)
        await floor.is_(S.TALKING)
        assert floor.call.seat_id == "8002"
        await second.say(tone(SEAT_HZ))
        await second.hang_up()
        heard = await until_gone(citizen)
    assert seconds_of(SEAT_HZ, heard) > 0.3


async def test_a_leg_may_be_led_on_before_it_has_set_out(house):
    """Asterisk refuses a Redirect while the one before is on its way."""
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        await floor.board.hold(floor.call_id, **FIRST)
        await floor.is_(S.HELD)
        leg = floor.call.leg_id or next(p.leg_id for p in floor.call.parties if p.who == "8001")
        for _ in range(20):
            await CallControl(floor.link).lead([(leg, "aside-seat")])
        await seat.hang_up()
        await citizen.hang_up()


async def test_muting_during_a_hold_leaves_the_citizen_on_hold(house):
    async with open_floor(house) as floor:
        citizen, seat = await floor.talk()
        await floor.board.hold(floor.call_id, **FIRST)
        await floor.is_(S.HELD)
        await floor.board.mute(floor.call_id, None, on=True, **FIRST)
        await floor.board.retrieve(floor.call_id, **FIRST)
        await floor.is_(S.TALKING)
        await seat.say(tone(SEAT_HZ))
        await floor.board.mute(floor.call_id, None, on=False, **FIRST)
        await seat.say(tone(CITIZEN_HZ))
        await citizen.hang_up()
        heard = await citizen.heard_out()
    assert seconds_of(SEAT_HZ, heard) < 0.1
    assert seconds_of(CITIZEN_HZ, heard) > 0.3


async def test_a_citizen_whose_seat_hangs_up_is_not_rung_any_longer(house):
    async with open_floor(house) as floor:
        await floor.world.reachable()
        line = floor.world.line("13800000007")
        await line.let_ring()
        await floor.world.phone("8001").answer_after(0.1)
        await floor.out.seat_first("13800000007", **FIRST)
        seat = await floor.world.phone("8001").talking()
        await line.ringing()
        await seat.hang_up()
        await line.idle()


async def test_a_citizen_called_first_waits_in_the_line_with_the_place_he_was_given(house):
    async with open_floor(house) as floor:
        await floor.world.reachable()
        line = floor.world.line("13800000007")
        await line.answer_after(0.1)
        await floor.world.phone("8001").answer_after(0.1)
        owed = utc_now().replace(microsecond=0)
        floor.call_id = await floor.out.citizen_first(
            "13800000007", by="system", skill_group="law", joined_at=owed
        )
        place = await floor.room.entries(1)
        assert (place.call_id, place.skill_group) == (floor.call_id, "law")
        assert place.joined_at == owed
        floor.room.give("8001")
        await floor.is_(S.TALKING)
        await line.hang_up()
        await floor.world.phone("8001").idle()


@pytest.mark.parametrize(
    "number", ["0085212345678", "+85212345678", "16812345", "01016812345", "9999", "8001"]
)
async def test_the_dialplan_itself_dials_no_number_that_may_not_be_dialled(house, number):
    said = await house.asterisk.cli(f"dialplan show {number}@hotline-out")
    assert "hotline-dial" not in said


async def test_a_seat_that_is_taken_is_not_rung_and_the_talk_goes_on(house):
    async with open_floor(house) as floor:
        citizen, _ = await floor.talk()
        floor.seats.taken.add("8002")
        with pytest.raises(TargetNotFree):
            await floor.board.transfer(floor.call_id, SECOND, **FIRST)
        assert floor.call.state is S.TALKING
        assert not floor.call.in_rooms
        await citizen.hang_up()
        await floor.world.phone("8001").idle()
