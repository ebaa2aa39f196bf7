"""The dialplan on the real Asterisk: what becomes of a citizen whatever becomes of our service.

The story and its server are ours; the waiting room is a fake in which the test hands out the seats.
Prompts are short tones, so that a test can hear which of them was played, and how often.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hotline.asterisk.log import read_troubles
from hotline.asterisk.server import AsteriskServer
from hotline.asterisk.values import asterisk_values, extra_conf
from hotline.clock import utc_now
from hotline.config import AsteriskConfig
from hotline.outside.errors import CallNotAnswered
from hotline.outside.far_end import Citizen
from hotline.outside.phone_lines import free_port
from hotline.outside.world import OutsideWorld, open_world
from hotline.places import ROOT, Places
from hotline.secrets_file import open_secrets
from hotline.sounds.hold_music import provide_hold_music
from ivr.agi.server import AgiServer
from ivr.lifeboat_spool import read_record
from ivr.navigator import Navigator
from ivr.settings import IvrSettings
from tests.fakes.exchange import asterisk_program
from tests.fakes.waiting_room import FakeWaitingRoom
from tests.wire.test_outside_world import strength, tone

CALLER, OTHER_CALLER = "13800000001", "13800000002"
LIMIT_S = 20
# Far above the notes of the hold music.
NOTICE_HZ, GOODBYE_HZ, CITIZEN_HZ, SEAT_HZ = 1900, 2300, 2700, 3100
NOTICE_S, GOODBYE_S = 0.8, 0.4
LOST_HZ, LOST_S = 1700, 0.6
PROMPTS = {
    "recording-notice": tone(NOTICE_HZ, NOTICE_S),
    "goodbye": tone(GOODBYE_HZ, GOODBYE_S),
    "all-seats-busy": tone(1500, 0.4),
    "talk-lost": tone(LOST_HZ, LOST_S),
}
LEG_BYTES_PER_S = 96_000
WINDOW = 1600
"""Bytes of sound looked at together: 0.1 s."""


def seconds_of(hz: int, sound: bytes, window: int = WINDOW) -> float:
    """For how long a tone was heard."""
    full = strength(tone(hz, 0.1), hz)
    pieces = (sound[start : start + window] for start in range(0, len(sound), window))
    return sum(strength(piece, hz) > full / 4 for piece in pieces) / 10


class House:
    """The product's Asterisk under one folder; everything else comes and goes. 机房"""

    seats: tuple[str, ...] = ("8001",)

    def __init__(self, folder: Path) -> None:
        config = AsteriskConfig()
        self.folder, self.legs, self.spool = folder, folder / "legs", folder / "spool"
        self.prompts = folder / "prompts"
        for place in (self.legs, self.spool, self.prompts):
            place.mkdir()
        for name, sound in PROMPTS.items():
            (self.prompts / f"{name}.sln").write_bytes(sound)
        self.secrets = open_secrets(folder / "secrets.toml", self.seats)
        self.ports = {name: free_port(socket.SOCK_STREAM) for name in ("ami", "agi", "http")}
        self.ports["sip"] = free_port(socket.SOCK_DGRAM)
        self.asterisk = AsteriskServer(
            asterisk_program(),
            folder / "asterisk",
            Places(ROOT / "var").templates,
            asterisk_values(
                config,
                self.ports,
                self.secrets,
                legs=self.legs,
                spool=self.spool,
                music=provide_hold_music(folder / "music"),
            ),
            extra_conf=extra_conf(config, self.seats, self.secrets),
            sounds={"zh/hotline": self.prompts},
            agi_scripts={"lifeboat.py": ROOT / "ivr" / "lifeboat.py"},
        )
        self._worlds = 0

    def prepare(self) -> None:
        self.asterisk.prepare()
        # Two times are all that is changed, long for a test: in Asterisk's own queue, and until a
        # telephone that sends nothing is dead.
        seats = self.asterisk.etc / "pjsip.conf"
        line, head, seat = seats.read_text(encoding="utf-8").partition("[seat](!)")
        seats.write_text(line + head + seat.replace("rtp_timeout = 60", "rtp_timeout = 2", 1))
        dialplan = self.asterisk.etc / "extensions.conf"
        text = dialplan.read_text(encoding="utf-8")
        assert text.count(",,,45)") == 1
        dialplan.write_text(text.replace(",,,45)", ",,,4)"), encoding="utf-8")

    @asynccontextmanager
    async def world(self) -> AsyncIterator[OutsideWorld]:
        self._worlds += 1
        async with open_world(
            asterisk_program(),
            self.folder / f"outside{self._worlds}",
            system_port=self.ports["sip"],
            trunk_secret=self.secrets.trunk,
            phones={seat: self.secrets.seats[seat] for seat in self.seats},
        ) as world:
            for seat in self.seats:
                await world.phone(seat).registered()
            yield world

    @asynccontextmanager
    async def service(self, room: FakeWaitingRoom) -> AsyncIterator[AgiServer]:
        """Our AGI server with the citizen's story; it is gone at the end of the block."""
        settings = IvrSettings()
        navigator = Navigator(room, settings, utc_now)
        server = AgiServer(settings, "127.0.0.1", self.ports["agi"], navigator.tell_story)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(server.run(), name=server.name)
            await server.started()
            try:
                yield server
            finally:
                running.cancel()

    async def channels(self) -> list[str]:
        """The names of all channels there are."""
        listed = await self.asterisk.cli("core show channels concise")
        return [line.split("!")[0] for line in listed.splitlines() if "!" in line]

    async def until_empty(self) -> None:
        """Every citizen's and every seat's channel is gone."""
        async with asyncio.timeout(LIMIT_S):
            while await self.channels():
                pass

    async def until(self, true: Callable[[], bool]) -> None:
        """Look again after each question to Asterisk, which paces it."""
        async with asyncio.timeout(LIMIT_S):
            while not true():
                await self.asterisk.cli("core show uptime")

    def spooled(self) -> list[Path]:
        return sorted(self.spool.glob("*.json"))

    @asynccontextmanager
    async def lifeboat_member(self) -> AsyncIterator[None]:
        said = await self.asterisk.cli("queue add member PJSIP/8001 to lifeboat")
        assert "Added interface" in said
        try:
            yield
        finally:
            await self.asterisk.cli("queue remove member PJSIP/8001 from lifeboat")


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    house.prepare()
    asyncio.run(house.asterisk.start(60))
    try:
        assert read_troubles(house.asterisk.messages_log) == []
        yield house
    finally:
        house.asterisk.kill()
        asyncio.run(house.asterisk.stop(10))


