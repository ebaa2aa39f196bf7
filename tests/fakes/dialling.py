"""A switchboard that only notes whom it should have called, and a floor without a roster."""

import asyncio

from cti.ids import CallId


class DiallingInMemory:
    """Every call placed has an id of its own; `refuse` is raised instead, `slow` is waited for."""

    def __init__(self) -> None:
        self.placed = []
        self.refuse = None
        self.slow: asyncio.Event | None = None
        self.while_placing = None
        """Called with the new id before it is told."""

    async def place_call(self, number, **wanted) -> CallId:
        if self.slow is not None:
            await self.slow.wait()
        if self.refuse is not None:
            raise self.refuse
        call_id = CallId(f"node1-99.{len(self.placed)}")
        self.placed.append((number, wanted))
        if self.while_placing is not None:
            self.while_placing(call_id)
        return call_id


class SomeFloor:
    def __init__(self, *seats, line=()) -> None:
        self.seats = {seat.seat_id: seat for seat in seats}
        self.line = list(line)
