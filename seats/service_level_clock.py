"""Keeps the service level up to the second. 服务水平时钟

    call events ─► open waits ──settled──► sums by minute and by hour ─► board
                                   └─────► WaitMeasured ─► store ─► the day's report

A wait that is over is added once to its minute and its hour; a board adds up whole hours and the minutes
at both ends, and looks only at those who still wait. The report adds up the stored waits; both use
`seats/service_level.py` and nothing else.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from cti.call import Call, CallState
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOffered,
    CallQueued,
    CallReturnedToLine,
    CallTookLifeboat,
    Direction,
    Event,
    LinkLost,
    LinkRestored,
)
from cti.ids import CallId, SkillGroupCode
from seats.events import WaitMeasured
from seats.groups import GENERAL
from seats.ports import Floor, Now, Tell
from seats.service_level import Meter, Miss, Sums, Wait, count_floor, missed
from seats.settings import ServiceLevelSettings

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
KEPT = timedelta(hours=25)
"""The longest window is 24 hours; sums older than this are dropped. 保留时长"""
MISSES_KEPT = 50

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_Buckets = dict[datetime, dict[SkillGroupCode, Sums]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One span of time, for all groups together and for each that had callers. 时间窗口"""

    whole: Meter
    groups: Mapping[SkillGroupCode, Meter]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The live meters at one instant. 实时服务水平"""

    at: datetime
    recent: Window
    """The last minutes, `window_min` of them. 最近时段"""
    today: Window
    """Since midnight in China. 今日"""
    day: Window
    """The last 24 hours. 连续 24 小时"""
    waiting: int
    longest_ms: int
    """How long the one who has waited longest has waited. 最长等候"""
    misses: tuple[Miss, ...]
    """The newest first, those who still wait before all others. 未及时接听明细"""


class ServiceLevelClock:
    """Sole owner of the waits that are not over, and of the sums of those that are. 服务水平时钟"""

    def __init__(self, floor: Floor, settings: ServiceLevelSettings, tell: Tell, now: Now) -> None:
        self._floor = floor
        self._settings = settings
        self._tell = tell
        self._now = now
        self._open: dict[CallId, Wait] = {}
        self._called_by_us: set[CallId] = set()
        self._measured: set[CallId] = set()
        self._deaf = False
        self._minutes: _Buckets = {}
        self._hours: _Buckets = {}
        self._misses: deque[Miss] = deque(maxlen=MISSES_KEPT)

    def restore(self, settled: Iterable[Wait], live: Iterable[Call]) -> None:
        """After a start: the last day's stored waits, and the calls that are on the line now.

        Who waits now has waited through our absence.
        """
        for wait in sorted(settled, key=lambda one: one.joined_at):
            self._add(wait)
        for call in live:
            if call.direction is Direction.OUT:
                self._called_by_us.add(call.call_id)
            elif call.answered_at is not None:
                self._measured.add(call.call_id)
            elif call.joined_at is not None:
                self._open[call.call_id] = Wait(
                    call_id=call.call_id,
                    skill_group=call.skill_group or GENERAL.code,
                    joined_at=call.joined_at,
                    service_away=True,
                    offered_at=call.offered_at if call.state is CallState.RINGING else None,
                )

    def on_event(self, event: Event) -> None:
        """Take what calls and the link say; everything else is ignored."""
        match event:
            case CallArrived(call_id=call_id, direction=Direction.OUT):
                self._called_by_us.add(call_id)
            case CallQueued(call_id=call_id, skill_group=group, joined_at=joined_at):
                self._joined(call_id, group, joined_at)
            case CallTookLifeboat(call_id=call_id, at=at):
                self._joined(call_id, None, at)
                self._change(call_id, service_away=True)
            case CallOffered(call_id=call_id, at=at):
                self._joined(call_id, None, at)
                if call_id in self._open and self._open[call_id].offered_at is None:
                    self._change(call_id, offered_at=at)
            case CallReturnedToLine(call_id=call_id, seat_id=seat, ending=ending):
                if ending.blame is Blame.SEAT and call_id in self._open:
                    self._change(call_id, refused_by=self._open[call_id].refused_by or seat)
            case CallAnswered(call_id=call_id, at=at):
                self._settle(call_id, at, answered_at=at)
                self._measured.add(call_id)
            case CallAbandoned(call_id=call_id, at=at) | CallEnded(call_id=call_id, at=at):
                self._settle(call_id, at, gave_up_at=at)
                self._measured.discard(call_id)
                self._called_by_us.discard(call_id)
            case LinkLost():
                self._deaf = True
                for call_id in self._open:
                    self._change(call_id, link_lost=True)
            case LinkRestored():
                self._deaf = False
            case _:
                pass

    def board(self) -> Board:
        """The meters now."""
        now = self._now()
        this_minute = _floor(now, _MINUTE)
        midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        overdue = [missed(wait, self._settings, now) for wait in self._open.values()]
        joined = [wait.joined_at for wait in self._open.values()]
        late = sorted(filter(None, overdue), key=lambda one: one.wait.joined_at, reverse=True)
        return Board(
            at=now,
            recent=self._window(this_minute - (self._settings.window_min - 1) * _MINUTE, now),
            today=self._window(midnight.astimezone(now.tzinfo), now),
            day=self._window(this_minute - 24 * _HOUR + _MINUTE, now),
            waiting=len(joined),
            longest_ms=max(0, (now - min(joined)) // timedelta(milliseconds=1)) if joined else 0,
            misses=(*late, *self._misses)[:MISSES_KEPT],
        )

    # Inside.

    def _joined(self, call_id: CallId, group: SkillGroupCode | None, joined_at: datetime) -> None:
        if call_id in self._called_by_us or call_id in self._measured:
            return
        known = self._open.get(call_id)
        if known is not None:
            self._open[call_id] = replace(known, skill_group=group or known.skill_group)
            return
        code = group or GENERAL.code
        self._open[call_id] = Wait(
            call_id=call_id,
            skill_group=code,
            joined_at=joined_at,
            floor=count_floor(self._floor.seats.values(), code),
            link_lost=self._deaf,
        )

    def _change(self, call_id: CallId, **more: object) -> None:
        wait = self._open.get(call_id)
        if wait is not None:
            self._open[call_id] = replace(wait, **more)  # type: ignore[arg-type]

    def _settle(self, call_id: CallId, at: datetime, **how: datetime) -> None:
        self._change(call_id, **how)
        wait = self._open.pop(call_id, None)
        if wait is not None:
            self._add(wait)
            self._tell(WaitMeasured(at=at, call_id=call_id, wait=wait))

    def _add(self, wait: Wait) -> None:
        sums = Sums()
        sums.count(wait, self._settings, wait.joined_at)
        for buckets, size in ((self._minutes, _MINUTE), (self._hours, _HOUR)):
            bucket = buckets.setdefault(_floor(wait.joined_at, size), {})
            bucket.setdefault(wait.skill_group, Sums()).add(sums)
        late = missed(wait, self._settings, wait.joined_at)
        if late is not None:
            self._misses.appendleft(late)
        self._drop_old()

    def _drop_old(self) -> None:
        """In the order of their making, which is that of time but for the waits of minutes."""
        oldest = self._now() - KEPT
        for buckets in (self._minutes, self._hours):
            while buckets and (first := next(iter(buckets))) < oldest:
                del buckets[first]

    def _window(self, since: datetime, now: datetime) -> Window:
        whole, groups = Sums(), dict[SkillGroupCode, Sums]()
        for bucket in self._buckets(since, now):
            for code, sums in bucket.items():
                whole.add(sums)
                groups.setdefault(code, Sums()).add(sums)
        for wait in self._open.values():
            if since <= wait.joined_at:
                whole.count(wait, self._settings, now)
                groups.setdefault(wait.skill_group, Sums()).count(wait, self._settings, now)
        return Window(
            whole=_meter(whole, since, now),
            groups={code: _meter(groups[code], since, now) for code in sorted(groups)},
        )

    def _buckets(self, since: datetime, now: datetime) -> Iterator[dict[SkillGroupCode, Sums]]:
        """Whole hours where they fit, minutes elsewhere; `since` is a whole minute."""
        at = since
        while at <= now:
            whole_hour = at == _floor(at, _HOUR) and at + _HOUR <= now
            buckets, size = (self._hours, _HOUR) if whole_hour else (self._minutes, _MINUTE)
            if at in buckets:
                yield buckets[at]
            at += size


def _meter(sums: Sums, since: datetime, until: datetime) -> Meter:
    return Meter(since=since, until=until, tally=sums.tally())


def _floor(at: datetime, size: timedelta) -> datetime:
    """The whole minute or hour it belongs to."""
    if size is _HOUR:
        return at.replace(minute=0, second=0, microsecond=0)
    return at.replace(second=0, microsecond=0)
