"""The child process that makes or checks one copy, so that nothing of it can stall a call. 编码进程

    python -m recordings.encode copy|check '{"files": […], "to": …, "peaks_to": …, …}'

Answers with one JSON line: {"sha256", "size_bytes", "duration_ms"}, or {"error": code} and exit
status 1. It runs niced: a talking citizen comes first.
"""

import dataclasses
import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

from recordings.audio import encode, verify
from recordings.child_life import end_with
from recordings.errors import ArchiveFull, ArchiveUnwritable, RecordingError
from recordings.legs import Legs
from recordings.model import Copy
from recordings.settings import RecordingsSettings
from recordings.waveform import levels_of_legs, peaks_as_bytes

NICENESS = 10
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def make(order: dict[str, Any]) -> Copy:
    """Encode, write the peaks, verify. Raises RecordingError, OSError."""
    legs, to = _legs(order), Path(order["to"])
    settings = RecordingsSettings(bit_rate=order["bit_rate"], complexity=order["complexity"])
    levels = encode(legs, to, order["title"], settings)
    with Path(order["peaks_to"]).open("xb") as peaks:
        peaks.write(peaks_as_bytes(levels))
        peaks.flush()
        os.fsync(peaks.fileno())
    return verify(to, legs.duration_ms, levels)


def check(order: dict[str, Any]) -> Copy:
    """A copy from an earlier life against the legs. Raises RecordingError, OSError."""
    legs = _legs(order)
    return verify(Path(order["to"]), legs.duration_ms, levels_of_legs(legs))


def _legs(order: dict[str, Any]) -> Legs:
    return Legs(files=tuple(Path(file) for file in order["files"]))


def main(arguments: list[str]) -> int:
    """Do what the order says and answer."""
    os.nice(NICENESS)
    what, order = arguments[0], json.loads(arguments[1])
    if end_with(order.get("service")):
        return 1
    try:
        made = (make if what == "copy" else check)(order)
    except RecordingError as wrong:
        return _answer({"error": wrong.code}, 1)
    except OSError as wrong:
        kind = ArchiveFull if wrong.errno in NO_ROOM else ArchiveUnwritable
        return _answer({"error": kind.code}, 1)
    return _answer(dataclasses.asdict(made), 0)


def _answer(said: dict[str, Any], status: int) -> int:
    sys.stdout.write(json.dumps(said) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
