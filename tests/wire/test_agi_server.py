"""The AGI port with everything on it that may ever connect, and live stories in between."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvloop

from cti import fence
from ivr.agi.channel import AgiChannel
from ivr.agi.server import ONE_TOO_MANY, AgiServer
from ivr.errors import CitizenHungUp
from ivr.settings import IvrSettings

Story = Callable[[AgiChannel], Awaitable[None]]
ENVIRONMENT = "agi_network: yes\nagi_uniqueid: {}\nagi_calleridname: 座席\n\n"
PROBES = 1_000
LIMIT_S = 20
LOOPS = [None, uvloop.new_event_loop]


@pytest.fixture(params=LOOPS, ids=["asyncio", "uvloop"])
def run(request) -> Callable[[Awaitable[None]], None]:
    """Runs a coroutine on the loop in question, within the limit."""

    def run_it(wanted: Awaitable[None]) -> None:
        async def limited() -> None:
            async with asyncio.timeout(LIMIT_S):
                await wanted

        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(limited())

    return run_it


@asynccontextmanager
async def serving(story: Story, **settings) -> AsyncIterator[AgiServer]:
    server = AgiServer(IvrSettings(**settings), "127.0.0.1", 0, story)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(server.run(), name=server.name)
        await server.started()
        try:
            yield server
        finally:
            running.cancel()


class Peer:
    """One connection to the port."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, server: AgiServer) -> "Peer":
        return cls(*await asyncio.open_connection("127.0.0.1", await server.started()))

    @classmethod
    async def arrive(cls, server: AgiServer, unique_id: str = "node1-1.7") -> "Peer":
        peer = await cls.connect(server)
        peer.say(ENVIRONMENT.format(unique_id))
        return peer

    def say(self, text: str | bytes) -> None:
        self._writer.write(text if isinstance(text, bytes) else text.encode())

    async def command(self) -> str:
        return (await self._reader.readline()).decode()

    async def answer(self, *replies: str) -> list[str]:
        """Read a command and answer it, once for each reply."""
        commands = []
        for reply in replies:
            commands.append(await self.command())
            self.say(f"{reply}\n")
        return commands

    async def is_closed(self) -> None:
        """Wait until the server has closed."""
        with contextlib.suppress(ConnectionError):
            while await self._reader.read(4096):
                pass
        await self.close()

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()


async def two_commands(channel: AgiChannel) -> None:
    await channel.get_variables("HOTLINE_CALL", "HOTLINE_STATE")
    await channel.set_variable("HOTLINE_STATE", "waiting")


def test_a_story_is_told_over_the_wire(run):
    heard: list[object] = []

    async def story(channel: AgiChannel) -> None:
        heard.append(channel.environment["calleridname"])
        heard.append(await channel.get_variables("A", "B", "C"))
        await channel.tell("HotlineNotice", HotlineCall=channel.unique_id)
        heard.append(await channel.play("hotline/goodbye"))

    async def scene() -> None:
        async with serving(story) as server:
            peer = await Peer.arrive(server)
            ok = "200 result=0"
            commands = await peer.answer("200 result=1 (x||座)", ok, ok, "200 result=1 (SUCCESS)")
            await peer.is_closed()
            assert commands == [
                "GET FULL VARIABLE ${A}|${B}|${C}\n",
                'EXEC UserEvent "HotlineNotice,HotlineCall: node1-1.7"\n',
                "EXEC Playback hotline/goodbye\n",
                "GET FULL VARIABLE ${PLAYBACKSTATUS}\n",
            ]
        assert heard == ["座席", ["x", "", "座"], True]
        assert (server.stories, server.refused) == (1, {})

    run(scene())


def test_a_thousand_strange_connections_harm_no_live_story(run):
    async def scene() -> None:
        async with serving(two_commands, agi_environment_limit_s=1.5) as server:
            live = [await Peer.arrive(server, f"node1-1.{n}") for n in range(20)]
            half_open = []
            for n in range(PROBES):
                peer = await Peer.connect(server)
                if n % 2:
                    peer.say("agi_network: yes\nagi_re")
                half_open.append(peer)
                early = await Peer.connect(server)
                early.say("agi_network: yes\n")
                await early.close()
            for peer in live[:10]:
                commands = await peer.answer("200 result=1 (a|b)", "200 result=1")
                assert commands[1] == "SET VARIABLE HOTLINE_STATE waiting\n"
                await peer.is_closed()
            for peer in half_open:
                await peer.is_closed()
            for peer in live[10:]:
                await peer.answer("200 result=1 (a|b)", "200 result=1")
                await peer.is_closed()
            assert server.refused["agi-environment-late"] == PROBES
            assert server.stories == 20
            assert server.open_connections == 0

    run(scene())


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "agi-garbage"),
        (b"\x16\x03\x01\x02\x00\x01\n", "agi-garbage"),
        (b"agi_" + b"a" * 100_000, "agi-too-long"),
        (b"agi_x: y\n" * 10_000, "agi-too-long"),
        (b"agi_x: y\n", None),
        (b"".join(b"agi_%d: y\n" % n for n in range(10_000)), "agi-too-long"),
        (ENVIRONMENT.format("node1-1.7").encode() + b"nonsense\n", "agi-garbage"),
        (ENVIRONMENT.format("node1-1.7").encode() + b"2" * 100_000, "agi-too-long"),
    ],
)
def test_garbage_is_counted_and_closed(run, said, code):
    async def scene() -> None:
        async with serving(two_commands, agi_environment_limit_s=0.3) as server:
            peer = await Peer.connect(server)
            peer.say(said)
            await peer.is_closed()
            assert server.refused == {code or "agi-environment-late": 1}
            live = await Peer.arrive(server)
            await live.answer("200 result=1 (a|b)", "200 result=1")
            await live.is_closed()

    run(scene())


