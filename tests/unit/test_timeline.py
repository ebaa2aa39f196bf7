"""A call's timeline from its events: whole, without a gap, and the same as the call's own states."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cti.call import OVER, CallState
from cti.course import advance, begin
from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallQueued,
    CallRetrieved,
    Direction,
    Ending,
    PartyRole,
    Room,
    SeatLeftCall,
)
from cti.facts import (
    CitizenArrived,
    CitizenGone,
    CitizenHeld,
    CitizenInRoom,
    LegGone,
    LegInRoom,
    LegRang,
    LifeboatJoined,
    SeatConnected,
    SeatDidNotAnswer,
    SeatGone,
    SeatHeld,
    SeatRang,
    SeatRetrieved,
    WaitingBegan,
    WhyNotAnswered,
)
from cti.timeline import timeline

NOON = datetime(2026, 1, 5, 4, tzinfo=UTC)
CALL = "node1-1767585600.1"
S = CallState


def at(second):
    return NOON + timedelta(seconds=second)


def told(*facts):
    """(events, call) after those facts, by the call's own machine."""
    step = begin(facts[0])
    events = list(step.events)
    for fact in facts[1:]:
        step = advance(step.call, fact)
        events += step.events
    return events, step.call


def arrived(direction=Direction.IN):
    return CitizenArrived(
        call_id=CALL,
        at=at(0),
        caller_number="13800000001",
        called_number="12345",
        direction=direction,
    )


def leg(kind, second, who="fire", role=PartyRole.THIRD, **more):
    return kind(call_id=CALL, at=at(second), leg_id=f"leg-{who}", role=role, who=who, **more)


TALK = (
    arrived(),
    WaitingBegan(call_id=CALL, at=at(6), skill_group="general", joined_at=at(6), priority=0),
    SeatRang(call_id=CALL, at=at(8), seat_id="8001", leg_id="leg-8001"),
    SeatConnected(call_id=CALL, at=at(12), seat_id="8001", leg_id="leg-8001"),
)


def shape(line):
    return [(part.state, (part.since - NOON).seconds, part.until and (part.until - NOON).seconds)
            for part in line.parts]  # fmt: skip


def stays(line):
    return [(one.who, one.room, (one.since - NOON).seconds, one.until and (one.until - NOON).seconds)
            for one in line.parties]  # fmt: skip


def test_a_three_way_call_shows_who_was_where_and_adds_up_to_the_whole():
    seat = {"who": "8001", "role": PartyRole.SEAT}
    events, call = told(
        *TALK,
        CitizenHeld(call_id=CALL, at=at(30)),
        leg(LegInRoom, 30, room=Room.ASIDE, **seat),
        leg(LegRang, 31),
        leg(LegInRoom, 40, room=Room.ASIDE),
        leg(LegInRoom, 60, room=Room.TALK),
        leg(LegInRoom, 60, room=Room.TALK, **seat),
        CitizenInRoom(call_id=CALL, at=at(60)),
        SeatGone(call_id=CALL, at=at(80), seat_id="8001", leg_id="leg-8001"),
        leg(LegGone, 95, cause=16),
        CitizenGone(call_id=CALL, at=at(97)),
    )
    line = timeline(events)
    assert shape(line) == [
        (S.ARRIVED, 0, 6),
        (S.QUEUED, 6, 8),
        (S.RINGING, 8, 12),
        (S.TALKING, 12, 30),
        (S.HELD, 30, 40),
        (S.CONSULTING, 40, 60),
        (S.CONFERENCE, 60, 80),
        (S.TALKING, 80, 95),
        (S.SEAT_LEFT, 95, 97),
    ]
    assert stays(line) == [
        ("8001", Room.TALK, 12, 30),
        ("8001", Room.ASIDE, 30, 60),
        ("fire", None, 31, 40),
        ("fire", Room.ASIDE, 40, 60),
        ("fire", Room.TALK, 60, 95),
        ("8001", Room.TALK, 60, 80),
    ]
    assert [((h.since - NOON).seconds, (h.until - NOON).seconds) for h in line.holds] == [(30, 60)]
    assert line.total_ms(at(999)) == 97_000 == sum(part.ms(at(999)) for part in line.parts)
    assert call.ended_at - call.arrived_at == timedelta(seconds=97)


def test_a_running_call_has_a_last_part_without_an_end():
    line = timeline(told(*TALK)[0])
    assert shape(line)[-1] == (S.TALKING, 12, None)
    assert line.total_ms(at(20)) == 20_000
    assert line.parts[-1].ms(at(20)) == 8_000


def test_a_supervisor_who_only_listens_keeps_no_talk_alive():
    events, _ = told(
        *TALK,
        leg(LegInRoom, 20, who="boss", role=PartyRole.SUPERVISOR, room=Room.LISTENING),
        SeatGone(call_id=CALL, at=at(30), seat_id="8001", leg_id="leg-8001"),
    )
    assert timeline(events).state is S.SEAT_LEFT


