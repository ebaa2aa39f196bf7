"""From what calls say to what happens at a seat. 座席事实

An offer's end is told twice, by Asterisk's events and by the citizen's story, in either order; the
second of the two fits nothing.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

import structlog

from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallEnded,
    CallOffered,
    CallReturnedToLine,
    CallTransferred,
    Ending,
    Event,
    LinkLost,
    LinkRestored,
    PartyDidNotAnswer,
    PartyEvent,
    PartyJoined,
    PartyLeft,
    PartyRang,
    PartyRole,
    SeatLeftCall,
)
from cti.facts import WhyNotAnswered
from cti.ids import CallId, SeatId
from seats import happenings
from seats.model import NotReadyReason, Presence, Seat, SeatState
from seats.ports import Now
from seats.seat_book import IN_CALL, SeatBook
from seats.seat_phones import SeatPhones

log = structlog.get_logger(__name__)

WHY: Mapping[str, NotReadyReason] = {
    WhyNotAnswered.NO_ANSWER: NotReadyReason.DID_NOT_ANSWER,
    WhyNotAnswered.BUSY: NotReadyReason.PHONE_BUSY,
    WhyNotAnswered.UNREACHABLE: NotReadyReason.PHONE_UNREACHABLE,
}
"""What a seat becomes that did not take a call; anything else was not its fault. 未应答原因"""


class SeatFacts:
    """Takes facts; gives the book happenings. 座席事实"""

    def __init__(self, book: SeatBook, phones: SeatPhones, wrap_up_limit_s: int, now: Now) -> None:
        self._book = book
        self._phones = phones
        self._wrap_up_limit = timedelta(seconds=wrap_up_limit_s)
        self._now = now
        self.deaf = False
        """Whether the link is down, so that nothing is heard of phones and calls. 链路中断"""

    def on_call_event(self, event: Event) -> None:
        """Take what calls and the link say; everything else is ignored."""
        match event:
            case CallOffered(seat_id=seat_id, call_id=call_id):
                self._book.happen(seat_id, happenings.Rang(call_id=call_id))
            case CallAnswered(seat_id=seat_id, call_id=call_id):
                self._book.happen(seat_id, happenings.Connected(call_id=call_id))
            case CallReturnedToLine(seat_id=seat_id, call_id=call_id, ending=ending):
                self._offer_came_to_nothing(seat_id, call_id, _why(ending))
            case PartyEvent(role=PartyRole.SEAT | PartyRole.SUPERVISOR):
                self._on_party(event)
            case CallTransferred(to_seat=seat_id, call_id=call_id):
                seat = self._book.get(seat_id)
                if seat is not None and seat.part is PartyRole.SUPERVISOR:
                    self._book.happen(seat_id, happenings.TookOver(call_id=call_id))
            case SeatLeftCall(seat_id=seat_id, call_id=call_id):
                self._left(seat_id, call_id)
            case CallAbandoned(call_id=call_id) | CallEnded(call_id=call_id):
                self._call_is_over(call_id)
            case LinkLost():
                self.deaf = True
                self._phones.forget_in_use()
            case LinkRestored():
                self.deaf = False
            case _:
                pass

    def offer_ended(self, seat_id: SeatId, call_id: CallId, why: WhyNotAnswered | None) -> None:
        """What the citizen's story saw of the offer; None means answered and over.

        An answered call's end is believed only while the link is down: with it, the seat may have
        been moved into a conference and still be talking.
        """
        if why is not None:
            self._offer_came_to_nothing(seat_id, call_id, why)
            if self.deaf and why is WhyNotAnswered.CITIZEN_GONE and self._talks(seat_id):
                # His story cannot tell whether he left a ringing phone or a talk.
                self._left(seat_id, call_id)
        elif self.deaf:
            self._book.happen(seat_id, happenings.Connected(call_id=call_id))
            self._left(seat_id, call_id)

    def bring_into(self, presence: Presence) -> None:
        """Where Asterisk has it; nothing if it is there already."""
        seat_id, call_id, part = presence.seat_id, presence.call_id, presence.part
        seat = self._book.get(seat_id)
        if presence.state is SeatState.RINGING:
            self._book.happen(seat_id, happenings.Rang(call_id=call_id, part=part))
        elif seat is not None and seat.state is not SeatState.TALKING:
            self._book.happen(seat_id, happenings.Connected(call_id=call_id, part=part))
        elif seat is not None and seat.part is not part and part is PartyRole.SEAT:
            self._book.happen(seat_id, happenings.TookOver(call_id=call_id))

    def release(self, seat: Seat, call_id: CallId) -> None:
        """It is in that call no more."""
        match seat.state:
            case SeatState.TALKING:
                self._left(seat.seat_id, call_id)
            case SeatState.RESERVED | SeatState.RINGING:
                self._book.happen(seat.seat_id, happenings.OfferUndone(call_id=call_id))
            case SeatState.SIGNED_OUT | SeatState.NOT_READY | SeatState.READY | SeatState.WRAP_UP:
                pass
            case _:
                assert_never(seat.state)

    def _on_party(self, event: PartyEvent) -> None:
        """A seat that was asked onto a call, or a supervisor's."""
        seat_id, call_id, part = SeatId(event.who), event.call_id, event.role
        match event:
            case PartyRang():
                self._book.happen(seat_id, happenings.Rang(call_id=call_id, part=part))
            case PartyJoined():
                self._book.happen(seat_id, happenings.Connected(call_id=call_id, part=part))
            case PartyDidNotAnswer(ending=ending):
                self._offer_came_to_nothing(seat_id, call_id, _why(ending))
            case PartyLeft():
                self._left(seat_id, call_id)
            case _:
                pass

    def _offer_came_to_nothing(self, seat_id: SeatId, call_id: CallId, why: str) -> None:
        reason = WHY.get(why)
        if reason is None:
            self._book.happen(seat_id, happenings.OfferUndone(call_id=call_id))
        elif self._book.happen(seat_id, happenings.OfferFailed(call_id=call_id, reason=reason)):
            log.info("seat did not take the call", call_id=call_id, seat_id=seat_id, reason=reason)

    def _talks(self, seat_id: SeatId) -> bool:
        seat = self._book.get(seat_id)
        return seat is not None and seat.state is SeatState.TALKING

    def _left(self, seat_id: SeatId, call_id: CallId) -> None:
        seat = self._book.get(seat_id)
        if seat is not None and seat.part is PartyRole.SUPERVISOR:
            self._book.happen(seat_id, happenings.StoppedListening(call_id=call_id))
            return
        until = self._now() + self._wrap_up_limit
        self._book.happen(seat_id, happenings.Left(call_id=call_id, until=until))

    def _call_is_over(self, call_id: CallId) -> None:
        for seat in self._book.all():
            if seat.call_id == call_id and seat.state in IN_CALL:
                self.release(seat, call_id)


def _why(ending: Ending) -> str:
    """A word of WHY, or one that it does not know if the seat is not to blame."""
    unknown = WhyNotAnswered.NO_ANSWER if ending.blame is Blame.SEAT else ""
    return ending.reason if ending.reason in WHY else unknown
