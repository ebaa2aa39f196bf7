"""A cable that lies: what Asterisk says is dropped, repeated, late, or made up.

    async with lay_cable(stage, FalseWitness) as witness:
        witness.drop(1, event("Hangup", Uniqueid=leg_id))
        witness.invent({"Event": "DeviceStateChange", "Device": "PJSIP/8001", "State": "UNAVAILABLE"})

Only whole messages are touched, and only those from Asterisk; what the service asks goes through.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from tests.live.cable import Cable

END = b"\r\n\r\n"
Headers = Mapping[str, str]
Match = Callable[[Headers], bool]


class Lie(StrEnum):
    DROP = "drop"
    REPEAT = "repeat"
    DELAY = "delay"


@dataclass(slots=True, kw_only=True)
class Falsehood:
    """So many messages of a kind that are not passed on as they are."""

    lie: Lie
    match: Match
    left: int
    seconds: float = 0.0
    told: int = 0
    """How many it has changed."""


def event(name: str, **headers: str) -> Match:
    """Events of that name whose headers are so; a value ending in * matches by its beginning."""

    def match(message: Headers) -> bool:
        return message.get("Event") == name and all(
            message.get(key, "").startswith(value[:-1])
            if value.endswith("*")
            else message.get(key) == value
            for key, value in headers.items()
        )

    return match


class FalseWitness(Cable):
    """Bytes to Asterisk, messages from it."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._falsehoods: list[Falsehood] = []
        self._near: asyncio.StreamWriter | None = None

    def drop(self, count: int, match: Match) -> Falsehood:
        """The next `count` of these never arrive."""
        return self._add(Falsehood(lie=Lie.DROP, match=match, left=count))

    def repeat(self, count: int, match: Match) -> Falsehood:
        """The next `count` of these arrive twice."""
        return self._add(Falsehood(lie=Lie.REPEAT, match=match, left=count))

    def delay(self, count: int, match: Match, seconds: float) -> Falsehood:
        """The next `count` of these arrive later, behind what was said meanwhile."""
        return self._add(Falsehood(lie=Lie.DELAY, match=match, left=count, seconds=seconds))

    def invent(self, headers: Headers) -> None:
        """Something that Asterisk never said arrives now."""
        assert self._near is not None
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._near.write(f"{text}\r\n".encode())

    async def from_asterisk(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Message by message, each true or not."""
        self._near = sink
        async with asyncio.TaskGroup() as group:
            with suppress(OSError, asyncio.IncompleteReadError):
                sink.write(await source.readline())  # the banner
                while True:
                    self._pass_on(await source.readuntil(END), sink, group)
                    await sink.drain()
            sink.transport.abort()

    def _add(self, falsehood: Falsehood) -> Falsehood:
        self._falsehoods.append(falsehood)
        return falsehood

    def _pass_on(self, raw: bytes, sink: asyncio.StreamWriter, group: asyncio.TaskGroup) -> None:
        falsehood = self._falsehood_about(raw)
        if falsehood is None:
            sink.write(raw)
            return
        if falsehood.lie is Lie.REPEAT:
            sink.write(raw + raw)
        elif falsehood.lie is Lie.DELAY:
            group.create_task(_later(raw, sink, falsehood.seconds), name="late message")

    def _falsehood_about(self, raw: bytes) -> Falsehood | None:
        if not any(one.left for one in self._falsehoods):
            return None
        message = _headers(raw)
        for one in self._falsehoods:
            if one.left and one.match(message):
                one.left -= 1
                one.told += 1
                return one
        return None


async def _later(raw: bytes, sink: asyncio.StreamWriter, seconds: float) -> None:
    await asyncio.sleep(seconds)
    if not sink.is_closing():
        sink.write(raw)


def _headers(raw: bytes) -> Headers:
    lines = (line.partition(": ") for line in raw.decode("utf-8", "replace").split("\r\n"))
    return {name: value for name, colon, value in lines if colon}
