"""Brings people together on a call: hold, consult, three-way, transfer, listen, take over. 总机

    command ─► may it be asked? (permitted.py) ─► one operation a call ─► CallControl ─► Asterisk
    events  ─► what an operation still has to do when somebody answered, or did not

A command is done when Asterisk has taken it; what came of it is told by facts. Only intentions that wait for an
answer are kept here (whom to let go when the transfer's target comes). A restart forgets them and loses
nobody: the snapshot shows who is where, and the dialplan alone sees to it that a citizen is never left
with nobody (asterisk-conf/extensions.conf, [hotline-room]).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from cti import permitted
from cti.awaited import Awaited, AwaitedLegs
from cti.call import Call, CallState
from cti.control import CallControl
from cti.errors import (
    CallOver,
    CommandUnderWay,
    CtiError,
    NotOnThisCall,
    TargetNotFree,
    UnknownCall,
)
from cti.events import (
    CallAbandoned,
    CallControlled,
    CallEnded,
    CallEvent,
    Event,
    PartyDidNotAnswer,
    PartyJoined,
    PartyRole,
    Room,
    SeatLeftCall,
)
from cti.fence import call_fence
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from cti.invitations import Invitation, Invitations, door
from cti.leading import CITIZEN_HELD, Leading
from cti.parties import Party, party_of
from cti.ports import AllowHangUp, Floor, Now, Tell
from cti.settings import ControlSettings
from cti.targets import SeatTarget, Target

log = structlog.get_logger(__name__)

SUPERVISORS_DOOR = {
    "listen": "listen-supervisor",
    "whisper": "whisper-supervisor",
    "barge": "talk-supervisor",
}
HELD_UNTIL = "HOTLINE_HELD_UNTIL"
HELD_MARGIN_S = 5
"""The dialplan waits so much longer than the target may ring before it acts by itself."""

SERVICE = "service"
GOES_ON = frozenset({"transfer", "return"})
"""Operations that go on without the seat's old leg."""


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
        self._floor = floor
        self._allow_hang_up = allow_hang_up
        self._tell = tell
        self._now = now
        self._settings = settings
        self._invitations = Invitations(settings, now)
        self._leading = Leading(control, now)
        self._busy: set[CallId] = set()
        self._freed = asyncio.Event()
        self._awaited = AwaitedLegs(now)
        self._kept: dict[CallId, SeatId] = {}
        """Whose citizen hears music because its telephone died. 待恢复座席"""
        self._rung: dict[CallId, list[LegId]] = {}
        """Legs that we asked for; whatever of them is left at the call's end is let go."""
        self._happened: asyncio.Queue[CallEvent | None] = asyncio.Queue()
        """None: somebody more is awaited. 事件队列"""

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
            await self._stop_waiting(call_id)
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
            await self._stop_waiting(call_id)
            await self._let_go(permitted.brought_aside(call, own.leg_id))
            await self._leading.together(call, own)

    async def complete(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """The citizen goes on with whom the seat consulted; the seat is let go."""
        with self._asked(call_id, "complete", by, seat_id) as call:
            own = permitted.own_leg(call, seat_id)
            await self._leading.together(call, permitted.aside_with(call, own.leg_id))
            await self._let_go((own,))

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
            with self._reserved(call, target):
                await self._leading.together(call, own)
                return await self._ring(call, invitation)

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
            await self._stop_waiting(call_id)
            await self._control.back_to_line(call, skill_group)
            await self._let_go((own, *permitted.brought_aside(call, own.leg_id)))

    async def leave(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """The seat goes; the others talk on."""
        with self._asked(call_id, "leave", by, seat_id) as call:
            await self._let_go((permitted.own_leg(call, seat_id),))

    async def release(self, call_id: CallId, *, by: str, seat_id: SeatId | None) -> None:
        """The seat goes; the citizen stays, and his story goes on with what comes after a talk."""
        with self._asked(call_id, "release", by, seat_id) as call:
            await self._let_go((permitted.own_leg(call, seat_id),))

    async def drop(
        self, call_id: CallId, leg_id: LegId, *, by: str, seat_id: SeatId | None = None
    ) -> None:
        """Let one party go, or stop ringing it."""
        with self._asked(call_id, "drop", by, seat_id) as call:
            if seat_id is not None:
                permitted.own_leg(call, seat_id)
            await self._let_go((permitted.leg_on(call, leg_id),))

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
        return next((call for call, seat in self._kept.items() if seat == seat_id), None)

    async def bring_back(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None:
        """Ring the seat anew, for the talk that it had: its telephone has lost the leg.

        Raises NotOnThisCall, CallInOtherForm when the citizen has gone on meanwhile.
        """
        with self._asked(call_id, "bring-back", by, seat_id, form=False) as call:
            permitted.may_come_back(call)
            own = permitted.leg_of(call, seat_id)
            if own is not None:
                await self._keep(call, own)
            elif self._kept.get(call_id) != seat_id:
                raise NotOnThisCall
            target = SeatTarget(seat_id=seat_id)
            invitation = self._invitations.to(call, target, Room.TALK, "")
            await self._ring(call, invitation)
            old_leg = None if own is None else own.leg_id
            self._wait_for(call_id, self._awaited.leg(invitation, "return", old_leg))

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
            # A seat that takes calls gets none while its supervisor listens elsewhere; one that takes
            # none anyway is rung all the same.
            self._floor.reserve_listener(seat_id, call_id)
            with self._given_back(seat_id, call_id):
                await self._ring(call, self._invitations.to_supervise(call, seat_id, spied, how))

    # What happens meanwhile.

    def on_event(self, event: Event) -> None:
        """Note what may concern an operation; cheap, never waits, never raises."""
        if isinstance(
            event, PartyJoined | PartyDidNotAnswer | SeatLeftCall | CallEnded | CallAbandoned
        ):
            self._happened.put_nowait(event)

    async def run(self) -> None:
        """Carry on what waited for an answer, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._awaited.patience_s()):
                    event = await self._happened.get()
            except TimeoutError:
                for call_id in self._awaited.overdue():
                    await self._carry_on(call_id, partial(self._give_up, call_id))
                continue
            if event is not None:
                await self._carry_on(event.call_id, partial(self._go_on, event))

    async def _carry_on(self, call_id: CallId, work: Callable[[], Awaitable[None]]) -> None:
        """After the command that is being carried out on this call; no other one meanwhile."""
        while call_id in self._busy:
            self._freed.clear()
            await self._freed.wait()
        self._busy.add(call_id)
        try:
            with call_fence(call_id):
                try:
                    await work()
                except CtiError as trouble:
                    log.warning("an operation could not go on", call_id=call_id, why=trouble.code)
        finally:
            self._done(call_id)

    async def _go_on(self, event: CallEvent) -> None:
        call = self._calls.get(event.call_id)
        awaited = self._awaited.get(event.call_id)
        match event:
            case CallEnded() | CallAbandoned():
                self._awaited.pop(event.call_id)
                self._leading.forget(event.call_id)
                self._kept.pop(event.call_id, None)
                await self._let_go_all(event.call_id)
            case PartyJoined(leg_id=leg_id) if awaited and awaited.leg_id == leg_id and call:
                self._awaited.pop(event.call_id)
                await self._answered(call, awaited)
            case PartyDidNotAnswer(leg_id=leg_id) if awaited and awaited.leg_id == leg_id and call:
                self._awaited.pop(event.call_id)
                await self._nobody_came(call, awaited)
            case SeatLeftCall(leg_id=leg_id) if call and leg_id is not None:
                await self._seat_hung_up(call, leg_id)
            case _:
                pass

    async def _answered(self, call: Call, awaited: Awaited) -> None:
        if awaited.what == "consult":
            return
        seat = next((p for p in call.parties if p.leg_id == awaited.seat_leg), None)
        left_aside: tuple[Party, ...] = ()
        if awaited.what == "intercept":
            left_aside = permitted.brought_aside(call, awaited.leg_id)
        await self._leading.together(call, permitted.leg_on(call, awaited.leg_id))
        if seat is not None:
            await self._let_go((seat,))
        # Whom the old seat was asking has nobody to talk with any more.
        await self._let_go(p for p in left_aside if p.leg_id != awaited.seat_leg)

    async def _nobody_came(self, call: Call, awaited: Awaited) -> None:
        seat = next((p for p in call.parties if p.leg_id == awaited.seat_leg), None)
        if awaited.what != "transfer":
            return
        if seat is not None:
            await self._leading.together(call, seat)
        elif call.skill_group is not None:
            await self._control.back_to_line(call, call.skill_group)

    async def _give_up(self, call_id: CallId) -> None:
        """Nothing is heard of whom we wait for: never rung, or its end was missed."""
        call, awaited = self._calls.get(call_id), self._awaited.get(call_id)
        if call is None or awaited is None or awaited.until > self._now():
            return
        party = party_of(call.parties, awaited.leg_id)
        rings_till = awaited.until + timedelta(seconds=self._settings.invite_ring_s)
        if (
            party is not None
            and party.room is None
            and rings_till > self._now()
            and not awaited.rang
        ):
            self._wait_for(call_id, replace(awaited, until=rings_till, rang=True))
            return
        # A link that is down leaves him awaited, and is not asked again at once.
        self._awaited.put(call_id, self._awaited.later(awaited))
        await self._control.hang_up_leg(awaited.leg_id)
        self._awaited.pop(call_id)
        if party is None:
            self._unreserve(call_id, awaited)
        await self._nobody_came(call, awaited)

    async def _seat_hung_up(self, call: Call, leg_id: LegId) -> None:
        """A seat that hangs up while it speaks aside with another seat has handed the citizen over."""
        awaited = self._awaited.get(call.call_id)
        if awaited is not None and awaited.what in GOES_ON and awaited.seat_leg == leg_id:
            return  # The target takes the citizen when it answers; if it does not, see above.
        aside = [p for p in call.parties if p.room is Room.ASIDE and p.role is PartyRole.SEAT]
        if call.led_aside and len(aside) == 1 and call.leg_id == aside[0].leg_id:
            await self._leading.together(call, aside[0])
        elif call.state is CallState.SEAT_LEFT:
            self._awaited.pop(call.call_id)
            await self._let_go(permitted.brought_aside(call, leg_id))

    # How it is done.

    async def _keep(self, call: Call, own: Party) -> None:
        """Let the dead leg go; the citizen is not left with nobody."""
        self._kept[call.call_id] = SeatId(own.who)
        await self._stop_waiting(call.call_id)
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
        if call.call_id in self._awaited:
            raise CommandUnderWay
        invitation = self._invitations.to(call, target, Room.ASIDE, order_id)
        with self._reserved(call, target):
            if what == "transfer":
                # He stays on hold for the target even if the seat goes meanwhile.
                until = self._now().timestamp() + self._settings.invite_ring_s + HELD_MARGIN_S
                await self._control.note(LegId(call.call_id), HELD_UNTIL, str(int(until)))
            await self._leading.aside(call, own)
            try:
                await self._ring(call, invitation)
            except CtiError:
                # The citizen must not stay on hold for somebody who was never rung.
                if not call.led_aside:
                    await self._leading.together(call, own)
                raise
        self._wait_for(call.call_id, self._awaited.leg(invitation, what, own.leg_id))
        return invitation.leg_id

    async def _take_over(self, call: Call, seat_id: SeatId, present: Party | None) -> None:
        await self._stop_waiting(call.call_id)
        if present is None:
            self._floor.reserve_listener(seat_id, call.call_id)
            invitation = self._invitations.to(call, SeatTarget(seat_id=seat_id), Room.TALK, "")
            with self._given_back(seat_id, call.call_id):
                await self._ring(call, invitation)
            self._wait_for(call.call_id, self._awaited.leg(invitation, "intercept", call.leg_id))
            return
        # Who listens already is the citizen's seat from now on.
        await self._control.note(present.leg_id, "HOTLINE_PARTY", f"{PartyRole.SEAT}:{seat_id}")
        await self._leading.together(call, replace(present, role=PartyRole.SEAT))
        await self._let_go(p for p in call.parties if p.leg_id == call.leg_id)
        await self._let_go(
            p for p in permitted.brought_aside(call, present.leg_id) if p.leg_id != call.leg_id
        )

    def _wait_for(self, call_id: CallId, awaited: Awaited) -> None:
        self._awaited.put(call_id, awaited)
        self._happened.put_nowait(None)

    async def _stop_waiting(self, call_id: CallId) -> None:
        """Whoever is being rung for an operation that is given up rings no more."""
        awaited = self._awaited.pop(call_id)
        if awaited is not None:
            await self._control.hang_up_leg(awaited.leg_id)

    def _unreserve(self, call_id: CallId, awaited: Awaited) -> None:
        if awaited.seat_id is not None:
            self._floor.undo_offer(awaited.seat_id, call_id)

    async def _ring(self, call: Call, invitation: Invitation) -> LegId:
        self._rung.setdefault(call.call_id, []).append(invitation.leg_id)
        await self._control.ring(invitation)
        now = self._calls.get(call.call_id)
        if now is None or now.over:
            # The citizen was quicker: nobody is rung for a call that is over.
            await self._let_go_all(call.call_id)
        return invitation.leg_id

    @contextmanager
    def _reserved(self, call: Call, target: Target) -> Iterator[None]:
        """A seat is this call's alone, unless it is not rung in the end. Raises TargetNotFree."""
        if not isinstance(target, SeatTarget):
            yield
            return
        if not self._floor.reserve(target.seat_id, call.call_id):
            raise TargetNotFree
        with self._given_back(target.seat_id, call.call_id):
            yield

    @contextmanager
    def _given_back(self, seat_id: SeatId, call_id: CallId) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._floor.undo_offer(seat_id, call_id)
            raise

    async def _let_go(self, parties: Iterable[Party]) -> None:
        for party in tuple(parties):
            await self._control.hang_up_leg(party.leg_id)

    async def _let_go_all(self, call_id: CallId) -> None:
        for leg_id in self._rung.pop(call_id, ()):
            await self._control.hang_up_leg(leg_id)

    def _done(self, call_id: CallId) -> None:
        self._busy.discard(call_id)
        self._freed.set()

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
            if call_id in self._busy:
                raise CommandUnderWay
            if form:
                permitted.check(call, what)
            self._busy.add(call_id)
            try:
                yield call
            finally:
                self._done(call_id)
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
