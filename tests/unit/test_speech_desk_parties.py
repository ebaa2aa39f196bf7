"""Calls with several parties, calls placed by us, calls answered twice: all are taken down whole."""

import asyncio

from asr.events import Side, TranscriptFinished
from asr.legs import own_leg_path
from asr.ports import OwnLeg, SeatSpan
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallQueued,
    CallRetrieved,
    Direction,
    PartyJoined,
    PartyLeft,
    PartyRecordingStarted,
    PartyRole,
    RecordingStarted,
    Room,
    SeatLeftCall,
)
from cti.ids import LegId, SeatId, SkillGroupCode
from tests.fakes.recognisers import quiet, said
from tests.unit.test_speech_desk import (
    CALL,
    HUNG_UP,
    SEAT,
    Memory,
    Stage,
    at,
    at_work,
    sixteen,
    unfinished,
)

SEAT_LEG = LegId("node1-1772438400.9")
WATER_LEG = LegId(f"{CALL}-p1772438403000")
NEXT_SEAT = SeatId("8002")


def arrived(direction: Direction = Direction.IN) -> CallArrived:
    return CallArrived(
        at=at(-40),
        call_id=CALL,
        caller_number="13800001234",
        called_number="12345",
        direction=direction,
    )


def recorded(leg_id: LegId, role: PartyRole, who: str, ms: int) -> PartyRecordingStarted:
    return PartyRecordingStarted(at=at(ms), call_id=CALL, leg_id=leg_id, role=role, who=who)


def left(leg_id: LegId, who: str, ms: int) -> PartyLeft:
    return PartyLeft(
        at=at(ms), call_id=CALL, leg_id=leg_id, role=PartyRole.THIRD, who=who, present_ms=1
    )


def ended(ms: int) -> CallEnded:
    return CallEnded(at=at(ms), call_id=CALL, talked_ms=ms, ending=HUNG_UP)


async def finished(stage: Stage, *events) -> None:
    for event in events:
        stage.desk.on_event(event)
    async with at_work(stage.desk):
        await stage.finished.wait()


async def test_a_consultation_of_a_department_is_taken_down_with_its_own_side(tmp_path):
    stage = Stage(tmp_path)
    stage.leg(Side.CITIZEN, said("路灯", 500) + quiet(4500))
    stage.leg(Side.OPERATOR, said("你好", 1000) + said("没人", 4000))
    sixteen(own_leg_path(tmp_path, CALL, SEAT_LEG)).write_bytes(said("请讲", 500) + quiet(3500))
    sixteen(own_leg_path(tmp_path, CALL, WATER_LEG)).write_bytes(quiet(500) + said("修", 500))
    await finished(
        stage,
        arrived(),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(0), call_id=CALL, seat_id=SEAT, waited_ms=0),
        CallHeld(at=at(1000), call_id=CALL, seat_id=SEAT),
        recorded(SEAT_LEG, PartyRole.SEAT, SEAT, 1000),
        recorded(WATER_LEG, PartyRole.THIRD, "water", 2000),
        left(WATER_LEG, "water", 3000),
        CallRetrieved(at=at(3500), call_id=CALL, seat_id=SEAT),
        SeatLeftCall(at=at(5000), call_id=CALL, seat_id=SEAT, talked_ms=5000),
        ended(5000),
    )
    assert stage.utterances == [
        ("citizen", "路灯", 0, 500),
        ("operator", "你好", 0, 1000),
        ("operator", "请讲", 1000, 1500),
        ("third_party", "修", 2500, 3000),
    ]
    assert stage.told[-1].utterances == 4


async def test_a_call_placed_by_us_is_taken_down_though_the_seat_was_there_first(tmp_path):
    stage = Stage(tmp_path)
    stage.leg(Side.CITIZEN, said("请讲", 500) + quiet(500))
    stage.leg(Side.OPERATOR, said("修", 1000))  # the same, mixed
    sixteen(own_leg_path(tmp_path, CALL, SEAT_LEG)).write_bytes(
        said("没人", 3000) + said("你好", 500)
    )
    await finished(
        stage,
        recorded(SEAT_LEG, PartyRole.SEAT, SEAT, -3000),
        arrived(Direction.OUT),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(50), call_id=CALL, seat_id=SEAT, waited_ms=0, leg_id=SEAT_LEG),
        SeatLeftCall(at=at(1000), call_id=CALL, seat_id=SEAT, talked_ms=1000, leg_id=SEAT_LEG),
        ended(1000),
    )
    assert stage.utterances == [("citizen", "请讲", 0, 500), ("operator", "你好", 0, 500)]


async def test_a_call_placed_by_us_and_answered_in_the_ordinary_way_is_finished(tmp_path):
    stage = Stage(tmp_path)
    stage.leg(Side.CITIZEN, said("路灯", 500))
    await finished(
        stage,
        arrived(Direction.OUT),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(0), call_id=CALL, seat_id=SEAT, waited_ms=0),
        ended(500),
    )
    assert stage.utterances == [("citizen", "路灯", 0, 500)]


