"""A speech worker: recognises many streams in one process, apart from the service. 转写进程

`python -m asr.server --model PATH --port 0 [--host 127.0.0.1] [--streams 200] [--nice 0]` speaks the
vosk-server websocket protocol (asr/protocol.py). When it is ready it says its address as one JSON
line on standard output: `{"host": "127.0.0.1", "port": 41234}`; later lines name what it refused:
`{"refused": "idle"}`. It ends on SIGTERM, and when its standard input closes, so that a parent that was
killed leaves no orphan behind.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import uvloop
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from asr.door import Door, counted_by
from asr.engine import Engine, Heard
from asr.errors import SpeechRequestWrong
from asr.protocol import (
    GOING_AWAY,
    POLICY,
    EndOfAudio,
    StreamConfig,
    read_request,
    write_error,
    write_heard,
)
from asr.stream import Stream

MAX_MESSAGE_BYTES = 512 * 1024
"""16 s of audio; a longer message closes its sender with 1009."""
SPARE_CONNECTIONS = 32
"""Beside those with a stream: probes, and peers that are just coming or going."""
_WAITING_FRAMES = 4
_GOODBYE_LIMIT_S = 2.0
_TRY_AGAIN_LATER = 1013
_SENT_AWAY = {1009: "message-too-long", 1007: "not-utf-8", 1002: "not-websocket"}
"""What the websocket layer closes a peer for, by its close code."""

T = TypeVar("T")


class SpeechServer:
    """Serves recognisers of one engine to websocket peers. 转写服务

    One hop into a thread for each message, and the next message is only read when the last one is
    answered: a peer that sends faster than it is understood fills its own socket, nobody else's. When
    more blocks wait than there are threads, partial results are not made until it is better: what was
    said comes all the same, at the end of the utterance. Silence that has lasted is answered at once.
    """

    def __init__(
        self,
        engine: Engine,
        pool: ThreadPoolExecutor,
        *,
        max_streams: int = 200,
        idle_limit_s: float = 120.0,
        handshake_limit_s: float = 5.0,
        say_refused: Callable[[str], None] = lambda _code: None,
        threads: int = 0,
    ) -> None:
        self._engine = engine
        self._pool = pool
        self._max_streams = max_streams
        self._idle_limit_s = idle_limit_s
        self._handshake_limit_s = handshake_limit_s
        self._say_refused = say_refused
        self._deep = 2 * (threads or os.cpu_count() or 1)
        self._door = Door(max_streams + SPARE_CONNECTIONS, self._refuse)
        self._streams = 0
        self._waiting = 0
        self.refused: Counter[str] = Counter()
        """How often a peer broke the rules, by error code."""
        self.stale_partials = 0
        """Partial results that were not made because others waited."""

    @property
    def at_work(self) -> int:
        """How many blocks are being heard, or wait for a thread."""
        return self._waiting

    async def run(self, host: str, port: int, ready: "asyncio.Future[int]") -> None:
        """Serve until cancelled; `ready` gets the port.

        No compression: audio does not shrink, and it would cost more than the recognition.
        """
        async with serve(
            self._serve_peer,
            host,
            port,
            max_size=MAX_MESSAGE_BYTES,
            max_queue=_WAITING_FRAMES,
            compression=None,
            server_header=None,
            open_timeout=self._handshake_limit_s,
            close_timeout=_GOODBYE_LIMIT_S,
            create_connection=counted_by(self._door),
        ) as server:
            ready.set_result(next(iter(server.sockets)).getsockname()[1])
            await server.serve_forever()

    async def _serve_peer(self, peer: ServerConnection) -> None:
        if self._streams >= self._max_streams:
            self._refuse("too-many-streams")
            await peer.close(_TRY_AGAIN_LATER, "too many streams")
            return
        self._streams += 1
        try:
            await self._recognise(peer)
        except SpeechRequestWrong as wrong:
            self._refuse(wrong.code)
            await self._say_why_and_close(peer, wrong)
        except ConnectionClosed as closed:
            # A peer may leave whenever it likes; whom the websocket layer sent away is counted.
            if (
                closed.sent is not None
                and closed.sent.code in _SENT_AWAY
                and not closed.rcvd_then_sent
            ):
                self._refuse(_SENT_AWAY[closed.sent.code])
        finally:
            self._streams -= 1

    async def _recognise(self, peer: ServerConnection) -> None:
        config = StreamConfig()
        stream: Stream | None = None
        while True:
            message = await self._next_of(peer)
            if isinstance(message, bytes):
                if stream is None:
                    self._agreed(config)
                    stream = await self._in_thread(Stream.open, self._engine, config)
                answer = stream.silence(message)
                if answer is None:
                    answer = await self._in_thread(stream.accept, message, self._is_deep)
                    self.stale_partials += stream.was_hurried
                await peer.send(answer)
                continue
            request = read_request(message)
            if isinstance(request, EndOfAudio):
                nothing = write_heard(Heard(text=""), config)
                await peer.send(nothing if stream is None else await self._in_thread(stream.finish))
                return
            if stream is not None:
                raise SpeechRequestWrong("config-too-late", "config comes first", POLICY)
            config = self._agreed(request)

    async def _next_of(self, peer: ServerConnection) -> str | bytes:
        """A peer that says nothing, or never comes to the end of a message, keeps no place."""
        try:
            async with asyncio.timeout(self._idle_limit_s):
                return await peer.recv()
        except TimeoutError as idle:
            raise SpeechRequestWrong("idle", "nothing came for too long", GOING_AWAY) from idle

    def _is_deep(self) -> bool:
        """More blocks wait than is good; asked in the threads, when a block has been heard."""
        return self._waiting > self._deep

    async def _in_thread(self, work: Callable[..., T], *given: object) -> T:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)
        finally:
            self._waiting -= 1

    def _refuse(self, code: str) -> None:
        self.refused[code] += 1
        self._say_refused(code)

    def _agreed(self, config: StreamConfig) -> StreamConfig:
        lowest = self._engine.lowest_sample_rate
        if config.sample_rate < lowest:
            raise SpeechRequestWrong(
                "sample-rate-too-low", f"this model needs at least {lowest}", POLICY
            )
        return config

    async def _say_why_and_close(self, peer: ServerConnection, wrong: SpeechRequestWrong) -> None:
        try:
            await peer.send(write_error(wrong))
        except ConnectionClosed:
            return
        await peer.close(wrong.close_code, wrong.message)


async def run_worker(engine: Engine, host: str, port: int, max_streams: int) -> None:
    """Serve until SIGTERM, SIGINT or the end of standard input."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    threading.Thread(target=_watch_parent, args=(loop, stop), daemon=True, name="parent").start()
    ready: asyncio.Future[int] = loop.create_future()
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="recogniser") as pool:
        server = SpeechServer(engine, pool, max_streams=max_streams, say_refused=_say_refused)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.run(host, port, ready), name="speech server")
            address: dict[str, object] = {"host": host, "port": await ready}
            _say(address)
            await stop.wait()
            serving.cancel()


def _say_refused(code: str) -> None:
    _say({"refused": code})


def _say(something: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(something) + "\n")
    sys.stdout.flush()


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # os.read and not sys.stdin: a buffered reader in a daemon thread breaks the interpreter's end.
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(stop.set)


def main() -> None:
    """The worker's command line."""
    arguments = argparse.ArgumentParser(prog="python -m asr.server", description=__doc__)
    arguments.add_argument("--model", type=Path, required=True)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--streams", type=int, default=200)
    arguments.add_argument("--nice", type=int, default=0)
    given = arguments.parse_args()
    os.nice(given.nice)
    # A peer that speaks no websocket is no news, and its bytes do not belong in a log.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    # Loaded here and not at the top: the protocol part is used, and tested, without an engine.
    from asr.vosk import VoskEngine

    engine = VoskEngine(given.model)
    # A fifth of what a message costs outside the recogniser, and sooner answers when many wait.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run_worker(engine, given.host, given.port, given.streams))


if __name__ == "__main__":
    main()
