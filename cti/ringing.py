"""Who is rung for a call, whose seat is kept free for it, and who is let go. 呼叫邀请"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from cti.call import Call
from cti.control import CallControl
from cti.errors import TargetNotFree
from cti.ids import CallId, LegId, SeatId
from cti.invitations import Invitation
from cti.parties import Party
from cti.ports import Floor
from cti.targets import SeatTarget, Target


class Ringing:
    """Rings people and lets them go. 呼叫邀请"""

    def __init__(self, calls: Mapping[CallId, Call], control: CallControl, floor: Floor) -> None:
        self._calls = calls
        self._control = control
        self._floor = floor
        self._rung: dict[CallId, list[LegId]] = {}
        """Legs that we asked for; whatever of them is left at the call's end is let go."""

    async def ring(self, call: Call, invitation: Invitation) -> LegId:
        self._rung.setdefault(call.call_id, []).append(invitation.leg_id)
        await self._control.ring(invitation)
        now = self._calls.get(call.call_id)
        if now is None or now.over:
            # The citizen was quicker: nobody is rung for a call that is over.
            await self.let_go_all(call.call_id)
        return invitation.leg_id

    @contextmanager
    def reserved(self, call: Call, target: Target) -> Iterator[None]:
        """A seat is this call's alone, unless it is not rung in the end. Raises TargetNotFree."""
        if not isinstance(target, SeatTarget):
            yield
            return
        if not self._floor.reserve(target.seat_id, call.call_id):
            raise TargetNotFree
        with self._given_back(target.seat_id, call.call_id):
            yield

    @contextmanager
    def listener_reserved(self, seat_id: SeatId, call_id: CallId) -> Iterator[None]:
        """A seat that takes calls gets none while its supervisor listens elsewhere; one that takes none
        anyway is rung all the same.
        """
        self._floor.reserve_listener(seat_id, call_id)
        with self._given_back(seat_id, call_id):
            yield

    @contextmanager
    def _given_back(self, seat_id: SeatId, call_id: CallId) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._floor.undo_offer(seat_id, call_id)
            raise

    def free(self, seat_id: SeatId | None, call_id: CallId) -> None:
        """A seat that was never rung may take calls again."""
        if seat_id is not None:
            self._floor.undo_offer(seat_id, call_id)

    async def let_go(self, parties: Iterable[Party]) -> None:
        for party in tuple(parties):
            await self._control.hang_up_leg(party.leg_id)

    async def let_go_all(self, call_id: CallId) -> None:
        """Whoever was rung for this call."""
        for leg_id in self._rung.pop(call_id, ()):
            await self._control.hang_up_leg(leg_id)
