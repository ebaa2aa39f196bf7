"""An archived recording read back side by side, from any position, whole or harmed."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from recordings.audio import encode
from recordings.decode import side_of
from recordings.decoding import SideReader
from recordings.errors import ArchiveUnreadable, AudioDamaged
from recordings.legs import RATE_HZ
from recordings.settings import RecordingsSettings
from tests.fakes.legs import turns, write_legs

SECONDS = 12.0
TWO_SECONDS = 2 * RATE_HZ


@pytest.fixture(scope="module")
def archived(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    encode(write_legs(folder, seconds=SECONDS), folder / "x.opus", "x", RecordingsSettings())
    return folder / "x.opus"


async def end(reader: SideReader) -> None:
    reader.end()
    await reader.ended()


def samples(pieces) -> np.ndarray:
    return np.frombuffer(b"".join(pieces), dtype="<i2").astype(float)


def alike(one: np.ndarray, other: np.ndarray) -> float:
    length = min(len(one), len(other))
    return float(np.corrcoef(one[:length], other[:length])[0, 1])


@pytest.mark.parametrize("from_ms", [0, 1, 777, 6543])
@pytest.mark.parametrize("channel", [0, 1])
def test_each_side_is_its_own_leg_at_its_own_place(archived, channel, from_ms):
    leg = turns(SECONDS, channel).astype(float)[from_ms * RATE_HZ // 1000 :]
    heard = samples(side_of(archived, channel, from_ms))
    assert abs(len(heard) - len(leg)) <= RATE_HZ // 1000
    assert alike(heard, leg) > 0.9


def test_who_listens_is_silent_while_the_other_speaks(archived):
    heard = samples(side_of(archived, 1, 0))[:TWO_SECONDS]
    other = turns(SECONDS, 0).astype(float)[:TWO_SECONDS]
    assert np.std(heard) < 0.01 * np.std(other)


def test_after_lost_pages_everything_is_still_at_its_place(archived, tmp_path):
    whole = archived.read_bytes()
    pages = [at for at in range(len(whole)) if whole[at : at + 4] == b"OggS"]
    harmed = tmp_path / "harmed.opus"
    lost = len(pages) // 2
    harmed.write_bytes(whole[: pages[lost]] + whole[pages[lost + 1] :])
    heard = samples(side_of(harmed, 1, 0))
    leg = turns(SECONDS, 1).astype(float)
    assert abs(len(heard) - len(leg)) <= RATE_HZ // 10
    assert alike(heard[-TWO_SECONDS:], leg[-TWO_SECONDS:]) > 0.8


async def test_a_reader_reads_on_from_wherever_it_is_put_and_leaves_no_process(archived):
    reader = SideReader(archived, 0)
    try:
        await reader.start(0)
        first = await reader.read(6400)
        await reader.read(64_000)
        await reader.start(0)
        assert await reader.read(6400) == first
        rest = await reader.read(10_000_000)
        assert len(rest) == int(SECONDS * RATE_HZ) * 2 - 6400
        assert await reader.read(6400) == b""
    finally:
        await end(reader)
    with pytest.raises(ArchiveUnreadable):
        await reader.read(1)


async def test_who_is_cancelled_while_reading_leaves_no_process(archived):
    reader = SideReader(archived, 0)
    async with asyncio.TaskGroup() as group:
        starting = group.create_task(reader.start(0))
        asyncio.get_running_loop().call_soon(starting.cancel)
    await end(reader)
    await reader.start(0)  # too late: nothing begins any more
    with pytest.raises(ArchiveUnreadable):
        await reader.read(1)


@pytest.mark.parametrize("content", [b"", b"not a recording", b"OggS" + bytes(200)])
async def test_what_is_no_recording_is_named(tmp_path, content):
    file = tmp_path / "x.opus"
    file.write_bytes(content)
    reader = SideReader(file, 0)
    await reader.start(0)
    with pytest.raises(AudioDamaged):
        await reader.read(6400)
    await end(reader)


async def test_a_side_that_the_recording_has_not_is_empty(tmp_path):
    legs = write_legs(tmp_path, seconds=1)
    own = type(legs)(files=legs.files[:1])
    encode(own, tmp_path / "own.opus", "own", RecordingsSettings())
    for channel, expected in ((0, RATE_HZ * 2), (1, 0)):
        reader = SideReader(tmp_path / "own.opus", channel)
        await reader.start(0)
        assert len(await reader.read(10_000_000)) == expected
        await end(reader)
