"""Which seat has a caller's open order, answered from memory. 熟悉座席

An order counts as open until it is discarded or diverted, at most OPEN_FOR: nothing here closes one
yet. The order of the very call that asks does not count: whoever sent him back into the line, or did
not answer, shall not be preferred for it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cti.call import Call
from cti.events import Event
from cti.ids import CallId, SeatId
from orders.events import DiversionFinished, DraftDiscarded, DraftOpened, DraftPassed
from orders.model import OrderId
from seats.caller_lists import caller_key
from store.orders import StoredOrders

OPEN_FOR = timedelta(days=7)
SHORTEST_NUMBER = 7
"""Shorter ones, and words such as "anonymous", are many people's. 最短号码"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order that may bring its caller back to its seat. 未办结工单"""

    order_id: OrderId
    call_id: CallId
    caller_number: str
    seat_id: SeatId
    opened_at: datetime


class KnownCallers:
    """Callers and the seats that know them. 熟客"""

    def __init__(
        self,
        stored: Iterable[OpenOrder],
        calls: Mapping[CallId, Call],
        now: Callable[[], datetime],
        sticky: Callable[[CallId], bool] = lambda _: True,
    ) -> None:
        self._calls = calls
        self._now = now
        self._sticky = sticky
        self._orders: dict[OrderId, OpenOrder] = {}
        self._by_number: dict[str, dict[OrderId, OpenOrder]] = {}
        for order in stored:
            self._keep(order)

    def seat_of(self, call_id: CallId) -> SeatId | None:
        """The seat of the newest open order of the same caller's earlier calls.

        None for a call whose routing row is not sticky.
        """
        call = self._calls.get(call_id)
        if call is None or not self._sticky(call_id):
            return None
        earliest = self._now() - OPEN_FOR
        known = [
            order
            for order in self._by_number.get(caller_key(call.caller_number), {}).values()
            if order.call_id != call_id and order.opened_at >= earliest
        ]
        return max(known, key=lambda order: order.opened_at).seat_id if known else None

    def on_event(self, event: Event) -> None:
        """Follow the drafts."""
        match event:
            case DraftOpened(seat_id=seat_id) if seat_id is not None:
                call = self._calls.get(event.call_id)
                if call is not None:
                    self._keep(
                        OpenOrder(
                            order_id=event.order_id,
                            call_id=event.call_id,
                            caller_number=call.caller_number,
                            seat_id=seat_id,
                            opened_at=event.at,
                        )
                    )
            case DraftPassed(seat_id=seat_id):
                known = self._orders.get(event.order_id)
                if known is not None:
                    self._keep(
                        OpenOrder(
                            order_id=known.order_id,
                            call_id=known.call_id,
                            caller_number=known.caller_number,
                            seat_id=seat_id,
                            opened_at=known.opened_at,
                        )
                    )
            case DraftDiscarded() | DiversionFinished():
                self._forget(event.order_id)
            case _:
                pass

    def _keep(self, order: OpenOrder) -> None:
        number = caller_key(order.caller_number)
        if len(number) < SHORTEST_NUMBER or not number.lstrip("+").isdigit():
            return
        known = self._by_number.setdefault(number, {})
        earliest = self._now() - OPEN_FOR
        for old in [one.order_id for one in known.values() if one.opened_at < earliest]:
            del known[old]
            self._orders.pop(old, None)
        known[order.order_id] = self._orders[order.order_id] = order

    def _forget(self, order_id: OrderId) -> None:
        order = self._orders.pop(order_id, None)
        if order is not None:
            self._by_number[caller_key(order.caller_number)].pop(order_id, None)


async def known_callers(
    stored: StoredOrders,
    calls: Mapping[CallId, Call],
    now: Callable[[], datetime],
    sticky: Callable[[CallId], bool],
) -> KnownCallers:
    """With the orders that were open when the service last ran."""
    rows = await stored.order_seats(now() - OPEN_FOR)
    found = [
        OpenOrder(
            order_id=order_id,
            call_id=call_id,
            caller_number=number,
            seat_id=seat_id,
            opened_at=opened_at,
        )
        for order_id, call_id, number, seat_id, opened_at in rows
    ]
    return KnownCallers(found, calls, now, sticky)
