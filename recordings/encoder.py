"""Starts the encoding process for one copy and hears its answer. 编码"""

import asyncio
import json
import os
import sys
from pathlib import Path

from recordings.errors import (
    ArchiveFull,
    ArchiveUnwritable,
    CopyDiffers,
    EncodeFailed,
    LegsMissing,
    LegsStillGrowing,
    RecordingError,
)
from recordings.legs import Legs
from recordings.model import Copy
from recordings.settings import RecordingsSettings

LIMIT_S = 60.0
"""A copy may take so long, and as long again as the call itself."""
ERRORS: dict[str, type[RecordingError]] = {
    kind.code: kind
    for kind in (
        ArchiveFull,
        ArchiveUnwritable,
        CopyDiffers,
        EncodeFailed,
        LegsMissing,
        LegsStillGrowing,
    )
}
PROJECT = Path(__file__).resolve().parent.parent


class EncoderProcess:
    """One child process per copy; implements recordings.ports.Encoder. 编码进程"""

    def __init__(self, settings: RecordingsSettings, limit_s: float = LIMIT_S) -> None:
        self._settings = settings
        self._limit_s = limit_s

    async def copy(self, legs: Legs, to: Path, peaks_to: Path) -> Copy:
        """See the port. Being cancelled ends the child at once."""
        return await self._ask("copy", legs, to, peaks_to)

    async def check(self, legs: Legs, made: Path) -> Copy:
        return await self._ask("check", legs, made, made)

    async def _ask(self, what: str, legs: Legs, to: Path, peaks_to: Path) -> Copy:
        order = {
            "files": [str(file) for file in legs.files],
            "to": str(to),
            "peaks_to": str(peaks_to),
            "title": to.name.partition(".")[0] if what == "check" else to.stem,
            "bit_rate": self._settings.bit_rate,
            "complexity": self._settings.complexity,
            "service": os.getpid(),
        }
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "recordings.encode", what, json.dumps(order)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=PROJECT,
            # One thread: numpy would else start one for each core, and keep memory for each.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        try:
            async with asyncio.timeout(self._limit_s + legs.duration_ms / 1000):
                said, _ = await child.communicate()
        except TimeoutError as slow:
            raise EncodeFailed from slow
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return _understood(said)


def _understood(said: bytes) -> Copy:
    try:
        answer = json.loads(said)
        if "error" in answer:
            raise ERRORS.get(answer["error"], EncodeFailed)
        return Copy(
            sha256=answer["sha256"],
            size_bytes=answer["size_bytes"],
            duration_ms=answer["duration_ms"],
        )
    except (ValueError, KeyError, TypeError) as garbage:
        # It died before it could answer.
        raise EncodeFailed from garbage
