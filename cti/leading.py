"""Leads the legs of a call from room to room. 引导

Facts follow commands: who goes by facts alone leaves a citizen on hold whose hold he has not heard of. So
it is remembered here where each leg was led the last time; a leg stays where it is only if the facts say
so and it was not led elsewhere since.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cti.call import Call
from cti.control import CallControl
from cti.events import Room
from cti.ids import CallId, LegId
from cti.invitations import door
from cti.parties import Party, party_of
from cti.ports import Now

CITIZEN_TALKS, CITIZEN_HELD = "talk-citizen", "hold-citizen"
BRIDGES_WITHIN_S = 1.0
"""On a busy machine; on an idle one it is milliseconds. Nobody presses a key within a second of answering."""
HEARD_OF_WITHIN = timedelta(seconds=2)
"""By then the facts have said that a leg came where it was led; if not, it is led again."""

Move = tuple[LegId, str]
"""A leg and the door it shall go through. 引导步骤"""


class Leading:
    """Sole owner of where legs were led. 引导记录

    Every method may raise what CallControl raises.
    """

    def __init__(self, control: CallControl, now: Now) -> None:
        self._control = control
        self._now = now
        self._led: dict[CallId, dict[LegId, tuple[str, datetime]]] = {}

    def forget(self, call_id: CallId) -> None:
        """The call is over."""
        self._led.pop(call_id, None)

    async def aside(self, call: Call, own: Party) -> None:
        """The citizen hears music, the seat and whoever else talks with him are aside."""
        talkers = [p for p in call.parties if p.room is Room.TALK and p.leg_id != own.leg_id]
        moves = [(LegId(call.call_id), CITIZEN_HELD)]
        moves += [(p.leg_id, door(Room.ASIDE, p.role)) for p in (own, *talkers)]
        await self.lead(call, moves)

    async def together(self, call: Call, party: Party) -> None:
        """The citizen and this party talk in the common room."""
        citizen = (LegId(call.call_id), CITIZEN_TALKS)
        await self.lead(call, [citizen, (party.leg_id, door(Room.TALK, party.role))])

    async def lead(self, call: Call, moves: Sequence[Move]) -> None:
        """Each leg to its door, but for those that are there."""
        if not call.in_rooms:
            await self._bridged(call)
        led = self._led.setdefault(call.call_id, {})
        going = [(leg_id, to) for leg_id, to in moves if self._must_go(call, led, leg_id, to)]
        await self._control.lead(going)
        led.update({leg_id: (to, self._now()) for leg_id, to in going})

    def _must_go(
        self, call: Call, led: Mapping[LegId, tuple[str, datetime]], leg_id: LegId, to: str
    ) -> bool:
        to_before, at = led.get(leg_id, (to, None))
        if to_before != to:
            return True
        # Led a second time, the last one in a room would leave it for a moment, and its end be told.
        on_its_way = at is not None and self._now() - at < HEARD_OF_WITHIN
        return not on_its_way and not _is_at(call, leg_id, to)

    async def _bridged(self, call: Call) -> None:
        """Dial says ANSWER a moment before it bridges; who is led away in between is lost to both."""
        seat = party_of(call.parties, call.leg_id)
        if seat is not None:
            settled_s = (self._now() - seat.since).total_seconds()
            await asyncio.sleep(max(0.0, min(BRIDGES_WITHIN_S - settled_s, BRIDGES_WITHIN_S)))


def _is_at(call: Call, leg_id: LegId, to_door: str) -> bool:
    """Whether the leg has come through that door, as far as has been heard."""
    if leg_id == LegId(call.call_id):
        return call.in_rooms and call.led_aside is (to_door == CITIZEN_HELD)
    party = party_of(call.parties, leg_id)
    if party is None or party.room is None:
        return False
    # In a plain bridge only the citizen's seat counts as being in his room; who came later is in one.
    if not call.in_rooms and leg_id == call.leg_id:
        return False
    return to_door == door(party.room, party.role)
