"""Reads a leg file while Asterisk is still writing it. 跟读话路录音

The call's two legs begin at its own zero; a party's own leg begins later, where the call's clock
stands at `zero_ms`. Positions are always on the call's clock.

A leg is raw int16, little-endian, mono, so a byte offset is a position. It is recorded at 48 kHz and
read at 16 (cti/leg_files.py): 32 bytes a millisecond of what is read. Asterisk writes through a 32 KiB
buffer: the file grows by 0.34 s of audio at a time.

The read itself is a `preadv` that only takes what is already in memory (RWF_NOWAIT): a few
microseconds for audio that was written just now, and never a wait for a disk. Only what is not in
memory any more (backfill after a restart) is read in a thread.
"""

import asyncio
import os
from pathlib import Path
from types import TracebackType

import numpy as np

from asr.events import Side
from asr.ports import Voice
from cti.ids import CallId, LegId
from cti.leg_files import ENDINGS, NEWEST, samples_per_sample

BYTES_PER_MS = 32
"""Of the audio that is read. 每毫秒字节数"""
_SAMPLE_BYTES = 2


class LegTail:
    """One leg from a position on. 话路尾随

    The file may not exist yet, and may vanish (what is open stays readable). Use as a context
    manager.
    """

    def __init__(self, path: Path, from_ms: int = 0, zero_ms: int = 0) -> None:
        self._path = path
        self._step = 1
        self._zero_ms = zero_ms
        self._offset = self._offset_of(from_ms)
        self._end: int | None = None
        self._over = False
        self._reached_end = False
        self._file: int | None = None

    def __enter__(self) -> "LegTail":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def position_ms(self) -> int:
        """Where the next block begins."""
        return self._zero_ms + self._offset // BYTES_PER_MS

    @property
    def finished(self) -> bool:
        """Everything that will ever be there has been read."""
        return self._reached_end or (self._end is not None and self._offset >= self._end)

    @property
    def missing(self) -> bool:
        """There is no such file (not yet, or no more)."""
        return not any(file.exists() for file in self._files())

    def end_at(self, end_ms: int) -> None:
        """Nothing after this position is wanted."""
        self._end = self._offset_of(end_ms)

    def call_is_over(self) -> None:
        """The file grows no more: its present end is the end."""
        self._over = True

    async def read(self, block_ms: int) -> bytes:
        """At most `block_ms` of audio, whole samples only; empty if there is nothing new.

        A file that cannot be opened or read counts as one with nothing new.
        """
        wanted = block_ms * BYTES_PER_MS
        if self._end is not None:
            wanted = min(wanted, self._end - self._offset)
        if wanted <= 0 or self._reached_end:
            return b""
        pcm = self._read_at_once(wanted)
        if pcm is None:
            pcm = await asyncio.to_thread(self._read_from_disk, wanted)
        if self._step > 1:
            pcm = np.frombuffer(pcm, "<i2")[:: self._step].tobytes()
        self._offset += len(pcm)
        if not pcm and self._over:
            self._reached_end = True
        return pcm

    def go_back_to(self, position_ms: int) -> None:
        """Read again from here."""
        self._offset = self._offset_of(position_ms)
        self._reached_end = False

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _offset_of(self, position_ms: int) -> int:
        return max(0, position_ms - self._zero_ms) * BYTES_PER_MS

    def _files(self) -> tuple[Path, ...]:
        """Under the name it is expected by, and as an earlier version's dialplan still writes it."""
        others = (self._path.with_suffix(ending) for ending in ENDINGS)
        return (self._path, *(file for file in others if file != self._path))

    def _is_open(self) -> bool:
        if self._file is not None:
            return True
        for file in self._files():
            try:
                self._file = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                continue
            self._step = samples_per_sample(file)
            return True
        return False

    def _whole(self, count: int) -> int:
        """So many bytes are whole samples of what is read."""
        return count - count % (_SAMPLE_BYTES * self._step)

    def _read_at_once(self, wanted: int) -> bytes | None:
        """None means: only the disk knows."""
        if not self._is_open():
            return b""
        assert self._file is not None
        block = bytearray(wanted * self._step)
        try:
            count = os.preadv(self._file, [block], self._offset * self._step, os.RWF_NOWAIT)
        except OSError:
            # Not in memory, or a file system that cannot tell.
            return None
        return bytes(memoryview(block)[: self._whole(count)])

    def _read_from_disk(self, wanted: int) -> bytes:
        if self._file is None:
            return b""
        try:
            block = os.pread(self._file, wanted * self._step, self._offset * self._step)
        except OSError:
            return b""
        return block[: self._whole(len(block))]


def leg_path(folder: Path, call_id: CallId, side: Side) -> Path:
    """Where the dialplan has this side of the call recorded. 话路文件"""
    return _file(folder, f"{call_id}-{'citizen' if side is Side.CITIZEN else 'seat'}")


def own_leg_path(folder: Path, call_id: CallId, leg_id: LegId) -> Path:
    """Where the dialplan has this party's own voice recorded. 参与方话路文件"""
    return _file(folder, f"{call_id}-own-{leg_id}")


def _file(folder: Path, stem: str) -> Path:
    there = (folder / f"{stem}{ending}" for ending in ENDINGS)
    return next((file for file in there if file.exists()), folder / f"{stem}{NEWEST}")


def open_voice(folder: Path, call_id: CallId, voice: Voice, from_ms: int) -> LegTail:
    """The leg that holds this voice, from a position on."""
    if voice.leg_id is None:
        return LegTail(leg_path(folder, call_id, voice.side), from_ms)
    return LegTail(own_leg_path(folder, call_id, voice.leg_id), from_ms, voice.zero_ms)
