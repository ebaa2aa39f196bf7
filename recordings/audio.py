"""A recording's raw legs in, one Opus file out, in one pass; and whether it holds what they held. 音频

A call's two legs become stereo, a party's own leg mono.

60 ms frames and Opus's "audio" application: on telephone speech at complexity 5 that is half the
CPU of 20 ms "voip" frames (bench/archive.py).
"""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from recordings.errors import CopyDiffers, EncodeFailed, LegsMissing, LegsStillGrowing
from recordings.fixity import sha256_of
from recordings.legs import RATE_HZ, Legs
from recordings.model import Copy
from recordings.settings import RecordingsSettings
from recordings.waveform import POINTS_PER_SECOND, Levels, Meter, Pcm, sound_blocks

FRAME_MS = 60
FRAME = RATE_HZ * FRAME_MS // 1000
BLOCK = 50 * FRAME
DURATION_MAY_DIFFER_MS = 100
LOUD = 8
"""A slot whose peak (0..255) is at least this must be heard: about -30 dBFS."""
DECODED_HZ = 48_000
"""Opus is always decoded at this rate, as floats between -1 and 1."""
LAYOUTS = {1: "mono", 2: "stereo"}
SIDES = {1: ("party",), 2: ("citizen", "operator")}
DECODE_FRAMES = 50
"""So many are looked at together; one by one costs more than the decoding."""


def encode(legs: Legs, to: Path, title: str, settings: RecordingsSettings) -> Levels:
    """Write the copy and force it to disk; returns the peaks of the legs.

    `to` must not exist. A call of no length becomes one silent frame. Raises LegsMissing,
    LegsStillGrowing, EncodeFailed, OSError.
    """
    before = legs.sizes
    if legs.missing:
        raise LegsMissing
    with to.open("xb") as file:
        try:
            levels = _encode(legs, file, title, settings)
        except FFmpegError as trouble:
            if isinstance(trouble, OSError) and trouble.errno:
                raise
            raise EncodeFailed from trouble
        file.flush()
        os.fsync(file.fileno())
    if legs.sizes != before:
        raise LegsStillGrowing
    return levels


def _encode(legs: Legs, file: BinaryIO, title: str, settings: RecordingsSettings) -> Levels:
    channels = len(legs.files)
    meter = Meter(channels=channels)
    with av.open(file, "w", format="ogg") as ogg:
        ogg.metadata["title"] = title
        stream = ogg.add_stream("libopus", rate=RATE_HZ, layout=LAYOUTS[channels])
        stream.bit_rate = bit_rate_of(channels, settings)
        stream.options = {
            "compression_level": str(settings.complexity),
            "frame_duration": str(FRAME_MS),
            "application": "audio",
        }
        position = 0
        for block in sound_blocks(legs, BLOCK, at_least=FRAME):
            meter.add(block)
            interleaved = block.T.reshape(1, -1)
            for begin in range(0, block.shape[1], FRAME):
                part = interleaved[:, channels * begin : channels * (begin + FRAME)]
                ogg.mux(stream.encode(_frame(part, position, LAYOUTS[channels])))
                position += FRAME
        ogg.mux(stream.encode(None))
    return meter.levels()


def bit_rate_of(channels: int, settings: RecordingsSettings) -> int:
    """One voice needs more than half of what two together need."""
    return settings.bit_rate if channels == 2 else settings.bit_rate * 2 // 3


def _frame(part: Pcm, position: int, layout: str) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(part, format="s16", layout=layout)
    frame.sample_rate = RATE_HZ
    frame.time_base = Fraction(1, RATE_HZ)
    frame.pts = position
    return frame


def verify(made: Path, duration_ms: int, expected: Levels) -> Copy:
    """Read the copy back from the file, hash it, decode all of it and compare with the legs.

    The duration must agree within 100 ms, and each channel must be loud where its leg was, so that
    swapped, silent or cut channels are found. Raises CopyDiffers, OSError.
    """
    digest = sha256_of(made)
    heard_ms, heard = _decode(made, len(expected))
    wanted_ms = max(duration_ms, FRAME_MS)
    if abs(heard_ms - wanted_ms) > DURATION_MAY_DIFFER_MS:
        raise CopyDiffers(f"{heard_ms} ms, not {wanted_ms} ms")
    for name, before, after in zip(SIDES[len(expected)], expected, heard, strict=True):
        if not _sounds_like(before, after):
            raise CopyDiffers(f"the {name} is not heard where the leg was")
    return Copy(sha256=digest, size_bytes=made.stat().st_size, duration_ms=duration_ms)


def _decode(made: Path, channels: int) -> tuple[int, Levels]:
    samples = 0
    meter = Meter(DECODED_HZ // POINTS_PER_SECOND, full_scale=1.0, channels=channels)
    try:
        with av.open(str(made)) as ogg:
            stream = ogg.streams.audio[0]
            if stream.codec_context.channels != channels:
                raise CopyDiffers(f"not {LAYOUTS[channels]}")
            heard: list[NDArray[Any]] = []
            for frame in ogg.decode(stream):
                samples += frame.samples
                heard.append(frame.to_ndarray())
                if len(heard) == DECODE_FRAMES:
                    meter.add(np.concatenate(heard, axis=1))
                    heard.clear()
            if heard:
                meter.add(np.concatenate(heard, axis=1))
    except (FFmpegError, IndexError) as trouble:
        raise CopyDiffers("cannot be decoded") from trouble
    return samples * 1000 // DECODED_HZ, meter.levels()


def _sounds_like(before: bytes, after: bytes) -> bool:
    """Nearly every loud slot of the leg has at least a third of its peak in the copy."""
    wanted = np.frombuffer(before, dtype=np.uint8).astype(np.int32)
    heard = np.zeros(len(wanted) + 2, dtype=np.int32)
    decoded = np.frombuffer(after, dtype=np.uint8)[: len(wanted)]
    heard[1 : len(decoded) + 1] = decoded
    # The codec smears by a few milliseconds: a peak may fall into the neighbouring slot.
    around = np.maximum(heard[1:-1], np.maximum(heard[:-2], heard[2:]))
    loud = wanted >= LOUD
    found, all_loud = int((around[loud] * 3 >= wanted[loud]).sum()), int(loud.sum())
    return all_loud == 0 or (found > 0 and found >= all_loud - max(3, all_loud // 100))
