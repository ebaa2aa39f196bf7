"""How long who joins the line now will wait: a place, a likely time, a range; or nothing. 等候估计

Pure. Two witnesses are heard: how fast the line has moved since it last stood empty, and how many
seats serve how long a citizen takes. Each counts by how much it has seen. What is given is a range
that four of five citizens should fall into; where too little is known, nothing is said, because a
wrong promise is worse than none (bench/wait_estimate.py states the error).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, exp, log, sqrt
from statistics import fmean, pvariance

WINDOW = timedelta(minutes=15)
"""What happened earlier says little of now. 观察窗口"""
FEWEST_HANDLINGS = 5
FEWEST_STARTS = 3
MOST_HANDLINGS = 40
"""Newer ones tell more: so many of the last are looked at. 参考通话数"""
MOST_TRUST = 12.0
"""Handling times never count as more than so many seen starts: seats take breaks and serve others."""
FOUR_OF_FIVE = 1.2816
"""Standard deviations on either side that hold 80 %."""
LONGEST_TOLD_S = 3_600.0
"""Nobody is promised anything beyond an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known at the moment. 现状

    `handling_s` newest last; `starts` are the beginnings of service of the group's citizens, in
    order; `busy_since` is when the line last began to be there, None while nobody waits.
    """

    at: datetime
    ahead: int
    serving: int
    """Seats that serve the group now: free, ringing, talking or in wrap-up. 在服座席"""
    free: int = 0
    handling_s: Sequence[float] = ()
    starts: Sequence[datetime] = ()
    busy_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What may be announced. 估计

    All in seconds; None where too little is known, then only the place is true.
    """

    place: int
    low_s: float | None = None
    likely_s: float | None = None
    high_s: float | None = None

    @property
    def known(self) -> bool:
        return self.likely_s is not None

    @property
    def minutes(self) -> tuple[int, int] | None:
        """The range in whole minutes, as it is spoken; at least one. 约几到几分钟"""
        if self.low_s is None or self.high_s is None:
            return None
        least = max(1, round(self.low_s / 60))
        return least, max(least, ceil(self.high_s / 60))


def estimate(seen: Seen) -> Estimate:
    """The place is always said, the wait only when it can be known."""
    place = seen.ahead + 1
    if seen.serving <= 0:
        return Estimate(place=place)
    if seen.free > seen.ahead:
        return Estimate(place=place, low_s=0.0, likely_s=0.0, high_s=0.0)
    witnesses = [one for one in (_of_line(seen), _of_seats(seen)) if one is not None]
    trust = sum(weight for _, weight in witnesses)
    if not witnesses or trust <= 0:
        return Estimate(place=place)
    rate = sum(per_s * weight for per_s, weight in witnesses) / trust
    mean = place / rate
    # The line moves by chance even at a known rate, and the rate itself is only guessed.
    spread = sqrt(log(1 + 1 / place + 1 / trust))
    middle = mean * exp(-(spread**2) / 2)
    low, high = (middle * exp(sign * FOUR_OF_FIVE * spread) for sign in (-1, 1))
    if low > LONGEST_TOLD_S:
        return Estimate(place=place)
    return Estimate(place=place, low_s=low, likely_s=middle, high_s=high)


def _of_line(seen: Seen) -> tuple[float, float] | None:
    """(citizens a second, how much was seen): only while somebody waited does it tell the most."""
    if seen.busy_since is None:
        return None
    since = max(seen.busy_since, seen.at - WINDOW)
    count = sum(since < start <= seen.at for start in seen.starts)
    span_s = (seen.at - since).total_seconds()
    if count < FEWEST_STARTS or span_s <= 0:
        return None
    return count / span_s, float(count)


def _of_seats(seen: Seen) -> tuple[float, float] | None:
    """(citizens a second, how much was seen)."""
    recent = [one for one in seen.handling_s[-MOST_HANDLINGS:] if one > 0]
    if len(recent) < FEWEST_HANDLINGS:
        return None
    mean = fmean(recent)
    varies = pvariance(recent) / mean**2
    return seen.serving / mean, min(MOST_TRUST, len(recent) / max(varies, 0.05))
