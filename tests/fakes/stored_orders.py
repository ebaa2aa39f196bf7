"""The store's tables of orders and callbacks, kept in step by the told events, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from asr.events import UtteranceHeard
from cti.events import CallArrived, Event
from cti.ids import CallId
from orders.events import (
    CallbackClosed,
    CallbackOwed,
    DraftDiscarded,
    DraftOpened,
    DraftPassed,
    FieldsEdited,
    FieldsProposed,
    OrderSubmitted,
)
from orders.model import CallbackTask, OrderId, OrderState, WorkOrder
from orders.ports import Caller


class OrdersInMemory:
    """A projection of the events, as the real store makes it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.orders: dict[OrderId, WorkOrder] = {}
        self.utterances: list[UtteranceHeard] = []
        self.callers: dict[CallId, Caller] = {}
        self.callbacks: dict[CallId, CallbackTask] = {}
        self.reads = 0

    def tell(self, event: Event) -> None:
        self.events.append(event)
        match event:
            case CallArrived(call_id=call_id, at=at, caller_number=number):
                self.callers[call_id] = Caller(caller_number=number, arrived_at=at)
            case UtteranceHeard():
                self.utterances.append(event)
            case DraftOpened(order_id=order_id):
                self.orders[order_id] = WorkOrder(
                    order_id=order_id,
                    call_id=event.call_id,
                    seat_id=event.seat_id,
                    state=OrderState.DRAFT,
                    opened_at=event.at,
                )
            case DraftPassed(order_id=order_id, seat_id=seat_id):
                self.orders[order_id] = replace(self.orders[order_id], seat_id=seat_id)
            case DraftDiscarded(order_id=order_id):
                order = self.orders[order_id]
                self.orders[order_id] = replace(order, state=OrderState.DISCARDED)
            case FieldsProposed(order_id=order_id) | FieldsEdited(order_id=order_id):
                order = self.orders[order_id]
                fields = {**order.fields, **dict(event.fields)}
                self.orders[order_id] = replace(order, fields=fields, revision=event.revision)
            case OrderSubmitted(order_id=order_id):
                self.orders[order_id] = replace(
                    self.orders[order_id],
                    state=OrderState.ACCEPTED,
                    revision=event.revision,
                    submitted_at=event.at,
                    submitted_by=event.by,
                )
            case CallbackOwed(call_id=call_id):
                self.callbacks[call_id] = CallbackTask(
                    call_id=call_id,
                    caller_number=event.caller_number,
                    reason=event.reason,
                    arrived_at=event.arrived_at,
                )
            case CallbackClosed(call_id=call_id):
                task = self.callbacks[call_id]
                self.callbacks[call_id] = replace(task, closed_at=event.at)
            case _:
                pass

    async def unfinished_orders(self) -> Sequence[WorkOrder]:
        return tuple(o for o in self.orders.values() if o.call_id in self.callers)

    async def find_order(self, order_id: OrderId) -> WorkOrder | None:
        self.reads += 1
        return self.orders.get(order_id)

    async def last_order_id(self) -> OrderId | None:
        return max(self.orders, default=None)

    async def utterances_of(self, call_id: CallId) -> Sequence[UtteranceHeard]:
        return tuple(u for u in self.utterances if u.call_id == call_id)

    async def open_callers(self) -> Mapping[CallId, Caller]:
        return dict(self.callers)

    async def open_callbacks(self) -> Sequence[CallbackTask]:
        return tuple(t for t in self.callbacks.values() if t.closed_at is None)
