"""Plays a tape through wire, reading and tracker, as the link does, without sockets or time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cti.ami.link import WANTED
from cti.ami.snapshot import Interpreter
from cti.ami.wire import Message, Wire, event_name
from cti.call import Call
from cti.errors import MalformedMessage
from cti.events import Event
from cti.facts import PhoneChanged
from cti.tape import Heard, as_stream, read_tape
from cti.tracker import CallTracker

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Replay:
    """What came of a tape."""

    told: list[Event] = field(default_factory=list)
    phones: list[PhoneChanged] = field(default_factory=list)
    counts: Counter = field(default_factory=Counter)
    tracker: CallTracker | None = None

    @property
    def story(self) -> list[str]:
        return [type(event).__name__ for event in self.told]


def replay_tape(path: Path, node: str = "node1", open_calls: Iterable[Call] = ()) -> Replay:
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    return replay(read_tape(text), node, open_calls)


def replay(messages: Iterable[Heard], node="node1", open_calls: Iterable[Call] = ()) -> Replay:
    return replay_bytes([as_stream(messages)], node, open_calls)


def replay_bytes(chunks: Iterable[bytes], node="node1", open_calls: Iterable[Call] = ()) -> Replay:
    result = Replay()
    result.tracker = CallTracker(result.told.append, lambda: NOON, open_calls)
    wire, interpreter = Wire(), Interpreter(node, result.counts)
    wire.counts = result.counts
    for chunk in chunks:
        for raw in wire.feed(chunk):
            core_status = not event_name(raw) and b"\r\nCoreStartupDate: " in raw
            if event_name(raw) in WANTED or core_status:
                _read(Message(raw), interpreter, result)
    return result


def _read(message: Message, interpreter: Interpreter, result: Replay) -> None:
    try:
        facts = interpreter.facts(message, NOON)
    except MalformedMessage:
        result.counts["malformed-message"] += 1
        return
    for fact in facts:
        if isinstance(fact, PhoneChanged):
            result.phones.append(fact)
        else:
            result.tracker.meet(fact)
