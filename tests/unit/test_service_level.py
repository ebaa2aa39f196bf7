"""The service level: what counts, why somebody was missed, and that the board says what the report says."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.call import Call, CallState
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOffered,
    CallQueued,
    CallReturnedToLine,
    CallTookLifeboat,
    Direction,
    Ending,
    LinkLost,
    LinkRestored,
)
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.events import WaitMeasured
from seats.model import Seat, SeatDefinition, SeatState
from seats.service_level import FloorCount, MissCause, Wait, count_floor, measure, missed
from seats.service_level_clock import ServiceLevelClock
from seats.settings import ServiceLevelSettings

NOON = datetime(2026, 1, 5, 4, tzinfo=UTC)
GENERAL = SkillGroupCode("general")
RULES = ServiceLevelSettings()
GAVE_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")
SLOW = Ending(blame=Blame.SEAT, reason="no-answer")


def at(second):
    return NOON + timedelta(seconds=second)


def wait(joined=0, answered=None, gave_up=None, **more):
    more.setdefault("floor", FloorCount(signed_in=2, talking=2))
    return Wait(
        call_id=CallId("node1-1.1"),
        skill_group=GENERAL,
        joined_at=at(joined),
        answered_at=None if answered is None else at(answered),
        gave_up_at=None if gave_up is None else at(gave_up),
        **more,
    )


def seat(number, state, **more):
    skills = {GENERAL: 1}
    definition = SeatDefinition(seat_id=SeatId(number), operator_name="甲", skills=skills)
    return Seat(definition=definition, state=state, since=NOON, idle_since=NOON, **more)


class Desk:
    """A clock over a floor that the test sets."""

    def __init__(self, *floor, second=0):
        self.second = second
        self.told = []
        self.floor = SimpleNamespace(seats={one.seat_id: one for one in floor})
        self.clock = ServiceLevelClock(self.floor, RULES, self.told.append, lambda: at(self.second))

    def hear(self, second, kind, call="node1-1.1", **more):
        self.second = max(self.second, second)
        self.clock.on_event(kind(call_id=CallId(call), at=at(second), **more))

    def joins(self, second, call="node1-1.1", group=GENERAL):
        self.hear(second, CallQueued, call, skill_group=group, joined_at=at(second), priority=0)

    def answers(self, second, call="node1-1.1"):
        self.hear(second, CallAnswered, call, seat_id=SeatId("8001"), waited_ms=0)

    def gives_up(self, second, call="node1-1.1"):
        self.hear(second, CallAbandoned, call, waited_ms=0, ending=GAVE_UP)

    def cause(self):
        (miss,) = self.clock.board().misses
        return miss.cause


def test_both_denominators_of_both_shares():
    waits = [
        wait(0, answered=10),
        wait(0, answered=15),
        wait(0, answered=16),
        wait(0, gave_up=3),
        wait(0, gave_up=12),
        wait(0, gave_up=40),
        wait(0),
        wait(90),
    ]
    meter = measure(waits, RULES, at(0), at(100), now=at(100))
    assert meter.tally.offered == 7, "who has waited for 10 s is not decided"
    assert meter.in_time_share == 2 / 7
    assert meter.in_time_share_of_patient == 2 / 5
    assert meter.answer_rate == 3 / 6
    assert meter.answer_rate_of_patient == 3 / 5
    assert sum(meter.tally.causes.values()) == 5


def test_nobody_to_measure_is_no_share_at_all():
    meter = measure([], RULES, at(0), at(1), now=at(1))
    assert (meter.in_time_share, meter.answer_rate) == (None, None)


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"link_lost": True, "service_away": True}, MissCause.LINK_LOST),
        ({"service_away": True}, MissCause.SERVICE_AWAY),
        ({"offered_at": at(4)}, MissCause.SEAT_DID_NOT_ANSWER),
        ({"floor": FloorCount()}, MissCause.NO_SEAT_SIGNED_IN),
        ({"floor": FloorCount(signed_in=3, talking=2, wrap_up=1)}, MissCause.ALL_TALKING),
        ({"floor": FloorCount(signed_in=3, talking=1, wrap_up=2)}, MissCause.IN_WRAP_UP),
        ({"floor": FloorCount(signed_in=3, talking=1, not_ready=2)}, MissCause.NOT_READY),
        ({"floor": FloorCount(signed_in=3, free=1, talking=2)}, MissCause.RULES),
        ({"floor": None}, MissCause.UNKNOWN),
    ],
)
def test_every_miss_has_a_cause_and_a_sentence(more, cause):
    late = missed(wait(0, answered=20, **more), RULES, at(30))
    assert late.cause is cause
    assert late.sentence.endswith("。")


def test_an_offer_after_the_limit_is_not_the_seats_fault():
    late = wait(0, answered=22, offered_at=at(18))
    assert missed(late, RULES, at(30)).cause is MissCause.ALL_TALKING


def test_the_sentence_counts_the_seats():
    floor = FloorCount(signed_in=3, talking=2, wrap_up=1)
    late = missed(wait(0, answered=20, floor=floor), RULES, at(30))
    assert late.sentence == "入队时座席全忙：本组签入 3 席，通话 2、话后处理 1。"


def test_the_floor_is_counted_for_the_citizens_own_group():
    other = SeatDefinition(seat_id=SeatId("9001"), operator_name="乙", skills={"law": 1})
    floor = [
        seat("8001", SeatState.READY),
        seat("8002", SeatState.READY, phone_reachable=False),
        seat("8003", SeatState.RINGING),
        seat("8004", SeatState.SIGNED_OUT),
        Seat(definition=other, state=SeatState.READY, since=NOON, idle_since=NOON),
    ]
    assert count_floor(floor, GENERAL) == FloorCount(signed_in=3, free=1, talking=1, not_ready=1)


def test_a_citizen_who_waits_too_long_turns_the_meter_before_anybody_answers():
    desk = Desk(seat("8001", SeatState.TALKING))
    desk.joins(0)
    desk.second = 15
    assert desk.clock.board().recent.whole.tally.offered == 0
    desk.second = 16
    board = desk.clock.board()
    assert board.recent.whole.in_time_share == 0
    assert (board.waiting, board.longest_ms) == (1, 16_000)
    assert desk.cause() is MissCause.ALL_TALKING
    assert desk.told == []
    desk.answers(20)
    (measured,) = desk.told
    assert isinstance(measured, WaitMeasured)
    assert measured.wait.answered_at == at(20)
    assert desk.clock.board().recent.whole.answer_rate == 1.0


def test_a_transferred_citizen_who_waits_a_second_time_is_not_offered_twice():
    desk = Desk()
    desk.joins(0)
    desk.answers(5)
    desk.joins(60, group=SkillGroupCode("law"))
    desk.answers(90)
    desk.hear(99, CallEnded, talked_ms=1, ending=GAVE_UP)
    assert desk.clock.board().today.whole.tally.offered == 1
    assert len(desk.told) == 1


def test_calls_that_we_make_are_not_measured():
    desk = Desk()
    desk.hear(
        0, CallArrived, caller_number="13800000001", called_number="12345", direction=Direction.OUT
    )
    desk.joins(1)
    desk.answers(60)
    assert desk.clock.board().today.whole.tally.offered == 0


def test_who_hangs_up_in_the_greeting_was_not_offered_to_anybody():
    desk = Desk()
    desk.hear(0, CallArrived, caller_number="13800000001", called_number="12345")
    desk.gives_up(3)
    assert desk.clock.board().today.whole.tally.offered == 0


def test_a_seat_that_let_it_ring_is_named():
    desk = Desk(seat("8001", SeatState.READY))
    desk.joins(0)
    desk.hear(1, CallOffered, seat_id=SeatId("8001"))
    desk.hear(14, CallReturnedToLine, seat_id=SeatId("8001"), ending=SLOW)
    desk.answers(30)
    (miss,) = desk.clock.board().misses
    assert miss.cause is MissCause.SEAT_DID_NOT_ANSWER
    assert "8001" in miss.sentence


def test_a_lost_link_marks_those_who_wait_and_those_who_come_meanwhile():
    desk = Desk()
    desk.joins(0, "node1-1.1")
    desk.clock.on_event(LinkLost(at=at(1), node="node1", reason="x"))
    desk.joins(2, "node1-1.2")
    desk.clock.on_event(LinkRestored(at=at(3), node="node1", gap_ms=2000))
    desk.joins(4, "node1-1.3")
    for number in (1, 2, 3):
        desk.answers(30, f"node1-1.{number}")
    causes = [miss.cause for miss in desk.clock.board().misses]
    assert causes == [MissCause.NO_SEAT_SIGNED_IN, MissCause.LINK_LOST, MissCause.LINK_LOST]


def test_the_lifeboat_means_that_the_service_was_away():
    desk = Desk()
    desk.hear(0, CallTookLifeboat)
    desk.answers(40)
    assert desk.cause() is MissCause.SERVICE_AWAY


def test_who_waited_through_our_absence_is_measured_and_not_twice():
    before = Desk()
    before.joins(0, "node1-1.1")
    before.answers(4, "node1-1.1")
    after = Desk(second=20)
    talking = {"caller_number": "13800000001", "called_number": "12345", "arrived_at": at(0)}
    live = [
        Call(call_id=CallId("node1-1.1"), state=CallState.TALKING, joined_at=at(0), answered_at=at(4), **talking),
        Call(call_id=CallId("node1-1.2"), state=CallState.QUEUED, joined_at=at(5), **talking),
    ]  # fmt: skip
    after.clock.restore([event.wait for event in before.told], live)
    after.joins(21, "node1-1.1")
    after.answers(25, "node1-1.2")
    tally = after.clock.board().today.whole.tally
    assert (tally.offered, tally.answered, tally.in_time) == (2, 2, 1)
    assert after.cause() is MissCause.SERVICE_AWAY


def test_today_begins_at_midnight_in_china():
    desk = Desk()
    desk.joins(0)
    desk.answers(1)
    midnight = 12 * 3600  # noon in these tests is 04:00 UTC, in China 12:00
    desk.second = midnight - 1
    assert desk.clock.board().today.whole.tally.offered == 1
    desk.second = midnight
    board = desk.clock.board()
    assert board.today.whole.tally.offered == 0
    assert board.day.whole.tally.offered == 1


@st.composite
def days(draw):
    """Calls over two days: when each joined, whether and when it was answered or gave up."""
    calls = []
    for number in range(draw(st.integers(1, 25))):
        joined = draw(st.integers(0, 2 * 86_400))
        how = draw(st.sampled_from(["answered", "gave-up", "waits"]))
        group = draw(st.sampled_from(["general", "law"]))
        calls.append((f"node1-1.{number}", joined, how, joined + draw(st.integers(0, 40)), group))
    return calls


def raw_log(calls, until):
    happenings = [(joined, 0, call, "joined", group) for call, joined, _, _, group in calls]
    happenings += [
        (end, 1, call, how, group) for call, _, how, end, group in calls if how != "waits"
    ]
    return sorted(one for one in happenings if one[0] <= until)


@settings(max_examples=150)
@given(days(), st.integers(0, 2 * 86_400 + 60))
def test_the_clock_says_what_the_pure_function_and_a_naive_count_say(calls, until):
    desk = Desk(seat("8001", SeatState.WRAP_UP))
    for second, _, call, what, group in raw_log(calls, until):
        if what == "joined":
            desk.joins(second, call, SkillGroupCode(group))
        elif what == "answered":
            desk.answers(second, call)
        else:
            desk.gives_up(second, call)
    desk.second = until
    board = desk.clock.board()
    settled = {event.wait.call_id: event.wait for event in desk.told}
    floors = {"general": FloorCount(signed_in=1, wrap_up=1), "law": FloorCount()}
    waits = [
        settled.get(call) or Wait(call_id=call, skill_group=group, joined_at=at(joined), floor=floors[group])
        for call, joined, _, _, group in calls if joined <= until
    ]  # fmt: skip
    now, moment = at(until), timedelta(microseconds=1)
    for window in (board.recent, board.today, board.day):
        same = measure(waits, RULES, window.whole.since, now + moment, now)
        assert window.whole.tally == same.tally
        for group, meter in window.groups.items():
            own = [one for one in waits if one.skill_group == group]
            assert meter.tally == measure(own, RULES, window.whole.since, now + moment, now).tally
    since = (board.day.whole.since - NOON).total_seconds()
    answered = [
        1
        for _, joined, how, end, _ in calls
        if how == "answered" and since <= joined and end <= until
    ]
    gave_up = [
        1
        for _, joined, how, end, _ in calls
        if how == "gave-up" and since <= joined and end <= until
    ]
    rate = len(answered) / (len(answered) + len(gave_up)) if answered or gave_up else None
    assert board.day.whole.answer_rate == rate
    assert timedelta(hours=23, minutes=59) <= now - board.day.whole.since < timedelta(hours=24)
