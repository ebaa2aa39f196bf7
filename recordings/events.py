"""What happened to recordings. 录音事件"""

from dataclasses import dataclass
from datetime import datetime

from cti.events import CallEvent
from recordings.model import RecordingId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingArchived(CallEvent):
    """The stereo copy is in the archive and verifies; now the raw legs may go. 录音归档

    `path` is relative to the archive folder; `started_at` is None only in events older than the
    field.
    """

    recording_id: RecordingId
    path: str
    sha256: str
    duration_ms: int
    size_bytes: int
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(CallEvent):
    """The copy could not be made; the raw legs are kept and it is tried again. 归档失败"""

    recording_id: RecordingId
    reason: str
