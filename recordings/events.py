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


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeningOpened(CallEvent):
    """Somebody may now hear the recording, and said why. 调听登记

    `purpose` is empty where a seat hears its own call; `address` is where he asked from.
    """

    recording_id: RecordingId
    listening_id: str
    by: str
    name: str
    purpose: str
    note: str
    own: bool
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingHeard(CallEvent):
    """These parts of it sounded for him: (from, to) in ms of the recording. 实听区间"""

    recording_id: RecordingId
    listening_id: str
    by: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMarked(CallEvent):
    """Somebody left a mark on the call, with or without a comment. 标注

    Times are ms of the call's clock; without an end it is a moment.
    """

    mark_id: str
    by: str
    name: str
    at_ms: int
    text: str
    ends_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRemoved(CallEvent):
    """A mark is shown no longer; who made it and said what stays in the journal. 撤销标注"""

    mark_id: str
    by: str
