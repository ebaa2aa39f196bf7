"""What the machine noticed in what was said. 提示与质检信号事件

Positions are integer milliseconds on the recording's own clock. `found` and `text` of these events are
spoken words: they are shown to whoever may hear the call, and never logged. A signal is a hint for a
person (待复核), never a verdict.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asr.events import Side
from cti.events import CallEvent, Event
from cti.ids import CallId
from quality.sampling import Pick, SampledState


class CueKind(StrEnum):
    """What a cue is about. 提示类别"""

    DANGER = "danger"  # 危险
    BANNED = "banned"  # 禁用语、推诿、含糊
    ANGER = "anger"  # 情绪激动
    COMPLAINT = "complaint"  # 投诉话务员
    DIALECT = "dialect"  # 听不懂
    DEAD_AIR = "dead_air"  # 静音
    TALK_OVER = "talk_over"  # 抢话
    SPEECH_RATE = "speech_rate"  # 语速
    UNCLEAR = "unclear"  # 听不清


class CueLevel(StrEnum):
    """How loud a cue is. 提示级别"""

    RED = "red"  # 红色，同时提示班长
    AMBER = "amber"  # 黄色
    INFO = "info"  # 一般


@dataclass(frozen=True, slots=True, kw_only=True)
class CueRaised(CallEvent):
    """Something that the operator, and on red his shift leader, should know at once. 提示

    `code` is the entry of the word list or the rule, `word` the listed word, `found` what was said,
    `version` the word list's.
    """

    cue_id: str
    kind: CueKind
    level: CueLevel
    code: str
    title: str
    side: Side
    starts_at_ms: int
    ends_at_ms: int
    found: str = ""
    word: str = ""
    advice: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CueJudged(CallEvent):
    """Somebody said whether a cue was right. 提示判定"""

    cue_id: str
    false_alarm: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceDue(CallEvent):
    """The moment of a prescribed sentence has come; it is shown to the operator. 用语提示"""

    sentence_id: str
    reason: str
    at_ms: int
    scene: str = ""
    text: str = ""
    must: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceSaid(CallEvent):
    """The operator said a prescribed sentence; `at_ms` is the moment that it answers. 用语已说"""

    sentence_id: str
    at_ms: int
    starts_at_ms: int
    ends_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceMissed(CallEvent):
    """A sentence that must be said at that moment was not heard. 用语未说"""

    sentence_id: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReviewed(CallEvent):
    """The whole transcript was gone through; what follows takes the place of earlier signals. 已检测"""

    words_version: int
    sentences_version: int
    signals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalFound(CallEvent):
    """Something for the inspector to look at. 质检信号"""

    signal_id: str
    rule: str
    version: int
    side: Side
    starts_at_ms: int
    ends_at_ms: int
    found: str = ""
    title: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechMeasured(CallEvent):
    """How both sides spoke in this call. 语速与静音

    Characters per minute count the time in which the side speaks; None if it said too little.
    """

    operator_chars_per_min: int | None
    citizen_chars_per_min: int | None
    operator_ms: int
    citizen_ms: int
    talk_over_ms: int
    talk_overs: int
    longest_silence_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunStarted(Event):
    """Calls of a period are gone through again with the present lists. 重新检测开始"""

    rerun_id: str
    since: datetime
    until: datetime
    calls: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RerunEnded(Event):
    """All of them were, or somebody stopped it. 重新检测结束"""

    rerun_id: str
    done: int
    cancelled_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDrawn(Event):
    """Calls of a period were drawn by lot for inspection; `by` is None for the weekly draw. 已抽样"""

    sample_id: str
    since: datetime
    until: datetime
    by: str | None
    reason: str
    seed: str
    per_agent: int
    shortest_s: int
    candidates: int
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledCallGiven(Event):
    """A drawn call that nobody had, or whose inspector has left, has an inspector. 抽样领取"""

    sample_id: str
    call_id: CallId
    inspector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledCallChecked(Event):
    """An inspector is done with a drawn call, skips it, or takes it up again. 抽样办结"""

    sample_id: str
    call_id: CallId
    state: SampledState
    by: str
    reason: str = ""
