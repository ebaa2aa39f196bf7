"""The one who knows and changes what every seat is doing. 座席名册

    commands ───────────────────────────┐
    call events ─► seat_facts ──────────┤
    telephones ──► seat_phones ─────────┼─► seat_book: course.advance ─► Seat ─► tell, then the watchers
    snapshots, witness ─► seat_mending ─┤
    deadlines ─► seat_deadlines ────────┘

The rules are in `course`; here are what people may ask for and the errors they get.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from cti.events import Event, LinkRestored
from cti.facts import PhoneChanged, WhyNotAnswered
from cti.ids import CallId, SeatId
from seats import course, happenings
from seats.errors import (
    OperatorElsewhere,
    ReasonNotForPeople,
    SeatInCall,
    SeatNotSignedIn,
    SeatOutcomeUnsaved,
    SeatPhoneUnreachable,
    SeatSignedInAlready,
    SeatWrongState,
    UnknownSeat,
)
from seats.events import ForceEffect, SeatForced
from seats.model import NotReadyReason, Presence, Seat, SeatDefinition, SeatState
from seats.ports import Now, Outcomes, Tell
from seats.seat_book import IN_CALL, SeatBook
from seats.seat_deadlines import SeatDeadlines
from seats.seat_facts import SeatFacts
from seats.seat_mending import SeatMender
from seats.seat_phones import SeatPhones
from seats.settings import SeatsSettings
from seats.witness import Disagreement

FORCES: Mapping[tuple[SeatState, bool], happenings.Happening] = {
    (SeatState.READY, False): happenings.SetReady(),
    (SeatState.READY, True): happenings.Unbook(),
    (SeatState.NOT_READY, False): happenings.SetNotReady(reason=NotReadyReason.FORCED),
    (SeatState.NOT_READY, True): happenings.SetNotReady(reason=NotReadyReason.FORCED),
    (SeatState.SIGNED_OUT, False): happenings.SignOut(),
    (SeatState.SIGNED_OUT, True): happenings.BookSignOut(),
}
"""What a supervisor's word does, by the state he wants and whether the seat is at a call. 强制动作"""


class NothingMissing:
    """Every call's outcome is saved. 无未保存小结"""

    def missing(self, call_id: CallId, seat_id: SeatId | None = None) -> str | None:  # noqa: ARG002
        return None


