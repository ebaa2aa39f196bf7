"""Every domain event, in order, with a rising seq. 流水

    append ─► memory (readers see it at once) ─► one writer ─► journal + projections, one transaction

A sick store (full, locked, gone) is nobody's trouble but the writer's: events wait in memory and
are written when it is well again. Readers see events before they are on disk; should the process
die then, their seqs are never given out again: a journal that was not closed in order begins again
SEQS_A_LIFE after the last seq known, and no process lives long enough to give out as many.
"""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import Connection, func, insert, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.exc import SQLAlchemyError

from cti.events import Event
from cti.fence import call_fence
from cti.ids import CallId
from store.codec import EventUnreadable, body_of, decode
from store.database import Database, is_sick, replace_row
from store.projections import project
from store.settings import StoreSettings
from store.tables import journal, marks

log = structlog.get_logger(__name__)

TAIL = 5_000
"""Newest events kept in memory, so that viewers do not read the database."""
FIRST_RETRY_S = 0.05
LAST_RETRY_S = 2.0
CLOSE_LIMIT_S = 5.0
"""How long the end waits for a sick store to take what is left."""
SEQS_A_LIFE = 1_000_000_000
"""500 events a second would need 23 days of a sick store to use them up."""
OPENED = "journal-opened-at"
CLOSED = "journal-closed-at"
NO_CALL = CallId("-")

Row = tuple[int, Event]


class StoreSick(Exception):
    """The store cannot write at present. 存储暂不可写"""

    code = "store-sick"


