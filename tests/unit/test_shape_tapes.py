"""Every shape of a call, as the real Asterisk told it: the exact story, event by event.

Recorded by tests/live/record_tapes.py. What must be told is stated in tests/live/shape_stories.py from the
shapes' scripts; the recorded list of events is pinned besides.
"""

import itertools
import json
from pathlib import Path

import pytest

from cti.call import OVER
from cti.events import (
    CallAnswered,
    CallEvent,
    PartyDidNotAnswer,
    PartyJoined,
    PartyLeft,
    PartyRang,
    PartyRole,
    SeatLeftCall,
)
from cti.tape import read_tape
from cti.timeline import timeline
from store.codec import encode
from tests.fakes.tape_replay import NOON, replay_tape
from tests.live.shape_stories import STORIES
from tests.live.shapes import SHAPES
from tests.live.tape_cutting import EVENTS, compact, cut_out

TAPES = Path(__file__).parents[1] / "tapes" / "shapes"
TOLD = json.loads((TAPES / "told.json").read_text(encoding="utf-8"))
SIZE_LIMIT = 50_000
SIZE_OF_ALL = 1_500_000
SEAT = PartyRole.SEAT
COUNTED = (CallAnswered, SeatLeftCall, PartyLeft, PartyRang, PartyDidNotAnswer)


def tape_of(name):
    return TAPES / f"{name}.tape"


def stories_of(replay):
    """Each call's events, in the order of the calls."""
    calls = {}
    for event in replay.told:
        assert isinstance(event, CallEvent)
        calls.setdefault(event.call_id, []).append(event)
    return list(calls.values())


def test_every_shape_has_a_tape_and_a_story():
    names = {shape.name for shape in SHAPES}
    assert len(names) >= 40
    assert {path.stem for path in TAPES.glob("*.tape")} == names
    assert STORIES.keys() == names
    assert TOLD.keys() == names


@pytest.mark.parametrize("name", STORIES)
def test_a_real_call_tells_the_story_of_its_script(name):
    told = stories_of(replay_tape(tape_of(name)))
    for events, story in zip(told, STORIES[name], strict=True):
        story.check(encode(event) for event in events)


@pytest.mark.parametrize("name", STORIES)
def test_a_real_call_tells_what_it_told_when_it_was_recorded(name):
    replay = replay_tape(tape_of(name))
    assert [[type(e).__name__ for e in told] for told in stories_of(replay)] == TOLD[name]
    assert not replay.counts
    assert not replay.tracker.unknown


@pytest.mark.parametrize("name", STORIES)
def test_whoever_came_has_left_and_the_call_is_over(name):
    replay = replay_tape(tape_of(name))
    for call in replay.tracker.calls.values():
        assert call.state in OVER
        assert not call.parties
    for told in stories_of(replay):
        legs = {kind: [e.leg_id for e in told if isinstance(e, kind)] for kind in COUNTED}
        seats_came = [e.leg_id for e in told if isinstance(e, PartyJoined) and e.role is SEAT]
        others_came = [e.leg_id for e in told if isinstance(e, PartyJoined) and e.role is not SEAT]
        # A citizen whom we call finds the seat that answered there already.
        came = {*legs[CallAnswered], *seats_came}
        assert sorted(came) == sorted(legs[SeatLeftCall])
        assert sorted(others_came) == sorted(legs[PartyLeft])
        joined = {*seats_came, *others_came}
        assert sorted(legs[PartyRang]) == sorted([*joined, *legs[PartyDidNotAnswer]])


@pytest.mark.parametrize("name", STORIES)
def test_the_parts_of_its_timeline_are_the_whole_call(name):
    replay = replay_tape(tape_of(name))
    for told in stories_of(replay):
        call = replay.tracker.calls[told[0].call_id]
        line = timeline(told)
        assert (line.parts[0].since, line.parts[-1].until) == (call.arrived_at, call.ended_at)
        for before, after in itertools.pairwise(line.parts):
            assert before.until == after.since
        whole = (call.ended_at - call.arrived_at).total_seconds() * 1000
        assert abs(sum(part.ms(NOON) for part in line.parts) - whole) <= len(line.parts)
        assert line.state is call.state
        assert all(presence.until is not None for presence in line.parties)


@pytest.mark.parametrize("name", STORIES)
def test_nothing_on_a_tape_is_secret_or_large(name):
    text = tape_of(name).read_text(encoding="utf-8")
    assert len(text) < SIZE_LIMIT
    for word in ("Secret", "Password", "/home", "/tmp", "/root"):
        assert word not in text


def test_all_tapes_together_are_small():
    assert sum(path.stat().st_size for path in TAPES.iterdir()) < SIZE_OF_ALL


def test_a_call_is_cut_out_whole_and_nobody_elses_with_it():
    """Two tapes shuffled into each other come apart again."""
    one, other = (
        list(read_tape(tape_of(n).read_text())) for n in ("warm_to_a_seat", "listened_to")
    )
    shuffled = [m for pair in itertools.zip_longest(one, other) for m in pair if m is not None]
    call_id = replay_tape(tape_of("warm_to_a_seat")).told[0].call_id
    assert cut_out(shuffled, [call_id]) == one
    assert compact(one) == one
    assert b"CoreShowChannel" not in EVENTS
