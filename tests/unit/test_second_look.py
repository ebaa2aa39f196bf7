"""What a look at Asterisk's channels proves about a call, and what it does not."""

from datetime import UTC, datetime, timedelta

import pytest

from cti.call import CallState
from cti.events import PartyRole, Room
from cti.facts import (
    ChannelsListed,
    CitizenArrived,
    CitizenHeld,
    CitizenInRoom,
    LegGone,
    LegInRoom,
    NoticeEnded,
    SeatConnected,
    SeatHeld,
    SeatRang,
    WaitingBegan,
)
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from cti.second_look import Look, calls_seen, remedies
from cti.tracker import CallTracker

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
X = CallId("node1-1763716.1")
LEG = LegId("node1-1763716.2")
A = SeatId("8001")
C = CallState

ARRIVED = CitizenArrived(call_id=X, at=NOON, caller_number="13800000001", called_number="12345")
WAITS = WaitingBegan(call_id=X, at=NOON, skill_group=SkillGroupCode("general"), joined_at=NOON,
                     priority=0)  # fmt: skip
RANG = SeatRang(call_id=X, at=NOON, seat_id=A, leg_id=LEG)
CONNECTED = SeatConnected(call_id=X, at=NOON, seat_id=A, leg_id=LEG)
TALK = (ARRIVED, WAITS, RANG, CONNECTED)


def in_room(room, leg=LEG, who="8001", role=PartyRole.SEAT):
    return LegInRoom(call_id=X, at=NOON, leg_id=leg, role=role, who=who, room=room)


def heard(*facts):
    tracker = CallTracker(lambda _event: None, lambda: NOON)
    for fact in facts:
        tracker.meet(fact)
    return tracker


def look(*facts, legs=(X, LEG)):
    at = NOON + timedelta(seconds=10)
    listed = ChannelsListed(at=at, node="node1", legs=frozenset(map(LegId, legs)),
                            asterisk_started_at=None)  # fmt: skip
    return Look(at=at, listed=listed, facts=facts, phones=())


def mended(tracker, seen):
    for remedy in remedies(tracker.calls, seen):
        if remedy.revives:
            tracker.revive(remedy.call_id)
        for fact in remedy.facts:
            tracker.meet(fact)
    return tracker.calls[X]


def test_a_look_at_what_we_know_proves_nothing_wrong():
    assert remedies(heard(*TALK).calls, look(*TALK)) == ()


def test_a_look_repeats_itself_name_by_name():
    tracker = heard(ARRIVED, WAITS)
    names = [[r.mends for r in remedies(tracker.calls, look(*TALK))] for _ in range(2)]
    assert names[0] == names[1] != []


@pytest.mark.parametrize("variables_still_say", [(), (WAITS,)])
def test_a_citizen_on_hold_is_not_thought_to_wait_in_line(variables_still_say):
    """His HOTLINE_STATE says "waiting" all through the talk: nothing sets it until the goodbye."""
    tracker = heard(*TALK, CitizenHeld(call_id=X, at=NOON), in_room(Room.ASIDE))
    seen = look(ARRIVED, *variables_still_say, CitizenHeld(call_id=X, at=NOON), in_room(Room.ASIDE))
    assert tracker.calls[X].state is C.HELD
    assert mended(tracker, seen).state is C.HELD


def test_a_citizen_alone_in_the_common_room_is_not_thought_to_wait_in_line():
    tracker = heard(*TALK)
    seen = look(ARRIVED, WAITS, CitizenInRoom(call_id=X, at=NOON), legs=(X,))
    assert mended(tracker, seen).state is C.SEAT_LEFT
    assert remedies(tracker.calls, seen) == ()


def test_a_telephones_own_hold_in_a_room_is_not_undone_by_a_look():
    room = (CitizenInRoom(call_id=X, at=NOON), in_room(Room.TALK))
    tracker = heard(*TALK, *room, SeatHeld(call_id=X, at=NOON, seat_id=A))
    assert tracker.calls[X].state is C.HELD
    assert remedies(tracker.calls, look(ARRIVED, WAITS, *room)) == ()


def test_who_was_never_answered_waits_on_at_his_old_place():
    tracker = heard(*TALK)
    call = mended(tracker, look(ARRIVED, WAITS, RANG))
    assert (call.state, call.seat_id, call.joined_at, call.parties) == (C.RINGING, A, NOON, ())
    assert remedies(tracker.calls, look(ARRIVED, WAITS, RANG)) == ()


def test_a_return_to_the_line_that_was_not_heard_is_a_new_turn():
    tracker = heard(*TALK)
    again = WaitingBegan(call_id=X, at=NOON, skill_group=SkillGroupCode("law"), joined_at=NOON,
                         priority=0, turn=2)  # fmt: skip
    call = mended(tracker, look(ARRIVED, again, legs=(X,)))
    assert (call.state, call.skill_group, call.turn) == (C.QUEUED, "law", 2)


def test_a_department_whose_leg_is_gone_has_left_and_the_talk_goes_on():
    third = LegId("node1-1763716.1-p1763716000000")
    joined = in_room(Room.TALK, third, "water", PartyRole.THIRD)
    room = (CitizenInRoom(call_id=X, at=NOON), in_room(Room.TALK))
    tracker = heard(*TALK, *room, joined)
    assert tracker.calls[X].state is C.CONFERENCE
    seen = look(ARRIVED, WAITS, *room)
    (remedy,) = remedies(tracker.calls, seen)
    assert [type(fact) for fact in remedy.facts] == [LegGone]
    assert mended(tracker, seen).state is C.TALKING


def test_an_unknown_call_begins_with_all_that_is_seen_of_it():
    tracker = heard()
    call = mended(tracker, look(ARRIVED, NoticeEnded(call_id=X, at=NOON), *TALK[1:]))
    assert (call.state, call.seat_id, call.notice_at) == (C.TALKING, A, NOON)


def test_calls_of_another_node_are_not_missed_here():
    tracker = heard(ARRIVED, WAITS)
    listed = ChannelsListed(at=NOON, node="node2", legs=frozenset(), asterisk_started_at=None)
    assert remedies(tracker.calls, Look(at=NOON, listed=listed, facts=(), phones=())) == ()


def test_what_is_seen_is_told_without_anything_that_was_known_before():
    assert calls_seen(look(*TALK))[X].state is C.TALKING
    assert calls_seen(look(RANG, CONNECTED)) == {}
