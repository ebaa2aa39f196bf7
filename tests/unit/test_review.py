"""A finished call gone through: signals, missed sentences, measures; and periods gone through again."""

import asyncio
from dataclasses import replace

import pytest

from asr.events import Side, TranscriptFinished
from cti.events import CallHeld, CallRetrieved, TalkChanged
from quality.errors import (
    QualityRecordsAway,
    RerunGoingOn,
    RerunSpanInvalid,
    RerunTooLarge,
    RerunUnknown,
)
from quality.events import (
    CallReviewed,
    RerunEnded,
    RerunStarted,
    SentenceDue,
    SentenceMissed,
    SentenceSaid,
    SignalFound,
    SpeechMeasured,
)
from quality.model import CallStory, FormSeen
from quality.review import review
from quality.reviewer import Reviewer
from quality.talk import Talk
from quality.timing import measured
from seats.phrases import Phrase
from tests.fakes.floor import NOON, call
from tests.fakes.quality import (
    ONE,
    SHIPPED,
    WANG,
    StoriesInMemory,
    at_s,
    ended,
    inline,
    opening,
    said,
    written_down,
)

P01 = said("座", "您好 12345 政务 服务 便民 热线 请问 有 什么 可 帮您", 1.0)
P20 = said("座", "请问 还有 其他 可 帮您 的 吗", 50.0)
P21 = said("座", "感谢 您 的 来电 祝您 生活 愉快 再见", 56.0)


def story(*told) -> CallStory:
    return CallStory(call_id=ONE, told=tuple(told))


def reviewed(*told, rules=SHIPPED):
    return review(story(*opening(), *told, ended(62)), rules, at_s(99))


def of(kind, told):
    return [one for one in told if isinstance(one, kind)]


def submitted(at=58.0) -> FormSeen:
    return FormSeen(
        at=at_s(at), call_id=ONE, named=True, stated=True, complete=True, submitted=True
    )


# Signals.


def test_what_an_operator_should_not_say_is_a_signal_with_its_place():
    told = reviewed(P01, said("座", "这个 不归 我们 管", 9.0), said("市", "我 怎么 知道", 20.0))
    (signal,) = [one for one in of(SignalFound, told) if one.rule == "not-ours"]
    assert (signal.found, signal.title) == ("不归我们管", "推诿")
    assert (signal.starts_at_ms, signal.ends_at_ms) == (9400, 10400)
    assert signal.signal_id == f"{ONE}-not-ours-9400"
    assert of(CallReviewed, told)[0].signals == len(of(SignalFound, told))
    assert isinstance(told[0], CallReviewed)


def test_text_that_came_late_is_a_signal_like_any_other():
    told = reviewed(P01, said("座", "可能 吧", 9.0, backfilled=True))
    assert "vague" in [one.rule for one in of(SignalFound, told)]


def test_a_long_silence_is_a_signal_and_a_hold_is_none():
    held = [
        CallHeld(at=at_s(8), call_id=ONE, seat_id=WANG),
        TalkChanged(at=at_s(8), call_id=ONE, state="held"),
        CallRetrieved(at=at_s(45), call_id=ONE, seat_id=WANG),
        TalkChanged(at=at_s(45), call_id=ONE, state="talking"),
    ]
    silent = of(SignalFound, reviewed(P01, P20, P21))
    on_hold = of(SignalFound, reviewed(P01, *held, P20, P21))
    assert [(one.rule, one.starts_at_ms) for one in silent] == [("dead-air", P01.ends_at_ms)]
    assert on_hold == []


def test_the_same_story_gives_the_same_signals():
    told = (P01, said("座", "可能 吧", 9.0), said("市", "什么 态度", 20.0))
    assert reviewed(*told) == reviewed(*told)


# Sentences at the end.


def missed(*told) -> list[str]:
    return [one.sentence_id for one in of(SentenceMissed, reviewed(*told))]


def test_a_call_that_said_everything_misses_nothing():
    assert missed(P01, P20, P21) == []


def test_what_must_be_said_and_was_not_is_missed():
    assert missed(said("座", "喂 你 说", 1.0)) == ["P20", "P21", "P01"]


def test_an_order_without_checking_it_is_missed_also_if_it_was_made_after_the_call():
    assert missed(P01, P20, P21, submitted()) == ["P09"]
    assert missed(P01, P20, P21, submitted(at=80.0)) == ["P09"]
    checked = said("座", "现在 向您 核实 一下", 40.0)
    assert missed(P01, checked, P20, P21, submitted(at=80.0)) == []


def test_a_hold_without_its_sentences_is_missed_for_each_hold():
    held = CallHeld(at=at_s(8), call_id=ONE, seat_id=WANG)
    back = CallRetrieved(at=at_s(20), call_id=ONE, seat_id=WANG)
    assert missed(P01, held, back, P20, P21) == ["P04", "P05"]


def test_the_excuse_for_a_slow_answer_is_opening_enough():
    slow = [*opening(waited_ms=40_000), said("座", "抱歉 让您 久等 了 请讲", 1.0), P20, P21]
    told = review(story(*slow, ended(62)), SHIPPED, at_s(99))
    assert of(SentenceMissed, told) == []


