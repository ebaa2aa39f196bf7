"""What the rules say about a call, for the screen of the seat that gets it. 来电提示

    CallRouted: its row's flags and notes ──────────┐
    SeatReserved: what that seat lacks, 需外语支持 ──┴─► Hints ─► screen, draft, decision sentence

Only the last reservation's flags count: the next seat may lack nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cti.events import CallAbandoned, CallEnded, Event
from cti.ids import CallId
from seats.events import CallRouted, SeatReserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """About one call. 来电提示"""

    routed: CallRouted | None = None
    """None for a call that no routing table sent: it was called by us, or came by the lifeboat."""
    lacking: tuple[str, ...] = ()
    """What the chosen seat should know about itself and him. 派席提示"""

    @property
    def flags(self) -> tuple[str, ...]:
        found = () if self.routed is None else self.routed.flags
        return tuple(dict.fromkeys((*found, *self.lacking)))

    @property
    def notes(self) -> tuple[str, ...]:
        return () if self.routed is None else self.routed.notes

    @property
    def sticky(self) -> bool:
        """Whether his row lets him be brought to the seat that knows him."""
        return self.routed is None or self.routed.sticky


def hints_of(events: Iterable[Event]) -> Hints:
    """What a call's whole story comes to."""
    found = Hints()
    for event in events:
        found = _after(found, event)
    return found


class CallHints:
    """The hints of all calls that are not over. 来电提示板"""

    def __init__(self) -> None:
        self._hints: dict[CallId, Hints] = {}

    def of(self, call_id: CallId) -> Hints | None:
        return self._hints.get(call_id)

    def flags(self, call_id: CallId) -> tuple[str, ...]:
        return self._hints.get(call_id, Hints()).flags

    def sticky(self, call_id: CallId) -> bool:
        return self._hints.get(call_id, Hints()).sticky

    def on_event(self, event: Event) -> None:
        """Take what is told, also once more what was told before a restart."""
        match event:
            case CallRouted(call_id=call_id) | SeatReserved(call_id=call_id):
                self._hints[call_id] = _after(self._hints.get(call_id, Hints()), event)
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                self._hints.pop(call_id, None)
            case _:
                pass


def _after(hints: Hints, event: Event) -> Hints:
    match event:
        case CallRouted():
            return replace(hints, routed=event)
        case SeatReserved(flags=flags):
            return replace(hints, lacking=flags)
        case _:
            return hints
