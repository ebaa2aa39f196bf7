"""What is written down of a talk's ending and of a nuisance. 小结记录"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


class SilenceOutcome(StrEnum):
    """What came of a call that was found silent. 无声来电结果"""

    GOING_ON = "going_on"  # 尚未开口
    SPOKE = "spoke"  # 后来开口
    STAYED_SILENT = "stayed_silent"  # 全程无声


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentCall:
    """A call that was found silent, as it was written down. 无声来电记录"""

    call_id: CallId
    caller_number: str
    found_at: datetime
    seat_id: SeatId | None = None
    spoke_at: datetime | None = None
    stayed_silent_at: datetime | None = None

    @property
    def outcome(self) -> "SilenceOutcome":
        if self.stayed_silent_at is not None:
            return SilenceOutcome.STAYED_SILENT
        return SilenceOutcome.GOING_ON if self.spoke_at is None else SilenceOutcome.SPOKE
