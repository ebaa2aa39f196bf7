"""What a seat's screen is told of its call's words, and when: a websocket viewer of /live. 屏幕视角"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.speech_exam.scoring import matched, spoken_form
from bench.speech_exam.timed_speech import TimedSound
from tests.live.stage import Stage

WORDS = ("PartialHeard", "UtteranceHeard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One frame's word about one side. 屏幕文字"""

    at_s: float
    """CLOCK_MONOTONIC, which all processes of a machine share."""
    side: str
    text: str
    final: bool
    starts_at_ms: int
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class Screen:
    """Everything that came, by call. 屏幕"""

    shown: dict[str, list[Shown]] = field(default_factory=dict)

    async def watch(self, socket: ClientConnection) -> None:
        """Until it closes."""
        try:
            async for frame in socket:
                at_s = monotonic()
                for event in json.loads(frame):
                    if event["type"] in WORDS:
                        self._note(event, at_s)
        except ConnectionClosed:
            return

    def _note(self, event: dict, at_s: float) -> None:
        final = event["type"] == "UtteranceHeard"
        self.shown.setdefault(event["call_id"], []).append(
            Shown(
                at_s=at_s,
                side=event["side"],
                text=event["text"],
                final=final,
                starts_at_ms=event["starts_at_ms"],
                words=tuple(word["text"] for word in event["words"]) if final else (),
            )
        )


@asynccontextmanager
async def watched(stage: Stage, seats: int, screen: Screen) -> AsyncIterator[None]:
    """Every seat's operator looks at his own /live for the length of a block."""
    address = stage.address.replace("http://", "ws://")
    async with AsyncExitStack() as sockets, asyncio.TaskGroup() as group:
        for seat in range(seats):
            cookie = (await stage.api(str(8001 + seat))).cookie
            socket = await sockets.enter_async_context(
                connect(
                    f"{address}/live", additional_headers={"Cookie": cookie},
                    compression=None, max_size=None,
                )
            )  # fmt: skip
            group.create_task(screen.watch(socket), name=f"screen {seat}")
        yield
        await sockets.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """From the end of a word in the sound to the screen, in milliseconds. 延迟"""

    first_ms: tuple[float, ...]
    """To the first partial or final that shows the word."""
    final_ms: tuple[float, ...]
    """To the final that holds it."""
    never: int
    """Words of finals that were not what was said: nothing to measure."""


def delays_of(spoken: Sequence[tuple[TimedSound, float]], shown: Sequence[Shown]) -> Delays:
    """Of one side of one call: its sentences with the moment each began, and all that came of it.

    What a partial shows stands after the finals before it. Only words that the final has right are
    counted, at their last character.
    """
    text = "".join(sound.text for sound, _ in spoken)
    ends_s = [began_s + ms / 1000 for sound, began_s in spoken for ms in sound.ends_ms]
    first_s: dict[int, float] = {}
    final_s: dict[int, float] = {}
    heard = ""
    for one in shown:
        now = heard + spoken_form(one.text)
        for place in matched(text, now):
            if place is not None:
                first_s.setdefault(place, one.at_s)
                if one.final:
                    final_s.setdefault(place, one.at_s)
        heard = now if one.final else heard
    places = matched(text, heard)
    lasts, never, position = [], 0, 0
    for word in (spoken_form(word) for one in shown if one.final for word in one.words):
        own = places[position : position + len(word)]
        position += len(word)
        if own and None not in own:
            lasts.append(own[-1])
        else:
            never += 1

    def after(seen_s: dict[int, float]) -> tuple[float, ...]:
        return tuple(
            (seen_s[place] - ends_s[place]) * 1000
            for place in lasts
            if place is not None and place in seen_s
        )

    return Delays(first_ms=after(first_s), final_ms=after(final_s), never=never)
