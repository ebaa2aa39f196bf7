"""Of which district a call is: what its order says. 区域归属"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from cti.ids import CallId
from orders.model import OrderField, OrderState
from store.database import Database
from store.tables import calls, orders

IDS_AT_ONCE = 500
"""A database takes so many bound values without complaint. 分批查询"""


def order_district() -> Any:
    return orders.c.fields[OrderField.DISTRICT.value]["value"].as_string()


def order_stands() -> ColumnElement[bool]:
    """What was thrown away says nothing of a call."""
    return orders.c.state != OrderState.DISCARDED.value


def call_is_of(district: str) -> ColumnElement[bool]:
    """For a query that has the table of calls in it."""
    return exists().where(
        orders.c.call_id == calls.c.call_id,
        order_stands(),
        order_district() == district,
    )


class StoredDistricts:
    """Implements web.area_ports.Districts. 区域归属"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_calls(self, call_ids: Sequence[CallId]) -> Mapping[CallId, frozenset[str]]:
        """Of those that have any."""
        found: dict[CallId, set[str]] = {}
        wanted = list(dict.fromkeys(call_ids))
        async with self._database.read() as connection:
            for first in range(0, len(wanted), IDS_AT_ONCE):
                rows = await connection.execute(
                    select(orders.c.call_id, order_district().label("district")).where(
                        orders.c.call_id.in_(wanted[first : first + IDS_AT_ONCE]),
                        order_stands(),
                    )
                )
                for row in rows:
                    if row.district:
                        found.setdefault(CallId(row.call_id), set()).add(row.district)
        return {call_id: frozenset(districts) for call_id, districts in found.items()}
