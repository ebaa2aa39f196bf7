"""Every domain event, in order, with a rising seq. 流水

    append ─► memory (readers see it at once) ─► one writer ─► journal + projections, one transaction

A sick store (full, locked, gone) is nobody's trouble but the writer's: events wait in memory and
are written when it is well again. Readers see events before they are on disk; should the process
die then, their seqs are never given out again, because a journal that was not closed in order
begins again `pending_limit` later, and no more than that can have been in memory.
"""

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import islice

import structlog
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from cti.events import Event
from cti.fence import call_fence
from cti.ids import CallId
from store.codec import EventUnreadable, body_of, decode
from store.database import Database, replace_row
from store.projections import project
from store.settings import StoreSettings
from store.tables import journal, marks

log = structlog.get_logger(__name__)

TAIL = 5_000
"""Newest events kept in memory, so that viewers do not read the database."""
FIRST_RETRY_S = 0.05
LAST_RETRY_S = 2.0
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
        self._tail: list[Row] = []
        self._last = 0
        self._written = 0
        self._wake = asyncio.Event()
        self._grew = asyncio.Event()
        self._settled = asyncio.Event()
        self.sick: str | None = None
        """Why the store cannot write, or None."""
        self.lost = 0
        """Events dropped because more than pending_limit waited; 0 in any healthy life."""
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
            closed = select(marks.c.value).where(marks.c.name == CLOSED)
            in_order = (await connection.execute(closed)).scalar()
            await connection.execute(marks.delete().where(marks.c.name == CLOSED))
        clean = last == 0 or (in_order is not None and in_order >= last)
        self._last = max(last, in_order or 0) + (0 if clean else self._settings.pending_limit)
        self._written = self._last

    def append(self, event: Event) -> int:
        """Give the event its seq; never waits, never raises because of a sick store."""
        self._last += 1
        row = (self._last, event)
        if len(self._pending) >= self._settings.pending_limit:
            self._pending.popleft()
            self.lost += 1
        self._pending.append(row)
        self._tail.append(row)
        if len(self._tail) > 2 * TAIL:
            del self._tail[:TAIL]
        self._wake.set()
        self._grew.set()
        return self._last

    async def run(self) -> None:
        """Write until cancelled; then write what is left, if the store will have it."""
        try:
            await self._write_for_ever()
        finally:
            await self._close()

    async def _write_for_ever(self) -> None:
        pause = FIRST_RETRY_S
        while True:
            if not self._pending:
                await self._wake.wait()
            self._wake.clear()
            if not self._pending:
                continue
            try:
                await self._write_batch()
                pause = FIRST_RETRY_S
            except StoreSick:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LAST_RETRY_S)

    async def _close(self) -> None:
        try:
            while self._pending:
                await self._write_batch()
            async with self._database.write() as connection:
                mark = replace_row(connection, marks, name=CLOSED, value=self._last)
                await connection.execute(mark)
        except (StoreSick, OperationalError, InterfaceError, OSError):
            log.error("events could not be written before the end", events=len(self._pending))  # noqa: TRY400

    async def _write_batch(self) -> None:
        """Raises StoreSick; then nothing of the batch was written."""
        batch = list(islice(self._pending, self._settings.batch_limit))
        written, sick = False, None
        with call_fence(NO_CALL):
            try:
                await self._transact(batch, each_on_its_own=False)
                written = True
            except StoreSick as trouble:
                sick = trouble
        if sick is not None:
            raise sick
        if not written:
            # A projection has a mistake: keep every event, and every other projection.
            await self._transact(batch, each_on_its_own=True)
        for _ in batch:
            self._pending.popleft()
        self._written = batch[-1][0]
        if self.sick is not None:
            log.warning("the store writes again")
        self.sick = None
        self._tell_settled()

    async def _transact(self, batch: Sequence[Row], *, each_on_its_own: bool) -> None:
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(journal), [_journal_row(*row) for row in batch])
                for seq, event in batch:
                    if each_on_its_own:
                        await self._project_fenced(connection, seq, event)
                    else:
                        await project(connection, seq, event)
        except (OperationalError, InterfaceError, OSError) as trouble:
            self._note_sick(trouble)
        except DBAPIError as trouble:
            if trouble.connection_invalidated:
                self._note_sick(trouble)
            raise

    async def _project_fenced(self, connection: AsyncConnection, seq: int, event: Event) -> None:
        done = False
        with call_fence(getattr(event, "call_id", NO_CALL)):
            async with connection.begin_nested():
                await project(connection, seq, event)
            done = True
        if not done:
            self.projections_failed += 1

    def _note_sick(self, trouble: Exception) -> None:
        why = type(getattr(trouble, "orig", None) or trouble).__name__
        if self.sick is None:
            log.error("the store cannot write; events are kept in memory", why=why)
        self.sick = why
        self._tell_settled()
        raise StoreSick from trouble

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
        """The next events after a seq, from memory if they are there, else from the table."""
        oldest = self._tail[0][0] if self._tail else self._last + 1
        if after >= oldest - 1:
            begin = bisect_right(self._tail, after, key=lambda row: row[0])
            return self._tail[begin : begin + limit]
        wanted = select(journal).where(journal.c.seq > after).order_by(journal.c.seq).limit(limit)
        async with self._database.read() as connection:
            found = (await connection.execute(wanted)).all()
        rows = [row for row in map(_event_row, found) if row is not None]
        return rows or self._tail[:limit]


def _journal_row(seq: int, event: Event) -> dict[str, object]:
    call_id = getattr(event, "call_id", None)
    name, body = type(event).__name__, body_of(event)
    return {"seq": seq, "type": name, "at": event.at, "call_id": call_id, "body": body}


def _event_row(found: object) -> Row | None:
    row = found._mapping  # type: ignore[attr-defined]
    try:
        return row["seq"], decode(row["type"], row["body"])
    except EventUnreadable as wrong:
        log.error("a journal row cannot be read", seq=row["seq"], type=str(wrong))  # noqa: TRY400
        return None
