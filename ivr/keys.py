"""Keys that come while the line is idle: AMI tells them, the story that waits takes them. 等候按键"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from cti.events import Event, KeyPressed
from cti.ids import CallId

MOST_KEYS = 64
"""Nobody means more than that; the rest of a mashed keypad is dropped. 按键缓存上限"""


class Heard:
    """The keys of one call, in their order. 本次按键"""

    def __init__(self) -> None:
        self._keys: asyncio.Queue[tuple[datetime, str]] = asyncio.Queue(MOST_KEYS)

    def note(self, at: datetime, key: str) -> None:
        if not self._keys.full():
            self._keys.put_nowait((at, key))

    def forget(self) -> None:
        """What was pressed so far was meant for something else."""
        while not self._keys.empty():
            self._keys.get_nowait()

    def first(self) -> str:
        """The first that is there already; "" for none."""
        return "" if self._keys.empty() else self._keys.get_nowait()[1]

    async def next(self, since: datetime) -> str:
        """The next one that was pressed after that instant."""
        while True:
            at, key = await self._keys.get()
            if at > since:
                return key


class Keys:
    """Keeps keys for the stories that listen. 按键"""

    def __init__(self) -> None:
        self._heard: dict[CallId, Heard] = {}

    def on_event(self, event: Event) -> None:
        """Take what citizens press; everything else is ignored."""
        if isinstance(event, KeyPressed) and event.call_id in self._heard:
            self._heard[event.call_id].note(event.at, event.key)

    @contextmanager
    def heard(self, call_id: CallId) -> Iterator[Heard]:
        """The keys of a call from now on; a second listener takes the first one's place."""
        mine = self._heard[call_id] = Heard()
        try:
            yield mine
        finally:
            if self._heard.get(call_id) is mine:
                del self._heard[call_id]
