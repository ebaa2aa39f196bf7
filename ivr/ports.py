"""What the citizen's story needs from outside, in its own words. 语音流程端口"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cti.call import Call
from cti.events import Event
from cti.facts import Fact, WhyNotAnswered
from cti.ids import CallId, MessageId, SeatId
from ivr.flow_book import FlowBook
from ivr.flow_choice import Surroundings
from ivr.flow_steps import Heard, LookedUp
from ivr.keys import Keys
from ivr.model import Admission, Coming, Offer, Place, Prospect, Way
from ivr.spoken import Value

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""

Meet = Callable[[Fact], None]
"""Takes a fact to its call. 交付事实"""


class WaitingRoom(Protocol):
    """Where citizens wait for seats. 等候区"""

    async def seat_for(self, place: Place) -> Offer:
        """Wait until a seat is reserved for this place. Cancelling it leaves the line."""

    def offer_ended(self, call_id: CallId, seat_id: SeatId, why: WhyNotAnswered | None) -> None:
        """The offer is over: why nobody answered, or None when the talk is over."""


class Routes(Protocol):
    """The routing table. 路由表"""

    def way(self, coming: Coming) -> Way:
        """Where he goes; always somewhere. Asked once for each call."""


class TakeBack(Protocol):
    """Leads a citizen from Asterisk's own queue back into his story. 取回"""

    async def take_back_from_lifeboat(self, call: Call) -> None:
        """Raises an error of the cti.errors.CtiError family."""


class Messages(Protocol):
    """Where voice messages are kept. 留言"""

    async def begin(self, call_id: CallId) -> MessageId:
        """The name under which the next one is to be recorded. Raises OSError."""

    def left(
        self, call_id: CallId, message_id: MessageId, began_at: datetime, *, confirmed: bool
    ) -> None:
        """It is on disk; told twice, it counts once. `confirmed` is False when he hung up."""


class Surveys(Protocol):
    """Who is asked how it was. 评价"""

    def wanted(self, call_id: CallId) -> bool:
        """Whether he is to be asked now; from then on it is being asked."""

    def answer(self, call_id: CallId, key: str | None) -> None:
        """What he pressed; None for nothing. The first answer stands."""


class OwnOrders(Protocol):
    """How his own orders stand. 进度查询"""

    async def look_up(self, call_id: CallId, caller_number: str, code: str) -> LookedUp:
        """What may be told him."""

    def urge(self, call_id: CallId) -> None:
        """He urges the order that he was told of in this call; counts once."""


class Understands(Protocol):
    """Hears what a citizen needs. 语音导航"""

    async def need_of(self, call_id: CallId, since: datetime, longest_s: int) -> Heard:
        """Listen to him from that instant on, until he stops or so long; what he needs.

        Its need is a key of the node's `needs`, or `person`; empty: nothing was understood. Without a
        recogniser it is `person` at once. Never raises; cancelled when he presses a key.
        """


class Sounds(Protocol):
    """Knows which sounds there are. 提示音架"""

    async def __call__(
        self, text: str, language: str, values: Mapping[str, Value], /
    ) -> tuple[str, ...]:
        """What is to be played for a text, in its order, as Asterisk names it; each is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """Everything that a flow asks of the house. 市民侧各台"""

    book: FlowBook
    around: Callable[[str, str, str], Surroundings]
    """What is known of a call: the number he called, his own, and his language so far. 环境"""
    admit: Callable[[CallId, str, bool], Admission]
    """The gate: the call, his number, whether the emergency profile holds. 来电闸口"""
    prospect: Callable[[CallId], Prospect | None]
    """None when he waits in no line that can be seen. 等候前景"""
    keys: Keys
    hush: Callable[[CallId], Awaitable[None]]
    """Ends what is being played to him; raises an error of the cti.errors.CtiError family. 停止播报"""
    messages: Messages
    surveys: Surveys
    orders: OwnOrders
    call_back: Callable[[CallId, Place | None, str], None]
    """He wants to be called back, at this number, and keeps his place if he has one. 请求回拨"""
    tell: Callable[[Event], None]
    number_of: Callable[[CallId], str] = lambda _: ""
    """His number as his call has it, also when we called him; empty: as the channel shows it. 市民号码"""
    sounds: "Sounds | None" = None
    """None: as the texts name them, whether they are there or not. 提示音"""
    ear: Understands | None = None
    """None: nobody listens, and whoever is asked to speak goes the flow's other way. 语音导航"""
