"""Owns the waiting line and brings each citizen to a seat. 引导

    seat_for ─► line ──┐
    roster changes ────┼─► router.decide ─► reserve ─► tell SeatReserved ─► seat_for returns
    relaxations, rules ┘

Whenever the line, the floor or the rules change, or somebody has waited long enough to be given
more, all offers that are possible are made at once, in the same call; nothing is polled. A seat is
reserved before anybody is told of it, so it is never offered to two callers.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from cti.events import CallAbandoned, CallAnswered, CallEnded, Event
from cti.facts import WhyNotAnswered
from cti.ids import CallId, SeatId, SkillGroupCode
from seats import explain
from seats.errors import (
    CitizenChannelGone,
    CitizenLeftLine,
    CitizenNotWaiting,
    PlaceTakenOver,
    SeatError,
    SeatNotFree,
    UnknownSeat,
)
from seats.events import SeatReserved
from seats.floor import Floor
from seats.groups import GENERAL, with_general
from seats.line import Line
from seats.model import SkillGroup, WaitingCitizen
from seats.ports import Now, StickySeats, Tell
from seats.reservation import Joining, joining_of, picked, routed
from seats.roster import SeatRoster
from seats.router import Decision, decide
from seats.rules import GroupRules, Rules

log = structlog.get_logger(__name__)

SETTLING = "系统刚启动，正在核对座席状态，随后分配座席"


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    """A citizen and the coroutine that waits for him; compared by identity. 等候者"""

    citizen: WaitingCitizen
    seat: asyncio.Future[SeatId]


class Router(Protocol):
    """Chooses the next offer. 路由"""

    def __call__(self, line: Line, floor: Floor, rules: Rules, now: datetime, /) -> Decision: ...


class NobodyIsSticky:
    """No caller has a seat that knows him. 无熟悉座席"""

    def seat_of(self, call_id: CallId) -> SeatId | None:  # noqa: ARG002
        return None


def rules_of(groups: Iterable[SkillGroup]) -> Rules:
    """Rules for groups of which only the names are known: every level from the beginning."""
    return Rules(groups={g.code: GroupRules(code=g.code, name=g.name) for g in groups})


class Usher:
    """Sole owner of the waiting line. 引导员

    `rules` stand until `use` brings a newer version; without any, the groups are served by
    everybody who has their skill.
    """

    name = "usher"

    def __init__(
        self,
        roster: SeatRoster,
        groups: Iterable[SkillGroup],
        tell: Tell,
        now: Now,
        router: Router = decide,
        rules: Rules | None = None,
        sticky: StickySeats | None = None,
    ) -> None:
        self._roster = roster
        self._groups = with_general(groups)
        self._tell = tell
        self._now = now
        self._decide = router
        self._rules = rules_of(self._groups.values()) if rules is None else rules
        self._sticky = sticky or NobodyIsSticky()
        self._waiting: dict[CallId, _Waiter] = {}
        self._line = Line()
        self._floor = Floor(roster.seats.values())
        self._joinings: dict[CallId, Joining] = {}
        self._offers: dict[CallId, tuple[_Waiter, SeatId]] = {}
        self._deciding = False
        self._wake = asyncio.Event()
        self.unknown_groups: Counter[str] = Counter()
        """Skill groups asked for that nobody defined; they fell to the general one."""
        if rules is not None:
            self._adopt_groups(rules)
        roster.watch(self._reconsider)

    @property
    def groups(self) -> Mapping[SkillGroupCode, SkillGroup]:
        """Every skill group by its code, the general one first."""
        return self._groups

    @property
    def rules(self) -> Rules:
        """The version in force."""
        return self._rules

    @property
    def line(self) -> tuple[WaitingCitizen, ...]:
        """Everybody who waits, in the order of service."""
        return self._line.in_order(self._rules)

    def place_of(self, call_id: CallId) -> int | None:
        """1 is the next to be served in the citizen's own group; None when he does not wait."""
        citizen = self._line.citizen(call_id)
        if citizen is None:
            return None
        return self._line.ahead_of(citizen, self._rules).get(citizen.skill_group, 0) + 1

    def why_waiting(self, call_id: CallId) -> str | None:
        """A Chinese sentence; None when he does not wait."""
        citizen = self._line.citizen(call_id)
        if citizen is None:
            return None
        if not self._roster.offers_allowed:
            return SETTLING
        return explain.why_waiting(citizen, self._line, self._floor, self._rules, self._now())

    def next_relaxation(self, call_id: CallId) -> datetime | None:
        """When more seats become possible for him by waiting alone; None when nothing will."""
        citizen = self._line.citizen(call_id)
        if citizen is None:
            return None
        now = self._now()
        dues = (
            citizen.joined_at + timedelta(microseconds=step.after_us)
            for step in self._rules.service(citizen.skill_group).steps[1:]
        )
        return min((due for due in dues if due > now), default=None)

    def use(self, rules: Rules) -> None:
        """From now on these rules hold; whoever waits is looked at anew at once."""
        self._rules = rules
        self._adopt_groups(rules)
        log.info("rules in force", version=rules.version)
        self._wake.set()
        self._reconsider()

    def pick(self, call_id: CallId, seat_id: SeatId, by: str) -> None:
        """A supervisor gives this citizen to that seat, whatever the rules say.

        Raises CitizenNotWaiting, UnknownSeat, SeatNotFree.
        """
        waiter = self._waiting.get(call_id)
        if waiter is None or waiter.seat.done():
            raise CitizenNotWaiting
        if seat_id not in self._roster.seats:
            raise UnknownSeat
        if not self._roster.offers_allowed or seat_id not in self._floor.free_seats:
            raise SeatNotFree
        citizen = waiter.citizen
        ahead = sum(self._line.ahead_of(citizen, self._rules).values())
        joining = self._joinings[call_id]
        chosen = picked(citizen, seat_id, by, joining, ahead, self._rules, self._now())
        if not self._give(waiter, chosen):
            raise SeatNotFree

    def reserve(self, seat_id: SeatId, call_id: CallId) -> bool:
        """For a leg that somebody asked for: True when the seat is now this call's alone."""
        return self._roster.offers_allowed and self._roster.reserve(seat_id, call_id)

    def give_back(self, seat_id: SeatId, call_id: CallId) -> None:
        """The reserved seat was not rung; no effect once the phone has rung."""
        self._roster.undo_offer(seat_id, call_id)

    async def run(self) -> None:
        """Look again whenever somebody has waited long enough; one timer for the nearest."""
        while True:
            self._wake.clear()
            now = self._now()
            due = self._line.next_relaxation(self._rules, now)
            try:
                async with asyncio.timeout(None if due is None else (due - now).total_seconds()):
                    await self._wake.wait()
            except TimeoutError:
                self._reconsider()

    async def seat_for(
        self, call_id: CallId, skill_group: SkillGroupCode, joined_at: datetime, priority: int
    ) -> SeatId:
        """Wait for a seat; it is reserved and its screen has popped when this returns.

        Cancelling it leaves the line and gives back a seat that was reserved meanwhile. A citizen
        who was not answered enters again with his old `joined_at` and has his old place. Raises
        PlaceTakenOver when the same call enters again elsewhere, CitizenLeftLine when he is gone.
        """
        waiter = _Waiter(
            WaitingCitizen(
                call_id=call_id,
                skill_group=self._known(skill_group),
                joined_at=joined_at,
                priority=priority,
                sticky_seat=self._sticky.seat_of(call_id),
            ),
            asyncio.get_running_loop().create_future(),
        )
        self._enter(waiter)
        try:
            return await waiter.seat
        except asyncio.CancelledError:
            self._give_up(waiter)
            raise

    def offer_ended(self, call_id: CallId, seat_id: SeatId, why: WhyNotAnswered | None) -> None:
        """The citizen's story is done with this seat; None means answered and over."""
        _, offered = self._offers.get(call_id, (None, None))
        if offered == seat_id:
            del self._offers[call_id]
        self._roster.offer_ended(seat_id, call_id, why)

    def on_call_event(self, event: Event) -> None:
        """Forget citizens who are gone, even if their story has not noticed."""
        if isinstance(event, CallAnswered | CallAbandoned | CallEnded):
            self._joinings.pop(event.call_id, None)
        if isinstance(event, CallAbandoned | CallEnded):
            self._offers.pop(event.call_id, None)
            waiter = self._waiting.get(event.call_id)
            if waiter is not None:
                self._dismiss(waiter, CitizenLeftLine())

    def forget(self, call_id: CallId) -> None:
        """Asterisk has no channel of this citizen: nobody waits here."""
        waiter = self._waiting.get(call_id)
        if waiter is not None:
            self._dismiss(waiter, CitizenChannelGone())

    def _adopt_groups(self, rules: Rules) -> None:
        named = (SkillGroup(code=one.code, name=one.name) for one in rules.groups.values())
        self._groups = with_general(named)

    def _known(self, group: SkillGroupCode) -> SkillGroupCode:
        if group in self._groups:
            return group
        self.unknown_groups[group] += 1
        log.warning("unknown skill group, general instead", skill_group=group)
        return GENERAL.code

    def _enter(self, waiter: _Waiter) -> None:
        call_id = waiter.citizen.call_id
        older = self._waiting.get(call_id)
        if older is not None:
            # The dialplan retried before the old connection was noticed to be dead.
            self._dismiss(older, PlaceTakenOver())
        self._waiting[call_id] = waiter
        self._line.enter(waiter.citizen)
        self._note_joining(waiter.citizen)
        self._wake.set()
        _, offered = self._offers.pop(call_id, (None, None))
        if offered is not None:
            self._roster.undo_offer(offered, call_id)
        self._reconsider()

    def _note_joining(self, citizen: WaitingCitizen) -> None:
        """Only the first time he enters with this arrival; later he is on his way from a seat."""
        known = self._joinings.get(citizen.call_id)
        if known is None or known.joined_at != citizen.joined_at:
            self._joinings[citizen.call_id] = joining_of(
                citizen, self._line, self._floor, self._rules
            )

    def _leave(self, waiter: _Waiter) -> None:
        del self._waiting[waiter.citizen.call_id]
        self._line.leave(waiter.citizen.call_id)

    def _dismiss(self, waiter: _Waiter, why: SeatError) -> None:
        self._leave(waiter)
        if not waiter.seat.done():
            waiter.seat.set_exception(why)

    def _give_up(self, waiter: _Waiter) -> None:
        call_id = waiter.citizen.call_id
        if self._waiting.get(call_id) is waiter:
            self._leave(waiter)
            return
        holder, offered = self._offers.get(call_id, (None, None))
        if holder is waiter and offered is not None:
            del self._offers[call_id]
            self._roster.undo_offer(offered, call_id)

    def _reconsider(self) -> None:
        """Make every offer that is possible now.

        An offer changes the floor and so calls this again from inside; that call can return at
        once, because after each offer everything is looked at anew anyway.
        """
        self._floor.follow(self._roster.seats)
        if self._deciding:
            return
        self._deciding = True
        try:
            while self._waiting and self._roster.offers_allowed and self._offer_one():
                pass
        finally:
            self._deciding = False

    def _offer_one(self) -> bool:
        now = self._now()
        decision = self._decide(self._line, self._floor, self._rules, now)
        offer = decision.offer
        if offer is None:
            return False
        waiter = self._waiting[offer.call_id]
        if waiter.seat.cancelled():
            # Its task was cancelled in this very turn of the loop and has not run yet.
            self._leave(waiter)
            return True
        joining = self._joinings[offer.call_id]
        chosen = routed(decision, waiter.citizen, joining, self._rules, now)
        if chosen is None or not self._give(waiter, chosen):
            log.error("router chose a seat that is not free", seat_id=offer.seat_id)
            return False
        return True

    def _give(self, waiter: _Waiter, chosen: SeatReserved) -> bool:
        """Reserve first, so that nobody is told of a seat that is not his."""
        call_id = chosen.call_id
        was_deciding, self._deciding = self._deciding, True
        try:
            if not self._roster.reserve(chosen.seat_id, call_id):
                return False
        finally:
            self._deciding = was_deciding
        self._leave(waiter)
        self._offers[call_id] = (waiter, chosen.seat_id)
        self._tell(chosen)
        waiter.seat.set_result(chosen.seat_id)
        return True
