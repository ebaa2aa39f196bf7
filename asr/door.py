"""Who may be connected to our speech server at all. 入口"""

import asyncio
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State


class Door:
    """Lets so many connections in, also of those that never say what they want. 入口

    The websocket layer ends a handshake that takes too long, but would let any number wait for that.
    """

    def __init__(self, most: int, refuse: Callable[[str], None]) -> None:
        self._most = most
        self._refuse = refuse
        self._inside = 0

    def comes(self, transport: asyncio.BaseTransport) -> None:
        self._inside += 1
        if self._inside > self._most and isinstance(transport, asyncio.Transport):
            self._refuse("too-many-connections")
            transport.abort()

    def goes(self, *, shook_hands: bool) -> None:
        if not shook_hands and self._inside <= self._most:
            self._refuse("no-handshake")
        self._inside -= 1


def counted_by(door: Door) -> type[ServerConnection]:
    """For the websocket layer: connections that the door knows of."""

    class CountedConnection(ServerConnection):
        """One of them. 连接"""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            door.comes(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            door.goes(shook_hands=self.protocol.state is not State.CONNECTING)
            super().connection_lost(exc)

    return CountedConnection
