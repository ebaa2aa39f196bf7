"""The speech workers on this machine: started, watched, replaced. 转写进程管理"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path

import structlog

from asr.connection import open_connection
from asr.errors import AsrError, NoRecogniser
from asr.protocol import StreamConfig
from asr.recognisers import RecogniserPool
from asr.settings import AsrSettings

log = structlog.get_logger(__name__)

_FIRST_REST_S = 0.2
_LONGEST_REST_S = 10.0
_GOOD_LIFE_S = 30.0
"""A worker that lived so long starts its successor's rests from the shortest again."""
_START_LIMIT_S = 120.0
"""The large Chinese model takes tens of seconds to read from a slow disk."""
_STOP_LIMIT_S = 3.0
_LAST_WORDS_BYTES = 2_000
_PROBE = bytes(6_400)
_HOPELESS_LIVES = 3
"""Workers that never became ready, so often: the model is broken, calls need not wait for it."""
_SPARE_STREAMS = 4
"""A worker serves a few more than the pool gives out: probes, and streams that are just ending."""
_NICENESS = 5
"""Text may come a little later when the machine is full; sound may not."""


class SpeechWorkers:
    """Keeps a number of `python -m asr.server` processes alive. 转写进程组

    A worker that ends is started again (after 0.2 s, doubling to 10 s); one that accepts a stream
    but does not answer, because it hangs or was stopped, is killed and replaced. The pool knows the ready ones. Run from a folder
    where `asr` can be imported, so that a checkout works without being installed.
    """

    name = "speech workers"

    def __init__(
        self,
        model_path: Path,
        settings: AsrSettings,
        pool: RecogniserPool,
        command: tuple[str, ...] = (sys.executable, "-m", "asr.server"),
        *,
        count: int | None = None,
        language: str = "zh",
    ) -> None:
        self._model_path = model_path.resolve()
        self._settings = settings
        self._pool = pool
        self._command = command
        self._count = settings.workers if count is None else count
        self._language = language
        self._was_ready = False
        self._ready: dict[int, str] = {}
        self._changed = asyncio.Condition()
        self.started = 0
        """How many processes have been started since the beginning."""

    @property
    def ready(self) -> dict[int, str]:
        """The ready workers: process id to address."""
        return dict(self._ready)

    @property
    def hopeless(self) -> bool:
        """None was ever ready, and several tried: the model cannot be loaded."""
        return not self._was_ready and self.started > _HOPELESS_LIVES * self._count

    async def all_ready(self) -> None:
        """Wait until as many workers as wanted are ready."""
        await self._until(lambda: len(self._ready) >= self._count)

    async def gone(self, pid: int) -> None:
        """Wait until this worker is not counted on any more."""
        await self._until(lambda: pid not in self._ready)

    async def lives(self, count: int) -> None:
        """Wait until so many processes have been started since the beginning."""
        await self._until(lambda: self.started >= count)

    async def _until(self, so: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(so)

    async def _say_changed(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def run(self) -> None:
        """Keep the workers until cancelled; then end them."""
        async with asyncio.TaskGroup() as group:
            for number in range(self._count):
                name = f"speech worker {self._language} {number}"
                group.create_task(self._keep_one(number), name=name)

    async def _keep_one(self, number: int) -> None:
        loop = asyncio.get_running_loop()
        rest_s = _FIRST_REST_S
        while True:
            began = loop.time()
            await self._one_life(number)
            if loop.time() - began > _GOOD_LIFE_S:
                rest_s = _FIRST_REST_S
            await asyncio.sleep(rest_s)
            rest_s = min(rest_s * 2, _LONGEST_REST_S)

    async def _one_life(self, number: int) -> None:
        self.started += 1
        await self._say_changed()
        streams = self._settings.streams_per_worker
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *("--model", str(self._model_path), "--host", "127.0.0.1", "--port", "0"),
                *("--nice", str(_NICENESS)),
                *(("--streams", str(streams + _SPARE_STREAMS)) if streams else ()),
                cwd=Path(__file__).parent.parent,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
            )
        except OSError as impossible:
            log.warning("speech worker cannot be started", worker=number, errno=impossible.errno)
            self._pool.troubles["worker-not-started"] += 1
            return
        last_words = bytearray()
        async with asyncio.TaskGroup() as group:
            group.create_task(_listen(process, last_words), name=f"speech worker {number} stderr")
            try:
                await self._watch(number, process)
            finally:
                await _end(process)
        self._pool.troubles["worker-ended"] += 1
        # Vosk says there why a model cannot be loaded; it never holds what was recognised.
        log.warning(
            "speech worker ended",
            worker=number,
            language=self._language,
            status=process.returncode,
            last_words=last_words.decode(errors="replace"),
        )

    async def _watch(self, number: int, process: Process) -> None:
        try:
            address = await _address(process)
        except NoRecogniser:
            log.warning("speech worker did not become ready", worker=number)
            return
        log.info("speech worker ready", worker=number, pid=process.pid, address=address)
        self._was_ready = True
        self._ready[process.pid] = address
        self._pool.add(address)
        await self._say_changed()
        try:
            async with asyncio.TaskGroup() as group:
                counting = group.create_task(self._count_refusals(process), name="refusals")
                try:
                    await self._probe_until_it_ends(number, process, address)
                finally:
                    counting.cancel()
        finally:
            self._pool.remove(address)
            del self._ready[process.pid]
            await self._say_changed()

    async def _probe_until_it_ends(self, number: int, process: Process, address: str) -> None:
        try:
            while not await self._ended(process):
                await self._probe(address)
        except AsrError as sick:
            log.warning("speech worker does not answer", worker=number, why=sick.code)
            self._pool.troubles["worker-hangs"] += 1
            if process.returncode is None:
                # One that is frozen does not hear SIGTERM either.
                process.kill()

    async def _count_refusals(self, process: Process) -> None:
        """A worker says on its standard output what it refused to whom."""
        assert process.stdout is not None
        while line := await process.stdout.readline():
            try:
                code = json.loads(line)["refused"]
            except (ValueError, KeyError, TypeError):
                code = "unknown"
            self._pool.troubles[str(code)[:40]] += 1

    async def _ended(self, process: Process) -> bool:
        try:
            async with asyncio.timeout(self._settings.probe_every_s):
                await process.wait()
        except TimeoutError:
            return False
        return True

    async def _probe(self, address: str) -> None:
        """A little silence must get an answer: that goes the whole way, through the model."""
        limit_s = self._settings.answer_limit_s
        connection = await open_connection(address, StreamConfig(), limit_s, limit_s)
        try:
            await connection.hear(_PROBE)
        finally:
            await connection.close()


async def _address(process: Process) -> str:
    """Wait for the worker to say where it is. Raises NoRecogniser."""
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_LIMIT_S):
            said = json.loads(await process.stdout.readline())
            return f"ws://{said['host']}:{said['port']}"
    except (TimeoutError, ValueError, KeyError, TypeError) as wrong:
        raise NoRecogniser("the worker did not say where it is") from wrong


async def _listen(process: Process, last_words: bytearray) -> None:
    assert process.stderr is not None
    while block := await process.stderr.read(4096):
        last_words += block
        del last_words[:-_LAST_WORDS_BYTES]


async def _end(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is None:
        try:
            process.terminate()
            async with asyncio.timeout(_STOP_LIMIT_S):
                await process.wait()
        except TimeoutError:
            process.kill()
        except ProcessLookupError:
            pass
    await process.wait()
