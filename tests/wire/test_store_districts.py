"""Of which district a call is, by its order; words searched within a district. Both databases."""

import pytest

from orders.events import DraftDiscarded
from orders.model import OrderId
from recordings.finding import Wanted
from store.districts import StoredDistricts
from store.finding import StoredFinding
from tests.wire.journals import open_database
from tests.wire.test_store_replay import a_call, at, call_id, of, told
from tests.wire.test_store_samples import archived, in_district

EVENTS = [
    *a_call(1), archived(1), *in_district(1, "路南区"),
    *a_call(2), archived(2), *in_district(2, "路北区"),
    *a_call(3), archived(3),
]  # fmt: skip


async def test_calls_have_the_district_of_their_order(new_database_url):
    async with open_database(await new_database_url()) as database:
        await told(database, *EVENTS)
        found = await StoredDistricts(database).of_calls([call_id(n) for n in (1, 2, 3, 9)])
    assert found == {call_id(1): {"路南区"}, call_id(2): {"路北区"}}


async def test_a_discarded_draft_says_nothing(new_database_url):
    async with open_database(await new_database_url()) as database:
        gone = DraftDiscarded(at=at(9999), call_id=call_id(1), order_id=OrderId("20261121-000001"))
        await told(database, *EVENTS, gone)
        assert await StoredDistricts(database).of_calls([call_id(1)]) == {}


@pytest.mark.parametrize(
    ("district", "calls"), [(None, [3, 2, 1]), ("路南区", [1]), ("古冶区", [])]
)
async def test_recordings_are_found_within_a_district(new_database_url, district, calls):
    async with open_database(await new_database_url()) as database:
        await told(database, *EVENTS)
        found = await StoredFinding(database).find(Wanted(district=district), None, 50)
    assert (of(found), found.total) == (calls, len(calls))
