"""Misheard names of places are put right by their sound; ordinary sentences are left alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.correcting import corrected
from asr.doubt import judged
from asr.events import Word
from asr.gazetteer import MOST_CANDIDATES, Gazetteer, PlaceName
from asr.mandarin_sounds import sounds_of
from documents.problems import DocumentKind
from hotline.outside.scripts import SCRIPTS
from seats.rule_documents.places import read_places
from seats.rule_versions import shipped
from tests.unit.ordinary_sentences import SENTENCES

ROWS, _ = read_places(shipped(DocumentKind.PLACES).body)
GAZETTEER = Gazetteer(
    [
        PlaceName(name=row.name, kind=row.kind, district=row.district, aliases=row.aliases)
        for row in ROWS
    ]
)
SURE, UNSURE = 1.0, 0.5


def heard(said, confidence=SURE):
    """Words apart by blanks; 去? is a word of which the recogniser was unsure."""
    return judged(
        tuple(
            Word(
                text=one.rstrip("?"),
                starts_at_ms=place * 300,
                ends_at_ms=place * 300 + 300,
                confidence=UNSURE if one.endswith("?") else confidence,
            )
            for place, one in enumerate(said.split())
        ),
        below=0.8,
    )


def text_of(words):
    return "".join(word.text for word in words)


# What the demonstration's recogniser made of synthetic voices in noise, and like it.
MISHEARD = """
我家 住 在 建设 北麓? 二十 六号楼 → 我家住在建设北路二十六号楼
新华 到 上的 井盖 丢 了 → 新华道上的井盖丢了
风? 润 去? 太平 路? 街道? 的 垃圾 → 丰润区太平路街道的垃圾
路? 南? 去? 友谊路 的 路 灯不亮 → 路南区友谊路的路灯不亮
湘云 里? 小区 三号 楼 → 翔云里小区三号楼
我 住 在 陆北 区 → 我住在路北区
地址 是 开瓶? 区? 税务 庄 街道 → 地址是开平区税务庄街道
投诉 人设局? 不 办事 → 投诉人社局不办事
在 遵华? 市? → 在遵化市
大理 路 堵车 → 大里路堵车
住 在 和西? 里? 二号楼 → 住在河西里二号楼
你们 找 市场 坚? 管局? → 你们找市场监管局
我 在 千安? 市 打工 → 我在迁安市打工
"""

LEFT_ALONE = """
昨天 感觉 到 地震 了
感觉到 地震 了
有 一路 公交车 停运 了
志愿者 打理 街道 卫生
我 从 新华 到 北京 怎么 走
我 从 路南 去 学院路
我 从 路南? 去? 学院路
这 条 路 难 去 得 很
我 到 开平 去
打动 心里 的 事情
小 急诊 不 开门
胜利 路线 不对
文化 录取 通知书
东城区 阳光花园 三号楼
我家 在 路南区 建设南路
税务局 和 水务局
"""


@pytest.mark.parametrize(
    ("said", "wanted"), [line.split(" → ") for line in MISHEARD.strip().splitlines()]
)
def test_a_misheard_name_is_put_right(said, wanted):
    before = heard(said)
    after = corrected(before, GAZETTEER)
    assert text_of(after) == wanted
    for old, new in zip(before, after, strict=True):
        assert new.heard == (old.text if new.text != old.text else None)


@pytest.mark.parametrize("said", LEFT_ALONE.strip().splitlines())
def test_what_makes_sense_as_it_is_stays(said):
    words = heard(said)
    assert corrected(words, GAZETTEER) == words


@pytest.mark.parametrize("confidence", [SURE, UNSURE])
def test_none_of_a_hundred_ordinary_sentences_is_changed_even_when_all_is_in_doubt(confidence):
    changed = [
        sentence
        for sentence in SENTENCES
        if text_of(corrected(heard(sentence, confidence), GAZETTEER)) != sentence.replace(" ", "")
    ]
    assert len(SENTENCES) >= 100
    assert changed == []


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_none_of_the_demonstrations_lines_is_changed(script):
    for line in script.lines:
        for piece in line.text.split("，"):
            words = heard(" ".join(piece))
            assert text_of(corrected(words, GAZETTEER)) == piece


def test_every_name_of_the_city_stays_as_it_is():
    for row in ROWS:
        for name in (row.name, *row.aliases):
            words = heard(" ".join(f"在{name}门口"), UNSURE)
            assert text_of(corrected(words, GAZETTEER)) == f"在{name}门口"


def test_of_two_names_that_sound_the_same_neither_is_taken():
    both = Gazetteer([PlaceName(name="明光路", kind="road"), PlaceName(name="名光路", kind="road")])
    words = heard("在 鸣光? 路")
    assert corrected(words, both) == words
    one = Gazetteer([PlaceName(name="明光路", kind="road")])
    assert text_of(corrected(words, one)) == "在明光路"


def test_without_names_nothing_is_corrected():
    words = heard("我 住 在 陆北 区")
    assert corrected(words, Gazetteer()) == words


def test_a_corrected_word_stays_in_doubt_and_keeps_what_was_heard():
    words = corrected(heard("在 遵华? 市?"), GAZETTEER)
    assert [(word.text, word.heard, word.doubtful) for word in words] == [
        ("在", None, False),
        ("遵化", "遵华", True),
        ("市", None, True),
    ]


def test_a_city_with_very_many_names_that_begin_alike_compares_only_so_many():
    many = Gazetteer([PlaceName(name=f"新华{chr(0x4E00 + number)}路") for number in range(500)])
    first, second = sounds_of("新华")
    assert len(many.sounding_like(first, second)) == MOST_CANDIDATES


SYLLABLES = "路北区去陆绿建设被备到道新心信华化人民里理曹妃非甸电三一在的了a 9，"


@given(st.lists(st.tuples(st.text(alphabet=SYLLABLES, max_size=4), st.floats(0, 1)), max_size=12))
def test_whatever_is_said_words_keep_their_number_and_their_lengths(said):
    words = judged(
        tuple(
            Word(text=text, starts_at_ms=place, ends_at_ms=place + 1, confidence=confidence)
            for place, (text, confidence) in enumerate(said)
        ),
        below=0.8,
    )
    after = corrected(words, GAZETTEER)
    assert [len(word.text) for word in after] == [len(word.text) for word in words]
    assert [replace(word, text="", heard=None) for word in after] == [
        replace(word, text="", heard=None) for word in words
    ]
    for old, new in zip(words, after, strict=True):
        assert new.text == old.text or new.heard == old.text


@given(st.text(max_size=40))
def test_no_text_at_all_makes_trouble(text):
    words = heard(text, UNSURE)
    assert len(text_of(corrected(words, GAZETTEER))) == len(text_of(words))
