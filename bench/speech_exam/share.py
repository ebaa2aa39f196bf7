"""What the product itself takes of the way to the screen, without the recogniser. 自身延迟

Twenty calls as in latency.py, but a recogniser in another process that answers at once. Audio is there
when the leg file on disk has grown by it (seen by a watcher here, every LOOK_EVERY_S); a partial is there when the
seat's websocket viewer has its frame. Between the two lie our looking at the leg, the websocket to the
recogniser and back, the event, and /live; not Asterisk's write buffer, which ended before.
    to_recogniser   audio there → the recogniser has the block
    to_screen       the recogniser has it → the viewer has the frame
    newest          audio there → the frame, of the newest audio in each partial shown
    oldest          the same of the oldest audio that no partial before had shown: what partials
                    that are held back, because people cannot read so fast, cost on top
`plain_timer_late_ms` is how late a timer of 4 ms was in the same run: on a machine that does other work the
tails are its, not the product's.
"""

import asyncio
import os
import subprocess
import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

from asr.events import Side
from bench.speech_exam.calls import read_sentences
from bench.speech_exam.floor import SETTINGS, exam_floor, play, sound_of, voice_of
from bench.speech_exam.scoring import percentile
from bench.speech_exam.watching import Screen, Shown, watched
from cti.leg_files import ENDINGS, samples_per_sample
from hotline.outside.conversation import Speaker
from hotline.places import ROOT

CALLS = 20
TURNS = 6
LOOK_EVERY_S = 0.004
BYTES_PER_MS = 32
GOAL_MS = 50.0
FILES = {Side.CITIZEN: "citizen", Side.OPERATOR: "seat"}


async def measure(calls: str = str(CALLS)) -> dict[str, Any]:
    """Play and watch both ends."""
    count = int(calls)
    sentences = read_sentences()
    screen, legs = Screen(), Legs()

    async def talk(number: int, call_id: str, citizen: Speaker, phone: Speaker) -> None:
        legs.follow(call_id)
        for turn in range(TURNS):
            side = Side.OPERATOR if turn % 2 else Side.CITIZEN
            text = sentences[(number * TURNS + turn) % len(sentences)]
            await (citizen if side is Side.CITIZEN else phone).say(
                await sound_of(text, voice_of(side))
            )

    async with instant_recogniser() as address:
        settings = f'{SETTINGS}\n[asr]\nworkers = 0\nservers = ["{address}"]\n'
        async with exam_floor(count, settings) as stage, watched(stage, count, screen):
            legs.folder = stage.places.legs
            callers = [f"1380000{9500 + number}" for number in range(count)]
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(legs.watch(), name="legs")
                await play(stage, callers, count, talk)
                watching.cancel()
    return _summary(count, screen, legs)


class Legs:
    """When each leg file was seen to have so much audio. 话路增长"""

    def __init__(self) -> None:
        self.folder = Path()
        self.late_ms: list[float] = []
        """How late a plain timer of this process was: what the machine's other work costs anybody."""
        self._seen: dict[tuple[str, Side], list[tuple[float, float]]] = {}

    def follow(self, call_id: str) -> None:
        for side in FILES:
            self._seen[call_id, side] = []

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            for (call_id, side), seen in self._seen.items():
                length_ms = self._length_ms(call_id, side)
                if length_ms > (seen[-1][1] if seen else 0.0):
                    seen.append((monotonic(), length_ms))
            slept_s = monotonic()
            await asyncio.sleep(LOOK_EVERY_S)
            self.late_ms.append((monotonic() - slept_s - LOOK_EVERY_S) * 1000)

    def _length_ms(self, call_id: str, side: Side) -> float:
        for ending in ENDINGS:
            path = self.folder / f"{call_id}-{FILES[side]}{ending}"
            try:
                return os.stat(path).st_size / (BYTES_PER_MS * samples_per_sample(path))
            except OSError:
                continue
        return 0.0

    def there_s(self, call_id: str, side: Side, position_ms: float) -> float | None:
        """When the audio up to this position was there; None where it was before we looked."""
        seen = self._seen.get((call_id, side), [])
        place = bisect_left(seen, position_ms, key=lambda one: one[1])
        return seen[place][0] if 0 < place < len(seen) else None


def _summary(count: int, screen: Screen, legs: Legs) -> dict[str, Any]:
    ways: dict[str, list[float]] = defaultdict(list)
    for call_id, shown in screen.shown.items():
        for side in FILES:
            own = [row for row in shown if row.side == side.value and " " in row.text]
            for name, ms in _ways(legs, call_id, side, own):
                ways[name].append(ms)
    spreads = {name: _spread(values) for name, values in ways.items()}
    return {
        "bench": "speech", "part": "share", "calls": count, "partials": len(ways["newest"]),
        "ms": spreads, "plain_timer_late_ms": _spread(legs.late_ms),
        "watcher_looks_every_ms": LOOK_EVERY_S * 1000,
        "goal_p99_ms": GOAL_MS, "holds": spreads["newest"]["p99"] <= GOAL_MS,
    }  # fmt: skip


def _ways(legs: Legs, call_id: str, side: Side, shown: list[Shown]) -> Iterator[tuple[str, float]]:
    for before, row in pairwise(shown):
        heard_ms, received_us = (int(part) for part in row.text.split(" "))
        received_s = received_us / 1_000_000
        there_s = legs.there_s(call_id, side, row.starts_at_ms + heard_ms)
        earlier_ms = int(before.text.split(" ")[0])
        oldest_s = legs.there_s(call_id, side, row.starts_at_ms + earlier_ms + 1)
        yield "to_screen", (row.at_s - received_s) * 1000
        if there_s is not None and oldest_s is not None:
            yield "to_recogniser", (received_s - there_s) * 1000
            yield "newest", (row.at_s - there_s) * 1000
            yield "oldest", (row.at_s - oldest_s) * 1000


def _spread(values: list[float]) -> dict[str, float]:
    shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    return {name: round(percentile(values, share), 1) for name, share in shares}


@asynccontextmanager
async def instant_recogniser() -> AsyncIterator[str]:
    """One in a process of its own; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.speech_exam.instant_recogniser"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        port = (await asyncio.to_thread(process.stdout.readline)).strip()
        yield f"ws://127.0.0.1:{port}"
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)
        process.stdout.close()
