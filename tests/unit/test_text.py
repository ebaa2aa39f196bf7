"""Recognised words become text that people read, and every part of it knows its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.doubt import judged
from asr.events import Word
from asr.gazetteer import Gazetteer, PlaceName
from asr.text import Text, in_chinese, plain

PAUSE_MS = 150


def words(said, confidence=1.0):
    """Words apart by blanks; a / stands for a pause as at a comma, // for a long one."""
    made, at_ms = [], 0
    for one in said.split():
        if set(one) == {"/"}:
            at_ms += PAUSE_MS if one == "/" else 600
            continue
        ends_at_ms = at_ms + 200 * len(one)
        made.append(
            Word(text=one, starts_at_ms=at_ms, ends_at_ms=ends_at_ms, confidence=confidence)
        )
        at_ms = ends_at_ms
    return tuple(made)


WRITTEN = """
您好 / 一 二 三 四 五 政务 服务 便民 热线 / 请问 有 什么 可 帮 您 → 您好，12345政务服务便民热线，请问有什么可帮您？
您好 我 要 投诉 → 您好，我要投诉。
喂 您好 我 要 求助 / 水管 爆裂 了 / 家里 进水 了 → 喂，您好，我要求助，水管爆裂了，家里进水了。
我家 住 在 路北区 建设北路 二十 六号楼 三 单元 五零 二 室 / 暖气 一直 不 热 → 我家住在路北区建设北路26号楼3单元502室，暖气一直不热。
我 姓 王 / 我 的 电话 是 一三八 / 零零零零 / 六一七二 → 我姓王，我的电话是13800006172。
请问 您 贵姓 / 请问 您 的 联系 电话 是 多少 → 请问您贵姓？请问您的联系电话是多少？
好的 王先生 / 您 反映 的 是 阳光花园 路灯 不亮 对 吗 → 好的，王先生，您反映的是阳光花园路灯不亮对吗？
请 您 说 一下 具体 地址 → 请您说一下具体地址。
我 不 知道 怎么办 → 我不知道怎么办。
没有 人 管 怎么办 → 没有人管怎么办？
公积金 怎么 提取 → 公积金怎么提取？
电话 怎么 也 打不通 → 电话怎么也打不通。
这个 问题 到底 什么 时候 能 解决 → 这个问题到底什么时候能解决？
能不能 匿名 举报 → 能不能匿名举报？
我 找 过 居委会 但是 没有 人 管 → 我找过居委会，但是没有人管。
水 停 了 三天 // 没有 人 来 修 → 水停了三天。没有人来修。
楼下 的 路灯 坏 / 了 三天 // 的 时间 没 人 修 → 楼下的路灯坏了三天的时间没人修。
我 想 问问 / 了解 一下 → 我想问问，了解一下。
因为 / 这个 工地 晚上 施工 → 因为这个工地晚上施工。
三千 / 五百 块 钱 → 3500块钱。
他们 说 是 因为 → 他们说是因为，
昨天 晚上 八 / 点 半 → 昨天晚上8点半。
我 家 wifi 用 不 了 → 我家wifi用不了。
"""


@pytest.mark.parametrize(
    ("said", "wanted"), [line.split(" → ") for line in WRITTEN.strip().splitlines()]
)
def test_an_utterance_is_written_as_a_person_would(said, wanted):
    assert in_chinese(words(said)).written == wanted


def test_each_piece_names_the_words_from_which_it_was_written():
    said = in_chinese(words("住 在 二十 六号楼 / 三 单元 五零 二 室"))
    assert said.text == "住在二十六号楼三单元五零二室"
    assert said.pieces == (
        ("住", 0, 0),
        ("在", 1, 1),
        ("26号楼，", 2, 3),
        ("3", 4, 4),
        ("单元", 5, 5),
        ("502", 6, 7),
        ("室。", 8, 8),
    )


def test_a_corrected_name_is_in_both_forms_and_what_was_heard_stays():
    names = Gazetteer([PlaceName(name="路北区", kind="district")])
    said = Text(lambda: names, 0.8).utterance(words("我 住 在 陆北 区"), "zh")
    assert said.text == "我住在路北区"
    assert said.written == "我住在路北区。"
    assert [word.heard for word in said.words] == [None, None, None, "陆北", None]


