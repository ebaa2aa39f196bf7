"""A speech server that answers at once with how much it has heard and when. 即答转写服务

It speaks the vosk-server protocol and recognises nothing: to each block of audio its partial is
`<milliseconds of audio so far> <CLOCK_MONOTONIC in microseconds>`. What a viewer's frame then says is what the
product itself took. `python -m bench.speech_exam.instant_recogniser` says its port on standard output.
"""

import asyncio
import json
import sys
from time import monotonic

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

BYTES_PER_MS = 32


async def answer(peer: ServerConnection) -> None:
    heard = 0
    try:
        async for message in peer:
            if isinstance(message, bytes):
                heard += len(message)
                told = f"{heard // BYTES_PER_MS} {round(monotonic() * 1_000_000)}"
                await peer.send(json.dumps({"partial": told}))
            elif "eof" in message:
                await peer.send('{"text": ""}')
    except ConnectionClosed:
        return


async def run() -> None:
    async with serve(answer, "127.0.0.1", 0, compression=None) as server:
        sys.stdout.write(f"{next(iter(server.sockets)).getsockname()[1]}\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(run())
