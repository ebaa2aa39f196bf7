"""One citizen's channel: commands in turn, deadlines, and the end of everything when he is gone."""

import asyncio

import pytest

from ivr.agi.channel import COMMAND_LIMIT_S, SPEECH_LIMIT_S, AgiChannel
from ivr.agi.wire import Reply
from ivr.errors import AgiSilent, CitizenHungUp, UnsafeAgiValue

CALLS = {"uniqueid": "node1-1.7"}


class SilentWire:
    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        pass


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_silent_asterisk_is_given_up_after_the_limit():
    channel = AgiChannel(CALLS, SilentWire())
    with pytest.raises(AgiSilent):
        await channel.set_variable("A", "b")
    assert now() == COMMAND_LIMIT_S
    with pytest.raises(AgiSilent):
        await channel.play("hotline/goodbye")
    assert now() == COMMAND_LIMIT_S + SPEECH_LIMIT_S


async def test_a_talk_may_last_for_hours():
    channel = AgiChannel(CALLS, SilentWire())
    asyncio.get_running_loop().call_later(4 * 3600, channel.answered, Reply(code=200, result=0))
    await channel.execute("Dial", "PJSIP/8001")
    assert now() == 4 * 3600


async def test_a_value_that_would_break_the_line_is_not_sent():
    wire = SilentWire()
    with pytest.raises(UnsafeAgiValue):
        await AgiChannel(CALLS, wire).set_variable("A", "x\nHANGUP")
    assert wire.written == []


async def test_a_gone_channel_takes_no_command_and_lets_nobody_wait():
    wire = SilentWire()
    channel = AgiChannel(CALLS, wire)
    channel.went()
    channel.went()
    with pytest.raises(CitizenHungUp):
        await channel.music_on()
    with pytest.raises(CitizenHungUp):
        async with channel.here():
            raise AssertionError
    assert wire.written == []


async def test_an_answer_nobody_waits_for_is_passed_over():
    channel = AgiChannel(CALLS, SilentWire())
    channel.answered(Reply(code=200, result=7))
    asyncio.get_running_loop().call_later(1, channel.answered, Reply(code=200, value="a|b"))
    assert await channel.get_variables("A", "B", "C") == ["a", "b", ""]


async def test_a_hang_up_inside_the_block_is_told_from_a_cancelled_task():
    channel = AgiChannel(CALLS, SilentWire())
    loop = asyncio.get_running_loop()
    loop.call_later(1, channel.went)
    with pytest.raises(CitizenHungUp):
        async with channel.here():
            await asyncio.Event().wait()
    assert asyncio.current_task().cancelling() == 0

    other = AgiChannel(CALLS, SilentWire())
    async with asyncio.TaskGroup() as group:

        async def wait() -> None:
            async with other.here():
                await asyncio.Event().wait()

        waiting = group.create_task(wait())
        await asyncio.sleep(1)
        waiting.cancel()
        other.went()  # in the same turn: the owner's wish to cancel stands
    assert waiting.cancelled()


async def test_after_the_block_a_hang_up_cancels_nothing():
    channel = AgiChannel(CALLS, SilentWire())
    async with channel.here():
        pass
    channel.went()
    await asyncio.sleep(1)
