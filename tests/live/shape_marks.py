"""A call's events as marks: short words that a story is stated in. 话务标记

    waits, answered, held, seat rung, seat in aside, is consulting, back, seat left, citizen hung-up

Pure. Two orders are chance and not stated: in which moment of a move a leg is gone, and with it who is the
citizen's seat from then on; and whether the citizen is on hold before or after the other telephone rings.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
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
LEAVINGS = frozenset({"seat left", "third left", "supervisor left", "transferred"})


@dataclass(frozen=True, slots=True)
class Story:
    """What one call must have told: its marks in order, the last of them how it ended."""

    marks: tuple[str, ...]
    or_else: tuple[tuple[str, ...], ...] = ()
    """What it may tell instead, where the script is a race."""

    def check(self, told: Iterable[Told]) -> None:
        """Raises AssertionError."""
        marks = marks_of(told)
        stated = [_comparable(one) for one in (self.marks, *self.or_else)]
        assert _comparable(marks) in stated, f"{marks} and not {self.marks}"


def _comparable(marks: Iterable[str]) -> tuple[list[str], Counter[str]]:
    marks = list(marks)
    left = Counter(mark for mark in marks if mark in LEAVINGS)
    stayed = [mark for mark in marks if mark not in LEAVINGS]
    for place, mark in enumerate(stayed[1:]):
        if mark == "held" and stayed[place].endswith("rung"):
            stayed[place : place + 2] = [mark, stayed[place]]
    return stayed, left


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
