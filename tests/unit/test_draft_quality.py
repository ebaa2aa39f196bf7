"""How good the drafts were: per field, per week, and who may see it."""

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.drafting_report import Tally, quality_of, weekly
from orders.model import FieldValue, FilledBy, OrderField, OrderId, OrderState, WorkOrder
from orders.outcomes import Became, apart, levenshtein, outcomes_of
from tests.fakes.floor import NOON, call
from tests.fakes.services import CALL
from tests.unit.test_web import browser

F = OrderField
MONDAY, NEXT_MONDAY = date(2026, 11, 16), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("路灯", "", 2),
        ("", "路灯", 2),
        ("路灯坏了", "路灯坏了", 0),
        ("路灯坏了", "路灯不亮了", 2),
        ("kitten", "sitting", 3),
    ],
)
def test_the_distance_counts_the_operators_changes(one, other, distance):
    assert levenshtein(one, other) == distance


def by_the_table(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row = row, [i]
        for j, b in enumerate(other, start=1):
            row.append(min(row[-1] + 1, before[j] + 1, before[j - 1] + (a != b)))
    return row[-1]


@given(st.text("路灯坏了不亮", max_size=80), st.text("路灯坏了不亮", max_size=80))
def test_the_fast_distance_is_that_of_the_table(one, other):
    assert levenshtein(one, other) == by_the_table(one, other)
    assert 0 <= apart(one, other) <= 1


def test_a_content_of_the_longest_kind_is_compared_in_a_moment():
    long = "路灯坏了三天没人修" * 555
    assert levenshtein(long, long[7:] + "还有井盖") == 11


def machine(value: str, confidence: float = 0.8) -> FieldValue:
    return FieldValue(value=value, by=FilledBy.MACHINE, confidence=confidence)


def person(value: str) -> FieldValue:
    return FieldValue(value=value, by=FilledBy.PERSON)


def test_each_field_tells_what_became_of_its_proposal_and_no_words():
    order = WorkOrder(
        order_id=OrderId("20261121-000001"),
        call_id=call(1),
        seat_id=None,
        state=OrderState.ACCEPTED,
        opened_at=NOON,
        proposed={
            F.SUMMARY: machine("路灯坏了"),
            F.ADDRESS: machine("人民路"),
            F.CONTENT: machine("路灯坏了。", 0.5),
            F.CALLER_NAME: machine("王"),
        },
        fields={
            F.SUMMARY: person("路灯不亮了"),
            F.ADDRESS: person(""),
            F.CONTENT: machine("路灯坏了。", 0.5),
            F.CALLER_NAME: person("王"),
            F.WANT: person("修好"),
        },
    )
    outcomes = {one.name: one for one in outcomes_of(order)}
    assert {name: one.outcome for name, one in outcomes.items() if one.outcome != "empty"} == {
        F.SUMMARY: Became.EDITED,
        F.ADDRESS: Became.REJECTED,
        F.CONTENT: Became.CONFIRMED,
        F.CALLER_NAME: Became.CONFIRMED,
        F.WANT: Became.ADDED,
    }
    assert len(outcomes) == len(F)
    assert (outcomes[F.SUMMARY].distance, outcomes[F.SUMMARY].length) == (0.4, 5)
    assert (outcomes[F.ADDRESS].distance, outcomes[F.WANT].distance) == (1.0, 0.0)
    assert outcomes[F.CONTENT].confidence == 0.5


def tally(monday: date, name: F, outcome: Became, count: int, distance: float = 0.0) -> Tally:
    return Tally(monday=monday, name=name, outcome=outcome, count=count, distance=distance)


TALLIES = [
    tally(MONDAY, F.ADDRESS, Became.CONFIRMED, 3),
    tally(MONDAY, F.ADDRESS, Became.EDITED, 1, 0.5),
    tally(MONDAY, F.WANT, Became.EMPTY, 4),
    tally(NEXT_MONDAY, F.ADDRESS, Became.REJECTED, 1, 1.0),
    tally(NEXT_MONDAY, F.ADDRESS, Became.ADDED, 1),
]


def test_the_report_adds_up_over_weeks_and_says_nothing_of_fields_never_proposed():
    quality = quality_of(TALLIES)
    fields = {one.name: one for one in quality.fields}
    address, want = fields[F.ADDRESS], fields[F.WANT]
    assert (address.proposed, address.confirmed, address.edited) == (5, 3, 1)
    assert (address.rejected, address.added, address.mean_distance) == (1, 1, 0.3)
    assert (want.proposed, want.mean_distance) == (0, None)
    weeks = weekly(TALLIES)
    assert [(monday, week.orders) for monday, week in weeks] == [(NEXT_MONDAY, 2), (MONDAY, 4)]
    assert quality_of([]).orders == 0


def test_leaders_inspectors_and_administrators_see_the_report_operators_do_not(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            assert (await b.client.get("/api/drafting-quality")).status_code == 403
            for name in ("leader", "inspector", "admin"):
                await b.log_in(name)
                answer = (await b.client.get("/api/drafting-quality")).json()
                assert (answer["since"], answer["until"]) == ("2025-12-09", "2026-01-05")
                assert answer["orders"] == 1
                [summary] = [one for one in answer["fields"] if one["name"] == "summary"]
                assert summary == {
                    "name": "summary", "proposed": 1, "confirmed": 0, "edited": 1, "rejected": 0,
                    "added": 0, "mean_distance": 0.25,
                }  # fmt: skip
                assert [week["monday"] for week in answer["weeks"]] == ["2026-01-05"]
            days = {"since": "2026-01-01", "until": "2026-01-31"}
            await b.client.get("/api/drafting-quality", params=days)
            asked = b.services.drafting.asked
            assert asked == (date(2026, 1, 1), date(2026, 1, 31))

    asyncio.run(story())


def test_the_districts_an_order_may_name_are_listed(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            answer = (await b.client.get("/api/districts")).json()
            assert answer == {"districts": ["路北区", "路南区"]}

    asyncio.run(story())


def test_the_after_call_note_is_filled_with_the_drafts_summary_until_something_is_saved(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            path = f"/api/calls/{CALL}/code"
            assert (await b.client.get(path)).json()["proposed_note"] is None
            orders = b.services.order_records
            await orders.edit(orders.order.order_id, {F.SUMMARY: "咨询公积金怎么提取。"}, 0, "wang")
            assert (await b.client.get(path)).json()["proposed_note"] == "咨询公积金怎么提取。"
            given = await b.client.post(path, json={"code": "consultation", "note": "已答复"})
            assert given.status_code == 200, given.text
            assert given.json()["proposed_note"] is None

    asyncio.run(story())
