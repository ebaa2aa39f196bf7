"""What the web needs to find, hear and mark recorded calls. 回放端口"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cti.ids import CallId
from recordings.finding import After, Findings, Wanted
from recordings.listening import Listening, Purpose
from recordings.marks import Mark
from recordings.model import Recording, RecordingId


class Finding(Protocol):
    """Recorded calls by what was said and what is known of them. 检索"""

    async def find(self, wanted: Wanted, after: After | None, limit: int) -> Findings: ...


class ListeningRecords(Protocol):
    """Who heard what. 调听查询"""

    async def of_recording(self, recording_id: RecordingId) -> Sequence[Listening]:
        """The newest first."""

    async def between(
        self, since: datetime, until: datetime, by: str | None, limit: int
    ) -> Sequence[Listening]:
        """The newest first."""


class Listenings(Protocol):
    """Who may hear what now. 调听登记"""

    @property
    def purposes(self) -> Sequence[Purpose]: ...
    def open(
        self,
        recording: Recording,
        *,
        by: str,
        name: str,
        purpose: str,
        note: str,
        own: bool,
        address: str,
    ) -> Listening: ...
    async def is_open(self, recording_id: RecordingId, by: str) -> bool: ...
    async def heard(
        self, listening_id: str, by: str, spans: Sequence[tuple[int, int]], length_ms: int
    ) -> Listening: ...


class MarkRecords(Protocol):
    """Marks that stand. 标注查询"""

    async def of_call(self, call_id: CallId) -> Sequence[Mark]:
        """In the order of their places."""


class Marks(Protocol):
    """Takes marks. 标注"""

    def make(
        self,
        call_id: CallId,
        *,
        by: str,
        name: str,
        at_ms: int,
        ends_at_ms: int | None,
        text: str,
        length_ms: int,
    ) -> Mark: ...
    def remove(self, mark: Mark, by: str, *, anybodys: bool) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRoom:
    """Everything around the replay of recorded calls. 回放室"""

    finding: Finding
    listenings: Listenings
    listening_records: ListeningRecords
    marks: Marks
    mark_records: MarkRecords
