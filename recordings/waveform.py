"""A recording's legs as blocks of sound, and how loud they are in each tenth of a second. 波形

Everything goes through in blocks, so two hours need no more memory than two minutes.
"""

import contextlib
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cti.leg_files import samples_per_sample
from recordings.errors import AudioMissing, LegsMissing
from recordings.legs import RATE_HZ, SAMPLE_BYTES, Legs
from recordings.model import Peaks

POINTS_PER_SECOND = 10
SLOT = RATE_HZ // POINTS_PER_SECOND
HEAD = struct.Struct("<4sHII")
"""Magic, points per second, points of the citizen, points of the operator."""
MAGIC = b"HPK1"
OWN_HEAD = struct.Struct("<4sII")
"""Magic, points per second, points of the party."""
OWN_MAGIC = b"HPO1"

Pcm = NDArray[np.int16]
"""A row of samples for each leg: citizen, seat; or the party alone."""
Levels = tuple[bytes, ...]
"""Peaks of (citizen, operator) or of the party, one byte a slot."""


def sound_blocks(legs: Legs, block: int, at_least: int = 0) -> Iterator[Pcm]:
    """All legs a block at a time; silence where one is shorter or missing.

    `block` and `at_least` are samples; a shorter recording is filled up with silence. Raises OSError.
    """
    total = max(legs.samples, at_least)
    with contextlib.ExitStack() as opened:
        sides = [opened.enter_context(_Side(file)) for file in legs.files]
        for begin in range(0, total, block):
            count = min(block, total - begin)
            sound = np.zeros((len(sides), count), dtype="<i2")
            for channel, side in enumerate(sides):
                heard = side.read(count)
                sound[channel, : len(heard)] = heard
            yield sound


class _Side:
    """One leg, or silence. 一侧"""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._step = samples_per_sample(path)
        self._file: BinaryIO | None = None

    def __enter__(self) -> "_Side":
        try:
            self._file = self._path.open("rb")
        except FileNotFoundError:
            self._file = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def read(self, count: int) -> Pcm:
        group = SAMPLE_BYTES * self._step
        raw = b"" if self._file is None else self._file.read(count * group)
        return np.frombuffer(raw[: len(raw) // group * group], dtype="<i2")[:: self._step]


class Meter:
    """Loudest sample per slot of each channel, from blocks of any length. 峰值计

    `slot` in samples; `full_scale` is the loudest sample there can be.
    """

    def __init__(self, slot: int = SLOT, full_scale: float = 32767.0, channels: int = 2) -> None:
        self._slot = slot
        self._full_scale = full_scale
        self._rest: NDArray[Any] | None = None
        self._points = tuple(bytearray() for _ in range(channels))

    def add(self, block: NDArray[Any]) -> None:
        """A row for each channel."""
        if self._rest is not None:
            block = np.concatenate([self._rest, block], axis=1)
        whole = block.shape[1] // self._slot * self._slot
        if whole:
            self._note(block[:, :whole].reshape(len(block), -1, self._slot))
        self._rest = block[:, whole:].copy() if whole < block.shape[1] else None

    def _note(self, slots: NDArray[Any]) -> None:
        # Without np.abs: it costs a copy, and -32768 has no opposite in int16.
        high = slots.max(axis=2).astype(np.float64)
        low = slots.min(axis=2).astype(np.float64)
        loud = np.maximum(high, -low) * (255 / self._full_scale)
        scaled = np.minimum(loud, 255).astype(np.uint8)
        for channel, points in enumerate(self._points):
            points.extend(scaled[channel].tobytes())

    def levels(self) -> Levels:
        """Peaks so far; a last slot that is not full counts."""
        if self._rest is not None:
            self._note(self._rest[:, None, :])
            self._rest = None
        return tuple(bytes(points) for points in self._points)


def levels_of_legs(legs: Legs) -> Levels:
    """Raises LegsMissing, OSError."""
    if legs.missing:
        raise LegsMissing
    meter = Meter(channels=len(legs.files))
    for block in sound_blocks(legs, 30 * SLOT):
        meter.add(block)
    return meter.levels()


def peaks_of_legs(legs: Legs) -> Peaks:
    """The waveform while there is no archived copy. Raises LegsMissing, OSError."""
    levels = levels_of_legs(legs)
    if len(levels) == 1:
        return _own_peaks(POINTS_PER_SECOND, levels[0])
    citizen, operator = levels
    return Peaks(points_per_second=POINTS_PER_SECOND, citizen=citizen, operator=operator)


def _own_peaks(points_per_second: int, own: bytes) -> Peaks:
    return Peaks(points_per_second=points_per_second, citizen=b"", operator=b"", own=own)


def peaks_as_bytes(levels: Levels) -> bytes:
    """What is kept beside the archived copy."""
    if len(levels) == 1:
        return OWN_HEAD.pack(OWN_MAGIC, POINTS_PER_SECOND, len(levels[0])) + levels[0]
    citizen, operator = levels
    head = HEAD.pack(MAGIC, POINTS_PER_SECOND, len(citizen), len(operator))
    return head + citizen + operator


def peaks_from_bytes(kept: bytes) -> Peaks:
    """Raises AudioMissing when that is no kept waveform."""
    if kept.startswith(OWN_MAGIC):
        return _own_peaks_from_bytes(kept)
    if len(kept) < HEAD.size:
        raise AudioMissing
    magic, per_second, citizen, operator = HEAD.unpack_from(kept)
    if magic != MAGIC or len(kept) != HEAD.size + citizen + operator:
        raise AudioMissing
    body = kept[HEAD.size :]
    return Peaks(points_per_second=per_second, citizen=body[:citizen], operator=body[citizen:])


def _own_peaks_from_bytes(kept: bytes) -> Peaks:
    if len(kept) < OWN_HEAD.size:
        raise AudioMissing
    _, per_second, points = OWN_HEAD.unpack_from(kept)
    if len(kept) != OWN_HEAD.size + points:
        raise AudioMissing
    return _own_peaks(per_second, kept[OWN_HEAD.size :])
