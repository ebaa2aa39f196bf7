"""What the seats need from outside, in their own words. 座席端口"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from cti.events import Event
from cti.ids import SeatId

Tell = Callable[[Event], None]
"""Says what happened; never blocks, never raises. 告知"""

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""


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
