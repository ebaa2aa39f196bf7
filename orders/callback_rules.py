"""When somebody may be called back, and whose turn it is. 回拨规则

Pure. The order is the order of arrival: among those who may be called now, a seat gets the one who
came first of those it can serve, and nobody can be picked before him. Somebody in the pause after
an attempt in vain, or postponed, is not overtaken: he had his turn, and keeps his place for the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cti.events import Blame, Ending
from cti.ids import SeatId, SkillGroupCode
from orders.model import CallbackState, CallbackTask, First, Outcome
from orders.serial import SHANGHAI
from orders.settings import OrdersSettings
from seats.model import Seat, SeatState, WaitingCitizen


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRules:
    """How often, when and how citizens are called back. 回拨规则"""

    attempts: int = 3
    pauses: tuple[timedelta, ...] = (timedelta(minutes=10), timedelta(hours=1))
    from_hour: int = 8
    until_hour: int = 21
    first: First = First.SEAT
    automatic: bool = False
    line_patience: timedelta = timedelta(minutes=30)
    after_wait: timedelta = timedelta(0)
    """Who gave up sooner is owed nothing. 最短等待"""
    ring_limit: timedelta = timedelta(seconds=90)


def rules_of(settings: OrdersSettings) -> CallbackRules:
    """The rules in the settings. Raises ValueError when `callback_first` is neither word."""
    return CallbackRules(
        attempts=settings.callback_attempts,
        pauses=tuple(timedelta(minutes=m) for m in settings.callback_pauses_min),
        from_hour=settings.callback_from_hour,
        until_hour=settings.callback_until_hour,
        first=First(settings.callback_first),
        automatic=settings.callback_automatic,
        line_patience=timedelta(minutes=settings.callback_line_patience_min),
        after_wait=timedelta(seconds=settings.callback_after_wait_s),
        ring_limit=timedelta(seconds=settings.callback_ring_limit_s),
    )


def allowed_from(at: datetime, rules: CallbackRules) -> datetime:
    """The first instant from `at` on at which a citizen may be called."""
    local = at.astimezone(SHANGHAI)
    opens = local.replace(hour=0, minute=0, second=0, microsecond=0)
    opens += timedelta(hours=rules.from_hour)
    if local < opens:
        return opens.astimezone(at.tzinfo)
    if local.hour < rules.until_hour:
        return at
    return (opens + timedelta(days=1)).astimezone(at.tzinfo)


def next_try(attempts: int, at: datetime, rules: CallbackRules) -> datetime | None:
    """When to try again after so many attempts, the last one over `at`; None: give up."""
    if attempts >= rules.attempts:
        return None
    pauses = rules.pauses or (timedelta(0),)
    pause = pauses[min(max(attempts, 1), len(pauses)) - 1]
    return allowed_from(at + pause, rules)


def counts(outcome: Outcome) -> bool:
    """Whether the citizen's phone was tried; a seat that did not come costs him no attempt."""
    return outcome is not Outcome.NOT_CALLED


REASONS = {
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "refused": Outcome.REFUSED,
    "cancelled": Outcome.NO_ANSWER,
    "unreachable": Outcome.FAILED,
}
"""The words of cti/talk.py for a leg that was not answered. 未接通原因"""


def outcome_of(ending: Ending, *, came_to_line: bool) -> Outcome:
    """What an ending before any talk says about the attempt."""
    if came_to_line:
        return Outcome.HUNG_UP
    if ending.blame is Blame.SEAT:
        return Outcome.NOT_CALLED
    return REASONS.get(ending.reason, Outcome.UNKNOWN)


def in_order(tasks: Iterable[CallbackTask]) -> list[CallbackTask]:
    """The earliest arrival first."""
    return sorted(tasks, key=lambda task: (task.arrived_at, task.call_id))


def is_due(task: CallbackTask, at: datetime, rules: CallbackRules) -> bool:
    """Owed, its pause is over, and at this hour one may call."""
    if task.state is not CallbackState.OWED or allowed_from(at, rules) > at:
        return False
    return task.due_at is None or task.due_at <= at


def serves(seat: Seat, group: SkillGroupCode | None, floor: Iterable[Seat]) -> bool:
    """Whether this seat can take the group's callbacks: its own, or those of a group with nobody in."""
    if group is None or seat.level_for(group) is not None:
        return True
    return not any(
        other.level_for(group) is not None and other.state is not SeatState.SIGNED_OUT
        for other in floor
    )


def first_for(
    seat: Seat,
    tasks: Iterable[CallbackTask],
    floor: Sequence[Seat],
    at: datetime,
    rules: CallbackRules,
) -> CallbackTask | None:
    """Whom this seat has to call back next."""
    due = (task for task in in_order(tasks) if is_due(task, at, rules))
    return next((task for task in due if serves(seat, task.skill_group, floor)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An automatic callback that may be made now. 自动回拨"""

    task: CallbackTask
    first: First
    seat_id: SeatId | None


def turns(
    tasks: Sequence[CallbackTask],
    floor: Mapping[SeatId, Seat],
    line: Iterable[WaitingCitizen],
    at: datetime,
    rules: CallbackRules,
) -> list[Turn]:
    """The callbacks that may begin now, each for another seat.

    Seat first: a free seat that nobody in the line could take. Citizen first: nobody of his group
    who came before him still waits, and a seat of it is at work; he enters the line at his old place,
    so he neither jumps it nor starves behind it. One at a time and group is called that way.
    """
    if allowed_from(at, rules) > at:
        return []
    waiting = list(line)
    seats = list(floor.values())
    free = sorted(
        (seat for seat in seats if seat.state is SeatState.READY and seat.phone_reachable),
        key=lambda seat: (seat.idle_since, seat.seat_id),
    )
    calling = {
        task.skill_group
        for task in tasks
        if task.state is CallbackState.CALLING and task.seat_id is None
    }
    found: list[Turn] = []
    for task in in_order(tasks):
        if not is_due(task, at, rules):
            continue
        patient = rules.first is First.SEAT and at - (task.due_at or task.arrived_at) < (
            rules.line_patience
        )
        if patient or (rules.first is First.SEAT and not _line_of(task, waiting)):
            seat = next((s for s in free if serves(s, task.skill_group, seats)), None)
            if seat is not None and not any(serves(seat, w.skill_group, seats) for w in waiting):
                free.remove(seat)
                found.append(Turn(task=task, first=First.SEAT, seat_id=seat.seat_id))
        elif task.skill_group not in calling and _may_enter_line(task, waiting, seats):
            calling.add(task.skill_group)
            found.append(Turn(task=task, first=First.CITIZEN, seat_id=None))
    return found


def _line_of(task: CallbackTask, waiting: Iterable[WaitingCitizen]) -> list[WaitingCitizen]:
    return [w for w in waiting if task.skill_group in (None, w.skill_group)]


def _may_enter_line(
    task: CallbackTask, waiting: Iterable[WaitingCitizen], seats: Sequence[Seat]
) -> bool:
    earlier = any(w.joined_at < task.place for w in _line_of(task, waiting))
    at_work = any(
        seat.state not in (SeatState.SIGNED_OUT, SeatState.NOT_READY)
        and serves(seat, task.skill_group, seats)
        for seat in seats
    )
    return at_work and not earlier
