"""What is kept of cues, sentences and signals. 质检记录"""

from dataclasses import dataclass
from datetime import datetime

from cti.ids import CallId, SeatId
from quality.events import CueKind, CueRaised, SignalFound


@dataclass(frozen=True, slots=True, kw_only=True)
class CueRecord:
    """A cue, and what a person said of it. 提示记录"""

    cue: CueRaised
    seat_id: SeatId | None = None
    false_alarm: bool | None = None
    """None: nobody has judged it. 误报"""
    judged_by: str | None = None
    judged_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceMoment:
    """A prescribed sentence at one of its moments. 用语记录"""

    call_id: CallId
    sentence_id: str
    at_ms: int
    shown: bool
    said: tuple[int, int] | None
    missed: bool
    must: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRecord:
    """A signal with the call it is about. 信号记录"""

    signal: SignalFound
    arrived_at: datetime
    seat_id: SeatId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordHits:
    """How often a listed word was heard, and how often that was a false alarm. 词条命中"""

    code: str
    word: str
    kind: CueKind
    title: str
    """Of one of its cues; what the lists that hold now say counts more. 标题"""
    hits: int
    judged: int
    false_alarms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCounts:
    """How often a sentence was shown, said and missed. 用语统计"""

    sentence_id: str
    shown: int
    said: int
    missed: int
