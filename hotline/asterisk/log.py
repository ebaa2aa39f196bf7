"""Reading what Asterisk wrote into its own logs. Asterisk 日志"""

import re
from pathlib import Path

READ_BYTES = 200_000
"""So much of the end of a log is looked at."""
LAST_LINES = 8
PORT_TAKEN = re.compile(r"Address already in use|Unable to bind|Cannot assign requested address")

GONE_MEANWHILE = re.compile(
    r"Channel '[^']+' not found!  Variable 'HOTLINE_(?:ENDED|LOST)' not set"
)
"""[hotline-seat-gone] asks first whether the citizen is there; he may hang up between the two lines."""


def size_of(log: Path) -> int:
    """Bytes; 0 while there is no such file."""
    try:
        return log.stat().st_size
    except OSError:
        return 0


def lines_since(log: Path, offset: int) -> list[str]:
    """The lines written after `offset` bytes; none while there is no such file."""
    try:
        with log.open("rb") as handle:
            handle.seek(offset)
            return handle.read(READ_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def read_troubles(log: Path) -> list[str]:
    """Lines with WARNING or ERROR since the last start, from the end of Asterisk's log."""
    lines = lines_since(log, max(0, size_of(log) - READ_BYTES))
    # Asterisk writes this line first at every start.
    starts = [i for i, line in enumerate(lines) if "] Asterisk " in line and " built by " in line]
    since = lines[starts[-1] :] if starts else lines
    return [line for line in since if _is_trouble(line)]


def ports_taken(lines: list[str]) -> list[str]:
    """What Asterisk said about ports it could not have; it starts all the same, and nobody reaches it."""
    return [
        line.split("] ", 1)[-1] for line in lines if _is_trouble(line) and PORT_TAKEN.search(line)
    ]


def why_it_failed(lines: list[str]) -> str:
    """The last lines that speak of trouble, or simply the last, in one line."""
    worth = [line for line in lines if _is_trouble(line) or "rror" in line]
    return " | ".join((worth or lines)[-LAST_LINES:])


def _is_trouble(line: str) -> bool:
    troubled = "] WARNING[" in line or "] ERROR[" in line
    return troubled and not GONE_MEANWHILE.search(line)
