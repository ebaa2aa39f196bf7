"""Training sentences: the same for the same seed, and nothing that the examination asks."""

import random
import re
from dataclasses import replace

import pytest

from asr.training.evaluation import examination
from asr.training.texts import (
    DIGITS,
    clauses,
    fill,
    read_material,
    sentences,
    spoken_digits,
    unknown_places,
)
from asr.training.writing import is_chinese


@pytest.fixture(scope="module")
def material():
    return read_material()


def test_every_name_in_a_template_has_its_word_list(material):
    assert unknown_places(material) == set()


def test_a_template_with_an_unknown_name_is_found(material):
    assert unknown_places(replace(material, citizen=("{nothing}坏了",))) == {"nothing"}


def test_the_same_seed_gives_the_same_sentences_and_another_seed_others(material):
    first = sentences(material, 200, 7)
    assert first == sentences(material, 200, 7)
    assert clauses(material, 200, 7) == clauses(material, 200, 7)
    assert len(set(first) & set(sentences(material, 200, 8))) < 60


def test_sentences_are_chinese_characters_only_so_that_they_can_be_spoken(material):
    for sentence in (*sentences(material, 2000, 1), *clauses(material, 2000, 1)):
        assert is_chinese(sentence), sentence


def test_unwanted_sentences_do_not_come(material):
    unwanted = sentences(material, 300, 5)
    assert not set(unwanted) & set(sentences(material, 300, 5, avoid=unwanted))


def test_a_telephone_number_has_eleven_digits_and_begins_as_they_do(material):
    chance = random.Random(3)
    for _ in range(200):
        number = fill("{phone}", material.words, chance)
        assert re.fullmatch(f"[一幺][三五七八九][{DIGITS}幺]{{9}}", number), number
        assert not {"一", "幺"} <= set(number), "one way of saying it"
    assert len(spoken_digits(chance, 18)) == 18
    assert re.fullmatch(f"工单[{DIGITS}]{{6}}", fill("工单{digits6}", material.words, chance))


@pytest.mark.parametrize("name", ["handwritten", "tuning"])
def test_what_the_examination_asks_was_never_read(material, name):
    asked = examination(name)
    assert len(asked) >= 30
    whole = (*material.everyday, *material.citizen, *material.operator, *material.clauses)
    entries = [entry for entries in material.words.values() for entry in entries]
    assert not set(asked) & {*whole, *entries}
    for sentence in asked:
        assert not [entry for entry in (*whole, *entries) if len(entry) > 9 and entry in sentence]
