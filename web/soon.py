"""What the live stream told before the store had it. 待落盘

A frame leaves as soon as the event has its place in the journal; the tables have it a commit later. A page
that asks at once about what it was just told must not hear that there is no such thing.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from web.ports import Services

T = TypeVar("T")


async def found_soon(look: Callable[[], Awaitable[T | None]], house: Services) -> T | None:
    """What `look` finds now, or once all that has been told is written."""
    found = await look()
    if found is None:
        await house.live.all_written()
        found = await look()
    return found
