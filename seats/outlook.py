"""Who in the line will pass the answer limit before a seat is free for him. 超时预测

    when he joined, what may be left of his wait, the limit ──► late | will be late | at risk | in time

Pure. It only compares the line's own estimate (seats/wait_estimate.py) with the moment at which the
limit runs out, so the board says nothing that the citizen would not be told. Where nobody knows,
`unknown` is said, because a false alarm teaches a shift leader to look away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from seats.wait_estimate import Estimate


class Expected(StrEnum):
    """What is to be expected of one wait. 超时判断"""

    LATE = "late"  # 已超时
    WILL_BE_LATE = "will-be-late"  # 预计超时
    AT_RISK = "at-risk"  # 可能超时
    IN_TIME = "in-time"  # 预计及时
    UNKNOWN = "unknown"  # 无法预计


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """One waiting citizen's prospect. 等候前景"""

    expected: Expected
    limit_at: datetime
    """When he has waited as long as he may. 超时时刻"""
    free_at: datetime | None = None
    """When a seat is likely to be free for him; None where nobody knows. 预计接听时刻"""


def outlook(
    joined_at: datetime,
    left: Estimate | None,
    limit_s: float,
    now: datetime,
    *,
    served: bool,
) -> Outlook:
    """`left` is what he may still have to wait; `served` is false while no seat serves his group."""
    limit_at = joined_at + timedelta(seconds=limit_s)
    likely_s = None if left is None or not served else left.likely_s
    free_at = None if likely_s is None else now + timedelta(seconds=likely_s)
    return Outlook(
        expected=_expected(limit_at, free_at, left, now, served=served),
        limit_at=limit_at,
        free_at=free_at,
    )


def _expected(
    limit_at: datetime,
    free_at: datetime | None,
    left: Estimate | None,
    now: datetime,
    *,
    served: bool,
) -> Expected:
    if now >= limit_at:
        return Expected.LATE
    if not served:
        return Expected.WILL_BE_LATE
    if free_at is None or left is None or left.high_s is None:
        return Expected.UNKNOWN
    if free_at > limit_at:
        return Expected.WILL_BE_LATE
    latest = now + timedelta(seconds=left.high_s)
    return Expected.AT_RISK if latest > limit_at else Expected.IN_TIME
