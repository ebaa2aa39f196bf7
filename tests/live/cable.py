"""A line between the service and Asterisk's AMI that can be cut, while both ends live.

The service is told the cable's port by var/ports.json and a restart; Asterisk keeps its own.
"""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.live.stage import Stage


class Cable:
    """Bytes through, both ways, while it is whole."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: set[asyncio.StreamWriter] = set()
        self.whole = True

    async def carry(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        if not self.whole:
            near_out.transport.abort()
            return
        far_in, far_out = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends |= {near_out, far_out}
        async with asyncio.TaskGroup() as group:
            group.create_task(_pump(near_in, far_out), name="to asterisk")
            group.create_task(_pump(far_in, near_out), name="from asterisk")
        self._ends -= {near_out, far_out}

    def cut(self) -> None:
        """Now, and whoever tries anew is refused."""
        self.whole = False
        for end in self._ends:
            end.transport.abort()

    def join(self) -> None:
        self.whole = True


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await source.read(65536):
            sink.write(block)
            await sink.drain()
    sink.transport.abort()


@asynccontextmanager
async def lay_cable(stage: Stage) -> AsyncIterator[Cable]:
    """Lead the service's AMI link through a cable from now on."""
    ports = json.loads(stage.places.ports.read_text())
    cable = Cable(ports["ami"])
    server = await asyncio.start_server(cable.carry, "127.0.0.1", 0)
    async with server:
        through = {**ports, "ami": server.sockets[0].getsockname()[1]}
        stage.places.ports.write_text(json.dumps(through))
        before = stage.service_pid()
        stage.process.send_signal(signal.SIGHUP)
        await stage.new_service(before)
        await stage.until("/readyz", lambda r: r["ready"])
        try:
            yield cable
        finally:
            cable.cut()
