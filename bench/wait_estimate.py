"""How far the announced waits are from the true ones, over a simulated day.

A day of one group, 08:00 to 20:00: two peaks, seats that come, go and take breaks, handling times of
log-normal length, citizens whose patience ends. Everybody who must wait is given the product's own
estimate (seats/wait_estimate.py) when he joins; whoever is served shows how long it really took.
Nothing of the day's parameters is known to the estimator.
Prints one JSON line. `python -m bench.wait_estimate [days] [seed]`
"""

import heapq
import json
import random
import statistics
import sys
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from seats.wait_estimate import Estimate, Seen, estimate

OPENS = datetime(2026, 11, 23, 0, tzinfo=UTC)
HOURS = 12
MEAN_HANDLING_S = 240.0
PATIENCE_S = 900.0
PER_HOUR = (150, 300, 340, 260, 170, 190, 300, 330, 280, 200, 130, 90)
"""Calls in each hour from 08:00 on."""
SEATS = (14, 20, 22, 20, 14, 16, 20, 22, 20, 16, 12, 10)
BREAK_S = 600.0
BREAK_AFTER = 0.03
"""So many of the handled calls are followed by a break."""


@dataclass(slots=True)
class Waiting:
    """Somebody in the line."""

    joined_s: float
    patience_s: float
    told: Estimate | None


@dataclass(slots=True)
class Day:
    """What a day came to."""

    pairs: list[tuple[Estimate, float]] = field(default_factory=list)
    """(told, true seconds) of everybody who was told a time and was served."""
    waited: int = 0
    unknown: int = 0
    gave_up: int = 0
    served: int = 0


def simulated_day(seed: int) -> Day:
    """One day; the same for the same seed."""
    chance = random.Random(seed)
    day, line = Day(), deque[Waiting]()
    handling, starts = deque[float](maxlen=60), deque[datetime](maxlen=400)
    busy_since: float | None = None
    happenings: list[tuple[float, int, str]] = []
    for hour, calls in enumerate(PER_HOUR):
        for _ in range(calls):
            at = (hour + chance.random()) * 3600
            heapq.heappush(happenings, (at, chance.getrandbits(40), "call"))
    talking, resting = 0, 0
    number = 1 << 41

    def later(at: float, what: str) -> None:
        nonlocal number
        number += 1
        heapq.heappush(happenings, (at, number, what))

    def staff(at: float) -> int:
        return SEATS[min(int(at // 3600), HOURS - 1)]

    def serve(at: float) -> None:
        nonlocal talking
        talking += 1
        length = chance.lognormvariate(0, 0.75)
        length *= MEAN_HANDLING_S / 1.3248
        starts.append(OPENS + timedelta(seconds=at))
        later(at + length, f"done {length}")

    for hour in range(HOURS):
        later(hour * 3600.0, "shift")
    while happenings:
        at, _, what = heapq.heappop(happenings)
        if what == "call":
            free = max(0, staff(at) - talking - resting)
            while line and at - line[0].joined_s > line[0].patience_s:
                line.popleft()
                day.gave_up += 1
            if free and not line:
                busy_since = None
                serve(at)
                day.served += 1
                continue
            still = [one for one in line if at - one.joined_s <= one.patience_s]
            day.gave_up += len(line) - len(still)
            line = deque(still)
            if not line:
                busy_since = at
            told = estimate(
                Seen(
                    at=OPENS + timedelta(seconds=at),
                    ahead=len(line),
                    serving=max(0, min(staff(at) - resting, talking + free)),
                    free=free,
                    handling_s=tuple(handling),
                    starts=tuple(starts),
                    busy_since=None
                    if busy_since is None
                    else OPENS + timedelta(seconds=busy_since),
                )
            )
            day.waited += 1
            day.unknown += not told.known
            line.append(
                Waiting(joined_s=at, patience_s=chance.expovariate(1 / PATIENCE_S), told=told)
            )
        elif what.startswith("done"):
            talking -= 1
            handling.append(float(what.split()[1]))
            if chance.random() < BREAK_AFTER:
                resting += 1
                later(at + BREAK_S, "back")
        elif what == "back":
            resting -= 1
        while line and talking + resting < staff(at):
            one = line.popleft()
            if at - one.joined_s > one.patience_s:
                day.gave_up += 1
                continue
            if one.told is not None and one.told.known:
                day.pairs.append((one.told, at - one.joined_s))
            serve(at)
            day.served += 1
        if not line:
            busy_since = None
    return day


def error_of(days: list[Day]) -> dict[str, float | int]:
    """What the announcements were worth."""
    pairs = [pair for day in days for pair in day.pairs]
    errors = [abs((told.likely_s or 0) - true_s) for told, true_s in pairs]
    inside = [(told.low_s or 0) <= true_s <= (told.high_s or 0) for told, true_s in pairs]
    true = [true_s for _, true_s in pairs]
    bias = [(told.likely_s or 0) - true_s for told, true_s in pairs]
    return {
        "days": len(days),
        "served": sum(day.served for day in days),
        "waited": sum(day.waited for day in days),
        "gave_up": sum(day.gave_up for day in days),
        "unknown_share": round(sum(d.unknown for d in days) / sum(d.waited for d in days), 4),
        "mean_wait_s": round(statistics.fmean(true), 1),
        "mean_absolute_error_s": round(statistics.fmean(errors), 1),
        "median_absolute_error_s": round(statistics.median(errors), 1),
        "bias_s": round(statistics.fmean(bias), 1),
        "error_share_of_wait": round(statistics.fmean(errors) / statistics.fmean(true), 3),
        "guess_the_mean_error_s": round(
            statistics.fmean(abs(one - statistics.fmean(true)) for one in true[::7]), 1
        ),
        "inside_range_share": round(sum(inside) / len(inside), 3),
    }


def main() -> None:
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(json.dumps(error_of([simulated_day(seed + n) for n in range(days)])))


if __name__ == "__main__":
    main()
