"""/api/orders: what a call leaves to be done. 工单"""

import contextlib
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from orders.errors import QueryCodeNotYet
from orders.event_types import EVENT_TYPES
from orders.model import OrderField, OrderId, OrderState, WorkOrder
from web import views
from web.access import House, Viewer, may_hear, require, require_hearing, seat_through_which
from web.errors import NotFound
from web.ports import Role, Services, User
from web.soon import found_soon

router = APIRouter(prefix="/api", tags=["orders"])

LONGEST_FIELD = 10_000
"""Only a bound on what is read at all; each field's own limit is orders/values.py's."""

Limit = Annotated[int, Query(ge=1, le=500)]


class Edit(BaseModel):
    """New values for some fields of the revision the editor saw. 修改"""

    model_config = ConfigDict(extra="forbid")
    revision: Annotated[int, Field(ge=0, strict=True)]
    fields: dict[OrderField, Annotated[StrictStr, Field(max_length=LONGEST_FIELD)]]


class Submission(BaseModel):
    """The revision that is submitted. 提交"""

    model_config = ConfigDict(extra="forbid")
    revision: Annotated[int, Field(ge=0, strict=True)]


class Repetition(BaseModel):
    """The earlier order about the same; None takes it back. 标记重复"""

    model_config = ConfigDict(extra="forbid")
    of: Annotated[StrictStr, Field(min_length=1, max_length=40)] | None


async def find(order_id: str, house: Services, viewer: User) -> WorkOrder:
    order = await found_soon(lambda: house.order_records.find(OrderId(order_id)), house)
    if order is None:
        raise NotFound(order_id=order_id)
    if not may_hear(viewer, order.seat_id):
        call = await house.calls.find(order.call_id)
        require_hearing(viewer, None if call is None else seat_through_which(viewer, call))
    return order


@router.get("/orders")
async def list_orders(
    house: House, viewer: Viewer, state: OrderState | None = None, limit: Limit = 50
) -> dict[str, Any]:
    """The newest drafts and orders that the viewer may see. 工单列表"""
    seq = house.live.last_seq
    everything = not viewer.roles.isdisjoint({Role.SUPERVISOR, Role.INSPECTOR})
    orders = await house.order_records.newest(
        state, limit, None if everything else viewer.seat_id or ""
    )
    return {"seq": seq, "orders": [views.order(order) for order in orders]}


@router.get("/orders/{order_id}")
async def one_order(order_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """One order. 工单"""
    return views.order(await find(order_id, house, viewer))


def require_writing(order: WorkOrder, viewer: User) -> None:
    """Inspectors read; the operator of the call and supervisors write."""
    if viewer.seat_id is None or viewer.seat_id != order.seat_id:
        require(viewer, Role.SUPERVISOR)


@router.patch("/orders/{order_id}")
async def edit_order(order_id: str, edit: Edit, house: House, viewer: Viewer) -> dict[str, Any]:
    """Write fields; a person's word always wins over the machine's. 修改工单"""
    require_writing(await find(order_id, house, viewer), viewer)
    order = await house.orders.edit(OrderId(order_id), edit.fields, edit.revision, viewer.username)
    await house.live.all_written()
    return views.order(order)


@router.post("/orders/{order_id}/submit")
async def submit_order(
    order_id: str, submission: Submission, house: House, viewer: Viewer
) -> dict[str, Any]:
    """Accept the order; the five mandatory fields must be there. 提交受理

    `query_code` is for the citizen, and is told here only: null if his number was not shown.
    """
    require_writing(await find(order_id, house, viewer), viewer)
    order = await house.orders.submit(OrderId(order_id), submission.revision, viewer.username)
    code: str | None = None
    with contextlib.suppress(QueryCodeNotYet):
        code = await new_code(order, house, viewer)
    await house.live.all_written()
    return {**views.order(order), "query_code": code}


async def new_code(order: WorkOrder, house: Services, viewer: User) -> str:
    """Raises QueryCodeNotYet."""
    call = await house.calls.find(order.call_id)
    number = "" if call is None else call.caller_number
    return house.citizens.query_codes.issue(order, number, viewer.username)


@router.post("/orders/{order_id}/query-code")
async def renew_code(order_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """A new code for a citizen who has lost his; the one before holds no longer. 重发查询码"""
    order = await find(order_id, house, viewer)
    require_writing(order, viewer)
    code = await new_code(order, house, viewer)
    await house.live.all_written()
    return {"order_id": order.order_id, "query_code": code}


@router.get("/orders/{order_id}/urges")
async def order_urges(order_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """When the citizen urged it by telephone, and in which call. 催办记录"""
    order = await find(order_id, house, viewer)
    found = await house.order_records.urged(order.order_id)
    return {"urges": [{"at": views.instant(at), "call_id": call_id} for at, call_id in found]}


@router.get("/orders/{order_id}/repeats")
async def order_repeats(order_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """Earlier orders of the same number or in much the same words, the likeliest first. 查重"""
    order = await find(order_id, house, viewer)
    call = await house.calls.find(order.call_id)
    found = await house.repeats.candidates(order, "" if call is None else call.caller_number)
    return {"repeats": [views.repeat(one) for one in found]}


@router.post("/orders/{order_id}/repeat")
async def mark_repeat(
    order_id: str, repetition: Repetition, house: House, viewer: Viewer
) -> dict[str, Any]:
    """The same fact and reason as that one: linked to the first of them. 标记重复"""
    require_writing(await find(order_id, house, viewer), viewer)
    of = None if repetition.of is None else OrderId(repetition.of)
    order = await house.orders.mark_repeat(OrderId(order_id), of, viewer.username)
    await house.live.all_written()
    return views.order(order)


@router.get("/event-types")
async def list_event_types(viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """What requests may be about, as an order names it. 事件类型"""
    return {"event_types": list(EVENT_TYPES)}


@router.get("/districts")
async def list_districts(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """The city's districts, as an order names them; empty while there is no list. 区县"""
    return {"districts": list(house.orders.districts)}
