"""The two raw files that the dialplan records. 原始话路

Each is `.sln16`: 16 kHz, 16-bit little-endian, mono, no header, 32 bytes a millisecond; both begin
at the same instant. Asterisk buffers 32 KiB, so a file may end in the middle of a sample after a
crash, and one may be longer than the other.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cti.ids import CallId

RATE_HZ = 16_000
SAMPLE_BYTES = 2
BYTES_PER_MS = RATE_HZ * SAMPLE_BYTES // 1000
CITIZEN = "-citizen.sln16"
SEAT = "-seat.sln16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Where one call's two sides lie; either file may be missing. 两侧话路"""

    citizen: Path
    seat: Path

    @property
    def sizes(self) -> tuple[int, int]:
        """Bytes of (citizen, seat); -1 for a file that is not there."""
        return _size(self.citizen), _size(self.seat)

    @property
    def missing(self) -> bool:
        """Neither file is there."""
        return self.sizes == (-1, -1)

    @property
    def samples(self) -> int:
        """Of the longer side; half a sample at the end does not count."""
        return max(0, *self.sizes) // SAMPLE_BYTES

    @property
    def duration_ms(self) -> int:
        return self.samples * 1000 // RATE_HZ

    def remove(self) -> None:
        """Both are gone, and stay so after a power cut. Raises OSError."""
        for leg in (self.citizen, self.seat):
            with contextlib.suppress(FileNotFoundError):
                leg.unlink()
        sync_folder(self.citizen.parent)


def legs_of(folder: Path, call_id: CallId) -> Legs:
    """Where the dialplan records this call."""
    return Legs(citizen=folder / f"{call_id}{CITIZEN}", seat=folder / f"{call_id}{SEAT}")


def calls_with_legs(folder: Path) -> list[CallId]:
    """Every call of which some leg lies in the folder."""
    return sorted(set(_call_ids(folder)))


def _call_ids(folder: Path) -> Iterator[CallId]:
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            for ending in (CITIZEN, SEAT):
                if entry.name.endswith(ending):
                    yield CallId(entry.name.removesuffix(ending))


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
