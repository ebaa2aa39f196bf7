"""Marking proposed orders against the truth of the scripted calls."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from asr.events import Side
from bench.speech_exam.answers import (
    bare_address,
    holds_want,
    marked,
    nearly_same_address,
    same_address,
    same_moment,
    same_number,
)
from bench.speech_exam.calls import FOLDER, Happened, Truth, read_calls, read_sentences
from bench.speech_exam.compose import composed, spoken_digits, spoken_number, written
from orders import event_types
from orders.model import OrderField, RequestType, Urgency

TODAY = date(2026, 11, 21)


def truth(**changes) -> Truth:
    plain = {
        "request_type": "help", "event_type": "供水", "urgency": "urgent", "phone": "13800004417",
        "district": "路北区", "address": "建设北路86号", "want": "抢修",
        "happened": Happened(days=-1, hour=6),
    }  # fmt: skip
    return Truth(**(plain | changes))


PERFECT = {
    "request_type": "help", "event_type": "供水", "urgency": "urgent",
    "contact_number": "13800004417", "district": "路北区", "address": "路北区建设北路86号",
    "happened_at": "2026-11-20T06:00", "want": "叫抢修的人赶紧来",
}  # fmt: skip


def test_a_perfect_order_is_right_in_every_field():
    marks = marked([(truth(), PERFECT, TODAY)])
    assert {name: (mark.right, mark.of) for name, mark in marks.items()} == dict.fromkeys(
        marks, (1, 1)
    )


def test_an_empty_order_is_right_nowhere_and_invents_nothing():
    marks = marked([(truth(), {}, TODAY)])
    assert all((m.right, m.proposed, m.invented, m.of) == (0, 0, 0, 1) for m in marks.values())


def test_what_nobody_said_is_invented_and_not_wrong():
    silent = truth(address="", district="", happened=None)
    marks = marked([(silent, PERFECT, TODAY)])
    for name in ("address", "district", "happened_at"):
        assert (marks[name].of, marks[name].invented) == (0, 1)


def test_a_district_alone_is_no_invented_address():
    silent = truth(address="")
    assert marked([(silent, {"address": "路北区"}, TODAY)])["address"].invented == 0


def test_a_number_may_be_grouped_but_not_changed():
    assert same_number("13800004417", "138 0000 4417")
    assert same_number("03155550168", "0315-5550168")
    assert not same_number("13800004417", "13800004471")
    assert not same_number("13800004417", "1380000441")


def test_an_address_is_compared_as_it_is_said_and_without_its_district():
    assert bare_address("唐山市路北区 建设北路86号") == "建设北路八十六号"
    assert same_address("建设北路86号", "建设北路八十六号菜店附近")
    assert not same_address("建设北路86号", "路北区建设北路")
    assert not same_address("建设北路86号", "建设北路68号")
    assert nearly_same_address("建设北路86号", "建社北路86号")
    assert not nearly_same_address("建设北路86号", "解放路86号")
    assert not nearly_same_address("建设北路86号", "")


@pytest.mark.parametrize(
    ("happened", "value", "right"),
    [
        (Happened(days=-1, hour=22), "2026-11-20T22:00", True),
        (Happened(days=-1, hour=22), "2026-11-20T22:00:00+08:00", True),
        (Happened(days=-1, hour=22), "2026-11-20T10:00", False),
        (Happened(days=-1, hour=22), "2026-11-20", False),
        (Happened(days=-1, hour=22), "2026-11-19T22:00", False),
        (Happened(days=0, hour=9, minute=20), "2026-11-21T09:20", True),
        (Happened(days=0, hour=9, minute=20), "2026-11-21T09:00", False),
        (Happened(days=-3), "2026-11-18", True),
        (Happened(days=-3), "2026-11-18T14:31", True),
        (Happened(month=11, day=3), "2026-11-03", True),
        (Happened(month=12, day=3), "2025-12-03", True),
        (Happened(month=12, day=3), "2026-12-03", False),
        (Happened(days=-3), "三天前", False),
    ],
)
def test_a_moment_is_as_exact_as_the_citizen_was(happened, value, right):
    assert same_moment(truth(happened=happened), value, TODAY) is right


def test_nobody_is_asked_for_a_time_that_had_not_come_when_he_called():
    midnight = datetime(2026, 11, 21, 0, 27, tzinfo=UTC)
    this_morning = truth(happened=Happened(days=0, hour=7))
    assert this_morning.as_of(midnight).happened is None
    assert this_morning.as_of(midnight.replace(hour=18)) == this_morning
    assert truth(happened=Happened(days=-1, hour=23)).as_of(midnight).happened is not None
    assert truth(happened=Happened(days=0)).as_of(midnight).happened is not None


def test_a_want_keeps_the_words_in_their_order():
    assert holds_want("垃圾拉走", "请环卫部门把垃圾尽快拉走")
    assert not holds_want("垃圾拉走", "请拉走")


def test_the_exam_has_two_hundred_different_sentences_without_digits():
    sentences = read_sentences()
    assert len(sentences) == len(set(sentences)) == 200
    assert not [s for s in sentences if any(c.isascii() for c in s)]


def test_the_exam_has_a_hundred_calls_whose_truth_the_product_could_tell():
    calls = read_calls()
    assert len(calls) == len({call.name for call in calls}) == 100
    for call in calls:
        RequestType(call.truth.request_type)
        Urgency(call.truth.urgency)
        assert call.truth.event_type in event_types.EVENT_TYPES, call.name
        assert 4 <= len(call.lines) <= 8, call.name
        assert {line.side for line in call.lines} == {Side.CITIZEN, Side.OPERATOR}
    assert len({call.lines for call in calls}) == 100
    assert {"address", "district", "happened_at", "want"} <= set(OrderField)


def test_only_test_numbers_are_called_and_each_is_said_in_its_call():
    for call in read_calls():
        number = call.truth.phone
        assert number.startswith(("1380000", "03155550")), call.name
        citizen = "".join(line.text for line in call.lines if line.side is Side.CITIZEN)
        assert spoken_digits(number) in citizen, call.name


def test_every_truth_is_spoken_in_its_call():
    for call in read_calls():
        citizen = "".join(line.text for line in call.lines if line.side is Side.CITIZEN)
        assert call.truth.district in citizen, call.name
        assert bare_address(call.truth.address) in citizen, call.name
        assert holds_want(call.truth.want, citizen), call.name


def test_the_matters_vary():
    kinds = Counter(call.truth.event_type for call in read_calls())
    assert len(kinds) >= 20
    assert max(kinds.values()) <= 10


def test_the_committed_calls_are_those_that_the_composer_makes():
    made = written(list(composed()))
    committed = (FOLDER / "calls.toml").read_text()
    assert committed.endswith(made[made.index("\n[[call]]") :])


def test_numbers_are_spoken_as_people_say_them():
    assert [spoken_number(n) for n in (8, 10, 12, 20, 36, 100, 106, 115, 190)] == [
        "八", "十", "十二", "二十", "三十六", "一百", "一百零六", "一百一十五", "一百九十",
    ]  # fmt: skip
