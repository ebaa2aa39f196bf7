"""Which numbers may be dialled, in the service and in the dialplan: one meaning, written twice."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.errors import NumberRefused
from cti.numbers import dialled

EXTENSIONS = Path(__file__).parents[2] / "asterisk-conf" / "extensions.conf"
CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": "[0-9]+", "!": "[0-9]*"}


def dialplan_patterns() -> list[re.Pattern[str]]:
    text = EXTENSIONS.read_text(encoding="utf-8")
    context = text.split("\n[hotline-out]\n")[1].split("\n[")[0]
    found = re.findall(r"^exten => _([^,]+),1,Goto\(hotline-dial", context, re.M)
    assert len(found) > 10
    return [
        re.compile(re.sub(r"\[[^]]+\]|.", lambda m: CLASSES.get(m[0], m[0]), pattern))
        for pattern in found
    ]


PATTERNS = dialplan_patterns()


def may_dial(number: str) -> bool:
    try:
        return dialled(number) == number
    except NumberRefused:
        return False


@pytest.mark.parametrize(
    "number",
    [
        "110", "119", "120", "122", "12315", "12345", "95598", "955099", "95188888", "96116",
        "961166", "13800000001", "013800000001", "01062345678", "03156234567", "031562345678",
        "7654321", "87654321", "4001234567", "8001234567",
    ],
)  # fmt: skip
def test_numbers_in_the_country_may_be_dialled(number):
    assert may_dial(number)


@pytest.mark.parametrize(
    "number",
    [
        "", "0", "00", "001", "00441234567890", "+441234567890", "16812345", "01016812345",
        "031516012345", "96001", "960001", "9",
        "99999", "1", "11", "8001", "138000000011", "1380000000", "0138000000011", "*67110",
        "110#", "110;phone-context=x", "１１０", "110\n", "sip:110", "110,120",
    ],
)  # fmt: skip
def test_abroad_premium_and_nonsense_are_refused_without_repeating_them(number):
    with pytest.raises(NumberRefused) as refused:
        dialled(number)
    assert refused.value.code == "number-refused"
    assert refused.value.args == ()


def test_a_number_may_be_written_as_people_write_it():
    assert dialled("+86 138-0000-0001") == "13800000001"
    assert dialled("0315 623 4567") == "03156234567"


@given(st.text("0123456789", min_size=1, max_size=14))
def test_the_dialplan_lets_through_what_the_service_does(number):
    assert any(p.fullmatch(number) for p in PATTERNS) is may_dial(number)


@given(st.sampled_from(PATTERNS).flatmap(lambda pattern: st.from_regex(pattern, fullmatch=True)))
def test_whatever_the_dialplan_lets_through_the_service_does_too(number):
    assert may_dial(number)