async def test_a_seat_whose_citizen_never_came_leaves_nothing_behind(tmp_path):
    stage = Stage(tmp_path)
    stage.desk.on_event(recorded(SEAT_LEG, PartyRole.SEAT, SEAT, 0))
    stage.desk.on_event(SeatLeftCall(at=at(1), call_id=CALL, seat_id=SEAT, talked_ms=0))
    stage.desk.on_event(CallAbandoned(at=at(2), call_id=CALL, waited_ms=0, ending=HUNG_UP))
    async with at_work(stage.desk):
        await stage.finished.wait()
        await asyncio.sleep(0)
        assert stage.desk.at_work == {}
    assert [type(event) for event in stage.told] == [TranscriptFinished]


SUPERVISOR_LEG = LegId(f"{CALL}-p1772438409000")


def taken_over(ms: int):
    """A supervisor who listened is the citizen's seat from now on, on the same leg."""
    yield PartyLeft(
        at=at(ms),
        call_id=CALL,
        leg_id=SUPERVISOR_LEG,
        role=PartyRole.SUPERVISOR,
        who="9001",
        present_ms=1,
    )
    yield PartyJoined(
        at=at(ms),
        call_id=CALL,
        leg_id=SUPERVISOR_LEG,
        role=PartyRole.SEAT,
        who="9001",
        room=Room.TALK,
    )


async def test_a_supervisor_who_takes_the_call_over_goes_on_as_the_operators_side(tmp_path):
    stage = Stage(tmp_path)
    stage.leg(Side.CITIZEN, quiet(4000))
    stage.leg(Side.OPERATOR, said("你好", 1000) + said("没人", 3000))
    sixteen(own_leg_path(tmp_path, CALL, SUPERVISOR_LEG)).write_bytes(
        said("修", 500) + quiet(1000) + said("请讲", 1500)
    )
    await finished(
        stage,
        arrived(),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(0), call_id=CALL, seat_id=SEAT, waited_ms=0),
        recorded(SUPERVISOR_LEG, PartyRole.SUPERVISOR, "9001", 1000),
        recorded(SEAT_LEG, PartyRole.SEAT, SEAT, 1000),
        *taken_over(2500),
        SeatLeftCall(
            at=at(2600), call_id=CALL, seat_id=SEAT, talked_ms=2600, last=False, leg_id=SEAT_LEG
        ),
        SeatLeftCall(
            at=at(4000), call_id=CALL, seat_id="9001", talked_ms=1500, leg_id=SUPERVISOR_LEG
        ),
        ended(4000),
    )
    assert stage.utterances == [
        ("operator", "你好", 0, 1000),
        ("operator", "请讲", 2500, 4000),
        ("supervisor", "修", 1000, 1500),
    ]


async def test_after_a_restart_the_one_who_took_over_is_still_the_operators_side(tmp_path):
    leg = OwnLeg(
        leg_id=SUPERVISOR_LEG,
        role=PartyRole.SUPERVISOR,
        who="9001",
        starts_at=at(1000),
        seat_id=SeatId("9001"),
        seat_since=at(2500),
    )
    spans = (SeatSpan(starts_at=at(0), ends_at=at(1000)),)
    memory = Memory([unfinished(utterances=1, seat_spans=spans, own_legs=(leg,))])
    memory.heard = {(CALL, Side.OPERATOR): 1000}
    stage = Stage(tmp_path, memory)
    stage.leg(Side.CITIZEN, quiet(4000))
    sixteen(own_leg_path(tmp_path, CALL, SUPERVISOR_LEG)).write_bytes(
        said("修", 500) + quiet(1000) + said("请讲", 1500)
    )
    await finished(stage, *taken_over(2500), ended(4000))
    assert stage.utterances == [("operator", "请讲", 2500, 4000), ("supervisor", "修", 1000, 1500)]


async def test_a_call_that_ends_though_nobody_was_told_of_an_answer_is_finished(tmp_path):
    stage = Stage(tmp_path)
    await finished(stage, arrived(Direction.OUT), ended(500))
    assert [type(event) for event in stage.told] == [TranscriptFinished]


def queued(ms: int) -> CallQueued:
    return CallQueued(
        at=at(ms),
        call_id=CALL,
        skill_group=SkillGroupCode("general"),
        joined_at=at(0),
        priority=0,
    )


