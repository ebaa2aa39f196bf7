"""The one bounded queue between the socket and the tracker. 收件队列"""

import asyncio
from collections import deque
from collections.abc import Sequence


class Inbox:
    """Messages wait here, a batch per read of the socket; filled by a callback, emptied by one task.

    `put` refuses a batch that would pass the limit: what a full inbox means is the link's affair.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._batches: deque[tuple[float, Sequence[bytes]]] = deque()
        self._more = asyncio.Event()
        self._closed = False
        self.waiting = 0
        """Messages not yet taken. 积压条数"""

    def put(self, arrived_s: float, messages: Sequence[bytes]) -> bool:
        """Whether there was room. `arrived_s` is the loop's time."""
        if self.waiting + len(messages) > self._limit:
            return False
        self.waiting += len(messages)
        self._batches.append((arrived_s, messages))
        self._more.set()
        return True

    def close(self) -> None:
        """Nothing more will come; what waits is still given out."""
        self._closed = True
        self._more.set()

    async def take(self) -> tuple[float, Sequence[bytes]] | None:
        """The oldest batch; None after the last one of a closed inbox."""
        while not self._batches:
            if self._closed:
                return None
            self._more.clear()
            await self._more.wait()
        batch = self._batches.popleft()
        self.waiting -= len(batch[1])
        return batch
