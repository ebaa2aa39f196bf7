"""A floor of seats with a clock that follows the loop, and Asterisk's lifeboat in memory."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cti.errors import ActionLost, LinkLost
from cti.events import Event
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.events import SeatStateChanged
from seats.model import Seat, SeatDefinition, SeatState
from seats.roster import SeatRoster
from seats.settings import SeatsSettings

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
GENERAL = SkillGroupCode("general")
LAW = SkillGroupCode("law")


def definition(seat_id: str, **skills: int) -> SeatDefinition:
    return SeatDefinition(
        seat_id=SeatId(seat_id),
        operator_name=f"话务员{seat_id}",
        skills={SkillGroupCode(code): level for code, level in (skills or {"general": 1}).items()},
    )


def a_seat(
    seat_id: str, state: SeatState = SeatState.READY, idle_s: int = 0, **skills: int
) -> Seat:
    """A seat that has been idle for `idle_s` at NOON."""
    idle_since = NOON - timedelta(seconds=idle_s)
    return Seat(
        definition=definition(seat_id, **skills),
        state=state,
        since=idle_since,
        idle_since=idle_since,
    )


class Floor:
    """A roster whose events are kept and whose clock is the virtual loop's."""

    def __init__(self, *definitions: SeatDefinition, stored: tuple[Seat, ...] = ()) -> None:
        self.told: list[Event] = []
        self.settings = SeatsSettings()
        self.roster = SeatRoster(definitions, self.settings, self.told.append, self.now, stored)

    @staticmethod
    def now() -> datetime:
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())

    def seat(self, seat_id: str) -> Seat:
        return self.roster.seats[SeatId(seat_id)]

    def state(self, seat_id: str) -> SeatState:
        return self.seat(seat_id).state

    def ready(self, *seat_ids: str) -> "Floor":
        for seat_id in seat_ids:
            self.roster.sign_in(SeatId(seat_id), f"user{seat_id}")
            self.roster.set_ready(SeatId(seat_id), f"user{seat_id}")
        return self

    def changes(self, seat_id: str) -> list[SeatStateChanged]:
        return [e for e in self.told if isinstance(e, SeatStateChanged) and e.seat_id == seat_id]

    def course(self, seat_id: str) -> list[str]:
        return [str(e.state) for e in self.changes(seat_id)]


def call(number: int) -> CallId:
    return CallId(f"node1-1763716.{number}")


class LifeboatInMemory:
    """The members of Asterisk's own queue, and a link that can fail."""

    def __init__(self, **members: bool) -> None:
        self.members = {SeatId(seat_id): paused for seat_id, paused in members.items()}
        self.asked: list[str] = []
        self.fail_next = 0
        self.done_although_lost = False

    async def lifeboat_members(self) -> Mapping[SeatId, bool]:
        self._maybe_fail("list")
        return dict(self.members)

    async def set_lifeboat_member(self, seat_id: SeatId, paused: bool) -> None:
        if self.done_although_lost:
            self.done_although_lost = False
            self.members[seat_id] = paused
            raise ActionLost
        self._maybe_fail(f"set {seat_id} {'paused' if paused else 'unpaused'}")
        self.members[seat_id] = paused

    async def remove_lifeboat_member(self, seat_id: SeatId) -> None:
        self._maybe_fail(f"remove {seat_id}")
        self.members.pop(seat_id, None)

    def _maybe_fail(self, asked: str) -> None:
        self.asked.append(asked)
        if self.fail_next:
            self.fail_next -= 1
            raise LinkLost
