"""Every seat as it is now; only happenings change one, and each change is told. 座席簿

happening ─► course.advance ─► Seat ─► tell, then the watchers (usher, lifeboat keeper)
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from cti.ids import SeatId
from seats import course, happenings
from seats.events import NotReadyBooked, SeatStateChanged
from seats.model import Seat, SeatDefinition, SeatState
from seats.ports import Now, Tell

IN_CALL = frozenset({SeatState.RESERVED, SeatState.RINGING, SeatState.TALKING})
"""A seat that belongs to a call. 接续或通话中"""


class SeatBook:
    """Where the seats are kept. 座席簿

    `stored` is how they were when the service last ran; seats without a definition are forgotten.
    """

    def __init__(
        self,
        definitions: Iterable[SeatDefinition],
        stored: Iterable[Seat],
        tell: Tell,
        now: Now,
    ) -> None:
        self.tell = tell
        self._now = now
        self._watchers: list[Callable[[], None]] = []
        at = now()
        self._seats = {
            d.seat_id: Seat(definition=d, state=SeatState.SIGNED_OUT, since=at, idle_since=at)
            for d in definitions
        }
        for seat in stored:
            known = self._seats.get(seat.seat_id)
            if known is not None:
                self._seats[seat.seat_id] = replace(seat, definition=known.definition)
        self.unexpected: Counter[str] = Counter()
        """Happenings that did not fit, by "state/happening"; shown in /metrics."""

    @property
    def seats(self) -> Mapping[SeatId, Seat]:
        return MappingProxyType(self._seats)

    def get(self, seat_id: SeatId) -> Seat | None:
        return self._seats.get(seat_id)

    def all(self) -> tuple[Seat, ...]:
        """As they are at this moment, whatever is changed while one goes through them."""
        return tuple(self._seats.values())

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call it after every change; it must not raise, and may give commands itself."""
        self._watchers.append(watcher)

    def notify(self) -> None:
        for watcher in self._watchers:
            watcher()

    def redefine(self, definitions: Iterable[SeatDefinition]) -> None:
        """A seat that was not known is signed out; one that is not named stays as it is."""
        at = self._now()
        for new in definitions:
            seat = self._seats.get(new.seat_id)
            if seat is None:
                self._seats[new.seat_id] = Seat(
                    definition=new, state=SeatState.SIGNED_OUT, since=at, idle_since=at
                )
            elif seat.definition != new:
                self._seats[new.seat_id] = replace(seat, definition=new)
        self.notify()

    def forget(self, seat_id: SeatId) -> None:
        """It was retired; only a seat that is signed out can be."""
        seat = self._seats.get(seat_id)
        if seat is not None and seat.state is SeatState.SIGNED_OUT:
            del self._seats[seat_id]
            self.notify()

    def note_phone(self, seat_id: SeatId, *, in_use: bool, reachable: bool) -> Seat:
        """What its telephone is; of itself no change of the seat's work, and nobody is told."""
        seat = replace(self._seats[seat_id], phone_in_use=in_use, phone_reachable=reachable)
        self._seats[seat_id] = seat
        return seat

    def happen(
        self, seat_id: SeatId, happening: happenings.Happening, by: str | None = None
    ) -> bool:
        """Whether it changed the seat; what fits nothing is counted."""
        seat = self._seats.get(seat_id)
        at = self._now()
        after = None if seat is None else course.advance(seat, happening, at)
        if seat is None or after is None:
            state = "unknown" if seat is None else seat.state.value
            self.unexpected[f"{state}/{type(happening).__name__}"] += 1
            return False
        self._seats[seat_id] = after
        if isinstance(happening, happenings.BookSignOut):
            pass  # SeatForced says it.
        elif seat.state in IN_CALL and by is not None:
            booked = after.pending_not_ready
            self.tell(NotReadyBooked(at=at, seat_id=seat_id, reason=booked, by=by))
        else:
            self.tell(_changed(seat, after, by))
        self.notify()
        return True


def _changed(was: Seat, seat: Seat, by: str | None) -> SeatStateChanged:
    return SeatStateChanged(
        at=seat.since,
        seat_id=seat.seat_id,
        was=was.state,
        state=seat.state,
        reason=seat.reason,
        call_id=seat.call_id,
        until=seat.until,
        by=by,
        operator=seat.operator,
        idle_since=seat.idle_since,
        pending_not_ready=seat.pending_not_ready,
        part=seat.part,
        pending_sign_out=seat.pending_sign_out,
        last_call_id=seat.last_call_id,
    )
