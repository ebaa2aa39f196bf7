"""The usher's line for the web; who picks a citizen out of it, and why, is told. 等候队列"""

from collections.abc import Callable, Sequence
from datetime import datetime

from cti.events import CallControlled, Event
from cti.ids import CallId, SeatId
from seats.errors import SeatError
from seats.model import WaitingCitizen
from seats.outlook import Outlook, outlook
from seats.usher import Usher
from seats.wait_watch import WaitWatch

PICK = "pick"


class WaitingLine:
    """Who waits, and giving one of them to a seat. 等候队列"""

    def __init__(
        self,
        usher: Usher,
        waits: WaitWatch,
        tell: Callable[[Event], None],
        now: Callable[[], datetime],
    ) -> None:
        self._usher = usher
        self._waits = waits
        self._tell = tell
        self._now = now
        self.why_waiting = usher.why_waiting

    @property
    def line(self) -> Sequence[WaitingCitizen]:
        return self._usher.line

    def outlook(self, one: WaitingCitizen, limit_s: float) -> Outlook:
        """Whether he will pass the limit before a seat is free for him."""
        return outlook(
            one.joined_at,
            self._waits.estimate(one.call_id),
            limit_s,
            self._now(),
            served=self._waits.served(one.call_id),
        )

    def pick(self, call_id: CallId, seat_id: SeatId, *, by: str, reason: str) -> None:
        """Told whether it is done or refused. Raises errors of seats.errors.SeatError."""
        try:
            self._usher.pick(call_id, seat_id, by)
        except SeatError as refused:
            self._say(call_id, seat_id, by, reason, refused.code)
            raise
        self._say(call_id, seat_id, by, reason, None)

    def _say(
        self, call_id: CallId, seat_id: SeatId, by: str, reason: str, refused: str | None
    ) -> None:
        self._tell(
            CallControlled(
                at=self._now(),
                call_id=call_id,
                what=PICK,
                by=by,
                target=seat_id,
                reason=reason,
                refused=refused,
            )
        )
