"""Earlier orders about the same are shown; a person says whether they are."""

import asyncio
from datetime import timedelta

import pytest

from orders.errors import OrderAlreadySubmitted, OrderRepeatsItself, OrderUnknown
from orders.events import RepeatMarked
from orders.model import FieldValue, FilledBy, OrderField, OrderId, OrderState, WorkOrder
from orders.repeat_search import RepeatSearch
from orders.repeats import SHOWN, Earlier, repeats_of
from orders.settings import OrdersSettings
from tests.fakes.floor import NOON, call
from tests.unit.test_order_desk import FIRST, FULL, Office
from tests.unit.test_web import browser

F = OrderField
MINE, OTHER = "13800000001", "13800000002"
SECOND, THIRD = OrderId("20261121-000002"), OrderId("20261121-000003")


def order(number: int, **fields: str) -> WorkOrder:
    return WorkOrder(
        order_id=OrderId(f"20261121-{number:06}"),
        call_id=call(number),
        seat_id=None,
        state=OrderState.ACCEPTED,
        opened_at=NOON,
        fields={
            F(name): FieldValue(value=value, by=FilledBy.MACHINE) for name, value in fields.items()
        },
    )


HEATING = order(
    9, summary="河西里小区3号楼暖气不热，家里只有14度，希望尽快处理。", address="河西里小区3号楼"
)


@pytest.mark.parametrize(
    ("summary", "number", "shown"),
    [
        ("我家住河西里3号楼，暖气一直不热，才14度", OTHER, True),
        ("河西里小区3号楼没有暖气，家里14度", OTHER, True),
        ("翔云里12号楼的路灯坏了三天，希望尽快处理", OTHER, False),
        ("希望有关部门尽快处理，现在没人管", OTHER, False),
        ("翔云里12号楼的路灯坏了三天，希望尽快处理", MINE, True),
    ],
)
def test_the_same_number_or_much_the_same_words_make_a_candidate(summary, number, shown):
    found = repeats_of(
        HEATING, MINE, [Earlier(order=order(1, summary=summary), caller_number=number)]
    )
    assert bool(found) is shown


def test_alike_and_from_the_same_number_comes_first_and_not_more_than_one_reads():
    alike = order(1, summary="河西里小区3号楼暖气不热", address="河西里小区3号楼")
    other = order(2, summary="公园里的长椅坏了")
    many = [Earlier(order=other, caller_number=MINE)] + [
        Earlier(order=order(number, summary="河西里3号楼暖气"), caller_number=OTHER)
        for number in range(3, 30)
    ]
    found = repeats_of(HEATING, MINE, [*many, Earlier(order=alike, caller_number=MINE)])
    assert len(found) == SHOWN
    assert (found[0].order_id, found[0].same_number) == (alike.order_id, True)
    assert 0.5 < found[0].similarity <= 1


def test_it_is_no_repeat_of_itself_nor_of_what_was_discarded_and_empty_orders_are_alike_to_none():
    gone = WorkOrder(
        order_id=SECOND, call_id=call(2), seat_id=None, state=OrderState.DISCARDED, opened_at=NOON
    )
    earlier = [Earlier(order=one, caller_number=MINE) for one in (HEATING, gone)]
    assert repeats_of(HEATING, MINE, earlier) == ()
    assert repeats_of(order(5), "", [Earlier(order=order(6), caller_number="")]) == ()


async def test_the_search_goes_back_as_many_days_as_configured():
    class Stored:
        asked = None

        async def earlier(self, order, caller_number, since):
            self.asked = since
            return []

    stored = Stored()
    search = RepeatSearch(stored, OrdersSettings(repeat_days=3), lambda: NOON)
    assert await search.candidates(HEATING, MINE) == ()
    assert stored.asked == NOON - timedelta(days=3)


async def test_a_repeat_is_linked_to_the_first_order_of_all_and_can_be_taken_back():
    office = Office().rings().rings(call(2)).rings(call(3))
    await office.desk.mark_repeat(SECOND, FIRST, "wang")
    linked = await office.desk.mark_repeat(THIRD, SECOND, "wang")
    assert linked.repeat_of == FIRST == office.store.orders[THIRD].repeat_of
    assert await office.desk.mark_repeat(THIRD, FIRST, "wang") == linked
    await office.desk.mark_repeat(THIRD, None, "li")
    assert office.store.orders[THIRD].repeat_of is None
    assert [(e.repeat_of, e.by) for e in office.told(RepeatMarked)] == [
        (FIRST, "wang"), (FIRST, "wang"), (None, "li"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "error"),
    [(SECOND, OrderRepeatsItself), (THIRD, OrderRepeatsItself), ("20261121-000099", OrderUnknown)],
)
async def test_an_order_repeats_only_an_earlier_one(of, error):
    office = Office().rings().rings(call(2)).rings(call(3))
    with pytest.raises(error):
        await office.desk.mark_repeat(SECOND, OrderId(of), "wang")


async def test_a_submitted_order_is_linked_no_more():
    office = Office().rings().rings(call(2))
    order = await office.desk.edit(SECOND, FULL, 1, "wang")
    await office.desk.submit(SECOND, order.revision, "wang")
    with pytest.raises(OrderAlreadySubmitted):
        await office.desk.mark_repeat(SECOND, FIRST, "wang")


def test_the_web_shows_candidates_without_their_numbers_and_links_them(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            path = "/api/orders/20260105-000001"
            [found] = (await b.client.get(f"{path}/repeats")).json()["repeats"]
            assert (found["order_id"], found["summary"]) == ("20260103-000007", "路灯不亮")
            assert "1380000" not in str(found)
            answer = await b.client.post(f"{path}/repeat", json={"of": found["order_id"]})
            assert answer.json()["repeat_of"] == found["order_id"]
            answer = await b.client.post(f"{path}/repeat", json={"of": None})
            assert answer.json()["repeat_of"] is None
            await b.log_in("inspector")
            assert (await b.client.get(f"{path}/repeats")).status_code == 200
            refused = await b.client.post(f"{path}/repeat", json={"of": None})
            assert refused.status_code == 403

    asyncio.run(story())


def test_an_order_with_nothing_in_it_is_no_repeat_even_of_the_same_number():
    empty, written = order(1), order(2, summary="楼道灯坏了")
    earlier = [Earlier(order=one, caller_number=MINE) for one in (empty, written)]
    assert [one.order_id for one in repeats_of(HEATING, MINE, earlier)] == [written.order_id]
