"""What may be asked of Asterisk about a call, as checked actions. 通话控制

A command asks; the facts that follow tell what happened. Asterisk takes a channel's uniqueid wherever it
wants a channel's name (tried on 22.10), so a call id names the citizen's leg by itself.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cti.call import Call
from cti.errors import ActionRefused, UnknownCall, UnsafeActionValue
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from cti.invitations import ROOMS, Invitation
from cti.seat_devices import dial_string

LIFEBOAT_QUEUE = "lifeboat"
RESUME = (("Context", "hotline-lifeboat"), ("Exten", "resume"), ("Priority", "1"))
NORMAL_CLEARING = "16"
OUTSIDE = "hotline-out"
OUTSIDE_CODECS = "alaw"
"""What the legs of a call out carry: the trunk's own, so that nothing on the way translates. Debian's Asterisk 22
drops the sound of every source whose RTP numbers lie behind those of the source before it on the same
translator, for up to eleven minutes (docs/decisions.md, 47)."""

_CALL_ID = re.compile(r"[A-Za-z0-9_-]+-[0-9]+\.[0-9]+")
_LEG_ID = re.compile(r"(?:p[0-9]+-)?[A-Za-z0-9_-]+-[0-9]+\.[0-9]+(?:-p[0-9]+)?")
_SEAT_ID = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"[0-9]+")
_DOOR = re.compile(r"[a-z]+-[a-z]+|talk|line")
LEAD_AGAIN_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
_ON_ITS_WAY = "channel not up"
_GONE = ("No such channel", "does not exist")


class Answered(Protocol):
    """An answer that says yes. 应答"""

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def rows(self) -> Sequence[Mapping[str, str]]: ...


class Asterisk(Protocol):
    """What the control needs of the link. 链路端口

    Both raise LinkLost, ActionLost, ActionRefused, ActionTimedOut or UnsafeActionValue.
    """

    async def act(self, name: str, fields: Sequence[tuple[str, str]] = ()) -> Answered: ...

    async def act_for_list(self, name: str, fields: Sequence[tuple[str, str]] = ()) -> Answered: ...


class CallControl:
    """Commands to Asterisk. 通话控制

    Every method may raise LinkLost (nothing was done), ActionLost or ActionTimedOut (nobody knows),
    ActionRefused, UnsafeActionValue.
    """

    def __init__(self, link: Asterisk, phone_of: Callable[[SeatId], str] = dial_string) -> None:
        self._link = link
        self._phone_of = phone_of

    async def hang_up(self, call_id: CallId) -> None:
        """End the citizen's leg, and with it the call. Raises UnknownCall."""
        await self._on_citizen("Hangup", call_id, (("Cause", NORMAL_CLEARING),))

    async def take_back_from_lifeboat(self, call: Call) -> None:
        """Lead a citizen from Asterisk's own queue back into his story. Raises UnknownCall."""
        await self._resume(call.call_id)

    async def lead(self, moves: Sequence[tuple[LegId, str]]) -> None:
        """Lead each leg to its extension of the rooms ("talk-seat", ...), two by two, in this order.

        Two that speak in a plain bridge must be led together, or the one that stays is led on by its
        own dialplan; so they stand first. Raises UnknownCall when a leg is not there any more.
        """
        for n in range(0, len(moves), 2):
            (leg, door), *second = moves[n : n + 2]
            fields = [("Channel", _leg(leg)), *_way("", door)]
            for other, other_door in second:
                fields += [("ExtraChannel", _leg(other)), *_way("Extra", other_door)]
            await self._redirect(fields)

    async def _resume(self, call_id: CallId) -> None:
        await self._redirect((("Channel", _citizen(call_id)), *RESUME))

    async def _redirect(self, fields: Sequence[tuple[str, str]]) -> None:
        """Again after a moment while a leg is on the way to where it was last led: until it has set out,
        Asterisk counts it as hanging up. One that really hangs up is soon not there: UnknownCall.
        """
        for pause_s in (*LEAD_AGAIN_S, None):
            try:
                return await self._on_leg("Redirect", fields)
            except ActionRefused as refused:
                if pause_s is None or _ON_ITS_WAY not in str(refused):
                    raise
            await asyncio.sleep(pause_s)

    async def ring(self, invitation: Invitation) -> None:
        """Ring a seat or a number outside; what comes of it is told by the leg's own facts."""
        codecs: list[tuple[str, str]] = []
        if invitation.seat_id is not None:
            channel = self._phone_of(_digits(invitation.seat_id))
        else:
            if not _NUMBER.fullmatch(invitation.number):
                raise UnsafeActionValue("a number to be dialled has digits only")
            channel = f"Local/{invitation.number}@{OUTSIDE}/n"
            codecs = [("Codecs", OUTSIDE_CODECS)]
        if not _DOOR.fullmatch(invitation.door):
            raise UnsafeActionValue("a door of the rooms has letters only")
        fields = [
            ("Channel", channel),
            ("ChannelId", _leg(invitation.leg_id)),
            ("Context", invitation.context),
            ("Exten", invitation.door),
            ("Priority", "1"),
            ("CallerID", f"<{invitation.shown_number}>"),
            ("Timeout", str(invitation.ring_s * 1000)),
            ("Async", "true"),
            *codecs,
        ]
        fields += [("Variable", f"{name}={value}") for name, value in invitation.variables.items()]
        await self._link.act("Originate", fields)

    async def hang_up_leg(self, leg_id: LegId) -> None:
        """End a leg; no error if it has ended."""
        fields = [("Channel", _leg(leg_id)), ("Cause", NORMAL_CLEARING)]
        try:
            await self._on_leg("Hangup", fields)
        except UnknownCall:
            return

    async def packets_heard(self, leg_id: LegId) -> int:
        """How many packets of sound have come from this leg's telephone. Raises UnknownCall."""
        fields = [("Channel", _leg(leg_id)), ("Variable", "CHANNEL(rtcp,rxcount,audio)")]
        try:
            answer = await self._link.act("Getvar", fields)
        except ActionRefused as refused:
            if any(words in str(refused) for words in _GONE):
                raise UnknownCall(UnknownCall.__doc__) from refused
            raise
        value = answer.headers.get("value", "")
        return int(value) if value.isdecimal() else 0

    async def mute(self, leg_id: LegId, *, muted: bool) -> None:
        """What this leg says is heard by nobody. Only in a room: in a plain bridge the other side would
        get no packets at all, and hang up. Raises UnknownCall.
        """
        value = "on" if muted else "off"
        await self.note(leg_id, "MUTEAUDIO(in)", value)

    async def hush(self, call_id: CallId) -> None:
        """End what is being played to the citizen. Raises UnknownCall; ActionRefused if nothing is."""
        await self._on_citizen("ControlPlayback", call_id, (("Control", "stop"),))

    async def press(self, leg_id: LegId, keys: str) -> None:
        """Send keys to the far end of a leg, one after the other. Raises UnknownCall."""
        for key in keys:
            await self._on_leg("PlayDTMF", [("Channel", _leg(leg_id)), ("Digit", key)])

    async def back_to_line(self, call: Call, skill_group: SkillGroupCode) -> None:
        """Lead the citizen back into his story, to wait for this group at his old place. Raises UnknownCall."""
        variables = {
            **place_in_line(skill_group, call.joined_at or call.arrived_at, call.priority),
            "HOTLINE_TURN": str(call.turn + 1),
            "HOTLINE_STATE": "waiting",
        }
        for name, value in variables.items():
            await self.note(LegId(call.call_id), name, value)
        await self._resume(call.call_id)

    async def note(self, leg_id: LegId, variable: str, value: str) -> None:
        """Set a variable on a leg. Raises UnknownCall."""
        fields = [("Channel", _leg(leg_id)), ("Variable", variable), ("Value", value)]
        await self._on_leg("Setvar", fields)

    async def _on_leg(self, action: str, fields: Sequence[tuple[str, str]]) -> None:
        try:
            await self._link.act(action, fields)
        except ActionRefused as refused:
            if any(words in str(refused) for words in _GONE):
                raise UnknownCall(UnknownCall.__doc__) from refused
            raise

    async def lifeboat_members(self) -> Mapping[SeatId, bool]:
        """Every seat in the lifeboat, and whether it is paused."""
        listed = await self._link.act_for_list("QueueStatus", (("Queue", LIFEBOAT_QUEUE),))
        return dict(_members(listed.rows))

    async def set_lifeboat_member(self, seat_id: SeatId, paused: bool) -> None:
        """Make the seat a member, paused or not, whatever it was before.

        Always the telephone on its desk: while the service is away a browser has no line to Asterisk.
        """
        phone = dial_string(_digits(seat_id))
        add = (
            ("Queue", LIFEBOAT_QUEUE),
            ("Interface", phone),
            ("MemberName", seat_id),
            ("StateInterface", phone),
            ("Paused", str(paused).lower()),
        )
        try:
            await self._link.act("QueueAdd", add)
        except ActionRefused as refused:
            if "Already there" not in str(refused):
                raise
            pause = (
                ("Queue", LIFEBOAT_QUEUE),
                ("Interface", phone),
                ("Paused", str(paused).lower()),
            )
            await self._link.act("QueuePause", pause)

    async def remove_lifeboat_member(self, seat_id: SeatId) -> None:
        """The seat is no member any more; no error if it was none."""
        remove = (("Queue", LIFEBOAT_QUEUE), ("Interface", dial_string(_digits(seat_id))))
        try:
            await self._link.act("QueueRemove", remove)
        except ActionRefused as refused:
            if "Not there" not in str(refused):
                raise

    async def _on_citizen(
        self, action: str, call_id: CallId, fields: Sequence[tuple[str, str]]
    ) -> None:
        await self._on_leg(action, (("Channel", _citizen(call_id)), *fields))


