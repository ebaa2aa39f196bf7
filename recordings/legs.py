"""The raw files that the dialplan records: two of the call, one of each further party. 原始话路

Each is `.sln16`: 16 kHz, 16-bit little-endian, mono, no header, 32 bytes a millisecond; the call's two
begin at the same instant, a party's own when it first enters a room. Asterisk buffers 32 KiB, so a file may end in the middle of a sample after a
crash, and one may be longer than the other.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from cti.ids import CallId, LegId, is_leg_id
from recordings.model import Recording

log = structlog.get_logger(__name__)

RATE_HZ = 16_000
SAMPLE_BYTES = 2
BYTES_PER_MS = RATE_HZ * SAMPLE_BYTES // 1000
CITIZEN = "-citizen.sln16"
SEAT = "-seat.sln16"
OWN = "-own-"
ENDING = ".sln16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Where what belongs into one recording lies; any file may be missing. 话路文件

    Of a call: its citizen, its seat. Of a party's own voice: one file.
    """

    files: tuple[Path, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Bytes of each; -1 for a file that is not there."""
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
    return Legs(files=(folder / f"{call_id}{CITIZEN}", folder / f"{call_id}{SEAT}"))


def own_leg_of(folder: Path, call_id: CallId, leg_id: LegId) -> Legs:
    """Where the dialplan records this party's own voice."""
    return Legs(files=(folder / f"{call_id}{OWN}{leg_id}{ENDING}",))


def legs_for(folder: Path, recording: Recording) -> Legs:
    """The raw files that a recording is made of."""
    if recording.leg_id is None:
        return legs_of(folder, recording.call_id)
    return own_leg_of(folder, recording.call_id, recording.leg_id)


def own_legs_in(folder: Path, call_id: CallId) -> list[LegId]:
    """The parties of a call whose own voices lie in the folder, in the order of their ids."""
    begin = f"{call_id}{OWN}"
    found = [
        name.removeprefix(begin).removesuffix(ENDING)
        for name in _names(folder)
        if name.startswith(begin) and name.endswith(ENDING)
    ]
    strange = [leg for leg in found if not is_leg_id(leg)]
    if strange:
        log.warning("raw legs with names that no leg has", call_id=call_id, files=len(strange))
    return sorted(LegId(leg) for leg in found if is_leg_id(leg))


def calls_with_legs(folder: Path) -> list[CallId]:
    """Every call of which some leg lies in the folder."""
    return sorted(set(_call_ids(folder)))


def calls_with_own_legs(folder: Path) -> frozenset[CallId]:
    """Every call of which a party's own leg lies in the folder."""
    return frozenset(call for name in _names(folder) if (call := _call_of_own(name)) is not None)


def _call_of_own(name: str) -> CallId | None:
    call, own, leg = name.removesuffix(ENDING).partition(OWN)
    return CallId(call) if own and name.endswith(ENDING) and is_leg_id(leg) else None


def _call_ids(folder: Path) -> Iterator[CallId]:
    for name in _names(folder):
        own = _call_of_own(name)
        if own is not None:
            yield own
            continue
        for ending in (CITIZEN, SEAT):
            if name.endswith(ending):
                yield CallId(name.removesuffix(ending))


def _names(folder: Path) -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            yield entry.name


def sync_folder(folder: Path) -> None:
    """A name that was made or removed in the folder survives a power cut."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _size(leg: Path) -> int:
    try:
        return leg.stat().st_size
    except FileNotFoundError:
        return -1
