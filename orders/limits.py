"""Who calls so often that others would not get through. 来电限制

    calls of one number ──► within its limits: normal ──► beyond: later in the line ──► far beyond: refused
    calls of one prefix, or without a number, all at once ──► later in the line, never refused

Pure. A citizen below his own number's limits is never refused, whatever others do. Numbers on the
lists (老年人, 企业), and whoever called for an emergency, are never limited at all. A block of people
has its own announcement.
"""

from bisect import bisect_left
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cti.ids import CallId

TEN_MINUTES = timedelta(minutes=10)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BURST = timedelta(minutes=1)
LATER = -3
"""Priority of who is limited: behind everybody, and his waiting still counts. 降级优先级"""
NEVER_LIMITED = frozenset({"elderly", "enterprise"})
"""Lists whose numbers many people share, or who must always get through. 不限名单"""
MOST_NUMBERS = 200_000
"""A flood of made-up numbers must not fill the memory; the longest silent ones go. 记录上限"""


class Verdict(StrEnum):
    """What becomes of a call. 限制结论"""

    NORMAL = "normal"  # 正常
    LIMITED = "limited"  # 降级排队
    REFUSED = "refused"  # 播报后挂机


class WhyLimited(StrEnum):
    """Why a call is not like the others. 限制原因"""

    BLOCKED = "blocked"  # 号码已拦截
    TOO_OFTEN = "too_often"  # 来电过于频繁
    BURST = "burst"  # 号段突发


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Calls of one number in ten minutes, an hour, a day; 0 is no limit. 限制设置"""

    limited: tuple[int, int, int] = (6, 15, 40)
    """With more it stands later in the line. 降级阈值"""
    refused: tuple[int, int, int] = (15, 40, 100)
    """With more it is refused. 拒绝阈值"""
    prefix_digits: int = 8
    """Numbers that begin alike count as one source. 号段位数"""
    prefix_calls_min: int = 30
    """Calls of one prefix in a minute, or of callers without number, that are a burst. 号段突发阈值"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Calls up to and with this one. 来电计数"""

    ten_minutes: int = 1
    hour: int = 1
    day: int = 1
    prefix_minute: int = 1
    has_number: bool = True

    @property
    def own(self) -> tuple[int, int, int]:
        return self.ten_minutes, self.hour, self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What else is known of the caller. 来电身份"""

    lists: frozenset[str] = frozenset()
    emergency: bool = False
    """He called for what cannot wait. 紧急来电"""
    blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What becomes of the call, and what is announced. 判定

    `priority` is added to the call's own. `announcement` is a text's code, None when nothing is said.
    """

    verdict: Verdict = Verdict.NORMAL
    why: WhyLimited | None = None
    announcement: str | None = None
    priority: int = 0
    blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitedCall:
    """A call that was not like the others, as it was written down. 受限来电"""

    call_id: CallId
    caller_number: str
    at: datetime
    verdict: Verdict
    why: WhyLimited
    blocked_until: datetime | None = None
    """The end of the block that refused it. 拦截截止"""


NORMAL = Judgement()
BLOCKED_TEXT = "number-blocked"
TOO_OFTEN_TEXT = "too-many-calls"


def judge(counts: Counts, limits: Limits, standing: Standing) -> Judgement:
    """The whole rule. Emergency first, then a block, then the lists, then the counts."""
    if standing.emergency:
        return NORMAL
    if standing.blocked_until is not None:
        return Judgement(
            verdict=Verdict.REFUSED,
            why=WhyLimited.BLOCKED,
            announcement=BLOCKED_TEXT,
            blocked_until=standing.blocked_until,
        )
    if not standing.lists.isdisjoint(NEVER_LIMITED):
        return NORMAL
    if counts.has_number:
        if _beyond(counts.own, limits.refused):
            return Judgement(
                verdict=Verdict.REFUSED, why=WhyLimited.TOO_OFTEN, announcement=TOO_OFTEN_TEXT
            )
        if _beyond(counts.own, limits.limited):
            return Judgement(verdict=Verdict.LIMITED, why=WhyLimited.TOO_OFTEN, priority=LATER)
    if limits.prefix_calls_min and counts.prefix_minute > limits.prefix_calls_min:
        return Judgement(verdict=Verdict.LIMITED, why=WhyLimited.BURST, priority=LATER)
    return NORMAL


def _beyond(counts: tuple[int, int, int], limits: tuple[int, int, int]) -> bool:
    return any(limit and count > limit for count, limit in zip(counts, limits, strict=True))


@dataclass(slots=True)
class _Source:
    """One number's or prefix's calls, the oldest first. 来源"""

    at: deque[datetime] = field(default_factory=deque)

    def note(self, at: datetime, keep: timedelta, most: int) -> None:
        # Another node's clock may be a little behind: the row must stay in order for counting.
        self.at.append(max(at, self.at[-1]) if self.at else at)
        while self.at[0] <= self.at[-1] - keep or len(self.at) > most:
            self.at.popleft()

    def since(self, moment: datetime) -> int:
        return len(self.at) - bisect_left(self.at, moment)


class Arrivals:
    """The sliding window: who called when, a day back. 来电窗口"""

    def __init__(self, most_numbers: int = MOST_NUMBERS) -> None:
        self._numbers: OrderedDict[str, _Source] = OrderedDict()
        self._prefixes: OrderedDict[str, _Source] = OrderedDict()
        self._noted: OrderedDict[CallId, Counts] = OrderedDict()
        self._most = most_numbers

    def note(self, call_id: CallId, key: str, at: datetime, limits: Limits) -> Counts:
        """Count this call, once however often it is noted; how often its number called by now.

        `key` is the number as the house writes it; one without digits shows no number.
        """
        known = self._noted.get(call_id)
        if known is not None:
            return known
        has_number = any(char.isdecimal() for char in key)
        prefix = key[: limits.prefix_digits] if has_number else ""
        of_prefix = self._noted_of(self._prefixes, prefix)
        of_prefix.note(at, BURST, max(limits.prefix_calls_min, 1) * 4)
        counts = Counts(prefix_minute=of_prefix.since(at - BURST), has_number=has_number)
        if has_number:
            own = self._noted_of(self._numbers, key)
            own.note(at, DAY, max(*limits.refused, *limits.limited, 1) + 1)
            counts = Counts(
                ten_minutes=own.since(at - TEN_MINUTES),
                hour=own.since(at - HOUR),
                day=own.since(at - DAY),
                prefix_minute=counts.prefix_minute,
            )
        self._noted[call_id] = counts
        if len(self._noted) > self._most:
            self._noted.popitem(last=False)
        return counts

    def forget(self, call_id: CallId) -> None:
        """The call is over: it will not be noted again. What it counts for stays."""
        self._noted.pop(call_id, None)

    def _noted_of(self, sources: OrderedDict[str, _Source], key: str) -> _Source:
        found = sources.setdefault(key, _Source())
        sources.move_to_end(key)
        if len(sources) > self._most:
            sources.popitem(last=False)
        return found
