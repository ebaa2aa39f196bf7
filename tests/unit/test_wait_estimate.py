"""Place and wait: a range that holds for four of five, and nothing where too little is known."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bench.wait_estimate import error_of, simulated_day
from cti.events import Blame, CallAbandoned, CallAnswered, CallOffered, CallQueued, Ending
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.events import SeatStateChanged
from seats.model import Seat, SeatDefinition, SeatState
from seats.wait_estimate import Estimate, Seen, estimate
from seats.wait_watch import WaitWatch

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
GENERAL = SkillGroupCode("general")


def seen(**changed):
    usual = Seen(at=NOON, ahead=3, serving=4, handling_s=(240.0,) * 20)
    return replace(usual, **changed)


def test_four_seats_of_four_minutes_take_a_citizen_each_minute():
    told = estimate(seen())
    assert told.place == 4
    assert 150 < told.likely_s < 240
    assert told.low_s < 240 < told.high_s
    least, most = told.minutes
    assert 1 <= least < 4 < most


def test_with_too_little_seen_only_the_place_is_said():
    for thin in (
        seen(handling_s=(240.0,) * 4),
        seen(handling_s=()),
        seen(serving=0),
        seen(handling_s=(), starts=(NOON,) * 2, busy_since=NOON - timedelta(minutes=5)),
        seen(handling_s=(), starts=(NOON,) * 20),
        seen(ahead=400, serving=1),
    ):
        told = estimate(thin)
        assert told == Estimate(place=thin.ahead + 1)
        assert not told.known
        assert told.minutes is None


def test_a_free_seat_for_everybody_before_him_is_no_wait_at_all():
    told = estimate(seen(ahead=1, free=2))
    assert (told.low_s, told.likely_s, told.high_s) == (0, 0, 0)


def test_a_line_that_moves_slower_than_its_seats_should_is_believed():
    slow = [NOON - timedelta(minutes=2 * n) for n in range(1, 7)]
    told = estimate(seen(starts=sorted(slow), busy_since=NOON - timedelta(minutes=13)))
    assert told.likely_s > estimate(seen()).likely_s * 1.15
    # Starts from before the line was there say nothing of how fast it moves.
    fresh = estimate(seen(starts=sorted(slow), busy_since=NOON - timedelta(minutes=1)))
    assert fresh == estimate(seen())


handlings = st.lists(st.floats(5, 3000), max_size=50)


@given(handlings, st.integers(0, 60), st.integers(0, 50), st.integers(0, 40))
def test_an_estimate_is_a_range_about_the_likely_time_or_nothing(times, ahead, serving, starts):
    told = estimate(
        seen(
            ahead=ahead,
            serving=serving,
            handling_s=tuple(times),
            starts=tuple(NOON - timedelta(seconds=20 * n) for n in range(starts)),
            busy_since=NOON - timedelta(minutes=10),
        )
    )
    assert told.place == ahead + 1
    if told.known:
        assert 0 < told.low_s < told.likely_s < told.high_s
        least, most = told.minutes
        assert 1 <= least <= most


@given(
    st.lists(st.floats(5, 3000), min_size=5, max_size=50), st.integers(0, 30), st.integers(1, 40)
)
def test_who_stands_further_back_is_never_promised_less(times, ahead, serving):
    nearer = estimate(seen(ahead=ahead, serving=serving, handling_s=tuple(times)))
    further = estimate(seen(ahead=ahead + 1, serving=serving, handling_s=tuple(times)))
    more_seats = estimate(seen(ahead=ahead, serving=serving + 1, handling_s=tuple(times)))
    if nearer.known and further.known:
        assert further.likely_s > nearer.likely_s
    if nearer.known:
        assert more_seats.likely_s < nearer.likely_s


def test_over_a_simulated_day_the_error_is_stated_and_the_range_holds():
    told = error_of([simulated_day(5)])
    print(json.dumps(told))  # noqa: T201
    # The day is the same each time: these are its results, with room, and no matter of speed.
    assert told["mean_absolute_error_s"] < 0.75 * told["guess_the_mean_error_s"]
    assert 0.65 < told["inside_range_share"] < 0.95
    assert told["unknown_share"] < 0.05


# The watch.


class Floor:
    def __init__(self):
        self.seats, self.line = {}, []
        self.at = NOON
        self.watch = WaitWatch(lambda: self.seats, self.place_of, lambda: self.at)

    def place_of(self, call_id):
        return self.line.index(call_id) + 1 if call_id in self.line else None

    def seat(self, seat_id, state, group=GENERAL):
        self.seats[seat_id] = Seat(
            definition=SeatDefinition(
                seat_id=SeatId(seat_id), operator_name=seat_id, skills={group: 1}
            ),
            state=state,
            since=NOON,
            idle_since=NOON,
        )

    def queue(self, call_id):
        self.line.append(call_id)
        self.watch.on_event(
            CallQueued(
                at=self.at, call_id=call_id, skill_group=GENERAL, joined_at=self.at, priority=0
            )
        )

    def serve(self, call_id, seat_id, seconds):
        self.line.remove(call_id)
        for event in (
            CallOffered(at=self.at, call_id=call_id, seat_id=seat_id),
            CallAnswered(at=self.at, call_id=call_id, seat_id=seat_id, waited_ms=0),
            self.changed(seat_id, SeatState.TALKING, SeatState.WRAP_UP, seconds - 10),
            self.changed(seat_id, SeatState.WRAP_UP, SeatState.READY, seconds),
        ):
            self.watch.on_event(event)

    def changed(self, seat_id, was, state, seconds):
        return SeatStateChanged(
            at=self.at + timedelta(seconds=seconds), seat_id=SeatId(seat_id), was=was, state=state
        )


def test_the_watch_learns_handling_times_with_wrap_up_from_what_is_told():
    floor = Floor()
    floor.seat("8001", SeatState.TALKING)
    floor.seat("8002", SeatState.NOT_READY)
    floor.seat("8003", SeatState.TALKING, SkillGroupCode("en"))
    for count in range(6):
        call = CallId(f"c{count}")
        floor.queue(call)
        assert not floor.watch.estimate(call).known or count >= 5
        floor.serve(call, "8001", 120)
    floor.queue(CallId("his"))
    told = floor.watch.estimate(CallId("his"))
    assert told.place == 1
    # One seat serves, of two minutes a citizen; the other seats cannot or do not.
    assert told.low_s < 120 < told.high_s
    floor.seats.clear()
    assert not floor.watch.estimate(CallId("his")).known
    assert floor.watch.estimate(CallId("nobody")) is None


def test_a_line_is_there_from_its_first_citizen_until_its_last():
    floor = Floor()
    floor.queue(CallId("a"))
    floor.at += timedelta(seconds=60)
    floor.queue(CallId("b"))
    group = floor.watch._groups[GENERAL]
    assert group.busy_since == NOON
    floor.watch.on_event(CallOffered(at=floor.at, call_id=CallId("a"), seat_id=SeatId("8001")))
    assert group.busy_since == NOON
    ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
    floor.watch.on_event(
        CallAbandoned(at=floor.at, call_id=CallId("b"), waited_ms=1, ending=ending)
    )
    assert group.busy_since is None
