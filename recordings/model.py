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
