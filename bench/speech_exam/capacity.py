"""How many streams one core carries, with any model; ours beside a server of upstream's behaviour. 容量

The same audio (the exam's sentences in its voices, 16 kHz) in blocks of 200 ms: `talk` is what one leg of a call
holds, a sentence and then silence while the other side speaks; `dense` has pauses of 0.8 s only. To
`python -m asr.server` and to upstream_like.py, by turns in one run. The client is as plain as that of upstream's
examples: it offers compression, which upstream's server accepts (the library's default) and ours
declines; `upstream_bare` is the same server with a client that offers none.
full speed   AT_ONCE streams, each sends its next block when the last is answered. Audio seconds a
             second (throughput), audio seconds a CPU second of the server (streams a core).
real time    STREAMS streams at the pace of speech, begun at different moments. Time to each answer,
             CPU of the server, and again streams a core.
memory       resident memory before any stream, and what STREAMS open streams add.
"""

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from asr.protocol import END_OF_AUDIO, StreamConfig, write_config
from bench.speech_exam.calls import read_sentences
from bench.speech_exam.floor import CITIZEN_VOICE, OPERATOR_VOICE
from bench.speech_exam.scoring import percentile
from hotline.places import ROOT
from hotline.sounds.voice import speak

DEMO_MODEL = ROOT / "asr" / "demo_model"
RATE_HZ = 16_000
BLOCK_MS = 200
BLOCK = RATE_HZ * 2 * BLOCK_MS // 1000
PAUSE_S = 0.8
AT_ONCE = 8
STREAMS = 40
FAST_S = 8
PACED_S = 6
LONG_S = 40
ROUNDS = 5


async def measure(model: str = str(DEMO_MODEL)) -> dict[str, Any]:
    """Both servers by turns. `model` is any model directory that Vosk reads."""
    result: dict[str, Any] = {
        "bench": "speech", "part": "capacity", "model": Path(model).name, "cores": os.cpu_count(),
        "block_ms": BLOCK_MS, "streams": STREAMS, "rounds": ROUNDS,
    }  # fmt: skip
    holds = True
    for kind in ("talk", "dense"):
        sounds = await asyncio.to_thread(spoken, LONG_S, kind == "talk")
        found, held = await _beside_each_other(model, sounds)
        result[kind] = found
        holds &= held
    return {**result, "holds": holds}


async def _beside_each_other(model: str, sounds: list[bytes]) -> tuple[dict[str, Any], bool]:
    ours, upstream, bare = Figures("deflate"), Figures("deflate"), Figures(None)
    peer = ("-m", "bench.speech_exam.upstream_like", model)
    order = [
        (ours, ("-m", "asr.server", "--model", model)),
        (upstream, peer),
        (bare, peer),
    ]
    for _ in range(ROUNDS):
        for figures, command in order:
            async with server(*command) as (pid, address):
                await figures.take(pid, address, sounds)
        # Whoever comes first in a round meets another machine than whoever comes last.
        order = order[1:] + order[:1]
    throughput = median_ratio(ours.throughput, upstream.throughput)
    answer = median_ratio(ours.p95_ms, upstream.p95_ms)
    found = {
        "ours": ours.summary(), "upstream": upstream.summary(), "upstream_bare": bare.summary(),
        "throughput_ratio": round(throughput, 3), "answer_p95_ratio": round(answer, 3),
        "bare_ratios": [
            round(median_ratio(ours.throughput, bare.throughput), 3),
            round(median_ratio(ours.p95_ms, bare.p95_ms), 3),
        ],
    }  # fmt: skip
    return found, throughput >= 0.97 and answer <= 1.0


