"""Work orders and their trace. 工单表"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from asr.events import UtteranceHeard
from cti.call import CallState
from cti.events import Direction, Event
from cti.ids import CallId, MessageId, SeatId
from orders.citizen_events import OrderUrged
from orders.events import (
    DiversionFinished,
    DraftDiscarded,
    DraftOpened,
    DraftPassed,
    FieldsEdited,
    FieldsProposed,
    OrderDiverted,
    OrderSubmitted,
    RepeatMarked,
)
from orders.limits import Verdict
from orders.model import (
    Channel,
    FieldValue,
    OrderField,
    OrderId,
    OrderState,
    WorkOrder,
)
from orders.ports import Caller
from store.calls import OPEN_STATES
from store.codec import body_of, build
from store.database import Database, change_row, insert_new
from store.tables import call_limits, calls, order_trace, orders
from store.transcripts import UNFINISHED, StoredTranscripts

MACHINE = "machine"
CITIZEN = "citizen"
URGED = "urged"
WANTED = "wanted"
"""Of a transcript that is to be made up: its words still fill the draft. 待后补"""
IN_LINE = [state.value for state in (CallState.QUEUED, CallState.RINGING)]


def _trace(
    connection: Connection,
    seq: int,
    order_id: OrderId,
    at: datetime,
    by: str,
    changes: Sequence[tuple[str, str | None, str | None]],
) -> None:
    """Rows (what, was, now); numbered, so that one event can change several fields."""
    if not changes:
        return
    rows = [
        {
            "seq": seq, "number": number, "order_id": order_id, "at": at,
            "what": what, "was": was, "now": now, "by": by,
        }
        for number, (what, was, now) in enumerate(changes)
    ]  # fmt: skip
    connection.execute(insert(order_trace), rows)


def _opened(connection: Connection, seq: int, event: DraftOpened) -> None:
    insert_new(
        connection,
        orders,
        order_id=event.order_id,
        call_id=event.call_id,
        seat_id=event.seat_id,
        state=OrderState.DRAFT.value,
        opened_at=event.at,
        fields={},
        revision=0,
        flags=list(event.flags),
        channel=event.channel.value,
        message_id=event.message_id,
        urges=0,
    )
    change = ("state", None, OrderState.DRAFT.value)
    _trace(connection, seq, event.order_id, event.at, MACHINE, [change])


def _passed(connection: Connection, seq: int, event: DraftPassed) -> None:
    was = _column(connection, event.order_id, orders.c.seat_id)
    _update(connection, event.order_id, seat_id=event.seat_id)
    change = ("seat_id", was, event.seat_id)
    _trace(connection, seq, event.order_id, event.at, MACHINE, [change])


def _discarded(connection: Connection, seq: int, event: DraftDiscarded) -> None:
    _update(connection, event.order_id, state=OrderState.DISCARDED.value)
    change = ("state", OrderState.DRAFT.value, OrderState.DISCARDED.value)
    _trace(connection, seq, event.order_id, event.at, MACHINE, [change])


def _filled(connection: Connection, seq: int, event: FieldsProposed | FieldsEdited) -> None:
    before: dict[str, Any] = _column(connection, event.order_id, orders.c.fields) or {}
    after = {**before, **{name.value: body_of(value) for name, value in event.fields}}
    _update(connection, event.order_id, fields=after, revision=event.revision)
    if isinstance(event, FieldsProposed):
        known: dict[str, Any] = _column(connection, event.order_id, orders.c.proposed) or {}
        proposed = {name.value: body_of(value) for name, value in event.fields}
        _update(connection, event.order_id, proposed={**known, **proposed})
    by = event.by if isinstance(event, FieldsEdited) else MACHINE
    changes = [
        (name.value, before.get(name.value, {}).get("value"), value.value)
        for name, value in event.fields
    ]
    _trace(connection, seq, event.order_id, event.at, by, changes)


def _submitted(connection: Connection, seq: int, event: OrderSubmitted) -> None:
    was = _column(connection, event.order_id, orders.c.state)
    _update(
        connection,
        event.order_id,
        state=OrderState.ACCEPTED.value,
        revision=event.revision,
        submitted_at=event.at,
        submitted_by=event.by,
    )
    change = ("state", was, OrderState.ACCEPTED.value)
    _trace(connection, seq, event.order_id, event.at, event.by, [change])


def _diverted(connection: Connection, seq: int, event: OrderDiverted) -> None:
    was = _column(connection, event.order_id, orders.c.diverted_to)
    _update(connection, event.order_id, diverted_to=event.to)
    change = ("diverted_to", was, event.to)
    _trace(connection, seq, event.order_id, event.at, MACHINE, [change])


def _diversion_finished(connection: Connection, seq: int, event: DiversionFinished) -> None:
    _update(connection, event.order_id, state=OrderState.DIVERTED.value)
    change = ("state", OrderState.DRAFT.value, OrderState.DIVERTED.value)
    _trace(connection, seq, event.order_id, event.at, MACHINE, [change])


def _repeat_marked(connection: Connection, seq: int, event: RepeatMarked) -> None:
    was = _column(connection, event.order_id, orders.c.repeat_of)
    _update(connection, event.order_id, repeat_of=event.repeat_of, revision=event.revision)
    change = ("repeat_of", was, event.repeat_of)
    _trace(connection, seq, event.order_id, event.at, event.by, [change])


def _urged(connection: Connection, seq: int, event: OrderUrged) -> None:
    connection.execute(
        update(orders)
        .where(orders.c.order_id == event.order_id)
        .values(urges=orders.c.urges + 1, urged_at=event.at)
    )
    _trace(connection, seq, event.order_id, event.at, CITIZEN, [(URGED, None, event.call_id)])


def _column(connection: Connection, order_id: OrderId, column: Any) -> Any:
    wanted = select(column).where(orders.c.order_id == order_id)
    return (connection.execute(wanted)).scalar()


def _update(connection: Connection, order_id: OrderId, **values: Any) -> None:
    change_row(connection, orders, "order_id", order_id, **values)


PROJECTIONS: dict[type[Event], Any] = {
    DraftOpened: _opened,
    DraftPassed: _passed,
    DraftDiscarded: _discarded,
    FieldsProposed: _filled,
    FieldsEdited: _filled,
    OrderSubmitted: _submitted,
    RepeatMarked: _repeat_marked,
    OrderDiverted: _diverted,
    DiversionFinished: _diversion_finished,
    OrderUrged: _urged,
}


class StoredOrders:
    """Questions about orders; implements orders.ports. 工单查询"""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._transcripts = StoredTranscripts(database)

    async def unfinished_orders(self) -> list[WorkOrder]:
        """Orders of every state whose call is not over or whose transcript is not finished."""
        words_come = calls.c.transcription.in_((*UNFINISHED, WANTED))
        open_call = calls.c.state.in_(OPEN_STATES) | words_come
        wanted = select(orders).join(calls, calls.c.call_id == orders.c.call_id).where(open_call)
        return await self._orders(wanted.order_by(orders.c.order_id))

    async def find_order(self, order_id: OrderId) -> WorkOrder | None:
        found = await self._orders(select(orders).where(orders.c.order_id == order_id))
        return found[0] if found else None

    async def find(self, order_id: OrderId) -> WorkOrder | None:
        return await self.find_order(order_id)

    async def newest(
        self, state: OrderState | None, limit: int, seat_id: str | None
    ) -> list[WorkOrder]:
        """Newest first; discarded drafts only when asked for; only of that seat unless None."""
        wanted = select(orders)
        if state is None:
            wanted = wanted.where(orders.c.state != OrderState.DISCARDED.value)
        else:
            wanted = wanted.where(orders.c.state == state.value)
        if seat_id is not None:
            wanted = wanted.where(orders.c.seat_id == seat_id)
        return await self._orders(wanted.order_by(orders.c.order_id.desc()).limit(limit))

    async def _orders(self, wanted: Any) -> list[WorkOrder]:
        async with self._database.read() as connection:
            return [order_in(row) for row in await connection.execute(wanted)]

    async def last_order_id(self) -> OrderId | None:
        async with self._database.read() as connection:
            last = (await connection.execute(select(func.max(orders.c.order_id)))).scalar()
        return None if last is None else OrderId(last)

    async def utterances_of(self, call_id: CallId) -> Sequence[UtteranceHeard]:
        return await self._transcripts.of_call(call_id)

    async def order_seats(
        self, since: datetime
    ) -> Sequence[tuple[OrderId, CallId, str, SeatId, datetime]]:
        """(order, call, caller's number, seat, opened) of drafts and accepted orders since then."""
        wanted = (
            select(
                orders.c.order_id,
                orders.c.call_id,
                calls.c.caller_number,
                orders.c.seat_id,
                orders.c.opened_at,
            )
            .join(calls, calls.c.call_id == orders.c.call_id)
            .where(
                orders.c.opened_at >= since,
                orders.c.seat_id.is_not(None),
                orders.c.state.in_([OrderState.DRAFT.value, OrderState.ACCEPTED.value]),
            )
            .order_by(orders.c.opened_at)
        )
        async with self._database.read() as connection:
            return [
                (
                    OrderId(row.order_id),
                    CallId(row.call_id),
                    row.caller_number,
                    SeatId(row.seat_id),
                    row.opened_at,
                )
                for row in await connection.execute(wanted)
            ]

    async def open_callers(self) -> Mapping[CallId, Caller]:
        """The caller of every call that is not over."""
        wanted = (
            select(calls, call_limits.c.verdict)
            .outerjoin(call_limits, call_limits.c.call_id == calls.c.call_id)
            .where(calls.c.state.in_(OPEN_STATES))
        )
        async with self._database.read() as connection:
            return {
                CallId(row.call_id): Caller(
                    caller_number=row.caller_number,
                    arrived_at=row.arrived_at,
                    direction=Direction(row.direction),
                    joined_at=row.joined_at,
                    skill_group=row.skill_group,
                    rung=row.offered_at is not None,
                    answered=row.answered_at is not None,
                    waiting=row.state in IN_LINE,
                    refused=row.verdict == Verdict.REFUSED,
                )
                for row in await connection.execute(wanted)
            }

    async def urged(self, order_id: OrderId) -> Sequence[tuple[datetime, CallId]]:
        """When the citizen urged it and in which call, the newest first."""
        wanted = (
            select(order_trace.c.at, order_trace.c.now)
            .where(order_trace.c.order_id == order_id, order_trace.c.what == URGED)
            .order_by(order_trace.c.seq.desc())
        )
        async with self._database.read() as connection:
            return [(row.at, CallId(row.now)) for row in await connection.execute(wanted)]


def order_in(row: Row[Any]) -> WorkOrder:
    """The order that a row of the table holds."""
    return WorkOrder(
        order_id=OrderId(row.order_id),
        call_id=CallId(row.call_id),
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        state=OrderState(row.state),
        opened_at=row.opened_at,
        fields=_values(row.fields),
        revision=row.revision,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        diverted_to=row.diverted_to,
        flags=tuple(row.flags or ()),
        proposed=_values(row.proposed or {}),
        repeat_of=None if row.repeat_of is None else OrderId(row.repeat_of),
        channel=Channel(row.channel),
        message_id=None if row.message_id is None else MessageId(row.message_id),
        urges=row.urges,
        urged_at=row.urged_at,
    )


def _values(fields: Mapping[str, Any]) -> dict[OrderField, FieldValue]:
    return {OrderField(name): build(FieldValue, body) for name, body in fields.items()}
