"""Spoken words made findable, and where they were found."""

import pytest

from asr.events import Side, UtteranceHeard, Word
from cti.ids import CallId
from recordings.spoken_text import found_words, phrases_in, places, row_of
from tests.fakes.services import NOON


def said(text: str, written: str = "", pieces=(), word_ms: int = 1000, **more) -> UtteranceHeard:
    """Every letter is a word of one second, unless the words are given."""
    words = more.pop("words", None)
    if words is None:
        words = tuple(
            Word(text=one, starts_at_ms=5000 + n * word_ms, ends_at_ms=5000 + (n + 1) * word_ms,
                 confidence=0.9)
            for n, one in enumerate(text)
        )  # fmt: skip
    return UtteranceHeard(
        at=NOON, call_id=CallId("node1-1.1"), side=Side.CITIZEN, text=text, written=written,
        starts_at_ms=5000, ends_at_ms=5000 + 1000 * len(text), confidence=0.9, words=words,
        pieces=tuple(pieces),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("消防通道", "消防通道"),
        ("您好，12345！", "您好12345"),
        ("ＷｉＦｉ 坏了", "wifi坏了"),
        ("㎡", "m2"),
        ("，。？", ""),
        ("𠮷祥", "𠮷祥"),
        ("café", "café"),
    ],
)
def test_letters_digits_and_characters_are_signs_and_nothing_else(text, row):
    assert row_of(text) == tuple(row)


def test_parts_with_spaces_between_are_looked_for_each():
    assert phrases_in(" 燃气  泄漏 燃气 ") == [("燃", "气"), ("泄", "漏")]
    assert phrases_in("，") == []
    assert len(phrases_in("一 二 三 四 五 六 七")) == 5


def test_a_phrase_is_found_over_punctuation_and_never_twice_at_one_place():
    assert places("您好，12345，您好", ("好", "1", "2")) == [(1, 5)]
    assert places("哈哈哈哈", ("哈", "哈")) == [(0, 2), (2, 4)]
    assert places("通道", ("通", "道", "口")) == []


def test_the_readable_sentence_is_shown_with_the_time_of_the_word_that_was_spoken():
    heard = said(
        "建设路二十六号停水",
        "建设路26号停水。",
        [("建设路", 0, 2), ("26号", 3, 6), ("停水。", 7, 8)],
    )
    found = found_words(heard, phrases_in("26号"))
    assert (found.text, found.marks, found.at_ms) == ("建设路26号停水。", ((3, 6),), 8000)
    # The words stand in both: the recognised words tell the very moment.
    found = found_words(heard, phrases_in("停水"))
    assert (found.text, found.marks, found.at_ms) == ("建设路26号停水。", ((6, 8),), 12_000)


def test_words_that_only_the_recogniser_wrote_are_shown_as_it_wrote_them():
    heard = said("建设路二十六号", "建设路26号", [("建设路", 0, 2), ("26号", 3, 6)])
    found = found_words(heard, phrases_in("二十六"))
    assert (found.text, found.marks, found.at_ms) == ("建设路二十六号", ((3, 6),), 8000)


def test_a_word_of_several_letters_begins_when_the_word_begins():
    words = (
        Word(text="gas", starts_at_ms=5000, ends_at_ms=5400, confidence=0.9),
        Word(text="leak", starts_at_ms=5500, ends_at_ms=6000, confidence=0.9),
    )
    found = found_words(said("gas leak", words=words), phrases_in("eak"))
    assert (found.marks, found.at_ms) == (((5, 8),), 5500)


def test_overlapping_finds_are_one_and_a_sentence_without_any_is_none():
    found = found_words(said("消防通道"), phrases_in("消防通 防通道"))
    assert found.marks == ((0, 4),)
    assert found_words(said("消防通道"), phrases_in("物业")) is None


def test_a_sentence_without_times_of_words_is_found_at_its_beginning():
    assert found_words(said("消防通道", words=()), phrases_in("通道")).at_ms == 5000
