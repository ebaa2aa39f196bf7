"""What the web needs of all stored orders. 工单检索端口"""

from collections.abc import Sequence
from typing import Protocol

from cti.ids import CallId
from orders.lists import CourseStep, EarlierCall, OrdersFound, OrderWish
from orders.model import OrderId


class OrderLists(Protocol):
    """Stored orders as lists. 工单检索"""

    async def look(self, wish: OrderWish) -> OrdersFound: ...
    async def course(self, order_id: OrderId) -> Sequence[CourseStep]:
        """From its opening on."""

    async def history(
        self, caller_number: str, besides: CallId, limit: int
    ) -> Sequence[EarlierCall]:
        """The caller's other calls, newest first."""
