import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

from hotline.watchdog import ServiceWatch, WatchdogSettings

BEATING = """
import os, sys, time
fd = int(sys.argv[sys.argv.index("--heartbeat-fd") + 1])
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
while True:
    os.write(fd, b".")
    time.sleep(0.05)
"""
SETTINGS = WatchdogSettings(heartbeat_every_s=0.05, heartbeat_limit_s=0.5, stop_limit_s=5)


async def starts(diary: Path, number: int) -> list[int]:
    """The pids of the first services, once there are so many."""
    async with asyncio.timeout(20):
        while True:
            pids = diary.read_text().split() if diary.exists() else []
            if len(pids) >= number:
                return [int(pid) for pid in pids]
            await turns(1)


async def turns(count: int) -> None:
    """The loop turns, and a little time passes."""
    loop = asyncio.get_running_loop()
    for _ in range(count):
        tick = loop.create_future()
        loop.call_later(0.02, tick.set_result, None)
        await tick


async def watch(tmp_path: Path, harm: signal.Signals) -> tuple[list[int], ServiceWatch]:
    script = tmp_path / "service.py"
    script.write_text(BEATING)
    diary = tmp_path / "pids"
    watchdog = ServiceWatch([sys.executable, str(script), str(diary)], SETTINGS)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(watchdog.run(), name="watchdog")
        first = (await starts(diary, 1))[0]
        os.kill(first, harm)
        pids = await starts(diary, 2)
        task.cancel()
    return pids, watchdog


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_a_frozen_service_is_killed_and_started_again(tmp_path):
    pids, watchdog = await watch(tmp_path, signal.SIGSTOP)
    assert watchdog.restarts == 1
    assert all(is_gone(pid) for pid in pids)


async def test_a_watchdog_that_stood_still_itself_kills_nobody(tmp_path):
    script, diary = tmp_path / "service.py", tmp_path / "pids"
    script.write_text(BEATING)
    watchdog = ServiceWatch([sys.executable, str(script), str(diary)], SETTINGS)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(watchdog.run(), name="watchdog")
        [pid] = await starts(diary, 1)
        await turns(10)
        threading.Event().wait(2 * SETTINGS.heartbeat_limit_s)  # the loop stands still
        await turns(10)
        assert watchdog.restarts == 0
        assert not is_gone(pid)
        task.cancel()


async def test_a_dead_service_is_started_again_and_the_last_one_ends_with_the_watchdog(tmp_path):
    pids, watchdog = await watch(tmp_path, signal.SIGKILL)
    assert watchdog.restarts == 1
    assert all(is_gone(pid) for pid in pids)
