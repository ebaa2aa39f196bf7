"""What a seat's telephone makes of the seat. 座席话机"""

from cti.facts import PhoneChanged, PhoneState
from seats import happenings
from seats.events import SeatPhoneChanged
from seats.model import NotReadyReason, SeatState
from seats.ports import Now
from seats.seat_book import SeatBook


class SeatPhones:
    """Follows the telephones. 话机"""

    def __init__(self, book: SeatBook, now: Now) -> None:
        self._book = book
        self._now = now

    def changed(self, fact: PhoneChanged) -> None:
        """A seat's phone came or went, or went into a call or out of it."""
        seat = self._book.get(fact.seat_id)
        if seat is None:
            return
        in_use = fact.phone is PhoneState.IN_USE
        if seat.phone_in_use is not in_use:
            seat = self._book.note_phone(
                fact.seat_id, in_use=in_use, reachable=seat.phone_reachable
            )
            if in_use and seat.state is SeatState.READY:
                self._book.happen(fact.seat_id, happenings.PhoneTaken())
        reachable = fact.phone is not PhoneState.UNREACHABLE
        if seat.phone_reachable is not reachable:
            self._came_or_went(fact, reachable=reachable)
        elif not in_use and reachable and seat.reason is NotReadyReason.PHONE_IN_USE:
            self._book.happen(fact.seat_id, happenings.PhoneFreed())

    def forget_in_use(self) -> None:
        """Without the link nobody would tell that a phone is free again.

        Who talks now shall be offered the next call after his wrap-up, gap or not; the snapshot says
        which phones are in use.
        """
        for seat in self._book.all():
            if seat.phone_in_use:
                self._book.note_phone(seat.seat_id, in_use=False, reachable=seat.phone_reachable)

    def _came_or_went(self, fact: PhoneChanged, *, reachable: bool) -> None:
        seat_id = fact.seat_id
        seat = self._book.seats[seat_id]
        self._book.note_phone(seat_id, in_use=seat.phone_in_use, reachable=reachable)
        self._book.tell(SeatPhoneChanged(at=self._now(), seat_id=seat_id, reachable=reachable))
        if not reachable and seat.state is SeatState.READY:
            self._book.happen(seat_id, happenings.PhoneLost())
        elif reachable and seat.reason in (
            NotReadyReason.PHONE_UNREACHABLE,
            NotReadyReason.PHONE_IN_USE,
        ):
            found = seat.reason is NotReadyReason.PHONE_UNREACHABLE
            self._book.happen(
                seat_id, happenings.PhoneFound() if found else happenings.PhoneFreed()
            )
