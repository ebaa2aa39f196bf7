"""A call is taken down, whatever happens to the recognisers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from asr.errors import RecogniserLost, RecogniserSilent
from asr.events import (
    Side,
    TranscriptFinished,
    TranscriptionPaused,
    TranscriptionResumed,
    UtteranceHeard,
)
from asr.settings import AsrSettings
from asr.surroundings import Surroundings
from asr.transcriber import Transcriber
from cti.ids import CallId
from tests.fakes.recognisers import MemoryLegs, ToyHouse, quiet, said

ZERO = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CALL = CallId("node1-1772438400.7")


def at(ms: int) -> datetime:
    return ZERO + timedelta(milliseconds=ms)


class Stage:
    """A call whose recording grows as virtual time passes."""

    def __init__(self) -> None:
        self.house = ToyHouse()
        self.legs = MemoryLegs()
        self.told = []
        self.partials = []
        self.began = asyncio.get_running_loop().time()
        self.around = Surroundings(
            call_id=CALL,
            zero=ZERO,
            open_leg=self.legs,
            recognisers=self.house,
            tell=self.told.append,
            tell_partial=self.partials.append,
            settings=AsrSettings(),
            now=self.now,
        )

    def now(self) -> datetime:
        return ZERO + timedelta(seconds=asyncio.get_running_loop().time() - self.began)

    async def pass_ms(self, ms: int) -> None:
        await asyncio.sleep(ms / 1000)

    async def record(self, citizen: bytes = b"", seat: bytes = b"") -> None:
        """Let as much time pass as is recorded, in blocks of 100 ms."""
        length = max(len(citizen), len(seat))
        citizen, seat = citizen.ljust(length, b"\0"), seat.ljust(length, b"\0")
        for start in range(0, length, 3200):
            await self.pass_ms(100)
            self.legs.audio[Side.CITIZEN] += citizen[start : start + 3200]
            self.legs.audio[Side.OPERATOR] += seat[start : start + 3200]

    @property
    def utterances(self) -> list[tuple[str, str, int, int]]:
        return [
            (u.side.value, u.text, u.starts_at_ms, u.ends_at_ms)
            for u in self.told
            if isinstance(u, UtteranceHeard)
        ]

    def kinds(self, *of) -> list[type]:
        return [type(event) for event in self.told if isinstance(event, of)]


@asynccontextmanager
async def working(transcriber: Transcriber) -> AsyncIterator[None]:
    async with asyncio.timeout(3600), asyncio.TaskGroup() as group:
        group.create_task(transcriber.run())
        yield


async def test_both_sides_are_told_apart_with_positions_of_the_recording():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        await stage.record(citizen=said("你好", 2000), seat=said("请讲", 2000))  # waiting, music
        transcriber.seat_connected(at(2000))
        await stage.record(
            citizen=quiet(1000) + said("路灯", 500) + said("坏了", 500) + quiet(1000),
            seat=said("你好", 400) + quiet(2600),
        )
        transcriber.citizen_held(at(5000))
        await stage.record(seat=said("请讲", 1000))  # goodbye prompt
        transcriber.call_ended(at(6000))
    assert sorted(stage.utterances) == [
        ("citizen", "路灯坏了", 3000, 4000),
        ("operator", "你好", 2000, 2400),
    ]
    assert stage.told[-1] == TranscriptFinished(at=stage.told[-1].at, call_id=CALL, utterances=2)
    assert not any(e.backfilled for e in stage.told if isinstance(e, UtteranceHeard))
    assert all(connection.closed for connection in stage.house.connections)
    assert stage.legs.closed == 2


async def test_words_carry_the_recordings_clock_too():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        await stage.record(citizen=quiet(3000))
        transcriber.seat_connected(at(3000))
        await stage.record(citizen=said("路灯", 500) + said("坏了", 500) + quiet(800))
        transcriber.call_ended(at(4800))
    (utterance,) = [e for e in stage.told if isinstance(e, UtteranceHeard)]
    assert [(w.text, w.starts_at_ms, w.ends_at_ms) for w in utterance.words] == [
        ("路灯", 3000, 3500),
        ("坏了", 3500, 4000),
    ]
    assert utterance.confidence == pytest.approx(0.9)


async def test_music_on_hold_is_not_heard_and_the_next_seat_is():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(seat=said("你好", 1000))
        transcriber.citizen_held(at(1000))
        await stage.record(seat=said("修", 3000))
        transcriber.seat_connected(at(4000))
        transcriber.seat_connected(at(4000))  # told twice
        await stage.record(seat=said("请讲", 1000))
        transcriber.call_ended(at(5000))
    assert stage.utterances == [("operator", "你好", 0, 1000), ("operator", "请讲", 4000, 5000)]


async def test_an_empty_call_is_finished_too():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        transcriber.call_ended(at(100))
    assert stage.told == [TranscriptFinished(at=stage.told[0].at, call_id=CALL, utterances=0)]
    assert stage.house.connections == []


async def test_the_last_block_written_after_the_hang_up_is_heard():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=quiet(500))
        await stage.pass_ms(900)  # the buffer is not written yet
        transcriber.call_ended(at(1400))
        await stage.pass_ms(300)
        stage.legs.audio[Side.CITIZEN] += said("没人", 400)
    assert stage.utterances == [("citizen", "没人", 500, 900)]


async def test_a_recogniser_dying_in_an_utterance_loses_and_doubles_nothing():
    stage = Stage()
    died = []

    def die_once(connection, pcm):
        if pcm and not died and said("坏了", 1) in pcm:
            died.append(connection)
            raise RecogniserLost("killed")

    stage.house.trouble = die_once
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("你好", 400) + quiet(1000))
        await stage.record(citizen=said("路灯", 400) + said("坏了", 600) + quiet(1000))
        transcriber.call_ended(at(3400))
    assert died
    assert stage.utterances == [("citizen", "你好", 0, 400), ("citizen", "路灯坏了", 1400, 2400)]
    # Another recogniser was there at once: nobody was left without text.
    assert stage.kinds(TranscriptionPaused, TranscriptionResumed) == []
    assert not any(e.backfilled for e in stage.told if isinstance(e, UtteranceHeard))


async def test_an_outage_is_told_once_and_what_was_missed_is_marked():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("你好", 400) + quiet(1000), seat=quiet(1400))
        stage.house.open = False
        await stage.record(
            citizen=said("路灯", 400) + quiet(1000), seat=quiet(800) + said("请讲", 400)
        )
        assert transcriber.paused
        await stage.record(citizen=quiet(20_000))
        stage.house.open = True
        await stage.record(citizen=quiet(3_000) + said("没人", 500) + quiet(1500))
        assert not transcriber.paused
        transcriber.call_ended(at(27_800))
    marks = {e.text: e.backfilled for e in stage.told if isinstance(e, UtteranceHeard)}
    assert marks == {"你好": False, "路灯": True, "请讲": True, "没人": False}
    assert len(stage.utterances) == 4
    assert stage.kinds(TranscriptionPaused, TranscriptionResumed) == [
        TranscriptionPaused,
        TranscriptionResumed,
    ]


async def test_a_call_that_ends_in_an_outage_is_finished_after_it():
    stage = Stage()
    stage.house.open = False
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("路灯", 1000))
        transcriber.call_ended(at(1000))
        await stage.pass_ms(600_000)
        assert TranscriptFinished not in [type(e) for e in stage.told]
        stage.house.open = True
    (utterance,) = [e for e in stage.told if isinstance(e, UtteranceHeard)]
    assert (utterance.text, utterance.backfilled) == ("路灯", True)


async def test_a_leg_that_is_gone_ends_the_wait_for_a_recogniser():
    stage = Stage()
    stage.house.open = False
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("路灯", 1000))
        transcriber.call_ended(at(1000))
        await stage.pass_ms(10_000)
        stage.legs.gone = True
    assert isinstance(stage.told[-1], TranscriptFinished)
    assert stage.utterances == []


async def test_a_block_that_kills_every_recogniser_is_left_out_and_the_rest_is_heard():
    stage = Stage()

    def die_at_this_word(_connection, pcm):
        if said("修", 1) in pcm:
            raise RecogniserLost("crashed")

    stage.house.trouble = die_at_this_word
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("路灯", 400) + said("修", 200) + said("没人", 400))
        transcriber.call_ended(at(1000))
    assert "".join(text for _, text, _, _ in stage.utterances) == "路灯没人"


async def test_a_service_started_again_goes_on_after_the_last_utterance():
    stage = Stage()
    stage.legs.audio[Side.CITIZEN] += said("你好", 400) + quiet(1000) + said("路灯", 400)
    await stage.pass_ms(30_000)
    transcriber = Transcriber(
        stage.around, {(Side.CITIZEN, None): 400}, utterances=1, after_outage=True, paused=True
    )
    transcriber.seat_connected(at(0))
    transcriber.call_ended(at(1800))
    async with working(transcriber):
        pass
    assert stage.utterances == [("citizen", "路灯", 1400, 1800)]
    assert [e.backfilled for e in stage.told if isinstance(e, UtteranceHeard)] == [True]
    assert stage.told[-1].utterances == 2
    assert TranscriptionResumed in [type(e) for e in stage.told]


async def test_partials_come_seldom_enough_and_only_when_they_change():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        await stage.record(citizen=quiet(2000))
        transcriber.seat_connected(at(2000))
        await stage.record(citizen=said("路灯", 2000) + said("坏了", 1000) + quiet(2000))
        transcriber.call_ended(at(7000))
    assert [(p.text, p.starts_at_ms) for p in stage.partials] == [
        ("路灯", 2000),
        ("路灯坏了", 2000),
    ]


async def test_a_silent_recogniser_is_left_and_two_in_a_row_pause_the_call():
    stage = Stage()

    def say_nothing(_connection, _pcm):
        raise RecogniserSilent("no answer in time")

    stage.house.trouble = say_nothing
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("路灯", 600))
        assert stage.kinds(TranscriptionPaused) == [TranscriptionPaused]
        stage.house.trouble = lambda _connection, _pcm: None
        await stage.record(citizen=quiet(1000))
        transcriber.call_ended(at(1600))
    assert stage.utterances == [("citizen", "路灯", 0, 600)]


async def test_trouble_of_our_own_making_on_one_side_leaves_the_other_and_still_finishes():
    stage = Stage()

    def stumble(_connection, pcm):
        if said("你好", 1) in pcm:
            raise ZeroDivisionError

    stage.house.trouble = stumble
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("路灯", 600), seat=said("你好", 600))
        transcriber.call_ended(at(600))
    assert stage.utterances == [("citizen", "路灯", 0, 600)]
    assert stage.told[-1].utterances == 1


async def test_nothing_is_sent_again_and_again_while_nobody_speaks():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=quiet(4000))
        await stage.pass_ms(1000)
        sent = stage.house.answered_bytes
        await stage.pass_ms(60_000)  # the phone sends nothing: the legs do not grow
        assert stage.house.answered_bytes == sent
        transcriber.call_ended(at(64_000))
    assert stage.told[-1].utterances == 0


async def test_text_that_is_late_without_an_outage_is_not_marked_as_made_up():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("路灯", 500))
        await stage.pass_ms(20_000)  # the leg rests, so the end of the utterance is not known
        transcriber.call_ended(at(20_500))
    (utterance,) = [e for e in stage.told if isinstance(e, UtteranceHeard)]
    assert not utterance.backfilled


async def test_long_silence_is_not_sent_again_after_an_outage_but_its_last_second_is():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        # 11 times 5 s after the answer nothing is declared; a word begins in the same block.
        transcriber.seat_connected(at(50))
        await stage.record(citizen=quiet(55_060) + said("没人", 340))
        before = stage.house.answered_bytes
        stage.house.open = False
        await stage.record(citizen=quiet(400))
        stage.house.open = True
        await stage.record(citizen=quiet(1000))
        transcriber.call_ended(at(56_800))
    assert stage.utterances == [("citizen", "没人", 55_060, 55_400)]
    again_ms = (stage.house.answered_bytes - before) // 32
    assert again_ms < 2 * 9_000  # both sides: since the last declared silence, not since the start


async def test_who_waits_for_room_is_told_so_and_made_up_when_there_is():
    stage = Stage()
    stage.house.most = 1
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=said("路灯", 400) + quiet(9600), seat=said("你好", 400))
        stage.house.most = 2
        await stage.record(citizen=quiet(1000), seat=quiet(1000))
        transcriber.call_ended(at(11_000))
    (paused,) = [e for e in stage.told if isinstance(e, TranscriptionPaused)]
    assert paused.reason == "recognisers-busy"
    assert stage.kinds(TranscriptionResumed) == [TranscriptionResumed]
    marks = {e.side: e.backfilled for e in stage.told if isinstance(e, UtteranceHeard)}
    assert sorted(marks.values()) == [False, True]  # whichever came first; the other waited
    assert len(stage.utterances) == 2


async def test_a_recogniser_that_is_too_slow_makes_text_late_and_drops_only_partials():
    stage = Stage()
    stage.house.answer_s = 1.5  # for each block of 0.2 s, then of 1 s
    transcriber = Transcriber(stage.around)
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        for _ in range(5):
            await stage.record(citizen=said("路灯", 1000) + quiet(3000))
        assert stage.around.load.worst_ms > 5_000
        stage.house.answer_s = 0.0
        await stage.record(citizen=said("修", 1000) + quiet(1000))
        transcriber.call_ended(at(22_000))
    assert [text for _, text, _, _ in stage.utterances] == ["路灯"] * 5 + ["修"]
    marks = [e.backfilled for e in stage.told if isinstance(e, UtteranceHeard)]
    assert marks == [True] * 4 + [False] * 2
    assert stage.around.load.partials_dropped["behind"] > 0
    assert stage.around.load.late == sum(marks)
    assert stage.around.load.listening == 0
    assert max(c.largest for c in stage.house.connections) == 1_000 * 32
