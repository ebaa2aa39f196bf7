"""What may be asked of all orders: a list by conditions, the course of one, a caller's history. 工单检索"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cti.call import Call
from orders.model import OrderState, WorkOrder


class OrderSort(StrEnum):
    """Which comes first. 排序"""

    NEWEST = "newest"
    OLDEST = "oldest"
    URGENCY = "urgency"
    """The most urgent first, and of these the oldest, which waits longest. 紧急程度"""
    URGES = "urges"
    """The most often urged first. 催办次数"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """Which orders are looked for; what is None or empty does not matter. 检索条件"""

    states: tuple[OrderState, ...] = ()
    seat_id: str | None = None
    words: str = ""
    """In the number, the text or the address. 关键词"""
    since: date | None = None
    until: date | None = None
    """Days of the hotline's own time, both included. 日期"""
    request_type: str = ""
    urgency: str = ""
    event_type: str = ""
    district: str = ""
    repeats_only: bool = False
    urged_only: bool = False
    sort: OrderSort = OrderSort.NEWEST
    skip: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersFound:
    """One page of them, and how many there are in all. 检索结果"""

    total: int
    orders: Sequence[WorkOrder]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStep:
    """One change of an order: who, when, from what to what. 流转记录"""

    at: datetime
    by: str
    what: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCall:
    """A caller's earlier call, and the order it left. 历史来电"""

    call: Call
    order: WorkOrder | None
