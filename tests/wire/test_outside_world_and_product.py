"""The outside world fits the product's own SIP configuration: trunk, seats' accounts, codecs.

The dialplan is a stand-in; queueing and the service are the live tests' matter. It records, as the product
always does: without a recording Asterisk 22 hands packets from one side to the other untouched
(native_rtp), and the simulator at the far end then drops them in about every second call.
"""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.asterisk.server import AsteriskServer
from hotline.asterisk.values import asterisk_values, extra_conf
from hotline.config import AsteriskConfig
from hotline.demo import Demonstration
from hotline.outside.cast import Account, DemoSeat
from hotline.outside.errors import CallNotAnswered, PhoneNotRegistered
from hotline.outside.far_end import loudness
from hotline.outside.phone_lines import free_port
from hotline.outside.scripts import SCRIPTS
from hotline.outside.tones import hears_tone, tone
from hotline.outside.world import OutsideWorld, open_world
from hotline.places import ROOT, Places
from hotline.secrets_file import open_secrets
from tests.fakes.demo_house import FakeHouse
from tests.fakes.exchange import asterisk_program
from tests.wire.test_outside_world import LOUD

CALLER = "13800000002"
TIMES_SPOKEN = 20
STAND_IN = {
    "extensions.conf": """
[hotline-in]
exten => 12345,1,Answer()
 same => n,MixMonitor(,r(${UNIQUEID}.sln))
 same => n,Dial(PJSIP/8001,20,b(header^add^1))
exten => 12346,1,Answer()
 same => n,MixMonitor(,r(${UNIQUEID}.sln))
 same => n,Set(CALLERID(num)=12345)
 same => n,Dial(PJSIP/13800009001@trunk,20,b(header^add^1))
[header]
exten => add,1,Set(PJSIP_HEADER(add,X-Hotline-Call)=node1-7.1)
 same => n,Return()
[seat-out]
exten => failed,1,Hangup()
""",
    "queues.conf": "[general]\n",
}


@asynccontextmanager
async def product_and_world(folder: Path, wrong: str | None = None) -> AsyncIterator[OutsideWorld]:
    config = AsteriskConfig()
    secrets = open_secrets(folder / "secrets.toml", ["8001"])
    ports = {name: free_port(socket.SOCK_STREAM) for name in ("ami", "agi", "http")}
    ports["sip"] = free_port(socket.SOCK_DGRAM)
    (folder / "music").mkdir()
    server = AsteriskServer(
        asterisk_program(),
        folder / "asterisk",
        Places(ROOT / "var").templates,
        asterisk_values(config, ports, secrets, legs=folder, spool=folder, music=folder / "music"),
        extra_conf={**extra_conf(config, ["8001"], secrets), **STAND_IN},
    )
    server.prepare()
    await server.start(60)
    try:
        async with open_world(
            asterisk_program(),
            folder / "outside",
            system_port=ports["sip"],
            trunk_secret=wrong or secrets.trunk,
            phones={"8001": wrong or secrets.seats["8001"]},
        ) as world:
            yield world
    finally:
        await server.stop(10)


async def test_a_citizen_reaches_a_registered_seat_who_sees_number_and_call(tmp_path):
    async with product_and_world(tmp_path) as world:
        phone = world.phone("8001")
        await phone.registered()
        await phone.answer_after(0.1)
        citizen = await world.dial(CALLER)
        assert await world.seat_of(citizen, "node1-7.1", 10) is phone
        assert phone.shown_number == CALLER
        await speak_until_heard(citizen, tone(500), lambda: loudness(phone.heard()) > LOUD)
        await speak_until_heard(phone, tone(1200), lambda: loudness(citizen.heard()) > LOUD)
        await citizen.hang_up()
        await phone.idle()


async def test_the_product_calls_out_to_where_the_trunk_registered(tmp_path):
    async with product_and_world(tmp_path) as world:
        await world.reachable()
        line = world.line("13800009001")
        await line.answer_after(0.1)
        phone = world.phone("8001")
        await phone.registered()
        citizen = await world.dial(CALLER, "12346")
        await line.talking()
        assert line.shown_number == "12345"
        assert line.headers["X-Hotline-Call"] == "node1-7.1"
        await speak_until_heard(line, tone(1000), lambda: hears_tone(citizen.heard(), 1000))
        await citizen.hang_up()
        await line.idle()


async def test_wrong_passwords_open_neither_the_trunk_nor_a_seat(tmp_path):
    async with product_and_world(tmp_path, wrong="guessed") as world:
        with pytest.raises(CallNotAnswered):
            await world.dial(CALLER, limit_s=5)
        with pytest.raises(PhoneNotRegistered):
            await world.phone("8001").registered(1)


async def speak_until_heard(speaker, sound: bytes, heard: Callable[[], bool]) -> None:
    """The answer is told before the sound's way is open; on a busy machine long before."""
    for _ in range(TIMES_SPOKEN):
        await speaker.say(sound)
        if heard():
            return
    raise AssertionError("it was never heard")


class WatchedWorld:
    """The real outside world; the fake service is told what the real one would have seen."""

    def __init__(self, world: OutsideWorld, house: FakeHouse) -> None:
        self.world, self.house = world, house
        self.phone = world.phone

    async def dial(self, caller_number, called_number, limit_s):
        citizen = await self.world.dial(caller_number, called_number, limit_s)
        fake = await self.house.dial(caller_number, called_number, limit_s)
        del self.house.calls[fake.call["call_id"]]
        self.house.calls["node1-7.1"] = {**fake.call, "call_id": "node1-7.1"}
        hang_up = citizen.hang_up

        async def hang_up_and_tell():
            await hang_up()
            self.house.end(self.house.calls["node1-7.1"])

        citizen.hang_up = hang_up_and_tell
        return citizen

    async def seat_of(self, citizen, call_id, limit_s):
        phone = await self.world.seat_of(citizen, call_id, limit_s)
        self.house.seats[phone.seat_id]["state"] = "talking"
        self.house.calls[call_id].update(seat_id=phone.seat_id, answered_at="now")
        return phone


async def test_the_demonstration_holds_a_spoken_conversation_over_the_real_line(tmp_path):
    short = replace(SCRIPTS[0], lines=(*SCRIPTS[0].lines[:2], SCRIPTS[0].lines[-1]))
    told: list[str] = []
    async with product_and_world(tmp_path) as world:
        house = FakeHouse(tmp_path, ("8001",))
        playing = Demonstration(
            WatchedWorld(world, house),
            house.session,
            [
                DemoSeat(
                    seat_id="8001",
                    operator=Account(username="operator-8001", password="secret-operator-8001"),
                )
            ],
            Account(username="banzhang", password="secret-banzhang"),
            tmp_path,
            told.append,
            scripts=[short],
        )
        await playing.open_floor()
        report = await playing.play_calls(1)
        assert report.all_well, told
        assert report.outcomes[0].seat_id == "8001"
        assert loudness(await world.phone("8001").heard_out()) > LOUD / 2
