"""An open journal for a test, and waiting for what it will do. 测试用流水"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import select

from store.database import Database
from store.journal import Journal
from store.migrate import upgrade
from store.settings import StoreSettings
from store.tables import journal as journal_table

WAIT_LIMIT_S = 30


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        await upgrade(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def writing(database: Database, **settings: int) -> AsyncIterator[Journal]:
    """A journal whose writer runs; closed in order at the end."""
    journal = Journal(database, StoreSettings(**settings))
    await journal.open()
    async with asyncio.TaskGroup() as group:
        writer = group.create_task(journal.run(), name=journal.name)
        await one_turn()  # a task that never began cannot end in order
        yield journal
        writer.cancel()


async def one_turn() -> None:
    """Everybody else who is ready goes first."""
    turn = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(turn.set_result, None)
    await turn


async def until(condition: Callable[[], bool]) -> None:
    """Look again after every short while; TimeoutError if it never comes true."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(WAIT_LIMIT_S):
        while not condition():
            tick = loop.create_future()
            loop.call_later(0.01, tick.set_result, None)
            await tick


async def seqs_in_table(database: Database) -> list[int]:
    async with database.read() as connection:
        found = await connection.execute(select(journal_table.c.seq).order_by(journal_table.c.seq))
        return list(found.scalars())
