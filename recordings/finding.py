"""What somebody looks for among the recordings, and what is found. 录音检索"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asr.events import Side
from cti.ids import CallId, SeatId, SkillGroupCode
from recordings.model import Recording, RecordingId

COUNTED = 1_000
"""Beyond so many nobody reads the exact number. 计数上限"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All of it must hold; what is None is not asked. 检索条件"""

    phrases: tuple[tuple[str, ...], ...] = ()
    """Rows of signs, all of which were said in the call. 话语"""
    side: Side | None = None
    """Who said them. 说话方"""
    number: str | None = None
    """The citizen's whole number. 来电号码"""
    number_ends: str | None = None
    """Its last digits, for those who may not see it. 号码后四位"""
    seat_id: SeatId | None = None
    """A seat that could hear the citizen. 座席"""
    skill_group: SkillGroupCode | None = None
    since: datetime | None = None
    until: datetime | None = None
    cue: str | None = None
    """A kind of cue that is no false alarm. 提示类别"""
    signal: str | None = None
    """A rule of which something was found. 质检信号"""
    satisfaction: str | None = None
    """As the citizen rated; "asked": he was asked and did not say. 满意度"""
    score: int | None = None
    """The key that the citizen pressed. 评分"""
    longest_s: int | None = None
    shortest_s: int | None = None
    marked: bool = False
    """Somebody left a mark. 有标注"""
    unheard_by: str | None = None
    """This user has not opened it. 未听"""
    only_seat: SeatId | None = None
    """The viewer hears only calls of this seat. 限本席"""
    district: str | None = None
    """The viewer sees only calls whose order names this district. 限本区域"""
    without_supervisors: bool = False
    """The viewer is not told of supervisors' words. 不含班长话语"""


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Where the page before ended. 翻页位置"""

    started_at: datetime
    recording_id: RecordingId


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A sentence in which it was said. 命中句"""

    side: Side
    who: str | None
    at_ms: int
    """When the first of the words was spoken, on the call's clock. 时刻"""
    text: str
    marks: tuple[tuple[int, int], ...]
    """Letters to show as found: (first, last exclusive). 命中位置"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCall:
    """A recorded call that is what somebody looks for. 检索结果"""

    recording: Recording
    call_id: CallId
    caller_number: str
    seat_id: SeatId | None
    skill_group: SkillGroupCode | None
    satisfaction: str | None
    score: int | None
    cues: int
    signals: int
    marks: int
    listenings: int
    hits: Sequence[Hit] = ()
    """The first of them. 命中句"""
    hit_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """One page, newest first. 检索页"""

    calls: Sequence[FoundCall]
    after: After | None
    """Where the next page begins; None at the end. 下一页"""
    total: int
    """At most COUNTED + 1. 总数"""
