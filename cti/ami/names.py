"""What the names in Asterisk's events mean, whatever the event. 报文中的名称

* A call is the channel variable HOTLINE_CALL, which every leg inherits, or, before the dialplan has
  set it, the Linkedid. It must carry our node's name: legs of other nodes make no calls here.
* The citizen's own channel is the one whose Uniqueid is the call.
* A seat's leg is a channel PJSIP/<digits>-<number>, or PJSIP/<digits>-web-<number> in a browser; other
  endpoints (trunks) have names with letters.
* A leg that we originated has the id that we gave it, the call's with -p<milliseconds>, and says in
  HOTLINE_PARTY whose it is: "<role>:<who>". The far half of a Local channel and what it dials have
  ids of their own and are nobody's leg.
"""

import re
from datetime import UTC, datetime

from cti.ami.wire import Message
from cti.errors import MalformedMessage
from cti.events import PartyRole
from cti.facts import PhoneDevice
from cti.ids import CallId, LegId, SeatId

CITIZENS_CONTEXT = "hotline-in"
SEAT_DEVICE = re.compile(r"PJSIP/([0-9]+)(-web)?(?:-[0-9a-f]+)?$")
OUR_LEG = re.compile(r"p[0-9]+-(.+)|(.+)-p[0-9]+")
"""The number stands first where the call's own id is still to be given to a channel: see cti/calls_out.py."""


def seat_of(channel: str) -> SeatId | None:
    """The seat whose phone this channel or device is."""
    seat = SEAT_DEVICE.match(channel)
    return SeatId(seat[1]) if seat else None


def device_of(channel: str) -> PhoneDevice:
    """Which of a seat's two telephones this channel or device is."""
    seat = SEAT_DEVICE.match(channel)
    return PhoneDevice.BROWSER if seat and seat[2] else PhoneDevice.DESK


def call_of(message: Message, node: str) -> CallId | None:
    """The call this event's channel belongs to; None if it is none of our node's."""
    call_id = message.variable(b"HOTLINE_CALL") or message.need(b"Linkedid")
    return CallId(call_id) if call_id.startswith(f"{node}-") else None


def instant(message: Message, arrived_at: datetime) -> datetime:
    """Asterisk's own instant of the event."""
    stamp = message.find(b"Timestamp")
    if stamp is None:
        return arrived_at
    return instant_of(stamp, seconds_per_unit=1.0)


def instant_of(text: str, seconds_per_unit: float) -> datetime:
    """A count of seconds or milliseconds since 1970 as an instant. Raises MalformedMessage."""
    try:
        return datetime.fromtimestamp(float(text) * seconds_per_unit, UTC)
    except (ValueError, OverflowError, OSError) as wrong:
        raise MalformedMessage("an instant is no number in range") from wrong


def whole_number(text: str) -> int:
    """Raises MalformedMessage for anything but a plain integer."""
    try:
        return int(text)
    except ValueError as wrong:
        raise MalformedMessage("a number is no integer") from wrong


def number_of(text: str) -> str:
    """A caller's number as dialled, or "" where the line shows none."""
    return "" if text == "<unknown>" else text


def call_of_our_leg(leg_id: str) -> CallId | None:
    """The call in the id of a leg that we originated; None for any other leg."""
    ours = OUR_LEG.fullmatch(leg_id)
    return CallId(ours[1] or ours[2]) if ours else None


def party_named(party: str) -> tuple[PartyRole, str]:
    """HOTLINE_PARTY's two words. Raises MalformedMessage."""
    role, colon, who = party.partition(":")
    try:
        if colon and who:
            return PartyRole(role), who
    except ValueError as unknown:
        raise MalformedMessage("a party has an unknown role") from unknown
    raise MalformedMessage("a party is not named")


def party_on(message: Message) -> tuple[LegId, PartyRole, str] | None:
    """Whose leg this event's channel is; None for the citizen's and for nobody's."""
    leg_id = LegId(message.need(b"Uniqueid"))
    if call_of_our_leg(leg_id) is not None:
        return (leg_id, *party_named(message.variable(b"HOTLINE_PARTY")))
    seat_id = seat_of(message.need(b"Channel"))
    return None if seat_id is None else (leg_id, PartyRole.SEAT, seat_id)
