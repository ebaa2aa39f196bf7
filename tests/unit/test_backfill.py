"""What was not taken down while it was spoken is made up, once, after everything that is live."""

import asyncio

import pytest

from asr.backfill_ports import Wish
from asr.errors import (
    CallNotKnown,
    CallNotOver,
    NoRecogniser,
    RecogniserLost,
    RecordingDamaged,
    RecordingGone,
    RecordingMoved,
    TranscriptInTheMaking,
    TranscriptWhole,
)
from asr.events import BackfillFailed, BackfillWanted, Side, TranscriptFinished, UtteranceHeard
from asr.settings import AsrSettings
from tests.fakes.recognisers import quiet, said
from tests.fakes.unmade import Unmade, at, at_work, number


def speak(legs, citizen=b"", operator=b""):
    legs.audio[Side.CITIZEN] += citizen
    legs.audio[Side.OPERATOR] += operator


async def want(house, *counts):
    for count in counts:
        await house.backfill.want(number(count), why="asked", by="leader")
        await asyncio.sleep(1)


async def test_a_call_that_nobody_heard_is_made_up_on_both_sides_and_marked():
    house = Unmade()
    speak(house.call(1), quiet(1000) + said("路灯", 600), said("你好", 500))
    async with at_work(house.backfill):
        await want(house, 1)
        await house.finished()
    assert house.texts(number(1)) == [
        ("citizen", "路灯", 1000, 1600),
        ("operator", "你好", 0, 500),
    ]
    assert all(u.backfilled for u in house.of(UtteranceHeard))
    assert [e.utterances for e in house.of(TranscriptFinished)] == [2]
    assert not house.backfill.waiting
    assert not house.backfill.at_work


async def test_a_call_that_has_only_just_ended_is_marked_as_made_up_too():
    house = Unmade()
    legs = house.call(1, recording_started_at=house.now(), ended_at=house.now(), seat_spans=())
    speak(legs, said("路灯", 600))
    async with at_work(house.backfill):
        await house.backfill.want(number(1), why="message", by="service", from_ms=0, until_ms=900)
        await house.finished()
    assert [u.backfilled for u in house.of(UtteranceHeard)] == [True]


async def test_the_oldest_wish_comes_first_and_no_more_at_once_than_allowed():
    house = Unmade()
    for count in range(1, 8):
        speak(house.call(count), said("路灯", 2000))
    house.room = False
    async with at_work(house.backfill):
        await want(house, 3, 1, 2, 4, 5, 6, 7)
        house.room = True
        await house.finished(7)
    order = [e.call_id for e in house.of(TranscriptFinished)]
    assert {*order[:2]} == {number(3), number(1)}
    assert {*order[-1:]} <= {number(6), number(7)}
    assert house.most_at_once == 2


async def test_nothing_is_sent_while_live_calls_need_the_recognisers_and_then_it_goes_on():
    house = Unmade()
    speak(house.call(1), (said("路灯", 600) + quiet(700)) * 5)
    blocks = []

    def live_calls_come(_connection, pcm):
        blocks.append(pcm)
        house.room = len(house.of(UtteranceHeard)) != 2

    house.house.trouble = live_calls_come
    async with at_work(house.backfill):
        await want(house, 1)
        await house.until(lambda: not house.room)
        await asyncio.sleep(10)
        before = len(blocks)
        await asyncio.sleep(600)
        assert len(blocks) == before
        assert all(connection.closed for connection in house.house.connections)
        assert not house.of(TranscriptFinished)
        house.house.trouble = lambda _connection, _pcm: None
        house.room = True
        await house.finished()
    assert [text for _, text, _, _ in house.texts(number(1))] == ["路灯"] * 5


async def test_a_killed_service_goes_on_after_the_last_utterance_and_tells_none_twice():
    house = Unmade()
    sentences = [said("路灯", 400) + quiet(800), said("坏了", 400) + quiet(800)] * 20
    speak(house.call(1), b"".join(sentences), quiet(300) + said("请讲", 400))

    def stop_in_the_middle(_connection, _pcm):
        house.room = len(house.of(UtteranceHeard)) < 9

    house.house.trouble = stop_in_the_middle
    async with at_work(house.backfill):
        await want(house, 1)
        await house.until(lambda: not house.room)
    house.house.trouble = lambda _connection, _pcm: None
    house.room = True
    made = len(house.of(UtteranceHeard))
    assert not house.of(TranscriptFinished)
    async with at_work(house.another_life()):
        await house.finished()
    citizen = [text for text in house.texts(number(1)) if text[0] == "citizen"]
    assert [text for _, text, _, _ in citizen] == ["路灯", "坏了"] * 20
    assert [start for _, _, start, _ in citizen] == [1200 * turn for turn in range(40)]
    assert len(house.of(UtteranceHeard)) == 41
    assert made < 41
    assert [e.utterances for e in house.of(TranscriptFinished)] == [41]


