"""Remembers, group by group, what an honest estimate of waiting needs. 等候观察

    citizens' events ──► who waits, since when the line is there, when service began
    seats' events    ──► how long a citizen takes, wrap-up included

Kept in memory only: after a restart it knows little, and says so until it has seen enough.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallEnded,
    CallOffered,
    CallQueued,
    CallReturnedToLine,
    CallTookLifeboat,
    Event,
)
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.events import SeatStateChanged
from seats.model import Seat, SeatState
from seats.ports import Now
from seats.wait_estimate import MOST_HANDLINGS, Estimate, Seen, estimate

KEPT_STARTS = 400
SERVING = frozenset(
    {
        SeatState.READY,
        SeatState.RESERVED,
        SeatState.RINGING,
        SeatState.TALKING,
        SeatState.WRAP_UP,
    }
)
"""A seat that serves, or will as soon as it is done. 在服状态"""
BUSY = SERVING - {SeatState.READY}


@dataclass(slots=True, eq=False)
class _Group:
    """What one group's line has shown. 组内观察"""

    waiting: set[CallId] = field(default_factory=set)
    busy_since: datetime | None = None
    starts: deque[datetime] = field(default_factory=lambda: deque(maxlen=KEPT_STARTS))
    handling_s: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_HANDLINGS))


class WaitWatch:
    """Says a waiting citizen's place and what his wait may be. 等候观察员"""

    def __init__(
        self,
        seats: Callable[[], Mapping[SeatId, Seat]],
        place_of: Callable[[CallId], int | None],
        now: Now,
    ) -> None:
        self._seats = seats
        self._place_of = place_of
        self._now = now
        self._groups: dict[SkillGroupCode, _Group] = {}
        self._group_of: dict[CallId, SkillGroupCode] = {}
        self._serving: dict[SeatId, tuple[SkillGroupCode, datetime]] = {}
        """Which group's citizen each seat has been with, and since when. 在服开始"""

    def estimate(self, call_id: CallId) -> Estimate | None:
        """None when he does not wait."""
        place, code = self._place_of(call_id), self._group_of.get(call_id)
        if place is None or code is None:
            return None
        group = self._groups.get(code) or _Group()
        able = [seat for seat in self._seats().values() if seat.level_for(code) is not None]
        free = sum(seat.state is SeatState.READY and seat.phone_reachable for seat in able)
        return estimate(
            Seen(
                at=self._now(),
                ahead=place - 1,
                serving=free + sum(seat.state in BUSY for seat in able),
                free=free,
                handling_s=tuple(group.handling_s),
                starts=tuple(group.starts),
                busy_since=group.busy_since,
            )
        )

    def served(self, call_id: CallId) -> bool:
        """Whether any seat serves his group now, or will as soon as it is done."""
        code = self._group_of.get(call_id)
        return code is not None and any(
            seat.state in BUSY or (seat.state is SeatState.READY and seat.phone_reachable)
            for seat in self._seats().values()
            if seat.level_for(code) is not None
        )

    def on_event(self, event: Event) -> None:
        """Take what calls and seats say; everything else is ignored."""
        match event:
            case CallQueued(call_id=call_id, skill_group=code):
                self._leave(call_id)
                self._group_of[call_id] = code
                self._wait(call_id, event.at)
            case CallReturnedToLine() | CallTookLifeboat():
                self._wait(event.call_id, event.at)
            case CallOffered():
                self._leave(event.call_id)
            case CallAnswered():
                self._answered(event)
            case CallAbandoned() | CallEnded():
                self._leave(event.call_id)
                self._group_of.pop(event.call_id, None)
            case SeatStateChanged():
                self._seat_changed(event)
            case _:
                pass

    def _wait(self, call_id: CallId, at: datetime) -> None:
        code = self._group_of.get(call_id)
        if code is None:
            return
        group = self._groups.setdefault(code, _Group())
        if not group.waiting:
            group.busy_since = at
        group.waiting.add(call_id)

    def _leave(self, call_id: CallId) -> None:
        group = self._groups.get(self._group_of.get(call_id, SkillGroupCode("")))
        if group is None:
            return
        group.waiting.discard(call_id)
        if not group.waiting:
            group.busy_since = None

    def _answered(self, event: CallAnswered) -> None:
        self._leave(event.call_id)
        code = self._group_of.get(event.call_id)
        if code is not None:
            self._groups.setdefault(code, _Group()).starts.append(event.at)
            self._serving[event.seat_id] = (code, event.at)

    def _seat_changed(self, event: SeatStateChanged) -> None:
        if event.state in BUSY:
            return
        done = self._serving.pop(event.seat_id, None)
        if done is not None and event.was in (SeatState.TALKING, SeatState.WRAP_UP):
            code, since = done
            handled_s = (event.at - since).total_seconds()
            self._groups.setdefault(code, _Group()).handling_s.append(handled_s)
