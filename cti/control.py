"""What may be asked of Asterisk about a call, as checked actions. 通话控制

A command asks; the facts that follow tell what happened. Asterisk takes a channel's uniqueid wherever it
wants a channel's name (tried on 22.10), so a call id names the citizen's leg by itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from cti.call import Call
from cti.errors import ActionRefused, UnknownCall, UnsafeActionValue
from cti.ids import CallId, SeatId

LIFEBOAT_QUEUE = "lifeboat"
RESUME = (("Context", "hotline-lifeboat"), ("Exten", "resume"), ("Priority", "1"))
NORMAL_CLEARING = "16"

_CALL_ID = re.compile(r"[A-Za-z0-9_-]+-[0-9]+\.[0-9]+")
_SEAT_ID = re.compile(r"[0-9]+")
_GONE = ("No such channel", "does not exist")


class Answered(Protocol):
    """An answer that says yes. 应答"""

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

    def __init__(self, link: Asterisk) -> None:
        self._link = link

    async def hang_up(self, call_id: CallId) -> None:
        """End the citizen's leg, and with it the call. Raises UnknownCall."""
        await self._on_citizen("Hangup", call_id, (("Cause", NORMAL_CLEARING),))

    async def take_back_from_lifeboat(self, call: Call) -> None:
        """Lead a citizen from Asterisk's own queue back into his story. Raises UnknownCall."""
        await self._on_citizen("Redirect", call.call_id, RESUME)

    async def lifeboat_members(self) -> Mapping[SeatId, bool]:
        """Every seat in the lifeboat, and whether it is paused."""
        listed = await self._link.act_for_list("QueueStatus", (("Queue", LIFEBOAT_QUEUE),))
        return dict(_members(listed.rows))

    async def set_lifeboat_member(self, seat_id: SeatId, paused: bool) -> None:
        """Make the seat a member, paused or not, whatever it was before."""
        phone = _phone(seat_id)
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
        remove = (("Queue", LIFEBOAT_QUEUE), ("Interface", _phone(seat_id)))
        try:
            await self._link.act("QueueRemove", remove)
        except ActionRefused as refused:
            if "Not there" not in str(refused):
                raise

    async def _on_citizen(
        self, action: str, call_id: CallId, fields: Sequence[tuple[str, str]]
    ) -> None:
        # Anything else might be a channel's name, or a pattern: Hangup takes /regular expressions/.
        if not _CALL_ID.fullmatch(call_id):
            raise UnknownCall(UnknownCall.__doc__)
        try:
            await self._link.act(action, (("Channel", call_id), *fields))
        except ActionRefused as refused:
            if any(words in str(refused) for words in _GONE):
                raise UnknownCall(UnknownCall.__doc__) from refused
            raise


def _phone(seat_id: SeatId) -> str:
    # A name with a slash or letters would reach other endpoints than seats' phones.
    if not _SEAT_ID.fullmatch(seat_id):
        raise UnsafeActionValue("a seat's number has digits only")
    return f"PJSIP/{seat_id}"


def _members(rows: Iterable[Mapping[str, str]]) -> Iterable[tuple[SeatId, bool]]:
    for row in rows:
        if row.get("event") == "QueueMember" and row.get("queue") == LIFEBOAT_QUEUE:
            yield SeatId(row["name"]), row.get("paused") == "1"
