"""Misheard digits of a telephone number are read as what they sound like, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.events import Word
from asr.misheard_digits import digits_put_right
from asr.text import in_chinese


def words_of(*texts):
    return tuple(
        Word(text=text, starts_at_ms=n * 300, ends_at_ms=n * 300 + 250, confidence=0.7)
        for n, text in enumerate(texts)
    )


def right(*texts):
    return "".join(word.text for word in digits_put_right(words_of(*texts)))


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("于三八零零零零一二三四", "一三八零零零零一二三四"),
        ("我的电话是于三八零零零零一二三四谢谢", "我的电话是一三八零零零零一二三四谢谢"),
        ("一三八零零零零于二三四", "一三八零零零零一二三四"),
        ("要三八零零零零一二三四", "幺三八零零零零一二三四"),
        ("一三八零零零零一二三期", "一三八零零零零一二三七"),
        ("一三八零零零零一去三期", "一三八零零零零一七三七"),
        ("一三八零零零零四四一去麻烦你", "一三八零零零零四四一七麻烦你"),
        ("幺三八零零零零酒久九九", "幺三八零零零零九九九九"),
        ("座机零三一五二八而一二三四", "座机零三一五二八二一二三四"),
        ("零三一我二八二一二三四", "零三一五二八二一二三四"),
    ],
)
def test_a_number_with_one_or_two_misheard_digits_is_put_right(heard, meant):
    assert right(*heard) == meant


@pytest.mark.parametrize(
    "said",
    [
        "我的电话是一三八零零零零一二三四",
        "一三八零零零零一二三四是我的电话",
        "是一三八零零零零一二三四",
        "我一三八零零零零一二三四起不来了",
        "一三八零零零零一二三",  # one digit short: nothing follows
        "一三八零零零零一二三是我的电话",  # nor may a lost digit be made up
        "一三八零零零零一二三就是这个",
        "一三八零零零零一二三我再说一遍",
        "就三八零零零零一二三四",  # nine is no beginning of a mobile number
        "于三去零起零零一二三四",  # too much of it is not a digit
        "他要三个一我要八个零",
        "于二三四五六七八九零一",  # 12… is no mobile number
        "一三八零零零零一二三四五去",  # twelve digits are nothing we know
        "他们起来就去三零一了",
        "",
    ],
)
def test_everything_else_stays_as_it_was_heard(said):
    assert right(*said) == said


def test_what_was_heard_is_kept_and_the_number_is_written_in_digits():
    words = digits_put_right(words_of("电话", "于三八", "零零零零", "一二三四"))
    assert [word.heard for word in words] == [None, "于三八", None, None]
    assert in_chinese(words).written.startswith("电话13800001234")


@given(st.lists(st.text("零一二三八于去起我是电话的", max_size=6), max_size=8))
def test_whatever_is_heard_keeps_its_length_word_by_word(texts):
    words = words_of(*texts)
    assert [len(w.text) for w in digits_put_right(words)] == [len(w.text) for w in words]
