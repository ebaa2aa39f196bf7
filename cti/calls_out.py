"""Calls to citizens: seat first, or citizen first and then into the line. 外呼

A call's id is given here, so that every leg can carry it from its first ring; its number after the dot
is so high that Asterisk's own count never meets it.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog

from cti.control import CallControl, place_in_line
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


@dataclass(slots=True, kw_only=True)
class _Placed:
    """A call that was placed here. 外呼

    `dials` is the citizen's number until his seat has come; `seat_alone` is set while a seat was
    rung before him and he has not come.
    """

    legs: list[LegId]
    dials: str | None = None
    seat_alone: bool = False


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
        self._placed: dict[CallId, _Placed] = {}
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
        self._placed[call_id] = _Placed(legs=[leg_id], dials=plain, seat_alone=True)
        try:
            await self._control.ring(invitation)
        except CtiError:
            del self._placed[call_id]
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
        more = {"HOTLINE_OUT": plain, **place_in_line(skill_group, joined_at, priority)}
        await self._control.ring(self._to_citizen(call_id, plain, "line", more))
        self._placed[call_id] = _Placed(legs=[LegId(call_id)])
        self._say(call_id, by, None, reason)
        return call_id

    def on_event(self, event: Event) -> None:
        """Note what concerns a call that was placed here; cheap, never waits, never raises."""
        match event:
            case (
                PartyJoined() | SeatLeftCall() | CallAnswered() | CallEnded() | CallAbandoned()
            ) if event.call_id in self._placed:
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
        placed = self._placed.get(event.call_id)
        if placed is None:
            return
        match event:
            case CallAnswered():
                # From now on the rooms hold by themselves; only the end is still ours to tidy.
                placed.seat_alone = False
            case PartyJoined(leg_id=leg_id):
                if placed.dials is not None and leg_id in placed.legs:
                    await self._dial_citizen(event.call_id, placed, placed.dials, leg_id)
            case SeatLeftCall() if not placed.seat_alone:
                pass
            case _:
                # The seat of a citizen who was busy sits in an empty room; and a citizen whose seat
                # has gone must not be rung out of his bed for an empty one.
                del self._placed[event.call_id]
                for leg_id in placed.legs:
                    await self._control.hang_up_leg(leg_id)

    async def _dial_citizen(
        self, call_id: CallId, placed: _Placed, number: str, seat_leg: LegId
    ) -> None:
        placed.dials = None
        placed.legs.append(LegId(call_id))
        try:
            await self._control.ring(self._to_citizen(call_id, number, "talk", {}))
        except CtiError:
            await self._control.hang_up_leg(seat_leg)
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
