"""Reading a leg while it grows: at 48 kHz as it is recorded, at 16 kHz as an earlier version did."""

import numpy as np
import pytest

from asr.events import Side
from asr.legs import LegTail, leg_path, own_leg_path
from cti.ids import CallId, LegId


@pytest.fixture
def path(tmp_path):
    return leg_path(tmp_path, CallId("node1-1.1"), Side.CITIZEN).with_suffix(".sln16")


def sound(ms: int) -> bytes:
    return bytes(i * 7 % 256 for i in range(ms * 32))


async def read_all(leg: LegTail, block_ms: int = 200) -> bytes:
    whole = b""
    while block := await leg.read(block_ms):
        assert len(block) <= block_ms * 32
        whole += block
    return whole


def test_the_seats_leg_is_named_as_the_dialplan_names_it(tmp_path):
    assert leg_path(tmp_path, CallId("n-1.2"), Side.OPERATOR).name == "n-1.2-seat.sln48"
    assert leg_path(tmp_path, CallId("n-1.2"), Side.CITIZEN).name == "n-1.2-citizen.sln48"


async def test_a_leg_is_read_as_it_grows_without_losing_or_repeating_a_byte(path):
    audio = sound(4096)
    with LegTail(path) as leg:
        assert leg.missing
        assert await leg.read(200) == b""
        heard = b""
        with path.open("wb", buffering=0) as writer:
            for start in range(0, len(audio), 32_768):
                writer.write(audio[start : start + 32_768])
                heard += await read_all(leg)
        assert heard == audio
        assert not leg.missing
        assert not leg.finished
        leg.call_is_over()
        assert await leg.read(200) == b""
        assert leg.finished


def at_48_khz(audio: bytes) -> bytes:
    """With two samples more after each, which must not be heard."""
    samples = np.frombuffer(audio, "<i2")
    return np.stack([samples, samples ^ 1, samples ^ 2], axis=1).tobytes()


async def test_what_is_recorded_at_48_khz_is_read_at_16_whole_and_at_its_place(tmp_path):
    path = leg_path(tmp_path, CallId("node1-1.1"), Side.CITIZEN)
    audio = sound(3000)
    raw = at_48_khz(audio)
    with LegTail(path, from_ms=100) as leg, path.open("wb", buffering=0) as writer:
        heard = b""
        for start in range(0, len(raw), 32_768):  # no whole number of samples of what is read
            writer.write(raw[start : start + 32_768])
            heard += await read_all(leg)
        assert heard == audio[100 * 32 :]
        leg.go_back_to(2_000)
        leg.end_at(2_500)
        assert await read_all(leg) == audio[2_000 * 32 : 2_500 * 32]
        assert (leg.position_ms, leg.finished) == (2_500, True)


async def test_a_dialplan_of_the_earlier_version_may_still_be_recording(path):
    with LegTail(path.with_suffix(".sln48")) as leg:
        assert await leg.read(200) == b""
        path.write_bytes(sound(300))
        assert not leg.missing
        assert await read_all(leg) == sound(300)


async def test_half_a_sample_waits_for_its_other_half(path):
    with LegTail(path) as leg, path.open("wb", buffering=0) as writer:
        writer.write(b"\x01\x02\x03")
        assert await leg.read(200) == b"\x01\x02"
        assert await leg.read(200) == b""
        writer.write(b"\x04")
        assert await leg.read(200) == b"\x03\x04"


async def test_reading_begins_at_a_position_that_may_lie_ahead_of_the_file(path):
    audio = sound(1000)
    path.write_bytes(audio[: 500 * 32])
    with LegTail(path, from_ms=600) as leg:
        assert await leg.read(200) == b""
        assert leg.position_ms == 600
        path.write_bytes(audio)
        assert await read_all(leg) == audio[600 * 32 :]


async def test_nothing_after_the_wanted_end_is_read(path):
    audio = sound(1000)
    path.write_bytes(audio)
    with LegTail(path, from_ms=100) as leg:
        leg.end_at(450)
        assert await read_all(leg) == audio[100 * 32 : 450 * 32]
        assert leg.finished


async def test_going_back_reads_the_same_again(path):
    path.write_bytes(sound(1000))
    with LegTail(path) as leg:
        leg.call_is_over()
        first = await read_all(leg)
        assert leg.finished
        leg.go_back_to(300)
        assert not leg.finished
        assert await read_all(leg) == first[300 * 32 :]


async def test_a_file_that_vanishes_is_read_to_its_end_if_it_was_open(path):
    path.write_bytes(sound(1000))
    with LegTail(path) as leg:
        start = await leg.read(200)
        path.unlink()
        assert leg.missing
        assert start + await read_all(leg) == sound(1000)


async def test_a_file_that_is_cut_short_gives_nothing_and_no_trouble(path):
    path.write_bytes(sound(1000))
    with LegTail(path) as leg:
        await leg.read(800)
        path.write_bytes(b"")
        assert await leg.read(200) == b""
        leg.call_is_over()
        assert await leg.read(200) == b""
        assert leg.finished


async def test_a_leg_that_never_came_is_finished_when_the_call_is_over(path):
    with LegTail(path) as leg:
        leg.call_is_over()
        assert await leg.read(200) == b""
        assert leg.finished


async def test_a_partys_own_leg_is_read_by_the_calls_clock(tmp_path):
    path = own_leg_path(tmp_path, CallId("n-1.2"), LegId("n-1.2-p1772438403000"))
    assert path.name == "n-1.2-own-n-1.2-p1772438403000.sln48"
    path = path.with_suffix(".sln16")
    audio = sound(1000)
    path.write_bytes(audio)
    with LegTail(path, from_ms=0, zero_ms=5000) as leg:
        assert leg.position_ms == 5000
        assert await leg.read(200) == audio[: 200 * 32]
        assert leg.position_ms == 5200
        leg.end_at(5300)
        assert await read_all(leg) == audio[200 * 32 : 300 * 32]
        leg.go_back_to(5100)
        assert await leg.read(100) == audio[100 * 32 : 200 * 32]


async def test_what_a_leg_held_before_the_calls_zero_is_passed_over(tmp_path):
    path = own_leg_path(tmp_path, CallId("n-1.2"), LegId("n-1.9")).with_suffix(".sln16")
    audio = sound(1000)
    path.write_bytes(audio)
    with LegTail(path, from_ms=0, zero_ms=-600) as leg:
        assert leg.position_ms == 0
        assert await read_all(leg) == audio[600 * 32 :]
