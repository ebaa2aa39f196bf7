"""The database behind everything: SQLite by default, PostgreSQL by URL. 数据库"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, bindparam, create_engine, event, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.schema import Table

T = TypeVar("T")

BUSY_LIMIT_MS = 2_000
"""How long SQLite waits for another writer before it says locked."""
CONNECT_LIMIT_S = 5
ANSWER_LIMIT_S = 20
"""How long PostgreSQL may take for one statement; a server that hangs is a sick one."""

SICK_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOTADB,
    }
)
SICK_POSTGRESQL = frozenset({"08", "25", "28", "3D", "40", "53", "55", "57", "58", "F0", "XX"})
"""Classes of SQLSTATE that speak of the server and not of the statement: connection, read-only,
login, database, rollback, resources, locks, intervention, system, configuration, internal."""


class Database:
    """One engine for the one writer, one for any number of readers. 数据库

    Readers can therefore never keep the writer waiting for a connection.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._writer = self._engine(pool_size=1, max_overflow=1)
        self._readers = self._engine(pool_size=5, max_overflow=10)
        self._writing = asyncio.Lock()
        self._blocking: Engine | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store writer")
        if self.is_sqlite:
            # The async driver hops between threads three times a statement; a batch of hundreds
            # is written three times cheaper by a thread that stays.
            self._blocking = create_engine(self.url.replace("+aiosqlite", ""), pool_size=1)
            event.listen(self._blocking, "connect", _set_up_sqlite)
            event.listen(self._blocking, "begin", _begin_writing)
            event.listen(self._writer.sync_engine, "connect", _set_up_sqlite)
            event.listen(self._readers.sync_engine, "connect", _set_up_sqlite)
            event.listen(self._writer.sync_engine, "begin", _begin_writing)
            event.listen(self._readers.sync_engine, "begin", _begin_reading)

    def _engine(self, *, pool_size: int, max_overflow: int) -> AsyncEngine:
        if self.is_sqlite:
            return create_async_engine(self.url, pool_size=pool_size, max_overflow=max_overflow)
        limits = {"timeout": CONNECT_LIMIT_S, "command_timeout": ANSWER_LIMIT_S}
        return create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_pre_ping=True,  # a server that was started again costs nobody an error
            connect_args=limits,
        )

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end."""
        async with self._writing, self._writer.begin() as connection:
            yield connection

    async def write_at_once(self, work: Callable[[Connection], T]) -> T:
        """Many statements in one transaction that is committed at the end, off the event loop.

        Being cancelled does not stop it: it may be done or not.
        """
        async with self._writing:
            if self._blocking is None:
                async with self._writer.begin() as connection:
                    return await connection.run_sync(work)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, _in_transaction, self._blocking, work)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for queries, all of which see the same moment in SQLite."""
        async with self._readers.connect() as connection:
            yield connection

    async def close(self) -> None:
        await self._readers.dispose()
        await self._writer.dispose()
        if self._blocking is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._blocking.dispose)
        self._thread.shutdown()


def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def is_sick(trouble: Exception) -> bool:
    """Whether the store is in trouble (full, locked, gone), and not what it was asked to do."""
    if isinstance(trouble, OSError | NoConnectionFree):
        return True
    if not isinstance(trouble, DBAPIError):
        return False
    if trouble.connection_invalidated:
        return True
    cause = trouble.orig
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in SICK_SQLITE
    return str(getattr(cause, "sqlstate", None) or "")[:2] in SICK_POSTGRESQL


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions only before INSERT, UPDATE, DELETE: then neither a
    # migration nor a savepoint would be all or nothing. So we begin them ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_LIMIT_MS}")
    # FULL: a committed event survives a power cut, which WAL with NORMAL does not promise.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_writing(connection: Connection) -> None:
    # IMMEDIATE: who will write waits for the lock at once, not in the middle of his transaction.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def insert_new(connection: Connection, table: Table, **values: Any) -> None:
    """INSERT that passes over a row whose key is there."""
    connection.execute(_insert_new(connection.dialect.name, table), values)


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    # Made once: building a statement costs as much as running it.
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def change_row(connection: Connection, table: Table, key: str, of: str, **values: Any) -> None:
    """UPDATE of some columns of the row with that key."""
    connection.execute(_update_of(table, key, tuple(values)), {"the_key": of, **values})


@cache
def _update_of(table: Table, key: str, names: tuple[str, ...]) -> Update:
    changed = {name: bindparam(name, type_=table.c[name].type) for name in names}
    return update(table).where(table.c[key] == bindparam("the_key")).values(changed)


def replace_row(connection: AsyncConnection | Connection, table: Table, **values: Any) -> Insert:
    """INSERT that replaces the other columns of a row whose key is there."""
    keys = [column.name for column in table.primary_key]
    others = {name: value for name, value in values.items() if name not in keys}
    if connection.dialect.name == "postgresql":
        made = postgresql.insert(table).values(**values)
        return made.on_conflict_do_update(index_elements=keys, set_=others)
    return (
        sqlite.insert(table)
        .values(**values)
        .on_conflict_do_update(index_elements=keys, set_=others)
    )
