"""The arithmetic behind the speech figures, by cases that a person can count."""

import pytest

from bench.speech_exam.scoring import (
    Errors,
    by_sentence,
    compared,
    counted,
    matched,
    percentile,
    spoken_form,
)


@pytest.mark.parametrize(
    ("spoken", "heard", "changed", "left_out", "put_in"),
    [
        ("路灯坏了", "路灯坏了", 0, 0, 0),
        ("路灯坏了", "路等坏了", 1, 0, 0),
        ("路灯坏了", "路坏了", 0, 1, 0),
        ("路灯坏了", "路灯都坏了", 0, 0, 1),
        ("路灯坏了", "", 0, 4, 0),
        ("", "嗯", 0, 0, 1),
        ("停水三天", "听水两天了", 2, 0, 1),
    ],
)
def test_errors_are_counted_by_kind(spoken, heard, changed, left_out, put_in):
    assert compared(spoken, heard) == Errors(
        characters=len(spoken), changed=changed, left_out=left_out, put_in=put_in
    )


def test_the_rate_is_errors_by_spoken_characters():
    assert compared("路灯坏了", "路等坏").rate == 0.5
    assert Errors(characters=0).rate == 0.0
    assert Errors(characters=0, put_in=2).rate == 1.0


def test_errors_belong_to_the_sentence_in_which_they_were_made():
    found = by_sentence(["路灯坏了", "没有人修", "谢谢"], "路灯怀了没人修谢谢啊")
    assert [errors.count for errors in found] == [1, 1, 1]
    assert [errors.characters for errors in found] == [4, 4, 2]
    assert (found[0].changed, found[1].left_out, found[2].put_in) == (1, 1, 1)


def test_what_is_heard_before_the_first_word_counts_against_the_first_sentence():
    assert [errors.count for errors in by_sentence(["喂", "您好"], "啊啊喂您好")] == [2, 0]


def test_a_sum_over_sentences_is_the_error_of_the_whole():
    sentences, heard = ["自来水停了", "从昨天开始", "到现在"], "自来水听了从前天开始现在呢"
    whole = sum(by_sentence(sentences, heard), Errors(characters=0))
    assert whole == compared("".join(sentences), heard)


def test_punctuation_blanks_and_the_way_digits_are_written_do_not_count():
    assert spoken_form("在26号楼， 2单元。") == spoken_form("在二十六号楼二单元")
    assert spoken_form("13800000001") == "一三八零零零零零零零一"
    assert spoken_form("幺三八〇") == "一三八零"
    assert spoken_form("0315") == "零三一五"
    assert spoken_form("8.5元") == "八点五元"
    assert spoken_form("WiFi坏了！") == "wifi坏了"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"), (7, "七"), (10, "十"), (12, "十二"), (26, "二十六"), (100, "一百"),
        (106, "一百零六"), (115, "一百一十五"), (1050, "一千零五十"), (4200, "四千二百"),
        (9009, "九千零九"),
    ],
)  # fmt: skip
def test_numbers_are_counted_as_people_say_them(number, said):
    assert counted(number) == said


def test_each_heard_character_is_matched_with_the_spoken_one_it_is():
    assert matched("路灯坏了", "路等坏了啊") == [0, None, 2, 3, None]
    assert matched("", "嗯") == [None]


def test_percentiles_are_values_that_were_seen():
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert percentile(values, 0.5) == 3.0
    assert percentile(values, 0.95) == 5.0
    assert percentile(values, 0.2) == 1.0
    assert percentile(list(range(1, 101)), 0.99) == 99
    assert percentile([7.0], 0.5) == 7.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)
