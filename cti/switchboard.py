"""Brings people together on a call: hold, consult, three-way, transfer, listen, take over. 总机

    command ─► may it be asked? (permitted.py) ─► one operation a call ─► CallControl ─► Asterisk
    events  ─► what an operation still has to do when somebody answered, or did not (sequels.py)

A command is done when Asterisk has taken it; what came of it is told by facts.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from cti import permitted
from cti.call import Call
from cti.control import CallControl
from cti.errors import (
    CallOver,
    CommandUnderWay,
    CtiError,
    NotOnThisCall,
    UnknownCall,
)
from cti.events import (
    CallControlled,
    Event,
    PartyRole,
    Room,
)
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from cti.invitations import Invitations, door
from cti.leading import CITIZEN_HELD, Leading
from cti.one_at_a_time import OneAtATime
from cti.parties import Party
from cti.ports import AllowHangUp, Floor, Now, Tell
from cti.ringing import Ringing
from cti.sequels import Sequels
from cti.settings import ControlSettings
from cti.targets import SeatTarget, Target

SUPERVISORS_DOOR = {
    "listen": "listen-supervisor",
    "whisper": "whisper-supervisor",
    "barge": "talk-supervisor",
}
HELD_UNTIL = "HOTLINE_HELD_UNTIL"
HELD_MARGIN_S = 5
"""The dialplan waits so much longer than the target may ring before it acts by itself."""

SERVICE = "service"


class Switchboard:
    """Sole owner of operations on calls. 总机

    Every command may raise CommandRefused (with a code; nothing was changed), UnknownCall, LinkLost
    (nothing was done), ActionLost or ActionTimedOut (nobody knows: look at the call).
    """

    name = "switchboard"

    def __init__(
        self,
        calls: Mapping[CallId, Call],
        control: CallControl,
        floor: Floor,
        tell: Tell,
        now: Now,
        settings: ControlSettings,
        allow_hang_up: AllowHangUp,
    ) -> None:
        self._calls = calls
        self._control = control
        self._allow_hang_up = allow_hang_up
        self._tell = tell
        self._now = now
        self._settings = settings
        self._invitations = Invitations(settings, now)
        self._leading = Leading(control, now)
        self._turns = OneAtATime()
        self._ringing = Ringing(calls, control, floor)
        self._sequels = Sequels(
            calls, control, self._leading, self._ringing, self._turns, now, settings
        )

    # Commands of the seat that talks with the citizen.

    async def hang_up(
        self, call_id: CallId, *, by: str, seat_id: SeatId | None = None, reason: str | None = None
    ) -> None:
        """End the whole call."""
        with self._asked(call_id, "hang-up", by, seat_id, reason=reason, form=False) as call:
            if call.over:
                raise CallOver
            if seat_id is not None:
                permitted.own_leg(call, seat_id)
            self._allow_hang_up(call_id, reason or "")
            await self._control.hang_up(call_id)

    async def hold(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """The citizen hears music; whoever else talked goes aside with the seat."""
        with self._asked(call_id, "hold", by, seat_id) as call:
            await self._leading.aside(call, permitted.own_leg(call, seat_id))

    async def retrieve(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """The citizen and the seat talk again."""
        with self._asked(call_id, "retrieve", by, seat_id) as call:
            own = permitted.own_leg(call, seat_id)
            await self._sequels.give_over(call_id)
            await self._leading.together(call, own)

    async def consult(
        self,
        call_id: CallId,
        target: Target,
        *,
        by: str,
        seat_id: SeatId | None,
        order_id: str = "",
    ) -> LegId:
        """Ring somebody aside, while the citizen hears music."""
        with self._asked(call_id, "consult", by, seat_id, target.who) as call:
            return await self._bring_aside(call, "consult", target, seat_id, order_id)

    async def cancel_consult(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """Let go whoever was asked aside, and take the citizen back."""
        with self._asked(call_id, "cancel-consult", by, seat_id) as call:
            own = permitted.own_leg(call, seat_id)
            await self._sequels.give_over(call_id)
            await self._ringing.let_go(permitted.brought_aside(call, own.leg_id))
            await self._leading.together(call, own)

    async def complete(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """The citizen goes on with whom the seat consulted; the seat is let go."""
        with self._asked(call_id, "complete", by, seat_id) as call:
            own = permitted.own_leg(call, seat_id)
            await self._leading.together(call, permitted.aside_with(call, own.leg_id))
            await self._ringing.let_go((own,))

    async def conference(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """Citizen, seat and whom it consulted all talk together."""
        with self._asked(call_id, "conference", by, seat_id) as call:
            own = permitted.own_leg(call, seat_id)
            others = [p for p in call.parties if p.room is Room.ASIDE and p.leg_id != own.leg_id]
            # The consulted first: they are let go when the last seat leaves the side room.
            await self._leading.lead(call, [(p.leg_id, door(Room.TALK, p.role)) for p in others])
            await self._leading.together(call, own)

    async def invite(
        self,
        call_id: CallId,
        target: Target,
        *,
        by: str,
        seat_id: SeatId | None,
        order_id: str = "",
    ) -> LegId:
        """Ring somebody straight into the talk: three-way, or an emergency line with one key."""
        with self._asked(call_id, "invite", by, seat_id, target.who) as call:
            own = permitted.own_leg(call, seat_id)
            permitted.check_target(call, target)
            invitation = self._invitations.to(call, target, Room.TALK, order_id)
            with self._ringing.reserved(call, target):
                await self._leading.together(call, own)
                return await self._ringing.ring(call, invitation)

    async def transfer(
        self,
        call_id: CallId,
        target: Target,
        *,
        by: str,
        seat_id: SeatId | None,
        order_id: str = "",
    ) -> LegId:
        """Ring somebody who takes the citizen over as soon as he answers.

        The seat stays until then: if nobody comes, the citizen is back with the same seat.
        """
        with self._asked(call_id, "transfer", by, seat_id, target.who) as call:
            return await self._bring_aside(call, "transfer", target, seat_id, order_id)

    async def to_line(
        self, call_id: CallId, skill_group: SkillGroupCode, *, by: str, seat_id: SeatId | None
    ) -> None:
        """Back into the waiting line, for another skill group, at the place of his arrival."""
        with self._asked(call_id, "to-line", by, seat_id, skill_group) as call:
            own = permitted.own_leg(call, seat_id)
            await self._sequels.give_over(call_id)
            await self._control.back_to_line(call, skill_group)
            await self._ringing.let_go((own, *permitted.brought_aside(call, own.leg_id)))

    async def leave(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """The seat goes; the others talk on."""
        with self._asked(call_id, "leave", by, seat_id) as call:
            await self._ringing.let_go((permitted.own_leg(call, seat_id),))

    async def release(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """The seat goes; the citizen stays, and his story goes on with what comes after a talk."""
        with self._asked(call_id, "release", by, seat_id) as call:
            await self._ringing.let_go((permitted.own_leg(call, seat_id),))

    async def drop(
        self, call_id: CallId, leg_id: LegId, *, by: str, seat_id: SeatId | None = None
    ) -> None:
        """Let one party go, or stop ringing it."""
        with self._asked(call_id, "drop", by, seat_id) as call:
            if seat_id is not None:
                permitted.own_leg(call, seat_id)
            await self._ringing.let_go((permitted.leg_on(call, leg_id),))

    async def mute(
        self, call_id: CallId, leg_id: LegId | None, *, on: bool, by: str, seat_id: SeatId | None
    ) -> None:
        """What a party says is heard by nobody; None is the seat itself."""
        with self._asked(call_id, "mute", by, seat_id) as call:
            own = permitted.own_leg(call, seat_id)
            party = own if leg_id is None else permitted.leg_on(call, leg_id)
            if not call.in_rooms:
                await self._leading.together(call, own)
            await self._control.mute(party.leg_id, muted=on)

    async def keys(
        self, call_id: CallId, leg_id: LegId, keys: str, *, by: str, seat_id: SeatId | None
    ) -> None:
        """Press keys towards the far end of a party, for instance a department's menu."""
        with self._asked(call_id, "keys", by, seat_id) as call:
            permitted.own_leg(call, seat_id)
            await self._control.press(permitted.leg_on(call, leg_id).leg_id, keys)

    # A seat whose telephone is gone.

    async def keep_for(self, call_id: CallId, *, seat_id: SeatId) -> None:
        """The seat's telephone is dead: the citizen hears music until it is back, or goes to the line."""
        with self._asked(call_id, "keep", SERVICE, seat_id, form=False) as call:
            await self._keep(call, permitted.own_leg(call, seat_id))

    def kept_for(self, seat_id: SeatId) -> CallId | None:
        """The call whose citizen waits for this seat's telephone."""
        return next((call for call, seat in self._sequels.kept.items() if seat == seat_id), None)

    async def bring_back(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None:
        """Ring the seat anew, for the talk that it had: its telephone has lost the leg.

        Raises NotOnThisCall, CallInOtherForm when the citizen has gone on meanwhile.
        """
        with self._asked(call_id, "bring-back", by, seat_id, form=False) as call:
            permitted.may_come_back(call)
            own = permitted.leg_of(call, seat_id)
            if own is not None:
                await self._keep(call, own)
            elif self._sequels.kept.get(call_id) != seat_id:
                raise NotOnThisCall
            target = SeatTarget(seat_id=seat_id)
            invitation = self._invitations.to(call, target, Room.TALK, "")
            await self._ringing.ring(call, invitation)
            old_leg = None if own is None else own.leg_id
            self._sequels.expect_leg(call_id, invitation, "return", old_leg)

    # Commands of a supervisor.

    async def supervise(
        self, call_id: CallId, how: str, *, by: str, seat_id: SeatId, reason: str | None = None
    ) -> None:
        """Listen, whisper to the seat, speak with both, or take the citizen over, at this seat's phone."""
        with self._asked(call_id, how, by, seat_id, reason=reason) as call:
            spied = permitted.check_spy(call, seat_id)
            present = next((p for p in call.parties if p.who == seat_id and p.room), None)
            if how == "intercept":
                await self._take_over(call, seat_id, present)
                return
            if how == "barge":
                await self._leading.together(call, permitted.leg_on(call, spied))
            if present is not None:
                await self._leading.lead(call, [(present.leg_id, SUPERVISORS_DOOR[how])])
                return
            with self._ringing.listener_reserved(seat_id, call_id):
                await self._ringing.ring(
                    call, self._invitations.to_supervise(call, seat_id, spied, how)
                )

    # What happens meanwhile.

    def on_event(self, event: Event) -> None:
        """Note what may concern an operation; cheap, never waits, never raises."""
        self._sequels.on_event(event)

    async def run(self) -> None:
        """Carry on what waited for an answer, until cancelled."""
        await self._sequels.run()

    # How it is done.

    async def _keep(self, call: Call, own: Party) -> None:
        """Let the dead leg go; the citizen is not left with nobody."""
        self._sequels.kept[call.call_id] = SeatId(own.who)
        await self._sequels.give_over(call.call_id)
        talkers = [p for p in call.parties if p.room is Room.TALK and p.leg_id != own.leg_id]
        if call.led_aside or all(p.role is PartyRole.SUPERVISOR for p in talkers):
            until = self._now().timestamp() + self._settings.keep_for_seat_s
            await self._control.note(LegId(call.call_id), HELD_UNTIL, str(int(until)))
            await self._leading.lead(call, [(LegId(call.call_id), CITIZEN_HELD)])
        await self._control.hang_up_leg(own.leg_id)

    async def _bring_aside(
        self, call: Call, what: str, target: Target, seat_id: SeatId | None, order_id: str
    ) -> LegId:
        own = permitted.own_leg(call, seat_id)
        permitted.check_target(call, target)
        if call.call_id in self._sequels:
            raise CommandUnderWay
        invitation = self._invitations.to(call, target, Room.ASIDE, order_id)
        with self._ringing.reserved(call, target):
            if what == "transfer":
                # He stays on hold for the target even if the seat goes meanwhile.
                until = self._now().timestamp() + self._settings.invite_ring_s + HELD_MARGIN_S
                await self._control.note(LegId(call.call_id), HELD_UNTIL, str(int(until)))
            await self._leading.aside(call, own)
            try:
                await self._ringing.ring(call, invitation)
            except CtiError:
                # The citizen must not stay on hold for somebody who was never rung.
                if not call.led_aside:
                    await self._leading.together(call, own)
                raise
        self._sequels.expect_leg(call.call_id, invitation, what, own.leg_id)
        return invitation.leg_id

    async def _take_over(self, call: Call, seat_id: SeatId, present: Party | None) -> None:
        await self._sequels.give_over(call.call_id)
        if present is None:
            invitation = self._invitations.to(call, SeatTarget(seat_id=seat_id), Room.TALK, "")
            with self._ringing.listener_reserved(seat_id, call.call_id):
                await self._ringing.ring(call, invitation)
            self._sequels.expect_leg(call.call_id, invitation, "intercept", call.leg_id)
            return
        # Who listens already is the citizen's seat from now on.
        await self._control.note(present.leg_id, "HOTLINE_PARTY", f"{PartyRole.SEAT}:{seat_id}")
        await self._leading.together(call, replace(present, role=PartyRole.SEAT))
        await self._ringing.let_go(p for p in call.parties if p.leg_id == call.leg_id)
        await self._ringing.let_go(
            p for p in permitted.brought_aside(call, present.leg_id) if p.leg_id != call.leg_id
        )

    @contextmanager
    def _asked(
        self,
        call_id: CallId,
        what: str,
        by: str,
        seat_id: SeatId | None,
        target: str | None = None,
        *,
        reason: str | None = None,
        form: bool = True,
    ) -> Iterator[Call]:
        """The call, if this may be asked now; one command a call, and every one is told."""
        call = self._calls.get(call_id)
        if call is None:
            raise UnknownCall
        refused = None
        try:
            self._turns.check(call_id)
            if form:
                permitted.check(call, what)
            with self._turns.claimed(call_id):
                yield call
        except CtiError as trouble:
            refused = trouble.code
            raise
        finally:
            self._tell(
                CallControlled(
                    at=self._now(), call_id=call_id, what=what, by=by,
                    seat_id=seat_id, target=target, reason=reason, refused=refused,
                )
            )  # fmt: skip
