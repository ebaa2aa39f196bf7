"""Working days and hours, as the State Council's notices have them. 工作日历

A weekend day that is worked instead of a holiday (调休) is a working day here. Hours are written as
an administrator says them: "工作日 09:00-17:00", "休息日 10:00-16:00", "每天 20:00-08:00",
"周一至周五 09:00-12:00", "周六、周日 00:00-24:00". An end before the beginning is on the next day.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from types import MappingProxyType

BEIJING = timezone(timedelta(hours=8))
SHIPPED = Path(__file__).parent / "calendar_cn.json"
WEEK = "一二三四五六日"
DAY_MIN = 24 * 60
WORKDAYS, RESTDAYS, EVERY_DAY = "工作日", "休息日", "每天"

_WRITTEN = re.compile(r"(\S+)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_DAY = re.compile(r"周([一二三四五六日天])(?:[至到]周?([一二三四五六日天]))?")


class HoursUnreadable(ValueError):
    """These are no hours. 服务时间格式错误"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which listed days are off and which are worked; the rest goes by the weekday. 日历"""

    off: Mapping[date, bool]
    names: Mapping[date, str] = field(default_factory=dict)
    """What the notice calls those days. 名称"""

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on that day."""
        off = self.off.get(day)
        return day.weekday() < 5 if off is None else not off

    @property
    def years(self) -> frozenset[int]:
        """The years whose notice is known."""
        return frozenset(day.year for day in self.off)


def read_calendar(text: str) -> Calendar:
    """From the shipped JSON form: {"2026": {"days": [{"date", "name", "off"}]}}."""
    days = [day for year in json.loads(text).values() for day in year["days"]]
    off = {date.fromisoformat(day["date"]): bool(day["off"]) for day in days}
    names = {date.fromisoformat(day["date"]): str(day.get("name", "")) for day in days}
    return Calendar(off=MappingProxyType(off), names=MappingProxyType(names))


@cache
def shipped_calendar() -> Calendar:
    """The notices known at this release."""
    return read_calendar(SHIPPED.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One stretch on each day of a kind. 时段"""

    days: str
    """WORKDAYS, RESTDAYS, EVERY_DAY, or the weekdays as digits, 0 for Monday."""
    from_min: int
    until_min: int
    """More than a day's minutes when it ends on the next day."""

    def begins_on(self, day: date, calendar: Calendar) -> bool:
        match self.days:
            case "每天":
                return True
            case "工作日":
                return calendar.is_working_day(day)
            case "休息日":
                return not calendar.is_working_day(day)
            case weekdays:
                return str(day.weekday()) in weekdays

    def meets(self, other: "Window") -> bool:
        """Whether both can hold at one instant of an ordinary week."""
        return self._days_meet(other) and (
            self.from_min < other.until_min and other.from_min < self.until_min
        )

    def _days_meet(self, other: "Window") -> bool:
        if EVERY_DAY in (self.days, other.days) or self.days == other.days:
            return True
        return self.days.isdecimal() and bool(set(self.days) & set(other.days))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When something is open. 服务时间"""

    windows: Sequence[Window]
    written: tuple[str, ...]
    """As the administrator wrote them."""

    def open_at(self, at: datetime, calendar: Calendar) -> bool:
        """Whether that instant is inside."""
        local = at.astimezone(BEIJING)
        minute = local.hour * 60 + local.minute
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        return any(
            (window.from_min <= minute < window.until_min and window.begins_on(today, calendar))
            or (minute < window.until_min - DAY_MIN and window.begins_on(yesterday, calendar))
            for window in self.windows
        )

    def overlap(self) -> tuple[str, str] | None:
        """The first two stretches that meet, as written."""
        for number, first in enumerate(self.windows):
            for second in range(number + 1, len(self.windows)):
                if first.meets(self.windows[second]):
                    return self.written[number], self.written[second]
        return None


def read_hours(written: Sequence[str]) -> Hours:
    """Raises HoursUnreadable with the words that it does not understand."""
    return Hours(windows=tuple(_window(text) for text in written), written=tuple(written))


def _window(text: str) -> Window:
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise HoursUnreadable(text)
    days, *times = found.groups()
    first_hour, first_min, last_hour, last_min = (int(part) for part in times)
    begins, ends = first_hour * 60 + first_min, last_hour * 60 + last_min
    if begins >= DAY_MIN or ends > DAY_MIN or first_min > 59 or last_min > 59 or begins == ends:
        raise HoursUnreadable(text)
    return Window(
        days=_days(days), from_min=begins, until_min=ends if ends > begins else ends + DAY_MIN
    )


def _days(text: str) -> str:
    if text in (WORKDAYS, RESTDAYS, EVERY_DAY):
        return text
    found: set[int] = set()
    for part in re.split(r"[、,，]", text):
        day = _DAY.fullmatch(part)
        if day is None:
            raise HoursUnreadable(text)
        first = _weekday(day[1])
        last = first if day[2] is None else _weekday(day[2])
        if last < first:
            raise HoursUnreadable(text)
        found.update(range(first, last + 1))
    return "".join(str(one) for one in sorted(found))


def _weekday(sign: str) -> int:
    return WEEK.index("日" if sign == "天" else sign)
