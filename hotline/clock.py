"""The only place that looks at a clock. 时钟"""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware, UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds that never go back; only differences mean anything."""
    return time.monotonic()
