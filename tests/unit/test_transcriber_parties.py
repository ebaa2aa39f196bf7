"""Every party of a call is taken down from its own voice, whoever joins, moves and leaves."""

from asr.errors import RecogniserLost
from asr.events import (
    Side,
    TranscriptFinished,
    TranscriptionPaused,
    TranscriptionResumed,
    UtteranceHeard,
)
from asr.transcriber import Transcriber
from cti.events import PartyRole
from cti.ids import LegId, SeatId
from tests.fakes.recognisers import quiet, said
from tests.unit.test_transcriber import CALL, Stage, at, working

SEAT_LEG = LegId("node1-1772438400.9")
WATER_LEG = LegId(f"{CALL}-p1772438403000")
POLICE_LEG = LegId(f"{CALL}-p1772438404000")
NEXT_SEAT_LEG = LegId(f"{CALL}-p1772438405000")
SEAT, NEXT_SEAT = SeatId("8001"), SeatId("8002")


def own(stage: Stage, leg_id: LegId, sound: bytes) -> None:
    """What a party's own leg holds when it is all written."""
    stage.legs.audio.setdefault(leg_id, bytearray()).extend(sound)


def heard(stage: Stage):
    return sorted(
        (u.side.value, u.who or "", u.text, u.starts_at_ms, u.ends_at_ms)
        for u in stage.told
        if isinstance(u, UtteranceHeard)
    )


async def test_a_third_party_has_its_own_side_on_the_calls_clock():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        await stage.record(citizen=said("路灯", 500) + quiet(1500), seat=said("你好", 1000))
        own(stage, SEAT_LEG, quiet(500) + said("请讲", 500) + quiet(2000))
        own(stage, WATER_LEG, said("修", 400) + quiet(1600))
        transcriber.party_recorded(SEAT_LEG, PartyRole.SEAT, SEAT, at(2000))
        transcriber.party_recorded(WATER_LEG, PartyRole.THIRD, "water", at(3000))
        await stage.record(citizen=quiet(3000), seat=said("修", 3000))  # everybody, mixed
        transcriber.call_ended(at(5000))
    assert heard(stage) == [
        ("citizen", "", "路灯", 0, 500),
        ("operator", "", "你好", 0, 1000),
        ("operator", "8001", "请讲", 2500, 3000),
        ("third_party", "water", "修", 3000, 3400),
    ]
    (utterance,) = [u for u in stage.told if getattr(u, "who", None) == "water"]
    assert utterance.leg_id == WATER_LEG
    assert utterance.words[0].starts_at_ms == 3000
    assert stage.told[-1].utterances == 4


async def test_two_third_parties_at_once_are_told_apart_and_so_are_their_partial_words():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        await stage.record(citizen=quiet(1000))
        transcriber.party_recorded(WATER_LEG, PartyRole.THIRD, "water", at(1000))
        transcriber.party_recorded(POLICE_LEG, PartyRole.THIRD, "110", at(1000))
        own(stage, WATER_LEG, said("修", 400) + quiet(1000))
        own(stage, POLICE_LEG, said("请讲", 400) + quiet(1000))
        await stage.record(citizen=quiet(2000))
        transcriber.call_ended(at(3000))
    assert heard(stage) == [
        ("third_party", "110", "请讲", 1000, 1400),
        ("third_party", "water", "修", 1000, 1400),
    ]
    assert {(p.leg_id, p.who, p.text) for p in stage.partials if p.text} == {
        (WATER_LEG, "water", "修"),
        (POLICE_LEG, "110", "请讲"),
    }


