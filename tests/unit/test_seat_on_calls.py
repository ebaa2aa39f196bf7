"""Seats that are asked onto calls, supervisors who listen, and what a supervisor may force."""

import pytest

from cti.events import (
    Blame,
    CallAnswered,
    CallEnded,
    CallTransferred,
    Ending,
    PartyDidNotAnswer,
    PartyJoined,
    PartyLeft,
    PartyMoved,
    PartyRang,
    PartyRole,
    Room,
    SeatLeftCall,
)
from cti.facts import PhoneChanged, PhoneState
from cti.ids import LegId, SeatId
from seats.errors import (
    SeatInCall,
    SeatNotSignedIn,
    SeatOutcomeUnsaved,
    SeatPhoneUnreachable,
    SeatWrongState,
)
from seats.events import ForceEffect, NotReadyBooked, SeatForced
from seats.model import NotReadyReason, Presence, SeatState
from seats.roster import SeatRoster
from tests.fakes.floor import NOON, Floor, call, definition

S = SeatState
R = NotReadyReason
A, B = SeatId("8001"), SeatId("8002")
X, Y = call(1), call(2)
SEAT, SUPERVISOR = PartyRole.SEAT, PartyRole.SUPERVISOR


def party(kind, role, who=B, call_id=X, **more):
    return kind(at=NOON, call_id=call_id, leg_id=LegId("node1-1.7"), role=role, who=who, **more)


def did_not_answer(role, blame, reason):
    return party(PartyDidNotAnswer, role, ending=Ending(blame=blame, reason=reason))


def left(seat_id=A, call_id=X):
    return SeatLeftCall(at=NOON, call_id=call_id, seat_id=seat_id, talked_ms=0)


def hear(floor, *events):
    for event in events:
        floor.roster.on_call_event(event)


def talking() -> Floor:
    floor = Floor(definition("8001"), definition("8002")).ready("8001", "8002")
    hear(floor, CallAnswered(at=NOON, call_id=X, seat_id=A, waited_ms=0))
    return floor


async def test_an_invited_seat_is_reserved_rings_talks_and_wraps_up_like_any_other():
    floor = talking()
    assert floor.roster.reserve(B, X)
    hear(floor, party(PartyRang, SEAT), party(PartyJoined, SEAT, room=Room.ASIDE),
         party(PartyMoved, SEAT, room=Room.TALK), left(B))  # fmt: skip
    assert floor.course("8002")[2:] == ["reserved", "ringing", "talking", "wrap_up"]
    assert floor.state("8001") is S.TALKING


async def test_a_transfer_leaves_each_seat_with_its_own_talk_and_wrap_up():
    floor = talking()
    floor.roster.reserve(B, X)
    hear(floor, party(PartyRang, SEAT), party(PartyJoined, SEAT, room=Room.TALK), left(A),
         CallTransferred(at=NOON, call_id=X, from_seat=A, to_seat=B))  # fmt: skip
    assert (floor.state("8001"), floor.state("8002")) == (S.WRAP_UP, S.TALKING)


async def test_an_invited_seat_that_was_never_rung_is_given_back():
    floor = talking()
    floor.roster.reserve(B, X)
    floor.roster.undo_offer(B, X)
    assert floor.state("8002") is S.READY
    floor.roster.reserve(B, X)
    hear(floor, party(PartyRang, SEAT))
    floor.roster.undo_offer(B, X)
    assert floor.state("8002") is S.RINGING


@pytest.mark.parametrize(
    ("blame", "reason", "state", "why"),
    [
        (Blame.SEAT, "no-answer", S.NOT_READY, R.DID_NOT_ANSWER),
        (Blame.SEAT, "busy", S.NOT_READY, R.PHONE_BUSY),
        (Blame.SEAT, "refused", S.NOT_READY, R.DID_NOT_ANSWER),
        (Blame.SERVICE, "cancelled", S.READY, None),
        (Blame.CITIZEN, "citizen-gone", S.READY, None),
    ],
)
async def test_an_invitation_without_an_answer_costs_the_seat_only_what_is_its_fault(
    blame, reason, state, why
):
    floor = talking()
    floor.roster.reserve(B, X)
    hear(floor, party(PartyRang, SEAT), did_not_answer(SEAT, blame, reason))
    assert (floor.state("8002"), floor.seat("8002").reason) == (state, why)


async def test_a_department_on_the_call_is_no_seat():
    floor = talking()
    hear(
        floor,
        party(PartyRang, PartyRole.THIRD),
        party(PartyJoined, PartyRole.THIRD, room=Room.TALK),
    )
    assert floor.state("8002") is S.READY


