"""What the board foretells, counts and shows in columns; and what supervisors tell the seats."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.events import Blame, CallQueued, CallReturnedToLine, Ending
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.errors import NoticeRefused, NoticeUnknown
from seats.events import NoticePosted, NoticeRead, NoticeWithdrawn
from seats.model import Seat, SeatDefinition, SeatState
from seats.no_answers import NoAnswers
from seats.notice_board import LONGEST_NOTICE, STANDS, NoticeBoard
from seats.outlook import Expected, outlook
from seats.service_level import FloorCount, Wait, count_floor, count_floors, measure
from seats.service_level_trend import COLUMN, columns
from seats.settings import SeatsSettings, ServiceLevelSettings
from seats.wait_estimate import Estimate
from seats.wait_watch import WaitWatch
from tests.fakes.notices import NoNotices

NOON = datetime(2026, 1, 5, 4, tzinfo=UTC)
GENERAL, ENGLISH = SkillGroupCode("general"), SkillGroupCode("foreign_en")
LIMIT_S = 15.0


def left(likely_s, high_s):
    return Estimate(place=1, low_s=0.0, likely_s=likely_s, high_s=high_s)


def expected(waited_s, estimate, *, served=True):
    now = NOON + timedelta(seconds=waited_s)
    return outlook(NOON, estimate, LIMIT_S, now, served=served)


@pytest.mark.parametrize(
    ("waited_s", "estimate", "verdict"),
    [
        (3, left(5, 9), Expected.IN_TIME),
        (3, left(5, 13), Expected.AT_RISK),
        (3, left(13, 40), Expected.WILL_BE_LATE),
        (14, left(0, 0), Expected.IN_TIME),
        (15, left(0, 0), Expected.LATE),
        (3, Estimate(place=1), Expected.UNKNOWN),
        (3, None, Expected.UNKNOWN),
    ],
)
def test_a_wait_is_judged_by_what_is_left_of_it_and_of_the_limit(waited_s, estimate, verdict):
    assert expected(waited_s, estimate).expected is verdict


def test_where_no_seat_serves_the_group_he_will_be_late_however_fast_the_line_was():
    told = expected(3, left(1, 2), served=False)
    assert told.expected is Expected.WILL_BE_LATE
    assert told.free_at is None


def test_who_is_late_already_still_learns_when_a_seat_is_likely():
    told = expected(20, left(30, 60))
    assert told.free_at == NOON + timedelta(seconds=50)
    assert told.limit_at == NOON + timedelta(seconds=15)


@given(st.floats(0, 60), st.floats(0, 100), st.floats(0, 100))
def test_whoever_is_said_to_be_answered_in_time_has_a_range_that_ends_before_the_limit(
    waited_s, likely_s, more_s
):
    told = expected(waited_s, left(likely_s, likely_s + more_s))
    ends = NOON + timedelta(seconds=waited_s) + timedelta(seconds=likely_s + more_s)
    assert (told.expected is Expected.IN_TIME) == (
        ends <= told.limit_at and NOON + timedelta(seconds=waited_s) < told.limit_at
    )


def came_back(seat, minute, blame=Blame.SEAT):
    return CallReturnedToLine(
        at=NOON + timedelta(minutes=minute),
        call_id=CallId("node1-1.1"),
        seat_id=SeatId(seat),
        ending=Ending(blame=blame, reason="no-answer"),
    )


def test_a_seat_that_rang_twice_in_vain_within_the_hour_is_shown_and_forgotten_later():
    at = [NOON]
    counting = NoAnswers(SeatsSettings(), lambda: at[0])
    for event in (came_back("8001", 0), came_back("8002", 1), came_back("8002", 2, Blame.SERVICE)):
        counting.on_event(event)
    assert counting.repeated == ()
    counting.on_event(came_back("8001", 30))
    at[0] = NOON + timedelta(minutes=59)
    (one,) = counting.repeated
    assert (one.seat_id, one.count) == ("8001", 2)
    at[0] = NOON + timedelta(minutes=61)
    assert counting.repeated == ()


def wait(joined_s, answered_s=None, gave_up_s=None):
    joined = NOON + timedelta(seconds=joined_s)
    return Wait(
        call_id=CallId(f"node1-1.{joined_s}"),
        skill_group=GENERAL,
        joined_at=joined,
        answered_at=None if answered_s is None else joined + timedelta(seconds=answered_s),
        gave_up_at=None if gave_up_s is None else joined + timedelta(seconds=gave_up_s),
    )


def test_a_day_in_columns_has_each_wait_where_it_began_and_empty_quarters_too():
    waits = [wait(0, 10), wait(899, 20), wait(900, None, 30), wait(-1, 5)]
    now = NOON + timedelta(minutes=46)
    told = columns(waits, ServiceLevelSettings(), NOON, now)
    assert [one.since for one in told] == [NOON + n * COLUMN for n in range(4)]
    first, second, third, _ = told
    assert (first.tally.offered, first.tally.answered, first.tally.in_time) == (2, 2, 1)
    assert (first.mean_wait_ms, first.longest_wait_ms) == (15_000, 20_000)
    assert (second.tally.offered, second.tally.gave_up, second.mean_wait_ms) == (1, 1, 30_000)
    assert (third.tally.offered, third.mean_wait_ms) == (0, None)


@given(
    st.lists(
        st.tuples(st.integers(0, 7000), st.integers(0, 90), st.booleans()).map(
            lambda one: wait(one[0], one[1]) if one[2] else wait(one[0], None, one[1])
        )
    )
)
def test_the_columns_of_a_day_add_up_to_the_day(waits):
    settings, now = ServiceLevelSettings(), NOON + timedelta(hours=2)
    whole = measure(waits, settings, NOON, now, now).tally
    told = columns(waits, settings, NOON, now)
    for name in ("offered", "answered", "in_time", "gave_up"):
        assert sum(getattr(one.tally, name) for one in told) == getattr(whole, name)


def test_all_groups_counted_at_once_are_each_group_counted_alone():
    seats = [
        seat("8001"),
        seat("8002", SeatState.TALKING, general=1, foreign_en=2),
        seat("8003", SeatState.SIGNED_OUT, foreign_en=1),
    ]
    together = count_floors(seats)
    assert together == {code: count_floor(seats, code) for code in (GENERAL, ENGLISH)}


def test_a_group_is_served_as_long_as_one_of_its_seats_works():
    seats = {"8101": seat("8101", SeatState.WRAP_UP, foreign_en=1), "8001": seat("8001")}
    call_id = CallId("node1-1.7")
    waits = WaitWatch(lambda: seats, lambda _: 1, lambda: NOON)
    assert not waits.served(call_id)
    waits.on_event(
        CallQueued(at=NOON, call_id=call_id, skill_group=ENGLISH, joined_at=NOON, priority=0)
    )
    assert waits.served(call_id)
    seats["8101"] = seat("8101", SeatState.NOT_READY, foreign_en=1)
    assert not waits.served(call_id)


def test_occupancy_is_of_those_at_work():
    assert FloorCount(signed_in=5, free=1, talking=2, wrap_up=1, not_ready=1).occupancy == 0.75
    assert FloorCount(signed_in=2, not_ready=2).occupancy is None


def seat(number, state=SeatState.READY, **skills):
    definition = SeatDefinition(
        seat_id=SeatId(number), operator_name="甲", skills=skills or {GENERAL: 1}
    )
    return Seat(definition=definition, state=state, since=NOON, idle_since=NOON)


class Floor:
    def __init__(self, *stored):
        seats = (
            seat("8001"),
            seat("8002", SeatState.SIGNED_OUT),
            seat("8101", SeatState.TALKING, foreign_en=1),
        )
        self.at, self.told = NOON, []
        self.board = NoticeBoard(
            NoNotices(*stored),
            lambda: {one.seat_id: one for one in seats},
            lambda: {GENERAL, ENGLISH},
            self.told.append,
            lambda: self.at,
        )


def test_a_notice_is_addressed_to_the_signed_in_seats_of_its_groups():
    floor = Floor()
    everybody = floor.board.post("系统今晚升级", [], by="leader")
    english = floor.board.post("英语专席请注意", [ENGLISH], by="leader")
    assert everybody.addressed == ("8001", "8101")
    assert english.addressed == ("8101",)
    assert [type(one) for one in floor.told] == [NoticePosted, NoticePosted]
    assert [one.notice_id for one in floor.board.standing] == [
        english.notice_id,
        everybody.notice_id,
    ]


def test_reading_is_told_once_and_a_notice_that_was_taken_back_can_be_read_no_more():
    floor = Floor()
    posted = floor.board.post("暴雨预警，做好登记", [], by="leader")
    for _ in range(2):
        floor.board.read(posted.notice_id, SeatId("8001"), by="wang")
    floor.board.withdraw(posted.notice_id, by="leader")
    assert [type(one) for one in floor.told] == [NoticePosted, NoticeRead, NoticeWithdrawn]
    with pytest.raises(NoticeUnknown):
        floor.board.read(posted.notice_id, SeatId("8101"), by="zhang")


def test_a_notice_stands_for_a_shift():
    floor = Floor()
    posted = floor.board.post("请核对排班", [], by="leader")
    floor.at = NOON + STANDS
    assert floor.board.standing == []
    with pytest.raises(NoticeUnknown):
        floor.board.read(posted.notice_id, SeatId("8001"), by="wang")


@pytest.mark.parametrize(
    ("text", "groups"),
    [("  ", []), ("字" * (LONGEST_NOTICE + 1), []), ("好", [SkillGroupCode("none")])],
)
def test_a_notice_needs_words_and_groups_that_exist(text, groups):
    floor = Floor()
    with pytest.raises(NoticeRefused):
        floor.board.post(text, groups, by="leader")
    assert floor.told == []
