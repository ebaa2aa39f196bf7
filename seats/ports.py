"""What the seats need from outside, in their own words. 座席端口"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from cti.events import Event
from cti.ids import CallId, SeatId
from seats.model import Seat

Tell = Callable[[Event], None]
"""Says what happened; never blocks, never raises. 告知"""

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""


class Floor(Protocol):
    """The seats as they are now. 座席现状"""

    @property
    def seats(self) -> Mapping[SeatId, Seat]: ...


class Outcomes(Protocol):
    """What has been saved of calls that were talked. 话后小结"""

    def missing(self, call_id: CallId, seat_id: SeatId | None = None) -> str | None:
        """What is still to be saved of it, in Chinese words for the operator; None if nothing.

        With a seat: what that seat must save; one that only helped, or handed the citizen on, nothing.
        """


class LifeboatMembers(Protocol):
    """The seats that Asterisk's own safety-net queue would ring. 应急队列成员

    Every method may raise an error of the `cti.errors.CtiError` family; then nobody knows whether
    Asterisk did it.
    """

    async def lifeboat_members(self) -> Mapping[SeatId, bool]:
        """Every member and whether it is paused."""

    async def set_lifeboat_member(self, seat_id: SeatId, paused: bool) -> None:
        """Make the seat a member, paused or not, whatever it was before."""

    async def remove_lifeboat_member(self, seat_id: SeatId) -> None:
        """The seat is no member any more; no error if it was none."""


class StickySeats(Protocol):
    """Who knows the caller already. 熟悉座席"""

    def seat_of(self, call_id: CallId) -> SeatId | None:
        """The seat that has the caller's open order; answered from memory, at once."""
