"""Whatever we failed to hear or heard falsely, the floor is again what Asterisk has within 15 s."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.call import CallState
from cti.events import PartyRole, Room
from cti.facts import (
    CitizenGone,
    LegGone,
    LegInRoom,
    LegRang,
    PhoneChanged,
    PhoneState,
    SeatConnected,
    SeatDidNotAnswer,
    SeatGone,
    SeatRang,
    WhyNotAnswered,
)
from cti.ids import LegId, SeatId
from seats.errors import CitizenChannelGone
from seats.events import SeatRepaired
from seats.model import NotReadyReason, SeatState
from seats.witness import presences
from tests.fakes.floor import call, definition
from tests.fakes.small_asterisk import WitnessedFloor
from tests.fakes.virtual_time import VirtualTimeLoop

S = SeatState
C = CallState
A, B = SeatId("8001"), SeatId("8002")
X, Y = call(1), call(2)
LIMIT_S = 15.0


def floor_of(*ready: str) -> WitnessedFloor:
    floor = WitnessedFloor(*(definition(f"800{n}") for n in range(1, 6)))
    return floor.ready(*ready)


@asynccontextmanager
async def witnessed(floor: WitnessedFloor):
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(part.run(), name=part.name) for part in (floor.witness, floor.roster)
        ]
        yield floor
        for task in tasks:
            task.cancel()


def talking(floor, call_id=X, seat_id=A):
    """A talk of which everything was heard."""
    there = floor.asterisk
    floor.hear(there.arrives(call_id))
    floor.roster.reserve(seat_id, call_id)
    floor.hear(there.rings(call_id, seat_id))
    floor.hear(there.answers(call_id, seat_id))
    floor.hear_phones(seat_id)
    assert floor.state(seat_id) is S.TALKING


def ringing(floor, call_id=X, seat_id=A):
    floor.hear(floor.asterisk.arrives(call_id))
    floor.roster.reserve(seat_id, call_id)
    floor.hear(floor.asterisk.rings(call_id, seat_id))
    assert floor.state(seat_id) is S.RINGING


# Each case: (what is so before, what happens without being heard, or is heard without happening).


def lost_ring(floor):
    floor.hear(floor.asterisk.arrives(X))
    floor.roster.reserve(A, X)
    floor.asterisk.rings(X, A)
    return {A: S.RINGING}, {X: C.RINGING}


def lost_ring_of_the_lifeboat(floor):
    floor.hear(floor.asterisk.arrives(X))
    floor.asterisk.rings(X, A)
    return {A: S.RINGING}, {X: C.RINGING}


def lost_answer(floor):
    ringing(floor)
    floor.asterisk.answers(X, A)
    return {A: S.TALKING}, {X: C.TALKING}


def lost_ring_and_answer(floor):
    floor.hear(floor.asterisk.arrives(X))
    floor.roster.reserve(A, X)
    floor.asterisk.rings(X, A)
    floor.asterisk.answers(X, A)
    return {A: S.TALKING}, {X: C.TALKING}


def lost_no_answer(floor):
    ringing(floor)
    floor.asterisk.does_not_answer(X, A)
    return {A: S.READY}, {X: C.QUEUED}


def lost_leaving_of_the_seat(floor):
    talking(floor)
    floor.asterisk.leaves(X, A)
    return {A: S.WRAP_UP}, {X: C.SEAT_LEFT}


def lost_end_of_the_call(floor):
    talking(floor)
    floor.asterisk.hangs_up(X)
    return {A: S.WRAP_UP}, {X: C.ENDED}


def lost_hang_up_while_ringing(floor):
    ringing(floor)
    floor.asterisk.hangs_up(X)
    return {A: S.READY}, {X: C.ABANDONED}


def lost_hang_up_while_waiting(floor):
    floor.hear(floor.asterisk.arrives(X))
    floor.asterisk.hangs_up(X)
    return {A: S.READY}, {X: C.ABANDONED}


def lost_call_from_beginning_to_talk(floor):
    floor.asterisk.arrives(X)
    floor.asterisk.rings(X, A)
    floor.asterisk.answers(X, A)
    return {A: S.TALKING}, {X: C.TALKING}


def lost_arrival(floor):
    floor.asterisk.arrives(X)
    return {A: S.READY}, {X: C.QUEUED}


def lost_invitation(floor):
    talking(floor)
    floor.asterisk.invites(X, B)
    return {A: S.TALKING, B: S.RINGING}, {X: C.TALKING}


def lost_joining(floor):
    talking(floor)
    floor.roster.reserve(B, X)
    floor.hear(floor.asterisk.invites(X, B))
    floor.asterisk.joins(X, B)
    return {A: S.TALKING, B: S.TALKING}, {X: C.CONFERENCE}


def lost_invitation_and_joining(floor):
    talking(floor)
    floor.asterisk.invites(X, B)
    floor.asterisk.joins(X, B)
    return {B: S.TALKING}, {X: C.CONFERENCE}


def lost_end_of_an_invitation(floor):
    talking(floor)
    floor.roster.reserve(B, X)
    floor.hear(floor.asterisk.invites(X, B))
    floor.asterisk.leaves(X, B)
    return {B: S.NOT_READY}, {X: C.TALKING}


def lost_leaving_of_the_consulted_seat(floor):
    talking(floor)
    floor.hear(floor.asterisk.invites(X, B))
    floor.hear(floor.asterisk.joins(X, B))
    floor.asterisk.leaves(X, B)
    return {A: S.TALKING, B: S.WRAP_UP}, {X: C.TALKING}


def lost_leaving_of_the_transferring_seat(floor):
    talking(floor)
    floor.hear(floor.asterisk.invites(X, B))
    floor.hear(floor.asterisk.joins(X, B))
    floor.asterisk.leaves(X, A)
    return {A: S.WRAP_UP, B: S.TALKING}, {X: C.TALKING}


def lost_end_of_listening(floor):
    talking(floor)
    floor.hear(floor.asterisk.invites(X, B, PartyRole.SUPERVISOR))
    floor.hear(floor.asterisk.joins(X, B, Room.LISTENING))
    floor.asterisk.leaves(X, B)
    return {A: S.TALKING, B: S.READY}, {X: C.TALKING}


def lost_beginning_of_listening(floor):
    talking(floor)
    floor.asterisk.invites(X, B, PartyRole.SUPERVISOR)
    floor.asterisk.joins(X, B, Room.LISTENING)
    return {A: S.TALKING, B: S.TALKING}, {X: C.TALKING}


def lost_change_of_calls(floor):
    talking(floor)
    floor.asterisk.hangs_up(X)
    floor.asterisk.arrives(Y)
    floor.asterisk.rings(Y, A)
    floor.asterisk.answers(Y, A)
    return {A: S.TALKING}, {X: C.ENDED, Y: C.TALKING}


def lost_loss_of_a_phone(floor):
    floor.asterisk.unreachable.add(A)
    return {A: S.NOT_READY}, {}


def lost_return_of_a_phone(floor):
    floor.asterisk.unreachable.add(A)
    floor.hear_phones(A)
    floor.asterisk.unreachable.clear()
    return {A: S.READY}, {}


def false_loss_of_a_phone(floor):
    floor.roster.phone_changed(phone(PhoneState.UNREACHABLE))
    return {A: S.READY}, {}


def false_return_of_a_phone(floor):
    floor.asterisk.unreachable.add(A)
    floor.hear_phones(A)
    floor.roster.phone_changed(phone(PhoneState.FREE))
    return {A: S.NOT_READY}, {}


def false_use_of_a_phone(floor):
    floor.roster.phone_changed(phone(PhoneState.IN_USE))
    assert floor.state("8001") is S.NOT_READY
    return {A: S.READY}, {}


def false_ring(floor):
    floor.hear(floor.asterisk.arrives(X))
    floor.hear([SeatRang(call_id=X, at=floor.now(), seat_id=A, leg_id=LegId("node1-1.99"))])
    assert floor.state("8001") is S.RINGING
    return {A: S.READY}, {X: C.QUEUED}


def false_answer_of_a_ringing_seat(floor):
    ringing(floor)
    leg = floor.asterisk.channels[X].legs[0]
    floor.hear([SeatConnected(call_id=X, at=floor.now(), seat_id=A, leg_id=leg.leg_id)])
    assert floor.state("8001") is S.TALKING
    return {A: S.RINGING}, {X: C.RINGING}


def false_answer_out_of_nothing(floor):
    floor.hear(floor.asterisk.arrives(X))
    floor.hear([SeatConnected(call_id=X, at=floor.now(), seat_id=A, leg_id=LegId("node1-1.99"))])
    assert floor.state("8001") is S.TALKING
    return {A: S.WRAP_UP}, {X: C.QUEUED}


def false_no_answer(floor):
    ringing(floor)
    leg = floor.asterisk.channels[X].legs[0]
    why = WhyNotAnswered.NO_ANSWER
    floor.hear([SeatDidNotAnswer(call_id=X, at=floor.now(), seat_id=A, leg_id=leg.leg_id, why=why)])
    return {A: S.RINGING}, {X: C.RINGING}


def false_leaving_of_the_seat(floor):
    talking(floor)
    leg = floor.asterisk.channels[X].legs[0]
    floor.hear([SeatGone(call_id=X, at=floor.now(), seat_id=A, leg_id=leg.leg_id)])
    assert floor.state("8001") is S.WRAP_UP
    return {A: S.TALKING}, {X: C.TALKING}


def false_end_of_a_talk(floor):
    talking(floor)
    floor.hear([CitizenGone(call_id=X, at=floor.now())])
    assert floor.state("8001") is S.WRAP_UP
    return {A: S.TALKING}, {X: C.TALKING}


def false_end_of_a_waiting_call(floor):
    floor.hear(floor.asterisk.arrives(X))
    floor.hear([CitizenGone(call_id=X, at=floor.now())])
    return {A: S.READY}, {X: C.QUEUED}


def false_joining(floor):
    talking(floor)
    floor.hear(floor.asterisk.invites(X, B))
    leg = floor.asterisk.channels[X].legs[1]
    floor.hear([LegInRoom(call_id=X, at=floor.now(), leg_id=leg.leg_id, role=PartyRole.SEAT,
                          who=B, room=Room.TALK)])  # fmt: skip
    assert floor.state("8002") is S.TALKING
    return {A: S.TALKING, B: S.RINGING}, {X: C.TALKING}


def false_invitation(floor):
    talking(floor)
    floor.hear([LegRang(call_id=X, at=floor.now(), leg_id=LegId("node1-1.99"),
                        role=PartyRole.SEAT, who=B)])  # fmt: skip
    assert floor.state("8002") is S.RINGING
    return {A: S.TALKING, B: S.NOT_READY}, {X: C.TALKING}


def false_leaving_of_a_party(floor):
    talking(floor)
    floor.hear(floor.asterisk.invites(X, B))
    floor.hear(floor.asterisk.joins(X, B))
    leg = floor.asterisk.channels[X].legs[1]
    floor.hear([LegGone(call_id=X, at=floor.now(), leg_id=leg.leg_id, role=PartyRole.SEAT,
                        who=B, cause=16)])  # fmt: skip
    assert floor.state("8002") is S.WRAP_UP
    return {A: S.TALKING, B: S.TALKING}, {X: C.CONFERENCE}


def phone(state, seat_id=A):
    return PhoneChanged(at=WitnessedFloor.now(), seat_id=seat_id, phone=state)


CASES = [thing for name, thing in list(globals().items()) if name.startswith(("lost_", "false_"))]


def test_there_are_thirty_cases_of_lost_and_false_events():
    assert len(CASES) >= 30


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("after_a_look_s", [0.1, 4.9])
async def test_the_floor_is_what_asterisk_has_within_15_seconds(case, after_a_look_s):
    async with witnessed(floor_of("8001", "8002")) as floor:
        await asyncio.sleep(after_a_look_s)
        seats, calls = case(floor)
        await asyncio.sleep(LIMIT_S - 5)
        assert {seat_id: floor.state(seat_id) for seat_id in seats} == seats
        assert {call_id: floor.tracker.calls[call_id].state for call_id in calls} == calls
        settled = len(floor.told)
        await asyncio.sleep(LIMIT_S)
        # Nothing is mended twice.
        assert not [e for e in floor.told[settled:] if isinstance(e, SeatRepaired)]


@pytest.mark.parametrize("case", [lost_answer, false_leaving_of_the_seat, lost_loss_of_a_phone])
async def test_every_repair_of_a_seat_is_explained_in_chinese(case):
    async with witnessed(floor_of("8001", "8002")) as floor:
        seats, _ = case(floor)
        was = floor.state("8001")
        await asyncio.sleep(LIMIT_S)
        told = [event for event in floor.of(SeatRepaired) if event.seat_id == A]
        assert [(one.was, one.state) for one in told] == [(was, seats[A])]
        assert "8001" in told[0].why
        assert "两次核对" in told[0].why


async def test_what_one_look_saw_is_not_mended_if_the_next_does_not_see_it():
    floor = floor_of("8001")
    ringing(floor)
    answered = floor.asterisk.answers(X, A)
    assert floor.witness.take(floor.asterisk.look())
    floor.hear(answered)  # It was only late.
    told = len(floor.told)
    await asyncio.sleep(2.5)
    assert not floor.witness.take(floor.asterisk.look())
    assert floor.told[told:] == []


async def test_two_looks_in_quick_succession_prove_nothing():
    floor = floor_of("8001")
    talking(floor)
    floor.asterisk.hangs_up(X)
    floor.witness.take(floor.asterisk.look())
    await asyncio.sleep(1.9)
    floor.witness.take(floor.asterisk.look())
    assert floor.state("8001") is S.TALKING
    await asyncio.sleep(0.2)
    floor.witness.take(floor.asterisk.look())
    assert floor.state("8001") is S.WRAP_UP


async def test_a_quiet_floor_is_left_alone_however_often_it_is_looked_at():
    async with witnessed(floor_of("8001", "8002")) as floor:
        talking(floor)
        ringing(floor, Y, B)
        floor.hear_phones(A, B)
        told = len(floor.told)
        await asyncio.sleep(60)
        assert floor.asterisk.looks >= 11
        assert floor.told[told:] == []
        assert not floor.witness.repaired


async def test_without_a_link_nothing_is_believed_and_nothing_mended():
    async with witnessed(floor_of("8001")) as floor:
        talking(floor)
        floor.asterisk.hangs_up(X)
        await asyncio.sleep(5.05)
        assert floor.asterisk.looks == 1  # One look saw it.
        floor.asterisk.away = True
        await asyncio.sleep(30)
        assert floor.state("8001") is S.TALKING
        floor.asterisk.away = False
        assert floor.witness.take(floor.asterisk.look())
        assert floor.state("8001") is S.TALKING  # The look before the gap counts no more.
        await asyncio.sleep(5.2)
        assert floor.state("8001") is S.WRAP_UP


async def test_a_citizen_who_waits_without_a_channel_leaves_the_line():
    async with witnessed(floor_of()) as floor, asyncio.TaskGroup() as group:

        async def waits():
            with pytest.raises(CitizenChannelGone):
                await floor.usher.seat_for(X, "general", floor.now(), 0)

        group.create_task(waits(), name="ghost")
        await asyncio.sleep(0.1)
        assert floor.usher.place_of(X) == 1
        await asyncio.sleep(LIMIT_S - 5)
        assert floor.usher.place_of(X) is None


async def test_a_seat_whose_phone_is_in_a_call_nobody_knows_is_not_offered_one():
    floor = floor_of("8001")
    floor.roster.phone_changed(phone(PhoneState.IN_USE))
    assert floor.seat("8001").reason is NotReadyReason.PHONE_IN_USE
    assert not floor.roster.reserve(A, X)
    floor.roster.set_ready(A, "user8001")
    assert not floor.roster.reserve(A, X)
    floor.roster.phone_changed(phone(PhoneState.FREE))
    assert floor.roster.reserve(A, X)


async def test_an_undone_offer_does_not_make_a_seat_ready_that_really_talks():
    """Ring and answer were lost: the reservation runs out, and only the phone tells of the talk."""
    floor = floor_of("8001")
    floor.hear(floor.asterisk.arrives(X))
    floor.roster.reserve(A, X)
    floor.asterisk.rings(X, A)
    floor.asterisk.answers(X, A)
    floor.hear_phones(A)
    floor.roster.undo_offer(A, X)
    assert floor.state("8001") is S.NOT_READY


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["arrives", "rings", "answers", "no", "leaves", "ends", "invites", "joins"]
        ),
        st.sampled_from([X, Y]),
        st.sampled_from([A, B]),
        st.booleans(),
    ),
    max_size=25,
)


def act(floor, what, call_id, seat_id):
    """What really happens, if it can."""
    there = floor.asterisk
    channel = there.channels.get(call_id)
    if what == "arrives":
        return [] if channel or call_id in floor.tracker.calls else there.arrives(call_id)
    if channel is None:
        return []
    mine = next((leg for leg in channel.legs if leg.seat_id == seat_id), None)
    busy = any(leg.seat_id == seat_id for c in there.channels.values() for leg in c.legs)
    served = any(leg.up for leg in channel.legs)
    if what == "ends":
        return there.hangs_up(call_id)
    if what == "rings":
        return (
            there.rings(call_id, seat_id)
            if channel.waiting and not channel.legs and not busy
            else []
        )
    if what == "invites":
        return there.invites(call_id, seat_id) if served and not busy else []
    if mine is None:
        return []
    if what == "joins":
        return there.joins(call_id, seat_id) if mine.originated and not mine.up else []
    if what == "leaves":
        return there.leaves(call_id, seat_id) if mine.up else []
    if mine.up or mine.originated:
        return []
    return (
        there.answers(call_id, seat_id)
        if what == "answers"
        else there.does_not_answer(call_id, seat_id)
    )


@settings(max_examples=150)
@given(ACTS)
def test_whatever_was_lost_after_two_looks_nobody_who_talks_can_be_offered_a_call(acts):
    async def story():
        floor = floor_of("8001", "8002")
        for what, call_id, seat_id, heard in acts:
            facts = act(floor, what, call_id, seat_id)
            if heard:
                floor.hear(facts)
        living = set(floor.asterisk.channels)
        for _ in range(4):
            floor.witness.take(floor.asterisk.look())
            await asyncio.sleep(2.5)
        # The witness has changed nothing at Asterisk, and our calls are exactly those it has.
        assert set(floor.asterisk.channels) == living
        assert {c.call_id for c in floor.tracker.calls.values() if not c.over} == living
        real = {p.seat_id: p.call_id for p in presences(floor.tracker.calls.values())}
        for seat_id in floor.asterisk.talkers():
            assert floor.state(seat_id) is S.TALKING
            assert floor.seat(seat_id).call_id == real[seat_id]
            assert not floor.roster.reserve(seat_id, call(3))
        for seat_id in {A, B} - floor.asterisk.talkers():
            assert floor.state(seat_id) is not S.TALKING

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(story())
