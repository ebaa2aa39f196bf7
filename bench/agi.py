"""What one citizen's story costs on the AGI port, ours against panoramisk.fast_agi; and who survives what.

(a) CPU (user + system) of the server per leg: 23 lines of environment and 6 commands, ours on uvloop as
    the service runs it, panoramisk on asyncio and on uvloop; same run, repeats interleaved, minimum
    taken: the machine may be busy. The legs come from another process.
(b) 1,000 half-open and 1,000 early-closing connections while live legs go on: the longest stall of our
    loop, the same without them, and whether every live leg came to its end.
Prints one JSON line. `python -m bench.agi [legs] [repeats]`
"""

import asyncio
import json
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
import uvloop
from panoramisk import fast_agi

from ivr.agi.channel import AgiChannel
from ivr.agi.server import AgiServer
from ivr.settings import IvrSettings

AT_ONCE = 100
PROBES = 1_000
TICK_S = 0.001
COMMANDS = 6
NAMES = (
    "network", "network_script", "request", "channel", "language", "type", "uniqueid", "version",
    "callerid", "calleridname", "callingpres", "callingani2", "callington", "callingtns", "dnid",
    "rdnis", "context", "extension", "priority", "enhanced", "accountcode", "threadid", "arg_1",
)  # fmt: skip
ENVIRONMENT = "".join(
    f"agi_{name}: {'citizen' if name == 'network_script' else 'node1-1795254167.7'}\n"
    for name in NAMES
).encode() + b"\n"  # fmt: skip


async def our_story(channel: AgiChannel) -> None:
    """Six commands."""
    await channel.get_variables("HOTLINE_CALL", "HOTLINE_STATE", "HOTLINE_GROUP")
    await channel.set_variable("HOTLINE_GROUP", "general")
    await channel.set_variable("HOTLINE_JOINED_AT", "1795254167123")
    await channel.set_variable("HOTLINE_STATE", "waiting")
    await channel.tell("HotlineWaiting", HotlineCall=channel.unique_id, Group="general")
    await channel.music_on()


async def their_story(request: fast_agi.Request) -> None:
    """The same six."""
    call_id = request.headers["agi_uniqueid"]
    for command in (
        "GET FULL VARIABLE ${HOTLINE_CALL}|${HOTLINE_STATE}|${HOTLINE_GROUP}",
        "SET VARIABLE HOTLINE_GROUP general",
        "SET VARIABLE HOTLINE_JOINED_AT 1795254167123",
        "SET VARIABLE HOTLINE_STATE waiting",
        f'EXEC UserEvent "HotlineWaiting,HotlineCall: {call_id},Group: general"',
        "SET MUSIC ON",
    ):
        await request.send_command(command)


@asynccontextmanager
async def our_server() -> AsyncIterator[int]:
    settings = IvrSettings(agi_environment_limit_s=60)
    server = AgiServer(settings, "127.0.0.1", 0, our_story)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(server.run(), name=server.name)
        yield await server.started()
        running.cancel()


