"""Reads one side of an archived recording through a decoding process. 解码"""

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

from recordings.decode import DAMAGED
from recordings.encoder import PROJECT
from recordings.errors import ArchiveUnreadable, AudioDamaged

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class SideReader:
    """One side of one file as 16 kHz int16, from any position; channel 0 is the left one. 单侧读取

    The process is started, read and ended in threads: whoever is cancelled in the middle of that leaves
    none behind. `stop` must be waited for before the reader is let go.
    """

    def __init__(self, file: Path, channel: int) -> None:
        self._file = file
        self._channel = channel
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._changing = threading.Lock()

    async def start(self, from_ms: int) -> None:
        """Read from here on, wherever reading was. Raises ArchiveUnreadable."""
        try:
            await asyncio.to_thread(self._start, from_ms)
        except OSError as impossible:
            raise ArchiveUnreadable from impossible

    async def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end. Raises AudioDamaged, ArchiveUnreadable."""
        process = self._process
        if process is None:
            raise ArchiveUnreadable
        return await asyncio.to_thread(_read, process, size)

    async def stop(self) -> None:
        """End the process for good."""
        await asyncio.to_thread(self._stop)

    def _start(self, from_ms: int) -> None:
        with self._changing:
            self._end()
            if self._stopped:
                return
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    *("-m", "recordings.decode"),
                    *(str(self._file), str(self._channel), str(from_ms), str(os.getpid())),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=PROJECT,
                env={**os.environ, **ONE_THREAD},
            )

    def _stop(self) -> None:
        with self._changing:
            self._stopped = True
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _read(process: subprocess.Popen[bytes], size: int) -> bytes:
    assert process.stdout is not None
    try:
        block = process.stdout.read(size)
    except ValueError as closed:
        raise ArchiveUnreadable from closed
    if len(block) == size:
        return block
    status = process.wait()
    if status == DAMAGED:
        raise AudioDamaged
    if status != 0:
        # It was killed, or could not start: nothing is known about the file.
        raise ArchiveUnreadable
    return block
