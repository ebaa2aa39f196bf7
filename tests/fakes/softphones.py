"""Softphones of the web's port: none, or one whose line the test holds. 软电话替身"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cti.ids import CallId, SeatId
from web.errors import SipLineLost
from web.softphone_ports import SipIdentity


class NoSoftphones:
    """Asterisk knows no browsers."""

    def identity(self, seat_id: SeatId) -> SipIdentity | None:
        return None

    def desk_phone_there(self, seat_id: SeatId) -> bool:
        return True

    def line_lost(self, seat_id: SeatId) -> None: ...

    def line_back(self, seat_id: SeatId) -> None: ...

    async def bring_back(self, seat_id: SeatId, by: str) -> CallId | None:
        return None

    @asynccontextmanager
    async def line(self) -> AsyncIterator["HeldLine"]:
        raise SipLineLost
        yield HeldLine()


class HeldLine:
    """A line to an Asterisk that is the test."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[str] = asyncio.Queue()
        """What the browser said."""
        self.says: asyncio.Queue[str | None] = asyncio.Queue()
        """What Asterisk says; None ends the line."""

    async def send(self, message: str) -> None:
        self.sent.put_nowait(message)

    async def received(self) -> AsyncIterator[str]:
        while (message := await self.says.get()) is not None:
            yield message


class HeldSoftphones:
    """Every seat has an account; the lines are the test's."""

    def __init__(self) -> None:
        self.opened: asyncio.Queue[HeldLine] = asyncio.Queue()
        """Every line, as it is opened."""
        self.told: list[tuple[str, SeatId]] = []

    def identity(self, seat_id: SeatId) -> SipIdentity | None:
        return SipIdentity(username=f"{seat_id}-web", realm="hotline", password="its own")

    def desk_phone_there(self, seat_id: SeatId) -> bool:
        return False

    def line_lost(self, seat_id: SeatId) -> None:
        self.told.append(("lost", seat_id))

    def line_back(self, seat_id: SeatId) -> None:
        self.told.append(("back", seat_id))

    async def bring_back(self, seat_id: SeatId, by: str) -> CallId | None:
        self.told.append((f"bring back for {by}", seat_id))
        return CallId("node1-1763716.42")

    @asynccontextmanager
    async def line(self) -> AsyncIterator[HeldLine]:
        held = HeldLine()
        self.opened.put_nowait(held)
        yield held