def test_new_names_hold_for_the_next_utterance():
    names = [Gazetteer()]
    text = Text(lambda: names[0])
    assert text.utterance(words("住 在 陆北 区"), "zh").text == "住在陆北区"
    names[0] = Gazetteer([PlaceName(name="路北区")])
    assert text.utterance(words("住 在 陆北 区"), "zh").text == "住在路北区"


def test_words_below_the_limit_are_marked_and_only_they():
    sure, unsure = words("路灯"), words("坏了", confidence=0.79)
    said = Text(Gazetteer, 0.8).utterance((*sure, *unsure), "zh")
    assert [word.doubtful for word in said.words] == [False, True]


def test_a_recogniser_without_confidences_leaves_nothing_in_doubt():
    assert not any(word.doubtful for word in judged(words("路灯 坏了", confidence=0.0), 0.8))


def test_english_begins_with_a_capital_ends_with_a_mark_and_has_its_digits():
    text = Text(Gazetteer)
    said = text.utterance(words("my number is one three eight zero zero i think"), "en")
    assert said.written == "My number is 13800 I think."
    assert said.text == "my number is one three eight zero zero i think"
    assert text.utterance(words("what can i do"), "en").written == "What can I do?"
    assert text.utterance(words("one or two"), "en").written == "One or two."


def test_other_languages_are_written_as_they_were_recognised():
    said = Text(Gazetteer).utterance(words("спасибо большое"), "ru")
    assert said.written == said.text == "спасибо большое"
    assert said.pieces == (("спасибо ", 0, 0), ("большое", 1, 1))


def test_nothing_said_is_nothing_written():
    for language in ("zh", "en", "ko"):
        said = Text(Gazetteer).utterance((), language)
        assert (said.text, said.written, said.pieces) == ("", "", ())


CHARS = "我要投诉路北区二十六号楼三单元五零幺两点半月日年块吗请问什么因为但是 ab9，。？"


@given(
    st.lists(
        st.tuples(st.text(alphabet=CHARS, max_size=4), st.integers(0, 700), st.floats(0, 1)),
        max_size=15,
    ),
    st.sampled_from(["zh", "en", "ja", ""]),
)
def test_pieces_make_up_the_written_text_and_cover_the_words_in_order(said, language):
    made, at_ms = [], 0
    for text, pause_ms, confidence in said:
        at_ms += pause_ms
        made.append(
            Word(text=text, starts_at_ms=at_ms, ends_at_ms=at_ms + 100, confidence=confidence)
        )
        at_ms += 100
    written = Text(lambda: Gazetteer([PlaceName(name="路北区")]), 0.8).utterance(
        tuple(made), language
    )
    assert "".join(piece.text for piece in written.pieces) == written.written
    covered = [
        number
        for piece in written.pieces
        for number in range(piece.first_word, piece.last_word + 1)
    ]
    assert covered == list(range(len(made)))
    blanks = written.text.count(" ") - sum(word.text.count(" ") for word in written.words)
    assert len(written.text) - blanks == sum(len(word.text) for word in written.words)


@given(st.text(max_size=60))
def test_no_text_makes_trouble_in_any_language(text):
    word = Word(text=text, starts_at_ms=0, ends_at_ms=0, confidence=0.5)
    for language in ("zh", "en", "fr"):
        said = Text(Gazetteer).utterance((word, word), language)
        assert "".join(piece.text for piece in said.pieces) == said.written


@given(st.text(alphabet="零一二三四五六七八九", min_size=11, max_size=11), st.data())
def test_no_mark_stands_inside_a_number_however_it_is_broken_up(digits, data):
    parts, rest = [], digits
    while rest:
        length = data.draw(st.integers(1, len(rest)))
        parts.append(rest[:length])
        rest = rest[length:]
    said = in_chinese(words(" / ".join(["电话 是", *parts])))
    assert said.written.endswith(
        "".join(str("零一二三四五六七八九".index(d)) for d in digits) + "。"
    )


def test_plain_writing_is_what_was_recognised():
    said = plain(words("ab cd"), "fr")
    assert said.written == said.text == "ab cd"
