"""What the orders need from outside, in their own words. 工单端口"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from asr.events import UtteranceHeard
from cti.events import Direction, Event
from cti.ids import CallId, MessageId, SeatId, SkillGroupCode
from orders.blocks import Block
from orders.messages import Message, MessageSound
from orders.model import CallbackTask, FieldValue, First, OrderId, WorkOrder
from orders.progress import EarlierAsking, IssuedCode
from orders.reading import Reading
from orders.summaries import SilentCall
from orders.surveys import Survey
from seats.model import Seat, WaitingCitizen

Tell = Callable[[Event], None]
"""Says what happened; never blocks, never raises. 告知"""

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""


WrittenDown = Callable[[], Awaitable[bool]]
"""True once all that was told so far is on disk; False when the store is sick. 已落盘"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is on a call that is not over, and how far he came. 在线来电"""

    caller_number: str
    arrived_at: datetime
    direction: Direction = Direction.IN
    joined_at: datetime | None = None
    skill_group: SkillGroupCode | None = None
    rung: bool = False
    """A seat's phone rang for him. 已振铃"""
    answered: bool = False
    """Somebody has spoken with him. 已应答"""
    waiting: bool = False
    """He is in the line, for the first time or again. 排队中"""
    refused: bool = False
    """The gate told him so and let him go. 已拒绝"""


class StoredOrders(Protocol):
    """Orders as they were last written down. 已存工单"""

    async def unfinished_orders(self) -> Sequence[WorkOrder]:
        """Orders of every state whose call is not over or whose transcript is not finished."""

    async def find_order(self, order_id: OrderId) -> WorkOrder | None: ...

    async def last_order_id(self) -> OrderId | None:
        """The highest of all; the serial goes on after it."""

    async def utterances_of(self, call_id: CallId) -> Sequence[UtteranceHeard]: ...

    async def open_callers(self) -> Mapping[CallId, Caller]:
        """The caller of every call that is not over."""


class Summariser(Protocol):
    """Tells in a few words what the citizen wants. 摘要"""

    def summary(self, ordered: Sequence[Reading]) -> FieldValue | None:
        """Of the sentences in their order, at once: it is asked after each of them.

        One that needs longer answers what it had last, and None until then; what it answers
        replaces the summary before, never a person's.
        """


class StoredCallbacks(Protocol):
    """Callback tasks as they were last written down. 已存回拨任务"""

    async def open_callbacks(self) -> Sequence[CallbackTask]: ...

    async def open_callers(self) -> Mapping[CallId, Caller]:
        """The caller of every call that is not over."""


class StoredEndings(Protocol):
    """Codes as they were last written down. 已存小结"""

    async def recent_outcomes(self, limit: int) -> Mapping[CallId, tuple[str | None, bool]]:
        """(code, whether its order is submitted) of the last answered calls, the oldest first."""


class StoredNuisance(Protocol):
    """Warnings, tags and blocks as they were last written down. 已存骚扰记录"""

    async def ticked_steps(self) -> Mapping[CallId, int]:
        """How many warnings were spoken in each call that is not over."""

    async def open_blocks(self) -> Sequence[Block]:
        """Those that are proposed or hold."""


class Dialling(Protocol):
    """Places calls out. 外呼"""

    async def place_call(
        self,
        number: str,
        *,
        seat_id: SeatId | None,
        first: First,
        callback_id: CallId,
        joined_at: datetime,
        skill_group: SkillGroupCode | None,
        by: str,
    ) -> CallId:
        """The new call's id, as soon as its first leg is being rung.

        `seat_id` None (citizen first) leads him into the group's line, at the place of `joined_at`.
        Raises errors of the families `cti.errors.CtiError` and `seats.errors.SeatError`;
        `NumberRefused` is for ever.
        """


class Floor(Protocol):
    """The seats and the line as they are now. 现场"""

    @property
    def seats(self) -> Mapping[SeatId, Seat]: ...
    @property
    def line(self) -> Iterable[WaitingCitizen]: ...


class StoredSurveys(Protocol):
    """Surveys as they were last written down. 已存评价"""

    async def surveys_of_open_calls(self) -> Sequence[Survey]:
        """Asked or answered, of calls that are not over."""


class StoredArrivals(Protocol):
    """Who called when. 已存来电"""

    async def arrivals_since(self, since: datetime) -> Sequence[tuple[CallId, str, datetime]]:
        """(call, caller's number, arrival) of calls that came in, the earliest first."""


class StoredMessages(Protocol):
    """Messages as they were last written down. 已存留言"""

    async def open_messages(self) -> Sequence[Message]:
        """Those that somebody still has to see to; with `order_id` if an order was made of one."""

    async def without_text(self) -> Sequence[Message]:
        """Those whose text nobody has asked for, of every state but DISCARDED."""

    async def untold(self) -> Sequence[tuple[CallId, MessageId, datetime]]:
        """(call, message, beginning) of recorded legs of which no message was told."""

    async def find_message(self, message_id: MessageId) -> Message | None: ...


class MessageSounds(Protocol):
    """Messages as they lie on disk. 留言录音"""

    async def measure(self, call_id: CallId, message_id: MessageId) -> MessageSound | None:
        """None: there is no such file. Raises OSError."""

    async def last_number(self, call_id: CallId) -> int:
        """The highest number of this call's messages on disk; 0 if there is none. Raises OSError."""


class TextMaker(Protocol):
    """Makes up texts of calls that are over. 后补"""

    async def want(
        self, call_id: CallId, *, why: str, by: str, from_ms: int | None, until_ms: int | None
    ) -> None:
        """Raises errors of the family `asr.errors.AsrError`."""


class MessageOrders(Protocol):
    """Makes orders of messages. 留言建单"""

    async def read_message(self, message: Message) -> Sequence[UtteranceHeard]:
        """What was said in it, as far as it is known."""

    def open_from_message(
        self, message: Message, seat_id: SeatId | None, said: Sequence[UtteranceHeard]
    ) -> WorkOrder:
        """A draft, filled with what was said."""


class StoredProgress(Protocol):
    """Codes and attempts as they were last written down. 已存查询码

    Both queries by number raise ProgressUnavailable while the store cannot be read.
    """

    async def codes_of(self, number_key: str) -> Sequence[IssuedCode]:
        """Codes with which this number may ask."""

    async def find_order(self, order_id: OrderId) -> WorkOrder | None: ...

    async def asked_since(self, since: datetime) -> Sequence[EarlierAsking]:
        """The earliest first."""


class CitizenVoice(Protocol):
    """The citizen's own leg, by its loudness. 市民话路音量"""

    async def voiced_ms(self, call_id: CallId, since: timedelta) -> int | None:
        """How much of it is sound, from so long after the recording's beginning on.

        None: it cannot be known. Never raises.
        """


class StoredSilentCalls(Protocol):
    """Calls that were found silent. 已存无声来电"""

    async def silent_since(self, since: datetime) -> Sequence[SilentCall]:
        """Found silent since then, the earliest first."""
