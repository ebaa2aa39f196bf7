"""How promptly citizens are answered, and why not: the same sums for the board and for the report. 服务水平

One `Wait` is a citizen's first wait for a person on a call that came in. A meter adds up the waits that
began in its span of time:

    offered ── answered in time (within 15 s) ── answered late ── gave up ── still waits, overdue

Whoever has waited for less than the limit and still waits is not counted yet. Each share is given with
both denominators that are in use: all who were offered, and without those who gave up too soon for anybody
to have served them (for the 24-hour rate: within 5 s; for the 15-second share: within the 15 s).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cti.ids import CallId, SeatId, SkillGroupCode
from seats.model import Seat, SeatState
from seats.settings import ServiceLevelSettings

_MILLISECOND = timedelta(milliseconds=1)


class MissCause(StrEnum):
    """Why a citizen was not answered in time. 未及时接听原因"""

    LINK_LOST = "link-lost"  # 与 Asterisk 的链路中断
    SERVICE_AWAY = "service-away"  # 系统离线，应急队列接续
    GAVE_UP_AT_ONCE = "gave-up-at-once"  # 市民很快挂机
    SEAT_DID_NOT_ANSWER = "seat-did-not-answer"  # 座席振铃未及时接听
    NO_SEAT_SIGNED_IN = "no-seat-signed-in"  # 无座席签入
    ALL_TALKING = "all-talking"  # 座席全部通话中
    IN_WRAP_UP = "in-wrap-up"  # 话后处理过多
    NOT_READY = "not-ready"  # 示忙过多
    RULES = "rules"  # 有空闲座席，但不符合当时的分配规则
    UNKNOWN = "unknown"  # 未记录


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorCount:
    """What the seats of one skill group were doing at one instant. 座席状态计数"""

    signed_in: int = 0
    free: int = 0
    talking: int = 0
    """Reserved and ringing ones included. 通话"""
    wrap_up: int = 0
    not_ready: int = 0

    @property
    def occupancy(self) -> float | None:
        """The share of those at work who are busy with a citizen; None while nobody is at work. 占用率"""
        busy = self.talking + self.wrap_up
        return _share(busy, busy + self.free)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One citizen's first wait for a person, as it was or as it is so far. 等候记录"""

    call_id: CallId
    skill_group: SkillGroupCode
    joined_at: datetime
    floor: FloorCount | None = None
    """The group's seats when he joined; None when nobody could count them. 入队时座席状态"""
    offered_at: datetime | None = None
    """The first seat began to ring for him. 首次振铃"""
    refused_by: SeatId | None = None
    """The first seat that rang and did not take him. 首个未接座席"""
    service_away: bool = False
    link_lost: bool = False
    answered_at: datetime | None = None
    gave_up_at: datetime | None = None

    def waited_ms(self, now: datetime) -> int:
        until = self.answered_at or self.gave_up_at or now
        return max(0, (until - self.joined_at) // _MILLISECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of waits. 计数"""

    offered: int = 0
    answered: int = 0
    in_time: int = 0
    gave_up: int = 0
    gave_up_at_once: int = 0
    gave_up_before_limit: int = 0
    causes: Mapping[MissCause, int] = field(default_factory=dict)
    """Why each of those who were not answered in time was not. 未及时接听原因"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One span of time, measured. Shares are None while there is nobody to measure. 指标"""

    since: datetime
    until: datetime
    tally: Tally

    @property
    def in_time_share(self) -> float | None:
        """Answered within the limit, of all who were offered."""
        return _share(self.tally.in_time, self.tally.offered)

    @property
    def in_time_share_of_patient(self) -> float | None:
        """The same, without those who gave up before the limit."""
        patient = self.tally.offered - self.tally.gave_up_before_limit
        return _share(self.tally.in_time, patient)

    @property
    def answer_rate(self) -> float | None:
        """Answered at all, of all who either were answered or gave up."""
        return _share(self.tally.answered, self.tally.answered + self.tally.gave_up)

    @property
    def answer_rate_of_patient(self) -> float | None:
        """The same, without those who gave up at once."""
        decided = self.tally.answered + self.tally.gave_up
        return _share(self.tally.answered, decided - self.tally.gave_up_at_once)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Somebody who was not answered in time, and why, for a person to read. 未及时接听"""

    wait: Wait
    cause: MissCause
    sentence: str


def measure(
    waits: Iterable[Wait],
    settings: ServiceLevelSettings,
    since: datetime,
    until: datetime,
    now: datetime,
) -> Meter:
    """The waits that began from `since` on and before `until`."""
    sums = Sums()
    for wait in waits:
        if since <= wait.joined_at < until:
            sums.count(wait, settings, now)
    return Meter(since=since, until=until, tally=sums.tally())


def missed(wait: Wait, settings: ServiceLevelSettings, now: datetime) -> Miss | None:
    """Why he was not answered in time; None if he was, or may still be."""
    cause = cause_of(wait, settings, now)
    return None if cause is None else Miss(wait=wait, cause=cause, sentence=_say(wait, cause))


def cause_of(wait: Wait, settings: ServiceLevelSettings, now: datetime) -> MissCause | None:
    """The strongest cause: what was broken, then who was asked, then what the floor was doing."""
    limit_ms = round(settings.answer_limit_s * 1000)
    waited_ms = wait.waited_ms(now)
    if wait.gave_up_at is None and waited_ms <= limit_ms:
        return None
    if wait.link_lost:
        return MissCause.LINK_LOST
    if wait.service_away:
        return MissCause.SERVICE_AWAY
    if wait.gave_up_at is not None and waited_ms <= round(settings.gave_up_at_once_s * 1000):
        return MissCause.GAVE_UP_AT_ONCE
    rung_ms = (
        None if wait.offered_at is None else (wait.offered_at - wait.joined_at) // _MILLISECOND
    )
    if rung_ms is not None and rung_ms <= limit_ms:
        return MissCause.SEAT_DID_NOT_ANSWER
    return _by_the_floor(wait.floor)


def _by_the_floor(floor: FloorCount | None) -> MissCause:
    """What most of the group's seats were doing; between equals, work for citizens comes first."""
    if floor is None:
        return MissCause.UNKNOWN
    if not floor.signed_in:
        return MissCause.NO_SEAT_SIGNED_IN
    if floor.free:
        return MissCause.RULES
    ranked = (
        (floor.talking, MissCause.ALL_TALKING),
        (floor.wrap_up, MissCause.IN_WRAP_UP),
        (floor.not_ready, MissCause.NOT_READY),
    )
    return max(ranked, key=lambda one: one[0])[1]


class Sums:
    """A tally in the making. 累计"""

    __slots__ = ("_causes", "_counts")

    def __init__(self) -> None:
        self._counts = [0] * 6
        self._causes: Counter[MissCause] = Counter()

    def count(self, wait: Wait, settings: ServiceLevelSettings, now: datetime) -> None:
        """Add one wait; one that is not decided yet adds nothing."""
        cause = cause_of(wait, settings, now)
        answered, gave_up = wait.answered_at is not None, wait.gave_up_at is not None
        if cause is None and not answered:
            return
        soon = gave_up and wait.waited_ms(now) <= round(settings.gave_up_at_once_s * 1000)
        before_limit = gave_up and wait.waited_ms(now) <= round(settings.answer_limit_s * 1000)
        for place, yes in enumerate((True, answered, cause is None, gave_up, soon, before_limit)):
            self._counts[place] += yes
        if cause is not None:
            self._causes[cause] += 1

    def add(self, other: "Sums") -> None:
        self._counts = [a + b for a, b in zip(self._counts, other._counts, strict=True)]
        self._causes.update(other._causes)

    def tally(self) -> Tally:
        offered, answered, in_time, gave_up, soon, before_limit = self._counts
        return Tally(
            offered=offered,
            answered=answered,
            in_time=in_time,
            gave_up=gave_up,
            gave_up_at_once=soon,
            gave_up_before_limit=before_limit,
            causes=dict(self._causes),
        )


def count_floor(seats: Iterable[Seat], group: SkillGroupCode) -> FloorCount:
    """What the seats that serve the group are doing; a ready one without its phone is not ready."""
    return _count(Counter(_counted(seat) for seat in seats if seat.level_for(group) is not None))


def count_floors(seats: Iterable[Seat]) -> Mapping[SkillGroupCode, FloorCount]:
    """The same for every group that has seats, looking at each seat once: boards ask often."""
    states: dict[SkillGroupCode, Counter[SeatState]] = {}
    for seat in seats:
        counted = _counted(seat)
        for code in seat.definition.skills:
            states.setdefault(code, Counter())[counted] += 1
    return {code: _count(of) for code, of in states.items()}


def _count(states: Counter[SeatState]) -> FloorCount:
    return FloorCount(
        signed_in=sum(states.values()) - states[SeatState.SIGNED_OUT],
        free=states[SeatState.READY],
        talking=states[SeatState.TALKING],
        wrap_up=states[SeatState.WRAP_UP],
        not_ready=states[SeatState.NOT_READY],
    )


def _counted(seat: Seat) -> SeatState:
    if seat.state in (SeatState.SIGNED_OUT, SeatState.WRAP_UP, SeatState.NOT_READY):
        return seat.state
    if seat.state is SeatState.READY:
        return SeatState.READY if seat.phone_reachable else SeatState.NOT_READY
    return SeatState.TALKING


CAUSE_WORDS: Mapping[MissCause, str] = {
    MissCause.LINK_LOST: "链路中断",
    MissCause.SERVICE_AWAY: "系统离线",
    MissCause.GAVE_UP_AT_ONCE: "市民很快挂机",
    MissCause.SEAT_DID_NOT_ANSWER: "座席未及时接听",
    MissCause.NO_SEAT_SIGNED_IN: "无座席签入",
    MissCause.ALL_TALKING: "座席全忙",
    MissCause.IN_WRAP_UP: "话后处理过多",
    MissCause.NOT_READY: "示忙过多",
    MissCause.RULES: "分配规则限制",
    MissCause.UNKNOWN: "原因未记录",
}


def _say(wait: Wait, cause: MissCause) -> str:
    match cause:
        case MissCause.LINK_LOST:
            return "等候期间与 Asterisk 的链路中断，系统看不到空闲座席。"
        case MissCause.SERVICE_AWAY:
            return "等候期间系统离线或重启，由应急队列接续。"
        case MissCause.GAVE_UP_AT_ONCE:
            return "市民刚进入等候即挂机。"
        case MissCause.SEAT_DID_NOT_ANSWER if wait.refused_by is not None:
            return f"座席 {wait.refused_by} 振铃后未接听，市民重新等候。"
        case MissCause.SEAT_DID_NOT_ANSWER:
            return "座席已振铃，但未在时限内接听。"
        case MissCause.UNKNOWN:
            return "入队时的座席状态没有记录。"
        case _:
            return f"入队时{CAUSE_WORDS[cause]}：{_floor_words(wait.floor or FloorCount())}。"


def _floor_words(floor: FloorCount) -> str:
    counts = {
        "空闲": floor.free,
        "通话": floor.talking,
        "话后处理": floor.wrap_up,
        "示忙": floor.not_ready,
    }
    parts = [f"{word} {count}" for word, count in counts.items() if count]
    return f"本组签入 {floor.signed_in} 席" + (f"，{'、'.join(parts)}" if parts else "")


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