async def test_a_call_answered_sent_back_and_answered_again_is_one_transcript(tmp_path):
    stage = Stage(tmp_path)
    stage.leg(Side.CITIZEN, said("路灯", 500) + quiet(2500) + said("坏了", 500) + quiet(500))
    stage.leg(Side.OPERATOR, said("你好", 1000) + said("没人", 2000) + said("请讲", 1000))
    await finished(
        stage,
        arrived(),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(0), call_id=CALL, seat_id=SEAT, waited_ms=0),
        SeatLeftCall(at=at(1000), call_id=CALL, seat_id=SEAT, talked_ms=1000),
        queued(1000),
        CallAnswered(at=at(3000), call_id=CALL, seat_id=NEXT_SEAT, waited_ms=2000),
        SeatLeftCall(at=at(4000), call_id=CALL, seat_id=NEXT_SEAT, talked_ms=1000),
        ended(4000),
    )
    assert stage.utterances == [
        ("citizen", "坏了", 3000, 3500),
        ("citizen", "路灯", 0, 500),
        ("operator", "你好", 0, 1000),
        ("operator", "请讲", 3000, 4000),
    ]
    assert sum(isinstance(event, TranscriptFinished) for event in stage.told) == 1


async def test_who_gives_up_in_the_line_after_a_talk_has_his_transcript_finished(tmp_path):
    stage = Stage(tmp_path)
    stage.leg(Side.CITIZEN, said("路灯", 500) + quiet(500) + said("坏了", 500))
    await finished(
        stage,
        arrived(),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(0), call_id=CALL, seat_id=SEAT, waited_ms=0),
        SeatLeftCall(at=at(600), call_id=CALL, seat_id=SEAT, talked_ms=600),
        queued(600),
        CallAbandoned(at=at(1500), call_id=CALL, waited_ms=900, ending=HUNG_UP),
    )
    assert "".join(text for _, text, _, _ in stage.utterances) == "路灯坏了"
    assert stage.told[-1].utterances == len(stage.utterances)
    assert sum(isinstance(event, TranscriptFinished) for event in stage.told) == 1


async def test_a_leg_whose_id_is_no_file_name_is_not_looked_for(tmp_path):
    stage = Stage(tmp_path)
    await finished(
        stage,
        arrived(),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(0), call_id=CALL, seat_id=SEAT, waited_ms=0),
        recorded(LegId("../../etc/passwd"), PartyRole.THIRD, "water", 100),
        ended(500),
    )
    assert stage.told[-1].utterances == 0


async def test_a_service_started_again_goes_on_with_every_party_and_repeats_nothing(tmp_path):
    next_leg = LegId(f"{CALL}-p1772438405000")
    memory = Memory(
        [
            unfinished(
                utterances=2,
                seat_spans=(
                    SeatSpan(starts_at=at(0), ends_at=at(1000)),
                    SeatSpan(starts_at=at(2500)),
                ),
                own_legs=(
                    OwnLeg(
                        leg_id=SEAT_LEG,
                        role=PartyRole.SEAT,
                        who=SEAT,
                        starts_at=at(1000),
                        ends_at=at(2600),
                    ),
                    OwnLeg(leg_id=WATER_LEG, role=PartyRole.THIRD, who="water", starts_at=at(2000)),
                    OwnLeg(leg_id=next_leg, role=PartyRole.SEAT, who=NEXT_SEAT, starts_at=at(2000)),
                ),
            )
        ],
        {(CALL, Side.OPERATOR): 1000, (CALL, (Side.THIRD_PARTY, WATER_LEG)): 2500},
    )
    stage = Stage(tmp_path, memory)
    stage.leg(Side.CITIZEN, quiet(4000))
    stage.leg(Side.OPERATOR, said("你好", 1000) + said("没人", 3000))
    sixteen(own_leg_path(tmp_path, CALL, SEAT_LEG)).write_bytes(said("请讲", 500) + quiet(1100))
    sixteen(own_leg_path(tmp_path, CALL, WATER_LEG)).write_bytes(
        said("修", 500) + quiet(1000) + said("路灯", 500)
    )
    sixteen(own_leg_path(tmp_path, CALL, next_leg)).write_bytes(quiet(1500) + said("坏了", 500))
    async with at_work(stage.desk):
        # Told by the old service too; and once more when the link is back.
        stage.desk.on_event(recorded(WATER_LEG, PartyRole.THIRD, "water", 2000))
        stage.desk.on_event(CallRetrieved(at=at(2500), call_id=CALL, seat_id=SEAT))
        stage.desk.on_event(left(WATER_LEG, "water", 4000))
        stage.desk.on_event(ended(4000))
        await stage.finished.wait()
    assert stage.utterances == [
        ("operator", "坏了", 3500, 4000),
        ("operator", "请讲", 1000, 1500),
        ("third_party", "路灯", 3500, 4000),
    ]
    assert stage.told[-1].utterances == 5


async def test_the_end_of_a_call_that_is_left_to_the_backfill_is_not_told_by_the_desk(tmp_path):
    memory = Memory([unfinished(ended_at=at(1000))])
    memory.sick_for = 2
    stage = Stage(tmp_path, memory)
    stage.leg(Side.CITIZEN, said("路灯", 1000))
    stage.desk.on_event(ended(1000))  # heard while the store could not be read
    async with at_work(stage.desk):
        await asyncio.sleep(60)
    assert [type(e).__name__ for e in stage.told] == ["BackfillWanted"]
