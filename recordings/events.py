"""What happened to recordings. 录音事件"""

from dataclasses import dataclass

from cti.events import CallEvent
from recordings.model import RecordingId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingArchived(CallEvent):
    """The stereo copy verifies, the catalogue has it, the raw legs are gone. 录音归档"""

    recording_id: RecordingId
    path: str
    sha256: str
    duration_ms: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed(CallEvent):
    """The copy could not be made; the raw legs are kept and it is tried again. 归档失败"""

    recording_id: RecordingId
    reason: str
