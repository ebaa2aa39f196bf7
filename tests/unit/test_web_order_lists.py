"""Looking among orders: who sees which, and what is asked of the store."""

import asyncio

from orders.lists import OrderSort
from orders.model import OrderState
from tests.fakes.services import CALL
from tests.unit.test_web import browser

ORDER = "20260105-000001"


def told(name, path, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(name)
            answer = await b.client.get(path)
            return answer.status_code, answer.json(), b.services.order_lists.wish

    return asyncio.run(story())


def test_a_supervisor_looks_among_all_orders_with_every_condition(tmp_path):
    path = (
        "/api/order-search?state=draft&state=accepted&words=电梯&since=2026-01-01&until=2026-01-31"
        "&urgency=urgent&district=路北区&urged_only=true&sort=urgency&skip=50&limit=25"
    )
    status, body, wish = told("leader", path, tmp_path)
    assert (status, body["total"], body["orders"][0]["order_id"]) == (200, 1, ORDER)
    assert wish.states == (OrderState.DRAFT, OrderState.ACCEPTED)
    assert (wish.words, wish.urgency, wish.district) == ("电梯", "urgent", "路北区")
    assert (wish.urged_only, wish.repeats_only, wish.sort) == (True, False, OrderSort.URGENCY)
    assert (wish.skip, wish.limit, wish.seat_id) == (50, 25, None)


def test_an_operator_looks_only_among_the_orders_of_his_seat_whatever_he_asks(tmp_path):
    status, body, wish = told("li", "/api/order-search?seat_id=8001", tmp_path)
    assert (status, body["orders"], wish.seat_id) == (200, [], "8002")


def test_who_has_no_seat_and_hears_nothing_finds_no_orders(tmp_path):
    _, body, wish = told("admin", "/api/order-search", tmp_path)
    assert (body["orders"], wish.seat_id) == ([], "")


def test_a_condition_that_is_none_is_refused_by_name(tmp_path):
    status, body, _ = told("leader", "/api/order-search?sort=colour", tmp_path)
    assert (status, body["code"]) == (422, "bad-request")


def test_the_course_of_an_order_is_told_to_whoever_may_see_it(tmp_path):
    status, body, _ = told("wang", f"/api/orders/{ORDER}/course", tmp_path)
    assert (status, body["course"][0]["now"]) == (200, "draft")
    assert told("li", f"/api/orders/{ORDER}/course", tmp_path)[0] == 403


def test_the_seat_of_a_call_sees_what_its_caller_had_before(tmp_path):
    status, body, _ = told("wang", f"/api/calls/{CALL}/history", tmp_path)
    assert (status, body["calls"][0]["order"]["summary"]) == (200, "投诉")
    assert "caller_number" not in body["calls"][0]
    assert told("li", f"/api/calls/{CALL}/history", tmp_path)[0] == 403
