"""Plays every shape of a call, six side by side, on one stage. 话务剧本演练"""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hotline.api_client import ApiRefused
from hotline.outside.errors import OutsideError
from tests.live.afterwards import OVER, journal
from tests.live.deaf_recogniser import deaf_recogniser
from tests.live.lane import Lane
from tests.live.lanes import groups_of, open_lanes
from tests.live.shapes import SHAPES, Shape
from tests.live.stage import Stage, open_stage

LANES = 6
SETTINGS = """
[seats]
wrap_up_limit_s = 1
[ivr]
ring_s = 4
[control]
invite_ring_s = 4
[orders]
callback_from_hour = 0
callback_until_hour = 24
"""
STORY_LIMIT_S = 60.0

Then = Callable[[Lane], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Played:
    """What came of playing all shapes."""

    calls: dict[str, list[str]] = field(default_factory=dict)
    """The calls of each shape that went well, in the order of their arrival."""
    troubles: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def open_lanes_stage(ready_var: Path, short_path: Path) -> AsyncIterator[Stage]:
    """A stage with seats for all lanes; everybody hears, nothing is recognised."""
    async with (
        deaf_recogniser() as recogniser,
        open_stage(
            ready_var, short_path, f"{SETTINGS}{recogniser}", hears=True, seats=groups_of(LANES)
        ) as stage,
    ):
        yield stage


async def play_all(stage: Stage, then: Then) -> Played:
    """Every shape once, and `then` right after each. What one leaves wrong does not stop the others."""
    played, waiting = Played(), iter(SHAPES)
    async with asyncio.TaskGroup() as group:
        for lane in await open_lanes(stage, LANES):
            group.create_task(_play(lane, waiting, then, played), name=lane.called_number)
    return played


async def _play(lane: Lane, waiting: Iterator[Shape], then: Then, played: Played) -> None:
    for shape in waiting:
        lane.begin()
        before = len(calls_of(lane))
        try:
            async with asyncio.timeout(STORY_LIMIT_S):
                await shape.story(lane)
                await lane.over()
                # Pages read the journal a moment after the call.
                await lane.stage.becomes(lambda: _ended(lane), 10)
                await then(lane)
                await lane.tidy()
            played.calls[shape.name] = calls_of(lane)[before:]
        except (AssertionError, OutsideError, ApiRefused, OSError, ValueError, KeyError):
            played.troubles[shape.name] = traceback.format_exc(limit=12)
            await lane.clear()


def calls_of(lane: Lane) -> list[str]:
    """All calls with this lane's citizen so far."""
    return [
        told["call_id"]
        for told in journal(lane.stage, "CallArrived")
        if told["caller_number"] == lane.number
    ]


async def _ended(lane: Lane) -> bool:
    return any(kind in OVER for kind in await lane.told())
