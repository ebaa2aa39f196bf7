"""How a seat's time was spent, and who sat where: sums of what was told, to the millisecond. 考勤

    changes ──► stays, end to end, from `since` to `until` ──► time by state; their sum is the time signed in

Every instant of the window belongs to exactly one stay, so nothing is counted twice and nothing is
missing. Milliseconds are differences of whole positions in the window and not rounded lengths: so
the parts of a time add up to it exactly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from cti.events import PartyRole
from cti.ids import CallId, SeatId
from seats.model import NotReadyReason, SeatState

BEIJING = timezone(timedelta(hours=8))
"""A day begins at midnight of the hotline's own time. 北京时间"""
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A seat came into a state. 状态变化"""

    seat_id: SeatId
    at: datetime
    state: SeatState
    reason: NotReadyReason | None = None
    call_id: CallId | None = None
    operator: str | None = None
    part: PartyRole = PartyRole.SEAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stretch of time in one state. 状态时段"""

    state: SeatState
    reason: NotReadyReason | None
    part: PartyRole
    operator: str | None
    call_id: CallId | None
    since: datetime
    until: datetime
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """All time in one state. 状态合计"""

    state: SeatState
    reason: NotReadyReason | None
    part: PartyRole
    ms: int
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatDay:
    """One seat's window of time. 座席日志

    `signed_in_ms` is counted from sign-in to sign-out by itself and equals the sum of `spent`.
    """

    stays: tuple[Stay, ...]
    spent: tuple[Spent, ...]
    signed_in_ms: int


class NoteKind(StrEnum):
    """What was done to a seat otherwise than by its operator. 座席记录类别"""

    FORCED = "forced"  # 班长强制
    REPAIRED = "repaired"  # 状态纠正


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Somebody forced the seat, or it was repaired, and why. 座席记录"""

    seat_id: SeatId
    at: datetime
    kind: NoteKind
    state: SeatState
    why: str
    was: SeatState | None = None
    call_id: CallId | None = None
    by: str | None = None
    effect: str | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Who was at a seat at an instant, and what it was doing. 在岗"""

    seat_id: SeatId
    operator: str
    state: SeatState
    reason: NotReadyReason | None
    part: PartyRole
    since: datetime
    call_id: CallId | None


def window_of(day: date, now: datetime) -> tuple[datetime, datetime]:
    """The day's beginning and end, which is now for a day that is not over; empty in the future."""
    begin = datetime.combine(day, time(), BEIJING).astimezone(UTC)
    return begin, max(begin, min(begin + timedelta(days=1), now))


def seat_day(
    before: Change | None, changes: Iterable[Change], since: datetime, until: datetime
) -> SeatDay:
    """The window's stays; `before` is the last change ahead of it, `changes` are in journal order."""
    stays = tuple(_stays(before, changes, since, until))
    return SeatDay(stays=stays, spent=_spent(stays), signed_in_ms=_signed_in_ms(stays, since))


def sittings(last_changes: Iterable[Change]) -> tuple[Sitting, ...]:
    """Who sat where, from each seat's last change at that instant."""
    return tuple(
        Sitting(
            seat_id=change.seat_id,
            operator=change.operator,
            state=change.state,
            reason=change.reason,
            part=change.part,
            since=change.at,
            call_id=change.call_id,
        )
        for change in sorted(last_changes, key=lambda change: change.seat_id)
        if change.state is not SeatState.SIGNED_OUT and change.operator is not None
    )


def _stays(
    before: Change | None, changes: Iterable[Change], since: datetime, until: datetime
) -> Iterable[Stay]:
    current, begin = before, since
    for change in changes:
        # A clock that was set back must not make a stay of negative length.
        at = min(max(change.at, begin), until)
        if current is not None and at > begin:
            yield _stay(current, begin, at, since)
        current, begin = change, at
    if current is not None and until > begin:
        yield _stay(current, begin, until, since)


def _stay(change: Change, begin: datetime, end: datetime, origin: datetime) -> Stay:
    return Stay(
        state=change.state,
        reason=change.reason,
        part=change.part,
        operator=change.operator,
        call_id=change.call_id,
        since=begin,
        until=end,
        ms=_position(end, origin) - _position(begin, origin),
    )


def _position(at: datetime, origin: datetime) -> int:
    return (at - origin) // MILLISECOND


def _signed_in_ms(stays: Sequence[Stay], origin: datetime) -> int:
    """From each sign-in to its sign-out, whatever happened between."""
    total, began = 0, None
    for stay in stays:
        signed_in = stay.state is not SeatState.SIGNED_OUT
        if signed_in and began is None:
            began = stay.since
        elif not signed_in and began is not None:
            total += _position(stay.since, origin) - _position(began, origin)
            began = None
    if began is not None:
        total += _position(stays[-1].until, origin) - _position(began, origin)
    return total


def _spent(stays: Iterable[Stay]) -> tuple[Spent, ...]:
    found: dict[tuple[SeatState, NotReadyReason | None, PartyRole], Spent] = {}
    for stay in stays:
        if stay.state is SeatState.SIGNED_OUT:
            continue
        key = (stay.state, stay.reason, stay.part)
        known = found.get(key) or Spent(
            state=stay.state, reason=stay.reason, part=stay.part, ms=0, times=0
        )
        found[key] = replace(known, ms=known.ms + stay.ms, times=known.times + 1)
    return tuple(found.values())
