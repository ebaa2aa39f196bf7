"""How much of what citizens say arrives in the order, over a set of hand-written talks."""

from collections import defaultdict

import pytest

from orders.model import OrderField
from tests.fakes.talk import drafted
from tests.unit.drafting_cases import Case, cases, untuned

FIELDS = {
    "kind": OrderField.REQUEST_TYPE,
    "event_type": OrderField.EVENT_TYPE,
    "urgency": OrderField.URGENCY,
    "district": OrderField.DISTRICT,
    "address": OrderField.ADDRESS,
    "since": OrderField.HAPPENED_AT,
    "number": OrderField.CONTACT_NUMBER,
}
FLOORS = {
    "kind": (0.95, 0.78),
    "event_type": (0.95, 0.84),
    "urgency": (0.98, 0.96),
    "district": (0.98, 0.96),
    "address": (0.96, 0.92),
    "since": (0.95, 0.96),
    "number": (1.0, 1.0),
}
"""The share of each set that must be right; what must stay empty counts too."""

Shares = dict[str, tuple[float, list[str]]]


def shares_of(found: list[Case]) -> Shares:
    asked: dict[str, int] = defaultdict(int)
    wrong: dict[str, list[str]] = defaultdict(list)
    for case in found:
        fields = drafted(case.script, caller_number="")
        for column, name in FIELDS.items():
            wanted = getattr(case, column)
            if wanted == "?":
                continue
            asked[column] += 1
            got = fields[name].value if name in fields else None
            if got != wanted:
                wrong[column].append(f"{case.script}: {got} instead of {wanted}")
    return {column: (1 - len(wrong[column]) / asked[column], wrong[column]) for column in FIELDS}


@pytest.fixture(scope="module")
def shares() -> tuple[Shares, Shares]:
    return shares_of(cases()), shares_of(untuned())


@pytest.mark.parametrize("column", FLOORS)
def test_so_much_of_what_was_said_arrives(column, shares):
    for measured, floor in zip(shares, FLOORS[column], strict=True):
        share, wrong = measured[column]
        assert share >= floor, "\n".join(wrong)


def test_the_set_is_large_enough_and_every_column_is_asked_of_many():
    found = cases()
    assert len(found) >= 60
    for column in ("kind", "event_type", "urgency"):
        assert sum(getattr(case, column) not in (None, "?") for case in found) >= 60
    for column in ("district", "address", "since"):
        assert sum(getattr(case, column) not in (None, "?") for case in found) >= 8


def test_a_measure_that_cannot_fail_measures_nothing():
    nothing = Case(
        script="市：路灯坏了", kind="praise", event_type="公积金", urgency="urgent", district="路北区",
        address="人民路", since="2026-11-20", number="13800000001",
    )  # fmt: skip
    fields = drafted(nothing.script, caller_number="")
    for column, name in FIELDS.items():
        assert (fields[name].value if name in fields else None) != getattr(nothing, column)
