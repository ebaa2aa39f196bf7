"""One timer for the nearest deadline of all seats. 座席时限

A wrap-up ends, a reservation that never rang is undone, and after a start offers begin without a
snapshot if none comes.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from seats import happenings
from seats.model import Seat, SeatState
from seats.ports import Now
from seats.seat_book import SeatBook

log = structlog.get_logger(__name__)


class SeatDeadlines:
    """Acts when nothing happened in time. 座席时限"""

    def __init__(
        self, book: SeatBook, settle_limit_s: float, now: Now, is_deaf: Callable[[], bool]
    ) -> None:
        self._book = book
        self._now = now
        self._is_deaf = is_deaf
        self._wake = asyncio.Event()
        signed_in = any(seat.state is not SeatState.SIGNED_OUT for seat in book.all())
        self._settled_by = now() + timedelta(seconds=settle_limit_s) if signed_in else None
        book.watch(self.look_again)

    @property
    def offers_allowed(self) -> bool:
        """False after a restart until it is known who is talking, or until the limit."""
        return self._settled_by is None

    def allow_offers(self) -> None:
        self._settled_by = None
        self._wake.set()
        self._book.notify()

    def look_again(self) -> None:
        """A seat's deadline, or whether we hear of its end, has changed."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            self._pass()
            try:
                async with asyncio.timeout(self._nearest_s()):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _nearest_s(self) -> float | None:
        deadlines = [s.until for s in self._book.all() if s.until and self._guarded(s)]
        if self._settled_by is not None:
            deadlines.append(self._settled_by)
        if not deadlines:
            return None
        return max(0.0, (min(deadlines) - self._now()).total_seconds())

    def _guarded(self, seat: Seat) -> bool:
        # Without the link nobody hears the phone ring: the reservation may be a talk by now.
        return not (self._is_deaf() and seat.state is SeatState.RESERVED)

    def _pass(self) -> None:
        now = self._now()
        if self._settled_by is not None and self._settled_by <= now:
            log.warning("no snapshot came; seats are offered calls by what was stored")
            self.allow_offers()
        for seat in self._book.all():
            if seat.until is None or seat.until > now or not self._guarded(seat):
                continue
            if seat.state is SeatState.WRAP_UP:
                self._book.happen(seat.seat_id, happenings.WrapUpOver())
            elif seat.state is SeatState.RESERVED and seat.call_id is not None:
                log.warning("reserved seat never rang", seat_id=seat.seat_id, call_id=seat.call_id)
                self._book.happen(seat.seat_id, happenings.OfferUndone(call_id=seat.call_id))
