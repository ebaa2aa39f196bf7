"""Who did and saw what: two logs whose rows are only added, each sealed with the one before. 留痕

    seal(n) = HMAC(the house's key, seal(n-1) + the row's fields as JSON)

So a row that was changed, or one that is missing between two others, is found by whoever has the key.
The key is in var/secrets.toml and not in the database. Old views go from the beginning of their log.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, Table, and_, delete, func, insert, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import Database
from store.tables import EPOCH, MICROSECOND, audit_log, view_log

PAGE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredNote:
    """A row of one of the logs, without its place and seal. 留痕记录"""

    at: datetime
    who: str
    kind: str
    subject: str = ""
    call_id: str | None = None
    order_id: str | None = None
    address: str = ""
    outcome: str = "done"
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for. 查询条件"""

    since: datetime
    until: datetime
    who: str | None
    kind: str | None
    about: str | None
    outcome: str | None
    limit: int


class StoredAudit:
    """Both logs. 留痕"""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    def add(self, connection: Connection, log: Table, notes: Sequence[StoredNote]) -> None:
        """Within the transaction of what they are about, or in one of their own."""
        if not notes:
            return
        if connection.dialect.name == "postgresql":
            # Two writers must not seal with the same row before; SQLite has one writer anyhow.
            connection.execute(text(f"LOCK TABLE {log.name} IN EXCLUSIVE MODE"))
        newest = select(log.c.seq, log.c.seal).order_by(log.c.seq.desc()).limit(1)
        last = connection.execute(newest).one_or_none()
        seq, seal = (0, "") if last is None else (last.seq, last.seal)
        rows = []
        for note in notes:
            seq += 1
            seal = self._seal(seal, seq, note)
            rows.append({"seq": seq, "seal": seal, **_values(note)})
        connection.execute(insert(log), rows)

    async def add_acts(self, connection: AsyncConnection, *notes: StoredNote) -> None:
        await connection.run_sync(self.add, audit_log, notes)

    async def search(self, sought: Sought, *, views: bool) -> list[tuple[int, StoredNote]]:
        """The newest first."""
        log = view_log if views else audit_log
        wanted = [log.c.at >= sought.since, log.c.at < sought.until]
        for column, value in ((log.c.who, sought.who), (log.c.outcome, sought.outcome)):
            if value is not None:
                wanted.append(column == value)
        if sought.kind is not None:
            below = log.c.kind.startswith(sought.kind + ".", autoescape=True)
            wanted.append(or_(log.c.kind == sought.kind, below))
        if sought.about is not None:
            wanted.append(
                or_(*(c == sought.about for c in (log.c.call_id, log.c.order_id, log.c.subject)))
            )
        asked = select(log).where(and_(*wanted)).order_by(log.c.seq.desc()).limit(sought.limit)
        async with self._database.read() as connection:
            return [(row.seq, _note(row)) for row in await connection.execute(asked)]

    async def kinds(self) -> list[str]:
        async with self._database.read() as connection:
            found: set[str] = set()
            for log in (audit_log, view_log):
                found.update((await connection.execute(select(log.c.kind).distinct())).scalars())
        return sorted(found)

    async def verify(self, *, views: bool) -> tuple[int, int | None]:
        """(How many rows, the seq of the first that is not as it was written or None)."""
        log = view_log if views else audit_log
        # Old views go from the beginning, acts never do: of them the very first row must be there.
        count, after = 0, 0
        seal: str | None = None if views else ""
        while True:
            page = select(log).where(log.c.seq > after).order_by(log.c.seq).limit(PAGE)
            async with self._database.read() as connection:
                rows = (await connection.execute(page)).all()
            for row in rows:
                seal = "" if seal is None and row.seq == 1 else seal
                follows = seal is None or row.seq == after + 1
                # The first row's predecessor may have been let go; what it was sealed with is gone too.
                whole = seal is None or row.seal == self._seal(seal, row.seq, _note(row))
                if not follows or not whole:
                    return count, row.seq
                count, after, seal = count + 1, row.seq, row.seal
            if len(rows) < PAGE:
                return count, None

    async def forget_views(self, before: datetime) -> int:
        """How many went; the newest row stays, because the next is sealed with it."""
        newest = select(func.max(view_log.c.seq)).scalar_subquery()
        gone = delete(view_log).where(view_log.c.at < before, view_log.c.seq < newest)
        async with self._database.write() as connection:
            return (await connection.execute(gone)).rowcount

    def _seal(self, before: str, seq: int, note: StoredNote) -> str:
        values = {**_values(note), "at": (note.at - EPOCH) // MICROSECOND, "seq": seq}
        written = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hmac.digest(self._key, (before + written).encode(), "sha256").hex()


def _values(note: StoredNote) -> dict[str, object]:
    return {**asdict(note), "details": dict(note.details)}


def _note(row: Row[tuple[object, ...]]) -> StoredNote:
    values = dict(row._mapping)
    del values["seq"], values["seal"]
    return StoredNote(**values)
