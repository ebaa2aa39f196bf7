"""Which group a call goes to."""

from datetime import datetime

import pytest

from documents.calendar import shipped_calendar
from documents.problems import DocumentKind
from seats.attendance import BEIJING
from seats.routing import Arrival, Table, route
from seats.rule_documents.documents import read_all
from seats.rule_versions import shipped

DOCUMENTS, _ = read_all({kind: shipped(kind).body for kind in DocumentKind})
TABLE = Table(
    rows=DOCUMENTS.routing, groups=DOCUMENTS.groups, calendar=shipped_calendar(), version=7
)
WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=BEIJING)
NEW_YEARS_NIGHT = datetime(2026, 2, 17, 3, tzinfo=BEIJING)


def arrival(called="12345", key="", language="", lists=()):
    return Arrival(called_number=called, key=key, language=language, lists=frozenset(lists))


@pytest.mark.parametrize(
    ("call", "group", "priority"),
    [
        (arrival(), "general", 0),
        (arrival(called="12315"), "general", 0),
        (arrival(called="12329"), "housing_fund", 0),
        (arrival(called="12393"), "medical_insurance", 0),
        (arrival(key="4"), "general", 0),  # keys lead to nodes of flows
        (arrival(called="12348", key="1"), "law", 0),
        (arrival(language="en"), "foreign_en", 0),
        (arrival(language="tangshan"), "dialect", 0),
        (arrival(lists=["enterprise"]), "enterprise", 1),
        (arrival(lists=["elderly"], key="4"), "general", 2),
        (arrival(lists=["nuisance"], key="4"), "general", -2),
        (arrival(called="garbage", key="?", language="xx", lists=["?"]), "general", 0),
    ],
)
def test_a_call_goes_where_the_first_fitting_row_says(call, group, priority):
    found = route(TABLE, call, WEDNESDAY)
    assert (found.group, found.priority, found.version) == (group, priority, 7)
    assert DOCUMENTS.routing[found.number - 1].name == found.row


def test_at_three_in_the_morning_of_the_spring_festival_everybody_still_reaches_people():
    assert route(TABLE, arrival(), NEW_YEARS_NIGHT).group == "general"
    for row in DOCUMENTS.routing:
        call = arrival(
            called=min(row.called, default="12345"),
            key=min(row.key, default=""),
            language=min(row.language, default=""),
            lists=row.lists,
        )
        found = route(TABLE, call, NEW_YEARS_NIGHT)
        assert TABLE.groups[found.group].hours is None


def test_outside_its_hours_an_expert_seats_caller_goes_to_general_with_a_note():
    found = route(TABLE, arrival(called="12393"), NEW_YEARS_NIGHT)
    assert (found.group, found.notes) == ("general", ("医保专席现为非服务时间，已转综合受理",))
    assert route(TABLE, arrival(called="12393"), WEDNESDAY).notes == ()


def test_the_sign_language_seat_is_told_of_the_video_link():
    assert "视频链接" in route(TABLE, arrival(language="csl"), WEDNESDAY).notes[0]


def test_an_empty_table_and_a_circle_of_closed_groups_still_end_at_a_person():
    empty = Table(rows=(), groups={}, calendar=shipped_calendar())
    assert route(empty, arrival(), WEDNESDAY).group == "general"
