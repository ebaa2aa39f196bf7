"""What is kept of draws and of the calls drawn. 抽样记录

The score sheet of a call, once there is one, hangs on (sample_id, call_id) and changes nothing here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cti.ids import CallId, SeatId
from quality.sampling import SampledState


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One draw, with all that is needed to repeat it. 抽样计划"""

    sample_id: str
    since: datetime
    until: datetime
    drawn_at: datetime
    by: str | None
    """None: the weekly draw. 抽样人"""
    reason: str
    seed: str
    per_agent: int
    shortest_s: int
    candidates: int
    """From so many calls. 候选通话数"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledCall:
    """A drawn call and what became of it. 抽中通话"""

    sample_id: str
    call_id: CallId
    recording_id: str
    agent: str
    seat_id: SeatId
    inspector: str | None
    state: SampledState = SampledState.WAITING
    reason: str = ""
    """Why it was skipped. 跳过原因"""
    checked_at: datetime | None = None
    checked_by: str | None = None
    started_at: datetime | None = None
    duration_ms: int = 0
    skill_group: str | None = None
    satisfaction: str | None = None
    score: int | None = None
    """What the citizen said of it. 评价"""
    heard_ms: int = 0
    """So much of it his inspector really heard. 实听时长"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far somebody's part of a draw is. 进度"""

    who: str
    total: int
    done: int
    skipped: int

    @property
    def waiting(self) -> int:
        return self.total - self.done - self.skipped


def progress(calls: Iterable[tuple[str, SampledState]]) -> Sequence[Progress]:
    """By name, in the order of the names."""
    states: dict[str, list[SampledState]] = {}
    for who, state in calls:
        states.setdefault(who, []).append(state)
    return [
        Progress(
            who=who,
            total=len(his),
            done=his.count(SampledState.DONE),
            skipped=his.count(SampledState.SKIPPED),
        )
        for who, his in sorted(states.items())
    ]
