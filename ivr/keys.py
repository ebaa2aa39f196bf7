"""Keys that come while the line is idle: AMI tells them, the story that waits takes them. 等候按键

AMI tells every key, also one that a question on the channel has taken already; `answered` says so, and
then its echo is no second press. A key that nothing has taken counts from the first moment on.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cti.events import Event, KeyPressed
from cti.ids import CallId

MOST_KEYS = 64
"""Nobody means more than that; the rest of a mashed keypad is dropped. 按键缓存上限"""
SAME_PRESS = timedelta(seconds=0.7)
"""The key that has just answered, once more: AMI's echo that came late, or a finger that bounced. 同一次按键"""
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Heard:
    """The keys of one call, in their order. 本次按键"""

    def __init__(self) -> None:
        self._keys: asyncio.Queue[tuple[datetime, str]] = asyncio.Queue(MOST_KEYS)
        self._answered_at = LONG_AGO
        self._answer = ""

    def note(self, at: datetime, key: str) -> None:
        if not self._keys.full() and not self._was_meant_before(at, key):
            self._keys.put_nowait((at, key))

    def answered(self, at: datetime, key: str = "") -> None:
        """A step is over, by this key or by none: what was pressed until then was meant for it."""
        self._answered_at, self._answer = at, key
        kept = []
        while not self._keys.empty():
            kept.append(self._keys.get_nowait())
        for one in kept:
            self.note(*one)

    def first(self) -> str:
        """The first that is there already; "" for none."""
        return "" if self._keys.empty() else self._keys.get_nowait()[1]

    async def next(self) -> str:
        """The next one, which may be there already."""
        while True:
            at, key = await self._keys.get()
            if not self._was_meant_before(at, key):
                self._answered_at, self._answer = at, key
                return key

    def _was_meant_before(self, at: datetime, key: str) -> bool:
        if at < self._answered_at:
            return True
        return key == self._answer and at < self._answered_at + SAME_PRESS


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
