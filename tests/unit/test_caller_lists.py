"""Who is on which list."""

from datetime import UTC, datetime, timedelta

import pytest

from seats.caller_lists import CallerLists, ListedCaller
from seats.errors import CallerListUnknown, CallerNotListed, CallerNumberInvalid
from seats.events import CallerListed, CallerUnlisted

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
NUMBER = "13800000001"


class Clock:
    at = NOON

    def __call__(self):
        return self.at


def test_a_number_is_found_however_the_trunk_writes_it_until_its_end():
    told, clock = [], Clock()
    lists = CallerLists(told.append, clock)
    lists.add(
        "elderly", "013800000001", until=NOON + timedelta(days=1), by="admin", note="子女登记"
    )
    lists.add("enterprise", NUMBER, until=None, by="admin", note="")
    lists.add("enterprise", "+863155550001", until=None, by="admin", note="")
    for written in (NUMBER, "+8613800000001", "008613800000001", "8613800000001"):
        assert lists.lookup(written) == {"elderly", "enterprise"}
    assert lists.lookup("03155550001") == {"enterprise"}
    assert lists.lookup("13800000002") == lists.lookup("anonymous") == lists.lookup("") == set()
    clock.at = NOON + timedelta(days=1)
    assert lists.lookup(NUMBER) == {"enterprise"}
    assert lists.entries("elderly") == ()
    assert [type(event) for event in told] == [CallerListed] * 3


def test_a_number_taken_off_is_off_and_only_once():
    told = []
    stored = ListedCaller(
        list_name="nuisance", caller_number=NUMBER, until=None, by="a", at=NOON, note=""
    )
    lists = CallerLists(told.append, lambda: NOON, [stored])
    assert lists.lookup(NUMBER) == {"nuisance"}
    lists.remove("nuisance", "013800000001", by="leader")
    assert lists.lookup(NUMBER) == set()
    assert told == [
        CallerUnlisted(at=NOON, list_name="nuisance", caller_number=NUMBER, by="leader")
    ]
    with pytest.raises(CallerNotListed):
        lists.remove("nuisance", NUMBER, by="leader")


@pytest.mark.parametrize(
    ("name", "number", "error"),
    [("vip", NUMBER, CallerListUnknown), ("elderly", "某人", CallerNumberInvalid)],
)
def test_what_is_no_list_or_no_number_is_refused(name, number, error):
    told = []
    with pytest.raises(error):
        CallerLists(told.append, lambda: NOON).add(name, number, until=None, by="a", note="")
    assert told == []
