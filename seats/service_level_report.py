"""One day's service level, from its waits. 服务水平日报"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cti.ids import SkillGroupCode
from seats.service_level import Meter, Miss, Wait, measure, missed
from seats.service_level_clock import SHANGHAI
from seats.settings import ServiceLevelSettings

MISSES_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """A day in China, from midnight to midnight. 日报"""

    day: date
    whole: Meter
    hours: tuple[Meter, ...]
    groups: Mapping[SkillGroupCode, Meter]
    misses: tuple[Miss, ...]
    """In the order of joining, at most `MISSES_SHOWN`; the causes in `whole` count all. 明细"""


def bounds(day: date) -> tuple[datetime, datetime]:
    """Its first instant, and that of the next day."""
    since = datetime.combine(day, time(), SHANGHAI)
    return since, since + timedelta(days=1)


def day_report(
    waits: Sequence[Wait], settings: ServiceLevelSettings, day: date, now: datetime
) -> DayReport:
    """Of the waits that began on that day; others are passed over."""
    since, until = bounds(day)
    hours = [since + timedelta(hours=hour) for hour in range(24)]
    groups = sorted({wait.skill_group for wait in waits if since <= wait.joined_at < until})
    of_day = sorted(
        (wait for wait in waits if since <= wait.joined_at < until),
        key=lambda wait: (wait.joined_at, wait.call_id),
    )
    found = (missed(wait, settings, now) for wait in of_day)
    return DayReport(
        day=day,
        whole=measure(of_day, settings, since, until, now),
        hours=tuple(
            measure(of_day, settings, hour, hour + timedelta(hours=1), now) for hour in hours
        ),
        groups={
            code: measure(
                (wait for wait in of_day if wait.skill_group == code), settings, since, until, now
            )
            for code in groups
        },
        misses=tuple(miss for miss in found if miss is not None)[:MISSES_SHOWN],
    )
