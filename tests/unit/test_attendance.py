"""A seat's day adds up to the time it was signed in, and one can see who sat where at any minute."""

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cti.events import PartyRole
from cti.ids import SeatId
from seats.attendance import Change, seat_day, sittings, window_of
from seats.model import NotReadyReason, SeatState

S = SeatState
R = NotReadyReason
A = SeatId("8001")
MIDNIGHT = datetime(2026, 11, 20, 16, tzinfo=UTC)  # 2026-11-21 in Beijing


def change(minute, state, reason=None, operator="wang", seat_id=A, part=PartyRole.SEAT):
    operator = None if state is S.SIGNED_OUT else operator
    return Change(seat_id=seat_id, at=MIDNIGHT + timedelta(minutes=minute), state=state,
                  reason=reason, operator=operator, part=part)  # fmt: skip


def spent(day):
    return {(one.state.value, one.reason): one.ms // 60_000 for one in day.spent}


def test_a_day_from_sign_in_to_sign_out_is_accounted_for_by_state_and_reason():
    changes = [
        change(480, S.NOT_READY, R.SIGNED_IN), change(481, S.READY), change(490, S.RESERVED),
        change(490, S.RINGING), change(491, S.TALKING), change(500, S.WRAP_UP),
        change(501, S.NOT_READY, R.BREAK), change(516, S.READY), change(520, S.SIGNED_OUT),
    ]  # fmt: skip
    day = seat_day(None, changes, MIDNIGHT, MIDNIGHT + timedelta(days=1))
    assert spent(day) == {
        ("not_ready", R.SIGNED_IN): 1, ("ready", None): 13, ("ringing", None): 1,
        ("talking", None): 9, ("wrap_up", None): 1, ("not_ready", R.BREAK): 15,
    }  # fmt: skip
    assert day.signed_in_ms == 40 * 60_000


def test_a_seat_that_was_signed_in_over_midnight_counts_from_midnight_to_now():
    night = change(-30, S.READY)
    day = seat_day(night, [change(10, S.TALKING)], MIDNIGHT, MIDNIGHT + timedelta(minutes=15))
    assert [(stay.state, stay.ms // 60_000) for stay in day.stays] == [
        (S.READY, 10),
        (S.TALKING, 5),
    ]
    assert day.signed_in_ms == 15 * 60_000


def test_listening_is_counted_apart_from_talking():
    changes = [change(0, S.READY), change(1, S.TALKING, part=PartyRole.SUPERVISOR),
               change(4, S.TALKING), change(6, S.SIGNED_OUT)]  # fmt: skip
    day = seat_day(None, changes, MIDNIGHT, MIDNIGHT + timedelta(hours=1))
    talked = {one.part: one.ms // 60_000 for one in day.spent if one.state is S.TALKING}
    assert talked == {PartyRole.SUPERVISOR: 3, PartyRole.SEAT: 2}


def test_a_clock_that_was_set_back_makes_no_negative_time():
    changes = [change(10, S.READY), change(8, S.TALKING), change(12, S.SIGNED_OUT)]
    day = seat_day(None, changes, MIDNIGHT, MIDNIGHT + timedelta(hours=1))
    assert all(stay.ms >= 0 for stay in day.stays)
    assert sum(one.ms for one in day.spent) == day.signed_in_ms == 2 * 60_000


def test_who_sat_where_is_known_for_any_instant():
    found = sittings(
        [
            change(5, S.TALKING, operator="li", seat_id=SeatId("8002")),
            change(1, S.NOT_READY, R.MEAL),
            change(2, S.SIGNED_OUT, seat_id=SeatId("8003")),
        ]
    )
    assert [(one.seat_id, one.operator, one.reason) for one in found] == [
        ("8001", "wang", R.MEAL),
        ("8002", "li", None),
    ]


def test_a_day_is_the_hotlines_own_and_ends_now():
    now = MIDNIGHT + timedelta(hours=9)
    assert window_of(date(2026, 11, 21), now) == (MIDNIGHT, now)
    assert window_of(date(2026, 11, 20), now) == (MIDNIGHT - timedelta(days=1), MIDNIGHT)
    begin, end = window_of(date(2026, 11, 22), now)
    assert begin == end


@given(st.integers(0, 10_000), st.integers(0, 60))
def test_the_parts_of_any_day_add_up_to_its_signed_in_time_to_the_millisecond(seed, count):
    dice = random.Random(seed)
    at, changes = MIDNIGHT - timedelta(hours=2), []
    for _ in range(count):
        at += timedelta(microseconds=dice.randrange(1_500_000_000))
        state = dice.choice(list(S))
        reason = dice.choice(list(R)) if state is S.NOT_READY else None
        changes.append(Change(seat_id=A, at=at, state=state, reason=reason, operator="w"))
    until = MIDNIGHT + timedelta(hours=8, microseconds=dice.randrange(1_000_000))
    before = [c for c in changes if c.at < MIDNIGHT][-1:]
    inside = [c for c in changes if MIDNIGHT <= c.at < until]
    day = seat_day(before[0] if before else None, inside, MIDNIGHT, until)
    assert sum(one.ms for one in day.spent) == day.signed_in_ms
    signed_in = [stay for stay in day.stays if stay.state is not S.SIGNED_OUT]
    assert sum(stay.ms for stay in signed_in) == day.signed_in_ms
    for earlier, later in zip(day.stays, day.stays[1:], strict=False):
        assert earlier.until == later.since
    if day.stays:
        assert day.stays[-1].until == until