class Journal:
    """The one writer. 流水"""

    name = "journal"

    def __init__(self, database: Database, settings: StoreSettings) -> None:
        self._database = database
        self._settings = settings
        self._pending: deque[Row] = deque()
        self._in_flight = 0
        """How many of the oldest pending rows the writer is busy with."""
        self._in_doubt = False
        """The last transaction did not say that it was done, nor that it was not."""
        self._tail: list[Row] = []
        self._gone = 0
        """Everything after this seq is in the tail."""
        self._last = 0
        self._written = 0
        self._closing = False
        self._never = asyncio.Event()
        self._wake = asyncio.Event()
        self._grew = asyncio.Event()
        self._settled = asyncio.Event()
        self.sick: str | None = None
        """Why the store cannot write, or None."""
        self.lost = 0
        """Events dropped because more than pending_limit waited, or because no database would
        take them for what they hold; 0 in any healthy life."""
        self.projections_failed = 0

    @property
    def last_seq(self) -> int:
        """The newest seq given out."""
        return self._last

    @property
    def written_seq(self) -> int:
        """Everything up to here is on disk and in the tables."""
        return self._written

    @property
    def pending(self) -> int:
        return len(self._pending)

    async def open(self) -> None:
        """Find the next seq. Call once, before append."""
        async with self._database.write() as connection:
            last = (await connection.execute(select(func.max(journal.c.seq)))).scalar() or 0
            found = await connection.execute(select(marks.c.name, marks.c.value))
            known: dict[str, int] = {row.name: row.value for row in found}
            self._last = max(last, known.get(CLOSED, 0), known.get(OPENED, 0))
            if OPENED in known:
                self._last += SEQS_A_LIFE
            await connection.execute(replace_row(connection, marks, name=OPENED, value=self._last))
        self._written = self._gone = self._last

    def append(self, event: Event) -> int:
        """Give the event its seq; never waits, never raises because of a sick store."""
        self._last += 1
        row = (self._last, event)
        if len(self._pending) - self._in_flight >= self._settings.pending_limit:
            del self._pending[self._in_flight]
            self.lost += 1
        self._pending.append(row)
        self._tail.append(row)
        if len(self._tail) > 2 * TAIL:
            self._shorten_tail()
        self._wake.set()
        self._grew.set()
        return self._last

    def _shorten_tail(self) -> None:
        """Keep the newest, and whatever readers would not yet find in the table."""
        unwritten = self._pending[0][0] if self._pending else self._last + 1
        surplus = bisect_right(self._tail, unwritten - 1, key=_seq_of)
        surplus = min(surplus, len(self._tail) - TAIL)
        if surplus > 0:
            self._gone = self._tail[surplus - 1][0]
            del self._tail[:surplus]

    async def run(self) -> None:
        """Write until cancelled; then write what is left, if the store will have it."""
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(self._write_until_closing(), name="journal writer")
            try:
                await self._never.wait()
            finally:
                # A transaction that is cancelled half-way may be done or not: let it end.
                await self._close(writer)

    async def _close(self, writer: asyncio.Task[None]) -> None:
        self._closing = True
        self._wake.set()
        try:
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await writer
        except (TimeoutError, StoreSick):
            log.error("the journal could not be closed in order", events=len(self._pending))  # noqa: TRY400

    async def _write_until_closing(self) -> None:
        while not self._closing:
            await self._wake.wait()
            self._wake.clear()
            await self._write_all()
        await _fenced(NO_CALL, self._mark_closed)

    async def _write_all(self) -> None:
        """Returns when nothing is left to write, however long that takes."""
        pause = FIRST_RETRY_S
        while self._pending:
            try:
                await self._write_batch()
                pause = FIRST_RETRY_S
            except StoreSick:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LAST_RETRY_S)

    async def _mark_closed(self) -> None:
        async with self._database.write() as connection:
            await connection.execute(replace_row(connection, marks, name=CLOSED, value=self._last))
            await connection.execute(marks.delete().where(marks.c.name == OPENED))

    async def _write_batch(self) -> None:
        """Raises StoreSick; then the batch waits on."""
        batch = list(islice(self._pending, self._settings.batch_limit))
        self._in_flight = len(batch)
        try:
            await self._transact(batch)
        except StoreSick as trouble:
            self._note_sick(trouble)
            raise
        finally:
            self._in_flight = 0
        for _ in batch:
            self._pending.popleft()
        self._written = batch[-1][0]
        if self.sick is not None:
            log.warning("the store writes again")
        self.sick = None
        self._tell_settled()

    async def _transact(self, batch: Sequence[Row]) -> None:
        """Raises StoreSick."""

        async def all_at_once() -> None:
            await self._database.write_at_once(partial(self._write_rows, batch))

        async def one_by_one() -> None:
            self.lost += await self._database.write_at_once(partial(self._write_singly, batch))

        if not await _fenced(NO_CALL, all_at_once):
            # Something in it has a mistake: keep every other event and every other projection.
            self._in_doubt = True
            if not await _fenced(NO_CALL, one_by_one):
                raise StoreSick
        self._in_doubt = False

    # In the writer's thread

    def _write_rows(self, batch: Sequence[Row], connection: Connection) -> None:
        rows = self._not_yet_there(connection, batch)
        if rows:
            connection.execute(insert(journal), [_journal_row(*row) for row in rows])
        for row in rows:
            project(connection, *row)

    def _write_singly(self, batch: Sequence[Row], connection: Connection) -> int:
        """How many events no database would take. Raises StoreSick."""
        rows = self._not_yet_there(connection, batch)
        lost = sum(not self._write_one(connection, *row) for row in rows)
        # SQLite ends a whole transaction by itself in some troubles; then nothing counts.
        if len(_not_there(connection, rows)) != lost:
            raise StoreSick
        return lost

    def _not_yet_there(self, connection: Connection, batch: Sequence[Row]) -> Sequence[Row]:
        """A commit whose answer never came may have been done all the same."""
        rows = _not_there(connection, batch) if self._in_doubt else batch
        self._in_doubt = True
        return rows

    def _write_one(self, connection: Connection, seq: int, event: Event) -> bool:
        """Whether the event could be journaled, with its projections or without. Raises StoreSick."""

        def row() -> None:
            with connection.begin_nested():
                connection.execute(insert(journal), [_journal_row(seq, event)])

        def projections() -> None:
            with connection.begin_nested():
                project(connection, seq, event)

        call_id = getattr(event, "call_id", NO_CALL)
        if not _done(call_id, row):
            return False
        if not _done(call_id, projections):
            self.projections_failed += 1
        return True

    def _note_sick(self, trouble: StoreSick) -> None:
        cause = trouble.__cause__
        why = type(getattr(cause, "orig", None) or cause or trouble).__name__
        if self.sick is None:
            log.error("the store cannot write; events are kept in memory", why=why)
        self.sick = why
        self._tell_settled()

    def _tell_settled(self) -> None:
        self._settled.set()
        self._settled = asyncio.Event()

    async def written(self, seq: int) -> bool:
        """True when that seq is on disk; False as soon as the store is known to be sick."""
        while self._written < seq and self.sick is None:
            await self._settled.wait()
        return self._written >= seq

    async def wait_beyond(self, seq: int) -> None:
        """Return when there is an event after that seq."""
        while self._last <= seq:
            self._grew.clear()
            await self._grew.wait()

    async def read(self, after: int, limit: int) -> Sequence[Row]:
        """The next events after a seq, from memory if they are there, else from the table.

        Empty only if there is nothing after it. Raises StoreSick if the table cannot be read.
        """
        while after < self._gone:
            gone = self._gone
            page = await self._page(after, limit)
            rows = [row for row in map(_event_row, page) if row is not None]
            if rows:
                return rows
            after = page[-1].seq if page else gone
        begin = bisect_right(self._tail, after, key=_seq_of)
        return self._tail[begin : begin + limit]

    async def _page(self, after: int, limit: int) -> Sequence[SqlRow[Any]]:
        wanted = select(journal).where(journal.c.seq > after).order_by(journal.c.seq).limit(limit)
        try:
            async with self._database.read() as connection:
                return (await connection.execute(wanted)).all()
        except (SQLAlchemyError, OSError) as trouble:
            raise StoreSick from trouble


