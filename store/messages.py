"""Voice messages and who saw to them. 留言表"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from asr.events import Side
from cti.events import Event
from cti.ids import CallId, LegId, MessageId, SeatId, message_in
from orders.citizen_events import (
    MessageDiscarded,
    MessageDone,
    MessageLeft,
    MessageTaken,
    MessageTextAsked,
)
from orders.messages import SLACK_MS, HowLeft, Message, MessageState
from orders.model import OrderId
from store.database import Database, change_row, insert_new
from store.tables import calls, messages, orders, own_legs, recordings, utterances

OPEN = [state.value for state in (MessageState.NEW, MessageState.TAKEN)]


def _left(connection: Connection, _seq: int, event: MessageLeft | MessageDiscarded) -> None:
    state = MessageState.NEW if isinstance(event, MessageLeft) else MessageState.DISCARDED
    insert_new(
        connection,
        messages,
        message_id=event.message_id,
        call_id=event.call_id,
        state=state.value,
        began_at=event.began_at,
        left_at=event.at,
        duration_ms=event.duration_ms,
        how=event.how.value,
    )


def _text_asked(connection: Connection, _seq: int, event: MessageTextAsked) -> None:
    _set(connection, event.message_id, text_asked_at=event.at)


def _taken(connection: Connection, _seq: int, event: MessageTaken) -> None:
    _set(
        connection,
        event.message_id,
        state=MessageState.TAKEN.value,
        taken_at=event.at,
        taken_by=event.by,
        seat_id=event.seat_id,
    )


def _done(connection: Connection, _seq: int, event: MessageDone) -> None:
    _set(
        connection,
        event.message_id,
        state=MessageState.DONE.value,
        done_at=event.at,
        done_by=event.by,
        order_id=event.order_id,
        reason=event.reason,
    )


def _set(connection: Connection, message_id: MessageId, **values: Any) -> None:
    change_row(connection, messages, "message_id", message_id, **values)


PROJECTIONS: dict[type[Event], Any] = {
    MessageLeft: _left,
    MessageDiscarded: _left,
    MessageTextAsked: _text_asked,
    MessageTaken: _taken,
    MessageDone: _done,
}


class StoredMessages:
    """Questions about messages; implements orders.ports. 留言查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_messages(self) -> list[Message]:
        """Those that somebody still has to see to; with the order that was made of one."""
        made = select(func.max(orders.c.order_id)).where(
            orders.c.message_id == messages.c.message_id
        )
        wanted = _messages(made.scalar_subquery().label("made"))
        async with self._database.read() as connection:
            found = await connection.execute(wanted.where(messages.c.state.in_(OPEN)))
            return [_message(row, row.made) for row in found]

    async def without_text(self) -> list[Message]:
        """Those whose text nobody has asked for, of every state but DISCARDED."""
        said = messages.c.state != MessageState.DISCARDED.value
        return await self._read(_messages().where(messages.c.text_asked_at.is_(None), said))

    async def untold(self) -> list[tuple[CallId, MessageId, datetime]]:
        """(call, message, beginning) of recorded legs of which no message was told."""
        told = select(messages.c.message_id).where(messages.c.message_id == own_legs.c.leg_id)
        wanted = select(own_legs.c.call_id, own_legs.c.leg_id, own_legs.c.starts_at).where(
            own_legs.c.role.is_(None), ~told.exists()
        )
        async with self._database.read() as connection:
            return [
                (CallId(row.call_id), message_id, row.starts_at)
                for row in await connection.execute(wanted)
                if (message_id := message_in(CallId(row.call_id), LegId(row.leg_id))) is not None
            ]

    async def find_message(self, message_id: MessageId) -> Message | None:
        found = await self._read(_messages().where(messages.c.message_id == message_id))
        return found[0] if found else None

    async def newest(self, limit: int, state: MessageState | None = None) -> list[Message]:
        """Open ones first, the longest waiting at the top; then the others, newest first.

        Discarded ones only if they are asked for.
        """
        wanted = _messages().order_by(
            messages.c.state.not_in(OPEN),
            messages.c.done_at.desc(),
            messages.c.left_at,
            messages.c.message_id,
        )
        if state is None:
            wanted = wanted.where(messages.c.state != MessageState.DISCARDED.value)
        else:
            wanted = wanted.where(messages.c.state == state.value)
        return await self._read(wanted.limit(limit))

    async def counts(self) -> Mapping[MessageState, int]:
        """How many there are in each state, discarded ones too."""
        wanted = select(messages.c.state, func.count().label("many")).group_by(messages.c.state)
        async with self._database.read() as connection:
            return {MessageState(row.state): row.many for row in await connection.execute(wanted)}

    async def texts(self, of: Sequence[Message]) -> Mapping[MessageId, str]:
        """What was said in each, as far as its text is there."""
        wanted = (
            select(
                utterances.c.call_id,
                utterances.c.starts_at_ms,
                utterances.c.text,
                utterances.c.written,
            )
            .where(
                utterances.c.call_id.in_([one.call_id for one in of]),
                utterances.c.side == Side.CITIZEN.value,
                utterances.c.leg_id == "",
            )
            .order_by(utterances.c.starts_at_ms)
        )
        async with self._database.read() as connection:
            said = (await connection.execute(wanted)).all()
        return {
            one.message_id: "".join(
                row.written or row.text
                for row in said
                if row.call_id == one.call_id
                and one.starts_at_ms - SLACK_MS <= row.starts_at_ms < one.ends_at_ms + SLACK_MS
            )
            for one in of
        }

    async def _read(self, wanted: Any) -> list[Message]:
        async with self._database.read() as connection:
            return [_message(row) for row in await connection.execute(wanted)]


def _messages(*further: Any) -> Any:
    """Messages with what their calls know: whose, and since when the recording runs."""
    archived = (
        select(func.max(recordings.c.duration_ms))
        .where(
            recordings.c.call_id == messages.c.call_id,
            recordings.c.leg_id == messages.c.message_id,
        )
        .scalar_subquery()
        .label("archived_ms")
    )
    numbers = (calls.c.caller_number, calls.c.recording_started_at)
    columns = (messages, *numbers, archived, *further)
    return select(*columns).outerjoin(calls, calls.c.call_id == messages.c.call_id)


def _message(row: Row[Any], made: str | None = None) -> Message:
    zero: datetime | None = row.recording_started_at
    order_id = row.order_id or made
    starts = 0 if zero is None else (row.began_at - zero) // timedelta(milliseconds=1)
    return Message(
        message_id=MessageId(row.message_id),
        call_id=CallId(row.call_id),
        state=MessageState(row.state),
        began_at=row.began_at,
        left_at=row.left_at,
        # It is 0 of one that could not be measured any more: its archived file is as long as it is.
        duration_ms=row.duration_ms or row.archived_ms or 0,
        how=HowLeft(row.how),
        text_asked_at=row.text_asked_at,
        taken_at=row.taken_at,
        taken_by=row.taken_by,
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        done_at=row.done_at,
        done_by=row.done_by,
        order_id=None if order_id is None else OrderId(order_id),
        reason=row.reason,
        caller_number=row.caller_number or "",
        starts_at_ms=max(0, starts),
    )
