"""Sound for the player: the archived copy, or the raw legs as a WAV while there is none. 回放

The WAV is made as it is read: every byte's place is known from its position, so any range can be
asked for, and a recording can be heard the moment the call is over.
"""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recordings.errors import AudioMissing
from recordings.legs import RATE_HZ, SAMPLE_BYTES, Legs, legs_for, samples_between
from recordings.model import Peaks, Recording
from recordings.vault import Vault
from recordings.waveform import peaks_of_legs

READ_BYTES = 1 << 16
HEADER_BYTES = 44


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Audio that can be read in parts. 音频

    `read(first, last_exclusive)` gives those bytes in blocks; raises AudioMissing if the file is
    gone meanwhile.
    """

    media_type: str
    size_bytes: int
    read: Callable[[int, int], AsyncIterator[bytes]]


class Replay:
    """Finds a recording's sound and waveform wherever they are now. 回放"""

    def __init__(self, legs_folder: Path, vault: Vault) -> None:
        self._legs_folder = legs_folder
        self._vault = vault

    async def sound(self, recording: Recording) -> Sound:
        """Raises AudioMissing."""
        return await asyncio.to_thread(self._find, recording)

    async def peaks(self, recording: Recording) -> Peaks:
        """Raises AudioMissing."""
        return await asyncio.to_thread(self._peaks, recording)

    def _find(self, recording: Recording) -> Sound:
        # While the legs are there, a file lost from the archive costs the inspector nothing.
        with contextlib.suppress(AudioMissing):
            file = self._vault.audio_of(recording)
            size = file.stat().st_size
            return Sound(media_type="audio/ogg", size_bytes=size, read=_reader(file_part(file)))
        legs = legs_for(self._legs_folder, recording)
        if legs.missing:
            raise AudioMissing
        wav = WavOfLegs(legs)
        return Sound(media_type="audio/wav", size_bytes=wav.size_bytes, read=_reader(wav.part))

    def _peaks(self, recording: Recording) -> Peaks:
        with contextlib.suppress(AudioMissing):
            return self._vault.peaks_of(recording)
        legs = legs_for(self._legs_folder, recording)
        if legs.missing:
            raise AudioMissing
        return peaks_of_legs(legs)


Part = Callable[[int, int], bytes]
"""The bytes from a position to another (exclusive)."""


def _reader(part: Part) -> Callable[[int, int], AsyncIterator[bytes]]:
    async def read(first: int, last: int) -> AsyncIterator[bytes]:
        for begin in range(first, last, READ_BYTES):
            try:
                yield await asyncio.to_thread(part, begin, min(begin + READ_BYTES, last))
            except FileNotFoundError as gone:
                raise AudioMissing from gone

    return read


def file_part(file: Path) -> Part:
    """Reads parts of a file as it is."""

    def part(first: int, last: int) -> bytes:
        with file.open("rb") as opened:
            opened.seek(first)
            return opened.read(last - first)

    return part


class WavOfLegs:
    """A WAV that exists only while it is read: citizen left, seat right; or a party, mono. 话路合成 WAV

    Its size is what the legs had when it was made; a side that is shorter is silent to the end.
    """

    def __init__(self, legs: Legs) -> None:
        self._legs = legs
        self._samples = legs.samples
        self._frame_bytes = len(legs.files) * SAMPLE_BYTES
        self.size_bytes = HEADER_BYTES + self._samples * self._frame_bytes

    def part(self, first: int, last: int) -> bytes:
        """The bytes from `first` to `last` (exclusive). Raises FileNotFoundError once all legs are gone."""
        header = self._header()[first:last] if first < HEADER_BYTES else b""
        begin, end = max(0, first - HEADER_BYTES), max(0, last - HEADER_BYTES)
        first_sample, last_sample = begin // self._frame_bytes, -(-end // self._frame_bytes)
        if last_sample <= first_sample:
            return header
        if self._legs.missing:
            raise FileNotFoundError
        files = self._legs.files
        frames = np.zeros((last_sample - first_sample, len(files)), dtype="<i2")
        for channel, leg in enumerate(files):
            heard = _samples(leg, first_sample, last_sample)
            frames[: len(heard), channel] = heard
        sound = frames.tobytes()
        skipped = first_sample * self._frame_bytes
        return header + sound[begin - skipped : end - skipped]

    def _header(self) -> bytes:
        channels, frame = len(self._legs.files), self._frame_bytes
        size = self._samples * frame
        shape = struct.pack("<IHHIIHH", 16, 1, channels, RATE_HZ, RATE_HZ * frame, frame, 16)
        riff = b"RIFF" + struct.pack("<I", size + HEADER_BYTES - 8) + b"WAVEfmt "
        return riff + shape + b"data" + struct.pack("<I", size)


def _samples(leg: Path, first: int, last: int) -> NDArray[np.int16]:
    try:
        return samples_between(leg, first, last)
    except FileNotFoundError:
        return np.zeros(0, dtype="<i2")
