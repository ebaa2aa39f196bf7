"""What the browser softphone needs of the house. 软电话端口"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from cti.ids import CallId, SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class SipIdentity:
    """As whom a seat's browser registers. 软电话账号"""

    username: str
    realm: str
    password: str = field(repr=False)


class SipLine(Protocol):
    """One websocket to Asterisk; one text is one SIP message. SIP 线路

    Both raise SipLineLost.
    """

    async def send(self, message: str) -> None: ...

    def received(self) -> AsyncIterator[str]:
        """Every message, until the line ends."""


class Softphones(Protocol):
    """The browsers as telephones. 软电话"""

    def identity(self, seat_id: SeatId) -> SipIdentity | None:
        """None for a seat that Asterisk does not know yet."""

    def desk_phone_there(self, seat_id: SeatId) -> bool:
        """Whether the telephone on the seat's desk is registered."""

    def line_lost(self, seat_id: SeatId) -> None:
        """Its socket is gone: the page, or only the network. Never waits."""

    def line_back(self, seat_id: SeatId) -> None:
        """It has a socket again."""

    async def bring_back(self, seat_id: SeatId, by: str) -> CallId | None:
        """Lead the call that it had before its page was loaded anew back to it; None if it had none.

        Raises errors of cti.errors.CtiError.
        """

    def line(self) -> AbstractAsyncContextManager[SipLine]:
        """A new line to Asterisk. Raises SipLineLost."""
