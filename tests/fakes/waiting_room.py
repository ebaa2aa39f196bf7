"""A waiting room in which the test hands out the seats. 假等候区"""

import asyncio

from cti.facts import WhyNotAnswered
from cti.ids import CallId, SeatId
from ivr.model import Offer, Place


class FakeWaitingRoom:
    """`line` are those who wait now, `entered` all who ever did, `ended` what became of offers."""

    def __init__(self) -> None:
        self.line: dict[CallId, asyncio.Future[Offer]] = {}
        self.entered: list[Place] = []
        self.ended: list[tuple[SeatId, WhyNotAnswered | None]] = []
        self._moved = asyncio.Event()

    async def seat_for(self, place: Place) -> Offer:
        seat: asyncio.Future[Offer] = asyncio.get_running_loop().create_future()
        self.line[place.call_id] = seat
        self.entered.append(place)
        self._moved.set()
        try:
            return await seat
        finally:
            del self.line[place.call_id]
            self._moved.set()

    def offer_ended(self, call_id: CallId, seat_id: SeatId, why: WhyNotAnswered | None) -> None:
        self.ended.append((seat_id, why))
        self._moved.set()

    def give(self, seat_id: str) -> None:
        """The one who waits gets this seat."""
        (seat,) = self.line.values()
        seat.set_result(Offer(seat_id=SeatId(seat_id), dial=f"PJSIP/{seat_id}"))

    async def entries(self, count: int) -> Place:
        """Wait until somebody waits who is the `count`th to enter."""
        await self._until(lambda: len(self.entered) >= count and bool(self.line))
        return self.entered[-1]

    async def is_empty(self) -> None:
        await self._until(lambda: not self.line)

    async def offers_ended(self, count: int) -> WhyNotAnswered | None:
        """Wait until so many offers have ended; why the last one did."""
        await self._until(lambda: len(self.ended) >= count)
        return self.ended[-1][1]

    async def _until(self, true) -> None:
        while not true():
            self._moved.clear()
            await self._moved.wait()
