"""A citizen who talks with a browser is not left with a dead one. 软电话守护

A page that is loaded anew, a tab that crashes, a cable that is pulled: all look the same from its socket.
The sound tells them apart. While it flows only the socket is gone, and the talk goes on undisturbed; when no
packet comes any more, the page is: the citizen hears music until it is back, and after a while goes to his
old place in the line.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from cti.call import Call
from cti.control import CallControl
from cti.errors import CommandUnderWay, CtiError
from cti.facts import PhoneDevice
from cti.fence import call_fence
from cti.ids import CallId, LegId, SeatId
from cti.permitted import leg_of
from cti.seat_devices import SeatDevices
from cti.switchboard import Switchboard

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.4
"""A browser sends fifty packets a second, muted or not."""
SILENT_LOOKS = 2
"""So many looks in a row without a packet: nothing that a busy machine or a poor network makes."""
TRIES, BETWEEN_TRIES_S = 10, 0.2
"""Another command of the same call is given so long to be done."""


@dataclass(slots=True)
class _Looked:
    """What was seen of a seat without a socket. 观察记录"""

    leg_id: LegId | None = None
    packets: int = -1
    silent: int = 0
    back: bool = False


class SoftphoneWatch:
    """Looks after talks whose browser has lost its socket. 软电话守护"""

    name = "softphone watch"

    def __init__(
        self,
        calls: Mapping[CallId, Call],
        switchboard: Switchboard,
        control: CallControl,
        devices: SeatDevices,
    ) -> None:
        self._calls = calls
        self._switchboard = switchboard
        self._control = control
        self._devices = devices
        self._watched: dict[SeatId, _Looked] = {}
        self._wake = asyncio.Event()

    def line_lost(self, seat_id: SeatId) -> None:
        """Its socket is gone."""
        if self._talk_of(seat_id) is not None:
            self._watched[seat_id] = _Looked()
            self._wake.set()

    def line_back(self, seat_id: SeatId) -> None:
        """It has a socket again; whether it is the same page says the sound."""
        looked = self._watched.get(seat_id)
        if looked is not None:
            looked.back = True

    async def bring_back(self, seat_id: SeatId, by: str) -> CallId | None:
        """The page that asks has no call: whatever leg its seat has is dead."""
        self._watched.pop(seat_id, None)
        call_id = self._talk_of(seat_id) or self._switchboard.kept_for(seat_id)
        if call_id is None:
            return None
        for tries_left in reversed(range(TRIES)):
            try:
                await self._switchboard.bring_back(call_id, by=by, seat_id=seat_id)
            except CommandUnderWay:
                if not tries_left:
                    raise
                await asyncio.sleep(BETWEEN_TRIES_S)
            else:
                break
        return call_id

    async def run(self) -> None:
        """Look at every such talk again and again; asleep while there is none."""
        while True:
            if not self._watched:
                self._wake.clear()
                await self._wake.wait()
            for seat_id, looked in tuple(self._watched.items()):
                await self._look(seat_id, looked)
            await asyncio.sleep(LOOK_EVERY_S)

    def _talk_of(self, seat_id: SeatId) -> CallId | None:
        """The call in which this seat speaks by browser."""
        if not self._devices.in_use(seat_id, PhoneDevice.BROWSER):
            return None
        talks = (c for c in self._calls.values() if not c.over and leg_of(c, seat_id))
        return next((call.call_id for call in talks), None)

    async def _look(self, seat_id: SeatId, looked: _Looked) -> None:
        call_id = self._talk_of(seat_id)
        own = None if call_id is None else leg_of(self._calls[call_id], seat_id)
        if call_id is None or own is None:
            self._watched.pop(seat_id, None)
            return
        with call_fence(call_id):
            try:
                await self._judge(call_id, seat_id, own.leg_id, looked)
            except CtiError as trouble:
                log.info("a softphone could not be looked at", seat_id=seat_id, why=trouble.code)

    async def _judge(
        self, call_id: CallId, seat_id: SeatId, leg_id: LegId, looked: _Looked
    ) -> None:
        packets = await self._control.packets_heard(leg_id)
        if self._watched.get(seat_id) is not looked:
            return
        if looked.leg_id == leg_id and packets == looked.packets:
            looked.silent += 1
            if looked.silent >= SILENT_LOOKS:
                await self._switchboard.keep_for(call_id, seat_id=seat_id)
                self._watched.pop(seat_id, None)
                log.warning("a seat's browser is gone", call_id=call_id, seat_id=seat_id)
            return
        flows = looked.leg_id == leg_id and packets > looked.packets
        looked.leg_id, looked.packets, looked.silent = leg_id, packets, 0
        if flows and looked.back:
            self._watched.pop(seat_id, None)
