"""Waiting for something to become true, with a limit and a named error. 等待"""

import asyncio
from collections.abc import Callable

from hotline.outside.errors import OutsideError


class Watch:
    """Lets coroutines wait until facts told by a synchronous reader make something true. 守候"""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    def changed(self) -> None:
        """Something is different now: wake whom it concerns."""
        for true, waiter in self._waiting:
            if not waiter.done() and true():
                waiter.set_result(None)

    async def until(
        self, true: Callable[[], bool], limit_s: float, otherwise: Callable[[], OutsideError]
    ) -> None:
        """Return once `true()`; after `limit_s` raise what `otherwise()` makes."""
        if true():
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (true, waiter)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(limit_s):
                await waiter
        except TimeoutError:
            raise otherwise() from None
        finally:
            self._waiting.remove(entry)
