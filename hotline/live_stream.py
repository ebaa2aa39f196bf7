"""The journal and the partials as one stream for viewers. 实时流

    Journal ──wait, read──► LiveStream ──► one bounded queue a viewer
    Transcriber ──partial──────┘

One reader for all viewers. A viewer that falls behind by QUEUE_LIMIT is dropped and comes back
with its last seq; the journal then gives it what it missed.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from asr.events import PartialHeard
from cti.events import Event
from web.errors import ViewerTooSlow
from web.ports import Told

QUEUE_LIMIT = 5_000
PAGE = 500


class JournalReading(Protocol):
    """What the stream needs of the journal. 流水读取"""

    @property
    def last_seq(self) -> int: ...
    @property
    def written_seq(self) -> int: ...
    async def read(self, after: int, limit: int) -> Sequence[tuple[int, Event]]: ...
    async def wait_beyond(self, seq: int) -> None: ...
    async def written(self, seq: int) -> bool: ...


class LiveStream:
    """Fans the journal out to viewers. 实时流"""

    name = "live stream"

    def __init__(self, journal: JournalReading) -> None:
        self._journal = journal
        self._viewers: set[ViewerQueue] = set()
        self._told = journal.last_seq

    @property
    def last_seq(self) -> int:
        """A list read from the tables now is at least as new as this."""
        return self._journal.written_seq

    async def all_written(self) -> None:
        await self._journal.written(self._journal.last_seq)

    async def run(self) -> None:
        """Read the journal as it grows."""
        while True:
            await self._journal.wait_beyond(self._told)
            for seq, event in await self._journal.read(self._told, PAGE):
                self._told = seq
                self._give(Told(seq, event))

    def tell_partial(self, partial: PartialHeard) -> None:
        """Partials are shown and forgotten."""
        self._give(Told(None, partial))

    async def subscribe(self, after: int) -> "ViewerQueue":
        """A queue that begins after that seq. Registered first, so nothing falls in between."""
        viewer = ViewerQueue(self._viewers.discard)
        self._viewers.add(viewer)
        begin = self._told
        missed: list[Told] = []
        while after < begin:
            page = await self._journal.read(after, PAGE)
            if not page:
                break
            missed.extend(Told(seq, event) for seq, event in page if seq <= begin)
            after = page[-1][0]
        viewer.put_first(missed)
        return viewer

    def _give(self, item: Told) -> None:
        for viewer in self._viewers:
            viewer.put(item)


class ViewerQueue:
    """One viewer's events, bounded. 观看队列"""

    def __init__(self, leave: Callable[["ViewerQueue"], None]) -> None:
        self._leave = leave
        self._items: deque[Told] = deque()
        self._more = asyncio.Event()
        self._too_slow = False

    def put(self, item: Told) -> None:
        if len(self._items) >= QUEUE_LIMIT:
            self._too_slow = True
            self._items.clear()
        if not self._too_slow:
            self._items.append(item)
        self._more.set()

    def put_first(self, items: Sequence[Told]) -> None:
        """What came before all that is queued; catching up may be longer than the limit."""
        self._items.extendleft(reversed(items))
        if items:
            self._more.set()

    async def next_batch(self) -> Sequence[Told]:
        """All that is there, at least one. Raises ViewerTooSlow."""
        await self._more.wait()
        if self._too_slow:
            raise ViewerTooSlow
        batch = list(self._items)
        self._items.clear()
        self._more.clear()
        return batch

    def close(self) -> None:
        self._leave(self)
