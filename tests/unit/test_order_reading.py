"""The parts of reading a sentence: both forms side by side, places, times, persons, wishes, types."""

from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asr.events import Word
from asr.text import in_chinese
from orders.aligned import Aligned, bare
from orders.classes import classify
from orders.event_types import EVENT_TYPES
from orders.known_places import Gazetteer, KnownPlaces
from orders.moments import moment_in
from orders.persons import persons_in
from orders.places import place_in
from orders.reading import read
from orders.serial import SHANGHAI
from orders.wants import want_in
from tests.fakes.talk import BACKGROUND, heard

NOON = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)


def test_a_value_is_shown_as_it_is_written_and_proved_as_it_was_spoken():
    both = Aligned("我住二十六号楼三单元请尽快修", "我住26号楼3单元，请尽快修。")
    assert both.written(2, 9) == "26号楼3单"
    assert both.written(2, 10) == "26号楼3单元"
    assert [(one.start, one.end, one.written) for one in both.clauses()] == [
        (0, 10, "我住26号楼3单元"),
        (10, 14, "请尽快修"),
    ]
    assert [one.mark for one in both.clauses()] == ["，", "。"]


def test_known_stretches_go_before_guessing_which_character_became_which():
    spans = [(0, 1, "住"), (1, 6, "11"), (6, 7, "楼，"), (7, 9, "11")]
    both = Aligned("住一一一一一楼一一", "住11楼，11", spans)
    assert (both.written(1, 6), both.written(7, 9)) == ("11", "11")
    assert [(one.start, one.end) for one in both.clauses()] == [(0, 7), (7, 9)]


WORDS = st.lists(
    st.text("我家住二十六号楼零幺三百昨天晚上八点路灯坏了请问希望", min_size=1, max_size=4),
    max_size=12,
)


@given(WORDS)
@example(["号三", "号三"])
def test_the_clauses_are_the_whole_sentence_whatever_was_said(said):
    words = tuple(
        Word(text=text, starts_at_ms=400 * i, ends_at_ms=400 * i + 250, confidence=1.0)
        for i, text in enumerate(said)
    )
    made = in_chinese(words)
    utterance = replace(
        heard("x"), text=made.text, words=made.words, written=made.written, pieces=made.pieces
    )
    both = Aligned(made.text, made.written)
    assert "".join(one.written for one in both.clauses()) == bare(made.written)
    reading = read(utterance, BACKGROUND)
    for clause in reading.clauses:
        assert clause.written in bare(made.written)
    assert bare(reading.written) == "".join(one.written for one in reading.clauses)


@dataclass(frozen=True)
class Named:
    name: str
    kind: str
    district: str | None = None
    aliases: tuple[str, ...] = ()


CITY = (
    Named("路北区", "district", aliases=("路北",)),
    Named("路南区", "district"),
    Named("建设路", "road"),
    Named("建设北路", "road"),
    Named("和平里", "community", "路北区"),
    Named("和平里", "community", "路南区"),
    Named("河西里", "community", "路北区"),
)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("我在路北河西里", [("路北区", "路北区"), ("河西里", "路北区")]),
        ("建设路北侧", [("建设路", None)]),
        ("新华路北侧", []),
        ("建设北路十号", [("建设北路", None)]),
        ("和平里三号楼", [("和平里", None)]),
        ("没有地名", []),
        ("", []),
    ],
)
def test_known_names_are_found_the_longest_first_and_prove_their_district(said, names):
    found = KnownPlaces(CITY).spotted_in(said)
    assert [(one.name, one.district) for one in found] == names
    assert all(0 <= one.start < one.end <= len(said) for one in found)


def test_names_are_indexed_anew_only_when_they_were_published_anew():
    places: list[tuple[Named, ...]] = [CITY]
    gazetteer = Gazetteer(lambda: places[-1])
    first = gazetteer.now()
    assert gazetteer.now() is first
    places.append(CITY[:1])
    assert gazetteer.now().districts == ("路北区",)


def test_a_known_name_needs_no_form_to_be_an_address_and_keeps_what_people_add():
    spotted = KnownPlaces(CITY).spotted_in
    for said, address in (
        ("河西里路灯坏了", "河西里"),
        ("在河西里小区五号楼", "河西里小区5号楼"),
        ("路北河西里三号楼二单元七零二漏水", "路北区河西里3号楼2单元702室"),
    ):
        place = place_in(said, spotted(said))
        assert place is not None
        assert place.text == address


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ("坏了三天了", "2026-11-18"),
        ("停水两个小时了", "2026-11-21T10:00"),
        ("断了一个星期", "2026-11-14"),
        ("三个半月了", "2026-08-08"),
        ("昨天晚上八点停的电", "2026-11-20T20:00"),
        ("上个星期开始的", "2026-11-09"),
        ("上个月就反映过", "2026-10-01"),
        ("明天上午来修吗", None),
        ("每天晚上八点跳广场舞", None),
        ("建议开放到晚上九点", None),
        ("拖欠三个月工资", None),
        ("我今年六十岁", None),
        ("好几天了", None),
    ],
)
def test_when_it_happened_is_a_day_or_an_hour_that_has_been(said, since):
    found = moment_in(said, NOON)
    assert (found.value if found else None) == since


@pytest.mark.parametrize(
    ("said", "persons"),
    [
        ("我要投诉阳光花园物业乱收费", ["阳光花园物业"]),
        ("煤医里小区的物业不管", ["煤医里小区的物业"]),
        ("房东不退押金", ["房东"]),
        ("楼上邻居天天吵", ["楼上邻居"]),
        ("我在人民医院门口", []),
        ("孩子上小学需要什么材料", []),
        ("物业费太高", []),
        ("我妈妈在商场晕倒了", ["我妈妈"]),
        ("路灯坏了", []),
    ],
)
def test_whom_it_is_about_is_an_organisation_or_somebodys_role(said, persons):
    assert [one.value for one in persons_in(said)] == persons
    for one in persons_in(said):
        assert said[one.start : one.end] == one.value


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ("希望你们尽快派人来修", "希望你们尽快派人来修"),
        ("我们强烈要求退款可以吗", "我们强烈要求退款"),
        ("请你们尽快处理谢谢", "请你们尽快处理"),
        ("能不能加一盏路灯", "能不能加一盏路灯"),
        ("我想咨询一下公积金怎么提取", "公积金怎么提取"),
        ("请问公积金怎么提取", "公积金怎么提取"),
        ("上次你们帮我解决了问题", None),
        ("希望小区的路灯坏了", None),
        ("路灯坏了三天了", None),
    ],
)
def test_a_wish_is_told_in_his_own_words_without_courtesies(said, want):
    found = want_in(said, 0, len(said))
    assert (found.value if found else None) == want


def test_the_longest_words_say_what_it_is_about_and_each_says_it_once():
    first, *others = classify("我们小区停水了停水了停水了物业也不管")
    assert (first.event_type, first.spans[0]) == ("供水", (4, 6))
    assert len(first.spans) == 3
    assert first.weight == classify("停水了")[0].weight
    assert "物业管理" in [one.event_type for one in others]
    assert classify("楼道里没有着火") != ()
    assert "消防安全" not in [one.event_type for one in classify("楼道里没有着火")]
    assert classify("") == ()


def test_every_word_of_the_table_shows_its_own_type():
    for name, listed in EVENT_TYPES.items():
        assert len(set(listed)) == len(listed), name
        for words in listed:
            found = [one.event_type for one in classify(words)]
            assert name in found, (name, words)
