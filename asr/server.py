"""A speech worker: recognises many streams in one process, apart from the service. 转写进程

`python -m asr.server --model PATH --port 0 [--host 127.0.0.1] [--streams 200] [--nice 0]` speaks the
vosk-server websocket protocol (asr/protocol.py). When it is ready it says its address as one JSON
line on standard output: `{"host": "127.0.0.1", "port": 41234}`. It ends on SIGTERM, and when its
standard input closes, so that a parent that was killed leaves no orphan behind.
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from asr.engine import Engine, Recogniser
from asr.errors import SpeechRequestWrong
from asr.protocol import (
    INVALID_DATA,
    POLICY,
    EndOfAudio,
    StreamConfig,
    read_request,
    write_error,
    write_guess,
    write_heard,
)

MAX_MESSAGE_BYTES = 512 * 1024
"""16 s of audio; a longer message closes its sender with 1009."""
_WAITING_FRAMES = 4
_TRY_AGAIN_LATER = 1013


class SpeechServer:
    """Serves recognisers of one engine to websocket peers. 转写服务

    One hop into a thread for each message, and the next message is only read when the last one is
    answered: a peer that sends faster than it is understood fills its own socket, nobody else's.
    """

    def __init__(self, engine: Engine, pool: ThreadPoolExecutor, *, max_streams: int = 200) -> None:
        self._engine = engine
        self._pool = pool
        self._max_streams = max_streams
        self._streams = 0
        self.refused: Counter[str] = Counter()
        """How often a peer broke the rules, by error code."""

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
        ) as server:
            ready.set_result(next(iter(server.sockets)).getsockname()[1])
            await server.serve_forever()

    async def _serve_peer(self, peer: ServerConnection) -> None:
        if self._streams >= self._max_streams:
            self.refused["too-many-streams"] += 1
            await peer.close(_TRY_AGAIN_LATER, "too many streams")
            return
        self._streams += 1
        try:
            await self._recognise(peer)
        except SpeechRequestWrong as wrong:
            self.refused[wrong.code] += 1
            await self._say_why_and_close(peer, wrong)
        except ConnectionClosed:
            # A peer may leave whenever it likes.
            return
        finally:
            self._streams -= 1

    async def _recognise(self, peer: ServerConnection) -> None:
        loop = asyncio.get_running_loop()
        config = StreamConfig()
        recogniser: Recogniser | None = None
        async for message in peer:
            if isinstance(message, str):
                request = read_request(message)
                if isinstance(request, EndOfAudio):
                    last = '{"text": ""}'
                    if recogniser is not None:
                        last = await loop.run_in_executor(self._pool, _finish, recogniser, config)
                    await peer.send(last)
                    return
                if recogniser is not None:
                    raise SpeechRequestWrong("config-too-late", "config comes first", POLICY)
                config = self._agreed(request)
                continue
            if len(message) % 2:
                raise SpeechRequestWrong("odd-bytes", "audio is int16", INVALID_DATA)
            if recogniser is None:
                self._agreed(config)
                recogniser = await loop.run_in_executor(
                    self._pool, self._engine.recogniser, config.sample_rate, config.phrases
                )
            answer = await loop.run_in_executor(self._pool, _accept, recogniser, message, config)
            await peer.send(answer)

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


def _accept(recogniser: Recogniser, pcm: bytes, config: StreamConfig) -> str:
    heard = recogniser.accept(pcm)
    if heard is not None:
        return write_heard(heard, config)
    return write_guess(recogniser.partial(), config)


def _finish(recogniser: Recogniser, config: StreamConfig) -> str:
    return write_heard(recogniser.finish(), config)


async def run_worker(engine: Engine, host: str, port: int, max_streams: int) -> None:
    """Serve until SIGTERM, SIGINT or the end of standard input."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    threading.Thread(target=_watch_parent, args=(loop, stop), daemon=True, name="parent").start()
    ready: asyncio.Future[int] = loop.create_future()
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="recogniser") as pool:
        server = SpeechServer(engine, pool, max_streams=max_streams)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.run(host, port, ready), name="speech server")
            address = {"host": host, "port": await ready}
            sys.stdout.write(json.dumps(address) + "\n")
            sys.stdout.flush()
            await stop.wait()
            serving.cancel()


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
    asyncio.run(run_worker(engine, given.host, given.port, given.streams))


if __name__ == "__main__":
    main()
