"""A seat's day: people ask, calls happen, deadlines pass, and the history adds up."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallEnded,
    CallOffered,
    CallReturnedToLine,
    Ending,
    LinkLost,
    LinkRestored,
    PartyRole,
    SeatLeftCall,
)
from cti.facts import PhoneChanged, PhoneState, WhyNotAnswered
from cti.ids import SeatId
from seats import course, happenings
from seats.errors import (
    OperatorElsewhere,
    ReasonNotForPeople,
    SeatError,
    SeatInCall,
    SeatNotSignedIn,
    SeatOutcomeUnsaved,
    SeatPhoneUnreachable,
    SeatSignedInAlready,
    SeatWrongState,
    UnknownSeat,
)
from seats.events import NotReadyBooked, SeatPhoneChanged, SeatStateChanged
from seats.model import NotReadyReason, Presence, SeatState
from seats.roster import SeatRoster
from seats.settings import SeatsSettings
from tests.fakes.floor import NOON, Floor, a_seat, call, definition

S = SeatState
R = NotReadyReason
A, B = SeatId("8001"), SeatId("8002")
X, Y = call(1), call(2)


def two_seats() -> Floor:
    return Floor(definition("8001"), definition("8002")).ready("8001")


def offered(call_id=X, seat_id=A):
    return CallOffered(at=NOON, call_id=call_id, seat_id=seat_id)


def answered(call_id=X, seat_id=A):
    return CallAnswered(at=NOON, call_id=call_id, seat_id=seat_id, waited_ms=0)


def left(call_id=X, seat_id=A):
    return SeatLeftCall(at=NOON, call_id=call_id, seat_id=seat_id, talked_ms=0)


def returned(reason, call_id=X, seat_id=A, blame=Blame.SEAT):
    ending = Ending(blame=blame, reason=reason)
    return CallReturnedToLine(at=NOON, call_id=call_id, seat_id=seat_id, ending=ending)


def abandoned(call_id=X):
    ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
    return CallAbandoned(at=NOON, call_id=call_id, waited_ms=0, ending=ending)


def present(seat_id, call_id, state):
    return Presence(seat_id=SeatId(seat_id), call_id=call_id, state=state)


def hear(floor: Floor, *events) -> None:
    for event in events:
        floor.roster.on_call_event(event)


def phone(state: PhoneState, seat_id=A):
    return PhoneChanged(at=NOON, seat_id=seat_id, phone=state)


async def test_a_call_takes_a_seat_from_ready_through_wrap_up_to_ready_again():
    floor = two_seats()
    assert floor.roster.reserve(A, X)
    hear(floor, offered(), answered(), left())
    floor.roster.finish_wrap_up(A, "user8001")
    states = ["not_ready", "ready", "reserved", "ringing", "talking", "wrap_up", "ready"]
    assert floor.course("8001") == states
    wrap_up = floor.changes("8001")[5]
    assert wrap_up.until == NOON + timedelta(seconds=30)
    assert wrap_up.call_id == X


async def test_a_seat_reserved_for_one_caller_is_refused_to_another():
    floor = two_seats()
    assert floor.roster.reserve(A, X)
    assert not floor.roster.reserve(A, Y)
    assert floor.seat("8001").call_id == X


async def test_wrap_up_ends_by_itself_at_its_deadline_and_not_before():
    floor = two_seats()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(floor.roster.run(), name="roster")
        hear(floor, offered(), answered())
        await asyncio.sleep(60)
        hear(floor, left())
        await asyncio.sleep(29.9)
        assert floor.state("8001") is S.WRAP_UP
        await asyncio.sleep(0.2)
        assert floor.state("8001") is S.READY
        assert floor.seat("8001").idle_since == NOON + timedelta(seconds=60)
        task.cancel()


async def test_a_reservation_that_never_rings_is_undone_at_its_deadline():
    floor = two_seats()
    idle_since = floor.seat("8001").idle_since
    async with asyncio.TaskGroup() as group:
        task = group.create_task(floor.roster.run(), name="roster")
        await asyncio.sleep(1)
        floor.roster.reserve(A, X)
        await asyncio.sleep(8.1)
        assert floor.state("8001") is S.READY
        assert floor.seat("8001").idle_since == idle_since
        task.cancel()


async def test_while_the_link_is_down_a_reservation_is_not_undone_because_it_may_be_a_talk():
    floor = two_seats()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(floor.roster.run(), name="roster")
        hear(floor, LinkLost(at=NOON, node="node1", reason="eof"))
        floor.roster.reserve(A, X)
        await asyncio.sleep(60)
        assert floor.state("8001") is S.RESERVED
        floor.roster.offer_ended(A, X, None)
        assert floor.state("8001") is S.WRAP_UP
        floor.roster.finish_wrap_up(A, "user8001")
        floor.roster.reserve(A, Y)
        await asyncio.sleep(60)
        hear(floor, LinkRestored(at=NOON, node="node1", gap_ms=1))
        await asyncio.sleep(0.1)
        assert floor.state("8001") is S.READY
        task.cancel()


async def test_with_the_link_down_a_citizen_who_leaves_the_talk_frees_the_seat():
    """Found by the live test that cuts the link: the seat stood in a dead talk for the whole gap."""
    floor = two_seats()
    hear(floor, offered(), answered(), LinkLost(at=NOON, node="node1", reason="eof"))
    floor.roster.offer_ended(A, X, WhyNotAnswered.CITIZEN_GONE)
    assert floor.state("8001") is S.WRAP_UP


async def test_with_the_link_down_a_phone_once_in_use_does_not_keep_its_seat_from_the_next_call():
    """Found by the live test that cuts the link: nobody tells during the gap that it is free."""
    floor = two_seats()
    hear(floor, offered(), answered())
    floor.roster.phone_changed(phone(PhoneState.IN_USE))
    hear(floor, LinkLost(at=NOON, node="node1", reason="eof"))
    floor.roster.offer_ended(A, X, WhyNotAnswered.CITIZEN_GONE)
    floor.roster.finish_wrap_up(A, "user8001")
    assert floor.state("8001") is S.READY


async def test_with_the_link_up_a_story_that_is_over_does_not_end_a_talk_in_a_conference():
    floor = two_seats()
    hear(floor, offered(), answered())
    floor.roster.offer_ended(A, X, None)
    assert floor.state("8001") is S.TALKING


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        (WhyNotAnswered.NO_ANSWER, R.DID_NOT_ANSWER),
        (WhyNotAnswered.BUSY, R.PHONE_BUSY),
        (WhyNotAnswered.UNREACHABLE, R.PHONE_UNREACHABLE),
        ("a word nobody knows", R.DID_NOT_ANSWER),
    ],
)
async def test_a_seat_that_does_not_take_the_call_is_not_ready_with_the_reason(why, reason):
    floor = two_seats()
    floor.roster.reserve(A, X)
    hear(floor, offered(), returned(why))
    assert floor.state("8001") is S.NOT_READY
    assert floor.seat("8001").reason is reason


async def test_the_story_and_asterisk_saying_the_same_is_told_once():
    floor = two_seats()
    floor.roster.reserve(A, X)
    hear(floor, offered())
    floor.roster.offer_ended(A, X, WhyNotAnswered.NO_ANSWER)
    told = len(floor.told)
    hear(floor, returned("no-answer"))
    assert len(floor.told) == told


@pytest.mark.parametrize("reason", ["offered-elsewhere", "ended-while-away", "citizen-gone"])
async def test_a_ring_that_ended_without_the_seats_fault_leaves_it_ready(reason):
    floor = two_seats()
    floor.roster.reserve(A, X)
    hear(floor, offered(), returned(reason, blame=Blame.SERVICE))
    assert floor.state("8001") is S.READY


async def test_the_citizen_leaving_costs_the_seat_nothing_not_even_its_idle_time():
    floor = two_seats()
    idle_since = floor.seat("8001").idle_since
    await asyncio.sleep(5)
    floor.roster.reserve(A, X)
    hear(floor, offered(), abandoned())
    assert floor.state("8001") is S.READY
    assert floor.seat("8001").idle_since == idle_since


async def test_a_lifeboat_call_that_nobody_offered_rings_and_talks_all_the_same():
    floor = two_seats()
    hear(floor, offered(), answered(), left())
    assert floor.course("8001")[-3:] == ["ringing", "talking", "wrap_up"]


async def test_a_seat_rung_by_the_lifeboat_during_its_break_goes_back_to_its_break():
    floor = two_seats()
    floor.roster.set_not_ready(A, R.BREAK, "user8001")
    hear(floor, offered(), answered(), left())
    floor.roster.finish_wrap_up(A, "user8001")
    assert (floor.state("8001"), floor.seat("8001").reason) == (S.NOT_READY, R.BREAK)


async def test_answering_a_call_disproves_that_the_seat_does_not_answer():
    floor = two_seats()
    hear(floor, offered(), returned("no-answer"), offered(Y), answered(Y), left(Y))
    floor.roster.finish_wrap_up(A, "user8001")
    assert floor.state("8001") is S.READY


async def test_a_late_echo_of_another_call_does_not_disturb_a_reservation():
    floor = two_seats()
    floor.roster.reserve(A, Y)
    hear(floor, offered(X), returned("no-answer", X), abandoned(X), left(X))
    assert (floor.state("8001"), floor.seat("8001").call_id) == (S.RESERVED, Y)
    assert floor.roster.unexpected["reserved/Rang"] == 1


async def test_not_ready_asked_in_a_call_takes_effect_when_the_wrap_up_ends():
    floor = two_seats()
    hear(floor, offered(), answered())
    floor.roster.set_not_ready(A, R.MEAL, "user8001")
    assert floor.told[-1] == NotReadyBooked(at=NOON, seat_id=A, reason=R.MEAL, by="user8001")
    assert floor.seat("8001").pending_not_ready is R.MEAL
    hear(floor, left())
    floor.roster.finish_wrap_up(A, "user8001")
    assert (floor.state("8001"), floor.seat("8001").reason) == (S.NOT_READY, R.MEAL)
    assert floor.seat("8001").pending_not_ready is None


async def test_a_booked_break_can_be_taken_back_during_the_call():
    floor = two_seats()
    hear(floor, offered(), answered())
    floor.roster.set_not_ready(A, R.MEAL, "user8001")
    floor.roster.set_ready(A, "user8001")
    hear(floor, left())
    floor.roster.finish_wrap_up(A, "user8001")
    assert floor.state("8001") is S.READY
    with pytest.raises(SeatWrongState):
        floor.roster.set_ready(A, "user8001")


async def test_nobody_signs_out_of_a_call():
    floor = two_seats()
    for happens in (lambda: floor.roster.reserve(A, X), lambda: hear(floor, offered()),
                    lambda: hear(floor, answered())):  # fmt: skip
        happens()
        with pytest.raises(SeatInCall):
            floor.roster.sign_out(A, "user8001")
    hear(floor, left())
    floor.roster.sign_out(A, "user8001")
    assert floor.state("8001") is S.SIGNED_OUT
    assert floor.seat("8001").operator is None


async def test_one_operator_at_one_seat_and_one_seat_for_one_operator():
    floor = two_seats()
    with pytest.raises(OperatorElsewhere):
        floor.roster.sign_in(B, "user8001")
    with pytest.raises(SeatSignedInAlready):
        floor.roster.sign_in(A, "user8002")
    floor.roster.sign_out(A, "user8001")
    floor.roster.sign_in(B, "user8001")


async def test_wrong_commands_are_named_and_change_nothing():
    floor = two_seats()
    told = len(floor.told)
    roster = floor.roster
    with pytest.raises(UnknownSeat):
        roster.sign_in(SeatId("9999"), "user9999")
    with pytest.raises(SeatNotSignedIn):
        roster.set_ready(B, "user8002")
    with pytest.raises(SeatNotSignedIn):
        roster.sign_out(B, "user8002")
    with pytest.raises(SeatWrongState):
        roster.finish_wrap_up(A, "user8001")
    with pytest.raises(ReasonNotForPeople):
        roster.set_not_ready(A, R.DID_NOT_ANSWER, "user8001")
    assert len(floor.told) == told


def test_every_seat_error_has_its_own_code():
    codes = [e.code for e in SeatError.__subclasses__()]
    assert len(codes) == len(set(codes))
    assert {"unknown-seat", "seat-in-call", "operator-elsewhere"} <= set(codes)


async def test_a_ready_seat_whose_phone_goes_is_not_ready_until_the_phone_is_back():
    floor = two_seats()
    floor.roster.phone_changed(phone(PhoneState.UNREACHABLE))
    assert floor.seat("8001").reason is R.PHONE_UNREACHABLE
    assert SeatPhoneChanged(at=NOON, seat_id=A, reachable=False) in floor.told
    with pytest.raises(SeatPhoneUnreachable):
        floor.roster.set_ready(A, "user8001")
    floor.roster.phone_changed(phone(PhoneState.FREE))
    assert floor.state("8001") is S.READY


async def test_a_phone_that_comes_back_does_not_end_a_break():
    floor = two_seats()
    floor.roster.phone_changed(phone(PhoneState.UNREACHABLE))
    floor.roster.set_not_ready(A, R.BREAK, "user8001")
    floor.roster.phone_changed(phone(PhoneState.FREE))
    assert (floor.state("8001"), floor.seat("8001").reason) == (S.NOT_READY, R.BREAK)


async def test_a_dial_that_found_the_phone_dead_is_not_forgiven_by_the_same_phones_chatter():
    floor = two_seats()
    floor.roster.reserve(A, X)
    hear(floor, offered(), returned("unreachable"))
    floor.roster.phone_changed(phone(PhoneState.FREE))
    assert floor.state("8001") is S.NOT_READY


async def test_a_phone_that_goes_during_the_talk_counts_when_the_wrap_up_ends():
    floor = two_seats()
    hear(floor, offered(), answered())
    floor.roster.phone_changed(phone(PhoneState.UNREACHABLE))
    assert floor.state("8001") is S.TALKING
    hear(floor, left())
    floor.roster.finish_wrap_up(A, "user8001")
    assert floor.seat("8001").reason is R.PHONE_UNREACHABLE


async def test_the_end_of_the_call_ends_the_talk_even_if_the_seats_leaving_was_missed():
    floor = two_seats()
    ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
    hear(floor, offered(), answered(), CallEnded(at=NOON, call_id=X, talked_ms=1, ending=ending))
    assert floor.state("8001") is S.WRAP_UP


async def test_after_a_restart_the_snapshot_corrects_what_was_stored():
    def stored(seat_id, state, call_id=None, until_s=None):
        until = None if until_s is None else NOON + timedelta(seconds=until_s)
        seat = replace(a_seat(seat_id, state, idle_s=100), call_id=call_id, until=until)
        return replace(seat, operator=f"user{seat_id}")

    ids = [f"800{i}" for i in range(1, 8)]
    floor = Floor(
        *(definition(i) for i in ids),
        stored=(
            stored("8001", S.RESERVED, X, 5),
            stored("8002", S.RINGING, Y),
            stored("8003", S.TALKING, call(3)),
            stored("8004", S.TALKING, call(4)),
            stored("8005", S.READY),
            stored("8006", S.READY),
            stored("9999", S.READY),
        ),
    )
    assert not floor.roster.offers_allowed
    floor.roster.settle(
        [
            present("8002", Y, S.TALKING),
            present("8003", call(3), S.TALKING),
            present("8005", call(5), S.RINGING),
            present("8777", call(7), S.TALKING),
        ]
    )
    assert floor.roster.offers_allowed
    assert {i: str(floor.state(i)) for i in ids} == {
        "8001": "ready",
        "8002": "talking",
        "8003": "talking",
        "8004": "wrap_up",
        "8005": "ringing",
        "8006": "ready",
        "8007": "signed_out",
    }
    assert floor.seat("8001").idle_since == NOON - timedelta(seconds=100)
    assert floor.changes("8003") == []


async def test_an_outage_in_which_the_seat_changed_calls_is_told_step_by_step():
    floor = two_seats()
    hear(floor, offered(), answered())
    floor.roster.settle([present("8001", Y, S.TALKING)])
    assert floor.course("8001")[-2:] == ["wrap_up", "talking"]
    assert floor.seat("8001").call_id == Y


async def test_a_live_reservation_survives_a_snapshot_that_does_not_show_it_yet():
    floor = two_seats()
    floor.roster.reserve(A, X)
    floor.roster.settle([])
    assert floor.state("8001") is S.RESERVED


async def test_without_any_snapshot_offers_begin_after_a_while():
    floor = Floor(definition("8001"), stored=(a_seat("8001"),))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(floor.roster.run(), name="roster")
        await asyncio.sleep(4.9)
        assert not floor.roster.offers_allowed
        await asyncio.sleep(0.2)
        assert floor.roster.offers_allowed
        task.cancel()


PARTS = st.sampled_from([PartyRole.SEAT, PartyRole.SUPERVISOR])
HAPPENINGS = st.one_of(
    st.builds(happenings.SignIn, operator=st.just("u")),
    st.builds(happenings.SignOut),
    st.builds(happenings.SetReady),
    st.builds(happenings.SetNotReady, reason=st.sampled_from(sorted(course.FOR_PEOPLE))),
    st.builds(happenings.WrapUpOver),
    st.builds(happenings.PhoneLost),
    st.builds(happenings.PhoneFound),
    st.builds(happenings.BookSignOut),
    st.builds(happenings.Unbook),
    st.builds(happenings.Invited, call_id=st.sampled_from([X, Y]), until=st.just(NOON)),
    st.builds(happenings.TookOver, call_id=st.sampled_from([X, Y])),
    st.builds(happenings.NotTalking, call_id=st.sampled_from([X, Y])),
    st.builds(happenings.StoppedListening, call_id=st.sampled_from([X, Y])),
    st.builds(happenings.Reserved, call_id=st.sampled_from([X, Y]), until=st.just(NOON)),
    st.builds(happenings.OfferUndone, call_id=st.sampled_from([X, Y])),
    st.builds(
        happenings.OfferFailed,
        call_id=st.sampled_from([X, Y]),
        reason=st.sampled_from(sorted(course.FOUND_BY_US)),
    ),
    st.builds(happenings.Rang, call_id=st.sampled_from([X, Y]), part=PARTS),
    st.builds(happenings.Connected, call_id=st.sampled_from([X, Y]), part=PARTS),
    st.builds(happenings.Left, call_id=st.sampled_from([X, Y]), until=st.just(NOON)),
)


@given(st.lists(HAPPENINGS, max_size=40))
def test_whatever_happens_a_seat_makes_sense(happenings):
    seat = a_seat("8001", S.SIGNED_OUT)
    for happening in happenings:
        seat = course.advance(seat, happening, NOON) or seat
        assert (seat.reason is not None) == (seat.state is S.NOT_READY)
        assert (seat.operator is None) == (seat.state is S.SIGNED_OUT)
        in_call = seat.state in (S.RESERVED, S.RINGING, S.TALKING, S.WRAP_UP)
        assert (seat.call_id is not None) == in_call
        assert (seat.until is not None) == (seat.state in (S.RESERVED, S.WRAP_UP))
        if seat.state in (S.SIGNED_OUT, S.READY, S.NOT_READY):
            assert seat.pending_not_ready is None
            assert not seat.pending_sign_out
        if seat.state not in (S.RINGING, S.TALKING):
            assert seat.part is PartyRole.SEAT


EVENTS = st.lists(
    st.one_of(
        st.builds(offered, st.sampled_from([X, Y])),
        st.builds(answered, st.sampled_from([X, Y])),
        st.builds(left, st.sampled_from([X, Y])),
        st.builds(returned, st.just("no-answer")),
        st.builds(returned, st.just("citizen-gone"), blame=st.just(Blame.CITIZEN)),
        st.builds(abandoned, st.sampled_from([X, Y])),
        st.sampled_from(["ready", "break", "finish", "out", "in", "gone", "back", "reserve"]),
    ),
    max_size=40,
)


@given(EVENTS)
def test_the_told_history_of_a_seat_adds_up_to_what_it_is(events):
    told = []
    roster = SeatRoster([definition("8001")], SeatsSettings(), told.append, lambda: NOON)
    commands = {
        "ready": lambda: roster.set_ready(A, "u"),
        "break": lambda: roster.set_not_ready(A, R.BREAK, "u"),
        "finish": lambda: roster.finish_wrap_up(A, "u"),
        "out": lambda: roster.sign_out(A, "u"),
        "in": lambda: roster.sign_in(A, "u"),
        "gone": lambda: roster.phone_changed(phone(PhoneState.UNREACHABLE)),
        "back": lambda: roster.phone_changed(phone(PhoneState.FREE)),
        "reserve": lambda: roster.reserve(A, Y),
    }
    for event in events:
        try:
            commands[event]() if isinstance(event, str) else roster.on_call_event(event)
        except SeatError:
            continue
    changes = [e for e in told if isinstance(e, SeatStateChanged)]
    states = [S.SIGNED_OUT, *(e.state for e in changes)]
    assert [e.was for e in changes] == states[:-1]
    assert roster.seats[A].state is states[-1]
    if changes:
        last, seat = changes[-1], roster.seats[A]
        assert (last.reason, last.call_id, last.until) == (seat.reason, seat.call_id, seat.until)
        assert (last.operator, last.idle_since) == (seat.operator, seat.idle_since)


class NothingSaved:
    def missing(self, call_id, seat_id=None):
        return "尚未登记话后小结"


@pytest.mark.parametrize("command", ["finish_wrap_up", "set_ready", "set_not_ready"])
async def test_an_operator_cannot_end_a_wrap_up_with_nothing_saved_but_a_supervisor_can(command):
    floor = Floor(definition("8001"))
    floor.roster = SeatRoster(
        [definition("8001")], floor.settings, floor.told.append, floor.now, outcomes=NothingSaved()
    )
    floor.ready("8001")
    for event in (
        CallOffered(at=NOON, call_id=call(1), seat_id=A),
        CallAnswered(at=NOON, call_id=call(1), seat_id=A, waited_ms=0),
        SeatLeftCall(at=NOON, call_id=call(1), seat_id=A, talked_ms=1),
    ):
        floor.roster.on_call_event(event)
    assert floor.state("8001") == "wrap_up"
    operator = floor.seat("8001").operator
    more = [NotReadyReason.BREAK] if command == "set_not_ready" else []
    with pytest.raises(SeatOutcomeUnsaved):
        getattr(floor.roster, command)(A, *more, operator)
    assert floor.state("8001") == "wrap_up"
    getattr(floor.roster, command)(A, *more, "leader")
    assert floor.state("8001") != "wrap_up"
