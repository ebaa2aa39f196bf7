"""A danger is proposed where there is one, and only there; the words are those we ship."""

import pytest

from asr.events import Side, UtteranceHeard, Word
from orders.dangers import danger_in
from orders.drafting import propose
from orders.model import OrderField, Urgency
from orders.reading import read
from tests.fakes.floor import NOON, call
from tests.fakes.talk import BACKGROUND, WORDS


@pytest.mark.parametrize(
    ("said", "urgency"),
    [
        ("我家着火了", Urgency.VERY_URGENT),
        ("没有着火", None),
        ("没有人晕倒", None),
        ("没有人管着火了都没有人管", Urgency.VERY_URGENT),
        ("怕着火", None),
        ("恐怕是着火了", Urgency.VERY_URGENT),
        ("万一着火怎么办", None),
        ("如果发生爆炸谁负责", None),
        ("主要是着火了", Urgency.VERY_URGENT),
        ("可能煤气泄漏了", Urgency.VERY_URGENT),
        ("会不会是煤气泄漏了", Urgency.VERY_URGENT),
        ("这样容易着火", None),
        ("去年着火的时候也没人管", None),
        ("以前发生过火灾", None),
        ("去年着过火现在又着火了", Urgency.VERY_URGENT),
        ("昨天晚上着火了", Urgency.VERY_URGENT),
        ("上次有人触电我反映过", None),
        ("消防演练是几号火灾演练", None),
        ("水管爆裂了", Urgency.URGENT),
        ("老人晕倒了水管也爆裂了", Urgency.VERY_URGENT),
        ("请问公积金怎么提取", None),
    ],
)
def test_denied_feared_and_remembered_dangers_raise_nothing(said, urgency):
    found = danger_in(said, WORDS.danger)
    assert (found[0] if found else None) == urgency


def test_without_published_words_nothing_is_a_danger():
    assert danger_in("着火了救命", ()) is None


def spoken(*timed: tuple[str, int]) -> UtteranceHeard:
    words = tuple(
        Word(text=text, starts_at_ms=start, ends_at_ms=start + 300, confidence=1.0)
        for text, start in timed
    )
    return UtteranceHeard(
        at=NOON,
        call_id=call(1),
        side=Side.CITIZEN,
        text="".join(text for text, _ in timed),
        starts_at_ms=words[0].starts_at_ms,
        ends_at_ms=words[-1].ends_at_ms,
        confidence=1.0,
        words=words,
    )


def test_a_pause_parts_no_from_the_danger_that_follows():
    joined = spoken(("没有", 0), ("着火", 320))
    parted = spoken(("没有", 0), ("着火", 1500))
    assert read(joined, BACKGROUND).danger is None
    fields = dict(propose([read(parted, BACKGROUND)], "", {}))
    assert fields[OrderField.URGENCY].value == "very_urgent"
    proof = fields[OrderField.URGENCY].proof
    assert proof is not None
    assert (proof.starts_at_ms, proof.ends_at_ms) == (1500, 1800)
