"""`hotline serve`: the service process, from its first to its last breath. 服务进程"""

import asyncio
import signal
from pathlib import Path

import structlog
import uvloop

from cti.tape import TapeRecorder
from hotline.clock import monotonic_s
from hotline.house import build_house
from hotline.installation import Installation, database_of
from hotline.run import Part, run_until
from hotline.watchdog import Heartbeat
from store.migrate import upgrade

log = structlog.get_logger(__name__)


def serve(installation: Installation, heartbeat_fd: int | None, tape: Path | None) -> None:
    """Run until SIGTERM, SIGINT or the watchdog's death. Raises what a part failed with."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(installation, heartbeat_fd, tape))


async def _serve(installation: Installation, heartbeat_fd: int | None, tape: Path | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    database = database_of(installation)
    try:
        await upgrade(database)
        recorder = None
        if tape is not None:
            # Open for the life of the process: a diagnosis tool, closed by its end.
            file = tape.open("a", encoding="utf-8", errors="surrogateescape", buffering=1)
            recorder = TapeRecorder(file, monotonic_s)
        house = await build_house(installation, database, recorder)
        # Before the first snapshot: a call that the lifeboat kept and that is over by now is
        # ended by the snapshot that does not list it.
        await house.spool.read_once()
        parts: list[Part] = list(house.parts)
        if heartbeat_fd is not None:
            every_s = installation.config.watchdog.heartbeat_every_s
            parts.append(Heartbeat(heartbeat_fd, every_s, stop))
        log.info("service is up", parts=len(parts))
        await run_until(stop, parts)
        log.info("service has stopped")
    finally:
        await database.close()
