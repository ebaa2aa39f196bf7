"""A work order, first drafted from what the citizen says. 工单

DRAFT --Submit (five mandatory fields present)--> ACCEPTED
  +--nobody wrote in it, and nobody answered or its code needs no order--> DISCARDED
  +--the call is over, an emergency line was on it--> DIVERTED

A callback task: somebody who is owed a call.

OWED --place_call--> CALLING --a seat and he are talking--> DONE
  |  ^                  |
  |  +--nobody came-----+--it was the last attempt allowed--> GIVEN_UP
  +--he got through by himself, or a supervisor closed it--> DONE
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from asr.events import Side
from cti.ids import CallId, MessageId, SeatId, SkillGroupCode

OrderId = NewType("OrderId", str)
"""Date and serial number: "20261121-000042". 工单编号"""


class OrderState(StrEnum):
    """Where the order is. 工单状态"""

    DRAFT = "draft"  # 登记中
    ACCEPTED = "accepted"  # 已受理
    DISCARDED = "discarded"  # 作废
    DIVERTED = "diverted"  # 已转紧急热线


class Channel(StrEnum):
    """Which way a request came. 来源渠道"""

    PHONE = "phone"  # 电话
    MESSAGE = "message"  # 语音留言


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
    DISTRICT = "district"  # 区县
    HAPPENED_AT = "happened_at"  # 发生时间
    PERSONS = "persons"  # 涉及对象
    WANT = "want"  # 诉求目的


FIELD_NAMES = {
    OrderField.CALLER_NAME: "诉求人",
    OrderField.CONTACT_NUMBER: "联系电话",
    OrderField.REQUEST_TYPE: "诉求类别",
    OrderField.EVENT_TYPE: "事件类型",
    OrderField.URGENCY: "紧急程度",
    OrderField.CONTENT: "诉求内容",
    OrderField.ADDRESS: "地址",
    OrderField.SUMMARY: "摘要",
    OrderField.DISTRICT: "区县",
    OrderField.HAPPENED_AT: "发生时间",
    OrderField.PERSONS: "涉及对象",
    OrderField.WANT: "诉求目的",
}
"""As people call them. 字段名称"""

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
    diverted_to: str | None = None
    """The emergency line that joined the call, by its code in the directory. 转紧急热线"""
    flags: tuple[str, ...] = ()
    """What the rules said of the call when the draft was opened, such as 企业. 工单标记"""
    proposed: Mapping[OrderField, FieldValue] = field(default_factory=dict)
    """What the machine proposed last, also where a person has written since. 机器建议"""
    repeat_of: OrderId | None = None
    """The first order about the same fact and reason, as a person found. 重复于"""
    channel: Channel = Channel.PHONE
    message_id: MessageId | None = None
    """The voice message that it was made of. 来源留言"""
    urges: int = 0
    """How often its citizen wanted it sooner. 催办次数"""
    urged_at: datetime | None = None

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
    UNANSWERED = "unanswered"  # 振铃未接
    RETURNED = "returned"  # 转接退回后放弃
    DROPPED = "dropped"  # 异常中断
    REQUESTED = "requested"  # 排队中申请回拨


class CallbackState(StrEnum):
    """Where an owed call is. 回拨状态"""

    OWED = "owed"  # 待回拨
    CALLING = "calling"  # 回拨中
    DONE = "done"  # 已完成
    GIVEN_UP = "given_up"  # 已放弃


class Outcome(StrEnum):
    """How one attempt to call somebody back ended. 回拨结果"""

    ANSWERED = "answered"  # 已接通
    BUSY = "busy"  # 占线
    NO_ANSWER = "no_answer"  # 无人接听
    REFUSED = "refused"  # 拒接
    HUNG_UP = "hung_up"  # 接通后等待中挂机
    FAILED = "failed"  # 呼叫失败
    NOT_CALLED = "not_called"  # 座席未接或呼叫未发出，市民未被呼叫
    UNKNOWN = "unknown"  # 不明


class First(StrEnum):
    """Whose phone rings first. 先呼叫方"""

    SEAT = "seat"  # 座席
    CITIZEN = "citizen"  # 市民


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTask:
    """One caller who is owed a call; the first arrival counts. 回拨任务

    `call_id` is the call for which it is owed and the task's own name; `reached` the call in which
    he was reached or is being called now.
    """

    call_id: CallId
    caller_number: str
    reason: CallbackReason
    arrived_at: datetime
    joined_at: datetime | None = None
    """When he joined the line; a callback that enters the line has this place. 原排队时刻"""
    skill_group: SkillGroupCode | None = None
    state: CallbackState = CallbackState.OWED
    due_at: datetime | None = None
    """Not to be called before; None means at once. 可回拨时刻"""
    attempts: int = 0
    seat_id: SeatId | None = None
    """The seat that is calling, or that called last. 回拨座席"""
    last_outcome: Outcome | None = None
    reached: CallId | None = None
    closed_at: datetime | None = None
    closed_why: str | None = None
    closed_by: str | None = None

    @property
    def place(self) -> datetime:
        """His place in the line."""
        return self.joined_at or self.arrived_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAttempt:
    """One attempt to call somebody back. 回拨记录"""

    number: int
    by: str
    seat_id: SeatId | None
    first: First
    began_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    reached: CallId | None = None
    """The call that was made. 呼出通话"""
