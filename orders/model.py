"""A work order, first drafted from what the citizen says. 工单

DRAFT --Submit (five mandatory fields present)--> ACCEPTED
  +--the citizen is gone before anybody answered, nobody wrote in it--> DISCARDED
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from asr.events import Side
from cti.ids import CallId, SeatId

OrderId = NewType("OrderId", str)
"""Date and serial number: "20261121-000042". 工单编号"""


class OrderState(StrEnum):
    """Where the order is. 工单状态"""

    DRAFT = "draft"  # 登记中
    ACCEPTED = "accepted"  # 已受理
    DISCARDED = "discarded"  # 作废


class RequestType(StrEnum):
    """What kind of request it is (DB1302/T 604-2025 3.2; decision D9). 诉求类别"""

    CONSULTATION = "consultation"  # 咨询
    HELP = "help"  # 求助
    COMPLAINT = "complaint"  # 投诉
    REPORT = "report"  # 举报
    PRAISE = "praise"  # 表扬
    SUGGESTION = "suggestion"  # 意见建议
    GUIDANCE = "guidance"  # 在线办理指导


class Urgency(StrEnum):
    """How soon it must be handled. 紧急程度"""

    ORDINARY = "ordinary"  # 一般
    URGENT = "urgent"  # 紧急
    VERY_URGENT = "very_urgent"  # 非常紧急


class OrderField(StrEnum):
    """The fields an operator fills. 工单字段"""

    CALLER_NAME = "caller_name"  # 诉求人
    CONTACT_NUMBER = "contact_number"  # 联系电话
    REQUEST_TYPE = "request_type"  # 诉求类别
    EVENT_TYPE = "event_type"  # 事件类型
    URGENCY = "urgency"  # 紧急程度
    CONTENT = "content"  # 诉求内容
    ADDRESS = "address"  # 地址
    SUMMARY = "summary"  # 摘要


MANDATORY_FIELDS = (
    OrderField.CALLER_NAME,
    OrderField.CONTENT,
    OrderField.REQUEST_TYPE,
    OrderField.EVENT_TYPE,
    OrderField.URGENCY,
)
"""DB1302/T 604-2025 7.1.2 a; 匿名 is a value of the caller's name. 必填五项"""


ANONYMOUS = "匿名"
"""The caller's name when he gives none. 匿名"""


class FilledBy(StrEnum):
    """Who wrote a field. 填写者"""

    MACHINE = "machine"  # 机器
    PERSON = "person"  # 人工


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The span of audio that supports a proposed value. 依据"""

    side: Side
    starts_at_ms: int
    ends_at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """One field's value, who wrote it and what supports it. 字段值"""

    value: str
    by: FilledBy
    confidence: float = 1.0
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """A draft or an accepted order with the call it came from. 工单"""

    order_id: OrderId
    call_id: CallId
    seat_id: SeatId | None
    state: OrderState
    opened_at: datetime
    fields: Mapping[OrderField, FieldValue] = field(default_factory=dict)
    revision: int = 0
    """Rises with every change; an edit names the one it saw. 版本"""
    submitted_at: datetime | None = None
    submitted_by: str | None = None

    @property
    def missing(self) -> tuple[OrderField, ...]:
        """The mandatory fields that are empty, in their order."""
        return tuple(
            name
            for name in MANDATORY_FIELDS
            if name not in self.fields or not self.fields[name].value
        )


class CallbackReason(StrEnum):
    """Why a citizen is owed a call. 回拨原因"""

    ABANDONED = "abandoned"  # 排队放弃
    DROPPED = "dropped"  # 异常中断


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTask:
    """One caller who is owed a call; the first arrival counts. 回拨任务"""

    call_id: CallId
    caller_number: str
    reason: CallbackReason
    arrived_at: datetime
    closed_at: datetime | None = None
    attempts: int = 0
