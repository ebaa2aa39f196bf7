"""Earlier orders that may be about the same. 查重查询"""

from datetime import datetime

from sqlalchemy import Select, select

from orders.model import OrderField, OrderState, WorkOrder
from orders.repeats import Earlier
from orders.serial import SHANGHAI
from store.database import Database
from store.orders import order_in
from store.tables import calls, orders

OF_NUMBER = 50
OF_TYPE = 500
"""The newest so many of one event type, some days of a large city. 同类上限"""
IN_HAND = (OrderState.DRAFT.value, OrderState.ACCEPTED.value)


class StoredRepeats:
    """Implements orders.repeat_search.EarlierOrders. 查重查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def earlier(self, order: WorkOrder, caller_number: str, since: datetime) -> list[Earlier]:
        """Of that number or of the order's event type, the newest some hundred."""
        # An order's number begins with its day, and the numbers are the primary key.
        first = since.astimezone(SHANGHAI).strftime("%Y%m%d")
        wanted = (
            select(orders, calls.c.caller_number)
            .join(calls, calls.c.call_id == orders.c.call_id)
            .where(
                orders.c.order_id >= first,
                orders.c.order_id != order.order_id,
                orders.c.state.in_(IN_HAND),
            )
            .order_by(orders.c.order_id.desc())
        )
        asked: list[Select[tuple[object, ...]]] = []
        if caller_number:
            asked.append(wanted.where(calls.c.caller_number == caller_number).limit(OF_NUMBER))
        event_type = order.fields.get(OrderField.EVENT_TYPE)
        if event_type is not None and event_type.value:
            about = orders.c.fields[OrderField.EVENT_TYPE.value]["value"].as_string()
            asked.append(wanted.where(about == event_type.value).limit(OF_TYPE))
        found: dict[str, Earlier] = {}
        async with self._database.read() as connection:
            for one in asked:
                for row in await connection.execute(one):
                    found[row.order_id] = Earlier(
                        order=order_in(row), caller_number=row.caller_number
                    )
        return list(found.values())
