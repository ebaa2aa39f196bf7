"""The client's end of one stream to a speech server. 转写连接"""

import asyncio
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from asr.engine import Guess, Heard
from asr.errors import RecogniserGarbage, RecogniserLost, RecogniserSilent
from asr.protocol import END_OF_AUDIO, StreamConfig, read_answer, write_config

_MAX_ANSWER_BYTES = 1024 * 1024


class SpeechConnection:
    """One stream at one speech server, ours or any vosk-server. 转写连接

    Every block is answered before the next one is sent: that is how the protocol works, it keeps
    the account of what was heard exact, and it is all the back-pressure there needs to be.
    """

    def __init__(
        self, socket: ClientConnection, answer_limit_s: float, on_close: Callable[[], None]
    ) -> None:
        self._socket = socket
        self._answer_limit_s = answer_limit_s
        self._on_close = on_close
        self._closed = False

    async def hear(self, pcm: bytes) -> Heard | Guess:
        """Send a block and wait for its answer.

        Raises RecogniserLost, RecogniserSilent, RecogniserGarbage, RecogniserRefused.
        """
        return read_answer(await self._ask(pcm))

    async def finish(self) -> Heard:
        """Say that no more audio comes and wait for the rest. Raises as `hear` does."""
        answer = read_answer(await self._ask(END_OF_AUDIO))
        if isinstance(answer, Guess):
            raise RecogniserGarbage("a partial answer to the end of the audio")
        return answer

    async def close(self) -> None:
        """Hang up without waiting for a peer that may never answer."""
        if self._closed:
            return
        self._closed = True
        self._on_close()
        try:
            async with asyncio.timeout(1):
                await self._socket.close()
        except TimeoutError:
            self._socket.transport.abort()

    async def _ask(self, message: str | bytes) -> str | bytes:
        try:
            async with asyncio.timeout(self._answer_limit_s):
                await self._socket.send(message)
                return await self._socket.recv()
        except TimeoutError as silent:
            raise RecogniserSilent("no answer in time") from silent
        except ConnectionClosed as gone:
            raise RecogniserLost("the connection closed") from gone


async def open_connection(
    address: str,
    config: StreamConfig,
    answer_limit_s: float,
    connect_limit_s: float,
    on_close: Callable[[], None] = lambda: None,
) -> SpeechConnection:
    """Connect to `ws://host:port` and say what is wanted.

    Raises RecogniserLost if nobody is there, RecogniserSilent if somebody is but says nothing.
    """
    try:
        async with asyncio.timeout(connect_limit_s):
            socket = await connect(
                address, max_size=_MAX_ANSWER_BYTES, compression=None, proxy=None, open_timeout=None
            )
            await socket.send(write_config(config))
    except TimeoutError as silent:
        raise RecogniserSilent("no handshake in time") from silent
    except (OSError, InvalidHandshake, InvalidURI, ConnectionClosed) as gone:
        raise RecogniserLost("cannot connect") from gone
    return SpeechConnection(socket, answer_limit_s, on_close)
