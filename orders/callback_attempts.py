"""One try to call somebody back, from its first ring to what came of it. 回拨尝试

    dial ──► CallbackDialled ──► place_call ──► CallbackPlaced ──► the call's own events
               │ refused: owed again              │ answered: closed   │ in vain: a pause, or given up

An attempt is told before anything is dialled; after a crash the task is owed again and the attempt
counts, its outcome unknown, unless its call is still there.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from cti.errors import CtiError, NumberRefused
from cti.events import CallAbandoned, CallAnswered, CallEnded
from cti.ids import CallId, SeatId
from orders.callback_book import Attempt, CallbackBook
from orders.callback_rules import CallbackRules, counts, next_try, outcome_of
from orders.events import CallbackDialled, CallbackPlaced, CallbackTried
from orders.lost_calls import LossWatch
from orders.model import CallbackState, CallbackTask, First, Outcome
from orders.ports import Dialling, Now, Tell
from seats.errors import SeatError

log = structlog.get_logger(__name__)

CALLED_BACK = "called-back"
USED_UP = "attempts-used-up"
NUMBER_REFUSED = "number-refused"


class CallbackAttempts:
    """Makes the tries and follows each to its end. 回拨尝试"""

    def __init__(
        self,
        book: CallbackBook,
        lines: LossWatch,
        rules: Callable[[], CallbackRules],
        dialling: Dialling,
        tell: Tell,
        now: Now,
        changed: Callable[[], None],
    ) -> None:
        self._book = book
        self._lines = lines
        self._rules = rules
        self._dialling = dialling
        self._tell = tell
        self._now = now
        self._changed = changed
        self._placing = 0
        self._unclaimed: list[CallAnswered | CallAbandoned | CallEnded] = []

    def resume(self, key: str, task: CallbackTask, at: datetime) -> None:
        """Take up what was being made when the service last ran."""
        self._book.attempts[key] = Attempt(
            number=task.attempts,
            silent_until=at + self._rules().ring_limit,
            reached=task.reached,
        )
        if task.reached is None or not self._lines.knows(task.reached):
            self._in_vain(key, Outcome.UNKNOWN, at)

    def hear(self, event: CallAnswered | CallAbandoned | CallEnded) -> None:
        """Whether it is one of ours, and what came of it."""
        if self._placing:
            self._unclaimed.append(event)
        self._take(event)

    def expire(self) -> datetime | None:
        """End attempts of which nothing was heard; when to look again."""
        at = self._now()
        for key, attempt in list(self._book.attempts.items()):
            placed = attempt.reached is not None and self._lines.knows(attempt.reached)
            if placed and self._lines.came_to_line(attempt.reached):
                continue  # he waits in the line, for as long as it takes
            if attempt.silent_until <= at:
                self._in_vain(key, Outcome.UNKNOWN, at)
        return min((a.silent_until for a in self._book.attempts.values()), default=None)

    async def dial(self, key: str, first: First, seat_id: SeatId | None, by: str) -> None:
        """Raises what `Dialling.place_call` raises; then he is owed a call as before."""
        at = self._now()
        task = self._book.owed[key]
        number = task.attempts + 1
        attempt = Attempt(number=number, silent_until=at + self._rules().ring_limit)
        self._book.attempts[key] = attempt
        self._book.owed[key] = replace(
            task, state=CallbackState.CALLING, attempts=number, seat_id=seat_id, reached=None
        )
        self._tell(
            CallbackDialled(
                at=at, call_id=task.call_id, attempt=number, first=first, by=by, seat_id=seat_id
            )
        )
        self._placing += 1
        placed: CallId | None = None
        try:
            placed = await self._dialling.place_call(
                task.caller_number,
                seat_id=seat_id,
                first=first,
                callback_id=task.call_id,
                joined_at=task.place,
                skill_group=task.skill_group,
                by=by,
            )
        except (CtiError, SeatError) as refused:
            log.info("a callback could not be placed", call_id=task.call_id, why=refused.code)
            self._not_placed(key, attempt, forever=isinstance(refused, NumberRefused))
            raise
        finally:
            self._placing -= 1
            heard, self._unclaimed = self._unclaimed, self._unclaimed if self._placing else []
        if self._book.attempts.get(key) is not attempt:
            return  # he got through by himself meanwhile
        attempt.reached = placed
        self._book.owed[key] = replace(self._book.owed[key], reached=placed)
        self._tell(
            CallbackPlaced(at=self._now(), call_id=task.call_id, attempt=number, reached=placed)
        )
        for event in heard:
            if event.call_id == placed:
                self._take(event)

    def _take(self, event: CallAnswered | CallAbandoned | CallEnded) -> None:
        attempts = self._book.attempts
        key = next((k for k, a in attempts.items() if a.reached == event.call_id), None)
        if key is None:
            return
        if isinstance(event, CallAnswered):
            self._book.close(key, CALLED_BACK, event.at, reached=event.call_id)
            return
        came = self._lines.came_to_line(event.call_id)
        self._in_vain(key, outcome_of(event.ending, came_to_line=came), event.at)

    def _not_placed(self, key: str, attempt: Attempt, *, forever: bool) -> None:
        if self._book.attempts.get(key) is not attempt:
            return
        if forever:
            self._book.close(key, NUMBER_REFUSED, self._now(), given_up=True)
        else:
            self._in_vain(key, Outcome.NOT_CALLED, self._now())

    def _in_vain(self, key: str, outcome: Outcome, at: datetime) -> None:
        attempt = self._book.attempts.pop(key)
        task = self._book.owed[key]
        rules = self._rules()
        attempts = attempt.number if counts(outcome) else attempt.number - 1
        due_at = next_try(attempts, at, rules) if counts(outcome) else task.due_at
        self._tell(
            CallbackTried(
                at=at,
                call_id=task.call_id,
                attempt=attempt.number,
                attempts=attempts,
                outcome=outcome,
                due_at=due_at,
            )
        )
        self._book.owed[key] = replace(
            task,
            state=CallbackState.OWED,
            attempts=attempts,
            last_outcome=outcome,
            due_at=due_at,
        )
        if due_at is None and counts(outcome):
            self._book.close(key, USED_UP, at, given_up=True)
        self._changed()
