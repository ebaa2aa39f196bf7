"""A recording and where it stands on its way into the archive. 录音

LEGS --encoded, hashed, verified--> ARCHIVED
  +---could not be encoded (kept, retried)--> FAILED --> ARCHIVED
  +---a party that never made a sound----> EMPTY
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from cti.events import PartyRole
from cti.ids import CallId, LegId, message_in

RecordingId = NewType("RecordingId", str)
"""The call's id with a serial number: "node1-1763716.42-1". 录音编号"""


class RecordingState(StrEnum):
    """Where the audio is. 录音状态"""

    LEGS = "legs"  # 原始话路
    ARCHIVED = "archived"  # 已归档
    FAILED = "failed"  # 归档失败
    EMPTY = "empty"  # 无声音


class RecordingKind(StrEnum):
    """Whose sound it is. 录音种类"""

    CALL = "call"  # 整通
    PARTY = "party"  # 参与方
    MESSAGE = "message"  # 语音留言


DONE = frozenset({RecordingState.ARCHIVED, RecordingState.EMPTY})
"""Nothing is left to be archived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A call's audio, or one party's own voice on it. 录音

    Number 1 of each call is the whole of it: citizen left, all that he heard right. The others are
    mono, one for each further leg (`leg_id`), whose beginning is `offset_ms` on the call's clock.
    """

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
    leg_id: LegId | None = None
    role: PartyRole | None = None
    who: str | None = None
    """As in PartyEvent; None where nobody told whose leg it was. 参与方"""
    offset_ms: int = 0

    @property
    def kind(self) -> RecordingKind:
        """A voice message is kept as the leg of that name."""
        if self.leg_id is None:
            return RecordingKind.CALL
        message = message_in(self.call_id, self.leg_id)
        return RecordingKind.PARTY if message is None else RecordingKind.MESSAGE


def first_recording_of(call_id: CallId) -> RecordingId:
    """The id of the recording that the dialplan makes of every call."""
    return numbered(call_id, 1)


def numbered(call_id: CallId, number: int) -> RecordingId:
    """The id of a call's recording; 2 and on are parties' own voices in order of their beginnings."""
    return RecordingId(f"{call_id}-{number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """Loudest sample per slot and side, 0 to 255, for the waveform. 波形

    A party's own recording has only `own`, a call's only the other two.
    """

    points_per_second: int
    citizen: bytes
    operator: bytes
    own: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An encoded copy on disk, not yet in its place. 副本

    `sha256` is of the file's bytes as read back from the disk (hexadecimal).
    """

    sha256: str
    size_bytes: int
    duration_ms: int
