"""What happened to work orders. 工单事件"""

from dataclasses import dataclass
from datetime import datetime

from cti.events import CallEvent
from cti.ids import CallId, MessageId, SeatId, SkillGroupCode
from orders.model import (
    CallbackReason,
    Channel,
    FieldValue,
    First,
    OrderField,
    OrderId,
    Outcome,
)
from orders.outcomes import FieldOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(CallEvent):
    """Something that happened to one order. 工单事件"""

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOpened(OrderEvent):
    """A draft was opened, when the seat rang or of a message; `flags` is what the rules say. 建立草稿"""

    seat_id: SeatId | None
    flags: tuple[str, ...] = ()
    channel: Channel = Channel.PHONE
    message_id: MessageId | None = None
    """The voice message that it is made of. 来源留言"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPassed(OrderEvent):
    """The call went on to another seat, and the draft with it. 草稿转席"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDiscarded(OrderEvent):
    """Nobody wrote in it, and nobody answered or the call's code needs no order. 草稿作废"""


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
class DraftMeasured(OrderEvent):
    """What became of each proposal, told with the submission; holds no citizen's words. 草拟评价"""

    fields: tuple[FieldOutcome, ...]
    seat_id: SeatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatMarked(OrderEvent):
    """A person found that an earlier order is about the same, or takes that back. 标记重复"""

    repeat_of: OrderId | None
    revision: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDiverted(OrderEvent):
    """An emergency line is on the call; `to` is its code in the directory. 转紧急热线"""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiversionFinished(OrderEvent):
    """The call is over and the matter is the emergency line's; the draft needs no more. 转办完成"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackOwed(CallEvent):
    """A citizen who got nobody, was cut off or asked for it is owed a call. 待回拨

    Told again for an open task when an earlier call of the same number ends without an answer: the
    earliest arrival counts.
    """

    caller_number: str
    reason: CallbackReason
    arrived_at: datetime
    joined_at: datetime | None = None
    skill_group: SkillGroupCode | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDialled(CallEvent):
    """An attempt begins; told before anything is dialled, so that a crash cannot hide it. 开始回拨"""

    attempt: int
    first: First
    by: str
    seat_id: SeatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPlaced(CallEvent):
    """The attempt is this call. 回拨已呼出"""

    attempt: int
    reached: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackTried(CallEvent):
    """The attempt is over and they did not speak; `attempts` is how many count now. 回拨未成功"""

    attempt: int
    attempts: int
    outcome: Outcome
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackPostponed(CallEvent):
    """It is to be called later. 回拨改期"""

    due_at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackClosed(CallEvent):
    """The owed call is no longer needed, or it was given up. 回拨结束

    `why`: "caller-got-through", "called-back", "closed-by-person", "message-left"; given up: "attempts-used-up",
    "number-refused".
    """

    why: str
    by: str | None = None
    note: str | None = None
    reached: CallId | None = None
    given_up: bool = False
    """Nobody spoke with him; the supervisor should know. 已放弃"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCoded(CallEvent):
    """How the call ended, in a word of the codes' table. 登记话后小结

    What the code means is written with it, because tables change.
    """

    seat_id: SeatId | None
    code: str
    name: str
    by: str
    note: str = ""
    without_order: bool = False
    """No work order belongs to such a call. 无需工单"""
    excluded_from: tuple[str, ...] = ()
    """Rates that do not count this call. 不计入的指标"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMissed(CallEvent):
    """The wrap-up ended by its deadline with neither a code nor an order. 未登记"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class NuisanceStepTicked(CallEvent):
    """The seat has spoken this warning, 1 or 2. 骚扰警告"""

    seat_id: SeatId
    step: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NuisanceTagged(CallEvent):
    """This call was a nuisance; tags are counted per number. 标记骚扰"""

    caller_number: str
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockProposed(CallEvent):
    """Somebody wants this caller's number blocked until then. 申请拦截

    The block is named after the call for which it was proposed.
    """

    caller_number: str
    until: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDecided(CallEvent):
    """Another supervisor approved or refused the proposal. 审批拦截"""

    approved: bool
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLifted(CallEvent):
    """A supervisor ended the block before its end date. 解除拦截"""

    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockExpired(CallEvent):
    """The block's end date has come. 拦截到期"""
