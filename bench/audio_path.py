"""What it costs to get speech out of Asterisk, and how late it is: our way and two others, in one run.

  tail       our own: `LegTail`s on files that grow as Asterisk's do (32 KiB of 48 kHz at a time), each
             looked at in its rhythm by a task of its own, as a scribe does, down to blocks of 16 kHz;
             the same with looks every `poll_ms`, and at 16 kHz, as the legs were recorded before
  streams    a peer: AudioSocket, 50 frames a second a leg, asyncio streams, one wake-up a frame
  tick       a peer: AudioSocket without a wake-up a frame: a timer empties each socket every `poll_ms`

Per way: % of a core a leg (this process's own time; the writers live in another one), and how long after
it was spoken audio is in our hands, over all instants of all legs. No Asterisk and no recogniser: with
its own (measured on real ones: facts in docs/measurements.md) only the writer's rhythm is kept.
Prints one JSON line. `python -m bench.audio_path [legs] [seconds]`
"""

import asyncio
import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from asr.legs import LegTail
from asr.rhythm import Rhythm
from asr.settings import AsrSettings

BUFFER_BYTES = 32_768
FRAME_MS = 20
FRAME_BYTES = 320
HEADER = struct.Struct(">BH")
POLL_S = AsrSettings().poll_ms / 1000
BLOCK_MS = AsrSettings().block_ms
WARM_UP_S = 2.0


class Lateness:
    """How old the newest audio in our hands is, at every instant. 延迟"""

    def __init__(self, began: float) -> None:
        self.began = began
        self._since = began
        self._have_s = 0.0
        self._ages: list[tuple[float, float]] = []
        """(when we had audio up to where at its beginning, how long that lasted)"""

    def have(self, until_s: float) -> None:
        now = time.perf_counter()
        self._ages.append((self._since - self._have_s, now - self._since))
        self._since, self._have_s = now, until_s

    def percentiles_ms(self, skip_s: float) -> dict[str, float]:
        at, instants = 0.0, []
        for age, lasted in self._ages:
            at += lasted
            if at > skip_s:
                instants += [
                    age - self.began + step * 0.005 for step in range(int(lasted / 0.005) + 1)
                ]
        instants.sort()
        share = {"p50": 0.5, "p95": 0.95, "max": 1.0}
        last = len(instants) - 1
        return {name: round(instants[int(last * part)] * 1000) for name, part in share.items()}


async def tail(
    folder: Path, ending: str, legs: int, seconds: float, *, rhythm: bool = True
) -> dict[str, object]:
    folder.mkdir()
    writer = start("write", str(folder), ending, str(legs), str(seconds + WARM_UP_S + 1))
    assert writer.stdout is not None
    began = float(await asyncio.to_thread(writer.stdout.readline))
    lateness = [Lateness(began) for _ in range(legs)]
    cpu_s = 0.0
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                follow(folder / f"{n}{ending}", lateness[n], rhythm=rhythm), name=f"leg {n}"
            )
            for n in range(legs)
        ]
        await asyncio.sleep(WARM_UP_S)
        before = time.process_time()
        await asyncio.sleep(seconds)
        cpu_s = time.process_time() - before
        for task in tasks:
            task.cancel()
    writer.terminate()
    await asyncio.to_thread(writer.wait)
    return result(cpu_s, legs, seconds, lateness)


async def follow(path: Path, lateness: Lateness, *, rhythm: bool) -> None:
    """As SideScribe does (asr/scribe.py), without a recogniser to wait for."""
    loop = asyncio.get_running_loop()
    known, in_vain = Rhythm(POLL_S), False
    with LegTail(path) as leg:
        while True:
            if await leg.read(BLOCK_MS):
                if in_vain:
                    known.grew(loop.time())
                in_vain = False
                lateness.have(leg.position_ms / 1000)
            else:
                in_vain = True
                await asyncio.sleep(known.rest_s(loop.time()) if rhythm else POLL_S)


async def streams(legs: int, seconds: float) -> dict[str, object]:
    heard: list[Lateness] = []
    began = time.perf_counter()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lateness, frames = Lateness(began), 0
        heard.append(lateness)
        block = bytearray()
        try:
            while True:
                _, size = HEADER.unpack(await reader.readexactly(HEADER.size))
                block += await reader.readexactly(size)
                frames += 1
                if len(block) >= BLOCK_MS // FRAME_MS * FRAME_BYTES:
                    lateness.have(frames * FRAME_MS / 1000)
                    block.clear()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        peer = start("call", str(port), str(legs), str(seconds + WARM_UP_S + 1))
        return await timed(peer, legs, seconds, heard)


