"""The encoding child process on real files."""

import json
import subprocess
import sys

import numpy as np
import pytest

from recordings.audio import encode, verify
from recordings.encoder import PROJECT, EncoderProcess
from recordings.errors import (
    ArchiveFull,
    ArchiveUnwritable,
    CopyDiffers,
    EncodeFailed,
    LegsMissing,
)
from recordings.fixity import sha256_of
from recordings.legs import Legs
from recordings.settings import RecordingsSettings
from recordings.waveform import levels_of_legs, peaks_from_bytes
from tests.fakes.legs import write_legs

SETTINGS = RecordingsSettings()


async def copied(legs, tmp_path):
    to, peaks = tmp_path / "made.opus", tmp_path / "made.peaks"
    return to, peaks, await EncoderProcess(SETTINGS).copy(legs, to, peaks)


async def test_both_legs_become_one_stereo_file_with_hash_duration_and_peaks(tmp_path):
    legs = write_legs(tmp_path / "legs", seconds=6)
    to, peaks, copy = await copied(legs, tmp_path)
    assert copy.duration_ms == 6000
    assert copy.sha256 == sha256_of(to)
    assert copy.size_bytes == to.stat().st_size < 40_000
    kept = peaks_from_bytes(peaks.read_bytes())
    assert (kept.citizen, kept.operator) == levels_of_legs(legs)


@pytest.mark.parametrize("citizen_bytes", [0, 1, 32001, 100_000, 191_999])
async def test_legs_of_different_and_odd_sizes_are_filled_up_with_silence(tmp_path, citizen_bytes):
    legs = write_legs(tmp_path / "legs", seconds=6)
    legs.files[0].write_bytes(legs.files[0].read_bytes()[:citizen_bytes])
    _, peaks, copy = await copied(legs, tmp_path)
    assert copy.duration_ms == 6000
    assert len(peaks_from_bytes(peaks.read_bytes()).citizen) == 60


async def test_one_missing_leg_is_silence_and_two_are_an_error(tmp_path):
    legs = write_legs(tmp_path / "legs", seconds=6)
    legs.files[1].unlink()
    _, _, copy = await copied(legs, tmp_path)
    assert copy.duration_ms == 6000
    legs.files[0].unlink()
    (tmp_path / "made.opus").unlink()
    with pytest.raises(LegsMissing):
        await copied(legs, tmp_path)


async def test_a_call_of_no_length_still_has_a_playable_recording(tmp_path):
    legs = write_legs(tmp_path / "legs", seconds=0)
    _, _, copy = await copied(legs, tmp_path)
    assert copy.duration_ms == 0
    assert copy.size_bytes > 0


@pytest.mark.parametrize("kind", ["white noise", "full scale", "clicks", "faint"])
async def test_what_the_codec_does_to_odd_sounds_is_no_false_alarm(tmp_path, kind):
    rng = np.random.default_rng(5)
    sound = {
        "white noise": rng.normal(0, 6000, 160_000),
        "full scale": np.where(rng.random(160_000) > 0.5, 32767, -32768),
        "clicks": np.where(rng.random(160_000) > 0.9995, 9000, 0),
        "faint": rng.normal(0, 3, 160_000),
    }[kind]
    legs = write_legs(tmp_path / "legs", seconds=10)
    legs.files[1].write_bytes(np.clip(sound, -32768, 32767).astype("<i2").tobytes())
    _, _, copy = await copied(legs, tmp_path)
    assert copy.duration_ms == 10_000


def test_a_copy_with_swapped_silent_or_cut_channels_does_not_verify(tmp_path):
    legs = write_legs(tmp_path / "legs", seconds=8)
    made = tmp_path / "made.opus"
    levels = encode(legs, made, "x", SETTINGS)
    assert verify(made, 8000, levels).duration_ms == 8000
    with pytest.raises(CopyDiffers, match="citizen"):
        verify(made, 8000, (levels[1], levels[0]))
    with pytest.raises(CopyDiffers, match="ms"):
        verify(made, 8200, levels)
    silent = tmp_path / "silent.opus"
    legs.files[1].write_bytes(bytes(8 * 32000))
    encode(legs, silent, "x", SETTINGS)
    with pytest.raises(CopyDiffers, match="operator"):
        verify(silent, 8000, levels)
    whole = made.read_bytes()
    made.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CopyDiffers):
        verify(made, 8000, levels)
    made.write_bytes(b"not a recording")
    with pytest.raises(CopyDiffers, match="decoded"):
        verify(made, 8000, levels)


async def test_a_copy_of_an_earlier_life_is_checked_against_the_legs(tmp_path):
    legs = write_legs(tmp_path / "legs", seconds=4)
    other = write_legs(tmp_path / "other", seconds=8)
    to, _, copy = await copied(legs, tmp_path)
    assert await EncoderProcess(SETTINGS).check(legs, to) == copy
    with pytest.raises(CopyDiffers):
        await EncoderProcess(SETTINGS).check(other, to)


def test_a_full_disk_is_named_and_never_gives_a_copy(tmp_path):
    legs = write_legs(tmp_path / "legs", seconds=30)
    said = order(legs, tmp_path, "ulimit -f 24; ")
    assert said == {"error": ArchiveFull.code}


async def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    legs = write_legs(tmp_path / "legs", seconds=1)
    with pytest.raises(ArchiveUnwritable):
        await EncoderProcess(SETTINGS).copy(legs, tmp_path / "no" / "a", tmp_path / "no" / "b")


async def test_an_encoder_that_hangs_is_ended(tmp_path):
    import os

    legs = Legs(files=(tmp_path / "a", tmp_path / "b"))
    os.mkfifo(legs.files[0])  # Nobody ever writes into it.
    with pytest.raises(EncodeFailed):
        await EncoderProcess(SETTINGS, limit_s=1.0).copy(legs, tmp_path / "m", tmp_path / "p")


def test_memory_is_flat_for_a_long_call(tmp_path):
    """Half an hour as sparse files; bench/archive.py does two hours of real sound."""
    legs = Legs(files=(tmp_path / "a", tmp_path / "b"))
    for leg in legs.files:
        with leg.open("wb") as file:
            file.truncate(1800 * 32000)
    alone = subprocess.run(
        [sys.executable, "-c", "import resource as r; print(r.getrusage(r.RUSAGE_SELF).ru_maxrss)"],
        capture_output=True, check=True,
    )  # fmt: skip
    used = order(legs, tmp_path, "", measure=True)
    assert used - int(alone.stdout) < 60 * 1024


def order(legs, tmp_path, limit, measure=False):
    wanted = json.dumps(
        {
            "files": [str(file) for file in legs.files],
            "to": str(tmp_path / "made.opus"),
            "peaks_to": str(tmp_path / "made.peaks"),
            "title": "x",
            "bit_rate": SETTINGS.bit_rate,
            "complexity": SETTINGS.complexity,
        }
    )
    code = "import sys, resource; from recordings.encode import main; status = main(sys.argv[1:]); "
    code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    done = subprocess.run(
        ["bash", "-c", limit + 'exec "$@"', "-", sys.executable, "-c", code, "copy", wanted],
        capture_output=True, cwd=PROJECT, env={"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    said, used = done.stdout.split(b"\n")[:2]
    return int(used) if measure else json.loads(said)
