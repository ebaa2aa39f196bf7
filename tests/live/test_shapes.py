"""Every shape a call can take: one call, one timeline, one recording, and a floor as it was before.

What one story leaves wrong does not stop the others: all that went wrong is told at the end.
"""

import itertools
import traceback

from tests.live.afterwards import OVER, left_whole, ms_between
from tests.live.lane import Lane
from tests.live.playing import open_lanes_stage, play_all
from tests.live.shape_stories import STORIES
from tests.live.shapes import SHAPES
from tests.live.stage import Stage

TIMELINE_SLACK_MS = 1000


async def test_every_shape_is_one_whole_call(ready_var, short_path):
    assert len(SHAPES) >= 40
    assert {shape.name for shape in SHAPES} == STORIES.keys()
    async with open_lanes_stage(ready_var, short_path) as stage:
        played = await play_all(stage, _is_whole)
        troubles = dict(played.troubles)
        for name, calls in played.calls.items():
            try:
                assert len(calls) == len(STORIES[name]), calls
                for call_id, story in zip(calls, STORIES[name], strict=True):
                    story.check(await _told(stage, call_id))
                    await _recorded_whole(stage, call_id)
            except AssertionError:
                troubles[name] = traceback.format_exc(limit=-3)
        assert not troubles, "\n\n".join(f"{name}: {why}" for name, why in troubles.items())
        assert await stage.channels() == 0
        assert not (await (await stage.api()).get("/api/calls?state=live"))["calls"]


async def _told(stage: Stage, call_id: str) -> list[dict]:
    return (await (await stage.api()).get(f"/api/calls/{call_id}/events"))["events"]


async def _is_whole(lane: Lane) -> None:
    """One call, one end, one timeline that adds up."""
    call, told = await lane.over(), await lane.told()
    assert sum(told.count(kind) for kind in OVER) == 1, told
    assert told.count("CallArrived") == 1, told
    await _timeline_adds_up(lane, call)


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
