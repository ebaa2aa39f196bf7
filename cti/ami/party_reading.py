"""What Asterisk says of legs that join a call: seats, departments, supervisors. 参与方报文解读

Rooms are conferences named talk-<call> and aside-<call>; listening and whispering are no conferences
and are told by the dialplan itself. Checked against Asterisk 22.10.
"""

from collections.abc import Sequence
from datetime import datetime

from cti.ami.names import call_of_our_leg, instant, number_of, party_named, party_on
from cti.ami.wire import Message
from cti.events import Direction, Room
from cti.facts import (
    CitizenArrived,
    Fact,
    LegGone,
    LegInRoom,
    LegRang,
    LegRecordingBegan,
)
from cti.ids import CallId, LegId

ROOMS = {"talk": Room.TALK, "aside": Room.ASIDE}
SPYING = {"listen": Room.LISTENING, "whisper": Room.WHISPERING}


def originated(message: Message, node: str, arrived_at: datetime) -> Sequence[Fact]:
    """A leg that we asked for is being rung; for a call of ours this is how it begins.

    HOTLINE_OUT on it is the citizen's number, on the first leg of a call to him.
    """
    leg_id = LegId(message.need(b"DestUniqueid"))
    citizen = _of_dest(message, b"HOTLINE_OUT")
    # The citizen's own leg, of a call to him, is the only one that is not named after a call.
    his_own = bool(citizen) or _of_dest(message, b"HOTLINE_CALL") == leg_id
    call_id = call_of_our_leg(leg_id) or (CallId(leg_id) if his_own else None)
    if call_id is None or not call_id.startswith(f"{node}-"):
        return ()
    at = instant(message, arrived_at)
    facts: list[Fact] = []
    if citizen:
        facts.append(
            CitizenArrived(
                call_id=call_id,
                at=at,
                caller_number=number_of(citizen),
                # He dialled nothing; what his leg shows as its number may be his own.
                called_number="",
                direction=Direction.OUT,
            )
        )
    # His own leg names no party; that it rings is all there is to say of it.
    role, who = party_named(_of_dest(message, b"HOTLINE_PARTY") or "third:citizen")
    facts.append(LegRang(call_id=call_id, at=at, leg_id=leg_id, role=role, who=who))
    return facts


def recording(message: Message, call_id: CallId, at: datetime) -> Fact | None:
    """A party's own voice is being recorded."""
    party = party_on(message)
    if party is None:
        return None
    leg_id, role, who = party
    return LegRecordingBegan(call_id=call_id, at=at, leg_id=leg_id, role=role, who=who)


def in_room(message: Message, call_id: CallId, at: datetime) -> Fact | None:
    """A party came into a conference of this call."""
    party = party_on(message)
    room = ROOMS.get(message.need(b"Conference").partition("-")[0])
    if party is None or room is None:
        return None
    leg_id, role, who = party
    return LegInRoom(call_id=call_id, at=at, leg_id=leg_id, role=role, who=who, room=room)


def spying(message: Message, told: Message, call_id: CallId, at: datetime) -> Fact | None:
    """A supervisor hears a seat now; what the dialplan says of it comes after the channel's headers."""
    party = party_on(message)
    room = SPYING.get(told.need(b"How"))
    if party is None or room is None:
        return None
    leg_id, role, who = party
    return LegInRoom(call_id=call_id, at=at, leg_id=leg_id, role=role, who=who, room=room)


def gone(message: Message, call_id: CallId, at: datetime) -> Fact:
    """A leg that we originated is gone."""
    role, who = party_named(message.variable(b"HOTLINE_PARTY"))
    leg_id = LegId(message.need(b"Uniqueid"))
    cause = int(message.find(b"Cause") or 0)
    return LegGone(call_id=call_id, at=at, leg_id=leg_id, role=role, who=who, cause=cause)


def _of_dest(message: Message, variable: bytes) -> str:
    return message.find_marked(b"\r\nDestChanVariable: " + variable + b"=")
