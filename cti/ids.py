"""Names for things that several packages talk about. 编号"""

import re
from typing import NewType

CallId = NewType("CallId", str)
"""The uniqueid of the citizen's channel, node name included ("node1-1763716.42"): one id for
the citizen's whole contact, inherited by every leg as HOTLINE_CALL. 一通话务的编号"""

LegId = NewType("LegId", str)
"""The uniqueid of one channel. 话路编号"""

MessageId = NewType("MessageId", str)
"""One voice message: its call's id and a serial number, "node1-1763716.42-m1"; also the id of the leg
that it is recorded as. 留言编号"""

_LEG_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")
_SERIAL = re.compile(r"[1-9][0-9]{0,3}")

SeatId = NewType("SeatId", str)
"""The working position's number, which is also its extension. 座席工号"""

SkillGroupCode = NewType("SkillGroupCode", str)
"""A skill group's code, such as "general". 技能组代码"""


def message_id_of(call_id: CallId, number: int) -> MessageId:
    """The call's first message is number 1; one that is spoken anew keeps its number."""
    return MessageId(f"{call_id}-m{number}")


def message_in(call_id: CallId, leg_id: LegId | str) -> MessageId | None:
    """The message that this leg of the call is; None for a leg that is somebody's."""
    serial = leg_id.removeprefix(f"{call_id}-m")
    return MessageId(leg_id) if serial != leg_id and _SERIAL.fullmatch(serial) else None


def is_leg_id(text: str) -> bool:
    """Whether this can be the id of a leg that is recorded, and so part of a file's name."""
    return _LEG_ID.fullmatch(text) is not None