class SeatRoster:
    """Sole writer of every Seat. 座席名册

    `stored` is how the seats were when the service last ran; Asterisk's first snapshot, given to
    `settle`, corrects what has happened since. Seats without a definition are forgotten.
    """

    name = "seat roster"

    def __init__(
        self,
        definitions: Iterable[SeatDefinition],
        settings: SeatsSettings,
        tell: Tell,
        now: Now,
        stored: Iterable[Seat] = (),
        outcomes: Outcomes | None = None,
    ) -> None:
        self._settings = settings
        self._tell = tell
        self._now = now
        self._outcomes = outcomes or NothingMissing()
        self._book = book = SeatBook(definitions, stored, tell, now)
        self._phones = SeatPhones(book, now)
        self._facts = SeatFacts(book, self._phones, settings.wrap_up_limit_s, now)
        self._mender = SeatMender(book, self._facts, self._phones, now)
        self._deadlines = SeatDeadlines(
            book, settings.settle_limit_s, now, lambda: self._facts.deaf
        )

    @property
    def seats(self) -> Mapping[SeatId, Seat]:
        """Every seat as it is now."""
        return self._book.seats

    @property
    def offers_allowed(self) -> bool:
        """False after a restart until it is known who is talking, or until settle_limit_s."""
        return self._deadlines.offers_allowed

    @property
    def unexpected(self) -> Counter[str]:
        """Happenings that did not fit, by "state/happening"; shown in /metrics."""
        return self._book.unexpected

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call it after every change; it must not raise, and may give commands itself."""
        self._book.watch(watcher)

    def redefine(self, definitions: Iterable[SeatDefinition]) -> None:
        """Names and skills are these from now on; no state changes, and no call in hand.

        A seat that was not known is signed out; one that is not named stays as it is.
        """
        self._book.redefine(definitions)

    def forget(self, seat_id: SeatId) -> None:
        """A seat that was retired; nothing happens while somebody is signed in there."""
        self._book.forget(seat_id)

    async def run(self) -> None:
        """Act on deadlines, one timer for the nearest."""
        await self._deadlines.run()

    # Commands: what people ask for.

    def sign_in(self, seat_id: SeatId, operator: str) -> None:
        """Raises UnknownSeat, SeatSignedInAlready, OperatorElsewhere."""
        seat = self._seat(seat_id)
        if seat.state is not SeatState.SIGNED_OUT:
            raise SeatSignedInAlready
        if any(other.operator == operator for other in self._book.all()):
            raise OperatorElsewhere
        self._command(seat_id, happenings.SignIn(operator=operator), operator)

    def sign_out(self, seat_id: SeatId, by: str) -> None:
        """Raises UnknownSeat, SeatNotSignedIn, SeatInCall, SeatOutcomeUnsaved."""
        seat = self._signed_in(seat_id)
        if seat.state in IN_CALL:
            raise SeatInCall
        missing = self._unsaved(seat)
        if seat.last_call_id is not None and missing is not None:
            raise SeatOutcomeUnsaved(seat.last_call_id, missing)
        self._command(seat_id, happenings.SignOut(), by)

    def set_ready(self, seat_id: SeatId, by: str) -> None:
        """Take calls; in a call it takes back a booked not-ready.

        Raises UnknownSeat, SeatNotSignedIn, SeatPhoneUnreachable, SeatInCall, SeatWrongState,
        SeatOutcomeUnsaved.
        """
        seat = self._signed_in(seat_id)
        if seat.state in IN_CALL and seat.pending_not_ready is None:
            raise SeatInCall
        self._refuse_unsaved(seat, by)
        if seat.state not in IN_CALL and not seat.phone_reachable:
            raise SeatPhoneUnreachable
        self._command(seat_id, happenings.SetReady(), by)

    def set_not_ready(self, seat_id: SeatId, reason: NotReadyReason, by: str) -> None:
        """Take no calls; in a call it takes effect when the wrap-up ends.

        Raises UnknownSeat, SeatNotSignedIn, ReasonNotForPeople, SeatOutcomeUnsaved.
        """
        self._refuse_unsaved(self._signed_in(seat_id), by)
        if reason not in course.FOR_PEOPLE:
            raise ReasonNotForPeople
        self._command(seat_id, happenings.SetNotReady(reason=reason), by)

    def finish_wrap_up(self, seat_id: SeatId, by: str) -> None:
        """End it before its deadline, with the call's code or order saved.

        Raises UnknownSeat, SeatNotSignedIn, SeatWrongState, SeatOutcomeUnsaved.
        """
        self._refuse_unsaved(self._signed_in(seat_id), by)
        self._command(seat_id, happenings.WrapUpOver(), by)

    def force(self, seat_id: SeatId, state: SeatState, by: str, reason: str) -> ForceEffect:
        """A supervisor's READY, NOT_READY or SIGNED_OUT; never at the cost of a live call.

        At a call it is booked for the end of the wrap-up. Raises UnknownSeat, SeatNotSignedIn,
        SeatPhoneUnreachable, SeatWrongState (no other state can be forced).
        """
        seat = self._signed_in(seat_id)
        happening = FORCES.get((state, seat.state in IN_CALL))
        if happening is None:
            raise SeatWrongState
        if state is SeatState.READY and seat.state not in IN_CALL and not seat.phone_reachable:
            raise SeatPhoneUnreachable
        missing = self._unsaved(seat) if state is SeatState.SIGNED_OUT else None
        effect = ForceEffect.AFTER_CALL if seat.state in IN_CALL else ForceEffect.DONE
        if seat.state is state:
            effect = ForceEffect.NOTHING
        else:
            self._command(seat_id, happening, by)
        self._tell(
            SeatForced(
                at=self._now(),
                seat_id=seat_id,
                by=by,
                state=state,
                reason=reason,
                effect=effect,
                missing=missing,
            )
        )
        return effect

    # The usher's and the switchboard's words.

    def reserve(self, seat_id: SeatId, call_id: CallId) -> bool:
        """True when the seat is now this call's alone."""
        until = self._now() + timedelta(seconds=self._settings.reservation_limit_s)
        return self._book.happen(seat_id, happenings.Reserved(call_id=call_id, until=until))

    def reserve_listener(self, seat_id: SeatId, call_id: CallId) -> bool:
        """As `reserve`, for a supervisor's own seat, which may be not ready and stays so after it."""
        until = self._now() + timedelta(seconds=self._settings.reservation_limit_s)
        return self._book.happen(seat_id, happenings.Invited(call_id=call_id, until=until))

    def undo_offer(self, seat_id: SeatId, call_id: CallId) -> None:
        """The reservation was not used; no effect once the phone has rung."""
        seat = self._book.get(seat_id)
        if seat is not None and seat.state is SeatState.RESERVED:
            self._book.happen(seat_id, happenings.OfferUndone(call_id=call_id))

    def offer_ended(self, seat_id: SeatId, call_id: CallId, why: WhyNotAnswered | None) -> None:
        """What the citizen's story saw of the offer; None means answered and over."""
        self._facts.offer_ended(seat_id, call_id, why)

    # Facts.

    def on_call_event(self, event: Event) -> None:
        """Take what calls and the link say; everything else is ignored."""
        self._facts.on_call_event(event)
        if isinstance(event, LinkRestored):
            self._deadlines.look_again()

    def phone_changed(self, fact: PhoneChanged) -> None:
        """A seat's phone came or went, or went into a call or out of it."""
        self._phones.changed(fact)

    def settle(self, presences: Iterable[Presence]) -> None:
        """Correct every seat by Asterisk's whole state, taken after a start or an outage.

        `presences` has each seat that is in a call, once.
        """
        self._facts.deaf = False
        self._mender.settle(presences)
        self._deadlines.allow_offers()

    def repair(self, wrong: Disagreement, was: Seat) -> None:
        """Make the seat what Asterisk has, and say why; `was` is it before anything was mended."""
        self._mender.repair(wrong, was)

    # Inside.

    def _seat(self, seat_id: SeatId) -> Seat:
        seat = self._book.get(seat_id)
        if seat is None:
            raise UnknownSeat
        return seat

    def _signed_in(self, seat_id: SeatId) -> Seat:
        seat = self._seat(seat_id)
        if seat.state is SeatState.SIGNED_OUT:
            raise SeatNotSignedIn
        return seat

    def _command(self, seat_id: SeatId, happening: happenings.Happening, by: str) -> None:
        if not self._book.happen(seat_id, happening, by):
            raise SeatWrongState

    def _refuse_unsaved(self, seat: Seat, by: str) -> None:
        """Only its deadline or a supervisor ends a wrap-up in which nothing was saved."""
        missing = self._unsaved(seat)
        ends_it = seat.state is SeatState.WRAP_UP and by == seat.operator
        if ends_it and missing is not None and seat.last_call_id is not None:
            raise SeatOutcomeUnsaved(seat.last_call_id, missing)

    def _unsaved(self, seat: Seat) -> str | None:
        if seat.last_call_id is None:
            return None
        return self._outcomes.missing(seat.last_call_id, seat.seat_id)
