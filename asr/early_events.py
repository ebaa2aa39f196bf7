"""Events that come before the service knows what an earlier life left. 早到事件"""

from cti.events import CallArrived, CallEvent
from cti.ids import CallId


class EarlyEvents:
    """Keeps back what cannot be met until the unfinished calls could be read. 早到事件

    The store knows where the recordings of calls began that arrived before our time; calls that arrive
    in it are met at once.
    """

    def __init__(self) -> None:
        self._kept: list[CallEvent] | None = []
        self._ours: set[CallId] = set()

    def due(self, event: CallEvent) -> list[CallEvent]:
        """What can be met now."""
        if self._kept is None or event.call_id in self._ours:
            return [event]
        if not isinstance(event, CallArrived):
            self._kept.append(event)
            return []
        self._ours.add(event.call_id)
        # Of a call that we place the seat's leg may have been told before the call itself.
        ahead = [early for early in self._kept if early.call_id == event.call_id]
        self._kept = [early for early in self._kept if early.call_id != event.call_id]
        return [*ahead, event]

    def began(self, call_id: CallId) -> bool:
        """It arrived in our time."""
        return call_id in self._ours

    def released(self) -> list[CallEvent]:
        """All that was kept; from now on nothing is."""
        kept, self._kept = self._kept or [], None
        self._ours.clear()
        return kept
