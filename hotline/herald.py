"""Tells every event to everyone, in one order. 传令

    owner ──tell──► Herald ──append──► Journal (seq)
                       └──► listener 1, listener 2, …   each event to all before the next

An event that a listener tells while it listens takes its place behind the present one, so all
see the same order. A listener's trouble stays with that listener.
"""

from collections import deque
from collections.abc import Callable

from cti.events import Event
from cti.fence import call_fence
from cti.ids import CallId

Listener = Callable[[Event], None]

NO_CALL = CallId("-")


class Herald:
    """Gives each event its seq, then tells it. 传令者"""

    def __init__(self, append: Callable[[Event], int]) -> None:
        self._append = append
        self._listeners: list[Listener] = []
        self._line: deque[Event] = deque()
        self._telling = False

    def listen(self, listener: Listener) -> None:
        """The listener hears every event from now on; earlier listeners hear it earlier."""
        self._listeners.append(listener)

    def tell(self, event: Event) -> None:
        """Journal the event and tell it; never raises because of a listener."""
        self._line.append(event)
        if self._telling:
            return
        self._telling = True
        try:
            while self._line:
                self._tell_one(self._line.popleft())
        finally:
            self._telling = False

    def _tell_one(self, event: Event) -> None:
        self._append(event)
        for listener in self._listeners:
            with call_fence(getattr(event, "call_id", NO_CALL)):
                listener(event)
