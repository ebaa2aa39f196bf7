"""What happened to work orders. 工单事件"""

from dataclasses import dataclass
from datetime import datetime

from cti.events import CallEvent
from cti.ids import SeatId
from orders.model import CallbackReason, FieldValue, OrderField, OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(CallEvent):
    """Something that happened to one order. 工单事件"""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOpened(OrderEvent):
    """A draft was opened when the seat rang. 建立草稿"""

    seat_id: SeatId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPassed(OrderEvent):
    """The call went on to another seat, and the draft with it. 草稿转席"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDiscarded(OrderEvent):
    """The citizen was gone before anybody answered, and nobody had written anything. 草稿作废"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsProposed(OrderEvent):
    """The machine proposed values, each with its proof. 机器填写"""

    fields: tuple[tuple[OrderField, FieldValue], ...]
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsEdited(OrderEvent):
    """A person wrote fields; his word always wins. 人工修改"""

    fields: tuple[tuple[OrderField, FieldValue], ...]
    revision: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSubmitted(OrderEvent):
    """The five mandatory fields are there and the operator submitted. 提交受理"""

    by: str
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackOwed(CallEvent):
    """A citizen who got nobody, or was cut off, is owed a call. 待回拨"""

    caller_number: str
    reason: CallbackReason
    arrived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackClosed(CallEvent):
    """The owed call is no longer needed. 回拨结束"""

    why: str