async def test_a_life_that_ends_before_anything_was_made_leaves_the_wish():
    house = Unmade()
    speak(house.call(1), said("路灯", 600))
    await want(house, 1)
    async with at_work(house.another_life()):
        await house.finished()
    assert len(house.of(BackfillWanted)) == 1


async def test_without_a_recogniser_it_waits_its_turn_and_no_call_has_failed():
    house = Unmade()
    speak(house.call(1), said("路灯", 600))
    house.house.open = False
    async with at_work(house.backfill):
        await want(house, 1)
        await asyncio.sleep(3600)
        assert house.backfill.trouble == NoRecogniser.code
        assert house.backfill.failures[NoRecogniser.code] > 1
        house.house.open = True
        await house.finished()
        await asyncio.sleep(1)
    assert not house.of(BackfillFailed)
    assert house.backfill.trouble is None
    assert [type(e).__name__ for e in house.told] == [
        "BackfillWanted",
        "UtteranceHeard",
        "TranscriptFinished",
    ]


async def test_a_worker_that_dies_in_between_is_not_noticed():
    house = Unmade()
    speak(house.call(1), said("路灯", 600) + quiet(700) + said("坏了", 600))

    def die_once(_connection, _pcm):
        if house.of(UtteranceHeard):
            house.house.trouble = lambda _connection, _pcm: None
            house.house.open = False
            raise RecogniserLost("died")

    house.house.trouble = die_once
    async with at_work(house.backfill):
        await want(house, 1)
        await asyncio.sleep(5)
        assert not house.of(TranscriptFinished)
        house.house.open = True
        await house.finished()
    assert [text for _, text, _, _ in house.texts(number(1))] == ["路灯", "坏了"]
    assert not house.backfill.failures


async def test_a_damaged_recording_is_given_up_by_name_and_the_next_call_is_made_up():
    house = Unmade()
    house.call(1)
    speak(house.call(2), said("路灯", 600))
    house.troubles[number(1)] = RecordingDamaged()
    async with at_work(house.backfill):
        await want(house, 1, 2)
        await house.finished()
        await asyncio.sleep(10_000)
    (failed,) = house.of(BackfillFailed)
    assert (failed.call_id, failed.reason, failed.given_up) == (
        number(1),
        "recording-damaged",
        True,
    )
    assert house.backfill.failures == {"recording-damaged": 1}
    assert not house.of(TranscriptFinished, number(1))
    # Whoever has brought the file back may want it again.
    house.troubles.clear()
    async with at_work(house.backfill):
        await want(house, 1)
        await house.finished(2)


async def test_trouble_in_the_middle_of_a_leg_ends_the_attempt_and_does_not_finish_the_transcript():
    house = Unmade()
    legs = house.call(1)
    speak(legs, said("路灯", 600) + quiet(1000) + said("坏了", 600))
    broken = []

    class MovedLeg(type(legs(_voice(), 0))):
        async def read(self, block_ms):
            if self.position_ms >= 1000 and len(broken) < 2:
                broken.append(self.position_ms)
                raise RecordingMoved
            return await super().read(block_ms)

    house.legs[number(1)] = lambda voice, from_ms: MovedLeg(legs, voice, from_ms)
    async with at_work(house.backfill):
        await want(house, 1)
        await house.finished()
    assert house.backfill.failures == {"recording-moved": 2}
    assert not house.of(BackfillFailed)
    assert [text for _, text, _, _ in house.texts(number(1))] == ["路灯", "坏了"]


def _voice():
    from asr.ports import Voice

    return Voice(side=Side.CITIZEN)


async def test_legs_that_go_into_the_archive_while_there_is_no_recogniser_are_heard_from_there():
    house = Unmade()
    legs = house.call(1)
    speak(legs, said("路灯", 600))
    house.house.open = False
    async with at_work(house.backfill):
        await want(house, 1)
        legs.gone = True
        await asyncio.sleep(60)
        assert house.backfill.failures["recording-moved"]
        assert not house.of(TranscriptFinished)
        legs.gone, house.house.open = False, True
        await house.finished()
    assert [text for _, text, _, _ in house.texts(number(1))] == ["路灯"]


async def test_a_language_without_a_model_rests_longer_and_longer_and_is_told_once():
    house = Unmade(AsrSettings(backfill_retry_s=30))
    speak(house.call(1), said("路灯", 600))
    house.languages[number(1)] = "dialect"
    async with at_work(house.backfill):
        await want(house, 1)
        await asyncio.sleep(86_400)
        assert [e.reason for e in house.of(BackfillFailed)] == ["model-missing"]
        assert 10 < house.backfill.failures["model-missing"] < 40
        house.languages.clear()
        await house.finished()