def place_in_line(
    skill_group: SkillGroupCode, joined_at: datetime, priority: int
) -> dict[str, str]:
    """A place as channel variables, which his story takes up."""
    return {
        "HOTLINE_GROUP": skill_group,
        "HOTLINE_JOINED_AT": str(round(joined_at.timestamp() * 1000)),
        "HOTLINE_PRIORITY": str(priority),
    }


def _citizen(call_id: CallId) -> str:
    # Anything else might be a channel's name, or a pattern: Hangup takes /regular expressions/.
    if not _CALL_ID.fullmatch(call_id):
        raise UnknownCall(UnknownCall.__doc__)
    return call_id


def _leg(leg_id: LegId) -> str:
    # As for calls: no channel's name, no pattern.
    if not _LEG_ID.fullmatch(leg_id):
        raise UnknownCall(UnknownCall.__doc__)
    return leg_id


def _way(prefix: str, door: str) -> list[tuple[str, str]]:
    if not _DOOR.fullmatch(door):
        raise UnsafeActionValue("a door of the rooms has letters only")
    return [(f"{prefix}Context", ROOMS), (f"{prefix}Exten", door), (f"{prefix}Priority", "1")]


def _digits(seat_id: SeatId) -> SeatId:
    # A name with a slash or letters would reach other endpoints than seats' phones.
    if not _SEAT_ID.fullmatch(seat_id):
        raise UnsafeActionValue("a seat's number has digits only")
    return seat_id


def _members(rows: Iterable[Mapping[str, str]]) -> Iterable[tuple[SeatId, bool]]:
    for row in rows:
        if row.get("event") == "QueueMember" and row.get("queue") == LIFEBOAT_QUEUE:
            yield SeatId(row["name"]), row.get("paused") == "1"
