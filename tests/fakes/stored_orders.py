"""The store's tables of orders and callbacks, kept in step by the told events, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from asr.events import UtteranceHeard
from cti.events import CallAbandoned, CallArrived, CallEnded, Event
from cti.ids import CallId
from orders.citizen_events import CallLimited
from orders.events import (
    CallbackClosed,
    CallbackDialled,
    CallbackOwed,
    CallbackPlaced,
    CallbackPostponed,
    CallbackTried,
    DiversionFinished,
    DraftDiscarded,
    DraftOpened,
    DraftPassed,
    FieldsEdited,
    FieldsProposed,
    OrderDiverted,
    OrderSubmitted,
    RepeatMarked,
)
from orders.limits import Verdict
from orders.model import CallbackState, CallbackTask, OrderId, OrderState, WorkOrder
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
                self.callers[call_id] = Caller(
                    caller_number=number, arrived_at=at, direction=event.direction
                )
            case CallLimited(call_id=call_id, verdict=Verdict.REFUSED):
                self.callers[call_id] = replace(self.callers[call_id], refused=True)
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                self.callers.pop(call_id, None)
            case UtteranceHeard():
                self.utterances.append(event)
            case DraftOpened(order_id=order_id):
                self.orders[order_id] = WorkOrder(
                    order_id=order_id,
                    call_id=event.call_id,
                    seat_id=event.seat_id,
                    state=OrderState.DRAFT,
                    opened_at=event.at,
                    flags=event.flags,
                    channel=event.channel,
                    message_id=event.message_id,
                )
            case DraftPassed(order_id=order_id, seat_id=seat_id):
                self.orders[order_id] = replace(self.orders[order_id], seat_id=seat_id)
            case DraftDiscarded(order_id=order_id):
                order = self.orders[order_id]
                self.orders[order_id] = replace(order, state=OrderState.DISCARDED)
            case FieldsProposed(order_id=order_id) | FieldsEdited(order_id=order_id):
                order = self.orders[order_id]
                fields = {**order.fields, **dict(event.fields)}
                order = replace(order, fields=fields, revision=event.revision)
                if isinstance(event, FieldsProposed):
                    order = replace(order, proposed={**order.proposed, **dict(event.fields)})
                self.orders[order_id] = order
            case OrderSubmitted(order_id=order_id):
                self.orders[order_id] = replace(
                    self.orders[order_id],
                    state=OrderState.ACCEPTED,
                    revision=event.revision,
                    submitted_at=event.at,
                    submitted_by=event.by,
                )
            case RepeatMarked(order_id=order_id, repeat_of=first):
                self.orders[order_id] = replace(
                    self.orders[order_id], repeat_of=first, revision=event.revision
                )
            case OrderDiverted(order_id=order_id, to=to):
                self.orders[order_id] = replace(self.orders[order_id], diverted_to=to)
            case DiversionFinished(order_id=order_id):
                order = self.orders[order_id]
                self.orders[order_id] = replace(order, state=OrderState.DIVERTED)
            case CallbackOwed(call_id=call_id):
                present = self.callbacks.get(call_id)
                if present is None or present.closed_at is not None:
                    present = CallbackTask(
                        call_id=call_id,
                        caller_number=event.caller_number,
                        reason=event.reason,
                        arrived_at=event.arrived_at,
                        due_at=event.due_at,
                    )
                self.callbacks[call_id] = replace(
                    present,
                    arrived_at=event.arrived_at,
                    joined_at=event.joined_at,
                    skill_group=event.skill_group,
                )
            case CallbackDialled():
                self._callback(
                    event.call_id,
                    state=CallbackState.CALLING,
                    attempts=event.attempt,
                    seat_id=event.seat_id,
                    reached=None,
                )
            case CallbackPlaced():
                self._callback(event.call_id, reached=event.reached)
            case CallbackTried():
                self._callback(
                    event.call_id,
                    state=CallbackState.OWED,
                    attempts=event.attempts,
                    last_outcome=event.outcome,
                    due_at=event.due_at,
                )
            case CallbackPostponed():
                self._callback(event.call_id, due_at=event.due_at)
            case CallbackClosed():
                state = CallbackState.GIVEN_UP if event.given_up else CallbackState.DONE
                self._callback(
                    event.call_id,
                    state=state,
                    closed_at=event.at,
                    closed_why=event.why,
                    closed_by=event.by,
                )
            case _:
                pass

    def _callback(self, call_id: CallId, **changes) -> None:
        self.callbacks[call_id] = replace(self.callbacks[call_id], **changes)

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