def test_journals_of_the_first_release_give_a_timeline_too():
    call = {"call_id": CALL}
    events = [
        CallArrived(at=at(0), caller_number="13800000001", called_number="12345", **call),
        CallQueued(at=at(2), skill_group="general", joined_at=at(2), priority=0, **call),
        CallAnswered(at=at(5), seat_id="8001", waited_ms=3000, **call),
        CallHeld(at=at(10), seat_id="8001", **call),
        CallRetrieved(at=at(20), seat_id="8001", **call),
        SeatLeftCall(at=at(30), seat_id="8001", talked_ms=25_000, **call),
        CallEnded(at=at(31), talked_ms=25_000, ending=Ending(blame=Blame.SEAT, reason="x"), **call),
    ]
    assert shape(timeline(events)) == [
        (S.ARRIVED, 0, 2),
        (S.QUEUED, 2, 5),
        (S.TALKING, 5, 10),
        (S.HELD, 10, 20),
        (S.TALKING, 20, 30),
        (S.SEAT_LEFT, 30, 31),
    ]


def test_an_instant_that_steps_back_makes_no_part_negative():
    events, _ = told(*TALK, CitizenGone(call_id=CALL, at=at(10)))
    line = timeline(events)
    assert all(part.ms(at(99)) >= 0 for part in line.parts)
    assert sum(part.ms(at(99)) for part in line.parts) == line.total_ms(at(99)) == 10_000


def test_no_events_are_no_timeline():
    assert timeline([]).parts == ()
    assert timeline([]).total_ms(at(1)) == 0


SEATS = ("8001", "8002")
seats = st.sampled_from(SEATS)
parties = st.sampled_from(
    [*((seat, PartyRole.SEAT) for seat in SEATS), ("fire", PartyRole.THIRD), ("boss", PartyRole.SUPERVISOR)]
)  # fmt: skip
whys = st.sampled_from(list(WhyNotAnswered))


@st.composite
def any_fact(draw, second):
    on_call = {"call_id": CALL, "at": at(second)}
    seat = draw(seats)
    with_leg = {**on_call, "seat_id": seat, "leg_id": f"leg-{seat}"}
    who, role = draw(parties)
    party = {**on_call, "leg_id": f"leg-{who}", "role": role, "who": who}
    makers = [
        lambda: WaitingBegan(
            **on_call, skill_group="general", joined_at=at(1), priority=0, turn=draw(st.integers(1, 3))
        ),
        lambda: LifeboatJoined(**on_call),
        lambda: SeatRang(**with_leg),
        lambda: SeatDidNotAnswer(**with_leg, why=draw(whys)),
        lambda: SeatConnected(**with_leg),
        lambda: SeatGone(**with_leg),
        lambda: SeatHeld(**on_call, seat_id=seat),
        lambda: SeatRetrieved(**on_call, seat_id=seat),
        lambda: CitizenHeld(**on_call),
        lambda: CitizenInRoom(**on_call),
        lambda: LegRang(**party),
        lambda: LegInRoom(**party, room=draw(st.sampled_from(list(Room)))),
        lambda: LegGone(**party, cause=draw(st.sampled_from([0, 16, 17, 19]))),
    ]  # fmt: skip
    if second > 5:
        makers.append(lambda: CitizenGone(**on_call))
    return draw(st.sampled_from(makers))()


@st.composite
def histories(draw):
    direction = draw(st.sampled_from(list(Direction)))
    seconds = range(2, 2 + draw(st.integers(1, 25)))
    facts = [arrived(direction), *(draw(any_fact(second)) for second in seconds)]
    return [fact for place, fact in enumerate(facts) if not _roomed(fact, facts[:place])]


def _roomed(fact, before):
    """A leg that is in a room cannot be dialled by the citizen's story: no such thing happens."""
    in_rooms = {one.leg_id for one in before if isinstance(one, LegInRoom)}
    return isinstance(fact, SeatConnected) and fact.leg_id in in_rooms


@settings(max_examples=400)
@given(histories())
def test_the_events_alone_give_the_same_state_as_the_call_itself(facts):
    step = begin(facts[0])
    events = list(step.events)
    for fact in facts[1:]:
        step = advance(step.call, fact)
        events += step.events
        assert timeline(events).state is step.call.state


@settings(max_examples=200)
@given(histories())
def test_parts_are_contiguous_and_sum_to_the_whole(facts):
    events, call = told(*facts)
    line = timeline(events)
    now = at(100)
    assert (line.parts[-1].until is not None) is (call.state in OVER)
    assert line.parts[0].since == call.arrived_at
    assert all(one.until == two.since for one, two in zip(line.parts, line.parts[1:], strict=False))
    assert line.parts[-1].until == call.ended_at
    whole = ((call.ended_at or now) - call.arrived_at) // timedelta(milliseconds=1)
    assert sum(part.ms(now) for part in line.parts) == line.total_ms(now) == whole
    open_ends = {stay.leg_id for stay in line.parties if stay.until is None}
    assert open_ends == {party.leg_id for party in call.parties}
