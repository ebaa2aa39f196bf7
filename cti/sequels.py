"""What an operation still has to do when somebody answered, or did not. 后续

    leg answers ─► the citizen is led to it, the old seat let go
    nobody comes ─► the citizen is back with whom he had, or in the line

Only these intentions are kept; a restart forgets them and loses nobody: the snapshot shows who is where, and
the dialplan alone sees to it that a citizen is never left with nobody (asterisk-conf/extensions.conf,
[hotline-room]).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from cti import permitted
from cti.awaited import Awaited, AwaitedLegs
from cti.call import Call, CallState
from cti.control import CallControl
from cti.errors import CtiError
from cti.events import (
    CallAbandoned,
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
from cti.ids import CallId, LegId, SeatId
from cti.invitations import Invitation
from cti.leading import Leading
from cti.one_at_a_time import OneAtATime
from cti.parties import Party, party_of
from cti.ports import Now
from cti.ringing import Ringing
from cti.settings import ControlSettings

log = structlog.get_logger(__name__)

GOES_ON = frozenset({"transfer", "return"})
"""Operations that go on without the seat's old leg."""


class Sequels:
    """Sole owner of intentions that wait for an answer. 后续"""

    def __init__(
        self,
        calls: Mapping[CallId, Call],
        control: CallControl,
        leading: Leading,
        ringing: Ringing,
        turns: OneAtATime,
        now: Now,
        settings: ControlSettings,
    ) -> None:
        self._calls = calls
        self._control = control
        self._leading = leading
        self._ringing = ringing
        self._turns = turns
        self._now = now
        self._settings = settings
        self._awaited = AwaitedLegs(now)
        self.kept: dict[CallId, SeatId] = {}
        """Whose citizen hears music because its telephone died. 待恢复座席"""
        self._happened: asyncio.Queue[CallEvent | None] = asyncio.Queue()
        """None: somebody more is awaited. 事件队列"""

    def __contains__(self, call_id: CallId) -> bool:
        """Whether somebody is awaited."""
        return call_id in self._awaited

    def expect_leg(
        self, call_id: CallId, invitation: Invitation, what: str, seat_leg: LegId | None
    ) -> None:
        """When whoever is invited answers, `what` goes on; see Awaited."""
        self._expect(call_id, self._awaited.leg(invitation, what, seat_leg))

    async def give_over(self, call_id: CallId) -> None:
        """Whoever is being rung for an operation that is given up rings no more."""
        awaited = self._awaited.pop(call_id)
        if awaited is not None:
            await self._control.hang_up_leg(awaited.leg_id)

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
        async with self._turns.after_others(call_id):
            with call_fence(call_id):
                try:
                    await work()
                except CtiError as trouble:
                    log.warning("an operation could not go on", call_id=call_id, why=trouble.code)

    async def _go_on(self, event: CallEvent) -> None:
        call = self._calls.get(event.call_id)
        awaited = self._awaited.get(event.call_id)
        match event:
            case CallEnded() | CallAbandoned():
                self._awaited.pop(event.call_id)
                self._leading.forget(event.call_id)
                self.kept.pop(event.call_id, None)
                await self._ringing.let_go_all(event.call_id)
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
            await self._ringing.let_go((seat,))
        # Whom the old seat was asking has nobody to talk with any more.
        await self._ringing.let_go(p for p in left_aside if p.leg_id != awaited.seat_leg)

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
            self._expect(call_id, replace(awaited, until=rings_till, rang=True))
            return
        # A link that is down leaves him awaited, and is not asked again at once.
        self._awaited.put(call_id, self._awaited.later(awaited))
        await self._control.hang_up_leg(awaited.leg_id)
        self._awaited.pop(call_id)
        if party is None:
            self._ringing.free(awaited.seat_id, call_id)
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
            await self._ringing.let_go(permitted.brought_aside(call, leg_id))

    def _expect(self, call_id: CallId, awaited: Awaited) -> None:
        self._awaited.put(call_id, awaited)
        self._happened.put_nowait(None)