async def tick(legs: int, seconds: float) -> dict[str, object]:
    heard: list[Lateness] = []
    began = time.perf_counter()
    with socket.create_server(("127.0.0.1", 0), backlog=legs) as server:
        peer = start("call", str(server.getsockname()[1]), str(legs), str(seconds + WARM_UP_S + 1))
        sockets = [(await asyncio.to_thread(server.accept))[0] for _ in range(legs)]
        heard += [Lateness(began) for _ in sockets]
        counts = [0] * legs
        for each in sockets:
            each.setblocking(False)

        async def empty_all() -> None:
            while True:
                await asyncio.sleep(POLL_S)
                for number, each in enumerate(sockets):
                    try:
                        counts[number] += len(each.recv(65_536))
                    except OSError:
                        continue
                    frames = counts[number] // (HEADER.size + FRAME_BYTES)
                    heard[number].have(frames * FRAME_MS / 1000)

        async with asyncio.TaskGroup() as group:
            emptying = group.create_task(empty_all(), name="tick")
            measured = await timed(peer, legs, seconds, heard)
            emptying.cancel()
        for each in sockets:
            each.close()
        return measured


async def timed(
    peer: "subprocess.Popen[str]", legs: int, seconds: float, heard: list[Lateness]
) -> dict[str, object]:
    assert peer.stdout is not None
    began = float(await asyncio.to_thread(peer.stdout.readline))
    for each in heard:
        each.began = began
    await asyncio.sleep(WARM_UP_S)
    before = time.process_time()
    await asyncio.sleep(seconds)
    cpu_s = time.process_time() - before
    peer.terminate()
    await asyncio.to_thread(peer.wait)
    return result(cpu_s, legs, seconds, heard)


def result(cpu_s: float, legs: int, seconds: float, lateness: list[Lateness]) -> dict[str, object]:
    each = [one.percentiles_ms(WARM_UP_S) for one in lateness]
    return {
        "core_percent_a_leg": round(100 * cpu_s / seconds / legs, 4),
        "late_ms": {
            name: sorted(one[name] for one in each)[len(each) // 2] for name in ("p50", "p95")
        }
        | {"max": max(one["max"] for one in each)},
    }


def start(*what: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench.audio_path", *what], stdout=subprocess.PIPE, text=True
    )


def write_legs(folder: Path, ending: str, legs: int, seconds: float) -> None:
    """As Asterisk does: every leg's buffer fills at its own instant, and goes to the file when full."""
    a_second = {".sln48": 96_000, ".sln16": 32_000}[ending]
    files = [os.open(folder / f"{n}{ending}", os.O_CREAT | os.O_WRONLY) for n in range(legs)]
    began = time.perf_counter()
    sys.stdout.write(f"{began}\n")
    sys.stdout.flush()
    every = BUFFER_BYTES / a_second
    block = os.urandom(BUFFER_BYTES)
    # The first, shorter one only spreads the legs over time.
    due = [(began + every, number) for number in range(legs)]
    late = [0.0] * legs
    while (now := time.perf_counter()) < began + seconds:
        at, number = min(due)
        if at > now:
            wait(at - now)
        os.write(files[number], block)
        late[number] += every
        due[due.index((at, number))] = (at + every, number)


def call_in(port: int, legs: int, seconds: float) -> None:
    """Asterisk's AudioSocket: a frame every 20 ms on each leg."""
    peers = [socket.create_connection(("127.0.0.1", port)) for _ in range(legs)]
    frame = HEADER.pack(0x10, FRAME_BYTES) + bytes(FRAME_BYTES)
    began = time.perf_counter()
    sys.stdout.write(f"{began}\n")
    sys.stdout.flush()
    for number in range(1, int(seconds * 1000 / FRAME_MS)):
        wait(began + number * FRAME_MS / 1000 - time.perf_counter())
        for peer in peers:
            peer.sendall(frame)


def wait(seconds: float) -> None:
    """Without an event loop: this is the process of the other side."""
    if seconds > 0:
        select.select([], [], [], seconds)


async def compare(legs: int, seconds: float) -> dict[str, object]:
    found: dict[str, object] = {"legs": legs, "seconds": seconds, "poll_ms": POLL_S * 1000}
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        found["tail"] = await tail(at / "1", ".sln48", legs, seconds)
        found["tail_polled"] = await tail(at / "2", ".sln48", legs, seconds, rhythm=False)
        found["tail_16_khz"] = await tail(at / "3", ".sln16", legs, seconds)
    found["streams_a_frame"] = await streams(legs, seconds)
    found["tick"] = await tick(legs, seconds)
    return found


def main(arguments: list[str]) -> None:
    match arguments:
        case ["write", folder, ending, legs, seconds]:
            write_legs(Path(folder), ending, int(legs), float(seconds))
        case ["call", port, legs, seconds]:
            call_in(int(port), int(legs), float(seconds))
        case _:
            legs = int(arguments[0]) if arguments else 40
            seconds = float(arguments[1]) if len(arguments) > 1 else 10.0
            sys.stdout.write(json.dumps(asyncio.run(compare(legs, seconds))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
