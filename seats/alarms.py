"""What the shift leader must be told of: seats too long in a state, groups without seats. 告警规则

Pure: the floor, the limits and the instant in, the alarms that hold out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cti.ids import SeatId, SkillGroupCode
from seats.groups import GENERAL
from seats.model import NotReadyReason, Seat, SeatState
from seats.settings import StateLimits

SERVING = frozenset(
    {
        SeatState.READY,
        SeatState.RESERVED,
        SeatState.RINGING,
        SeatState.TALKING,
        SeatState.WRAP_UP,
    }
)
"""States in which a seat does its work: it takes calls or is at one. 在岗"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLong:
    """A stay that is longer than it may be. 状态超时"""

    seat_id: SeatId
    state: SeatState
    reason: NotReadyReason | None
    since: datetime
    limit_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """How many seats serve a group now, of how many it must have. 技能组在岗"""

    skill_group: SkillGroupCode
    serving: int
    signed_in: int
    minimum: int

    @property
    def enough(self) -> bool:
        return self.serving >= self.minimum


def limit_of(seat: Seat, limits: StateLimits) -> float:
    """The longest legal stay in seconds; 0 when there is none."""
    match seat.state:
        case SeatState.NOT_READY:
            return _not_ready_limits(limits)[seat.reason or NotReadyReason.SIGNED_IN]
        case SeatState.RESERVED:
            return limits.reserved_s
        case SeatState.RINGING:
            return limits.ringing_s
        case SeatState.TALKING:
            return limits.talking_s
        case SeatState.WRAP_UP:
            granted = timedelta() if seat.until is None else seat.until - seat.since
            return granted.total_seconds() + limits.wrap_up_over_s
        case SeatState.SIGNED_OUT | SeatState.READY:
            return 0.0


def runs_out_at(seat: Seat, limits: StateLimits) -> datetime | None:
    """When its stay becomes too long; None for never."""
    limit_s = limit_of(seat, limits)
    return seat.since + timedelta(seconds=limit_s) if limit_s > 0 else None


def too_long(seats: Iterable[Seat], limits: StateLimits, now: datetime) -> tuple[TooLong, ...]:
    """Every stay that is over its limit."""
    found = []
    for seat in seats:
        ends = runs_out_at(seat, limits)
        if ends is not None and ends <= now:
            found.append(
                TooLong(
                    seat_id=seat.seat_id,
                    state=seat.state,
                    reason=seat.reason,
                    since=seat.since,
                    limit_s=limit_of(seat, limits),
                )
            )
    return tuple(found)


def cover(
    seats: Iterable[Seat], minimum: Callable[[SkillGroupCode], int]
) -> Mapping[SkillGroupCode, Cover]:
    """Each group that has seats by definition, and the general one in any case."""
    serving: dict[SkillGroupCode, int] = {GENERAL.code: 0}
    signed_in: dict[SkillGroupCode, int] = {GENERAL.code: 0}
    for seat in seats:
        for code in seat.definition.skills:
            serves = seat.state in SERVING and seat.phone_reachable
            serving[code] = serving.get(code, 0) + serves
            here = seat.state is not SeatState.SIGNED_OUT
            signed_in[code] = signed_in.get(code, 0) + here
    return {
        code: Cover(
            skill_group=code,
            serving=count,
            signed_in=signed_in[code],
            minimum=minimum(code),
        )
        for code, count in serving.items()
    }


def _not_ready_limits(limits: StateLimits) -> Mapping[NotReadyReason, float]:
    return {
        NotReadyReason.SIGNED_IN: limits.signed_in_s,
        NotReadyReason.BREAK: limits.break_s,
        NotReadyReason.MEAL: limits.meal_s,
        NotReadyReason.TRAINING: limits.training_s,
        NotReadyReason.MEETING: limits.meeting_s,
        NotReadyReason.BACK_OFFICE: limits.back_office_s,
        NotReadyReason.DID_NOT_ANSWER: limits.did_not_answer_s,
        NotReadyReason.PHONE_UNREACHABLE: limits.phone_unreachable_s,
        NotReadyReason.PHONE_BUSY: limits.phone_busy_s,
        NotReadyReason.PHONE_IN_USE: limits.phone_busy_s,
        NotReadyReason.FORCED: limits.forced_s,
    }