async def test_after_a_transfer_the_next_seats_own_leg_goes_on_with_the_operators_side():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        await stage.record(seat=said("你好", 1000))
        transcriber.citizen_held(at(1000))
        transcriber.party_recorded(SEAT_LEG, PartyRole.SEAT, SEAT, at(1000))
        transcriber.party_recorded(NEXT_SEAT_LEG, PartyRole.SEAT, NEXT_SEAT, at(2000))
        own(stage, SEAT_LEG, said("修", 500) + quiet(1500))
        own(stage, NEXT_SEAT_LEG, quiet(1500) + said("请讲", 500))
        await stage.record(seat=said("没人", 2000))  # music
        transcriber.seat_connected(at(3000))  # the citizen is back, in the room
        transcriber.seat_left(SEAT, at(3000))
        await stage.record(seat=said("请讲", 1000))
        transcriber.seat_left(NEXT_SEAT, at(4000))
        transcriber.call_ended(at(4000))
    assert heard(stage) == [
        ("operator", "", "你好", 0, 1000),
        ("operator", "8001", "修", 1000, 1500),
        ("operator", "8002", "请讲", 3500, 4000),
    ]


async def test_a_citizen_sent_back_to_the_line_is_heard_with_the_next_seat_as_at_first():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        await stage.record(seat=said("你好", 1000))
        transcriber.party_recorded(SEAT_LEG, PartyRole.SEAT, SEAT, at(1000))
        own(stage, SEAT_LEG, said("修", 500))
        await stage.record(seat=quiet(1000))
        # Nobody told that the seat left; the next answer says it.
        await stage.record(seat=said("没人", 1000))  # music in the line
        transcriber.seat_answered(at(3000))
        await stage.record(seat=said("请讲", 1000))
        transcriber.seat_left(NEXT_SEAT, at(4000))
        transcriber.call_ended(at(4000))
    assert heard(stage) == [
        ("operator", "", "你好", 0, 1000),
        ("operator", "", "请讲", 3000, 4000),
        ("operator", "8001", "修", 1000, 1500),
    ]


async def test_an_answer_told_again_does_not_take_a_seat_out_of_its_room():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        transcriber.party_recorded(SEAT_LEG, PartyRole.SEAT, SEAT, at(1000))
        transcriber.party_recorded(SEAT_LEG, PartyRole.SEAT, SEAT, at(1000))
        transcriber.seat_answered(at(0))
        own(stage, SEAT_LEG, quiet(500) + said("修", 500))
        await stage.record(seat=quiet(1000) + said("没人", 1000))
        transcriber.seat_connected(at(2000))
        await stage.record(seat=said("没人", 1000))
        transcriber.call_ended(at(3000))
    assert heard(stage) == [("operator", "8001", "修", 1500, 2000)]


async def test_a_consulted_seat_that_goes_again_ends_nobody_elses_side():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        transcriber.party_recorded(SEAT_LEG, PartyRole.SEAT, SEAT, at(0))
        transcriber.party_recorded(NEXT_SEAT_LEG, PartyRole.SEAT, NEXT_SEAT, at(500))
        own(stage, NEXT_SEAT_LEG, said("请讲", 400))
        await stage.record(citizen=quiet(1000))
        transcriber.seat_left(NEXT_SEAT, at(1000))
        own(stage, SEAT_LEG, quiet(2000) + said("修", 500))
        await stage.record(citizen=quiet(2000))
        transcriber.call_ended(at(3000))
    assert heard(stage) == [
        ("operator", "8001", "修", 2000, 2500),
        ("operator", "8002", "请讲", 500, 900),
    ]


async def test_a_third_party_that_left_is_heard_to_its_end_while_the_call_goes_on():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        transcriber.party_recorded(WATER_LEG, PartyRole.THIRD, "water", at(0))
        own(stage, WATER_LEG, quiet(500))
        await stage.record(citizen=quiet(1000))
        transcriber.party_left(WATER_LEG)
        own(stage, WATER_LEG, said("修", 400))  # Asterisk's last block, after the hang-up
        await stage.record(citizen=quiet(3000))
        assert heard(stage) == [("third_party", "water", "修", 500, 900)]
        transcriber.call_ended(at(4000))


