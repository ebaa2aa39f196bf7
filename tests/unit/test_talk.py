"""Three-way, consultation, transfer: who is where, what it is called, and that all of it ends."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.call import CONNECTED, CallState
from cti.course import LEFT_WAITING, advance, begin
from cti.events import Blame, CallEvent, Direction, PartyRole, Room
from cti.facts import (
    CitizenArrived,
    CitizenGone,
    CitizenHeld,
    CitizenInRoom,
    HangupAsked,
    LegGone,
    LegInRoom,
    LegRang,
    SeatConnected,
    SeatGone,
    SeatRang,
    WaitingBegan,
)
from cti.recollection import recollect
from cti.talk import form_of

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CALL = "node1-1767614400.1"
A = "leg-8001"
B, D, W = f"{CALL}-p2", f"{CALL}-p3", f"{CALL}-p4"
PARTY = {
    A: (PartyRole.SEAT, "8001"),
    B: (PartyRole.SEAT, "8002"),
    D: (PartyRole.THIRD, "110"),
    W: (PartyRole.SUPERVISOR, "8004"),
}
TALK, ASIDE = Room.TALK, Room.ASIDE
S = CallState


def at(second):
    return NOON + timedelta(seconds=second)


def leg(kind, leg_id, second, **more):
    role, who = PARTY[leg_id]
    return kind(call_id=CALL, at=at(second), leg_id=leg_id, role=role, who=who, **more)


def rings(leg_id, second):
    return leg(LegRang, leg_id, second)


def enters(leg_id, second, room=TALK):
    return leg(LegInRoom, leg_id, second, room=room)


def leaves(leg_id, second, cause=16):
    if leg_id == A:
        return SeatGone(call_id=CALL, at=at(second), seat_id="8001", leg_id=A)
    return leg(LegGone, leg_id, second, cause=cause)


def held(second):
    return CitizenHeld(call_id=CALL, at=at(second))


def back(second):
    return CitizenInRoom(call_id=CALL, at=at(second))


def gone(second, cause=None):
    return CitizenGone(call_id=CALL, at=at(second), cause=cause)


def waiting(second, turn=1):
    return WaitingBegan(
        call_id=CALL,
        at=at(second),
        skill_group="general",
        joined_at=at(1),
        priority=0,
        turn=turn,
    )


ARRIVED = CitizenArrived(call_id=CALL, at=at(0), caller_number="13800000001", called_number="12345")
TALKING = (
    waiting(1),
    SeatRang(call_id=CALL, at=at(2), seat_id="8001", leg_id=A),
    SeatConnected(call_id=CALL, at=at(5), seat_id="8001", leg_id=A),
)
CONSULTING = (held(10), enters(A, 10, ASIDE), rings(D, 11), enters(D, 14, ASIDE))


def play(*facts, first=ARRIVED):
    step = begin(first)
    call, told = step.call, list(step.events)
    for fact in facts:
        step = advance(call, fact)
        assert step.expected, (call.state, fact)
        call = step.call
        told += step.events
    return call, told


def names(told):
    return [type(event).__name__ for event in told]


def test_a_consultation_holds_the_citizen_until_he_is_taken_back():
    call, told = play(*TALKING, *CONSULTING)
    assert call.state is S.CONSULTING
    assert names(told)[-6:] == [
        "CallHeld", "TalkChanged", "PartyMoved", "PartyRang", "PartyJoined", "TalkChanged",
    ]  # fmt: skip
    call, told = play(*TALKING, *CONSULTING, leaves(D, 20), enters(A, 21), back(21))
    assert call.state is S.TALKING
    assert [event.state for event in told if hasattr(event, "state")] == [
        "held",
        "consulting",
        "held",
        "talking",
    ]
    assert names(told).count("CallRetrieved") == 1


def test_all_three_speak_after_the_merge_and_the_seat_may_leave():
    merged = (enters(A, 20), enters(D, 20), back(20))
    call, told = play(*TALKING, *CONSULTING, *merged)
    assert call.state is S.CONFERENCE
    call, told = play(*TALKING, *CONSULTING, *merged, leaves(A, 30))
    assert call.state is S.TALKING
    left = next(event for event in told if type(event).__name__ == "SeatLeftCall")
    assert (left.seat_id, left.last, left.talked_ms) == ("8001", False, 25_000)
    assert call.leg_id is None
    assert call.seat_id == "8001"
    call, told = play(*TALKING, *CONSULTING, *merged, leaves(A, 30), leaves(D, 40), gone(41))
    assert call.state is S.ENDED
    assert call.ending.blame is Blame.THIRD
    assert call.talked_ms == 35_000


def test_the_next_seat_is_the_citizens_seat_when_the_first_has_gone():
    facts = (held(10), enters(A, 10, ASIDE), enters(B, 14, ASIDE), enters(B, 20), back(20))
    call, told = play(*TALKING, *facts, leaves(A, 20))
    assert (call.seat_id, call.leg_id, call.state) == ("8002", B, S.TALKING)
    (transferred,) = (event for event in told if type(event).__name__ == "CallTransferred")
    assert (transferred.from_seat, transferred.to_seat) == ("8001", "8002")
    call, told = play(*TALKING, *facts, leaves(A, 20), leaves(B, 50), gone(51))
    assert [e.last for e in told if type(e).__name__ == "SeatLeftCall"] == [False, True]
    assert call.ending.blame is Blame.SEAT


@pytest.mark.parametrize(
    ("cause", "reason", "blame"),
    [
        (17, "busy", Blame.THIRD),
        (19, "no-answer", Blame.THIRD),
        (16, "cancelled", Blame.SERVICE),
        (34, "unreachable", Blame.THIRD),
    ],
)
def test_who_was_asked_and_did_not_come_is_told_with_the_cause(cause, reason, blame):
    facts = (held(10), enters(A, 10, ASIDE), rings(D, 11), leaves(D, 14, cause))
    call, told = play(*TALKING, *facts)
    assert call.state is S.HELD
    assert (told[-1].ending.reason, told[-1].ending.blame) == (reason, blame)


def test_everybody_who_is_let_go_when_the_citizen_hangs_up_hands_nothing_over():
    facts = (rings(B, 10), enters(A, 12), enters(B, 14), back(14))
    asks = HangupAsked(call_id=CALL, at=at(20), seat_id=None)
    call, told = play(*TALKING, *facts, asks, leaves(A, 20), leaves(B, 20), gone(20))
    assert "CallTransferred" not in names(told)
    assert (call.state, call.seat_id) == (S.ENDED, "8001")
    assert call.ending.blame is Blame.CITIZEN


def test_a_listening_supervisor_is_a_party_but_no_talker():
    call, told = play(*TALKING, rings(W, 7), enters(W, 9, Room.LISTENING), leaves(W, 20))
    assert call.state is S.TALKING
    assert names(told)[-3:] == ["PartyRang", "PartyJoined", "PartyLeft"]
    assert told[-1].present_ms == 11_000


def test_back_in_the_line_he_waits_anew_and_may_be_answered_again():
    again = (leaves(A, 20), waiting(21, turn=2))
    call, told = play(*TALKING, *again)
    assert call.state is S.QUEUED
    call, told = play(
        *TALKING,
        *again,
        SeatRang(call_id=CALL, at=at(25), seat_id="8002", leg_id="leg-8002"),
        SeatConnected(call_id=CALL, at=at(31), seat_id="8002", leg_id="leg-8002"),
    )
    assert (call.state, call.seat_id, call.answered_at) == (S.TALKING, "8002", at(5))
    assert told[-1].waited_ms == 10_000
    call, told = play(*TALKING, *again, gone(50))
    assert (call.state, call.ending.reason) == (S.ENDED, LEFT_WAITING)


def test_the_seat_that_leaves_after_he_is_back_in_the_line_still_gets_its_wrap_up():
    call, told = play(*TALKING, waiting(20, turn=2), leaves(A, 21))
    assert call.state is S.QUEUED
    assert names(told)[-1] == "SeatLeftCall"


def test_a_call_of_ours_is_answered_when_the_citizen_comes_into_the_room():
    ours = CitizenArrived(
        call_id=CALL,
        at=at(0),
        caller_number="13800000001",
        called_number="12345",
        direction=Direction.OUT,
    )
    his = LegRang(call_id=CALL, at=at(4), leg_id=CALL, role=PartyRole.THIRD, who="citizen")
    facts = (rings(B, 0), enters(B, 3), his, back(9))
    call, told = play(*facts, first=ours)
    assert (call.state, call.seat_id, call.leg_id) == (S.TALKING, "8002", B)
    assert names(told) == ["CallArrived", "PartyRang", "PartyJoined", "CallAnswered"]
    call, told = play(*facts[:3], gone(20, cause=17), first=ours)
    assert (call.state, call.ending.reason) == (S.ABANDONED, "busy")
    assert "SeatLeftCall" in names(told)


def test_a_call_of_ours_whose_seat_does_not_come_is_over():
    ours = CitizenArrived(
        call_id=CALL,
        at=at(0),
        caller_number="13800000001",
        called_number="12345",
        direction=Direction.OUT,
    )
    call, told = play(rings(B, 0), leaves(B, 20, cause=19), first=ours)
    assert call.state is S.ABANDONED
    assert names(told)[-2:] == ["PartyDidNotAnswer", "CallAbandoned"]


def _facts(second):
    legs = st.sampled_from([A, B, D, W])
    speaking, spying = (TALK, ASIDE), (Room.LISTENING, Room.WHISPERING, TALK)
    return st.one_of(
        st.builds(lambda one: rings(one, second), legs.filter(lambda one: one != A)),
        st.builds(
            lambda one, n: enters(
                one, second, (spying if one == W else speaking)[n % (3 if one == W else 2)]
            ),
            legs,
            st.integers(0, 5),
        ),
        st.builds(lambda one, cause: leaves(one, second, cause), legs, st.sampled_from([16, 17])),
        st.just(held(second)),
        st.just(back(second)),
        st.just(waiting(second, turn=second)),
    )


COURSES = st.integers(0, 25).flatmap(lambda n: st.tuples(*(_facts(6 + i) for i in range(n))))


@given(COURSES)
def test_whoever_comes_goes_exactly_once_and_the_last_word_is_the_calls_end(facts):
    step = begin(ARRIVED)
    call, told = step.call, list(step.events)
    for fact in (*TALKING, *facts, gone(100)):
        step = advance(call, fact)
        call = step.call
        told += step.events
        if call.state in CONNECTED:
            assert call.state is form_of(call)
    assert call.over
    assert call.parties == ()
    counted = Counter(names(told))
    assert counted["CallEnded"] == 1
    assert names(told)[-1] == "CallEnded"
    assert all(isinstance(event, CallEvent) for event in told)
    seats = [e for e in told if getattr(e, "role", None) is PartyRole.SEAT]
    joined = sum(type(e).__name__ == "PartyJoined" for e in seats)
    assert counted["SeatLeftCall"] == counted["CallAnswered"] + joined
    others = [e for e in told if getattr(e, "role", PartyRole.SEAT) is not PartyRole.SEAT]
    there = Counter(names(others))
    assert there["PartyLeft"] == there["PartyJoined"]
    held_now = False
    for event in told:
        match type(event).__name__:
            case "CallHeld":
                assert not held_now
                held_now = True
            case "CallRetrieved":
                assert held_now
                held_now = False
            case "CallQueued" | "SeatLeftCall":
                if getattr(event, "last", True):
                    held_now = False


@given(COURSES)
def test_hearing_it_all_twice_tells_nothing_twice(facts):
    once = begin(ARRIVED).call
    for fact in (*TALKING, *facts):
        step = advance(once, fact)
        once = step.call
        if isinstance(fact, LegInRoom | CitizenHeld | CitizenInRoom | WaitingBegan | LegRang):
            again = advance(once, fact)
            assert again.call == once
            assert again.events == ()


@given(COURSES)
def test_the_journal_remembers_who_was_on_the_call(facts):
    step = begin(ARRIVED)
    call, told = step.call, list(step.events)
    for fact in (*TALKING, *facts):
        step = advance(call, fact)
        call = step.call
        told += step.events
    forgotten = replace(call, parties=(), leg_id=None, turn=1, queued_at=None)
    again = recollect(forgotten, told)
    assert set(again.parties) == set(call.parties)
    assert (again.turn, again.queued_at) == (call.turn, call.queued_at)
    if call.state in CONNECTED:
        assert again.leg_id == call.leg_id
