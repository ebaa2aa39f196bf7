"""A day out of the journal, as far as another set of rules could have made it otherwise. 历史话务日

SeatStateChanged ─► what people did (sign-ins, breaks)          stays as it was
                 ─► occupations: reserved … wrap-up over        go with the call
CallQueued, SeatReserved, CallAbandoned … ─► visits to the line, with their attempts and patience
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from cti.events import CallAbandoned, CallEnded, CallQueued, CallTookLifeboat, Event
from cti.ids import CallId, SeatId
from seats.events import SeatReserved, SeatStateChanged
from seats.model import Seat, SeatState, WaitingCitizen

PERSONAL = frozenset({SeatState.SIGNED_OUT, SeatState.NOT_READY, SeatState.READY})
"""What an operator does, not a call. 人为状态"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """A seat's part in one call, from the reservation to the end of the wrap-up. 占用"""

    seat_id: SeatId
    call_id: CallId | None
    begins_at: datetime
    talking_at: datetime | None = None
    left_at: datetime | None = None
    over_at: datetime | None = None
    failed: bool = False
    """The seat did not take the call and became not ready. 未接"""
    back_at: datetime | None = None
    """When it was ready again after that. 恢复时刻"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An operator wants his seat so. 人为操作"""

    at: datetime
    seat_id: SeatId
    state: SeatState


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One citizen's time in the line, with every seat that was tried. 排队经历"""

    citizen: WaitingCitizen
    attempts: tuple[Occupation, ...] = ()
    gone_at: datetime | None = None
    """He was gone before anybody answered. 离开时刻"""
    picks: tuple[SeatReserved, ...] = ()
    """Supervisors' choices, which rules do not change. 班长指派"""

    @property
    def answered(self) -> Occupation | None:
        return next((one for one in self.attempts if one.talking_at is not None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDay:
    """Everything that a simulation needs, and what happened. 话务日"""

    seats: tuple[Seat, ...]
    """As they were when it began."""
    wishes: tuple[Wish, ...]
    visits: tuple[Visit, ...]
    other_occupations: tuple[Occupation, ...]
    """Not by the router: the lifeboat, consulted seats, transfers, supervisors."""
    decisions: tuple[SeatReserved, ...]


@dataclass(slots=True)
class _SeatTrack:
    """One seat while the day is read. 座席轨迹"""

    occupied: Occupation | None = None
    chosen: SeatReserved | None = None
    away: tuple[SeatReserved, Occupation] | None = None
    """A failed attempt whose seat is not back yet."""


@dataclass(slots=True)
class _Reader:
    """Reads events in their order. 读取"""

    tracks: dict[SeatId, _SeatTrack] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    others: list[Occupation] = field(default_factory=list)
    decisions: list[SeatReserved] = field(default_factory=list)
    visits: dict[tuple[CallId, datetime], Visit] = field(default_factory=dict)
    latest: dict[CallId, datetime] = field(default_factory=dict)
    attempts: dict[int, Occupation] = field(default_factory=dict)
    """By the identity of the decision that began them."""
    keys: dict[int, tuple[CallId, datetime]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        match event:
            case SeatStateChanged():
                self._seat(event)
            case SeatReserved():
                self._chosen(event)
            case CallQueued(call_id=call_id, joined_at=joined_at):
                self._visit(
                    WaitingCitizen(
                        call_id=call_id,
                        skill_group=event.skill_group,
                        joined_at=joined_at,
                        priority=event.priority,
                    )
                )
            case CallAbandoned(call_id=call_id) | CallEnded(call_id=call_id):
                self._gone(call_id, event.at)
            case CallTookLifeboat(call_id=call_id):
                self._gone(call_id, event.at)
            case _:
                pass

    def _visit(self, citizen: WaitingCitizen) -> None:
        joined_at = self._same_visit(citizen.call_id, citizen.joined_at)
        key = (citizen.call_id, joined_at)
        self.visits.setdefault(key, Visit(citizen=citizen))
        self.latest[citizen.call_id] = joined_at

    def _same_visit(self, call_id: CallId, joined_at: datetime) -> datetime:
        """The dialplan keeps milliseconds, the usher microseconds; and either may be told first."""
        known = self.latest.get(call_id)
        if known is not None and abs((known - joined_at).total_seconds()) < 1:
            return known
        return joined_at

    def _gone(self, call_id: CallId, at: datetime) -> None:
        joined_at = self.latest.pop(call_id, None)
        if joined_at is not None:
            key = (call_id, joined_at)
            self.visits[key] = replace(self.visits[key], gone_at=at)

    def _chosen(self, event: SeatReserved) -> None:
        self.decisions.append(event)
        joined_at = event.joined_at or self.latest.get(event.call_id, event.at)
        self._visit(
            WaitingCitizen(
                call_id=event.call_id,
                skill_group=event.skill_group,
                joined_at=joined_at,
                priority=event.priority,
            )
        )
        joined_at = self.latest[event.call_id]
        key = (event.call_id, joined_at)
        self.keys[id(event)] = key
        visit = self.visits[key]
        # The usher's word: it knows the group that he really waited for, and his own seat.
        citizen = replace(
            visit.citizen, skill_group=event.skill_group, sticky_seat=event.sticky_seat
        )
        picks = visit.picks if event.by is None else (*visit.picks, event)
        self.visits[key] = replace(visit, citizen=citizen, picks=picks)
        track = self.tracks.setdefault(event.seat_id, _SeatTrack())
        if track.occupied is not None and track.occupied.call_id == event.call_id:
            track.chosen = event

    def _seat(self, event: SeatStateChanged) -> None:
        track = self.tracks.setdefault(event.seat_id, _SeatTrack())
        if event.state in PERSONAL:
            self._personal(track, event)
            return
        known = track.occupied
        if known is None or (event.call_id is not None and event.call_id != known.call_id):
            self._close(track, event.at, failed=False)
            known = Occupation(seat_id=event.seat_id, call_id=event.call_id, begins_at=event.at)
        if event.state is SeatState.TALKING and known.talking_at is None:
            known = replace(known, talking_at=event.at)
        elif event.state is SeatState.WRAP_UP:
            known = replace(known, left_at=event.at)
        track.occupied = known

    def _personal(self, track: _SeatTrack, event: SeatStateChanged) -> None:
        known = track.occupied
        if track.away is not None and event.state is not SeatState.NOT_READY:
            chosen, missed = track.away
            self.attempts[id(chosen)] = replace(missed, back_at=event.at)
            track.away = None
        elif known is not None:
            failed = (
                event.state is SeatState.NOT_READY
                and known.talking_at is None
                and track.chosen is not None
            )
            self._close(track, event.at, failed=failed)
            if failed or event.state is SeatState.READY:
                return
        self.wishes.append(Wish(at=event.at, seat_id=event.seat_id, state=event.state))

    def _close(self, track: _SeatTrack, at: datetime | None, *, failed: bool) -> None:
        known, chosen = track.occupied, track.chosen
        track.occupied = track.chosen = None
        if known is None:
            return
        over = replace(known, over_at=at, failed=failed)
        if chosen is None:
            self.others.append(over)
            return
        self.attempts[id(chosen)] = over
        if failed:
            track.away = (chosen, over)

    def finish(self) -> None:
        for track in self.tracks.values():
            self._close(track, None, failed=False)

    def with_attempts(self) -> tuple[Visit, ...]:
        tried: dict[tuple[CallId, datetime], list[Occupation]] = {}
        for decision in self.decisions:
            occupation = self.attempts.get(id(decision))
            if occupation is not None:
                tried.setdefault(self.keys[id(decision)], []).append(occupation)
        made = []
        for key, visit in self.visits.items():
            attempts = tuple(tried.get(key, ()))
            talked = any(one.talking_at is not None for one in attempts)
            made.append(
                replace(visit, attempts=attempts, gone_at=None if talked else visit.gone_at)
            )
        return tuple(made)


def read_day(events: Iterable[Event], seats: Iterable[Seat]) -> RecordedDay:
    """`events` in the order of the journal; `seats` as they were before the first of them.

    A seat that was in a call then is taken for occupied otherwise until it is free.
    """
    begun = tuple(seats)
    reader = _Reader()
    for seat in begun:
        if seat.state not in PERSONAL:
            occupied = Occupation(seat_id=seat.seat_id, call_id=seat.call_id, begins_at=seat.since)
            reader.tracks[seat.seat_id] = _SeatTrack(occupied=occupied)
    for event in events:
        reader.take(event)
    reader.finish()
    return RecordedDay(
        seats=begun,
        wishes=tuple(reader.wishes),
        visits=reader.with_attempts(),
        other_occupations=tuple(reader.others),
        decisions=tuple(reader.decisions),
    )
