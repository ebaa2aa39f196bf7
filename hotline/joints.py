"""Where two rooms meet: one room's owner in the words of another room's port. 连接件"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from cti.call import OVER, Call
from cti.events import Event, LinkRestored
from cti.facts import WhyNotAnswered
from cti.ids import CallId, SeatId
from cti.seat_devices import dial_string
from cti.tracker import CallTracker
from ivr.errors import CitizenHungUp
from ivr.model import Offer, Place
from seats.errors import CitizenChannelGone, CitizenLeftLine, PlaceTakenOver
from seats.hints import CallHints, Hints, hints_of
from seats.roster import SeatRoster
from seats.usher import Usher
from seats.witness import presences
from store.calls import StoredCalls
from web.ports import CallLinks

STILL_THERE_S = 5.0
"""A story that is not told of a hang-up by its own line within this goes on. 挂机确认时限"""


class UsherWaitingRoom:
    """The usher as the waiting room of the citizen's story. 等候区"""

    def __init__(self, usher: Usher, dial: Callable[[SeatId], str] = dial_string) -> None:
        self._usher = usher
        self._dial = dial

    async def seat_for(self, place: Place) -> Offer:
        """Raises CitizenHungUp when this story is no longer the one that waits."""
        while True:
            try:
                seat_id = await self._usher.seat_for(
                    place.call_id, place.skill_group, place.joined_at, place.priority
                )
            except (PlaceTakenOver, CitizenChannelGone) as over:
                raise CitizenHungUp(CitizenHungUp.__doc__) from over
            except CitizenLeftLine:
                # An event says that he hung up; his own line says so in the same moment and ends
                # this wait. If it does not, the event was false and he keeps his old place.
                await asyncio.sleep(STILL_THERE_S)
                continue
            return Offer(seat_id=seat_id, dial=self._dial(seat_id))

    def offer_ended(self, call_id: CallId, seat_id: SeatId, why: WhyNotAnswered | None) -> None:
        self._usher.offer_ended(call_id, seat_id, why)


class FloorSettler:
    """After each snapshot tells the roster who is really in a call. 座席校正"""

    def __init__(self, tracker: CallTracker, roster: SeatRoster) -> None:
        self._tracker = tracker
        self._roster = roster

    def on_event(self, event: Event) -> None:
        if isinstance(event, LinkRestored):
            self._roster.settle(presences(self._tracker.calls.values()))


class WebCalls:
    """Calls for the web: the store's, with what the tracker knows newer. 通话查询"""

    def __init__(self, stored: StoredCalls, tracker: CallTracker, hints: CallHints) -> None:
        self._stored = stored
        self._tracker = tracker
        self._hints = hints
        self.events = stored.events
        self.decisions = stored.decisions
        self.ended_by_seat = stored.ended_by_seat

    async def live(self) -> Sequence[Call]:
        live = [call for call in self._tracker.calls.values() if call.state not in OVER]
        return sorted(live, key=lambda call: call.arrived_at)

    async def ended(self, limit: int) -> Sequence[Call]:
        return await self._stored.ended(limit)

    async def hints(self, call_id: CallId) -> Hints:
        """A live call's from memory: the screen pops before the store has them."""
        live = self._hints.of(call_id)
        if live is not None:
            return live
        return hints_of(event for _, event in await self._stored.events(call_id))

    async def find(self, call_id: CallId) -> Call | None:
        return self._tracker.calls.get(call_id) or await self._stored.find(call_id)

    async def find_many(self, call_ids: Sequence[CallId]) -> Mapping[CallId, Call]:
        newer = {one: self._tracker.calls[one] for one in call_ids if one in self._tracker.calls}
        return {**await self._stored.find_many(call_ids), **newer}

    async def links(self, call_ids: Sequence[CallId]) -> Mapping[CallId, CallLinks]:
        return {
            call_id: CallLinks(order_id=order, recording_id=recording, transcription=state)
            for call_id, (order, recording, state) in (await self._stored.links(call_ids)).items()
        }
