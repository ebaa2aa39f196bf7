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

    `reason` is set for not-ready only; `until` is the wrap-up deadline; `by` is the user who
    asked, or None when a fact or a deadline did it.
    """

    was: SeatState
    state: SeatState
    reason: NotReadyReason | None = None
    call_id: CallId | None = None
    until: datetime | None = None
    by: str | None = None


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
