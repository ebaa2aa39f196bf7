"""Brings seats in line with Asterisk's whole state, after a gap or when a witness proved one wrong. 座席校正"""

from collections.abc import Iterable
from dataclasses import replace

import structlog

from cti.ids import CallId
from seats import happenings
from seats.events import SeatRepaired
from seats.model import Presence, Seat, SeatState
from seats.ports import Now
from seats.seat_book import IN_CALL, SeatBook
from seats.seat_facts import SeatFacts
from seats.seat_phones import SeatPhones
from seats.witness import Disagreement

log = structlog.get_logger(__name__)


class SeatMender:
    """Mends through the same happenings as a fact's. 座席校正"""

    def __init__(self, book: SeatBook, facts: SeatFacts, phones: SeatPhones, now: Now) -> None:
        self._book = book
        self._facts = facts
        self._phones = phones
        self._now = now
        # A reservation from before belongs to an usher that is no more.
        self._orphans = {s.seat_id for s in book.all() if s.state is SeatState.RESERVED}

    def settle(self, presences: Iterable[Presence]) -> None:
        """Correct every seat; `presences` has each seat that is in a call, once.

        A reservation that is still in hand stays; its deadline guards it.
        """
        present = {presence.seat_id: presence for presence in presences}
        for seat in self._book.all():
            presence = present.get(seat.seat_id)
            call_id = None if presence is None else presence.call_id
            if seat.call_id is not None and seat.call_id != call_id:
                self._no_longer_in(seat, seat.call_id)
            if presence is not None:
                self._facts.bring_into(presence)
        self._orphans.clear()

    def repair(self, wrong: Disagreement, was: Seat) -> None:
        """Make the seat what Asterisk has, and say why.

        `was` is the seat before anything was mended: if its call's own remedy has mended it already,
        only the explanation is told. Nothing is told of a seat on which nothing changes.
        """
        seat = self._book.get(wrong.seat_id)
        if seat is None:
            return
        if wrong.phone is not None:
            was = seat  # Of the phone itself, whatever its call's remedy has done.
            self._phones.changed(wrong.phone)
        else:
            self._bring_in_line(seat, wrong.presence)
        after = self._book.seats[wrong.seat_id]
        if _same_work(was, after):
            return
        log.warning(
            "a seat was repaired",
            seat_id=wrong.seat_id,
            kind=wrong.kind.value,
            was=was.state.value,
            state=after.state.value,
        )
        self._book.tell(
            SeatRepaired(
                at=self._now(),
                seat_id=wrong.seat_id,
                was=was.state,
                state=after.state,
                call_id=after.call_id or was.call_id,
                why=wrong.why,
            )
        )

    def _bring_in_line(self, seat: Seat, presence: Presence | None) -> None:
        if seat.call_id is not None and seat.state in IN_CALL:
            elsewhere = presence is None or presence.call_id != seat.call_id
            if elsewhere:
                self._facts.release(seat, seat.call_id)
            elif (
                presence is not None
                and presence.state is SeatState.RINGING
                and seat.state is SeatState.TALKING
            ):
                self._book.happen(seat.seat_id, happenings.NotTalking(call_id=seat.call_id))
        if presence is not None:
            self._facts.bring_into(presence)

    def _no_longer_in(self, seat: Seat, call_id: CallId) -> None:
        if seat.state is not SeatState.RESERVED or seat.seat_id in self._orphans:
            self._facts.release(seat, call_id)


def _same_work(was: Seat, seat: Seat) -> bool:
    """Nothing changed that anybody sees."""
    return replace(was, phone_in_use=seat.phone_in_use) == seat
