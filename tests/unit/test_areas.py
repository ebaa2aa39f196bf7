"""Role × area: who works for a district sees that district's affairs, and no route forgets it.

The same list of routes as in test_rights.py: a new one that names a call, an order, a recording or a
message is closed to other districts from its first day.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from cti.call import CallState
from cti.events import CallArrived, CallQueued
from cti.ids import CallId, SkillGroupCode
from orders.events import FieldsEdited
from orders.model import FieldValue, FilledBy, OrderField, OrderId
from recordings.events import RecordingArchived
from seats.events import SeatStateChanged
from seats.model import SeatState
from tests.fakes.sampling import candidate, sampler_over
from tests.fakes.services import CALL, NOON, encode_event, user
from tests.unit.test_rights import PEOPLE, RIGHTS, SITE, Asking, code_of
from tests.unit.test_web import browser, run
from web.areas import enough
from web.live import Window
from web.ports import Role, Told

HERE, THERE = "路南区", "路北区"
OTHER = CallId("node1-2.2")
NAMES_ONE = ("{call_id}", "{order_id}", "{recording_id}", "{message_id}")


def lives_in(services, district, area):
    """The one call's order is of that district, and everybody works for that area."""
    order = services.order_records.order
    value = FieldValue(value=district, by=FilledBy.PERSON)
    services.order_records.order = replace(
        order, fields={**order.fields, OrderField.DISTRICT: value}
    )
    services.districts.calls = {CALL: frozenset({district})}
    people = services.users.users
    for name, one in people.items():
        people[name] = replace(one, area=area)


