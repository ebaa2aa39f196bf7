"""Working days as the State Council's notices have them."""

from datetime import date, datetime

import pytest

from documents.calendar import HoursUnreadable, read_hours, shipped_calendar
from seats.attendance import BEIJING

CALENDAR = shipped_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-02-17", False),  # Spring Festival, a Tuesday
        ("2025-02-08", True),  # a Saturday that was worked
        ("2025-01-26", True),  # a Sunday that was worked
        ("2026-03-04", True),
        ("2026-03-07", False),
        ("2031-03-05", True),  # no notice yet: by the weekday
    ],
)
def test_a_day_is_worked_or_not_as_the_notice_says(day, working):
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("hours", "instant", "is_open"),
    [
        (["工作日 09:00-17:00"], "2026-03-04T09:00", True),
        (["工作日 09:00-17:00"], "2026-03-04T17:00", False),
        (["工作日 09:00-17:00"], "2026-02-17T10:00", False),
        (["工作日 09:00-17:00"], "2025-02-08T10:00", True),
        (["休息日 10:00-16:00"], "2026-02-17T10:00", True),
        (["休息日 10:00-16:00"], "2025-02-08T10:00", False),
        (["每天 20:00-08:00"], "2026-03-04T07:59", True),
        (["每天 20:00-08:00"], "2026-03-04T08:00", False),
        (["工作日 20:00-08:00"], "2026-03-07T03:00", True),  # Friday's night
        (["工作日 20:00-08:00"], "2026-03-09T03:00", False),  # Sunday's
        (["每天 00:00-24:00"], "2026-03-04T23:59", True),
        (["周一至周五 09:00-12:00", "周六、周日 10:00-12:00"], "2026-03-08T09:30", False),
        (["周一至周五 09:00-12:00", "周六、周日 10:00-12:00"], "2026-03-08T10:30", True),
        (["周日 09:00-12:00"], "2025-02-09T10:00", True),
    ],
)
def test_hours_are_open_exactly_when_they_say(hours, instant, is_open):
    assert read_hours(hours).open_at(at(instant), CALENDAR) is is_open


@pytest.mark.parametrize(
    "text",
    ["", "工作日", "工作日 9-17", "工作日 09:00-25:00", "每天 09:60-10:00", "每天 09:00-09:00",
     "周八 09:00-10:00", "周五至周一 09:00-10:00", "workdays 09:00-17:00"],
)  # fmt: skip
def test_what_are_no_hours_is_refused(text):
    with pytest.raises(HoursUnreadable):
        read_hours([text])


def test_stretches_that_meet_are_found_and_others_are_not():
    assert read_hours(["工作日 09:00-12:00", "工作日 11:00-17:00"]).overlap()
    assert read_hours(["每天 09:00-12:00", "周一 11:00-17:00"]).overlap()
    assert read_hours(["工作日 09:00-12:00", "休息日 09:00-12:00"]).overlap() is None
    assert read_hours(["周一、周三 09:00-12:00", "周二 09:00-12:00"]).overlap() is None
    assert read_hours(["工作日 09:00-12:00", "工作日 12:00-17:00"]).overlap() is None