async def test_a_listening_supervisor_is_talking_and_shown_as_listening():
    floor = talking()
    hear(floor, party(PartyRang, SUPERVISOR), party(PartyJoined, SUPERVISOR, room=Room.LISTENING))
    assert (floor.state("8002"), floor.seat("8002").part) == (S.TALKING, SUPERVISOR)
    assert floor.changes("8002")[-1].part is SUPERVISOR


async def test_who_only_listened_has_nothing_to_wrap_up_and_keeps_his_idle_time():
    floor = talking()
    idle_since = floor.seat("8002").idle_since
    hear(floor, party(PartyRang, SUPERVISOR), party(PartyJoined, SUPERVISOR, room=Room.LISTENING),
         party(PartyLeft, SUPERVISOR, present_ms=5))  # fmt: skip
    assert floor.state("8002") is S.READY
    assert (floor.seat("8002").part, floor.seat("8002").idle_since) == (SEAT, idle_since)


async def test_a_supervisor_in_a_meeting_listens_and_is_in_his_meeting_again():
    floor = talking()
    floor.roster.set_not_ready(B, R.MEETING, "leader")
    assert not floor.roster.reserve(B, X)
    assert floor.roster.reserve_listener(B, X)
    hear(floor, party(PartyRang, SUPERVISOR), party(PartyJoined, SUPERVISOR, room=Room.LISTENING),
         party(PartyLeft, SUPERVISOR, present_ms=5))  # fmt: skip
    assert (floor.state("8002"), floor.seat("8002").reason) == (S.NOT_READY, R.MEETING)


async def test_a_supervisor_who_takes_the_call_over_has_a_wrap_up_of_his_own():
    floor = talking()
    hear(floor, party(PartyRang, SUPERVISOR), party(PartyJoined, SUPERVISOR, room=Room.TALK),
         left(A), CallTransferred(at=NOON, call_id=X, from_seat=A, to_seat=B))  # fmt: skip
    assert floor.seat("8002").part is SEAT
    hear(floor, left(B))
    assert floor.state("8002") is S.WRAP_UP
    assert floor.seat("8002").last_call_id == X


async def test_the_end_of_the_call_frees_all_its_seats_each_in_its_own_way():
    floor = Floor(*(definition(f"800{n}") for n in (1, 2, 3))).ready("8001", "8002", "8003")
    hear(floor, CallAnswered(at=NOON, call_id=X, seat_id=A, waited_ms=0),
         party(PartyRang, SUPERVISOR), party(PartyJoined, SUPERVISOR, room=Room.LISTENING),
         party(PartyRang, SEAT, who="8003"),
         CallEnded(at=NOON, call_id=X, talked_ms=1,
                   ending=Ending(blame=Blame.CITIZEN, reason="hung-up")))  # fmt: skip
    states = [floor.state(seat) for seat in ("8001", "8002", "8003")]
    assert states == [S.WRAP_UP, S.READY, S.READY]


async def test_a_snapshot_brings_listeners_back_as_listeners():
    floor = talking()
    floor.roster.settle(
        [
            Presence(seat_id=A, call_id=X, state=S.TALKING),
            Presence(seat_id=B, call_id=X, state=S.TALKING, part=SUPERVISOR),
        ]
    )
    assert (floor.state("8002"), floor.seat("8002").part) == (S.TALKING, SUPERVISOR)
    floor.roster.settle([Presence(seat_id=A, call_id=X, state=S.TALKING)])
    assert floor.state("8002") is S.READY


# Signing out and forcing.


class Unsaved:
    def __init__(self):
        self.calls = {X: "未选择话后小结代码"}

    def missing(self, call_id, seat_id=None):
        return self.calls.get(call_id)


def after_a_talk(outcomes):
    told = []
    roster = SeatRoster(
        [definition("8001")], Floor(definition("8001")).settings, told.append, Floor.now,
        outcomes=outcomes,
    )  # fmt: skip
    roster.sign_in(A, "wang")
    roster.set_ready(A, "wang")
    roster.on_call_event(CallAnswered(at=NOON, call_id=X, seat_id=A, waited_ms=0))
    roster.on_call_event(left())
    return roster, told


@pytest.mark.parametrize("wrap_up_over", [False, True])
async def test_nobody_signs_out_over_an_unsaved_outcome(wrap_up_over):
    outcomes = Unsaved()
    roster, _ = after_a_talk(outcomes)
    if wrap_up_over:
        roster.finish_wrap_up(A, "leader")
    with pytest.raises(SeatOutcomeUnsaved) as refused:
        roster.sign_out(A, "wang")
    assert refused.value.details == {"call_id": X, "missing": "未选择话后小结代码"}
    outcomes.calls.clear()
    roster.sign_out(A, "wang")
    assert roster.seats[A].state is S.SIGNED_OUT


