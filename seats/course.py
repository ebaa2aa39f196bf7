"""What can happen at a seat and what it is afterwards. 座席状态机

SIGNED_OUT --SignIn--> NOT_READY --SetReady--> READY --Reserved--> RESERVED --Rang--> RINGING
                                                 ^                                       |
                                                 |                               Connected
                                                 |                                       v
                                             WrapUpOver -- WRAP_UP <-------Left------ TALKING

back to READY    OfferUndone (the citizen is gone, or it never rang) from RESERVED and RINGING;
                 PhoneFound and PhoneFreed from NOT_READY if nothing else was wrong;
                 StoppedListening from TALKING, because who only listened has nothing to wrap up
to NOT_READY     SetNotReady, PhoneLost and PhoneTaken from READY; whatever leads to READY while the
                 phone is in a call that we do not know; OfferFailed (no answer, busy, unreachable)
                 from RESERVED and RINGING; WrapUpOver with something booked or the phone gone
to SIGNED_OUT    SignOut from NOT_READY, READY and WRAP_UP; the end of the wrap-up, or of an offer,
                 with a sign-out booked
RESERVED         also by Invited from READY and NOT_READY: a supervisor's own seat, which goes back
                 to its break afterwards

Asterisk has the last word: a seat that really rings or talks is RINGING or TALKING, whatever we
thought (Rang and Connected are taken in every signed-in state), because the lifeboat rings seats
without asking us. A pair that is not in NEXT, or that speaks of another call than the seat's,
changes nothing.
"""

from dataclasses import replace
from datetime import datetime

from cti.events import PartyRole
from seats.happenings import (
    BookSignOut,
    Concerning,
    Connected,
    Happening,
    Invited,
    Left,
    NotTalking,
    OfferFailed,
    OfferUndone,
    PhoneFound,
    PhoneFreed,
    PhoneLost,
    PhoneTaken,
    Rang,
    Reserved,
    SetNotReady,
    SetReady,
    SignIn,
    SignOut,
    StoppedListening,
    TookOver,
    Unbook,
    WrapUpOver,
)
from seats.model import NotReadyReason, Seat, SeatState

S = SeatState


NEXT: dict[tuple[SeatState, type[Happening]], SeatState] = {
    (S.SIGNED_OUT, SignIn): S.NOT_READY,
    (S.NOT_READY, SignOut): S.SIGNED_OUT,
    (S.READY, SignOut): S.SIGNED_OUT,
    (S.WRAP_UP, SignOut): S.SIGNED_OUT,
    (S.NOT_READY, SetReady): S.READY,
    (S.WRAP_UP, SetReady): S.READY,
    (S.NOT_READY, SetNotReady): S.NOT_READY,
    (S.READY, SetNotReady): S.NOT_READY,
    (S.WRAP_UP, SetNotReady): S.NOT_READY,
    (S.RESERVED, SetNotReady): S.RESERVED,
    (S.RINGING, SetNotReady): S.RINGING,
    (S.TALKING, SetNotReady): S.TALKING,
    (S.RESERVED, SetReady): S.RESERVED,
    (S.RINGING, SetReady): S.RINGING,
    (S.TALKING, SetReady): S.TALKING,
    (S.RESERVED, BookSignOut): S.RESERVED,
    (S.RINGING, BookSignOut): S.RINGING,
    (S.TALKING, BookSignOut): S.TALKING,
    (S.RESERVED, Unbook): S.RESERVED,
    (S.RINGING, Unbook): S.RINGING,
    (S.TALKING, Unbook): S.TALKING,
    (S.WRAP_UP, WrapUpOver): S.READY,
    (S.READY, PhoneLost): S.NOT_READY,
    (S.NOT_READY, PhoneFound): S.READY,
    (S.READY, PhoneTaken): S.NOT_READY,
    (S.NOT_READY, PhoneFreed): S.READY,
    (S.READY, Reserved): S.RESERVED,
    (S.READY, Invited): S.RESERVED,
    (S.NOT_READY, Invited): S.RESERVED,
    (S.RESERVED, OfferUndone): S.READY,
    (S.RINGING, OfferUndone): S.READY,
    (S.RESERVED, OfferFailed): S.NOT_READY,
    (S.RINGING, OfferFailed): S.NOT_READY,
    (S.RESERVED, Rang): S.RINGING,
    (S.READY, Rang): S.RINGING,
    (S.NOT_READY, Rang): S.RINGING,
    (S.WRAP_UP, Rang): S.RINGING,
    (S.RINGING, Connected): S.TALKING,
    (S.RESERVED, Connected): S.TALKING,
    (S.READY, Connected): S.TALKING,
    (S.NOT_READY, Connected): S.TALKING,
    (S.WRAP_UP, Connected): S.TALKING,
    (S.TALKING, TookOver): S.TALKING,
    (S.TALKING, NotTalking): S.RINGING,
    (S.TALKING, StoppedListening): S.READY,
    (S.TALKING, Left): S.WRAP_UP,
}
"""In a call SetNotReady keeps the state and books the reason, SetReady takes it back. 状态表"""

