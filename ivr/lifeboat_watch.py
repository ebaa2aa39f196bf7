"""Leads citizens from Asterisk's own queue back to their places, once the service is here. 应急取回

Nobody is led anywhere while the link is down, nor between its login and the end of the snapshot: by
now he may talk with a seat, and a Redirect would end the talk.
"""

import asyncio
from collections.abc import Mapping

import structlog

from cti.call import OVER, Call, CallState
from cti.errors import CtiError, UnknownCall
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallEnded,
    CallReturnedToLine,
    CallTookLifeboat,
    Event,
    LinkLost,
    LinkRestored,
)
from cti.ids import CallId
from ivr.ports import TakeBack

log = structlog.get_logger(__name__)

RETRY_S = 2.0


class LifeboatWatch:
    """Knows who is in the lifeboat and takes him back unless a seat rings for him. 应急看守"""

    name = "lifeboat watch"

    def __init__(self, calls: Mapping[CallId, Call], control: TakeBack) -> None:
        self._calls = calls
        self._control = control
        # Those an earlier process knew of and could not take back any more.
        self._aboard = {call.call_id for call in calls.values() if call.lifeboat}
        self._hears = False
        self._changed = asyncio.Event()
        self.taken_back = 0

    def on_event(self, event: Event) -> None:
        """Note who gets in and who is served, and whether we know it."""
        match event:
            case LinkRestored():
                self._hears = True
                self._changed.set()
            case LinkLost():
                self._hears = False
            case CallTookLifeboat(call_id=call_id):
                self._aboard.add(call_id)
                self._changed.set()
            case CallReturnedToLine(call_id=call_id) if call_id in self._aboard:
                self._changed.set()
            case (
                CallAnswered(call_id=call_id)
                | CallAbandoned(call_id=call_id)
                | CallEnded(call_id=call_id)
            ):
                self._aboard.discard(call_id)
            case _:
                pass

    async def run(self) -> None:
        """Take back whoever waits; again after a failure."""
        while True:
            try:
                async with asyncio.timeout(RETRY_S if self._hears and self._aboard else None):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            # Who waits longest comes first: he is there when one seat is free.
            for call_id in sorted(self._aboard, key=self._waits_since):
                if self._hears:
                    await self._take_back(call_id)

    def _waits_since(self, call_id: CallId) -> float:
        call = self._calls.get(call_id)
        return 0.0 if call is None else (call.joined_at or call.arrived_at).timestamp()

    async def _take_back(self, call_id: CallId) -> None:
        call = self._calls.get(call_id)
        if call is None or call.state in OVER:
            self._aboard.discard(call_id)
            return
        if call.state is not CallState.QUEUED:
            return  # a seat rings for him right now: let it
        try:
            await self._control.take_back_from_lifeboat(call)
        except UnknownCall:
            self._aboard.discard(call_id)  # he has hung up
            return
        except CtiError as trouble:
            log.warning("not yet taken back", call_id=call_id, trouble=trouble.code)
            return
        self._aboard.discard(call_id)
        self.taken_back += 1
        log.info("a citizen came back from the lifeboat", call_id=call_id)