@asynccontextmanager
async def their_server() -> AsyncIterator[int]:
    application = fast_agi.Application(loop=asyncio.get_running_loop())
    application.add_route("citizen", their_story)
    server = await asyncio.start_server(application.handler, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


KINDS = {
    "ours": (our_server, uvloop.new_event_loop),
    "panoramisk": (their_server, None),
    "panoramisk_on_uvloop": (their_server, uvloop.new_event_loop),
}


class Caller:
    """The other process: Asterisk's side of many legs. 话路来源"""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    async def call(self, port: int, legs: int, probes: int) -> int:
        """Play that many legs to the end; how many got all their commands."""
        self._process.stdin.write(f"{port} {legs} {probes}\n")
        self._process.stdin.flush()
        return int(await asyncio.to_thread(self._process.stdout.readline))


async def cpu_per_leg(server: Callable[[], Awaitable[int]], caller: Caller, legs: int) -> float:
    async with server() as port:
        before = time.process_time()
        told = await caller.call(port, legs, 0)
        spent = time.process_time() - before
    if told != legs:
        raise SystemExit(f"only {told} of {legs} legs were told")
    return spent / legs * 1e6


async def longest_stall(caller: Caller, legs: int, probes: int) -> tuple[float, int]:
    """Milliseconds the loop was late at most, and the live legs that came to their end."""
    loop = asyncio.get_running_loop()
    late, due = 0.0, loop.time()

    def tick() -> None:
        nonlocal late, due
        late = max(late, loop.time() - due)
        due = loop.time() + TICK_S
        loop.call_at(due, tick)

    async with our_server() as port:
        due = loop.time()
        tick()
        told = await caller.call(port, legs, probes)
    return late * 1000, told


class Leg(asyncio.Protocol):
    """Asterisk's side of one leg: the environment, then an answer to each command."""

    def __init__(self) -> None:
        self.over: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.write(ENVIRONMENT)

    def data_received(self, data: bytes) -> None:
        for _ in range(data.count(b"\n")):
            self._answered += 1
            self._transport.write(b"200 result=1 (node1-1795254167.7|arrived|)\n")

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(self._answered == COMMANDS)


async def play(port: int, legs: int, probes: int) -> int:
    loop = asyncio.get_running_loop()
    told = 0
    left = iter(range(legs))

    async def one_after_another() -> None:
        nonlocal told
        for _ in left:
            _, leg = await loop.create_connection(Leg, "127.0.0.1", port)
            whole = await leg.over
            told += whole

    half_open: list[asyncio.BaseTransport] = []

    async def probe() -> None:
        for n in range(probes):
            for closes in (False, True):
                transport, _ = await loop.create_connection(asyncio.Protocol, "127.0.0.1", port)
                transport.write(ENVIRONMENT[: n % len(ENVIRONMENT)])
                if closes:
                    transport.close()
                else:
                    half_open.append(transport)

    async with asyncio.TaskGroup() as group:
        group.create_task(probe(), name="probe")
        for n in range(AT_ONCE):
            group.create_task(one_after_another(), name=f"line {n}")
    for transport in half_open:
        transport.abort()
    return told


def serve_calls() -> None:
    """The caller's process: one order a line on stdin, one number a line on stdout."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        for order in sys.stdin:
            port, legs, probes = map(int, order.split())
            print(runner.run(play(port, legs, probes)), flush=True)


def main(legs: int, repeats: int) -> None:
    """Print one JSON line."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    logging.disable(logging.CRITICAL)
    best = dict.fromkeys(KINDS, float("inf"))
    stall = {"alone": float("inf"), "with_probes": float("inf")}
    lost = 0
    command = [sys.executable, "-m", "bench.agi", "call"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        caller = Caller(process)
        for _ in range(repeats):
            for kind, (server, loop_factory) in KINDS.items():
                with asyncio.Runner(loop_factory=loop_factory) as runner:
                    spent = runner.run(cpu_per_leg(server, caller, legs))
                best[kind] = min(best[kind], spent)
            for when, probes in (("alone", 0), ("with_probes", PROBES)):
                with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                    late_ms, told = runner.run(longest_stall(caller, legs, probes))
                stall[when] = min(stall[when], late_ms)
                lost += legs - told
        process.stdin.close()
    ratio = {kind: round(best["ours"] / best[kind], 3) for kind in KINDS if kind != "ours"}
    result = {
        "bench": "agi",
        "legs": legs,
        "at_once": AT_ONCE,
        "us_per_leg": {kind: round(spent, 1) for kind, spent in best.items()},
        "ratio_to_panoramisk": ratio,
        "half_open": PROBES,
        "early_closing": PROBES,
        "longest_stall_ms": {when: round(late_ms, 1) for when, late_ms in stall.items()},
        "live_legs_lost": lost,
    }
    result["ok"] = lost == 0 and ratio["panoramisk"] < 1 and stall["with_probes"] < 20
    print(json.dumps(result))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["call"]:
        serve_calls()
    else:
        numbers = [int(argument) for argument in arguments]
        main(*(numbers + [2000, 5][len(numbers) :]))
