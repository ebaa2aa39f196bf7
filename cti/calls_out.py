"""Calls to citizens: seat first, or citizen first and then into the line. 外呼

A call's id is given here, so that every leg can carry it from its first ring; its number after the dot
is so high that Asterisk's own count never meets it.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog

from cti.control import CallControl
from cti.errors import CtiError, TargetNotFree
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallControlled,
    CallEnded,
    CallEvent,
    Event,
    PartyJoined,
    PartyRole,
    Room,
    SeatLeftCall,
)
from cti.fence import call_fence
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from cti.invitations import Invitation, LegNumbers, door
from cti.numbers import dialled
from cti.ports import Floor, Now, Tell
from cti.settings import ControlSettings

log = structlog.get_logger(__name__)

CITIZENS_DOORS = "hotline-out-citizen"
ABOVE_ASTERISKS_COUNT = 9_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Awaited:
    """A seat that is rung before its citizen. 待外呼"""

    leg_id: LegId
    number: str


class CallsOut:
    """Places calls to citizens. 外呼台

    Every method may raise NumberRefused, TargetNotFree (nothing was done), LinkLost, ActionRefused,
    ActionLost or ActionTimedOut.
    """

    name = "calls out"

    def __init__(
        self,
        control: CallControl,
        floor: Floor,
        tell: Tell,
        now: Now,
        node: str,
        settings: ControlSettings,
    ) -> None:
        self._control = control
        self._floor = floor
        self._tell = tell
        self._now = now
        self._node = node
        self._settings = settings
        self._numbers = LegNumbers(now)
        self._awaited: dict[CallId, _Awaited] = {}
        self._legs: dict[CallId, list[LegId]] = {}
        self._unanswered: set[CallId] = set()
        """Seat-first calls whose citizen has not come yet. 市民未应答"""
        self._happened: asyncio.Queue[CallEvent] = asyncio.Queue()

    async def seat_first(
        self, number: str, *, by: str, seat_id: SeatId, reason: str | None = None
    ) -> CallId:
        """Ring the seat, and when it has answered the citizen."""
        plain = dialled(number)
        call_id = self._new_call_id()
        if not self._floor.reserve(seat_id, call_id):
            raise TargetNotFree
        leg_id = self._numbers.next_before(call_id)
        invitation = Invitation(
            leg_id=leg_id,
            door=door(Room.TALK, PartyRole.SEAT),
            shown_number=plain,
            ring_s=self._settings.invite_ring_s,
            seat_id=seat_id,
            variables={
                "HOTLINE_CALL": call_id,
                "HOTLINE_PARTY": f"{PartyRole.SEAT}:{seat_id}",
                "HOTLINE_OUT": plain,
            },
        )
        self._awaited[call_id] = _Awaited(leg_id=leg_id, number=plain)
        self._legs[call_id] = [leg_id]
        self._unanswered.add(call_id)
        try:
            await self._control.ring(invitation)
        except CtiError:
            del self._awaited[call_id], self._legs[call_id]
            self._unanswered.discard(call_id)
            self._floor.undo_offer(seat_id, call_id)
            raise
        self._say(call_id, by, seat_id, reason)
        return call_id

    async def citizen_first(
        self,
        number: str,
        *,
        by: str,
        skill_group: SkillGroupCode,
        joined_at: datetime,
        priority: int = 0,
        reason: str | None = None,
    ) -> CallId:
        """Ring the citizen; he then waits for a seat, at the place of that instant."""
        plain = dialled(number)
        call_id = self._new_call_id()
        more = {
            "HOTLINE_OUT": plain,
            "HOTLINE_GROUP": skill_group,
            "HOTLINE_JOINED_AT": str(round(joined_at.timestamp() * 1000)),
            "HOTLINE_PRIORITY": str(priority),
        }
        await self._control.ring(self._to_citizen(call_id, plain, "line", more))
        self._legs[call_id] = [LegId(call_id)]
        self._say(call_id, by, None, reason)
        return call_id

    def on_event(self, event: Event) -> None:
        """Note what concerns a call that was placed here; cheap, never waits, never raises."""
        match event:
            case (
                PartyJoined() | SeatLeftCall() | CallAnswered() | CallEnded() | CallAbandoned()
            ) if event.call_id in self._legs:
                self._happened.put_nowait(event)

    async def run(self) -> None:
        """Dial the citizen when his seat is there, until cancelled."""
        while True:
            event = await self._happened.get()
            with call_fence(event.call_id):
                try:
                    await self._go_on(event)
                except CtiError as trouble:
                    log.warning(
                        "a call out could not go on", call_id=event.call_id, why=trouble.code
                    )

    async def _go_on(self, event: CallEvent) -> None:
        if isinstance(event, CallAnswered):
            # From now on the rooms hold by themselves; only the end is still ours to tidy.
            self._unanswered.discard(event.call_id)
            return
        if isinstance(event, SeatLeftCall) and event.call_id not in self._unanswered:
            return
        if not isinstance(event, PartyJoined):
            # The seat of a citizen who was busy sits in an empty room; and a citizen whose seat has
            # gone must not be rung out of his bed for an empty one.
            self._awaited.pop(event.call_id, None)
            self._unanswered.discard(event.call_id)
            for leg_id in self._legs.pop(event.call_id, ()):
                await self._control.hang_up_leg(leg_id)
            return
        awaited = self._awaited.get(event.call_id)
        if awaited is None or awaited.leg_id != event.leg_id:
            return
        del self._awaited[event.call_id]
        self._legs[event.call_id].append(LegId(event.call_id))
        try:
            await self._control.ring(self._to_citizen(event.call_id, awaited.number, "talk", {}))
        except CtiError:
            await self._control.hang_up_leg(event.leg_id)
            raise

    def _to_citizen(
        self, call_id: CallId, number: str, to_door: str, more: dict[str, str]
    ) -> Invitation:
        return Invitation(
            leg_id=LegId(call_id),
            context=CITIZENS_DOORS,
            door=to_door,
            shown_number=self._settings.shown_number,
            ring_s=self._settings.call_out_ring_s,
            number=number,
            variables={
                "__HOTLINE_CALL": call_id,
                "HOTLINE_CALLED": self._settings.shown_number,
                **more,
            },
        )

    def _new_call_id(self) -> CallId:
        ms = self._numbers.next_ms()
        return CallId(f"{self._node}-{ms // 1000}.{ABOVE_ASTERISKS_COUNT + ms % 10**9}")

    def _say(self, call_id: CallId, by: str, seat_id: SeatId | None, reason: str | None) -> None:
        self._tell(
            CallControlled(
                at=self._now(),
                call_id=call_id,
                what="call-out",
                by=by,
                seat_id=seat_id,
                reason=reason,
            )
        )
