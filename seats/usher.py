"""Owns the waiting line and brings each citizen to a seat. 引导

    seat_for ─► line ─┐
                      ├─► router.decide ─► reserve ─► tell SeatReserved ─► seat_for returns
    roster changes ───┘

Whenever the line or the floor changes, all offers that are possible are made at once, in the same
call; nothing is polled. A seat is reserved before anybody is told of it, so it is never offered
to two callers.
"""

import asyncio
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from cti.events import CallAbandoned, CallEnded, Event
from cti.facts import WhyNotAnswered
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.errors import CitizenLeftLine, PlaceTakenOver, SeatError
from seats.events import SeatReserved
from seats.groups import GENERAL, with_general
from seats.model import Seat, SkillGroup, WaitingCitizen
from seats.ports import Now, Tell
from seats.roster import SeatRoster
from seats.router import Decision, GroupNames, decide, service_order

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    """A citizen and the coroutine that waits for him; compared by identity. 等候者"""

    citizen: WaitingCitizen
    seat: asyncio.Future[SeatId]


class Router(Protocol):
    """Chooses the next offer. 路由"""

    def __call__(
        self,
        line: Iterable[WaitingCitizen],
        floor: Iterable[Seat],
        now: datetime,
        names: GroupNames,
        /,
    ) -> Decision: ...


class Usher:
    """Sole owner of the waiting line. 引导员"""

    def __init__(
        self,
        roster: SeatRoster,
        groups: Iterable[SkillGroup],
        tell: Tell,
        now: Now,
        router: Router = decide,
    ) -> None:
        self._roster = roster
        self._groups = with_general(groups)
        self._names = {code: group.name for code, group in self._groups.items()}
        self._tell = tell
        self._now = now
        self._decide = router
        self._waiting: dict[CallId, _Waiter] = {}
        self._line: list[WaitingCitizen] = []
        self._offers: dict[CallId, tuple[_Waiter, SeatId]] = {}
        self._last = Decision(offer=None)
        self._deciding = False
        self.unknown_groups: Counter[str] = Counter()
        """Skill groups asked for that nobody defined; they fell to the general one."""
        roster.watch(self._reconsider)

    @property
    def groups(self) -> Mapping[SkillGroupCode, SkillGroup]:
        """Every skill group by its code, the general one first."""
        return self._groups

    @property
    def line(self) -> tuple[WaitingCitizen, ...]:
        """Everybody who waits, in the order of service."""
        return tuple(self._line)

    def place_of(self, call_id: CallId) -> int | None:
        """1 is the next to be served in the citizen's own group; None when he does not wait."""
        waiter = self._waiting.get(call_id)
        if waiter is None:
            return None
        group = waiter.citizen.skill_group
        own = [c.call_id for c in self._line if c.skill_group == group]
        return own.index(call_id) + 1

    def why_waiting(self, call_id: CallId) -> str | None:
        """A Chinese sentence from the last decision that looked at this citizen without success."""
        return self._last.rejected.get(call_id) if call_id in self._waiting else None

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
        if isinstance(event, CallAbandoned | CallEnded):
            self._offers.pop(event.call_id, None)
            waiter = self._waiting.get(event.call_id)
            if waiter is not None:
                self._dismiss(waiter, CitizenLeftLine())

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
        insort(self._line, waiter.citizen, key=service_order)
        _, offered = self._offers.pop(call_id, (None, None))
        if offered is not None:
            self._roster.undo_offer(offered, call_id)
        self._reconsider()

    def _leave(self, waiter: _Waiter) -> None:
        del self._waiting[waiter.citizen.call_id]
        self._line.remove(waiter.citizen)

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
        decision = self._decide(self._line, self._roster.seats.values(), now, self._names)
        self._last = decision
        offer = decision.offer
        if offer is None:
            return False
        waiter = self._waiting[offer.call_id]
        if waiter.seat.cancelled():
            # Its task was cancelled in this very turn of the loop and has not run yet.
            self._leave(waiter)
            return True
        if not self._roster.reserve(offer.seat_id, offer.call_id):
            log.error("router chose a seat that is not free", seat_id=offer.seat_id)
            return False
        self._leave(waiter)
        self._offers[offer.call_id] = (waiter, offer.seat_id)
        self._tell(
            SeatReserved(
                at=now,
                seat_id=offer.seat_id,
                call_id=offer.call_id,
                skill_group=offer.skill_group,
                reasons=decision.reasons,
                considered=decision.considered,
            )
        )
        waiter.seat.set_result(offer.seat_id)
        return True
