"""Values as the hotline says them."""

from datetime import UTC, date, datetime, time

import pytest

from hotline.sounds.names import NAME
from ivr.spoken import FORMS, LANGUAGES, part_words, spoken


def said(form, value, language="zh"):
    words = part_words(language)
    joint = "" if language == "zh" else " "
    return joint.join(words[part] for part in spoken(form, value, language))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"), (1, "一"), (2, "两"), (3, "三"), (9, "九"), (10, "十"), (11, "十一"), (12, "十二"),
        (19, "十九"), (20, "二十"), (22, "二十二"), (26, "二十六"), (30, "三十"), (99, "九十九"),
        (100, "一百"), (101, "一百零一"), (102, "一百零二"), (103, "一百零三"), (110, "一百一十"),
        (112, "一百一十二"), (120, "一百二十"), (200, "二百"), (202, "二百零二"), (222, "二百二十二"),
        (999, "九百九十九"), (1000, "一千"), (1001, "一千零一"), (1010, "一千零一十"),
        (1100, "一千一百"), (1102, "一千一百零二"), (1111, "一千一百一十一"), (2000, "两千"),
        (2002, "两千零二"), (2222, "两千二百二十二"), (9999, "九千九百九十九"), (10000, "一万"),
        (10001, "一万零一"), (10010, "一万零一十"), (10100, "一万零一百"), (11000, "一万一千"),
        (12345, "一万两千三百四十五"), (20000, "两万"), (100000, "十万"), (120000, "十二万"),
        (100300, "十万零三百"), (1020304, "一百零二万零三百零四"), (200000000, "两亿"),
        (100000005, "一亿零五"), (100005000, "一亿零五千"), (110000000, "一亿一千万"),
        (100100000, "一亿零一十万"), (-5, "负五"),
    ],
)  # fmt: skip
def test_a_count_has_chinese_grammar(number, words):
    assert said("count", number) == words


@pytest.mark.parametrize(
    ("number", "words"), [(2, "二"), (12, "十二"), (102, "一百零二"), (2000, "两千")]
)
def test_a_number_by_itself_is_not_a_count(number, words):
    assert said("number", number) == words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("12345", "幺二三四五"), ("13800000001", "幺三八零零零零零零零幺"), ("0315-2801234", "零三幺五二八零幺二三四"),
        ("110", "幺幺零"), ("007", "零零七"), (12329, "幺二三二九"), ("1*#", "幺星号井号"), ("", ""),
        ("A1 b2", "A幺B二"), ("１", ""), ("②", ""),
    ],
)  # fmt: skip
def test_digits_are_said_one_by_one_and_1_is_yao(row, words):
    assert said("digits", row) == words


def test_an_order_number_is_said_with_its_dash():
    assert said("order", "20261121-000042") == "二零二六幺幺二幺杠零零零零四二"
    assert said("order", "TS-7", "en") == "T S dash seven"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0, 0), "凌晨零点"), (time(0, 10), "凌晨零点十分"), (time(2, 0), "凌晨两点"), (time(5, 59), "凌晨五点五十九分"),
        (time(6, 0), "早上六点"), (time(9, 5), "上午九点零五分"), (time(11, 59), "上午十一点五十九分"),
        (time(12, 0), "中午十二点"), (time(12, 2), "中午十二点零二分"), (time(13, 0), "下午一点"), (time(14, 0), "下午两点"),
        (time(14, 30), "下午两点半"), (time(17, 22), "下午五点二十二分"), (time(18, 0), "晚上六点"), (time(20, 30), "晚上八点半"),
        (time(23, 59), "晚上十一点五十九分"),
    ],
)  # fmt: skip
def test_a_time_is_said_with_its_part_of_the_day(at, words):
    assert said("time", at) == words


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 21), "二零二六年十一月二十一日"), (date(2021, 2, 2), "二零二一年二月二日"),
        (date(2010, 12, 31), "二零一零年十二月三十一日"), (date(2000, 1, 10), "二零零零年一月十日"),
    ],
)  # fmt: skip
def test_a_date_has_its_year_figure_by_figure_and_1_is_yi(on, words):
    assert said("date", on) == words
    assert said("day", on) == words.split("年")[1]


