"""A speech server that understands nothing and costs nothing, for stages where speech is not the matter.

It speaks the vosk-server protocol: an answer to every piece of audio, a last one to the end.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


@asynccontextmanager
async def deaf_recogniser() -> AsyncIterator[str]:
    """Run one; gives the `[asr]` settings that make the product use it."""
    async with serve(_hear_nothing, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f'[asr]\nworkers = 0\nservers = ["ws://127.0.0.1:{port}"]\n'


async def _hear_nothing(connection: ServerConnection) -> None:
    try:
        async for message in connection:
            if isinstance(message, bytes):
                await connection.send('{"partial": ""}')
            elif "eof" in message:
                await connection.send('{"text": ""}')
    except ConnectionClosed:
        return