@pytest.fixture
def house(asterisk) -> Iterator[House]:
    yield asterisk
    for left in asterisk.spool.iterdir():
        left.unlink()


def legs_of(house: House, call_id: str) -> tuple[Path, Path]:
    return (house.legs / f"{call_id}-citizen.sln48", house.legs / f"{call_id}-seat.sln48")


async def until_gone(citizen: Citizen) -> bytes:
    """The other side hangs up; what he heard in all."""
    return await citizen.heard_out(LIMIT_S)


async def test_a_citizen_is_told_waits_talks_and_is_said_goodbye(house):
    room = FakeWaitingRoom()
    async with house.world() as world, house.service(room), asyncio.timeout(60):
        phone = world.phone("8001")
        await phone.answer_after(0.1)
        before = utc_now()
        citizen = await world.dial(CALLER)
        place = await room.entries(1)
        assert all(leg.exists() for leg in legs_of(house, place.call_id))
        room.give("8001")
        at_seat = await phone.talking()
        assert phone.call_id == place.call_id
        assert phone.shown_number == CALLER
        await citizen.say(tone(CITIZEN_HZ))
        await phone.say(tone(SEAT_HZ))
        await phone.hang_up()
        heard = await until_gone(citizen)
        lasted_s = (utc_now() - before).total_seconds()
        assert await room.offers_ended(1) is None
        await house.until_empty()
    assert seconds_of(NOTICE_HZ, heard) == pytest.approx(NOTICE_S, abs=0.25)
    assert seconds_of(SEAT_HZ, heard) > 0.3
    assert seconds_of(GOODBYE_HZ, heard) == pytest.approx(GOODBYE_S, abs=0.25)
    assert seconds_of(CITIZEN_HZ, await at_seat.heard_out()) > 0.3
    # One continuous file a side, from the notice to the goodbye, as long as the call.
    sizes = [leg.stat().st_size / LEG_BYTES_PER_S for leg in legs_of(house, place.call_id)]
    assert sizes == pytest.approx([lasted_s] * 2, abs=1.2)
    assert len(list(house.legs.glob(f"{place.call_id}*"))) == 2
    leg = legs_of(house, place.call_id)[1].read_bytes()
    at_8_khz = b"".join(leg[n : n + 2] for n in range(0, len(leg), 12))
    for hz in (NOTICE_HZ, SEAT_HZ, GOODBYE_HZ):
        assert seconds_of(hz, at_8_khz) > 0.2


