"""Keeps the lifeboat's members in step with the floor. 应急成员维护

When the service dies, Asterisk's own queue rings these members. A signed-in seat is one; it is
paused only while it is NOT_READY or in WRAP_UP. A seat that talks stays unpaused: Asterisk does
not ring a phone in use, and after the call, with us still away, it shall be rung.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

import structlog

from cti.errors import CtiError
from cti.events import Event, LinkRestored
from cti.ids import SeatId
from seats.model import Seat, SeatState
from seats.ports import LifeboatMembers
from seats.roster import SeatRoster
from seats.settings import SeatsSettings

log = structlog.get_logger(__name__)

PAUSED = frozenset({SeatState.NOT_READY, SeatState.WRAP_UP})
"""Signed in, yet not to be rung. 暂停的状态"""


def wanted_members(seats: Mapping[SeatId, Seat]) -> dict[SeatId, bool]:
    """Who should be a member, and whether paused."""
    return {
        seat_id: seat.state in PAUSED
        for seat_id, seat in seats.items()
        if seat.state is not SeatState.SIGNED_OUT
    }


class LifeboatKeeper:
    """Sole writer of the lifeboat's members. 应急成员维护者

    Nothing is queued: what is to be done is the difference between the floor and what Asterisk is
    known to have. After a failure nothing is known, so the members are read anew.
    """

    name = "lifeboat keeper"

    def __init__(
        self, roster: SeatRoster, members: LifeboatMembers, settings: SeatsSettings
    ) -> None:
        self._roster = roster
        self._members = members
        self._settings = settings
        self._known: dict[SeatId, bool] | None = None
        self._changed = asyncio.Event()
        self._changed.set()
        roster.watch(self._changed.set)

    @property
    def known(self) -> Mapping[SeatId, bool] | None:
        """What Asterisk has, seat to paused; None while that is not known."""
        return None if self._known is None else MappingProxyType(self._known)

    def on_link_event(self, event: Event) -> None:
        """Look at everything again after an outage: Asterisk may be another one by now."""
        if isinstance(event, LinkRestored):
            self._known = None
            self._changed.set()

    async def run(self) -> None:
        """Bring the members in step after every change, and again after a failure."""
        retry_s: float | None = None
        while True:
            try:
                async with asyncio.timeout(retry_s):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            try:
                await self._bring_in_step()
                retry_s = None
            except CtiError as trouble:
                log.warning("lifeboat members are not in step", trouble=trouble.code)
                self._known = None
                retry_s = self._settings.lifeboat_retry_s

    async def _bring_in_step(self) -> None:
        if self._known is None:
            self._known = dict(await self._members.lifeboat_members())
        known = self._known
        wanted = wanted_members(self._roster.seats)
        for seat_id in sorted(known.keys() - wanted.keys()):
            await self._members.remove_lifeboat_member(seat_id)
            del known[seat_id]
        for seat_id, paused in sorted(wanted.items()):
            if known.get(seat_id) is not paused:
                await self._members.set_lifeboat_member(seat_id, paused)
                known[seat_id] = paused
