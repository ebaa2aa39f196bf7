"""What the web needs of cues, sentences and signals. 质检端口"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cti.ids import CallId
from quality.events import CueKind, SpeechMeasured
from quality.model import Listening, Rerun
from quality.records import CueRecord, SentenceCounts, SentenceMoment, SignalRecord, WordHits


class QualityRecords(Protocol):
    """Cues, sentences and signals as they were last written down. 质检记录"""

    async def cues_of(self, call_id: CallId) -> Sequence[CueRecord]: ...
    async def newest_cues(
        self, since: datetime | None, kind: CueKind | None, limit: int
    ) -> Sequence[CueRecord]: ...
    async def moments_of(self, call_id: CallId) -> Sequence[SentenceMoment]: ...
    async def measures_of(self, call_id: CallId) -> SpeechMeasured | None: ...
    async def signals(
        self, rule: str | None, since: datetime | None, until: datetime | None, limit: int
    ) -> Sequence[SignalRecord]: ...
    async def word_hits(self, since: datetime | None) -> Sequence[WordHits]: ...
    async def sentence_counts(self, since: datetime | None) -> Sequence[SentenceCounts]: ...


class CueJudging(Protocol):
    """Takes what a person says of a cue. 提示判定"""

    def judge(self, call_id: CallId, cue_id: str, by: str, *, false_alarm: bool) -> None: ...


class Reruns(Protocol):
    """Goes through calls of a period again. 重新检测"""

    @property
    def reruns(self) -> Sequence[Rerun]: ...
    def rerun(self, rerun_id: str) -> Rerun: ...
    async def start(self, since: datetime, until: datetime, by: str) -> Rerun: ...
    def cancel(self, rerun_id: str, by: str) -> Rerun: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Everything of the quality rooms that the web shows or asks. 质检"""

    records: QualityRecords
    cues: CueJudging
    reruns: Reruns
    rules: Callable[[], Listening]
    """The lists that hold now. 现行规则"""
