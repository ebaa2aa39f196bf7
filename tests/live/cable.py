"""A line between the service and Asterisk's AMI that can be cut, while both ends live.

The service is told the cable's port by var/ports.json and a restart; Asterisk keeps its own.
"""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from tests.live.stage import Stage

AnyCable = TypeVar("AnyCable", bound="Cable")


class Cable:
    """Bytes through, both ways, while it is whole."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: set[asyncio.StreamWriter] = set()
        self._lives: Iterator[int] | None = None
        self._longest_s = 0.0
        self.whole, self._silent = True, False
        self.attempts_s: list[float] = []
        """When somebody tried to connect, by the loop's clock."""
        self.cuts = 0
        """How many connections were cut, each in the middle of something."""
        self.worn_out = asyncio.Event()
        """The last of wear()'s connections was cut."""

    async def carry(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        self.attempts_s.append(asyncio.get_running_loop().time())
        if not self.whole:
            if self._silent:
                with suppress(OSError):
                    await near_in.read()
            near_out.transport.abort()
            return
        try:
            far_in, far_out = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            # Whoever is at the far end is away; the near end is told so at once.
            near_out.transport.abort()
            return
        life = self._next_life()
        self._ends |= {near_out, far_out}
        async with asyncio.TaskGroup() as group:
            group.create_task(_pump(near_in, far_out), name="to asterisk")
            if life is None:
                group.create_task(self.from_asterisk(far_in, near_out), name="from asterisk")
            else:
                group.create_task(self._wear_out(far_in, near_out, life), name="from asterisk")
        self._ends -= {near_out, far_out}

    async def from_asterisk(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """What Asterisk says, unchanged."""
        await _pump(source, sink)

    def cut(self, *, silent: bool = False) -> None:
        """Now, and whoever tries anew is refused, or taken and told nothing until he gives up."""
        self.whole, self._silent = False, silent
        self._break()

    def join(self) -> None:
        self.whole = True

    def wear(self, lives: Iterator[int], longest_s: float) -> None:
        """Break now; then each new connection breaks after so many bytes from Asterisk or so many seconds,
        until there are no more lives."""
        self._lives, self._longest_s = lives, longest_s
        self.cuts += 1
        self._break()

    def _break(self) -> None:
        for end in self._ends:
            end.transport.abort()

    def _next_life(self) -> int | None:
        if self._lives is None:
            return None
        life = next(self._lives, None)
        if life is None:
            self._lives = None
            self.worn_out.set()
        return life

    async def _wear_out(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, life: int
    ) -> None:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(self._longest_s):
                while life > 0 and (block := await source.read(life)):
                    sink.write(block)
                    await sink.drain()
                    life -= len(block)
        self.cuts += 1
        # The last bytes arrive, and the message they belong to does not.
        sink.write_eof()
        await asyncio.sleep(0)
        self._break()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while block := await source.read(65536):
            sink.write(block)
            await sink.drain()
    sink.transport.abort()


@asynccontextmanager
async def lay_cable(
    stage: Stage, make: Callable[[int], AnyCable] = Cable
) -> AsyncIterator[AnyCable]:
    """Lead the service's AMI link through a cable from now on."""
    ports = json.loads(stage.places.ports.read_text())
    cable = make(ports["ami"])
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