def test_a_slow_loris_is_closed_however_busy_it_looks(run):
    async def scene() -> None:
        async with serving(two_commands, agi_environment_limit_s=0.3) as server:
            peer = await Peer.connect(server)
            async with asyncio.TaskGroup() as group:
                closed = group.create_task(peer.is_closed())
                n = 0
                while not closed.done():
                    peer.say(f"agi_{n % 50}: x\n")
                    n += 1
                    await asyncio.wait([closed], timeout=0.01)
            assert server.refused == {"agi-environment-late": 1}

    run(scene())


def test_one_too_many_is_closed_at_once_and_the_others_stay(run):
    async def scene() -> None:
        async with serving(two_commands, agi_connections=2) as server:
            first, second = [await Peer.arrive(server) for _ in range(2)]
            assert (await first.command()).startswith("GET FULL")
            third = await Peer.arrive(server)
            await third.is_closed()
            assert server.refused == {ONE_TOO_MANY: 1}
            await second.answer("200 result=1 (a|b)", "200 result=1")
            await second.is_closed()
            fourth = await Peer.arrive(server)
            await fourth.answer("200 result=1 (a|b)", "200 result=1")
            for peer in (first, fourth):
                await peer.close()

    run(scene())


def test_a_closed_connection_ends_what_waits_in_its_story(run):
    ended = asyncio.Queue[str]()

    async def story(channel: AgiChannel) -> None:
        try:
            async with channel.here():
                await asyncio.Event().wait()
        except CitizenHungUp:
            ended.put_nowait(channel.unique_id)
            raise

    async def scene() -> None:
        async with serving(story) as server:
            gone = await Peer.arrive(server, "gone")
            told = await Peer.arrive(server, "told")
            await gone.close()
            assert await ended.get() == "gone"
            told.say("HANGUP\n")
            assert await ended.get() == "told"
            await told.is_closed()
            assert server.refused == {}

    run(scene())


def test_a_story_with_a_mistake_in_it_harms_no_other(run):
    async def story(channel: AgiChannel) -> None:
        if channel.unique_id == "bad":
            raise ZeroDivisionError
        await two_commands(channel)

    async def scene() -> None:
        before = fence.given_up["ZeroDivisionError"]
        async with serving(story) as server:
            good, bad = await Peer.arrive(server, "good"), await Peer.arrive(server, "bad")
            await bad.is_closed()
            await good.answer("200 result=1 (a|b)", "200 result=1")
            await good.is_closed()
        assert fence.given_up["ZeroDivisionError"] == before + 1

    run(scene())


def test_a_refused_command_and_a_dead_channel_end_the_story(run):
    async def scene() -> None:
        async with serving(two_commands) as server:
            refused, dead = await Peer.arrive(server), await Peer.arrive(server)
            await refused.answer("520-Usage\n a\n520 End")
            await refused.is_closed()
            await dead.answer("511 Command Not Permitted on a dead channel")
            await dead.is_closed()
            assert server.refused == {"agi-command-refused": 1}

    run(scene())


def test_stopping_closes_the_port_and_every_connection(run):
    async def story(channel: AgiChannel) -> None:
        async with channel.here():
            await asyncio.Event().wait()

    async def scene() -> None:
        async with serving(story) as server:
            port = await server.started()
            waiting, half_open = await Peer.arrive(server), await Peer.connect(server)
            half_open.say("agi_")
            while server.open_connections < 2 or not server.stories:
                await (await Peer.connect(server)).close()
        for peer in (waiting, half_open):
            await peer.is_closed()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert server.open_connections == 0

    run(scene())


def test_a_taken_port_is_said_plainly(run):
    async def scene() -> None:
        async with serving(two_commands) as server:
            second = AgiServer(IvrSettings(), "127.0.0.1", await server.started(), two_commands)
            with pytest.raises(OSError, match="in use"):
                await second.run()

    run(scene())