async def test_calls_left_out_before_are_made_up_when_their_model_has_come():
    house = Unmade()
    speak(house.call(1, "left_out"), said("路灯", 600))
    house.call(2, "left_out")
    house.languages[number(2)] = "dialect"
    async with at_work(house.backfill):
        await house.finished()
        await asyncio.sleep(60)
    assert [(e.call_id, e.why) for e in house.of(BackfillWanted)] == [(number(1), "model-came")]


async def test_a_message_left_with_nobody_there_is_heard_on_one_side_and_only_where_he_spoke():
    house = Unmade()
    speak(
        house.call(1, "finished", seat_spans=()),
        said("没人", 1000) + quiet(1000) + said("路灯", 600) + quiet(1000) + said("修", 500),
        said("请讲", 5000),
    )
    async with at_work(house.backfill):
        await house.backfill.want(
            number(1), why="message", by="service", from_ms=1500, until_ms=3000
        )
        await house.finished()
    assert house.texts(number(1)) == [("citizen", "路灯", 2000, 2600)]


async def test_music_and_prompts_before_and_between_the_talks_give_no_words():
    from asr.ports import SeatSpan

    house = Unmade()
    spans = (
        SeatSpan(starts_at=at(3000), ends_at=at(4000)),
        SeatSpan(starts_at=at(6000), ends_at=at(7000)),
    )
    legs = house.call(1, recording_started_at=at(0), seat_spans=spans, ended_at=at(9000))
    speak(
        legs,
        quiet(9000),
        said("没人", 3000) + said("你好", 1000) + said("没人", 2000) + said("请讲", 1000),
    )
    async with at_work(house.backfill):
        await want(house, 1)
        await house.finished()
    assert house.texts(number(1)) == [
        ("operator", "你好", 3000, 4000),
        ("operator", "请讲", 6000, 7000),
    ]


async def test_a_call_of_no_length_is_finished_without_words():
    house = Unmade()
    house.call(1)
    async with at_work(house.backfill):
        await want(house, 1)
        await house.finished()
    assert [e.utterances for e in house.of(TranscriptFinished)] == [0]


async def test_what_the_command_line_asked_for_is_told_of_and_made_up():
    house = Unmade()
    speak(house.call(1), said("路灯", 600))
    house.call(2)
    del house.legs[number(2)]
    async with at_work(house.backfill):
        house.asked_for = [
            Wish(call_id=number(count), wanted_at=at(0), why="asked", by="root") for count in (1, 2)
        ]
        await house.finished()
        await house.until(lambda: house.of(BackfillFailed))
        await asyncio.sleep(60)
    assert [(e.call_id, e.by) for e in house.of(BackfillWanted)] == [(number(1), "root")]
    assert [(e.call_id, e.reason) for e in house.of(BackfillFailed)] == [
        (number(2), "recording-gone")
    ]


async def test_while_the_store_is_sick_nothing_begins_and_nothing_is_lost():
    house = Unmade()
    speak(house.call(1), said("路灯", 600))
    house.writes = False
    async with at_work(house.backfill):
        await want(house, 1)
        await asyncio.sleep(3600)
        assert not house.house.connections
        house.writes, house.readable = True, False
        await asyncio.sleep(60)
        assert house.backfill.trouble == "transcripts-unavailable"
        house.readable = True
        await house.finished()


@pytest.mark.parametrize(
    ("story", "wrong"),
    [
        (None, CallNotKnown),
        ({"ended_at": None, "transcription": "live"}, CallNotOver),
        ({"utterances": 3, "transcription": "finished"}, TranscriptWhole),
        ({"transcription": "paused"}, TranscriptInTheMaking),
    ],
)
async def test_what_cannot_be_wanted_is_refused_by_name(story, wrong):
    house = Unmade()
    if story is not None:
        house.call(1, **story)
    with pytest.raises(wrong):
        await house.backfill.want(number(1), why="asked", by="leader")
    assert not house.told


async def test_a_second_wish_for_the_same_call_and_a_lost_recording_are_refused():
    house = Unmade()
    house.call(1)
    house.call(2)
    del house.legs[number(2)]
    await house.backfill.want(number(1), why="asked", by="leader")
    with pytest.raises(TranscriptInTheMaking):
        await house.backfill.want(number(1), why="asked", by="leader")
    with pytest.raises(RecordingGone):
        await house.backfill.want(number(2), why="asked", by="leader")


async def test_a_finished_call_in_which_nothing_was_heard_may_be_heard_again():
    house = Unmade()
    speak(house.call(1, "finished"), said("路灯", 600))
    async with at_work(house.backfill):
        await want(house, 1)
        await house.finished()
    assert len(house.of(UtteranceHeard)) == 1
