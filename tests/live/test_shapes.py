"""Every shape a call can take: one call, one timeline, one recording, and a floor as it was before.

Six lanes play the stories side by side on one stage. What one story leaves wrong does not stop the
others: all that went wrong is told at the end.
"""

import asyncio
import itertools
import traceback
from collections.abc import Iterator

from hotline.api_client import ApiRefused
from hotline.outside.errors import OutsideError
from tests.live.afterwards import OVER, left_whole, ms_between
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
TIMELINE_SLACK_MS = 1000


async def test_every_shape_is_one_whole_call(ready_var, short_path):
    assert len(SHAPES) >= 40
    async with (
        deaf_recogniser() as recogniser,
        open_stage(
            ready_var, short_path, f"{SETTINGS}{recogniser}", hears=True, seats=groups_of(LANES)
        ) as stage,
    ):
        troubles: dict[str, str] = {}
        calls: dict[str, str] = {}
        waiting = iter(SHAPES)
        async with asyncio.TaskGroup() as group:
            for lane in await open_lanes(stage, LANES):
                playing = _play(lane, waiting, calls, troubles)
                group.create_task(playing, name=lane.called_number)
        for name, call_id in calls.items():
            try:
                await _recorded_whole(stage, call_id)
            except AssertionError:
                troubles[name] = traceback.format_exc(limit=-3)
        assert not troubles, "\n\n".join(f"{name}: {why}" for name, why in troubles.items())
        assert await stage.channels() == 0
        assert not (await (await stage.api()).get("/api/calls?state=live"))["calls"]


async def _play(
    lane: Lane, waiting: Iterator[Shape], calls: dict[str, str], troubles: dict[str, str]
) -> None:
    for shape in waiting:
        lane.begin()
        try:
            async with asyncio.timeout(STORY_LIMIT_S):
                await shape.story(lane)
                await _is_whole(lane)
                await lane.tidy()
            calls[shape.name] = lane.call_id
        except (AssertionError, OutsideError, ApiRefused, OSError, ValueError, KeyError):
            troubles[shape.name] = traceback.format_exc(limit=-6)
            await lane.clear()


async def _is_whole(lane: Lane) -> None:
    """One call, one end, one timeline that adds up, one recording, no channel left."""
    call = await lane.over()
    await lane.stage.becomes(lambda: _ended(lane), 10)
    told = await lane.told()
    assert sum(told.count(kind) for kind in OVER) == 1, told
    assert told.count("CallArrived") == 1, told
    if lane.ended_by is not None:
        ending = call["ending"]
        assert (ending["blame"], ending["reason"]) == lane.ended_by, ending
    await _timeline_adds_up(lane, call)


async def _ended(lane: Lane) -> bool:
    """The journal has been written; pages read it a moment after the call."""
    return any(kind in OVER for kind in await lane.told())


async def _recorded_whole(stage: Stage, call_id: str) -> None:
    """One recording as long as the call; none where nobody was ever there to be recorded."""
    call = await (await stage.api()).get(f"/api/calls/{call_id}")
    if call["recording_started_at"] is None:
        assert call["answered_at"] is None
        return
    await left_whole(stage, call_id)


async def _timeline_adds_up(lane: Lane, call: dict) -> None:
    api = await lane.stage.api()
    timeline = await api.get(f"/api/calls/{lane.call_id}/timeline")
    parts = timeline["parts"]
    lasted_ms = ms_between(call["arrived_at"], call["ended_at"])
    assert abs(sum(part["ms"] for part in parts) - lasted_ms) < TIMELINE_SLACK_MS, timeline
    assert abs(timeline["total_ms"] - lasted_ms) < TIMELINE_SLACK_MS, timeline
    for before, after in itertools.pairwise(parts):
        assert before["until"] == after["since"], timeline
