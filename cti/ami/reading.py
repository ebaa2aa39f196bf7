"""Asterisk's words become facts here, once, at the door. 报文解读

Everything past this module is typed: no header names, no strings that mean numbers. Checked against
Asterisk 22.10. What the names mean stands in cti/ami/names.py; legs that join a call in
cti/ami/party_reading.py.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from cti.ami import party_reading
from cti.ami.names import (
    CITIZENS_CONTEXT,
    call_of,
    call_of_our_leg,
    device_of,
    instant,
    instant_of,
    number_of,
    seat_of,
    whole_number,
)
from cti.ami.wire import Message, event_name
from cti.errors import MalformedMessage
from cti.facts import (
    CitizenArrived,
    CitizenGone,
    CitizenHeld,
    CitizenInRoom,
    Fact,
    HangupAsked,
    HangupOrdered,
    KeyWasPressed,
    LifeboatJoined,
    NoticeEnded,
    PhoneChanged,
    PhoneState,
    RecordingBegan,
    SeatConnected,
    SeatDidNotAnswer,
    SeatGone,
    SeatHeld,
    SeatRang,
    SeatRetrieved,
    WaitingBegan,
    WhyNotAnswered,
)
from cti.ids import CallId, LegId, SkillGroupCode

LIFEBOAT_QUEUE = "lifeboat"

WHY_NOT_ANSWERED = {
    "NOANSWER": WhyNotAnswered.NO_ANSWER,
    "BUSY": WhyNotAnswered.BUSY,
    "CHANUNAVAIL": WhyNotAnswered.UNREACHABLE,
    "CONGESTION": WhyNotAnswered.UNREACHABLE,
    "CANCEL": WhyNotAnswered.CITIZEN_GONE,
    "ABORT": WhyNotAnswered.CITIZEN_GONE,
}

PHONE_STATES = {
    "NOT_INUSE": PhoneState.FREE,
    "RINGING": PhoneState.RINGING,
    "INUSE": PhoneState.IN_USE,
    "BUSY": PhoneState.IN_USE,
    "RINGINUSE": PhoneState.IN_USE,
    "ONHOLD": PhoneState.IN_USE,
    "UNAVAILABLE": PhoneState.UNREACHABLE,
    "INVALID": PhoneState.UNREACHABLE,
    "UNKNOWN": PhoneState.UNREACHABLE,
}


def read_facts(message: Message, node: str, arrived_at: datetime) -> Sequence[Fact]:
    """The facts in an AMI event, none for the many events we do not need.

    `arrived_at` stands in for the Timestamp that rows of a list do not have. Raises
    MalformedMessage when a header that the event must have is missing or is no number.
    """
    name = event_name(message.raw)
    if name == b"DialBegin" and message.find(b"Channel") is None:
        return party_reading.originated(message, node, arrived_at)
    read = READERS.get(name)
    fact = None if read is None else read(message, node, arrived_at)
    return () if fact is None else (fact,)


def _newchannel(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    # HOTLINE_CALL is not set yet on a citizen's channel; where it is, the channel is another leg.
    if message.find(b"Context") != CITIZENS_CONTEXT or message.variable(b"HOTLINE_CALL"):
        return None
    call_id = message.need(b"Uniqueid")
    local = message.need(b"Channel").startswith("Local/")
    if local or call_id != message.need(b"Linkedid") or not call_id.startswith(f"{node}-"):
        return None
    return CitizenArrived(
        call_id=CallId(call_id),
        at=instant(message, arrived_at),
        caller_number=number_of(message.need(b"CallerIDNum")),
        called_number=message.need(b"Exten"),
    )


def _mix_monitor_start(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    call_id = call_of(message, node)
    if call_id is None:
        return None
    if message.need(b"Uniqueid") != call_id:
        return party_reading.recording(message, call_id, instant(message, arrived_at))
    return RecordingBegan(call_id=call_id, at=instant(message, arrived_at))


def _user_event(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    # Our own headers come after the name of the user event; the channel's come before and have a
    # Priority too, the dialplan's.
    _, named, ours = message.raw.partition(b"\r\nUserEvent: Hotline")
    if not named:
        return None
    call_id = call_of(message, node)
    if call_id is None:
        return None
    told = Message(ours)
    if ours.startswith(b"Notice\r\n"):
        return NoticeEnded(call_id=call_id, at=instant(message, arrived_at))
    if ours.startswith(b"Held\r\n"):
        return CitizenHeld(call_id=call_id, at=instant(message, arrived_at))
    if ours.startswith(b"Spying\r\n"):
        return party_reading.spying(message, told, call_id, instant(message, arrived_at))
    if ours.startswith(b"Waiting\r\n"):
        return WaitingBegan(
            call_id=call_id,
            at=instant(message, arrived_at),
            skill_group=SkillGroupCode(told.need(b"Group")),
            joined_at=instant_of(told.need(b"JoinedAt"), seconds_per_unit=0.001),
            priority=whole_number(told.need(b"Priority")),
            turn=whole_number(told.find(b"Turn") or "1"),
        )
    return None


def _dial_begin(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    seat_id = seat_of(message.need(b"DestChannel"))
    if seat_id is None:
        return None
    call_id = call_of(message, node)
    if call_id is None:
        return None
    return SeatRang(
        call_id=call_id,
        at=instant(message, arrived_at),
        seat_id=seat_id,
        leg_id=LegId(message.need(b"DestUniqueid")),
    )


def _dial_end(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    seat_id = seat_of(message.need(b"DestChannel"))
    # Without Channel nobody waits at the other end: a leg we originated, not an offered call.
    if seat_id is None or message.find(b"Channel") is None:
        return None
    call_id = call_of(message, node)
    if call_id is None:
        return None
    leg_id = LegId(message.need(b"DestUniqueid"))
    at = instant(message, arrived_at)
    status = message.need(b"DialStatus")
    if status == "ANSWER":
        return SeatConnected(call_id=call_id, at=at, seat_id=seat_id, leg_id=leg_id)
    why = WHY_NOT_ANSWERED.get(status, WhyNotAnswered.UNREACHABLE)
    return SeatDidNotAnswer(call_id=call_id, at=at, seat_id=seat_id, leg_id=leg_id, why=why)


def _hold(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    seat_id, call_id = seat_of(message.need(b"Channel")), call_of(message, node)
    if seat_id is None or call_id is None:
        return None
    return SeatHeld(call_id=call_id, at=instant(message, arrived_at), seat_id=seat_id)


def _unhold(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    seat_id, call_id = seat_of(message.need(b"Channel")), call_of(message, node)
    if seat_id is None or call_id is None:
        return None
    return SeatRetrieved(call_id=call_id, at=instant(message, arrived_at), seat_id=seat_id)


def _hangup_request(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    call_id = call_of(message, node)
    if call_id is None:
        return None
    seat_id = seat_of(message.need(b"Channel"))
    if seat_id is None and message.need(b"Uniqueid") != call_id:
        return None
    return HangupAsked(call_id=call_id, at=instant(message, arrived_at), seat_id=seat_id)


def _soft_hangup_request(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    asked = _hangup_request(message, node, arrived_at)
    if not isinstance(asked, HangupAsked):
        return None
    return HangupOrdered(call_id=asked.call_id, at=asked.at, seat_id=asked.seat_id)


def _hangup(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    call_id = call_of(message, node)
    if call_id is None:
        return None
    uniqueid = message.need(b"Uniqueid")
    at = instant(message, arrived_at)
    if uniqueid == call_id:
        cause = whole_number(message.find(b"Cause") or "0")
        return CitizenGone(call_id=call_id, at=at, cause=cause)
    if call_of_our_leg(uniqueid) is not None:
        return party_reading.gone(message, call_id, at)
    seat_id = seat_of(message.need(b"Channel"))
    if seat_id is None:
        return None
    return SeatGone(call_id=call_id, at=at, seat_id=seat_id, leg_id=LegId(uniqueid))


def _confbridge_join(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    call_id = call_of(message, node)
    if call_id is None:
        return None
    at = instant(message, arrived_at)
    if message.need(b"Uniqueid") == call_id:
        return CitizenInRoom(call_id=call_id, at=at)
    return party_reading.in_room(message, call_id, at)


def _dtmf_end(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    if message.find(b"Direction") != "Received":
        return None
    call_id = call_of(message, node)
    if call_id is None or message.need(b"Uniqueid") != call_id:
        return None
    if message.variable(b"HOTLINE_PRIVATE") == "yes":
        return None  # he types a query code: it is written down nowhere
    key = message.need(b"Digit")
    return KeyWasPressed(call_id=call_id, at=instant(message, arrived_at), key=key)


def _queue_caller_join(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    if message.find(b"Queue") != LIFEBOAT_QUEUE:
        return None
    call_id = call_of(message, node)
    if call_id is None:
        return None
    turn = whole_number(message.variable(b"HOTLINE_TURN") or "1")
    return LifeboatJoined(call_id=call_id, at=instant(message, arrived_at), turn=turn)


def _queue_entry(message: Message, node: str, arrived_at: datetime) -> Fact | None:
    # A row of QueueStatus: it has the channel's Uniqueid, which is the citizen's call, and no more.
    call_id = message.need(b"Uniqueid")
    if message.find(b"Queue") != LIFEBOAT_QUEUE or not call_id.startswith(f"{node}-"):
        return None
    return LifeboatJoined(call_id=CallId(call_id), at=arrived_at)


def _device_state_change(message: Message, _node: str, arrived_at: datetime) -> Fact | None:
    device = message.need(b"Device")
    seat_id = seat_of(device)
    if seat_id is None:
        return None
    phone = PHONE_STATES.get(message.need(b"State"))
    if phone is None:
        raise MalformedMessage("a phone's state has an unknown name")
    return PhoneChanged(
        at=instant(message, arrived_at), seat_id=seat_id, phone=phone, device=device_of(device)
    )


READERS: dict[bytes, Callable[[Message, str, datetime], Fact | None]] = {
    b"Newchannel": _newchannel,
    b"MixMonitorStart": _mix_monitor_start,
    b"UserEvent": _user_event,
    b"DialBegin": _dial_begin,
    b"DialEnd": _dial_end,
    b"ConfbridgeJoin": _confbridge_join,
    b"Hold": _hold,
    b"Unhold": _unhold,
    b"HangupRequest": _hangup_request,
    b"SoftHangupRequest": _soft_hangup_request,
    b"Hangup": _hangup,
    b"DTMFEnd": _dtmf_end,
    b"QueueCallerJoin": _queue_caller_join,
    b"QueueEntry": _queue_entry,
    b"DeviceStateChange": _device_state_change,
}