async def test_a_supervisor_who_speaks_has_a_side_and_one_who_listens_says_nothing():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    barges, listens = LegId(f"{CALL}-p1"), LegId(f"{CALL}-p2")
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        transcriber.party_recorded(barges, PartyRole.SUPERVISOR, "9001", at(0))
        transcriber.party_recorded(listens, PartyRole.SUPERVISOR, "9002", at(0))
        own(stage, barges, said("你好", 500))
        own(stage, listens, quiet(500))
        await stage.record(citizen=quiet(1000))
        transcriber.call_ended(at(1000))
    assert heard(stage) == [("supervisor", "9001", "你好", 0, 500)]


async def test_a_seat_that_waited_for_the_citizen_it_calls_is_heard_from_his_answer_on():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        own(stage, SEAT_LEG, said("没人", 2000) + said("你好", 500) + quiet(500))
        transcriber.party_recorded(SEAT_LEG, PartyRole.SEAT, SEAT, at(-2000))
        await stage.record(citizen=said("请讲", 500) + quiet(500))
        transcriber.call_ended(at(1000))
    assert heard(stage) == [
        ("citizen", "", "请讲", 0, 500),
        ("operator", "8001", "你好", 0, 500),
    ]


async def test_a_service_started_again_goes_on_in_every_leg_where_it_was():
    stage = Stage()
    own(stage, WATER_LEG, said("修", 400) + quiet(1000) + said("路灯", 400))
    own(stage, POLICE_LEG, said("没人", 400) + quiet(1000) + said("请讲", 400))
    await stage.pass_ms(30_000)
    transcriber = Transcriber(
        stage.around, {(Side.THIRD_PARTY, WATER_LEG): 1400}, utterances=1, after_outage=True
    )
    transcriber.seat_answered(at(0))
    transcriber.party_recorded(WATER_LEG, PartyRole.THIRD, "water", at(1000))
    transcriber.party_recorded(POLICE_LEG, PartyRole.THIRD, "110", at(1000))
    transcriber.call_ended(at(3000))
    async with working(transcriber):
        pass
    assert heard(stage) == [
        ("third_party", "110", "没人", 1000, 1400),
        ("third_party", "110", "请讲", 2400, 2800),
        ("third_party", "water", "路灯", 2400, 2800),
    ]
    assert all(u.backfilled for u in stage.told if isinstance(u, UtteranceHeard))
    assert stage.told[-1].utterances == 4


async def test_a_recogniser_that_is_lost_for_one_voice_pauses_the_call_once():
    stage = Stage()

    def die_at_the_third(_connection, pcm):
        if said("修", 1) in pcm and not stage.kinds(TranscriptionPaused):
            raise RecogniserLost("killed")

    stage.house.trouble = die_at_the_third
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        transcriber.party_recorded(WATER_LEG, PartyRole.THIRD, "water", at(0))
        own(stage, WATER_LEG, said("修", 600) + quiet(1000))
        await stage.record(citizen=quiet(1000))
        assert stage.kinds(TranscriptionPaused, TranscriptionResumed) == [
            TranscriptionPaused,
            TranscriptionResumed,
        ]
        transcriber.call_ended(at(1000))
    assert heard(stage) == [("third_party", "water", "修", 0, 600)]


async def test_who_is_told_of_after_the_end_is_still_heard_and_much_later_is_no_trouble():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_answered(at(0))
        await stage.record(citizen=quiet(1000))
        transcriber.call_ended(at(1000))
        own(stage, WATER_LEG, said("修", 400))
        transcriber.party_recorded(WATER_LEG, PartyRole.THIRD, "water", at(500))
    assert heard(stage) == [("third_party", "water", "修", 500, 900)]
    transcriber.party_recorded(POLICE_LEG, PartyRole.THIRD, "110", at(500))
    assert stage.kinds(TranscriptFinished) == [TranscriptFinished]
