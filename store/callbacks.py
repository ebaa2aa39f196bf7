"""Who is owed a call, and how often it was tried. 回拨表"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from cti.events import Event
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.events import (
    CallbackClosed,
    CallbackDialled,
    CallbackOwed,
    CallbackPlaced,
    CallbackPostponed,
    CallbackTried,
)
from orders.model import (
    CallbackAttempt,
    CallbackReason,
    CallbackState,
    CallbackTask,
    First,
    Outcome,
)
from orders.ports import Caller
from store.database import Database, change_row, insert_new
from store.orders import StoredOrders
from store.tables import callback_attempts, callbacks

OWED = CallbackState.OWED.value


def _owed(connection: Connection, _seq: int, event: CallbackOwed) -> None:
    """A new task, one whose place an earlier call takes, or the same call's once more."""
    place = {
        "arrived_at": event.arrived_at,
        "joined_at": event.joined_at,
        "skill_group": event.skill_group,
    }
    whole = {
        **place,
        "caller_number": event.caller_number,
        "reason": event.reason.value,
        "state": OWED,
        "due_at": event.due_at,
        "attempts": 0,
        "closed_at": None,
        "closed_why": None,
        "closed_by": None,
        "closed_note": None,
        "seat_id": None,
        "last_outcome": None,
        "reached": None,
    }
    wanted = select(callbacks.c.closed_at).where(callbacks.c.call_id == event.call_id)
    present = connection.execute(wanted).first()
    if present is None:
        insert_new(connection, callbacks, call_id=event.call_id, **whole)
    else:
        _set(connection, event.call_id, **(place if present.closed_at is None else whole))


def _dialled(connection: Connection, seq: int, event: CallbackDialled) -> None:
    _set(
        connection,
        event.call_id,
        state=CallbackState.CALLING.value,
        attempts=event.attempt,
        seat_id=event.seat_id,
        reached=None,
    )
    insert_new(
        connection,
        callback_attempts,
        seq=seq,
        call_id=event.call_id,
        number=event.attempt,
        by=event.by,
        seat_id=event.seat_id,
        first=event.first.value,
        began_at=event.at,
    )


def _placed(connection: Connection, _seq: int, event: CallbackPlaced) -> None:
    _set(connection, event.call_id, reached=event.reached)
    _attempt(connection, event.call_id, reached=event.reached)


def _tried(connection: Connection, _seq: int, event: CallbackTried) -> None:
    _set(
        connection,
        event.call_id,
        state=OWED,
        attempts=event.attempts,
        last_outcome=event.outcome.value,
        due_at=event.due_at,
    )
    _attempt(connection, event.call_id, ended_at=event.at, outcome=event.outcome.value)


def _postponed(connection: Connection, _seq: int, event: CallbackPostponed) -> None:
    _set(connection, event.call_id, due_at=event.due_at)


def _closed(connection: Connection, _seq: int, event: CallbackClosed) -> None:
    state = CallbackState.GIVEN_UP if event.given_up else CallbackState.DONE
    connection.execute(
        update(callbacks)
        .where(callbacks.c.call_id == event.call_id, callbacks.c.closed_at.is_(None))
        .values(
            state=state.value,
            closed_at=event.at,
            closed_why=event.why,
            closed_by=event.by,
            closed_note=event.note,
            reached=event.reached,
        )
    )
    ours = select(callback_attempts.c.reached).where(
        callback_attempts.c.call_id == event.call_id, callback_attempts.c.ended_at.is_(None)
    )
    running = connection.execute(ours).first()
    if running is not None:
        spoke = event.reached is not None and running.reached in (None, event.reached)
        outcome = Outcome.ANSWERED if spoke else Outcome.NOT_CALLED
        _attempt(connection, event.call_id, ended_at=event.at, outcome=outcome.value)


def _set(connection: Connection, call_id: CallId, **values: Any) -> None:
    change_row(connection, callbacks, "call_id", call_id, **values)


def _attempt(connection: Connection, call_id: CallId, **values: Any) -> None:
    """Change the attempt that is being made."""
    connection.execute(
        update(callback_attempts)
        .where(callback_attempts.c.call_id == call_id, callback_attempts.c.ended_at.is_(None))
        .values(**values)
    )


PROJECTIONS: dict[type[Event], Any] = {
    CallbackOwed: _owed,
    CallbackDialled: _dialled,
    CallbackPlaced: _placed,
    CallbackTried: _tried,
    CallbackPostponed: _postponed,
    CallbackClosed: _closed,
}


class StoredCallbacks:
    """Questions about callbacks; implements orders.ports. 回拨查询"""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._orders = StoredOrders(database)

    async def open_callers(self) -> Mapping[CallId, Caller]:
        """The caller of every call that is not over."""
        return await self._orders.open_callers()

    async def open_callbacks(self) -> list[CallbackTask]:
        wanted = select(callbacks).where(callbacks.c.closed_at.is_(None))
        return await self._tasks(wanted.order_by(callbacks.c.arrived_at, callbacks.c.call_id))

    async def newest(self, limit: int, state: CallbackState | None = None) -> list[CallbackTask]:
        """Open ones first, the longest owed at the top; then the closed, newest first."""
        wanted = select(callbacks).order_by(
            callbacks.c.closed_at.is_not(None),
            callbacks.c.closed_at.desc(),
            callbacks.c.arrived_at,
            callbacks.c.call_id,
        )
        if state is not None:
            wanted = wanted.where(callbacks.c.state == state.value)
        return await self._tasks(wanted.limit(limit))

    async def find(self, call_id: CallId) -> CallbackTask | None:
        found = await self._tasks(select(callbacks).where(callbacks.c.call_id == call_id))
        return found[0] if found else None

    async def attempts(self, call_id: CallId) -> Sequence[CallbackAttempt]:
        """In their order."""
        wanted = select(callback_attempts).where(callback_attempts.c.call_id == call_id)
        async with self._database.read() as connection:
            found = await connection.execute(wanted.order_by(callback_attempts.c.seq))
            return [_attempt_of(row) for row in found]

    async def _tasks(self, wanted: Any) -> list[CallbackTask]:
        async with self._database.read() as connection:
            return [_task(row) for row in await connection.execute(wanted)]


def _task(row: Row[Any]) -> CallbackTask:
    return CallbackTask(
        call_id=CallId(row.call_id),
        caller_number=row.caller_number,
        reason=CallbackReason(row.reason),
        arrived_at=row.arrived_at,
        joined_at=row.joined_at,
        skill_group=None if row.skill_group is None else SkillGroupCode(row.skill_group),
        state=CallbackState(row.state),
        due_at=row.due_at,
        attempts=row.attempts,
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        last_outcome=None if row.last_outcome is None else Outcome(row.last_outcome),
        reached=None if row.reached is None else CallId(row.reached),
        closed_at=row.closed_at,
        closed_why=row.closed_why,
        closed_by=row.closed_by,
    )


def _attempt_of(row: Row[Any]) -> CallbackAttempt:
    return CallbackAttempt(
        number=row.number,
        by=row.by,
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        first=First(row.first),
        began_at=row.began_at,
        ended_at=row.ended_at,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        reached=None if row.reached is None else CallId(row.reached),
    )