def median_ratio(ours: list[float], theirs: list[float]) -> float:
    """Of the rounds' ratios: the machine's noise of one round touches one of them."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


class Figures:
    """What one server was seen to do, over all rounds. 测量值"""

    def __init__(self, compression: str | None) -> None:
        self._compression = compression
        self.throughput: list[float] = []
        self._fast_per_core: list[float] = []
        self._paced_per_core: list[float] = []
        self.p95_ms: list[float] = []
        self._answers_ms: list[float] = []
        self._idle_mb: list[float] = []
        self._per_stream_mb: list[float] = []
        self._partials = 0
        self._finals = 0

    async def take(self, pid: int, address: str, sounds: list[bytes]) -> None:
        """One round."""
        await self._stream(address, sounds[0][: BLOCK * 10], paced=False, begin_s=0.0)
        self._idle_mb.append(resident_mb(pid))
        cpu_s, began_s = cpu_of(pid), time.perf_counter()
        await self._together(address, sounds, AT_ONCE, FAST_S, paced=False)
        took_s, used_s = time.perf_counter() - began_s, cpu_of(pid) - cpu_s
        self.throughput.append(AT_ONCE * FAST_S / took_s)
        self._fast_per_core.append(AT_ONCE * FAST_S / used_s)
        before_mb, cpu_s = resident_mb(pid), cpu_of(pid)
        watching = asyncio.get_running_loop().create_future()
        answers_ms = await self._together(
            address, sounds, STREAMS, PACED_S, paced=True, halfway=watching, pid=pid
        )
        self._answers_ms += answers_ms
        self.p95_ms.append(percentile(answers_ms, 0.95))
        self._paced_per_core.append(STREAMS * PACED_S / (cpu_of(pid) - cpu_s))
        self._per_stream_mb.append((watching.result() - before_mb) / STREAMS)

    async def _together(
        self,
        address: str,
        sounds: list[bytes],
        count: int,
        seconds: int,
        *,
        paced: bool,
        halfway: "asyncio.Future[float] | None" = None,
        pid: int = 0,
    ) -> list[float]:
        length = seconds * 1000 // BLOCK_MS * BLOCK
        # Each begins somewhere else in its sound: not all voices speak at once.
        apart = (min(map(len, sounds)) - length) // count // BLOCK * BLOCK
        async with asyncio.TaskGroup() as group:
            streams = [
                group.create_task(
                    self._stream(
                        address,
                        sound[number * apart :][:length],
                        paced=paced,
                        begin_s=number / count * BLOCK_MS / 1000,
                    ),
                    name=f"stream {number}",
                )
                for number, sound in zip(range(count), itertools.cycle(sounds), strict=False)
            ]
            if halfway is not None:
                await asyncio.sleep(seconds * 0.8)
                halfway.set_result(resident_mb(pid))
        return [ms for stream in streams for ms in stream.result()]

    async def _stream(
        self, address: str, sound: bytes, *, paced: bool, begin_s: float
    ) -> list[float]:
        took_ms = []
        loop = asyncio.get_running_loop()
        async with connect(address, compression=self._compression, max_size=None) as peer:
            await peer.send(write_config(StreamConfig(sample_rate=RATE_HZ)))
            began_s = loop.time() + begin_s
            for number in range(0, len(sound), BLOCK):
                if paced:
                    due_s = began_s + number / BLOCK * BLOCK_MS / 1000
                    await asyncio.sleep(max(0.0, due_s - loop.time()))
                sent_s = time.perf_counter()
                await peer.send(sound[number : number + BLOCK])
                await self._answer(peer)
                took_ms.append((time.perf_counter() - sent_s) * 1000)
            await peer.send(END_OF_AUDIO)
            await self._answer(peer)
        return took_ms

    async def _answer(self, peer: ClientConnection) -> None:
        answer = json.loads(await peer.recv())
        self._partials += bool(answer.get("partial"))
        self._finals += bool(answer.get("text"))

    def summary(self) -> dict[str, Any]:
        return {
            "throughput": round(statistics.median(self.throughput), 1),
            "streams_per_core_full_speed": round(statistics.median(self._fast_per_core), 1),
            "streams_per_core_real_time": round(statistics.median(self._paced_per_core), 1),
            "answer_ms": {
                name: round(percentile(self._answers_ms, share), 1)
                for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
            },
            "one_stream_mb": round(statistics.median(self._idle_mb), 1),
            "mb_per_extra_stream": round(statistics.median(self._per_stream_mb), 2),
            "answers_with_text": [self._partials, self._finals],
        }


def spoken(seconds: int, in_turns: bool) -> list[bytes]:
    """A few different stretches of speech, each at least so long, with short pauses or in turns."""
    sentences = iter(itertools.cycle(read_sentences()))
    sounds = []
    for voice in (CITIZEN_VOICE, OPERATOR_VOICE) * 2:
        sound = b""
        while len(sound) < seconds * RATE_HZ * 2:
            said = speak(next(sentences), RATE_HZ, voice=voice)
            other = len(said) if in_turns else 0
            sound += said + bytes(other + round(RATE_HZ * PAUSE_S) * 2)
        sounds.append(sound)
    return sounds


@asynccontextmanager
async def server(*command: str) -> AsyncIterator[tuple[int, str]]:
    """A speech server in a process of its own: its pid and address."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        said = json.loads(await asyncio.to_thread(process.stdout.readline))
        port = said if isinstance(said, int) else said["port"]
        yield process.pid, f"ws://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        process.terminate()
        await asyncio.to_thread(process.wait)
        process.stdout.close()


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmRSS"):
            return int(row.split()[1]) / 1024
    raise ValueError("no VmRSS")
