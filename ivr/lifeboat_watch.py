"""Leads citizens from Asterisk's own queue back to their places, once the service is here. 应急取回"""

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
        self._changed = asyncio.Event()
        self._changed.set()
        self.taken_back = 0

    def on_event(self, event: Event) -> None:
        """Note who gets in and who is served."""
        match event:
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
                async with asyncio.timeout(RETRY_S if self._aboard else None):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            for call_id in tuple(self._aboard):
                await self._take_back(call_id)

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
