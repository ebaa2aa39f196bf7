"""What happened at the seats. 座席事件"""

from dataclasses import dataclass
from datetime import datetime

from cti.events import Event
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.model import NotReadyReason, SeatState


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatEvent(Event):
    """Something that happened at one seat. 座席事件"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatStateChanged(SeatEvent):
    """The seat went from one state to another. 座席状态变化

    `reason` is set for not-ready only; `until` is the wrap-up or reservation deadline; `by` is the
    user who asked, or None when a fact or a deadline did it. `was` equals `state` when only the
    reason or the call changed. The last three fields complete the seat, so that a table of seats
    is this event written down; `idle_since` is None only in events older than the field.
    """

    was: SeatState
    state: SeatState
    reason: NotReadyReason | None = None
    call_id: CallId | None = None
    until: datetime | None = None
    by: str | None = None
    operator: str | None = None
    idle_since: datetime | None = None
    pending_not_ready: NotReadyReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReadyBooked(SeatEvent):
    """Asked in a call: not ready once the wrap-up ends; no reason takes it back. 预约示忙"""

    reason: NotReadyReason | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPhoneChanged(SeatEvent):
    """The seat's phone can be reached, or no longer. 话机状态变化"""

    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatReserved(SeatEvent):
    """The router chose this seat for a waiting call; its screen pops before it rings. 预占、弹屏

    `reasons` are Chinese sentences, the strongest first.
    """

    call_id: CallId
    skill_group: SkillGroupCode
    reasons: tuple[str, ...]
    considered: int
    """How many seats were free for the group. 可选座席数"""
