"""Who got nobody, was cut off or asked for it, is owed a call. 回拨

    calls' events ──► one task a number, the earliest arrival's      call, postpone, close ◄── people
                            │  ▲                                     dial ◄── CallbackDialler
                            ▼  │ in vain: a pause, or given up
                        place_call ──► the new call's own events say how it went

One open task a caller's number; it closes by itself when the same number is answered, by us or by
his own call (CTI-09). An earlier call of the number that ends later moves the task to its place. A
caller without a number cannot be called back and is only counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from cti.events import CallAbandoned, CallAnswered, CallbackRequested, CallEnded, Event
from cti.ids import CallId, SeatId
from orders.callback_attempts import CALLED_BACK, CallbackAttempts
from orders.callback_book import CallbackBook
from orders.callback_rules import (
    CallbackRules,
    Turn,
    allowed_from,
    first_for,
    in_order,
    is_due,
    serves,
    turns,
)
from orders.citizen_events import MessageLeft
from orders.errors import (
    CallbackForOtherSeats,
    CallbackNobodyDue,
    CallbackNotDue,
    CallbackNotFirst,
    CallbackTimeInvalid,
    CallbackUnderWay,
)
from orders.events import (
    CallbackOwed,
    CallbackPostponed,
)
from orders.lost_calls import Loss, LossWatch, number_key
from orders.model import CallbackReason, CallbackState, CallbackTask, First
from orders.ports import Dialling, Floor, Now, StoredCallbacks, Tell
from seats.errors import UnknownSeat
from seats.model import Seat

log = structlog.get_logger(__name__)

GOT_THROUGH = "caller-got-through"
BY_PERSON = "closed-by-person"
MESSAGE_LEFT = "message-left"


class CallbackDesk:
    """Sole writer of every CallbackTask. 回拨台"""

    def __init__(
        self,
        stored: StoredCallbacks,
        rules: Callable[[], CallbackRules],
        dialling: Dialling,
        floor: Floor,
        tell: Tell,
        now: Now,
    ) -> None:
        self._stored = stored
        self._rules = rules
        self._floor = floor
        self._tell = tell
        self._now = now
        self._lines = LossWatch()
        self._book = CallbackBook(tell, self._tell_changed)
        self._owed = self._book.owed
        self._attempts = CallbackAttempts(
            self._book, self._lines, rules, dialling, tell, now, self._tell_changed
        )
        self.changed: Callable[[], None] = lambda: None
        """Called after every change; the dialler's alarm. 变化通知"""
        self.without_number = 0
        """Callers who would be owed a call but showed no number; shown in /metrics."""

    async def restore(self) -> None:
        """Take up the open tasks and the calls in hand; before any event is told."""
        self._lines.restore(await self._stored.open_callers())
        at = self._now()
        for task in await self._stored.open_callbacks():
            key = number_key(task.caller_number)
            self._owed[key] = task
            if task.reason is CallbackReason.REQUESTED:
                self._lines.asked(task.call_id)
            if task.state is CallbackState.CALLING:
                self._attempts.resume(key, task, at)

    @property
    def open_tasks(self) -> tuple[CallbackTask, ...]:
        """Every task that is not closed, the earliest arrival first."""
        return tuple(in_order(self._owed.values()))

    # What calls say.

    def on_event(self, event: Event) -> None:
        """Take what calls say; everything else is ignored."""
        loss = self._lines.take(event, self._rules().after_wait)
        match event:
            case CallAnswered() | CallAbandoned() | CallEnded():
                self._attempts.hear(event)
            case CallbackRequested():
                self._lines.asked(event.call_id)
            case MessageLeft():
                self._left_message(event)
            case _:
                pass
        if isinstance(event, CallAnswered):
            self._got_through(event)
        if loss is not None:
            self._owe(loss, event.at)
        if isinstance(event, CallAbandoned | CallEnded):
            self._lines.forget(event.call_id)
            self.changed()

    def _got_through(self, event: CallAnswered) -> None:
        number = self._lines.number_of(event.call_id)
        if number is not None and number_key(number) in self._owed:
            why = CALLED_BACK if self._lines.called_by_us(event.call_id) else GOT_THROUGH
            self._book.close(number_key(number), why, event.at, reached=event.call_id)
        for key in [k for k, task in self._owed.items() if task.call_id == event.call_id]:
            # He asked to be called at another number, and then got through after all.
            self._book.close(key, GOT_THROUGH, event.at, reached=event.call_id)

    def _left_message(self, event: MessageLeft) -> None:
        """Somebody will hear what he said: his hanging up after it makes no second task."""
        self._lines.asked(event.call_id)
        for key, task in list(self._owed.items()):
            same = task.call_id == event.call_id and task.state is CallbackState.OWED
            if same and task.reason is not CallbackReason.REQUESTED:
                self._book.close(key, MESSAGE_LEFT, event.at)

    def _owe(self, loss: Loss, at: datetime) -> None:
        key = number_key(loss.caller_number)
        if not any(char.isdecimal() for char in key):
            self.without_number += 1
            return
        present = self._owed.get(key)
        if present is not None and present.arrived_at <= loss.arrived_at:
            return
        if any(k != key and task.call_id == loss.call_id for k, task in self._owed.items()):
            return  # he asked twice in one call: the number that he gave first stands
        allowed = allowed_from(at, self._rules())
        task = present or CallbackTask(
            call_id=loss.call_id,
            caller_number=loss.caller_number,
            reason=loss.reason,
            arrived_at=loss.arrived_at,
            due_at=None if allowed <= at else allowed,
        )
        task = replace(
            task,
            arrived_at=loss.arrived_at,
            joined_at=loss.joined_at,
            skill_group=loss.skill_group or task.skill_group,
        )
        self._owed[key] = task
        self._tell(
            CallbackOwed(
                at=at,
                call_id=task.call_id,
                caller_number=task.caller_number,
                reason=task.reason,
                arrived_at=task.arrived_at,
                joined_at=task.joined_at,
                skill_group=task.skill_group,
                due_at=task.due_at,
            )
        )
        self.changed()

    # What people ask for.

    async def call(self, call_id: CallId, seat_id: SeatId, by: str) -> CallbackTask:
        """Call this citizen back from this seat; whoever came first must be first.

        Raises CallbackUnknown, CallbackUnderWay, CallbackNotDue, CallbackForOtherSeats,
        CallbackNotFirst, UnknownSeat, and what `Dialling.place_call` raises.
        """
        at, rules = self._now(), self._rules()
        seat, floor = self._seat(seat_id), tuple(self._floor.seats.values())
        key, task = self._book.find(call_id)
        if task.state is CallbackState.CALLING:
            raise CallbackUnderWay(task.seat_id)
        if self._lines.on_line(key) or not is_due(task, at, rules):
            raise CallbackNotDue(allowed_from(max(task.due_at or at, at), rules))
        if not serves(seat, task.skill_group, floor):
            raise CallbackForOtherSeats
        first = first_for(seat, self._callable(), floor, at, rules)
        if first is not None and first.call_id != call_id:
            raise CallbackNotFirst(first.call_id)
        # A citizen who is called first gets whichever seat his place in the line gives him.
        await self._attempts.dial(
            key, rules.first, seat_id if rules.first is First.SEAT else None, by
        )
        return self._owed.get(key, task)

    async def call_next(self, seat_id: SeatId, by: str) -> CallbackTask:
        """Call back whoever is this seat's first. Raises CallbackNobodyDue, and as `call` does."""
        seat, floor = self._seat(seat_id), tuple(self._floor.seats.values())
        task = first_for(seat, self._callable(), floor, self._now(), self._rules())
        if task is None:
            raise CallbackNobodyDue
        return await self.call(task.call_id, seat_id, by)

    def postpone(self, call_id: CallId, due_at: datetime, by: str) -> CallbackTask:
        """Call him not before then; his place among those who are due stays.

        Raises CallbackUnknown, CallbackUnderWay, CallbackTimeInvalid.
        """
        key, task = self._book.find(call_id)
        at = self._now()
        if task.state is CallbackState.CALLING:
            raise CallbackUnderWay(task.seat_id)
        if due_at <= at or (due_at - at).days >= 30:
            raise CallbackTimeInvalid
        due_at = allowed_from(due_at, self._rules())
        self._owed[key] = replace(task, due_at=due_at)
        self._tell(CallbackPostponed(at=at, call_id=call_id, due_at=due_at, by=by))
        self.changed()
        return self._owed[key]

    def close(self, call_id: CallId, by: str, note: str) -> None:
        """He need not be called. Raises CallbackUnknown, CallbackUnderWay."""
        key, task = self._book.find(call_id)
        if task.state is CallbackState.CALLING:
            raise CallbackUnderWay(task.seat_id)
        self._book.close(key, BY_PERSON, self._now(), by=by, note=note)

    # What the dialler asks for.

    def turns(self) -> list[Turn]:
        """The automatic callbacks that may begin now."""
        return turns(
            self._callable(), self._floor.seats, self._floor.line, self._now(), self._rules()
        )

    async def dial(self, turn: Turn, by: str) -> None:
        """Begin an automatic callback. Raises what `Dialling.place_call` raises.

        Does nothing if the task is no longer what it was: other calls were placed in between.
        """
        key = number_key(turn.task.caller_number)
        if self._owed.get(key) == turn.task and not self._lines.on_line(key):
            await self._attempts.dial(key, turn.first, turn.seat_id, by)

    def expire(self) -> datetime | None:
        """End attempts of which nothing was heard; when to look again."""
        return self._attempts.expire()

    def next_due(self) -> datetime | None:
        """When the next pause or postponement ends."""
        at, rules = self._now(), self._rules()
        open_ = [task for task in self._owed.values() if task.state is CallbackState.OWED]
        later = [allowed_from(max(task.due_at or at, at), rules) for task in open_]
        return min((due for due in later if due > at), default=None)

    def _tell_changed(self) -> None:
        self.changed()

    def _callable(self) -> Sequence[CallbackTask]:
        """Those who are not on the line themselves at this moment."""
        busy = self._lines.numbers_on_line()
        return [task for key, task in self._owed.items() if key not in busy]

    def _seat(self, seat_id: SeatId) -> Seat:
        seat = self._floor.seats.get(seat_id)
        if seat is None:
            raise UnknownSeat
        return seat