FOUND_BY_US = frozenset(
    {
        NotReadyReason.DID_NOT_ANSWER,
        NotReadyReason.PHONE_BUSY,
        NotReadyReason.PHONE_UNREACHABLE,
        NotReadyReason.PHONE_IN_USE,
    }
)
"""Reasons that nobody chose; an answered call disproves them. 系统判定的原因"""

FOR_PEOPLE = (
    frozenset(NotReadyReason) - FOUND_BY_US - {NotReadyReason.SIGNED_IN, NotReadyReason.FORCED}
)
"""Reasons an operator may choose. 可人工选择的原因"""


def advance(seat: Seat, happening: Happening, at: datetime) -> Seat | None:
    """The seat after it, or None when it does not fit and nothing changes."""
    state = NEXT.get((seat.state, type(happening)))
    if state is None or not _same_call(seat, happening):
        return None
    match happening:
        case SignIn(operator=operator):
            after = _not_ready(seat, NotReadyReason.SIGNED_IN, at)
            return replace(after, operator=operator, idle_since=at)
        case SignOut():
            return _signed_out(seat, at)
        case SetReady() | SetNotReady() if state is not seat.state and seat.pending_sign_out:
            return _signed_out(seat, at)  # He leaves the wrap-up, to where a supervisor sent him.
        case BookSignOut():
            return replace(seat, pending_sign_out=True)
        case Unbook():
            return replace(seat, pending_sign_out=False, pending_not_ready=None)
        case SetReady() if state is not S.READY:
            return replace(seat, pending_not_ready=None)
        case SetReady():
            free = _moved(seat, S.READY, at)
            return _unless_in_use(replace(free, pending_not_ready=None), at)
        case SetNotReady(reason=reason) if state is not S.NOT_READY:
            return replace(seat, pending_not_ready=reason)
        case SetNotReady(reason=reason):
            return _not_ready(seat, reason, at)
        case WrapUpOver() | OfferUndone() | StoppedListening():
            return _free_again(seat, at)
        case PhoneLost():
            return _not_ready(seat, NotReadyReason.PHONE_UNREACHABLE, at)
        case PhoneFound():
            return _ready_if_only_the_phone_was_missing(seat, at)
        case PhoneTaken():
            return _not_ready(seat, NotReadyReason.PHONE_IN_USE, at)
        case PhoneFreed():
            return _ready_if_only_the_phone_was_in_use(seat, at)
        case OfferFailed():
            if seat.pending_sign_out:
                return _signed_out(seat, at)
            return _not_ready(seat, happening.reason, at)
        case Reserved(call_id=call_id, until=until):
            return replace(_moved(seat, state, at), call_id=call_id, until=until)
        case Invited(call_id=call_id, until=until):
            invited = replace(_moved(seat, state, at), call_id=call_id, until=until)
            return replace(invited, pending_not_ready=_kept(seat))
        case Rang(call_id=call_id, part=part):
            booked = seat.pending_not_ready or _kept(seat)
            rung = replace(_moved(seat, state, at), call_id=call_id, part=part)
            return replace(rung, pending_not_ready=booked)
        case NotTalking(call_id=call_id):
            return replace(_moved(seat, state, at), call_id=call_id, part=seat.part)
        case TookOver(call_id=call_id):
            if seat.part is PartyRole.SEAT:
                return None
            return replace(_moved(seat, state, at), call_id=call_id)
        case Connected(call_id=call_id, part=part):
            booked = seat.pending_not_ready or seat.reason
            if booked in FOUND_BY_US:
                booked = None
            talking = replace(_moved(seat, state, at), call_id=call_id, part=part)
            return replace(talking, pending_not_ready=booked)
        case Left(call_id=call_id, until=until):
            wrapping = replace(_moved(seat, state, at), call_id=call_id, until=until)
            return replace(wrapping, idle_since=at, last_call_id=call_id)
        case _:
            raise AssertionError(f"{happening} is in NEXT but not handled")


