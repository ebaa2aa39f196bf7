import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from asr.events import PartialHeard, Side
from cti.events import LinkLost
from cti.ids import CallId
from hotline import live_stream
from hotline.live_stream import LiveStream
from web.errors import ViewerTooSlow
from web.ports import Told

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def event(number: int) -> LinkLost:
    return LinkLost(at=NOON + timedelta(seconds=number), node="node1", reason=str(number))


class MemoryJournal:
    """Our journal's reading side, in memory."""

    def __init__(self, rows=0):
        self.rows = [(seq, event(seq)) for seq in range(1, rows + 1)]
        self.more = asyncio.Event()

    @property
    def last_seq(self):
        return self.rows[-1][0] if self.rows else 0

    @property
    def written_seq(self):
        return self.last_seq

    def grow(self):
        self.rows.append((self.last_seq + 1, event(self.last_seq + 1)))
        self.more.set()

    async def read(self, after, limit):
        return [row for row in self.rows if row[0] > after][:limit]

    async def wait_beyond(self, seq):
        while self.last_seq <= seq:
            self.more.clear()
            await self.more.wait()

    async def written(self, seq):
        pass


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_viewer_that_comes_back_gets_what_it_missed_then_what_is_new_once_each():
    journal = MemoryJournal(rows=7)
    stream = LiveStream(journal)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(stream.run(), name="stream")
        viewer = await stream.subscribe(after=4)
        journal.grow()
        await settle()
        seen = [told.seq for told in await viewer.next_batch()]
        journal.grow()
        await settle()
        seen += [told.seq for told in await viewer.next_batch()]
        task.cancel()
    assert seen == [5, 6, 7, 8, 9]


async def test_partials_come_between_events_and_have_no_seq():
    journal = MemoryJournal()
    stream = LiveStream(journal)
    viewer = await stream.subscribe(after=0)
    partial = PartialHeard(call_id=CallId("n-1.1"), side=Side.CITIZEN, text="我要", starts_at_ms=0)
    stream.tell_partial(partial)
    assert await viewer.next_batch() == [Told(None, partial)]


async def test_a_viewer_that_does_not_read_is_dropped_and_the_others_are_not(monkeypatch):
    monkeypatch.setattr(live_stream, "QUEUE_LIMIT", 3)
    journal = MemoryJournal()
    stream = LiveStream(journal)
    slow, quick = await stream.subscribe(after=0), await stream.subscribe(after=0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(stream.run(), name="stream")
        seen = 0
        for _ in range(5):
            journal.grow()
            await settle()
            seen += len(await quick.next_batch())
        task.cancel()
    assert seen == 5
    with pytest.raises(ViewerTooSlow):
        await slow.next_batch()
