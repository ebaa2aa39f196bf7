"""What the archive needs from outside, in its own words. 录音端口"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cti.events import Event
from cti.ids import CallId
from recordings.legs import Legs
from recordings.model import Copy, Recording, RecordingId

Tell = Callable[[Event], None]
"""Says what happened; never blocks, never raises. 告知"""

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""

WrittenDown = Callable[[], Awaitable[bool]]
"""True once all that was told so far is on disk; False when the store is sick. 已落盘"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingDue:
    """A recording whose legs may still lie there. 待归档录音

    `transcribed`: nobody needs the legs for a transcript any more.
    """

    recording: Recording
    transcribed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOver:
    """A call that is over; `listed`: the catalogue knows its recording. 已结束的通话"""

    call_id: CallId
    over_at: datetime
    transcribed: bool
    listed: bool


class Catalogue(Protocol):
    """What is known of recordings. 录音目录

    All raise recordings.errors.CatalogueUnavailable while the store cannot be read.
    """

    async def due(self) -> Sequence[RecordingDue]:
        """Recordings of calls that are over and have no archived copy; oldest first."""

    async def archived_of(self, call_ids: Sequence[CallId]) -> Sequence[RecordingDue]:
        """The archived ones among these calls' recordings: only their legs are left over."""

    async def over_of(self, call_ids: Sequence[CallId]) -> Sequence[CallOver]:
        """Those calls that are over."""

    async def of_call(self, call_id: CallId) -> Sequence[Recording]:
        """All recordings of a call that is over, its own first."""

    async def find(self, recording_id: RecordingId) -> Recording | None: ...


class Encoder(Protocol):
    """Makes and checks the stereo copy. 编码"""

    async def copy(self, legs: Legs, to: Path, peaks_to: Path) -> Copy:
        """Both legs as one file, read back and compared.

        Raises LegsMissing, LegsStillGrowing, EncodeFailed, CopyDiffers, ArchiveFull,
        ArchiveUnwritable; then `to` and `peaks_to` are worthless.
        """

    async def check(self, legs: Legs, made: Path) -> Copy:
        """A copy that an earlier life of the service made. Raises the same."""