def test_an_instant_is_said_in_beijing_time():
    at = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    assert said("moment", at) == "十一月二十一日凌晨两点半"
    assert said("moment", at, "en") == "November twenty-first two thirty a.m."
    assert said("time", at) == "凌晨两点半"
    assert said("date", at) == "二零二六年十一月二十一日"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元"), (1, "一分钱"), (2, "两分钱"), (20, "两角"), (50, "五角"), (99, "九角九分钱"), (100, "一元"), (200, "两元"),
        (305, "三元零五分钱"), (1250, "十二元五角"), (1255, "十二元五角五分钱"), (10300, "一百零三元"),
        (200000, "两千元"), (-150, "负一元五角"),
    ],
)  # fmt: skip
def test_money_is_said_in_yuan_jiao_and_fen(fen, words):
    assert said("money", fen) == words


@pytest.mark.parametrize(
    ("form", "value", "words"),
    [
        ("count", 0, "zero"), ("count", 2, "two"), ("count", 13, "thirteen"), ("count", 26, "twenty-six"),
        ("count", 103, "one hundred three"), ("count", 2000, "two thousand"), ("count", 12345, "twelve thousand three hundred forty-five"),
        ("number", 7, "seven"), ("digits", "12345", "one two three four five"), ("digits", "0-9", "zero nine"),
        ("time", time(0, 10), "twelve ten a.m."), ("time", time(14, 0), "two p.m."), ("time", time(9, 5), "nine oh five a.m."),
        ("time", time(12, 30), "twelve thirty p.m."), ("day", date(2026, 11, 21), "November twenty-first"),
        ("day", date(2026, 1, 30), "January thirtieth"), ("date", date(2026, 5, 2), "May second twenty twenty-six"),
        ("date", date(2005, 3, 20), "March twentieth two thousand five"), ("date", date(1999, 12, 31), "December thirty-first nineteen ninety-nine"),
        ("date", date(1905, 1, 1), "January first nineteen oh five"), ("date", date(2100, 1, 3), "January third twenty-one hundred"),
        ("money", 1250, "twelve yuan fifty fen"), ("money", 0, "zero yuan"), ("money", 5, "five fen"),
    ],
)  # fmt: skip
def test_english_has_its_own_way(form, value, words):
    assert said(form, value, "en") == words


@pytest.mark.parametrize(
    ("form", "value"),
    [("count", "two"), ("time", "14:00"), ("date", 20261121), ("moment", date(2026, 1, 1)), ("money", "1"), ("text", 5), ("shout", 5)],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_is_passed_over(form, value):
    assert spoken(form, value, "zh") == ()


def test_a_language_without_its_own_way_is_spoken_to_in_chinese():
    assert spoken("count", 2, "ja") == spoken("count", 2, "zh")


def test_a_value_may_be_another_text():
    assert spoken("text", "state-done", "en") == ("state-done",)


def test_a_very_long_row_is_cut():
    assert len(spoken("digits", "9" * 5000, "zh")) == 40
    assert len(spoken("count", 10**30, "zh")) == 31


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_that_can_be_asked_for_has_words_and_a_plain_file_name(language):
    words = part_words(language)
    assert all(NAME.fullmatch(part) for part in words)
    assert all(said.strip() for said in words.values())
    used = {part for number in range(0, 30_000, 7) for part in spoken("count", number, language)}
    for hour in range(24):
        for minute in range(60):
            used.update(spoken("time", time(hour, minute), language))
    for ordinal in range(730_000, 730_366):
        used.update(spoken("date", date.fromordinal(ordinal), language))
    for fen in range(300):
        used.update(spoken("money", fen, language))
    used.update(spoken("order", "0123456789-*#abcdefghijklmnopqrstuvwxyz"[:40], language))
    assert used <= set(words)
    assert set(FORMS) >= {"count", "digits", "order", "time", "date", "money"}