def test_a_call_without_a_word_of_its_operator_misses_nothing():
    assert missed(said("市", "喂 喂", 3.0)) == []


def test_what_was_said_in_text_that_came_late_is_told_once_and_for_its_own_moment():
    due = SentenceDue(at=NOON, call_id=ONE, sentence_id="P01", reason="answered", at_ms=0)
    late = replace(P01, backfilled=True)
    told = of(SentenceSaid, reviewed(due, late, P20, P21))
    assert ("P01", 0) in [(one.sentence_id, one.at_ms) for one in told]
    again = reviewed(due, late, P20, P21, *told)
    assert of(SentenceSaid, again) == []


def test_a_review_agrees_with_what_was_told_while_the_call_went_on():
    thanks = said("市", "谢谢 您", 45.0)
    told = [*opening(), P01, thanks, P20, P21, ended(62)]
    live, talk = [], Talk(ONE)
    for event in told:
        live += talk.take(event, SHIPPED)
    found = review(story(*told, *live), SHIPPED, at_s(99))
    assert of(SentenceSaid, live)
    assert of(SentenceSaid, found) == of(SentenceMissed, found) == []


# Measures, by hand.


def test_rates_talk_over_and_silence_are_what_one_reckons_by_hand():
    tape = [
        # 24 characters in 6.0 s: 240 a minute.
        said(
            "座",
            "您好 一二三四五 政务 服务 便民 热线 请问 有 什么 可以 帮您 的",
            1.0,
            ms_per_char=250,
        ),
        # 20 characters in 6.0 s: 200 a minute; 8.0 to 14.0.
        said("市", "我们 小区 的 路灯 坏了 已经 有 好 几天 没有 人 管", 8.0, ms_per_char=300),
        # begins at 13.0 while the citizen speaks until 14.0: one second.
        said("座", "请 您 先 别着急", 13.0, ms_per_char=250),
        said("市", "好 的", 25.0),
    ]
    chars = [len(one.text) for one in tape]
    spans = [(one.starts_at_ms, one.ends_at_ms) for one in tape]
    found = measured(tape, [(0, 30_000)])
    by_hand = (chars[0] + chars[2]) / (spans[0][1] - spans[0][0] + spans[2][1] - spans[2][0])
    assert found.operator_chars_per_min == pytest.approx(by_hand * 60_000, rel=0.1)
    assert found.operator_chars_per_min == pytest.approx(240, rel=0.1)
    assert found.citizen_chars_per_min == pytest.approx(200, rel=0.1)
    assert found.talk_over == ((13_000, spans[1][1]),)
    assert found.silence[0] == (spans[2][1], 25_000)
    assert found.longest_silence_ms == 25_000 - spans[2][1]


def test_pauses_between_words_are_not_speaking():
    slow = said("市", "我 要 反映 路灯 坏了 | | | 已经 好 几天 了 也 没有 人 管 它 啊 啊", 0.0)
    found = measured([slow], [(0, 20_000)])
    assert found.citizen_ms == 200 * len(slow.text)
    assert found.citizen_chars_per_min == 300


def test_too_few_words_tell_no_rate_and_no_words_no_measures():
    assert measured([said("市", "好 的", 1.0)], [(0, 9000)]).citizen_chars_per_min is None
    assert of(SpeechMeasured, reviewed()) == []


def test_another_language_has_neither_rates_nor_missed_sentences():
    foreign = replace(said("座", "hello " * 12, 1.0), language="en")
    told = reviewed(foreign)
    assert of(SentenceMissed, told) == []
    (measures,) = of(SpeechMeasured, told)
    assert measures.operator_chars_per_min is None
    assert measures.operator_ms > 0


def test_a_whispering_supervisor_is_no_operator():
    whisper = replace(said("座", "您好 12345 便民 热线 帮您", 1.0), side=Side.SUPERVISOR)
    told = reviewed(whisper, said("座", "喂", 3.0))
    assert "P01" in [one.sentence_id for one in of(SentenceMissed, told)]
    assert measured([whisper], [(0, 9000)]).longest_silence_ms == 9000


# The reviewer.


class Room:
    def __init__(self, stories=None) -> None:
        self.stories = stories or StoriesInMemory()
        self.rules = SHIPPED
        self.told = []
        self.reviewer = Reviewer(
            self.stories, lambda: self.rules, written_down, self.tell, lambda: NOON, inline
        )

    def tell(self, event) -> None:
        self.told.append(event)
        self.stories.tell(event)
        self.reviewer.on_event(event)

    def call(self, number: int, *told) -> "Room":
        call_id = call(number)
        for event in (*opening(call_id=call_id), *told, ended(62, call_id)):
            self.stories.tell(event)
        return self

    def finished(self, *numbers: int) -> "Room":
        for number in numbers:
            self.stories.tell(finished(number))
        return self

    async def works(self, *asked) -> None:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.reviewer.run())
            await asyncio.sleep(1)
            for what in asked:
                result = what()
                if asyncio.iscoroutine(result):
                    await result
                await asyncio.sleep(60)
            running.cancel()

    @property
    def reviews(self):
        return of(CallReviewed, self.told)


