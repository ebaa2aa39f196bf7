"""Orders by conditions, the course of one, and what a caller had before. 工单检索"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from cti.ids import CallId
from orders.lists import CourseStep, EarlierCall, OrdersFound, OrderSort, OrderWish
from orders.model import OrderField, OrderId, OrderState
from store.calls import StoredCalls
from store.database import Database
from store.orders import order_in
from store.tables import calls, order_trace, orders

GRAVITY = ("very_urgent", "urgent", "ordinary")
SEARCHED = (OrderField.CONTENT, OrderField.SUMMARY, OrderField.ADDRESS, OrderField.CALLER_NAME)
DAY = "%Y%m%d"


def _field(name: OrderField) -> Any:
    return orders.c.fields[name.value]["value"].as_string()


def _asked(wish: OrderWish) -> Select[Any]:
    """An order's number begins with its day, so days are a span of the primary key."""
    wanted = select(orders)
    if wish.states:
        wanted = wanted.where(orders.c.state.in_([state.value for state in wish.states]))
    else:
        wanted = wanted.where(orders.c.state != OrderState.DISCARDED.value)
    if wish.seat_id is not None:
        wanted = wanted.where(orders.c.seat_id == wish.seat_id)
    if wish.since is not None:
        wanted = wanted.where(orders.c.order_id >= wish.since.strftime(DAY))
    if wish.until is not None:
        wanted = wanted.where(orders.c.order_id < (wish.until + timedelta(days=1)).strftime(DAY))
    for name, value in (
        (OrderField.REQUEST_TYPE, wish.request_type),
        (OrderField.URGENCY, wish.urgency),
        (OrderField.EVENT_TYPE, wish.event_type),
        (OrderField.DISTRICT, wish.district),
    ):
        if value:
            wanted = wanted.where(_field(name) == value)
    if wish.repeats_only:
        wanted = wanted.where(orders.c.repeat_of.is_not(None))
    if wish.urged_only:
        wanted = wanted.where(orders.c.urges > 0)
    for word in wish.words.split():
        # % and _ are looked for as they are.
        found = [_field(name).contains(word, autoescape=True) for name in SEARCHED]
        wanted = wanted.where(or_(orders.c.order_id.contains(word, autoescape=True), *found))
    return wanted


def _sorted(wanted: Select[Any], sort: OrderSort) -> Select[Any]:
    newest = orders.c.order_id.desc()
    match sort:
        case OrderSort.NEWEST:
            return wanted.order_by(newest)
        case OrderSort.OLDEST:
            return wanted.order_by(orders.c.order_id)
        case OrderSort.URGES:
            return wanted.order_by(orders.c.urges.desc(), newest)
        case OrderSort.URGENCY:
            places = {word: place for place, word in enumerate(GRAVITY)}
            gravity = case(places, value=_field(OrderField.URGENCY), else_=len(places))
            return wanted.order_by(gravity, orders.c.order_id)


class StoredOrderLists:
    """Implements web.order_list_ports.OrderLists. 工单检索"""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._calls = StoredCalls(database)

    async def look(self, wish: OrderWish) -> OrdersFound:
        wanted = _asked(wish)
        page = _sorted(wanted, wish.sort).offset(wish.skip).limit(wish.limit)
        async with self._database.read() as connection:
            counted = select(func.count()).select_from(wanted.subquery())
            total = (await connection.execute(counted)).scalar() or 0
            rows = [order_in(row) for row in await connection.execute(page)]
        return OrdersFound(total=total, orders=rows)

    async def course(self, order_id: OrderId) -> list[CourseStep]:
        wanted = (
            select(order_trace)
            .where(order_trace.c.order_id == order_id)
            .order_by(order_trace.c.seq, order_trace.c.number)
        )
        async with self._database.read() as connection:
            return [
                CourseStep(at=row.at, by=row.by, what=row.what, was=row.was, now=row.now)
                for row in await connection.execute(wanted)
            ]

    async def history(self, caller_number: str, besides: CallId, limit: int) -> list[EarlierCall]:
        if not caller_number:
            return []
        wanted = (
            select(calls.c.call_id)
            .where(calls.c.caller_number == caller_number, calls.c.call_id != besides)
            .order_by(calls.c.arrived_at.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            ids = [CallId(row.call_id) for row in await connection.execute(wanted)]
            left = select(orders).where(
                orders.c.call_id.in_(ids), orders.c.state != OrderState.DISCARDED.value
            )
            by_call = {
                row.call_id: order_in(row)
                for row in await connection.execute(left.order_by(orders.c.order_id))
            }
        known = await self._calls.find_many(ids)
        return [EarlierCall(call=known[one], order=by_call.get(one)) for one in ids if one in known]
