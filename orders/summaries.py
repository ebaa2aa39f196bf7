"""What is written down of a talk's ending and of a nuisance. 小结记录"""

from dataclasses import dataclass
from datetime import datetime

from cti.ids import CallId, SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """How one talk ended; without a code, nothing was saved in time. 话后小结

    `code` None is 未登记.
    """

    call_id: CallId
    seat_id: SeatId | None
    code: str | None
    name: str | None
    note: str
    by: str | None
    at: datetime
    excluded_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NuisanceTag:
    """One call of a number that was a nuisance. 骚扰标记"""

    call_id: CallId
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentCall:
    """A call that was found silent, as it was written down. 无声来电记录"""

    call_id: CallId
    caller_number: str
    found_at: datetime
    seat_id: SeatId | None = None
    spoke_at: datetime | None = None
    stayed_silent_at: datetime | None = None
