"""A speech server as upstream's documentation describes its own, for comparison. 对照转写服务

Its behaviour and nothing more: one event loop, a pool of as many threads as there are cores, one hop
into a thread for each message, an answer to each (result where an utterance ended, else partial), the
last result at eof. Written anew for this bench; text filters and speaker models are left out.
`python -m bench.speech_exam.upstream_like MODEL` says its port on standard output.
"""

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from vosk import KaldiRecognizer, Model, SetLogLevel
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


class Upstream:
    """Serves one model. 对照服务"""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)

    async def run(self) -> None:
        async with serve(self._serve, "127.0.0.1", 0) as server:
            sys.stdout.write(f"{next(iter(server.sockets)).getsockname()[1]}\n")
            sys.stdout.flush()
            await server.serve_forever()

    async def _serve(self, peer: ServerConnection) -> None:
        try:
            await self._recognise(peer)
        except ConnectionClosed:
            return

    async def _recognise(self, peer: ServerConnection) -> None:
        loop = asyncio.get_running_loop()
        rate_hz, recogniser = 8000.0, None
        async for message in peer:
            if isinstance(message, str) and "config" in message:
                rate_hz = float(json.loads(message)["config"].get("sample_rate", rate_hz))
                continue
            if recogniser is None:
                recogniser = KaldiRecognizer(self._model, rate_hz)
                recogniser.SetWords(True)
            answer, over = await loop.run_in_executor(self._pool, _answer, recogniser, message)
            await peer.send(answer)
            if over:
                return


def _answer(recogniser: Any, message: str | bytes) -> tuple[str, bool]:
    if isinstance(message, str):
        return recogniser.FinalResult(), True
    if recogniser.AcceptWaveform(message):
        return recogniser.Result(), False
    return recogniser.PartialResult(), False


if __name__ == "__main__":
    SetLogLevel(-1)
    asyncio.run(Upstream(Model(sys.argv[1])).run())
