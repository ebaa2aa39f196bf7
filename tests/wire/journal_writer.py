"""A process that appends to a journal until it is killed, and says on stdout what it did.

"appended N" is said before anything is awaited, "written N" once the journal confirmed it.
"""

import asyncio
import random
import sys
from datetime import UTC, datetime

from cti.events import KeyPressed
from cti.ids import CallId
from tests.wire.journals import open_database, writing


async def write(url: str, seed: str) -> None:
    chance = random.Random(seed)
    async with open_database(url) as database, writing(database, batch_limit=7) as journal:
        while True:
            for _ in range(chance.randrange(1, 20)):
                key = KeyPressed(
                    at=datetime(2026, 11, 21, tzinfo=UTC), call_id=CallId("1"), key="0"
                )
                seq = journal.append(key)
                sys.stdout.write(f"appended {seq}\n")
                sys.stdout.flush()
            wanted = journal.last_seq - chance.randrange(10)
            if await journal.written(wanted):
                sys.stdout.write(f"written {wanted}\n")
                sys.stdout.flush()


asyncio.run(write(*sys.argv[1:]))
