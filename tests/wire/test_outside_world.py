"""The simulator proves itself: two real Asterisks, real SIP, digest and RTP over loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hotline.outside.errors import (
    AudioNotPlayable,
    CallNotAnswered,
    FarEndGone,
    PhoneNotRinging,
    SimulatorGone,
    StillThere,
    UnknownPhone,
)
from hotline.outside.far_end import BYTES_PER_S, loudness
from hotline.outside.tones import hears_tone, strength, tone
from hotline.outside.world import OutsideWorld, open_world
from tests.fakes.exchange import CALL_ID, ORDER, PHONES, TRUNK_SECRET, asterisk_program, exchange

CALLER = "13800000001"
LOUD = 1000.0
"""The tone alone measures about 5,600."""


@asynccontextmanager
async def world_with_exchange(
    folder: Path, trunk_secret: str = TRUNK_SECRET
) -> AsyncIterator[OutsideWorld]:
    async with (
        exchange(folder / "exchange") as port,
        open_world(
            asterisk_program(),
            folder / "outside",
            system_port=port,
            trunk_secret=trunk_secret,
            phones=PHONES,
        ) as world,
    ):
        yield world


async def test_a_citizen_and_a_seat_hear_each_other_and_the_seat_sees_the_keys(tmp_path):
    async with world_with_exchange(tmp_path) as world:
        phone = world.phone("8001")
        await phone.registered()
        await phone.answer_after(0.2)
        citizen = await world.dial(CALLER, "12345")
        at_seat = await phone.talking()
        assert phone.call_id == CALL_ID
        assert citizen.answered

        await citizen.say(tone(500))
        await phone.say(tone(1200))
        await citizen.press("1#")
        await at_seat.until_keys("1#", 5)
        await citizen.hang_up()
        await phone.idle()
        assert citizen.gone
        assert citizen.cause == 16

        by_phone, by_citizen = await phone.heard_out(), await citizen.heard_out()
        assert loudness(by_phone) > LOUD
        assert loudness(by_citizen) > LOUD
        assert strength(by_phone, 500) > 20 * strength(by_phone, 1200)
        assert strength(by_citizen, 1200) > 20 * strength(by_citizen, 500)


async def test_phones_answer_by_hand_let_it_ring_and_refuse_and_the_seat_can_hang_up(tmp_path):
    async with world_with_exchange(tmp_path) as world:
        one, two = world.phone("8001"), world.phone("8002")
        await one.registered()
        await two.registered()

        citizen = await world.dial(CALLER, "12345")  # the exchange answers, the phone rings
        await one.ringing()
        assert one.far_end is not None
        assert not one.far_end.answered
        await one.answer()
        await one.hang_up()
        await citizen.until_gone(5)
        with pytest.raises(FarEndGone):
            await citizen.say(tone(500))

        await two.refuse()
        with pytest.raises(CallNotAnswered) as busy:
            await world.dial(CALLER, "8002")
        assert busy.value.cause == 17
        assert two.rings == 1

        await two.let_ring()
        with pytest.raises(CallNotAnswered):
            await world.dial(CALLER, "8002", limit_s=1.0)
        await two.idle()
        assert two.rings == 2

        with pytest.raises(UnknownPhone):
            world.phone("9999")


async def test_a_phone_can_go_dark_and_come_back(tmp_path):
    async with world_with_exchange(tmp_path) as world:
        phone = world.phone("8001")
        await phone.registered()
        await phone.unregister()
        with pytest.raises(CallNotAnswered):
            await world.dial(CALLER, "8001")
        assert phone.rings == 0
        await phone.register()
        await phone.answer_after(0)
        citizen = await world.dial(CALLER, "8001")
        await phone.talking()
        await citizen.hang_up()


async def test_a_line_outside_is_called_and_sees_who_calls_and_why(tmp_path):
    async with world_with_exchange(tmp_path) as world:
        await world.reachable()
        police = world.line("110")
        assert world.line("110") is police
        await police.answer_after(0.2)
        citizen = await world.dial(CALLER, "110")
        there = await police.talking()
        assert police.shown_number == CALLER
        assert police.headers == {"X-Hotline-Call": CALL_ID, "X-Hotline-Order": ORDER}
        assert police.call_id == CALL_ID
        await citizen.say(tone(700))
        await police.say(tone(1300))
        await citizen.press("42#")
        await there.until_keys("42#", 5)
        assert police.keys_heard == "42#"
        await police.hang_up()
        await citizen.until_gone(5)
        at_line, at_citizen = await there.heard_out(), await citizen.heard_out()
        assert hears_tone(at_line, 700)
        assert not hears_tone(at_line, 1300)
        assert hears_tone(at_citizen, 1300)
        assert not hears_tone(at_citizen, 700)


async def test_a_line_can_be_busy_switched_off_unknown_or_just_ring(tmp_path):
    async with world_with_exchange(tmp_path) as world:
        await world.reachable()
        line = world.line("13800000009")
        causes = {}
        for how in (line.disconnect, line.refuse, line.unreachable):
            await how()
            with pytest.raises(CallNotAnswered) as refused:
                await world.dial(CALLER, "13800000009")
            causes[how.__name__] = refused.value.cause
        assert causes == {"disconnect": 1, "refuse": 17, "unreachable": 19}
        assert line.rings == 3
        with pytest.raises(CallNotAnswered) as unknown:
            await world.dial(CALLER, "13800000008")
        assert unknown.value.cause == 1

        await line.let_ring()
        with pytest.raises(CallNotAnswered):
            await world.dial(CALLER, "13800000009", limit_s=1.0)
        await line.idle()
        assert line.rings == 4


async def test_an_emergency_line_takes_several_calls_and_each_is_its_own(tmp_path):
    async with world_with_exchange(tmp_path) as world:
        await world.reachable()
        line = world.line("120")
        await line.answer_after(0)
        first = await world.dial(CALLER, "120")
        await line.rung(1)
        at_first = line.far_end
        second = await world.dial("13800000002", "120")
        await line.rung(2)
        assert line.shown_number == "13800000002"
        assert len(line.far_ends) == 2
        await first.hang_up()
        await at_first.until_gone(5)
        assert line.far_end is not at_first
        await second.press("9")
        await line.far_end.until_keys("9", 5)
        assert at_first.keys_heard == ""
        await second.hang_up()
        await line.idle()


async def test_a_silent_phone_sends_nothing_though_it_speaks(tmp_path):
    async with world_with_exchange(tmp_path) as world:
        phone = world.phone("8001")
        await phone.registered()
        await phone.answer_after(0)
        citizen = await world.dial(CALLER, "8001")
        await phone.talking()
        await phone.go_silent()
        await phone.say(tone(1200))
        await citizen.hang_up()
        await phone.idle()
        assert loudness(await citizen.heard_out()) < 50


async def test_the_trunk_is_refused_with_a_wrong_password(tmp_path):
    async with world_with_exchange(tmp_path, trunk_secret="wrong") as world:
        with pytest.raises(CallNotAnswered):
            await world.dial(CALLER, "12345", limit_s=5)


async def test_a_simulator_left_behind_by_a_killed_run_is_ended_first(tmp_path):
    async with exchange(tmp_path / "exchange") as port:
        given = {"system_port": port, "trunk_secret": TRUNK_SECRET, "phones": PHONES}
        orphan = OutsideWorld(asterisk_program(), tmp_path / "outside", **given)
        orphan.server.prepare()
        await orphan.server.start(60)
        left_behind = orphan.server.pid
        async with open_world(asterisk_program(), tmp_path / "outside", **given) as world:
            assert world.server.pid != left_behind
            assert not orphan.server.alive
            await world.phone("8001").registered()


async def test_whoever_waits_when_the_simulator_dies_is_told_by_name(tmp_path):
    async def wait_in_a_dying_world():
        async with world_with_exchange(tmp_path) as world:
            world.server.kill()
            await world.phone("8001").ringing(20)

    with pytest.raises(SimulatorGone):
        await wait_in_a_dying_world()


async def test_trouble_in_the_block_comes_out_as_itself(tmp_path):
    async def expect_a_call_that_nobody_makes():
        async with world_with_exchange(tmp_path) as world:
            await world.phone("8001").ringing(0.05)

    with pytest.raises(PhoneNotRinging):
        await expect_a_call_that_nobody_makes()


async def test_a_world_that_does_not_listen_keeps_nothing(tmp_path):
    async with (
        exchange(tmp_path / "exchange") as port,
        open_world(
            asterisk_program(),
            tmp_path / "outside",
            system_port=port,
            trunk_secret=TRUNK_SECRET,
            phones=PHONES,
            hears=False,
        ) as world,
    ):
        phone = world.phone("8001")
        await phone.registered()
        await phone.answer_after(0)
        citizen = await world.dial(CALLER, "8001")
        await phone.talking()
        await citizen.say(tone(500))
        await citizen.hang_up()
        await phone.idle()
        assert citizen.heard() == phone.heard() == b""


async def test_every_wait_has_a_limit_and_its_own_name(tmp_path):
    async with world_with_exchange(tmp_path) as world:
        phone = world.phone("8001")
        with pytest.raises(PhoneNotRinging):
            await phone.ringing(0.05)
        await phone.registered()
        await phone.answer_after(0)
        citizen = await world.dial(CALLER, "8001")
        with pytest.raises(StillThere):
            await citizen.until_gone(0.05)
        with pytest.raises(AudioNotPlayable):
            await citizen.say(b"")
        with pytest.raises(ValueError, match="keys"):
            await citizen.press("1,2")
        await citizen.hang_up()
        assert len(tone(500)) == int(0.6 * BYTES_PER_S)
