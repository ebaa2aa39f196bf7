"""Our own FastAGI server: nothing that connects can stall it. AGI 服务

A library's server spins for ever on a peer that closes early (facts of panoramisk 1.4), so the port
that holds every waiting citizen is ours. A connection is closed when it is one too many, late with
its environment, or no AGI; each is counted by the error's code. A story's trouble closes its own
connection, and the dialplan goes on with the citizen.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import cast

import structlog

from cti.fence import call_fence
from ivr.agi.channel import AgiChannel
from ivr.agi.wire import AgiReader, Environment, HangupNotice, Reply
from ivr.errors import AgiEnvironmentLate, CitizenHungUp, IvrError
from ivr.settings import IvrSettings

log = structlog.get_logger(__name__)

Story = Callable[[AgiChannel], Awaitable[None]]

ONE_TOO_MANY = "agi-one-too-many"
BACKLOG = 1_024


class AgiServer:
    """Tells one story per connection. AGI 服务"""

    name = "agi server"

    def __init__(self, settings: IvrSettings, host: str, port: int, story: Story) -> None:
        self._settings = settings
        self._host = host
        self._port = port
        self._story = story
        self._connections: set[Connection] = set()
        self._group: asyncio.TaskGroup | None = None
        self._started: asyncio.Event = asyncio.Event()
        self.refused: Counter[str] = Counter()
        """Connections closed by us, by error code; shown in /metrics."""
        self.stories = 0
        """Stories begun since the start."""

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    async def started(self) -> int:
        """The port, once it listens."""
        await self._started.wait()
        return self._port

    async def run(self) -> None:
        """Serve until cancelled; then every story ends and its citizen is the dialplan's.

        Raises OSError when the port is taken.
        """
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Connection(self), self._host, self._port, backlog=BACKLOG
        )
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._port = server.sockets[0].getsockname()[1]
            self._started.set()
            try:
                await loop.create_future()
            finally:
                self._group = None
                server.close()
                for connection in tuple(self._connections):
                    connection.drop()

    # The connections' words.

    def join(self, connection: "Connection") -> bool:
        """False when there is no room."""
        if self._group is None or len(self._connections) >= self._settings.agi_connections:
            self.refused[ONE_TOO_MANY] += 1
            return False
        self._connections.add(connection)
        return True

    def leave(self, connection: "Connection") -> None:
        self._connections.discard(connection)

    @property
    def environment_limit_s(self) -> float:
        return self._settings.agi_environment_limit_s

    def begin(self, channel: AgiChannel) -> None:
        if self._group is None:
            channel.close()
            return
        self.stories += 1
        self._group.create_task(self._tell(channel), name=f"story {channel.unique_id}")

    async def _tell(self, channel: AgiChannel) -> None:
        try:
            with call_fence(channel.unique_id):
                await self._tell_one(channel)
        finally:
            channel.close()

    async def _tell_one(self, channel: AgiChannel) -> None:
        try:
            await self._story(channel)
        except CitizenHungUp:
            return
        except IvrError as trouble:
            self.refused[trouble.code] += 1
            log.warning("a story ended early", call_id=channel.unique_id, trouble=trouble.code)


class Connection(asyncio.Protocol):
    """One peer on the AGI port. 连接"""

    def __init__(self, server: AgiServer) -> None:
        self._server = server
        self._reader = AgiReader()
        self._transport: asyncio.Transport | None = None
        self._channel: AgiChannel | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has its own classes
        if not self._server.join(self):
            self._transport.abort()
            return
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._server.environment_limit_s, self._late)

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        try:
            for item in self._reader.feed(data):
                self._take(item)
        except IvrError as trouble:
            self._refuse(trouble.code)

    def _take(self, item: Environment | Reply | HangupNotice) -> None:
        match item:
            case Reply() if self._channel is not None:
                self._channel.answered(item)
            case Environment(values=values):
                assert self._transport is not None
                self._rest_deadline()
                self._channel = AgiChannel(values, self._transport)
                self._server.begin(self._channel)
            case _ if self._channel is not None:
                self._channel.went()

    def eof_received(self) -> bool:
        return False  # close: Asterisk does not half-close

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._rest_deadline()
        self._server.leave(self)
        if self._channel is not None:
            self._channel.went()

    def drop(self) -> None:
        """Close at once; the dialplan of a live channel notices in the same instant."""
        if self._transport is not None:
            self._transport.abort()

    def _late(self) -> None:
        self._refuse(AgiEnvironmentLate.code)

    def _refuse(self, code: str) -> None:
        self._server.refused[code] += 1
        self.drop()

    def _rest_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
