"""A call's events as marks: short words that a story is stated in. 话务标记

    waits, answered, held, seat rung, seat in aside, is consulting, ..., seat left, citizen hung-up

Pure. Two orders are chance and not stated: which of several legs is gone first, and in what moment of a
move the room that is left tells so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Told = Mapping[str, Any]
"""An event as the journal and the service's pages have it."""

PLAIN = {
    "CallQueued": "waits",
    "CallAnswered": "answered",
    "CallHeld": "held",
    "CallRetrieved": "back",
    "CallTransferred": "transferred",
    "SeatLeftCall": "seat left",
    "KeyPressed": "key",
}
FORMS = ("consulting", "conference")
"""That the talk is held or goes on is told by held and back."""
LEAVINGS = frozenset({"seat left", "third left", "supervisor left"})


@dataclass(frozen=True, slots=True)
class Story:
    """What one call must have told: its marks in order, and how it ended."""

    marks: tuple[str, ...]
    ended: str
    """ "citizen hung-up", or "abandoned: citizen hung-up" if nobody ever answered. """

    def check(self, told: Sequence[Told]) -> None:
        """Raises AssertionError."""
        marks = marks_of(told)
        assert marks[-1:] == [self.ended], (self, marks)
        stayed = [mark for mark in marks[:-1] if mark not in LEAVINGS]
        assert stayed == [mark for mark in self.marks if mark not in LEAVINGS], (self, marks)
        left = Counter(mark for mark in marks if mark in LEAVINGS)
        assert left == Counter(mark for mark in self.marks if mark in LEAVINGS), (self, marks)


def marks_of(told: Iterable[Told]) -> list[str]:
    return [mark for mark in map(_mark, told) if mark is not None]


def _mark(event: Told) -> str | None:
    match event["type"]:
        case "PartyRang":
            return f"{event['role']} rung"
        case "PartyJoined":
            return f"{event['role']} in {event['room']}"
        case "PartyDidNotAnswer":
            return f"{event['role']} {event['ending']['reason']}"
        case "PartyLeft":
            return f"{event['role']} left"
        case "CallReturnedToLine":
            return f"not taken: {event['ending']['reason']}"
        case "TalkChanged" if event["state"] in FORMS:
            return f"is {event['state']}"
        case "CallEnded":
            return _ending(event)
        case "CallAbandoned":
            return f"abandoned: {_ending(event)}"
        case kind:
            return PLAIN.get(kind)


def _ending(event: Told) -> str:
    return f"{event['ending']['blame']} {event['ending']['reason']}"
