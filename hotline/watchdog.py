"""The process that outlives the service: starts it, watches it, kills it when it freezes. 看门狗

    hotline run (this) ─┬─ Asterisk           restarted when it dies; calls live in it
                        └─ hotline serve      killed and restarted when its heartbeat stops

The service writes one byte a second into a pipe from its event loop, so a blocked loop is as
good as dead. A frozen service holds its callers' AGI connections in silence; killing it closes
them, and the dialplan takes over in the same instant (facts: Asterisk 22, AGIEXITONHANGUP).
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

START_LIMIT_S = 60.0
"""Until its first heartbeat a service may take so long: migrations, a large journal."""
RESTART_PAUSE_S = 0.5
"""After a death; doubled each time up to RESTART_PAUSE_LIMIT_S while it dies young."""
RESTART_PAUSE_LIMIT_S = 10.0
YOUNG_S = 10.0
OWN_PAUSE_S = 1.0
"""A deadline noticed so late says that this process did not run either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchdogSettings:
    """How the watchdog judges. 看门狗设置"""

    heartbeat_every_s: float = 1.0
    """The service says so often that its loop turns. 心跳间隔"""
    heartbeat_limit_s: float = 5.0
    """Silence after which the service is killed and started again. 心跳时限"""
    stop_limit_s: float = 20.0
    """What is in hand may take so long to finish on SIGTERM. 停止时限"""


class Watched(Protocol):
    """An Asterisk as the watchdog sees it. 被看护者"""

    async def start(self, limit_s: float) -> None: ...
    async def wait(self) -> int | None: ...
    async def stop(self, limit_s: float) -> None: ...


class ServiceWatch:
    """Keeps `hotline serve` running. 服务看护"""

    name = "service watch"

    def __init__(self, command: Sequence[str], settings: WatchdogSettings) -> None:
        self._command = list(command)
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The running service's process, for tests that freeze or kill it."""
        return None if self._process is None else self._process.pid

    def restart(self) -> None:
        """Ask the service to stop in order; it is then started again. Calls go on."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()

    async def run(self) -> None:
        """Start the service again and again; on cancellation stop it in order."""
        pause = RESTART_PAUSE_S
        loop = asyncio.get_running_loop()
        try:
            while True:
                began = loop.time()
                await self._live_once()
                pause = RESTART_PAUSE_S if loop.time() - began > YOUNG_S else pause * 2
                self.restarts += 1
                await asyncio.sleep(min(pause, RESTART_PAUSE_LIMIT_S))
        finally:
            await self._stop()

    async def _live_once(self) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, "--heartbeat-fd", str(writing), pass_fds=(writing,)
            )
        finally:
            os.close(writing)
        log.info("service started", pid=self._process.pid)
        try:
            await self._until_silent(reading, self._process)
        finally:
            os.close(reading)

    async def _until_silent(self, reading: int, process: asyncio.subprocess.Process) -> None:
        loop = asyncio.get_running_loop()
        beat = asyncio.Event()
        closed = False

        def on_readable() -> None:
            nonlocal closed
            closed = os.read(reading, 4096) == b""
            beat.set()
            if closed:
                loop.remove_reader(reading)

        loop.add_reader(reading, on_readable)
        limit = START_LIMIT_S
        try:
            while not closed:
                deadline = loop.time() + limit
                try:
                    async with asyncio.timeout_at(deadline):
                        await beat.wait()
                except TimeoutError:
                    # If we stood still ourselves (a paused machine), the silence was ours.
                    if not beat.is_set() and loop.time() < deadline + OWN_PAUSE_S:
                        log.error("service is frozen and gets killed", pid=process.pid)  # noqa: TRY400
                        _kill(process)
                        break
                beat.clear()
                limit = self._settings.heartbeat_limit_s
        finally:
            loop.remove_reader(reading)
        code = await process.wait()
        log.warning("service ended", exit_status=code)

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(self._settings.stop_limit_s):
                await process.wait()
        except TimeoutError:
            log.error("service did not stop in time and gets killed")  # noqa: TRY400
            _kill(process)
            await process.wait()


class AsteriskWatch:
    """Keeps Asterisk running. Asterisk 看护"""

    name = "asterisk watch"

    def __init__(self, asterisk: Watched, start_limit_s: float, stop_limit_s: float) -> None:
        self._asterisk = asterisk
        self._start_limit_s = start_limit_s
        self._stop_limit_s = stop_limit_s

    async def run(self) -> None:
        """Start Asterisk (or adopt the running one) whenever it is not there."""
        try:
            while True:
                await self._asterisk.start(self._start_limit_s)
                code = await self._asterisk.wait()
                log.error("asterisk died and is started again", exit_status=code)
                await asyncio.sleep(RESTART_PAUSE_S)
        finally:
            await self._asterisk.stop(self._stop_limit_s)


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()


class Heartbeat:
    """The service's side: says that the loop turns. 心跳"""

    name = "heartbeat"

    def __init__(self, fd: int, every_s: float, orphaned: asyncio.Event) -> None:
        self._fd = fd
        self._every_s = every_s
        self._orphaned = orphaned

    async def run(self) -> None:
        """Beat until cancelled; when nobody listens any more, ask the service to stop."""
        os.set_blocking(self._fd, False)
        while True:
            try:
                os.write(self._fd, b".")
            except BlockingIOError:
                pass  # the watchdog is slow; a full pipe says that we lived
            except BrokenPipeError:
                log.warning("the watchdog is gone, the service stops")
                self._orphaned.set()
                return
            await asyncio.sleep(self._every_s)