async def test_a_seat_that_does_not_answer_gives_him_back_and_the_next_one_takes_him(house):
    room = FakeWaitingRoom()
    async with house.world() as world, house.service(room), asyncio.timeout(60):
        phone = world.phone("8001")
        await phone.refuse()
        citizen = await world.dial(CALLER)
        first = await room.entries(1)
        room.give("8001")
        assert await room.entries(2) == first
        assert await room.offers_ended(1) == "busy"
        room.give("9999")  # no such phone
        assert await room.entries(3) == first
        assert await room.offers_ended(2) == "unreachable"
        await phone.answer_after(0.1)
        room.give("8001")
        await phone.talking()
        await citizen.hang_up()
        await room.offers_ended(3)
        await house.until_empty()


async def test_a_service_that_restarts_finds_the_waiting_citizen_at_his_old_place(house):
    async with house.world() as world, asyncio.timeout(60):
        async with house.service(room := FakeWaitingRoom()):
            citizen = await world.dial(CALLER)
            before = await room.entries(1)
            (channel,) = await house.channels()
        assert room.line == {}
        async with house.service(room := FakeWaitingRoom()):
            after = await room.entries(1)
            assert await house.channels() == [channel]
            assert after.call_id == before.call_id
            # The channel keeps milliseconds.
            assert abs((after.joined_at - before.joined_at).total_seconds()) < 0.002
            await citizen.hang_up()
            await room.is_empty()
            await house.until_empty()
    assert seconds_of(NOTICE_HZ, await citizen.heard_out()) == pytest.approx(NOTICE_S, abs=0.25)
    assert house.spooled() == []


async def test_without_a_service_asterisks_own_queue_takes_him_to_a_seat(house):
    async with house.world() as world, house.lifeboat_member(), asyncio.timeout(60):
        phone = world.phone("8001")
        await phone.answer_after(0.1)
        await phone.unregister()  # nobody is free in his first round
        citizen = await world.dial(CALLER)
        await house.until(lambda: len(house.spooled()) == 1)
        house.spooled()[0].unlink()
        await house.until(lambda: len(house.spooled()) == 1)  # he stays in the lifeboat
        await phone.register()
        await phone.talking()
        (record,) = house.spooled()
        arrived, joined = read_record(record)
        assert (arrived.caller_number, arrived.called_number) == (CALLER, "12345")
        assert arrived.call_id == joined.call_id == phone.call_id
        assert record.stat().st_mode & 0o777 == 0o600
        await citizen.say(tone(CITIZEN_HZ))
        at_seat = phone.far_end
        await phone.hang_up()
        heard = await until_gone(citizen)
        await house.until_empty()
        assert seconds_of(CITIZEN_HZ, await at_seat.heard_out()) > 0.3
        assert seconds_of(GOODBYE_HZ, heard) == pytest.approx(GOODBYE_S, abs=0.25)
        assert phone.rings == 1
        assert all(leg.exists() for leg in legs_of(house, arrived.call_id))


async def test_from_the_lifeboat_a_citizen_comes_back_by_himself_to_the_place_he_had(house):
    """Being led back is in test_lifeboat_on_asterisk.py."""
    async with house.world() as world, asyncio.timeout(60):
        dialled_at = utc_now()
        citizen = await world.dial(CALLER)
        await house.until(lambda: len(house.spooled()) == 1)
        aboard_at = utc_now()
        async with house.service(room := FakeWaitingRoom()):
            place = await room.entries(1)
            assert dialled_at <= place.joined_at <= aboard_at
            await citizen.hang_up()
            # Told of the recording in the lifeboat, and not a second time.
            assert seconds_of(NOTICE_HZ, await citizen.heard_out()) == pytest.approx(
                NOTICE_S, abs=0.25
            )
            await house.until_empty()


async def test_a_service_that_dies_in_the_talk_ends_no_talk_and_queues_nobody_twice(house):
    async with house.world() as world, asyncio.timeout(60):
        phone = world.phone("8001")
        await phone.answer_after(0.1)
        async with house.service(room := FakeWaitingRoom()):
            citizen = await world.dial(CALLER)
            await room.entries(1)
            room.give("8001")
            at_seat = await phone.talking()
        async with house.service(room := FakeWaitingRoom()):
            await citizen.say(tone(CITIZEN_HZ))
            assert len(await house.channels()) == 2
            await phone.hang_up()
            heard = await until_gone(citizen)
            await house.until_empty()
            assert room.entered == []
        assert seconds_of(CITIZEN_HZ, await at_seat.heard_out()) > 0.3
        assert seconds_of(GOODBYE_HZ, heard) == pytest.approx(GOODBYE_S, abs=0.25)


