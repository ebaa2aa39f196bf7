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
    none behind. Call `end` before the reader is let go.
    """

    def __init__(self, file: Path, channel: int) -> None:
        self._file = file
        self._channel = channel
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._changing = threading.Lock()
        self._ending: threading.Thread | None = None

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

    def end(self) -> None:
        """End the process for good; that takes a moment, which `ended` waits for.

        In a thread of its own: a place in the loop's pool is lost when its waiter is cancelled.
        """
        if self._ending is None:
            self._ending = threading.Thread(target=self._stop, name="end of a decoder")
            self._ending.start()

    async def ended(self) -> None:
        """Wait until the process is gone; only after `end`."""
        if self._ending is not None:
            await asyncio.to_thread(self._ending.join)

    def _start(self, from_ms: int) -> None:
        with self._changing:
            self._kill()
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
            self._kill()

    def _kill(self) -> None:
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
