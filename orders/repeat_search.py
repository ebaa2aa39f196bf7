"""Looks for earlier orders about the same while an operator writes. 查重检索"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from orders.model import WorkOrder
from orders.ports import Now
from orders.repeats import Earlier, Repeat, repeats_of
from orders.settings import OrdersSettings


class EarlierOrders(Protocol):
    """Orders as they were last written down. 已存工单"""

    async def earlier(
        self, order: WorkOrder, caller_number: str, since: datetime
    ) -> Sequence[Earlier]:
        """Of that number or of the order's event type, the newest some hundred."""


class RepeatSearch:
    """Answers for one order at a time; keeps nothing. 查重"""

    def __init__(self, stored: EarlierOrders, settings: OrdersSettings, now: Now) -> None:
        self._stored = stored
        self._span = timedelta(days=settings.repeat_days)
        self._now = now

    async def candidates(self, order: WorkOrder, caller_number: str) -> tuple[Repeat, ...]:
        """The likeliest first."""
        since = self._now() - self._span
        return repeats_of(
            order, caller_number, await self._stored.earlier(order, caller_number, since)
        )