async def test_a_telephone_that_dies_in_the_talk_gives_him_back_his_place(house):
    async with (
        house.world() as world,
        house.service(room := FakeWaitingRoom()),
        asyncio.timeout(60),
    ):
        phone = world.phone("8001")
        await phone.answer_after(0.1)
        citizen = await world.dial(CALLER)
        first = await room.entries(1)
        room.give("8001")
        at_seat = await phone.talking()
        await at_seat.go_silent()
        again = await room.entries(2)
        assert again.turn == 2
        assert abs((again.joined_at - first.joined_at).total_seconds()) < 0.002
        assert await room.offers_ended(1) is None
        await citizen.hang_up()
        heard = await citizen.heard_out()
        await house.until_empty()
    assert seconds_of(LOST_HZ, heard) == pytest.approx(LOST_S, abs=0.25)
    assert seconds_of(GOODBYE_HZ, heard) == 0


async def test_so_it_does_while_there_is_no_service(house):
    async with house.world() as world, asyncio.timeout(60):
        phone = world.phone("8001")
        await phone.answer_after(0.1)
        async with house.service(room := FakeWaitingRoom()):
            citizen = await world.dial(CALLER)
            first = await room.entries(1)
            room.give("8001")
            at_seat = await phone.talking()
        await at_seat.go_silent()
        await house.until(lambda: bool(house.spooled()))
        async with house.service(room := FakeWaitingRoom()):
            again = await room.entries(1)
            assert again.turn == 2
            assert abs((again.joined_at - first.joined_at).total_seconds()) < 0.002
            await citizen.hang_up()
            heard = await citizen.heard_out()
            await house.until_empty()
    assert seconds_of(LOST_HZ, heard) == pytest.approx(LOST_S, abs=0.25)
    assert seconds_of(GOODBYE_HZ, heard) == 0


async def test_a_citizen_may_hang_up_at_any_step(house):
    room = FakeWaitingRoom()
    async with house.world() as world, asyncio.timeout(60):
        phone = world.phone("8001")
        async with house.service(room):
            citizen = await world.dial(CALLER)
            await citizen.hang_up()  # in the notice
            await house.until_empty()
            assert room.entered == []

            citizen = await world.dial(CALLER)
            await room.entries(1)
            await citizen.hang_up()  # waiting
            await room.is_empty()
            await house.until_empty()

            await phone.let_ring()
            citizen = await world.dial(CALLER)
            await room.entries(2)
            room.give("8001")
            await phone.ringing()
            await citizen.hang_up()
            assert await room.offers_ended(1) == "citizen-gone"
            await phone.idle()
            await house.until_empty()

            await phone.answer_after(0.1)
            citizen = await world.dial(CALLER)
            await room.entries(3)
            room.give("8001")
            await phone.talking()
            await citizen.hang_up()
            await room.offers_ended(2)
            await phone.idle()
            await house.until_empty()
        citizen = await world.dial(CALLER)
        await citizen.hang_up()  # while the dialplan looks for a service
        await house.until_empty()
        citizen = await world.dial(CALLER)
        await house.until(lambda: bool(house.spooled()))
        await citizen.hang_up()  # in Asterisk's own queue
        await house.until_empty()


async def test_a_number_that_is_not_ours_is_refused_without_a_channel(house):
    async with house.world() as world:
        with pytest.raises(CallNotAnswered) as refused:
            await world.dial(CALLER, "54321")
        assert refused.value.cause == 1  # unallocated number
        await house.until_empty()


async def test_a_frozen_service_cannot_hold_a_citizen_who_hangs_up(house):
    connected = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            await reader.readuntil(b"\n\n")
            connected.set()
            await reader.read()

    frozen = await asyncio.start_server(say_nothing, "127.0.0.1", house.ports["agi"])
    async with house.world() as world, frozen:
        citizen = await world.dial(CALLER)
        async with asyncio.timeout(LIMIT_S):
            await connected.wait()
        assert len(await house.channels()) == 1
        await citizen.hang_up()
        await house.until_empty()


async def test_a_missing_prompt_is_passed_over(house):
    notice = house.prompts / "recording-notice.sln"
    notice.rename(notice.with_suffix(".away"))
    try:
        async with house.world() as world, house.service(room := FakeWaitingRoom()):
            citizen = await world.dial(CALLER)
            async with asyncio.timeout(LIMIT_S):
                await room.entries(1)
            await citizen.hang_up()
            await house.until_empty()
    finally:
        notice.with_suffix(".away").rename(notice)