def missing(room: Room) -> list[str]:
    return [one.sentence_id for one in of(SentenceMissed, room.told)]


def finished(number: int) -> TranscriptFinished:
    return TranscriptFinished(at=at_s(70), call_id=call(number), utterances=1)


async def test_a_call_is_gone_through_when_its_transcript_is_finished_and_by_its_order_again():
    room = Room()
    await room.works()
    room.call(1, said("座", "可能 吧", 9.0))
    seen = []

    def happens(event):
        room.stories.tell(event)
        room.reviewer.on_event(event)

    await room.works(
        lambda: happens(submitted(at=55.0)),
        lambda: seen.append(len(room.reviews)),  # it goes on: the end is waited for
        lambda: happens(finished(1)),
        lambda: seen.append(len(room.reviews)),
        lambda: happens(submitted(at=90.0)),
    )
    assert seen == [0, 1]
    assert len(room.reviews) == 2
    assert "P09" in missing(room)


async def test_calls_that_ended_while_nobody_looked_are_gone_through_at_the_start():
    room = Room().call(1, P01).call(2).call(3).finished(1, 2)
    await room.works()
    assert [one.call_id for one in room.reviews] == [call(1), call(2)]


async def test_a_call_that_nothing_is_known_of_is_passed_over():
    room = Room()
    await room.works(lambda: room.reviewer.on_event(finished(9)))
    assert room.told == []


async def test_a_sick_store_is_asked_again_later():
    room = Room()

    class Sick(StoriesInMemory):
        sick = 3

        async def unreviewed(self, since, limit):
            return []

        async def story(self, call_id):
            if self.sick:
                self.sick -= 1
                raise QualityRecordsAway
            return await super().story(call_id)

    room = Room(Sick()).call(1, P01).finished(1)
    await room.works(lambda: room.reviewer.on_event(finished(1)))
    assert len(room.reviews) == 1


async def test_a_changed_rule_is_applied_to_a_chosen_period_and_the_same_one_changes_nothing():
    room = Room().call(1, said("座", "马上 给您 弄", 9.0)).call(2, P01)
    room.finished(1, 2)
    await room.works()
    assert [one.rule for one in of(SignalFound, room.told)] == ["dead-air", "dead-air"]
    slips = Phrase(code="slips", title="生活化用语", words=("弄",))
    room.rules = replace(SHIPPED, words=replace(SHIPPED.words, banned=(slips,)), words_version=4)
    room.told.clear()
    await room.works(lambda: room.reviewer.start(NOON, at_s(1), "inspector"))
    (rerun,) = room.reviewer.reruns
    assert (rerun.calls, rerun.done, rerun.unchanged, rerun.ended_at) == (2, 2, 0, NOON)
    assert ("slips", 4) in [(one.rule, one.version) for one in of(SignalFound, room.told)]
    assert isinstance(room.told[0], RerunStarted)
    assert isinstance(room.told[-1], RerunEnded)
    room.told.clear()
    await room.works(lambda: room.reviewer.start(NOON, at_s(1), "inspector"))
    assert room.reviewer.reruns[0].unchanged == 2
    assert of(SignalFound, room.told) == of(CallReviewed, room.told) == []


async def test_a_period_outside_and_an_empty_one_end_at_once():
    room = Room().call(1, P01)
    rerun = await room.reviewer.start(at_s(100), at_s(200), "inspector")
    assert (rerun.calls, rerun.ended_at) == (0, NOON)


async def test_a_run_is_stopped_and_another_begins_anew():
    room = Room()
    for number in range(1, 400):
        room.call(number)
    first = await room.reviewer.start(NOON, at_s(1), "inspector")
    with pytest.raises(RerunGoingOn):
        await room.reviewer.start(NOON, at_s(1), "inspector")
    stopped = room.reviewer.cancel(first.rerun_id, "leader")
    assert (stopped.cancelled_by, stopped.done) == ("leader", 0)
    assert room.reviewer.cancel(first.rerun_id, "li").cancelled_by == "leader"
    second = await room.reviewer.start(NOON, at_s(1), "inspector")
    assert room.reviewer.rerun(second.rerun_id).ended_at is None
    await room.works()
    done = room.reviewer.rerun(second.rerun_id)
    assert (done.done, done.calls, done.ended_at) == (399, 399, NOON)


async def test_wrong_questions_are_refused_by_name(monkeypatch):
    room = Room().call(1).call(2)
    with pytest.raises(RerunSpanInvalid):
        await room.reviewer.start(NOON, NOON, "inspector")
    with pytest.raises(RerunUnknown):
        room.reviewer.rerun("nothing")
    monkeypatch.setattr("quality.reviewer.MOST_CALLS", 1)
    with pytest.raises(RerunTooLarge):
        await room.reviewer.start(NOON, at_s(1), "inspector")


def test_a_third_party_is_neither_side_s_speech():
    found = measured([said("三", "这里 是 供水 公司 请讲", 5.0)], [(0, 20_000)])
    assert (found.operator_ms, found.citizen_ms) == (0, 0)
    assert found.longest_silence_ms < 20_000
