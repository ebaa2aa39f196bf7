"""A recording and where it stands on its way into the archive. 录音

LEGS --encoded, hashed, verified--> ARCHIVED
  +---could not be encoded (kept, retried)--> FAILED --> ARCHIVED
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from cti.ids import CallId

RecordingId = NewType("RecordingId", str)
"""The call's id with a serial number: "node1-1763716.42-1". 录音编号"""


class RecordingState(StrEnum):
    """Where the audio is. 录音状态"""

    LEGS = "legs"  # 原始话路
    ARCHIVED = "archived"  # 已归档
    FAILED = "failed"  # 归档失败


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One call's audio: citizen left, seat right. 录音"""

    recording_id: RecordingId
    call_id: CallId
    state: RecordingState
    started_at: datetime
    duration_ms: int
    path: str | None = None
    """Relative to the archive folder. 归档相对路径"""
    sha256: str | None = None
    size_bytes: int | None = None
    archived_at: datetime | None = None
    failure: str | None = None


def first_recording_of(call_id: CallId) -> RecordingId:
    """The id of the recording that the dialplan makes of every call."""
    return RecordingId(f"{call_id}-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """Loudest sample per slot and side, 0 to 255, for the waveform. 波形"""

    points_per_second: int
    citizen: bytes
    operator: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An encoded copy on disk, not yet in its place. 副本

    `sha256` is of the file's bytes as read back from the disk (hexadecimal).
    """

    sha256: str
    size_bytes: int
    duration_ms: int