async def test_a_supervisor_signs_out_over_an_unsaved_outcome_and_it_is_told():
    roster, told = after_a_talk(Unsaved())
    assert roster.force(A, S.SIGNED_OUT, "leader", "换班") is ForceEffect.DONE
    assert roster.seats[A].state is S.SIGNED_OUT
    forced = told[-1]
    assert isinstance(forced, SeatForced)
    assert (forced.by, forced.reason, forced.missing) == ("leader", "换班", "未选择话后小结代码")


async def test_a_new_operator_is_not_asked_for_the_last_ones_outcome():
    roster, _ = after_a_talk(Unsaved())
    roster.force(A, S.SIGNED_OUT, "leader", "换班")
    roster.sign_in(A, "li")
    roster.sign_out(A, "li")


@pytest.mark.parametrize("state", [S.NOT_READY, S.SIGNED_OUT, S.READY])
async def test_forcing_never_hurts_a_live_call_and_is_booked_for_after_it(state):
    floor = talking()
    floor.roster.set_not_ready(A, R.MEAL, "user8001")
    assert floor.roster.force(A, state, "leader", "业务高峰") is ForceEffect.AFTER_CALL
    assert (floor.state("8001"), floor.seat("8001").call_id) == (S.TALKING, X)
    hear(floor, left())
    assert floor.state("8001") is S.WRAP_UP
    floor.roster.finish_wrap_up(A, "user8001")
    assert floor.state("8001") is state
    if state is S.NOT_READY:
        assert floor.seat("8001").reason is R.FORCED
    if state is S.SIGNED_OUT:
        assert floor.seat("8001").operator is None


async def test_a_booked_sign_out_cannot_be_dodged_by_the_operator():
    floor = talking()
    floor.roster.force(A, S.SIGNED_OUT, "leader", "换班")
    with pytest.raises(SeatInCall):
        floor.roster.set_ready(A, "user8001")
    hear(floor, left())
    floor.roster.set_ready(A, "user8001")
    assert floor.state("8001") is S.SIGNED_OUT


async def test_a_supervisor_takes_a_booked_sign_out_back():
    floor = talking()
    floor.roster.force(A, S.SIGNED_OUT, "leader", "换班")
    floor.roster.force(A, S.READY, "leader", "继续")
    hear(floor, left())
    floor.roster.finish_wrap_up(A, "user8001")
    assert floor.state("8001") is S.READY


async def test_an_offered_call_is_not_hurt_either():
    floor = Floor(definition("8001")).ready("8001")
    floor.roster.reserve(A, X)
    assert floor.roster.force(A, S.SIGNED_OUT, "leader", "换班") is ForceEffect.AFTER_CALL
    assert floor.state("8001") is S.RESERVED
    floor.roster.undo_offer(A, X)
    assert floor.state("8001") is S.SIGNED_OUT


async def test_forcing_a_free_seat_works_at_once_and_twice_changes_nothing():
    floor = Floor(definition("8001")).ready("8001")
    assert floor.roster.force(A, S.NOT_READY, "leader", "培训") is ForceEffect.DONE
    assert floor.seat("8001").reason is R.FORCED
    changes = len(floor.changes("8001"))
    assert floor.roster.force(A, S.NOT_READY, "leader", "培训") is ForceEffect.NOTHING
    assert len(floor.changes("8001")) == changes
    assert floor.roster.force(A, S.READY, "leader", "回席") is ForceEffect.DONE
    assert floor.state("8001") is S.READY
    assert [e.effect for e in floor.told if isinstance(e, SeatForced)] == [
        "done",
        "nothing",
        "done",
    ]


async def test_what_cannot_be_forced_is_refused_by_name():
    floor = Floor(definition("8001"), definition("8002")).ready("8001")
    with pytest.raises(SeatNotSignedIn):
        floor.roster.force(B, S.READY, "leader", "x")
    with pytest.raises(SeatWrongState):
        floor.roster.force(A, S.TALKING, "leader", "x")
    floor.roster.set_not_ready(A, R.BREAK, "user8001")
    floor.roster.phone_changed(PhoneChanged(at=NOON, seat_id=A, phone=PhoneState.UNREACHABLE))
    with pytest.raises(SeatPhoneUnreachable):
        floor.roster.force(A, S.READY, "leader", "x")
    assert not [e for e in floor.told if isinstance(e, SeatForced)]


async def test_the_operator_sees_what_was_booked_for_him():
    floor = talking()
    floor.roster.force(A, S.NOT_READY, "leader", "培训")
    booked = [e for e in floor.told if isinstance(e, NotReadyBooked)]
    assert [(e.seat_id, e.reason, e.by) for e in booked] == [(A, R.FORCED, "leader")]
    assert [e.seat_id for e in floor.told if isinstance(e, SeatForced)] == [A]
