"""The one who knows and changes what every seat is doing. 座席名册

    commands ──┐
    call events ─┼─► course.advance ─► Seat ─► tell, then the watchers (usher, lifeboat keeper)
    deadlines ──┘

The rules are in `course`; here are the owner, the errors people get, and one timer.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
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
from cti.facts import PhoneChanged, PhoneState, WhyNotAnswered
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
from seats.events import (
    ForceEffect,
    NotReadyBooked,
    SeatForced,
    SeatPhoneChanged,
    SeatRepaired,
    SeatStateChanged,
)
from seats.model import NotReadyReason, Presence, Seat, SeatDefinition, SeatState
from seats.ports import Now, Outcomes, Tell
from seats.settings import SeatsSettings
from seats.witness import Disagreement

log = structlog.get_logger(__name__)

IN_CALL = frozenset({SeatState.RESERVED, SeatState.RINGING, SeatState.TALKING})
"""A seat that belongs to a call. 接续或通话中"""

WHY: Mapping[str, NotReadyReason] = {
    WhyNotAnswered.NO_ANSWER: NotReadyReason.DID_NOT_ANSWER,
    WhyNotAnswered.BUSY: NotReadyReason.PHONE_BUSY,
    WhyNotAnswered.UNREACHABLE: NotReadyReason.PHONE_UNREACHABLE,
}
"""What a seat becomes that did not take a call; anything else was not its fault. 未应答原因"""


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
        self._watchers: list[Callable[[], None]] = []
        self._wake = asyncio.Event()
        self._deaf = False
        at = now()
        self._seats = {
            d.seat_id: Seat(definition=d, state=SeatState.SIGNED_OUT, since=at, idle_since=at)
            for d in definitions
        }
        for seat in stored:
            known = self._seats.get(seat.seat_id)
            if known is not None:
                self._seats[seat.seat_id] = replace(seat, definition=known.definition)
        # A reservation from before belongs to an usher that is no more.
        self._orphans = {s.seat_id for s in self._seats.values() if s.state is SeatState.RESERVED}
        signed_in = any(s.state is not SeatState.SIGNED_OUT for s in self._seats.values())
        settle_limit = timedelta(seconds=settings.settle_limit_s)
        self._settled_by = at + settle_limit if signed_in else None
        self.unexpected: Counter[str] = Counter()
        """Happenings that did not fit, by "state/happening"; shown in /metrics."""

    @property
    def seats(self) -> Mapping[SeatId, Seat]:
        """Every seat as it is now."""
        return MappingProxyType(self._seats)

    @property
    def offers_allowed(self) -> bool:
        """False after a restart until it is known who is talking, or until settle_limit_s."""
        return self._settled_by is None

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call it after every change; it must not raise, and may give commands itself."""
        self._watchers.append(watcher)

    def redefine(self, definitions: Iterable[SeatDefinition]) -> None:
        """Names and skills are these from now on; no state changes, and no call in hand.

        A seat that was not known is signed out; one that is not named stays as it is.
        """
        at = self._now()
        for new in definitions:
            seat = self._seats.get(new.seat_id)
            if seat is None:
                self._seats[new.seat_id] = Seat(
                    definition=new, state=SeatState.SIGNED_OUT, since=at, idle_since=at
                )
            elif seat.definition != new:
                self._seats[new.seat_id] = replace(seat, definition=new)
        for watcher in self._watchers:
            watcher()

    # Commands: what people ask for.

    def sign_in(self, seat_id: SeatId, operator: str) -> None:
        """Raises UnknownSeat, SeatSignedInAlready, OperatorElsewhere."""
        seat = self._seat(seat_id)
        if seat.state is not SeatState.SIGNED_OUT:
            raise SeatSignedInAlready
        if any(other.operator == operator for other in self._seats.values()):
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
        return self._happen(seat_id, happenings.Reserved(call_id=call_id, until=until))

    def reserve_listener(self, seat_id: SeatId, call_id: CallId) -> bool:
        """As `reserve`, for a supervisor's own seat, which may be not ready and stays so after it."""
        until = self._now() + timedelta(seconds=self._settings.reservation_limit_s)
        return self._happen(seat_id, happenings.Invited(call_id=call_id, until=until))

    def undo_offer(self, seat_id: SeatId, call_id: CallId) -> None:
        """The reservation was not used; no effect once the phone has rung."""
        seat = self._seats.get(seat_id)
        if seat is not None and seat.state is SeatState.RESERVED:
            self._happen(seat_id, happenings.OfferUndone(call_id=call_id))

    def offer_ended(self, seat_id: SeatId, call_id: CallId, why: WhyNotAnswered | None) -> None:
        """What the citizen's story saw of the offer; None means answered and over.

        Asterisk's events say the same, earlier or later; the second of the two fits nothing.
        An answered call's end is believed only while the link is down: with it, the seat may have
        been moved into a conference and still be talking.
        """
        if why is not None:
            self._offer_came_to_nothing(seat_id, call_id, why)
            if self._deaf and why is WhyNotAnswered.CITIZEN_GONE and self._talks(seat_id):
                # His story cannot tell whether he left a ringing phone or a talk.
                self._left(seat_id, call_id)
        elif self._deaf:
            self._happen(seat_id, happenings.Connected(call_id=call_id))
            self._left(seat_id, call_id)

    # Facts.

    def on_call_event(self, event: Event) -> None:
        """Take what calls and the link say; everything else is ignored."""
        match event:
            case CallOffered(seat_id=seat_id, call_id=call_id):
                self._happen(seat_id, happenings.Rang(call_id=call_id))
            case CallAnswered(seat_id=seat_id, call_id=call_id):
                self._happen(seat_id, happenings.Connected(call_id=call_id))
            case CallReturnedToLine(seat_id=seat_id, call_id=call_id, ending=ending):
                self._offer_came_to_nothing(seat_id, call_id, _why(ending))
            case PartyEvent(role=PartyRole.SEAT | PartyRole.SUPERVISOR):
                self._on_party(event)
            case CallTransferred(to_seat=seat_id, call_id=call_id):
                seat = self._seats.get(seat_id)
                if seat is not None and seat.part is PartyRole.SUPERVISOR:
                    self._happen(seat_id, happenings.TookOver(call_id=call_id))
            case SeatLeftCall(seat_id=seat_id, call_id=call_id):
                self._left(seat_id, call_id)
            case CallAbandoned(call_id=call_id) | CallEnded(call_id=call_id):
                self._call_is_over(call_id)
            case LinkLost():
                self._deaf = True
                self._forget_phones_in_use()
            case LinkRestored():
                self._deaf = False
                self._wake.set()
            case _:
                pass

    def phone_changed(self, fact: PhoneChanged) -> None:
        """A seat's phone came or went, or went into a call or out of it."""
        seat = self._seats.get(fact.seat_id)
        if seat is None:
            return
        in_use = fact.phone is PhoneState.IN_USE
        if seat.phone_in_use is not in_use:
            seat = self._seats[fact.seat_id] = replace(seat, phone_in_use=in_use)
            if in_use and seat.state is SeatState.READY:
                self._happen(fact.seat_id, happenings.PhoneTaken())
        reachable = fact.phone is not PhoneState.UNREACHABLE
        if seat.phone_reachable is not reachable:
            self._phone_came_or_went(fact, reachable=reachable)
        elif not in_use and reachable and seat.reason is NotReadyReason.PHONE_IN_USE:
            self._happen(fact.seat_id, happenings.PhoneFreed())

    def _forget_phones_in_use(self) -> None:
        """Without the link nobody would tell that a phone is free again.

        Who talks now shall be offered the next call after his wrap-up, gap or not; the snapshot says
        which phones are in use.
        """
        for seat_id, seat in tuple(self._seats.items()):
            if seat.phone_in_use:
                self._seats[seat_id] = replace(seat, phone_in_use=False)

    def _phone_came_or_went(self, fact: PhoneChanged, *, reachable: bool) -> None:
        seat = self._seats[fact.seat_id]
        self._seats[fact.seat_id] = replace(seat, phone_reachable=reachable)
        self._tell(SeatPhoneChanged(at=self._now(), seat_id=fact.seat_id, reachable=reachable))
        if not reachable and seat.state is SeatState.READY:
            self._happen(fact.seat_id, happenings.PhoneLost())
        elif reachable and seat.reason in (
            NotReadyReason.PHONE_UNREACHABLE,
            NotReadyReason.PHONE_IN_USE,
        ):
            found = seat.reason is NotReadyReason.PHONE_UNREACHABLE
            self._happen(
                fact.seat_id, happenings.PhoneFound() if found else happenings.PhoneFreed()
            )

    def settle(self, presences: Iterable[Presence]) -> None:
        """Correct every seat by Asterisk's whole state, taken after a start or an outage.

        `presences` has each seat that is in a call, once. A reservation that is still in hand stays;
        its deadline guards it.
        """
        self._deaf = False
        present = {presence.seat_id: presence for presence in presences}
        for seat_id, seat in tuple(self._seats.items()):
            presence = present.get(seat_id)
            call_id = None if presence is None else presence.call_id
            if seat.call_id is not None and seat.call_id != call_id:
                self._no_longer_in(seat, seat.call_id)
            if presence is not None:
                self._bring_into(presence)
        self._orphans.clear()
        self._allow_offers()

    def repair(self, wrong: Disagreement, was: Seat) -> None:
        """Make the seat what Asterisk has, through the same happenings as a fact's, and say why.

        `was` is the seat before anything was mended: if its call's own remedy has mended it already,
        only the explanation is told. Nothing is told of a seat on which nothing changes.
        """
        seat = self._seats.get(wrong.seat_id)
        if seat is None:
            return
        if wrong.phone is not None:
            was = seat  # Of the phone itself, whatever its call's remedy has done.
            self.phone_changed(wrong.phone)
        else:
            self._bring_in_line(seat, wrong.presence)
        after = self._seats[wrong.seat_id]
        if _same_work(was, after):
            return
        log.warning(
            "a seat was repaired",
            seat_id=wrong.seat_id,
            kind=wrong.kind.value,
            was=was.state.value,
            state=after.state.value,
        )
        self._tell(
            SeatRepaired(
                at=self._now(),
                seat_id=wrong.seat_id,
                was=was.state,
                state=after.state,
                call_id=after.call_id or was.call_id,
                why=wrong.why,
            )
        )

    async def run(self) -> None:
        """Act on deadlines, one timer for the nearest."""
        while True:
            self._wake.clear()
            self._pass_deadlines()
            nearest = self._nearest_deadline_s()
            try:
                async with asyncio.timeout(nearest):
                    await self._wake.wait()
            except TimeoutError:
                continue

    # Inside.

    def _seat(self, seat_id: SeatId) -> Seat:
        seat = self._seats.get(seat_id)
        if seat is None:
            raise UnknownSeat
        return seat

    def _signed_in(self, seat_id: SeatId) -> Seat:
        seat = self._seat(seat_id)
        if seat.state is SeatState.SIGNED_OUT:
            raise SeatNotSignedIn
        return seat

    def _command(self, seat_id: SeatId, happening: happenings.Happening, by: str) -> None:
        if not self._happen(seat_id, happening, by):
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

    def _on_party(self, event: PartyEvent) -> None:
        """A seat that was asked onto a call, or a supervisor's."""
        seat_id, call_id, part = SeatId(event.who), event.call_id, event.role
        match event:
            case PartyRang():
                self._happen(seat_id, happenings.Rang(call_id=call_id, part=part))
            case PartyJoined():
                self._happen(seat_id, happenings.Connected(call_id=call_id, part=part))
            case PartyDidNotAnswer(ending=ending):
                self._offer_came_to_nothing(seat_id, call_id, _why(ending))
            case PartyLeft():
                self._left(seat_id, call_id)
            case _:
                pass

    def _bring_in_line(self, seat: Seat, presence: Presence | None) -> None:
        if seat.call_id is not None and seat.state in IN_CALL:
            elsewhere = presence is None or presence.call_id != seat.call_id
            if elsewhere:
                self._release(seat, seat.call_id)
            elif (
                presence is not None
                and presence.state is SeatState.RINGING
                and seat.state is SeatState.TALKING
            ):
                self._happen(seat.seat_id, happenings.NotTalking(call_id=seat.call_id))
        if presence is not None:
            self._bring_into(presence)

    def _bring_into(self, presence: Presence) -> None:
        """Where Asterisk has it; nothing if it is there already."""
        seat_id, call_id, part = presence.seat_id, presence.call_id, presence.part
        seat = self._seats.get(seat_id)
        if presence.state is SeatState.RINGING:
            self._happen(seat_id, happenings.Rang(call_id=call_id, part=part))
        elif seat is not None and seat.state is not SeatState.TALKING:
            self._happen(seat_id, happenings.Connected(call_id=call_id, part=part))
        elif seat is not None and seat.part is not part and part is PartyRole.SEAT:
            self._happen(seat_id, happenings.TookOver(call_id=call_id))

    def _offer_came_to_nothing(self, seat_id: SeatId, call_id: CallId, why: str) -> None:
        reason = WHY.get(why)
        if reason is None:
            self._happen(seat_id, happenings.OfferUndone(call_id=call_id))
        elif self._happen(seat_id, happenings.OfferFailed(call_id=call_id, reason=reason)):
            log.info("seat did not take the call", call_id=call_id, seat_id=seat_id, reason=reason)

    def _talks(self, seat_id: SeatId) -> bool:
        seat = self._seats.get(seat_id)
        return seat is not None and seat.state is SeatState.TALKING

    def _left(self, seat_id: SeatId, call_id: CallId) -> None:
        seat = self._seats.get(seat_id)
        if seat is not None and seat.part is PartyRole.SUPERVISOR:
            self._happen(seat_id, happenings.StoppedListening(call_id=call_id))
            return
        until = self._now() + timedelta(seconds=self._settings.wrap_up_limit_s)
        self._happen(seat_id, happenings.Left(call_id=call_id, until=until))

    def _call_is_over(self, call_id: CallId) -> None:
        for seat in tuple(self._seats.values()):
            if seat.call_id == call_id and seat.state in IN_CALL:
                self._release(seat, call_id)

    def _no_longer_in(self, seat: Seat, call_id: CallId) -> None:
        if seat.state is not SeatState.RESERVED or seat.seat_id in self._orphans:
            self._release(seat, call_id)

    def _release(self, seat: Seat, call_id: CallId) -> None:
        match seat.state:
            case SeatState.TALKING:
                self._left(seat.seat_id, call_id)
            case SeatState.RESERVED | SeatState.RINGING:
                self._happen(seat.seat_id, happenings.OfferUndone(call_id=call_id))
            case SeatState.SIGNED_OUT | SeatState.NOT_READY | SeatState.READY | SeatState.WRAP_UP:
                pass
            case _:
                assert_never(seat.state)

    def _happen(
        self, seat_id: SeatId, happening: happenings.Happening, by: str | None = None
    ) -> bool:
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
            self._tell(NotReadyBooked(at=at, seat_id=seat_id, reason=booked, by=by))
        else:
            self._tell(_changed(seat, after, by))
        self._wake.set()
        for watcher in self._watchers:
            watcher()
        return True

    def _nearest_deadline_s(self) -> float | None:
        deadlines = [s.until for s in self._seats.values() if s.until and self._guarded(s)]
        if self._settled_by is not None:
            deadlines.append(self._settled_by)
        if not deadlines:
            return None
        return max(0.0, (min(deadlines) - self._now()).total_seconds())

    def _guarded(self, seat: Seat) -> bool:
        # Without the link nobody hears the phone ring: the reservation may be a talk by now.
        return not (self._deaf and seat.state is SeatState.RESERVED)

    def _pass_deadlines(self) -> None:
        now = self._now()
        if self._settled_by is not None and self._settled_by <= now:
            log.warning("no snapshot came; seats are offered calls by what was stored")
            self._allow_offers()
        for seat in tuple(self._seats.values()):
            if seat.until is None or seat.until > now or not self._guarded(seat):
                continue
            if seat.state is SeatState.WRAP_UP:
                self._happen(seat.seat_id, happenings.WrapUpOver())
            elif seat.state is SeatState.RESERVED and seat.call_id is not None:
                log.warning("reserved seat never rang", seat_id=seat.seat_id, call_id=seat.call_id)
                self._happen(seat.seat_id, happenings.OfferUndone(call_id=seat.call_id))

    def _allow_offers(self) -> None:
        self._settled_by = None
        self._wake.set()
        for watcher in self._watchers:
            watcher()


def _same_work(was: Seat, seat: Seat) -> bool:
    """Nothing changed that anybody sees."""
    return replace(was, phone_in_use=seat.phone_in_use) == seat


def _why(ending: Ending) -> str:
    """A word of WHY, or one that it does not know if the seat is not to blame."""
    unknown = WhyNotAnswered.NO_ANSWER if ending.blame is Blame.SEAT else ""
    return ending.reason if ending.reason in WHY else unknown


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
