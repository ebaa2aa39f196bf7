"""/api/orders/search, an order's course, and a caller's history: looking among all orders. 工单检索"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from orders.lists import CourseStep, EarlierCall, OrderSort, OrderWish
from orders.model import OrderField, OrderState, WorkOrder
from web import views
from web.access import House, Viewer, require_hearing, seat_through_which
from web.call_routes import find as find_call
from web.order_routes import find as find_order
from web.ports import Role

router = APIRouter(prefix="/api", tags=["orders"])

MOST_SHOWN = 20
Word = Annotated[str, Query(max_length=100)]
Json = dict[str, Any]


@router.get("/order-search")
async def search(
    house: House,
    viewer: Viewer,
    state: Annotated[list[OrderState] | None, Query()] = None,
    words: Word = "",
    since: date | None = None,
    until: date | None = None,
    request_type: Word = "",
    urgency: Word = "",
    event_type: Word = "",
    district: Word = "",
    seat_id: Word = "",
    repeats_only: bool = False,
    urged_only: bool = False,
    sort: OrderSort = OrderSort.NEWEST,
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Json:
    """One page of the orders that fit, as far as the viewer may see them. 工单检索"""
    seq = house.live.last_seq
    everything = not viewer.roles.isdisjoint({Role.SUPERVISOR, Role.INSPECTOR})
    wish = OrderWish(
        states=tuple(state or ()),
        seat_id=(seat_id or None) if everything else (viewer.seat_id or ""),
        words=words,
        since=since,
        until=until,
        request_type=request_type,
        urgency=urgency,
        event_type=event_type,
        district=district,
        repeats_only=repeats_only,
        urged_only=urged_only,
        sort=sort,
        skip=skip,
        limit=limit,
    )
    found = await house.order_lists.look(wish)
    return {
        "seq": seq,
        "total": found.total,
        "orders": [views.order(order) for order in found.orders],
    }


@router.get("/orders/{order_id}/course")
async def course(order_id: str, house: House, viewer: Viewer) -> Json:
    """What happened to it, from its opening on. 流转记录"""
    order = await find_order(order_id, house, viewer)
    return {"course": [_step(step) for step in await house.order_lists.course(order.order_id)]}


@router.get("/calls/{call_id}/history")
async def caller_history(call_id: str, house: House, viewer: Viewer) -> Json:
    """The same caller's earlier calls and the orders they left, newest first. 历史来电"""
    call = await find_call(call_id, house)
    require_hearing(viewer, seat_through_which(viewer, call))
    found = await house.order_lists.history(call.caller_number, call.call_id, MOST_SHOWN)
    return {"calls": [_earlier(one) for one in found]}


def _step(step: CourseStep) -> Json:
    return {
        "at": views.instant(step.at),
        "by": step.by,
        "what": step.what,
        "was": step.was,
        "now": step.now,
    }


def _earlier(one: EarlierCall) -> Json:
    """What the next seat should know; the words of that call are not among it."""
    return {
        "call_id": one.call.call_id,
        "arrived_at": views.instant(one.call.arrived_at),
        "state": one.call.state.value,
        "direction": one.call.direction.value,
        "seat_id": one.call.seat_id,
        "answered": one.call.answered_at is not None,
        "order": None if one.order is None else _short(one.order),
    }


def _short(order: WorkOrder) -> Json:
    summary = order.fields.get(OrderField.SUMMARY) or order.fields.get(OrderField.CONTENT)
    return {
        "order_id": order.order_id,
        "state": order.state.value,
        "opened_at": views.instant(order.opened_at),
        "submitted_at": views.instant(order.submitted_at),
        "summary": "" if summary is None else summary.value,
        "urges": order.urges,
    }
