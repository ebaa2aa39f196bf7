from datetime import timedelta

import pytest

from cti import fence
from cti.call import CallState
from cti.events import Blame
from cti.facts import ChannelsListed, CitizenArrived, CitizenGone
from cti.tracker import ENDED_LIMIT, FORGET_AFTER, CallTracker
from tests.unit.test_call import (
    CALL,
    NOON,
    arrived,
    asked,
    at,
    connected,
    gone,
    names,
    rang,
    seat_gone,
    waiting,
)


class Clock:
    def __init__(self):
        self.time = NOON

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told():
    return []


@pytest.fixture
def tracker(told, clock):
    return CallTracker(told.append, clock)


def meet(tracker, *facts):
    for fact in facts:
        tracker.meet(fact)


def listed(second, *legs, started=None):
    return ChannelsListed(
        at=at(second), node="node1", legs=frozenset(legs), asterisk_started_at=started
    )


def test_a_fact_without_a_call_begins_nothing(tracker, told):
    meet(tracker, rang(1), connected(2), gone(3))
    assert not told
    assert not tracker.calls
    assert tracker.unknown.total() == 3


def test_each_call_is_told_its_own_facts(tracker, told):
    meet(tracker, arrived(), waiting(1), rang(2), connected(3))
    assert tracker.calls[CALL].state is CallState.TALKING
    assert names(told) == ["CallArrived", "CallQueued", "CallOffered", "CallAnswered"]


def test_facts_that_do_not_fit_are_counted(tracker, told):
    meet(tracker, arrived(), waiting(1), gone(2), gone(3))
    assert tracker.unexpected == {(CallState.ABANDONED, "CitizenGone"): 1}


def test_repetitions_are_not_unexpected(tracker):
    meet(tracker, arrived(), arrived(), waiting(1), rang(2), seat_gone(3, "8009"), gone(4))
    assert not tracker.unexpected


def test_trouble_with_one_call_leaves_the_others_alone(told, clock):
    def tell(event):
        if event.call_id == CALL:
            raise KeyError("13800000001")
        told.append(event)

    before = fence.given_up["KeyError"]
    tracker = CallTracker(tell, clock)
    other = CitizenArrived(call_id="node1-2.2", at=NOON, caller_number="", called_number="12345")
    meet(tracker, arrived(), other)
    assert names(told) == ["CallArrived"]
    assert fence.given_up["KeyError"] == before + 1


def test_ended_calls_are_forgotten_after_a_while(tracker, clock):
    meet(tracker, arrived(), gone(1))
    assert CALL in tracker.calls
    clock.time += FORGET_AFTER + timedelta(seconds=1)
    other = CitizenArrived(call_id="node1-2.2", at=NOON, caller_number="", called_number="12345")
    meet(tracker, other, CitizenGone(call_id="node1-2.2", at=NOON))
    assert list(tracker.calls) == ["node1-2.2"]


def test_a_surge_does_not_eat_the_memory(tracker):
    for number in range(ENDED_LIMIT + 50):
        call_id = f"node1-2.{number}"
        meet(
            tracker,
            CitizenArrived(call_id=call_id, at=NOON, caller_number="", called_number="12345"),
            CitizenGone(call_id=call_id, at=NOON),
        )
    assert len(tracker.calls) == ENDED_LIMIT


def test_the_view_cannot_be_written(tracker):
    with pytest.raises(TypeError):
        tracker.calls[CALL] = None


def test_a_call_that_ended_while_we_were_away_is_ended(tracker, told):
    meet(tracker, arrived(), waiting(1), rang(2), connected(3), listed(60))
    assert names(told)[-2:] == ["SeatLeftCall", "CallEnded"]
    assert told[-1].ending.reason == "ended-while-away"
    assert told[-1].ending.blame is Blame.UNKNOWN


def test_a_call_that_died_with_asterisk_says_so(tracker, told):
    meet(tracker, arrived(), waiting(1), listed(60, started=at(50)))
    assert told[-1].ending.reason == "asterisk-restarted"
    assert told[-1].ending.blame is Blame.SERVICE


def test_a_start_before_the_call_or_in_the_future_is_no_restart(told, clock):
    for started in (at(-5), at(61)):
        tracker = CallTracker(told.append, clock)
        meet(tracker, arrived(), listed(60, started=started))
        assert told[-1].ending.reason == "ended-while-away"


def test_a_seat_that_left_while_we_were_away_has_left(tracker, told):
    meet(tracker, arrived(), waiting(1), rang(2), connected(3), listed(60, CALL))
    assert names(told)[-1] == "SeatLeftCall"
    assert tracker.calls[CALL].state is CallState.SEAT_LEFT


def test_a_ringing_that_ended_while_we_were_away_has_ended(tracker, told):
    meet(tracker, arrived(), waiting(1), rang(2), listed(60, CALL))
    assert names(told)[-1] == "CallReturnedToLine"
    assert told[-1].ending.blame is Blame.UNKNOWN
    assert tracker.calls[CALL].state is CallState.QUEUED


def test_a_list_that_has_everything_changes_nothing(tracker, told):
    meet(tracker, arrived(), waiting(1), rang(2), connected(3))
    before = list(told)
    meet(tracker, listed(60, CALL, "leg-8001"))
    assert told == before


def test_the_list_of_one_node_says_nothing_about_anothers_calls(tracker, told):
    meet(tracker, arrived())
    meet(
        tracker,
        ChannelsListed(at=at(9), node="node2", legs=frozenset(), asterisk_started_at=None),
    )
    assert names(told) == ["CallArrived"]


def test_calls_from_before_our_restart_go_on(told, clock):
    first = CallTracker(told.append, clock)
    meet(first, arrived(), waiting(1), rang(2), connected(3))
    second = CallTracker(told.append, clock, list(first.calls.values()))
    meet(second, asked(60), seat_gone(60), gone(60))
    assert names(told)[-2:] == ["SeatLeftCall", "CallEnded"]
    assert told[-1].talked_ms == 57_000
