"""What a citizen said when nobody was there: a task for the floor. 语音留言

NEW --a seat takes it--> TAKEN --an order is made of it--> DONE
 |                         +----no order, with a reason---> DONE
 +--nobody spoke--> DISCARDED (only counted)

Pure.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from asr.events import Side, UtteranceHeard
from cti.ids import CallId, MessageId, SeatId
from orders.model import OrderId

LEAST_VOICED_MS = 600
"""Sound of fewer milliseconds is a cough or a click: nobody said anything. 最短有声"""

SLACK_MS = 500
"""Two clocks tell of a message's beginning: the story's and the recording's. 时钟误差"""


class MessageState(StrEnum):
    """Where a message is. 留言状态"""

    NEW = "new"  # 待处理
    TAKEN = "taken"  # 处理中
    DONE = "done"  # 已处理
    DISCARDED = "discarded"  # 空留言


class HowLeft(StrEnum):
    """How we learnt of a message. 留言来源"""

    CONFIRMED = "confirmed"  # 市民确认
    HUNG_UP = "hung_up"  # 市民挂机
    FOUND = "found"  # 事后在录音中发现


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSound:
    """What a message's audio holds. 留言声音"""

    duration_ms: int
    voiced_ms: int

    @property
    def empty(self) -> bool:
        """Nobody said anything."""
        return self.voiced_ms < LEAST_VOICED_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One voice message and what became of it. 语音留言"""

    message_id: MessageId
    call_id: CallId
    state: MessageState
    began_at: datetime
    left_at: datetime
    duration_ms: int
    how: HowLeft
    text_asked_at: datetime | None = None
    """Since when its text is to be made up. 转写请求时刻"""
    taken_at: datetime | None = None
    taken_by: str | None = None
    seat_id: SeatId | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    order_id: OrderId | None = None
    reason: str | None = None
    """Why no order was made of it. 未建单原因"""
    caller_number: str = ""
    starts_at_ms: int = 0
    """On the clock of its call's recording. 起始毫秒"""

    @property
    def ends_at_ms(self) -> int:
        return self.starts_at_ms + self.duration_ms

    @property
    def open(self) -> bool:
        """Somebody still has to do something."""
        return self.state in (MessageState.NEW, MessageState.TAKEN)

    def holds(self, said: UtteranceHeard) -> bool:
        """Whether the citizen says this in the message and not elsewhere in his call."""
        own = said.side is Side.CITIZEN and said.leg_id is None
        begins = said.starts_at_ms >= self.starts_at_ms - SLACK_MS
        return own and begins and said.starts_at_ms < self.ends_at_ms + SLACK_MS
