"""What the citizen's story needs from outside, in its own words. 语音流程端口"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from cti.call import Call
from cti.facts import Fact, WhyNotAnswered
from cti.ids import CallId, SeatId
from ivr.flow_choice import Surroundings
from ivr.model import Coming, Offer, Place, Way

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


class KnowsSurroundings(Protocol):
    """What a flow may know of a call and of the floor. 流程环境"""

    async def of(self, coming: Coming) -> Surroundings:
        """At this instant. Never raises: what cannot be known is left empty."""


class Understands(Protocol):
    """Hears what a citizen needs. 语音导航"""

    async def need_of(self, call_id: CallId, since: datetime, longest_s: int) -> str:
        """Listen to him from that instant on, until he stops or so long; what he needs.

        A key of the node's `needs`, or `person`; empty: nothing was understood. Without a recogniser
        it is `person` at once. Never raises; cancelled when he presses a key.
        """
