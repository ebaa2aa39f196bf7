"""What happened to recordings. 录音事件"""

from dataclasses import dataclass
from datetime import datetime

from cti.events import CallEvent
from cti.ids import LegId
from recordings.model import RecordingId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingArchived(CallEvent):
    """The copy is in the archive and verifies; now the raw legs may go. 录音归档

    `path` is relative to the archive folder; `started_at` is None only in events older than the
    field. `leg_id` says that it is this party's own voice.
    """

    recording_id: RecordingId
    path: str
    sha256: str
    duration_ms: int
    size_bytes: int
    started_at: datetime | None = None
    leg_id: LegId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(CallEvent):
    """The copy could not be made; the raw legs are kept and it is tried again. 归档失败"""

    recording_id: RecordingId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFound(CallEvent):
    """A party's raw leg lies there after the call, and nobody had told of it. 发现未登记录音

    `started_at` is worked out from the file.
    """

    leg_id: LegId
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSkipped(CallEvent):
    """A party's leg never held any sound: there is nothing to archive. 录音无声音"""

    recording_id: RecordingId
    leg_id: LegId