def _same_call(seat: Seat, happening: Happening) -> bool:
    """Whether it speaks of the seat's own call, or may speak of any.

    A reservation for one call does not hold against another call (one in the lifeboat) that really
    is answered there; its mere ringing changes nothing, since it may be an old offer's late echo.
    """
    match happening:
        case Rang(call_id=call_id):
            return seat.state is not S.RESERVED or seat.call_id == call_id
        case Reserved() | Invited() | Connected():
            return True
        case Concerning(call_id=call_id):
            return seat.call_id == call_id
        case _:
            return True


def _moved(seat: Seat, state: SeatState, at: datetime) -> Seat:
    return replace(
        seat,
        state=state,
        since=at,
        reason=None,
        call_id=None,
        until=None,
        part=PartyRole.SEAT,
    )


def _not_ready(seat: Seat, reason: NotReadyReason, at: datetime) -> Seat:
    return replace(_moved(seat, S.NOT_READY, at), reason=reason, pending_not_ready=None)


def _signed_out(seat: Seat, at: datetime) -> Seat:
    out = replace(_moved(seat, S.SIGNED_OUT, at), operator=None, pending_not_ready=None)
    return replace(out, pending_sign_out=False, last_call_id=None)


def _free_again(seat: Seat, at: datetime) -> Seat:
    """READY at its old idle time, unless something was booked or the phone went meanwhile."""
    if seat.pending_sign_out:
        return _signed_out(seat, at)
    if seat.pending_not_ready is not None:
        return _not_ready(seat, seat.pending_not_ready, at)
    if not seat.phone_reachable:
        return _not_ready(seat, NotReadyReason.PHONE_UNREACHABLE, at)
    return _unless_in_use(_moved(seat, S.READY, at), at)


def _unless_in_use(free: Seat, at: datetime) -> Seat:
    """Never READY while it really talks, though we may have lost sight of its call."""
    return _not_ready(free, NotReadyReason.PHONE_IN_USE, at) if free.phone_in_use else free


def _kept(seat: Seat) -> NotReadyReason | None:
    """Why it shall be not ready again after this call; the phone's use ends with the call."""
    return None if seat.reason is NotReadyReason.PHONE_IN_USE else seat.reason


def _ready_if_only_the_phone_was_in_use(seat: Seat, at: datetime) -> Seat | None:
    if seat.reason is not NotReadyReason.PHONE_IN_USE or seat.phone_in_use:
        return None
    if not seat.phone_reachable:
        return None
    return _moved(seat, S.READY, at)


def _ready_if_only_the_phone_was_missing(seat: Seat, at: datetime) -> Seat | None:
    """Only a seat that nobody set not-ready comes back by itself.

    A browser softphone that registers anew after a two-second hiccup must not leave an empty
    window that no operator chose and none notices (SEAT-06). Whoever asked for a break, or did
    not answer, stays not-ready until he says otherwise.
    """
    if seat.reason is not NotReadyReason.PHONE_UNREACHABLE:
        return None
    return _unless_in_use(_moved(seat, S.READY, at), at)
