"""A day's service level in columns of a quarter of an hour. 分时走势

Adds up the same waits as board and report (seats/service_level.py), so that a column, an hour and the
day never disagree; one pass, because a large city's day is 80,000 waits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from seats.service_level import Sums, Tally, Wait
from seats.settings import ServiceLevelSettings

COLUMN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What joined the line in one quarter of an hour, and how long that waited. 时段"""

    since: datetime
    tally: Tally
    mean_wait_ms: int | None = None
    """Of those who were answered or gave up. 平均等候"""
    longest_wait_ms: int | None = None


def columns(
    waits: Iterable[Wait], settings: ServiceLevelSettings, since: datetime, now: datetime
) -> tuple[Column, ...]:
    """From `since` on, the one that runs now included; a column without callers is there too."""
    since = since.astimezone(now.tzinfo)
    count = max(0, (now - since) // COLUMN + 1)
    sums = [Sums() for _ in range(count)]
    waited: list[list[int]] = [[] for _ in range(count)]
    for wait in waits:
        place = (wait.joined_at - since) // COLUMN
        if not 0 <= place < count:
            continue
        sums[place].count(wait, settings, now)
        if wait.answered_at is not None or wait.gave_up_at is not None:
            waited[place].append(wait.waited_ms(now))
    return tuple(
        Column(
            since=since + place * COLUMN,
            tally=sums[place].tally(),
            mean_wait_ms=round(sum(of) / len(of)) if (of := waited[place]) else None,
            longest_wait_ms=max(waited[place], default=None),
        )
        for place in range(count)
    )
