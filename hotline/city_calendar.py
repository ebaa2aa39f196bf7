"""The year and the groups' hours in the web's words. 日历连接件"""

from collections.abc import Sequence
from dataclasses import dataclass

from documents.calendar import Calendar
from seats.rulebook import Rulebook
from web.admin_ports import DayOff, GroupHours


@dataclass(frozen=True, slots=True)
class CityCalendarInForce:
    """The notices known, and the hours that hold now. 日历"""

    calendar: Calendar
    rulebook: Rulebook

    @property
    def years(self) -> Sequence[int]:
        return sorted(self.calendar.years)

    def days(self, year: int) -> Sequence[DayOff]:
        return [
            DayOff(day=day, name=self.calendar.names.get(day, ""), off=off)
            for day, off in sorted(self.calendar.off.items())
            if day.year == year
        ]

    def hours(self) -> Sequence[GroupHours]:
        return [
            GroupHours(
                code=row.code,
                name=row.rules.name,
                hours=() if row.hours is None else row.hours.written,
            )
            for row in self.rulebook.groups.values()
        ]
