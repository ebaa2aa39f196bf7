"""Writes notes and sightings behind the requests they came from. 留痕写入

No request waits for it, and no sick store stops a person's work: what cannot be written yet waits in
memory, in order.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Table
from sqlalchemy.exc import SQLAlchemyError

from store.accounts import write_sightings
from store.audit import StoredAudit, StoredNote
from store.database import Database, is_sick
from store.tables import audit_log, view_log

log = structlog.get_logger(__name__)

WAITING_LIMIT = 50_000
"""Hours of a sick store; then the oldest go, and are counted."""
BATCH = 500
RETRY_S = 2.0
TIDY_EVERY = timedelta(hours=24)


class AuditWriter:
    """The one writer of what is noted in passing. 留痕写入"""

    name = "audit writer"

    def __init__(
        self,
        database: Database,
        stored: StoredAudit,
        keep_views: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._stored = stored
        self._keep_views = keep_views
        self._now = now
        self._waiting: deque[tuple[Table, StoredNote]] = deque()
        self._seen: dict[str, datetime] = {}
        self._wake = asyncio.Event()
        self._done = asyncio.Event()
        self._tidied: datetime | None = None
        self.lost = 0
        """Notes that no memory was left for."""
        self.sick = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def note(self, note: StoredNote) -> None:
        self._take(audit_log, note)

    def note_view(self, note: StoredNote) -> None:
        self._take(view_log, note)

    def seen(self, token_hash: str, at: datetime) -> None:
        self._seen[token_hash] = at
        self._wake.set()

    async def all_written(self) -> None:
        """Returns when nothing waits, or the store is known to be sick."""
        while self._waiting and not self.sick:
            await self._done.wait()

    async def run(self) -> None:
        """Write until cancelled; then write what is left, if the store will have it."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                if await self._write_all():
                    await self._tidy()
                else:
                    await asyncio.sleep(RETRY_S)
                    self._wake.set()
        finally:
            # Everything that was done up to now is to be in the log.
            await self._write_all()

    def _take(self, table: Table, note: StoredNote) -> None:
        if len(self._waiting) >= WAITING_LIMIT:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append((table, note))
        self._wake.set()

    async def _write_all(self) -> bool:
        """False when the store would not have it."""
        while self._waiting or self._seen:
            batch = [self._waiting[i] for i in range(min(BATCH, len(self._waiting)))]
            seen = dict(self._seen)

            def work(
                connection: Connection,
                batch: list[tuple[Table, StoredNote]] = batch,
                seen: dict[str, datetime] = seen,
            ) -> None:
                for table in (audit_log, view_log):
                    self._stored.add(connection, table, [n for to, n in batch if to is table])
                write_sightings(connection, seen)

            try:
                await self._database.write_at_once(work)
            except (SQLAlchemyError, OSError) as trouble:
                if not is_sick(trouble):
                    raise
                if not self.sick:
                    log.error("what people did cannot be written yet", waiting=self.waiting)  # noqa: TRY400
                self.sick = True
                self._tell_done()
                return False
            for _ in batch:
                self._waiting.popleft()
            self._seen = {key: at for key, at in self._seen.items() if seen.get(key) != at}
        self.sick = False
        self._tell_done()
        return True

    async def _tidy(self) -> None:
        now = self._now()
        if self._tidied is not None and now - self._tidied < TIDY_EVERY:
            return
        self._tidied = now
        try:
            gone = await self._stored.forget_views(now - self._keep_views)
        except (SQLAlchemyError, OSError) as trouble:
            if not is_sick(trouble):
                raise
            return
        if gone:
            log.info("old views were let go", count=gone)

    def _tell_done(self) -> None:
        self._done.set()
        self._done = asyncio.Event()
