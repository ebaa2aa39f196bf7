"""What the cue desk tells while a call is going on."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.events import PartialHeard, Side, TranscriptFinished, TranscriptionPaused
from cti.events import (
    CallControlled,
    CallHeld,
    CallRetrieved,
    Direction,
    TalkChanged,
)
from quality.desk import CueDesk
from quality.events import CueJudged, CueKind, CueLevel, CueRaised, SentenceDue, SentenceSaid
from quality.model import CallNamedWrong, CallStory, CitizenSilent, FormSeen, NuisanceWarned
from tests.fakes.floor import NOON, call
from tests.fakes.quality import (
    ONE,
    SHIPPED,
    WANG,
    at_s,
    cues_in,
    due_in,
    ended,
    opening,
    said,
    said_in,
    with_limits,
)


class Desk:
    """A cue desk whose words come back to it, as they do in the house."""

    def __init__(self, rules=SHIPPED) -> None:
        self.rules = rules
        self.told = []
        self.heard = []
        self.at = NOON
        self.desk = CueDesk(lambda: self.rules, self.tell, lambda: self.at)

    def tell(self, event) -> None:
        self.told.append(event)
        self.heard.append(event)
        self.desk.on_event(event)

    def hears(self, *events) -> "Desk":
        for event in events:
            self.heard.append(event)
            self.desk.on_event(event)
        return self

    @property
    def cues(self):
        return cues_in(self.told)

    @property
    def due(self):
        return due_in(self.told)

    @property
    def said(self):
        return said_in(self.told)


@pytest.fixture
def desk() -> Desk:
    return Desk().hears(*opening())


def form(at=10.0, *, named=True, stated=True, complete=False, kind=None, submitted=False):
    return FormSeen(
        at=at_s(at), call_id=ONE, named=named, stated=stated, complete=complete,
        request_type=kind, submitted=submitted,
    )  # fmt: skip


# Danger.


def test_leaking_gas_is_a_red_cue_within_the_very_event(desk):
    utterance = said("市", "我 家里 煤气 泄漏 了", 3.0)
    desk.hears(utterance)
    (cue,) = desk.cues
    assert (cue.kind, cue.level, cue.code) == (CueKind.DANGER, CueLevel.RED, "gas-leak")
    assert (cue.found, cue.word, cue.side) == ("煤气泄漏", "煤气泄漏", Side.CITIZEN)
    assert (cue.starts_at_ms, cue.ends_at_ms) == (3600, 4400)
    assert cue.at == utterance.at
    assert cue.cue_id == f"{ONE}-gas-leak-3600"
    assert "119" in cue.advice


@pytest.mark.parametrize(
    "text",
    ["没有 着火", "有 没有 着火", "没有 发生 火灾", "不是 中毒", "我 想 问 异地 就医 报销",
     "轮胎 漏气 了", "没有 人 被困", "消防 演习 着火点"],
)  # fmt: skip
def test_what_is_denied_or_harmless_raises_nothing(desk, text):
    desk.hears(said("市", text, 3.0))
    assert desk.cues == []


def test_a_no_before_a_pause_denies_nothing(desk):
    desk.hears(said("市", "没有 | 着火 了", 3.0))
    assert [cue.code for cue in desk.cues] == ["fire"]


def test_an_operator_who_asks_for_fire_raises_nothing(desk):
    desk.hears(said("座", "请问 哪里 着火 了", 3.0))
    assert [cue for cue in desk.cues if cue.kind is CueKind.DANGER] == []


def test_the_same_danger_is_cued_once_in_a_call_and_another_one_anew(desk):
    desk.hears(said("市", "着火 了", 3.0), said("市", "真的 着火 了 有人 晕倒", 9.0))
    assert [cue.code for cue in desk.cues] == ["fire", "unconscious"]


def test_text_that_was_made_up_later_raises_no_cue(desk):
    desk.hears(said("市", "家里 煤气 泄漏", 3.0, backfilled=True))
    assert desk.cues == []


def test_a_danger_in_the_last_words_is_still_cued(desk):
    desk.hears(ended(6), said("市", "着火 了", 3.0))
    assert [cue.code for cue in desk.cues] == ["fire"]
    desk.hears(TranscriptFinished(at=at_s(9), call_id=ONE, utterances=1))
    desk.hears(said("市", "晕倒 了", 3.0))
    assert len(desk.cues) == 1


def test_a_call_that_nobody_told_of_is_let_be():
    desk = Desk().hears(said("市", "着火 了", 3.0))
    assert desk.told == []


def test_after_a_restart_no_cue_and_no_sentence_is_told_twice():
    story = [*opening(), said("市", "家里 着火 了", 3.0), said("市", "你们 什么 态度", 8.0)]
    before = Desk().hears(*story)
    assert before.cues
    after = Desk()
    after.desk.restore([CallStory(call_id=ONE, told=tuple(before.heard))])
    after.hears(said("市", "还在 着火", 20.0), said("市", "什么 态度 啊", 25.0))
    assert after.told == []
    after.hears(said("市", "有人 晕倒 了", 30.0))
    assert [cue.code for cue in after.cues] == ["unconscious"]


def test_a_person_says_that_it_was_a_false_alarm(desk):
    desk.desk.judge(ONE, "x", "wang", false_alarm=True)
    assert desk.told[-1] == CueJudged(at=NOON, call_id=ONE, cue_id="x", false_alarm=True, by="wang")


def test_a_new_word_list_holds_from_the_next_sentence_on(desk):
    desk.hears(said("市", "有 马蜂窝", 3.0))
    assert desk.cues == []
    fire = SHIPPED.words.danger[1]
    wasps = type(fire)(code="wasps", title="马蜂窝", words=("马蜂窝",), level="urgent")
    desk.rules = type(SHIPPED)(
        words=type(SHIPPED.words)(danger=(wasps,)), sentences=(), words_version=7
    )
    desk.hears(said("市", "有 马蜂窝", 9.0))
    assert [(cue.code, cue.version) for cue in desk.cues] == [("wasps", 7)]


# How it is spoken.


def test_calming_is_proposed_once_and_again_only_after_a_rest(desk):
    desk.hears(
        said("市", "你们 什么 态度", 3.0),
        said("市", "太 过分 了 气死 我 了", 8.0),
        said("市", "凭什么", 60.0),
    )
    assert [cue.kind for cue in desk.cues] == [CueKind.ANGER]
    assert desk.due.count("P07") == 1
    desk.hears(said("市", "太 不像话 了", 200.0))
    assert [cue.kind for cue in desk.cues] == [CueKind.ANGER] * 2


def test_a_dialect_is_suggested_at_the_second_time_of_not_understanding(desk):
    desk.hears(said("座", "您 说 什么", 3.0))
    assert desk.cues == []
    desk.hears(said("市", "我 听不懂", 20.0))
    assert [cue.kind for cue in desk.cues] == [CueKind.DIALECT]
    assert "P17" in desk.due
    desk.hears(said("座", "请 再说 一遍", 30.0))
    assert len(desk.cues) == 1


def test_not_understanding_long_apart_suggests_nothing(desk):
    desk.hears(said("座", "您 说 什么", 3.0), said("座", "请 再说 一遍", 70.0))
    assert desk.cues == []


def test_doubtful_words_twice_in_turn_say_that_the_line_is_bad(desk):
    desk.hears(said("市", "哦哦 那个 那边", 3.0, confidence=0.3))
    assert desk.cues == []
    desk.hears(said("市", "哎 呀 这个", 6.0, confidence=0.3))
    assert [cue.kind for cue in desk.cues] == [CueKind.UNCLEAR]
    assert "P16" in desk.due


@pytest.mark.parametrize("order", [0, 1])
def test_speaking_over_the_citizen_is_told_whoever_s_text_comes_first(desk, order):
    citizen = said("市", "我们 小区 的 路灯 已经 坏了 很 多 天", 10.0)  # 10.0 to 12.8
    operator = said("座", "您 先 听 我 说", 11.5)  # 11.5 to 12.5
    both = [citizen, operator]
    desk.hears(*(both if order else reversed(both)))
    over = [cue for cue in desk.cues if cue.kind is CueKind.TALK_OVER]
    assert [(cue.starts_at_ms, cue.ends_at_ms) for cue in over] == [(11_500, 12_500)]
    assert "P08" in desk.due


def test_a_citizen_who_interrupts_and_a_short_overlap_are_nobody_s_fault(desk):
    desk.hears(
        said("座", "请问 有 什么 可以 帮您", 10.0),
        said("市", "我 要 反映 问题 你 听 着", 11.0),
        said("座", "好 的", 12.6),
    )
    assert [cue for cue in desk.cues if cue.kind is CueKind.TALK_OVER] == []


def test_an_operator_who_speaks_too_fast_is_asked_to_slow_down(desk):
    fast = "您 反映 的 问题 我 已经 全部 都 记录 下来 了 稍后 会 转 给 相关 部门 处理 请 等待"
    desk.hears(said("座", fast, 3.0, ms_per_char=120))
    (cue,) = [cue for cue in desk.cues if cue.kind is CueKind.SPEECH_RATE]
    assert "500" in cue.title
    calm = Desk().hears(*opening(), said("座", fast, 3.0, ms_per_char=250))
    assert calm.cues == []


def test_what_an_operator_should_not_say_is_shown_to_him(desk):
    desk.hears(said("座", "这 不归 我们 管", 3.0), said("座", "可能 吧", 9.0))
    assert [(cue.kind, cue.code) for cue in desk.cues] == [
        (CueKind.BANNED, "not-ours"),
        (CueKind.BANNED, "vague"),
    ]


# Silence.


async def silent(desk: Desk, seconds: float, *at) -> None:
    """Let time go; at these seconds something is told."""
    loop = asyncio.get_running_loop()
    desk.desk._now = lambda: NOON + timedelta(seconds=loop.time())
    async with asyncio.TaskGroup() as group:
        running = group.create_task(desk.desk.run())
        for moment, happens in at:
            await asyncio.sleep(moment - loop.time())
            happens()
        await asyncio.sleep(seconds - loop.time())
        running.cancel()


async def test_dead_air_is_told_once_when_nobody_speaks_for_too_long(desk):
    await silent(desk, 120, (1, lambda: desk.hears(said("座", "您好 请讲", 0.2))))
    (cue,) = desk.cues
    assert (cue.kind, cue.starts_at_ms) == (CueKind.DEAD_AIR, 1000)
    assert at_s(21) <= cue.at <= at_s(24)


async def test_a_sentence_on_its_way_is_no_dead_air_and_a_new_silence_is_one(desk):
    partial = PartialHeard(call_id=ONE, side=Side.CITIZEN, text="我", starts_at_ms=1)
    await silent(
        desk, 60,
        (1, lambda: desk.hears(said("座", "您好 请讲", 0.2))),
        (15, lambda: desk.desk.partial_heard(partial)),
        (30, lambda: desk.desk.partial_heard(partial)),
    )  # fmt: skip
    assert [cue.starts_at_ms for cue in desk.cues] == [30_000]


async def test_after_dead_air_half_a_sentence_begins_a_new_silence(desk):
    partial = PartialHeard(call_id=ONE, side=Side.CITIZEN, text="我", starts_at_ms=1)
    await silent(
        desk, 90,
        (1, lambda: desk.hears(said("座", "您好 请讲", 0.2))),
        (40, lambda: desk.desk.partial_heard(partial)),
    )  # fmt: skip
    assert [cue.starts_at_ms for cue in desk.cues] == [1000, 40_000]


async def test_a_supervisor_s_whisper_does_not_break_the_citizen_s_silence(desk):
    whisper = replace(said("座", "问 他 地址", 9.0), side=Side.SUPERVISOR)
    await silent(
        desk, 60,
        (1, lambda: desk.hears(said("座", "您好 请讲", 0.2))),
        (10, lambda: desk.hears(whisper)),
    )  # fmt: skip
    assert [cue.starts_at_ms for cue in desk.cues] == [1000]


async def test_hold_and_a_paused_transcription_are_no_dead_air(desk):
    held = TalkChanged(at=at_s(5), call_id=ONE, state="held")
    back = TalkChanged(at=at_s(90), call_id=ONE, state="talking")
    paused = TranscriptionPaused(at=at_s(95), call_id=ONE, reason="no-recogniser")
    await silent(
        desk, 200,
        (1, lambda: desk.hears(said("座", "您好 请讲", 0.2))),
        (5, lambda: desk.hears(held)),
        (90, lambda: desk.hears(back)),
        (95, lambda: desk.hears(paused)),
    )  # fmt: skip
    assert desk.cues == []


async def test_a_call_without_any_words_has_no_dead_air_as_nothing_may_transcribe_it(desk):
    await silent(desk, 60)
    assert desk.cues == []


# Sentences.


def test_the_opening_is_due_at_the_answer_and_said_over_two_utterances(desk):
    assert desk.due == ["P01"]
    desk.hears(
        said("座", "你好 一二三四五 政务 服务 便民 热线", 1.0),
        said("座", "请问 有 什么 可 帮您", 5.0),
    )
    (told,) = [one for one in desk.told if isinstance(one, SentenceSaid)]
    assert (told.sentence_id, told.at_ms) == ("P01", 0)
    assert told.starts_at_ms == 1000


def test_a_sentence_is_known_by_its_sound(desk):
    desk.hears(CallHeld(at=at_s(10), call_id=ONE, seat_id=WANG))
    desk.hears(CallRetrieved(at=at_s(30), call_id=ONE, seat_id=WANG))
    desk.hears(said("座", "感谢 您 的 奈心 等带", 31.0))
    assert "P05" in desk.said


def test_another_thing_said_is_not_the_opening(desk):
    desk.hears(said("座", "喂 什么 事", 1.0))
    assert desk.said == []


def test_who_waited_long_is_asked_to_excuse_it_instead():
    desk = Desk().hears(*opening(waited_ms=16_000))
    assert desk.due == ["P02"]
    assert Desk().hears(*opening(waited_ms=14_000)).due == ["P01"]


@pytest.mark.parametrize(
    ("sentence", "happens"),
    [
        ("P03", [form(named=False)]),
        ("P04", [CallHeld(at=at_s(10), call_id=ONE, seat_id=WANG)]),
        ("P05", [CallRetrieved(at=at_s(10), call_id=ONE, seat_id=WANG)]),
        ("P06", [said("市", "我 上次 反映的 事情 办得 怎么样", 10.0)]),
        ("P07", [said("市", "你们 什么 态度", 10.0)]),
        (
            "P08",
            [
                said("市", "我们 小区 路灯 坏了 很 多 天", 9.0),
                said("座", "您 先 听 我 说 一下", 10.0),
            ],
        ),
        ("P09", [form(complete=True)]),
        ("P10", [form(kind="praise")]),
        ("P11", [said("市", "谢谢 您", 10.0)]),
        ("P12", [form(kind="suggestion")]),
        ("P13", [said("市", "哎呀 打错 了", 10.0)]),
        ("P13", [CallNamedWrong(at=at_s(10), call_id=ONE)]),
        ("P14", [NuisanceWarned(at=at_s(10), call_id=ONE, step=1)]),
        ("P15", [NuisanceWarned(at=at_s(10), call_id=ONE, step=2)]),
        ("P16", [said("市", "喂 我 听不清", 10.0)]),
        ("P17", [said("市", "听不懂", 10.0), said("座", "您 说 什么", 15.0)]),
        ("P18", [said("市", "给 我 换 个人", 10.0)]),
        ("P19", [said("市", "我 要 投诉 你们 的 话务员", 10.0)]),
        ("P20", [form(complete=True, submitted=True)]),
        ("P20", [said("市", "好 的 再见", 10.0)]),
        ("P21", [said("市", "好 的 再见", 10.0)]),
        ("P21", [said("座", "请问 还有 其他 可 帮您 的 吗", 10.0)]),
        ("H02", [CallControlled(at=at_s(10), call_id=ONE, what="consult", by="wang")]),
    ],
)
def test_each_moment_that_the_machine_can_see_shows_its_sentence_once(desk, sentence, happens):
    desk.hears(*happens)
    assert desk.due.count(sentence) == 1
    (told,) = [
        one for one in desk.told if isinstance(one, SentenceDue) and one.sentence_id == sentence
    ]
    assert told.text
    assert "{" not in told.text
    texts = {one.sentence_id: one for one in SHIPPED.sentences}
    prescribed = texts[sentence].in_city(SHIPPED.city)
    desk.hears(said("座", " ".join(prescribed), told.at_ms / 1000 + 1.0))
    assert sentence in desk.said


def test_the_callback_has_its_own_opening_and_end():
    desk = Desk().hears(*opening(direction=Direction.OUT), said("市", "好 的 再见", 40.0))
    assert [one for one in desk.due if one != "P20"] == ["C01", "C02"]


def test_every_hold_has_its_own_sentences(desk):
    for start in (10, 100):
        desk.hears(
            said("座", "请 稍等", start - 2),
            CallHeld(at=at_s(start), call_id=ONE, seat_id=WANG),
            CallRetrieved(at=at_s(start + 20), call_id=ONE, seat_id=WANG),
        )
    assert desk.said.count("P04") == 2
    assert desk.due.count("P05") == 2


def test_a_sentence_said_too_late_is_not_said(desk):
    desk.hears(CallRetrieved(at=at_s(10), call_id=ONE, seat_id=WANG))
    desk.hears(said("座", "感谢 您 的 耐心 等待", 60.0))
    assert "P05" not in desk.said


def test_after_the_call_nothing_is_shown(desk):
    desk.hears(ended(30), form(at=40, complete=True, submitted=True))
    assert desk.due == ["P01"]


def test_two_calls_are_kept_apart():
    two = call(2)
    desk = Desk().hears(*opening(), *opening(call_id=two))
    desk.hears(said("市", "着火 了", 3.0, call_id=two))
    assert [cue.call_id for cue in desk.cues] == [two]


SPEECH = st.text(
    alphabet="着火煤气泄漏没有人再见谢谢您好一二三12345听不懂 \u3000😀\ud83dabc\x00()[*\\",
    max_size=40,
)


@given(
    texts=st.lists(
        st.tuples(st.sampled_from("市座三"), SPEECH, st.integers(-5000, 10**7)), max_size=8
    )
)
def test_no_text_ever_breaks_a_call(texts):
    desk = Desk(with_limits(unclear_times=1)).hears(*opening())
    for side, text, start_ms in texts:
        utterance = said(side, text, start_ms / 1000)
        desk.hears(utterance)
        for cue in desk.told:
            if isinstance(cue, CueRaised) and cue.found:
                assert cue.ends_at_ms >= cue.starts_at_ms
    ids = [cue.cue_id for cue in desk.cues]
    assert len(ids) == len(set(ids))


def test_a_silent_citizen_raises_one_cue_and_shows_the_sentence_for_who_cannot_be_heard(desk):
    silent = CitizenSilent(at=at_s(9.0), call_id=ONE, after_s=8, times=2)
    desk.hears(silent, silent)
    (cue,) = [one for one in desk.cues if one.code == "silent-call"]
    assert (cue.kind, cue.level, cue.side) == (CueKind.UNCLEAR, CueLevel.AMBER, Side.CITIZEN)
    assert "2次" in cue.title
    assert list(desk.due).count("P16") == 1
