"""The scripted conversations are what they claim to be."""

import itertools
import re

import pytest

from asr.events import Side
from hotline.outside.scripts import CLOSING, MORE, OPENING, SCRIPTS, Script
from hotline.places import ROOT
from orders.model import RequestType

VOCABULARY = frozenset(
    line.split(" ")[0]
    for line in (ROOT / "asr/demo_model/graph/words.txt").read_text(encoding="utf-8").splitlines()
)
DIGITS = dict(zip("零一二三四五六七八九", "0123456789", strict=True))

every_script = pytest.mark.parametrize("script", SCRIPTS, ids=[s.name for s in SCRIPTS])


def said(script: Script, side: Side) -> str:
    return "。".join(line.text for line in script.lines if line.side is side)


def can_be_written(text: str) -> bool:
    """Is the text a row of words that the speech model knows?"""
    reachable = {0}
    for end in range(1, len(text) + 1):
        if any(start in reachable and text[start:end] in VOCABULARY for start in range(end)):
            reachable.add(end)
    return len(text) in reachable


def test_there_are_enough_and_each_has_its_own_name_caller_and_subject():
    assert len(SCRIPTS) >= 8
    for wanted in ("name", "title", "caller_number"):
        assert len({getattr(s, wanted) for s in SCRIPTS}) == len(SCRIPTS)


def test_the_kinds_of_request_that_a_hotline_gets_are_all_there():
    kinds = {s.request_type for s in SCRIPTS}
    assert kinds == set(RequestType) - {RequestType.GUIDANCE}


@every_script
def test_the_operator_says_what_is_prescribed(script):
    assert script.lines[0].text == OPENING
    assert script.lines[-1].text == CLOSING
    operator = said(script, Side.OPERATOR)
    assert "核实一下" in operator
    assert MORE in operator


@every_script
def test_the_sides_take_turns(script):
    sides = [line.side for line in script.lines]
    assert all(a is not b for a, b in itertools.pairwise(sides))
    assert sides[0] is sides[-1] is Side.OPERATOR


@every_script
def test_the_citizen_speaks_his_own_test_number_digit_by_digit(script):
    assert re.fullmatch(r"1380000\d{4}", script.caller_number)
    spoken = re.findall("[零一二三四五六七八九]{11}", said(script, Side.CITIZEN))
    assert ["".join(DIGITS[d] for d in number) for number in spoken] == [script.caller_number]


@every_script
def test_the_expected_address_was_really_said(script):
    assert script.address in said(script, Side.CITIZEN)


@every_script
def test_every_word_is_in_the_demonstration_models_vocabulary(script):
    for line in script.lines:
        for phrase in re.split("[，。]", line.text):
            assert can_be_written(phrase), phrase
