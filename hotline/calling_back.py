"""Callbacks and codes joined to the floor and the switchboard. 回拨与小结连接件"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cti.calls_out import CallsOut
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.callbacks import CallbackDesk
from orders.model import CallbackAttempt, CallbackState, CallbackTask, First
from seats.groups import GENERAL
from seats.model import Seat, WaitingCitizen
from seats.roster import SeatRoster
from seats.rulebook import Rulebook
from seats.usher import Usher
from store.callbacks import StoredCallbacks


@dataclass(frozen=True, slots=True)
class FloorNow:
    """The seats and the line, for whoever wants to call somebody back. 现场"""

    roster: SeatRoster
    usher: Usher

    @property
    def seats(self) -> Mapping[SeatId, Seat]:
        return self.roster.seats

    @property
    def line(self) -> Iterable[WaitingCitizen]:
        return self.usher.line


def emergency_lines(rulebook: Rulebook) -> frozenset[str]:
    """110, 119, 120 and 122 as the directory names them. 紧急热线"""
    return frozenset(row.code for row in rulebook.directory if row.kind == "emergency")


class WebCallbacks:
    """Callback tasks for the web: the desk acts, the store lists. 待回拨"""

    def __init__(self, desk: CallbackDesk, stored: StoredCallbacks) -> None:
        self._stored = stored
        self.call = desk.call
        self.call_next = desk.call_next
        self.postpone = desk.postpone
        self.close = desk.close

    async def newest(
        self, limit: int, state: CallbackState | None = None
    ) -> Sequence[CallbackTask]:
        return await self._stored.newest(limit, state)

    async def find(self, call_id: CallId) -> CallbackTask | None:
        return await self._stored.find(call_id)

    async def attempts(self, call_id: CallId) -> Sequence[CallbackAttempt]:
        return await self._stored.attempts(call_id)


class CallsOutDialling:
    """Callbacks are placed as calls out. 回拨外呼"""

    def __init__(self, calls_out: CallsOut) -> None:
        self._calls_out = calls_out

    async def place_call(
        self,
        number: str,
        *,
        seat_id: SeatId | None,
        first: First,
        callback_id: CallId,  # noqa: ARG002 - the desk links the two
        joined_at: datetime,
        skill_group: SkillGroupCode | None,
        by: str,
    ) -> CallId:
        if first is First.SEAT and seat_id is not None:
            return await self._calls_out.seat_first(
                number, by=by, seat_id=seat_id, reason="callback"
            )
        return await self._calls_out.citizen_first(
            number,
            by=by,
            skill_group=skill_group or GENERAL.code,
            joined_at=joined_at,
            reason="callback",
        )
