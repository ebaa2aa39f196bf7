"""Looking at a process that may or may not be our child. 进程

By pidfd: no polling, no mistaken identity, and it works for an Asterisk that an earlier run of ours left.
"""

import asyncio
import os
import select
from pathlib import Path


def lives(pid: int) -> bool:
    """False for a zombie too: its process has ended."""
    try:
        handle = os.pidfd_open(pid)
    except (ProcessLookupError, PermissionError):
        return False
    try:
        return not select.select([handle], [], [], 0)[0]
    finally:
        os.close(handle)


async def until_gone(pid: int) -> None:
    """Return when the process has ended (reaped or not)."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        await _readable(handle)
    finally:
        os.close(handle)


def runs_with(pid: int, word: str) -> bool:
    """Does this process have `word` in its command line? (It may be a stranger that got an old number.)"""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(word) in words


async def _readable(handle: int) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(handle, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(handle)


def read_pid(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdigit() and int(text) > 1 else None
