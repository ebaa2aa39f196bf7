"""The raw files that the dialplan records: two of the call, one of each further party. 原始话路

Each is 16-bit little-endian, mono, without a header, and read at 16 kHz whatever its own rate is
(cti/leg_files.py); the call's two begin at the same instant, a party's own when it first enters a room.
Asterisk buffers 32 KiB, so a file may end in the middle of a sample after a crash, and one may be longer
than the other.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from cti.ids import CallId, LegId, is_leg_id
from cti.leg_files import ENDINGS, NEWEST, samples_per_sample
from recordings.model import Recording

log = structlog.get_logger(__name__)

RATE_HZ = 16_000
SAMPLE_BYTES = 2
BYTES_PER_MS = RATE_HZ * SAMPLE_BYTES // 1000
CITIZEN = "-citizen"
SEAT = "-seat"
OWN = "-own-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Where what belongs into one recording lies; any file may be missing. 话路文件

    Of a call: its citizen, its seat. Of a party's own voice: one file.
    """

    files: tuple[Path, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Bytes of each at 16 kHz; -1 for a file that is not there."""
        return tuple(_size(file) for file in self.files)

    @property
    def missing(self) -> bool:
        """None of the files is there."""
        return all(size < 0 for size in self.sizes)

    @property
    def samples(self) -> int:
        """Of the longest; half a sample at the end does not count."""
        return max(0, *self.sizes) // SAMPLE_BYTES

    @property
    def duration_ms(self) -> int:
        return self.samples * 1000 // RATE_HZ

    @property
    def began_at(self) -> datetime:
        """The last word's instant less the length: where nobody told it. Raises OSError."""
        written = max(file.stat().st_mtime for file in self.files)
        return datetime.fromtimestamp(written, UTC) - timedelta(milliseconds=self.duration_ms)

    def remove(self) -> None:
        """All are gone, and stay so after a power cut. Raises OSError."""
        for leg in self.files:
            with contextlib.suppress(FileNotFoundError):
                leg.unlink()
        sync_folder(self.files[0].parent)


def legs_of(folder: Path, call_id: CallId) -> Legs:
    """Where the dialplan records this call."""
    return Legs(files=(_file(folder, f"{call_id}{CITIZEN}"), _file(folder, f"{call_id}{SEAT}")))


def own_leg_of(folder: Path, call_id: CallId, leg_id: LegId) -> Legs:
    """Where the dialplan records this party's own voice."""
    return Legs(files=(_file(folder, f"{call_id}{OWN}{leg_id}"),))


def legs_for(folder: Path, recording: Recording) -> Legs:
    """The raw files that a recording is made of."""
    if recording.leg_id is None:
        return legs_of(folder, recording.call_id)
    return own_leg_of(folder, recording.call_id, recording.leg_id)


def own_legs_in(folder: Path, call_id: CallId) -> list[LegId]:
    """The parties of a call whose own voices lie in the folder, in the order of their ids."""
    begin = f"{call_id}{OWN}"
    found = [stem.removeprefix(begin) for stem in _stems(folder) if stem.startswith(begin)]
    strange = [leg for leg in found if not is_leg_id(leg)]
    if strange:
        log.warning("raw legs with names that no leg has", call_id=call_id, files=len(strange))
    return sorted(LegId(leg) for leg in found if is_leg_id(leg))


def calls_with_legs(folder: Path) -> list[CallId]:
    """Every call of which some leg lies in the folder."""
    return sorted(set(_call_ids(folder)))


def calls_with_own_legs(folder: Path) -> frozenset[CallId]:
    """Every call of which a party's own leg lies in the folder."""
    return frozenset(call for stem in _stems(folder) if (call := _call_of_own(stem)) is not None)


def samples_between(leg: Path, first: int, last: int) -> NDArray[np.int16]:
    """Samples at 16 kHz, fewer where the file has no more. Raises OSError."""
    step = samples_per_sample(leg)
    group = SAMPLE_BYTES * step
    with leg.open("rb") as opened:
        opened.seek(first * group)
        raw = opened.read((last - first) * group)
    return np.frombuffer(raw[: len(raw) // group * group], dtype="<i2")[::step]


def _file(folder: Path, stem: str) -> Path:
    there = (folder / f"{stem}{ending}" for ending in ENDINGS)
    return next((file for file in there if file.exists()), folder / f"{stem}{NEWEST}")


def _call_of_own(stem: str) -> CallId | None:
    call, own, leg = stem.partition(OWN)
    return CallId(call) if own and is_leg_id(leg) else None


def _call_ids(folder: Path) -> Iterator[CallId]:
    for stem in _stems(folder):
        own = _call_of_own(stem)
        if own is not None:
            yield own
            continue
        for side in (CITIZEN, SEAT):
            if stem.endswith(side):
                yield CallId(stem.removesuffix(side))


def _stems(folder: Path) -> Iterator[str]:
    """The names of all legs that lie there, without their endings."""
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            for ending in ENDINGS:
                if entry.name.endswith(ending):
                    yield entry.name.removesuffix(ending)


def sync_folder(folder: Path) -> None:
    """A name that was made or removed in the folder survives a power cut."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _size(leg: Path) -> int:
    try:
        return leg.stat().st_size // samples_per_sample(leg)
    except FileNotFoundError:
        return -1
