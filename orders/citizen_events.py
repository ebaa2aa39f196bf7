"""What a citizen leaves or asks by telephone without a person. 市民自助事件"""

from dataclasses import dataclass
from datetime import datetime

from cti.events import CallEvent
from cti.ids import MessageId, SeatId, SkillGroupCode
from orders.events import OrderEvent
from orders.limits import Verdict, WhyLimited
from orders.messages import HowLeft
from orders.model import OrderId
from orders.progress import Asked
from orders.surveys import AskedHow, Satisfaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyOffered(CallEvent):
    """The citizen is asked how the call was; once in a call. 请求评价"""

    how: AskedHow
    seat_id: SeatId | None = None
    skill_group: SkillGroupCode | None = None
    order_id: OrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered(CallEvent):
    """What he answered; without a score he did not rate, which is never 满意. 评价

    `scale` is the highest score that there was.
    """

    score: int | None
    scale: int
    satisfaction: Satisfaction
    how: AskedHow


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent(CallEvent):
    """Something that happened to one voice message. 留言事件"""

    message_id: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLeft(MessageEvent):
    """A citizen left a message: somebody must hear it. 留言

    It is recorded as a leg of the call, named as the message.
    """

    began_at: datetime
    duration_ms: int
    how: HowLeft


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDiscarded(MessageEvent):
    """Nobody said anything in it; it is only counted. 空留言"""

    began_at: datetime
    duration_ms: int
    how: HowLeft


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTextAsked(MessageEvent):
    """Its text is being made up. 留言转写"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTaken(MessageEvent):
    """Somebody sees to it. 领取留言"""

    by: str
    seat_id: SeatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDone(MessageEvent):
    """An order was made of it, or none was needed for this reason. 留言处理完毕"""

    by: str
    order_id: OrderId | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryCodeIssued(OrderEvent):
    """The order has a new query code, told once; only its keyed hash is kept. 生成查询码

    Journaled, and shown to nobody.
    """

    caller_number: str
    """The only number that may ask with it. 限定来电号码"""
    code_hash: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressAsked(CallEvent):
    """A citizen asked how his order stands; `order_id` only where he was told. 查询进度"""

    caller_number: str
    outcome: Asked
    order_id: OrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUrged(OrderEvent):
    """Its citizen wants it sooner; `call_id` is the call in which he said so. 催办"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimited(CallEvent):
    """The number calls too often or is blocked: later in the line, or refused. 来电限制"""

    verdict: Verdict
    why: WhyLimited
    blocked_until: datetime | None = None
    """The end of the block that refused it. 拦截截止"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFoundSilent(CallEvent):
    """Nothing has been heard of the citizen since he was answered. 来电无声

    `times` is how many earlier calls of his number stayed silent in a day.
    """

    caller_number: str
    seat_id: SeatId | None
    after_s: int
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentCallerSpoke(CallEvent):
    """He said something after all. 无声来电已开口"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStayedSilent(CallEvent):
    """The call is over, and he never said a word. 全程无声

    `times` counts this one with the others of his number in a day.
    """

    caller_number: str
    times: int