def answers(tmp_path, area, who):
    """What each route answers somebody of that area."""
    found = {}

    async def ask():
        asking = Asking(tmp_path)
        lives_in(asking.services, HERE, area)
        transport = httpx.ASGITransport(app=asking.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
            for route in asking.routes:
                found[route] = code_of(await asking.ask(client, route, who))

    asyncio.run(ask())
    return found


@pytest.mark.parametrize("who", ["l", "S", "I", "A"])
def test_nothing_of_another_district_is_reached_by_its_address(tmp_path, who):
    found = answers(tmp_path, THERE, who)
    named = {route: code for route, code in found.items() if any(n in route for n in NAMES_ONE)}
    assert len(named) > 60
    open_ones = {route: code for route, code in named.items() if code != "outside-area"}
    assert open_ones == {}


@pytest.mark.parametrize("who", list(PEOPLE))
@pytest.mark.parametrize("area", [HERE, ""])
def test_of_his_own_district_and_of_the_whole_city_a_role_sees_what_it_always_saw(
    tmp_path, who, area
):
    found = answers(tmp_path, area, who)
    let_in = {route for route, code in found.items() if code not in ("forbidden", "outside-area")}
    assert let_in == {route for route, whom in RIGHTS.items() if who in whom}


def test_his_own_seats_call_an_operator_has_wherever_it_comes_from(tmp_path):
    found = answers(tmp_path, THERE, "w")
    assert found["GET /api/calls/{call_id}/transcript"] is None
    assert "outside-area" not in found.values()


LISTS = {
    "/api/calls?state=ended": "calls",
    "/api/calls?ended_by=seat": "calls",
    "/api/orders": "orders",
    "/api/recordings": "recordings",
    f"/api/recordings?call_id={CALL}": "recordings",
    "/api/callbacks": "callbacks",
    "/api/cues": "cues",
    "/api/signals": "signals",
}


@pytest.mark.parametrize("role", ["leader", "inspector"])
@pytest.mark.parametrize(("area", "sees"), [("", True), (HERE, True), (THERE, False)])
def test_lists_hold_the_district_only(tmp_path, role, area, sees):
    async def story():
        async with browser(tmp_path) as b:
            lives_in(b.services, HERE, area)
            await b.log_in(role)
            for path, name in LISTS.items():
                listed = (await b.client.get(path)).json()[name]
                assert bool(listed) is sees, path

    run(story())


@pytest.mark.parametrize(
    ("area", "asked", "expected"),
    [("", "", ""), ("", THERE, THERE), (HERE, "", HERE), (HERE, HERE, HERE), (HERE, THERE, None)],
)
def test_orders_are_searched_in_the_district_only(tmp_path, area, asked, expected):
    async def story():
        async with browser(tmp_path) as b:
            lives_in(b.services, HERE, area)
            await b.log_in("leader")
            found = (await b.client.get("/api/order-search", params={"district": asked})).json()
            wish = b.services.order_lists.wish
            assert (None if wish is None else wish.district) == expected
            assert (found["total"] == 0) is (expected is None)

    run(story())


@pytest.mark.parametrize(("area", "expected"), [("", None), (HERE, HERE)])
def test_words_are_searched_in_the_district_only(tmp_path, area, expected):
    async def story():
        async with browser(tmp_path) as b:
            lives_in(b.services, HERE, area)
            await b.log_in("inspector")
            await b.client.get("/api/search", params={"text": "路灯"})
            assert b.services.replay_room.finding.asked[-1][0].district == expected

    run(story())


def test_who_is_refused_is_noted_with_what_he_wanted_to_see(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            lives_in(b.services, HERE, THERE)
            await b.log_in("inspector")
            await b.client.get(f"/api/calls/{CALL}/transcript")
            (note,) = b.services.audit.views
            assert (note.who, note.outcome, note.call_id) == ("inspector", "refused", CALL)

    run(story())


def test_a_call_without_a_district_is_the_citys(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.users.users["leader"] = replace(b.services.users.users["leader"], area=HERE)
            await b.log_in("leader")
            assert (await b.client.get(f"/api/calls/{CALL}")).json()["code"] == "outside-area"

    run(story())


def test_drawn_calls_of_other_districts_are_not_listed(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            records = b.services.samples.lists
            records.may_be_drawn = [
                candidate(n, "wang", NOON - timedelta(days=1)) for n in range(2)
            ]
            desk = sampler_over(records, ["inspector"], lambda: NOON)
            drawn = await desk.draw_period(NOON - timedelta(days=2), NOON, "leader", "抽查")
            lives_in(b.services, HERE, HERE)
            seen = records.may_be_drawn[0].call_id
            b.services.districts.calls = {seen: frozenset({HERE})}
            await b.log_in("leader")
            shown = (await b.client.get(f"/api/samples/{drawn}")).json()
            assert [one["call_id"] for one in shown["calls"]] == [seen]

    run(story())


def of_district(call_id, district):
    value = FieldValue(value=district, by=FilledBy.PERSON)
    return FieldsEdited(
        at=NOON, call_id=call_id, order_id=OrderId("20260105-000001"),
        fields=((OrderField.DISTRICT, value),), revision=1, by="wang",
    )  # fmt: skip


def arrives(call_id):
    return CallArrived(at=NOON, call_id=call_id, caller_number="13800000001", called_number="12345")


def queued(call_id):
    return CallQueued(
        at=NOON, call_id=call_id, skill_group=SkillGroupCode("general"), joined_at=NOON, priority=0
    )


class Stream:
    """What one viewer is sent, as words."""

    def __init__(self, viewer, of_area=()):
        self.window = Window(viewer, encode_event, of_area=of_area)

    def sends(self, event):
        return self.window.show(Told(seq=1, event=event))[0] is not None


def test_the_stream_tells_a_district_of_its_calls_from_the_moment_that_the_order_names_it():
    stream = Stream(replace(user("leader", Role.SUPERVISOR), area=HERE))
    assert not stream.sends(arrives(CALL))
    assert not stream.sends(of_district(CALL, THERE))
    assert stream.sends(of_district(CALL, HERE))
    assert stream.sends(queued(CALL))
    assert not stream.sends(queued(OTHER))
    stream.sends(of_district(CALL, THERE))
    assert not stream.sends(queued(CALL)), "it was written by mistake"


def test_the_stream_goes_on_for_calls_that_were_the_districts_before_he_looked():
    archived = RecordingArchived(
        at=NOON, call_id=CALL, recording_id=f"{CALL}-1", path="x", sha256="0" * 64, duration_ms=1,
        size_bytes=1,
    )  # fmt: skip
    assert Stream(replace(user("leader", Role.SUPERVISOR), area=HERE), [CALL]).sends(archived)


def test_seats_are_nobodys_district():
    seat = SeatStateChanged(
        at=NOON, seat_id="8001", was=SeatState.READY, state=SeatState.TALKING, call_id=CALL
    )
    assert Stream(replace(user("leader", Role.SUPERVISOR), area=HERE)).sends(seat)


def test_a_list_looks_further_back_until_it_is_full():
    asked = []

    async def ask(many):
        asked.append(many)
        return list(range(many))[:900]

    async def only(rows):
        return [one for one in rows if one % 100 == 99]

    assert asyncio.run(enough(ask, 5, only)) == [99, 199, 299, 399, 499]
    assert asked == [5, 20, 80, 320, 1280]


def test_live_calls_of_other_districts_cannot_be_listened_to(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.calls.call = replace(b.services.calls.call, state=CallState.TALKING)
            lives_in(b.services, HERE, THERE)
            await b.log_in("leader")
            answer = await b.client.post(
                f"/api/calls/{CALL}/supervise",
                json={"how": "listen", "seat_id": "8001", "reason": "抽查"},
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "outside-area")
            assert b.services.audit.acts[-1].outcome == "refused"

    run(story())
