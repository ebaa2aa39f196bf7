"""What the orders need from outside, in their own words. 工单端口"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from asr.events import UtteranceHeard
from cti.events import Event
from cti.ids import CallId
from orders.model import CallbackTask, OrderId, WorkOrder

Tell = Callable[[Event], None]
"""Says what happened; never blocks, never raises. 告知"""

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is on a call that is not over. 在线来电"""

    caller_number: str
    arrived_at: datetime


class StoredOrders(Protocol):
    """Orders as they were last written down. 已存工单"""

    async def unfinished_orders(self) -> Sequence[WorkOrder]:
        """Orders of every state whose call is not over or whose transcript is not finished."""

    async def find_order(self, order_id: OrderId) -> WorkOrder | None: ...

    async def last_order_id(self) -> OrderId | None:
        """The highest of all; the serial goes on after it."""

    async def utterances_of(self, call_id: CallId) -> Sequence[UtteranceHeard]: ...

    async def open_callers(self) -> Mapping[CallId, Caller]:
        """The caller of every call that is not over."""


class StoredCallbacks(Protocol):
    """Callback tasks as they were last written down. 已存回拨任务"""

    async def open_callbacks(self) -> Sequence[CallbackTask]: ...

    async def open_callers(self) -> Mapping[CallId, Caller]:
        """The caller of every call that is not over."""