def _not_there(connection: Connection, batch: Sequence[Row]) -> Sequence[Row]:
    if not batch:
        return batch
    wanted = select(journal.c.seq).where(journal.c.seq.between(batch[0][0], batch[-1][0]))
    there = set(connection.execute(wanted).scalars())
    return [row for row in batch if row[0] not in there]


async def _fenced(call_id: CallId, work: Callable[[], Awaitable[None]]) -> bool:
    """Whether it was done; what is wrong with the work itself is logged. Raises StoreSick."""
    sick: StoreSick | None = None
    with call_fence(call_id):
        try:
            await work()
        except (StoreSick, SQLAlchemyError, OSError) as trouble:
            sick = _sickness(trouble)
        else:
            return True
    if sick is not None:
        raise sick
    return False


def _done(call_id: CallId, work: Callable[[], None]) -> bool:
    """As _fenced, in the writer's thread."""
    sick: StoreSick | None = None
    with call_fence(call_id):
        try:
            work()
        except (StoreSick, SQLAlchemyError, OSError) as trouble:
            sick = _sickness(trouble)
        else:
            return True
    if sick is not None:
        raise sick
    return False


def _sickness(trouble: Exception) -> StoreSick:
    """The store's trouble as such; a trouble of the work itself is raised again."""
    if isinstance(trouble, StoreSick):
        return trouble
    if not is_sick(trouble):
        raise trouble
    sick = StoreSick()
    sick.__cause__ = trouble
    return sick


def _seq_of(row: Row) -> int:
    return row[0]


def _journal_row(seq: int, event: Event) -> dict[str, object]:
    call_id = getattr(event, "call_id", None)
    name, body = type(event).__name__, body_of(event)
    return {"seq": seq, "type": name, "at": event.at, "call_id": call_id, "body": body}


def _event_row(row: SqlRow[Any]) -> Row | None:
    try:
        return row.seq, decode(row.type, row.body)
    except EventUnreadable as wrong:
        log.error("a journal row cannot be read", seq=row.seq, type=str(wrong))  # noqa: TRY400
        return None
