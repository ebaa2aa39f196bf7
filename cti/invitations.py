"""How somebody is rung for a call: which door he comes through and what his leg carries. 邀请"""

from collections.abc import Mapping
from dataclasses import dataclass

from cti.call import Call
from cti.events import PartyRole, Room
from cti.ids import CallId, LegId, SeatId
from cti.numbers import dialled
from cti.ports import Now
from cti.settings import ControlSettings
from cti.targets import LineTarget, SeatTarget, Target

ROOMS = "hotline-room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A leg that is to be rung: a seat, or a number outside that has been checked. 邀请

    `door` is the extension of `context` that it enters when it answers.
    """

    leg_id: LegId
    door: str
    shown_number: str
    ring_s: int
    variables: Mapping[str, str]
    seat_id: SeatId | None = None
    number: str = ""
    context: str = ROOMS


def door(room: Room, role: PartyRole) -> str:
    """The extension of the rooms for this role."""
    return f"{room}-{role}"


class LegNumbers:
    """Ids for legs that we originate: the call's, with -p<milliseconds>, never twice. 话路编号"""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._last_ms = 0

    def next_ms(self) -> int:
        self._last_ms = max(self._last_ms + 1, int(self._now().timestamp() * 1000))
        return self._last_ms

    def next_for(self, call_id: CallId) -> LegId:
        return LegId(f"{call_id}-p{self.next_ms()}")

    def next_before(self, call_id: CallId) -> LegId:
        """For a leg that is there before the citizen's, whose channel is to have the call's own id.

        Asterisk (22.10) refuses an id that is the beginning of another one in use.
        """
        return LegId(f"p{self.next_ms()}-{call_id}")


class Invitations:
    """Writes invitations. 邀请"""

    def __init__(self, settings: ControlSettings, now: Now) -> None:
        self._settings = settings
        self._numbers = LegNumbers(now)

    def to(self, call: Call, target: Target, room: Room, order_id: str) -> Invitation:
        """Into this room of the call. Raises NumberRefused."""
        match target:
            case SeatTarget(seat_id=seat_id):
                return self._to_seat(call, seat_id, PartyRole.SEAT, door(room, PartyRole.SEAT), {})
            case LineTarget(who=who, number=number):
                return Invitation(
                    leg_id=self._numbers.next_for(call.call_id),
                    door=door(room, PartyRole.THIRD),
                    # Whom the citizen is handed to sees who calls, as if he had dialled himself.
                    shown_number=call.caller_number or self._settings.shown_number,
                    ring_s=self._settings.invite_ring_s,
                    number=dialled(number),
                    variables={
                        "__HOTLINE_CALL": call.call_id,
                        "HOTLINE_PARTY": f"{PartyRole.THIRD}:{who}",
                        "__HOTLINE_CALLER": call.caller_number,
                        "__HOTLINE_ORDER": order_id,
                    },
                )

    def to_supervise(self, call: Call, seat_id: SeatId, spied: LegId, how: str) -> Invitation:
        """A supervisor's phone, to listen, whisper or barge in."""
        room = "talk" if how == "barge" else how
        role = PartyRole.SUPERVISOR
        return self._to_seat(call, seat_id, role, f"{room}-{role}", {"HOTLINE_SPY": spied})

    def _to_seat(
        self,
        call: Call,
        seat_id: SeatId,
        role: PartyRole,
        to_door: str,
        more: Mapping[str, str],
    ) -> Invitation:
        return Invitation(
            leg_id=self._numbers.next_for(call.call_id),
            door=to_door,
            shown_number=call.caller_number or self._settings.shown_number,
            ring_s=self._settings.invite_ring_s,
            seat_id=seat_id,
            variables={
                "HOTLINE_CALL": call.call_id,
                "HOTLINE_PARTY": f"{role}:{seat_id}",
                **more,
            },
        )
