"""One operation a call, whoever asks for it. 逐一操作"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from cti.errors import CommandUnderWay
from cti.ids import CallId


class OneAtATime:
    """The calls that something is being done with. 操作互斥"""

    def __init__(self) -> None:
        self._busy: set[CallId] = set()
        self._freed = asyncio.Event()

    def check(self, call_id: CallId) -> None:
        """Raises CommandUnderWay."""
        if call_id in self._busy:
            raise CommandUnderWay

    @contextmanager
    def claimed(self, call_id: CallId) -> Iterator[None]:
        """For whoever checked: people do not wait, they are told."""
        self._busy.add(call_id)
        try:
            yield
        finally:
            self._busy.discard(call_id)
            self._freed.set()

    @asynccontextmanager
    async def after_others(self, call_id: CallId) -> AsyncIterator[None]:
        """After whatever is being done; nothing else meanwhile."""
        while call_id in self._busy:
            self._freed.clear()
            await self._freed.wait()
        with self.claimed(call_id):
            yield
