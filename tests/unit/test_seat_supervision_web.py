"""Forcing seats, a seat's day, who sat where and the alarms over REST, and who may see them."""

from datetime import timedelta

import pytest

from tests.fakes.services import NOON
from tests.unit.test_web import browser, run

FORCE = {"state": "not_ready", "reason": "业务高峰，暂停小休"}


@pytest.mark.parametrize("name", ["leader", "admin"])
def test_a_supervisor_forces_a_seat_and_learns_what_came_of_it(name, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(name)
            answer = await b.client.post("/api/seats/8001/force", json=FORCE)
            assert answer.status_code == 200, answer.text
            body = answer.json()
            assert (body["asked"], body["by"], body["effect"]) == ("force", name, "after-call")
            assert "结束时生效" in body["effect_text"]
            assert b.services.seats.asked == [
                ("force", "8001", "not_ready", name, "业务高峰，暂停小休")
            ]

    run(story())


@pytest.mark.parametrize("name", ["wang", "li", "inspector"])
def test_nobody_else_forces_seats_not_even_his_own(name, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(name)
            answer = await b.client.post("/api/seats/8001/force", json=FORCE)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
            assert b.services.seats.asked == []

    run(story())


@pytest.mark.parametrize(
    "body",
    [
        {"state": "not_ready"},
        {"state": "not_ready", "reason": "  "},
        {"state": "talking", "reason": "x"},
        {"state": "ready", "reason": "x" * 201},
    ],
)
def test_a_force_without_a_reason_or_to_a_state_of_calls_is_refused(body, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            answer = await b.client.post("/api/seats/8001/force", json=body)
            assert answer.status_code == 422
            assert b.services.seats.asked == []

    run(story())


def test_a_seats_day_adds_up_and_names_its_operator(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            # NOON is the services' now; the day before it is empty.
            await b.log_in("wang")
            answer = await b.client.get("/api/seats/8001/history", params={"day": "2026-01-06"})
            assert answer.json()["signed_in_ms"] == 0
            object.__setattr__(b.services, "now", lambda: NOON + timedelta(hours=2))
            body = (await b.client.get("/api/seats/8001/history")).json()
            assert body["day"] == "2026-01-05"
            assert body["signed_in_ms"] == 3_600_000 == sum(one["ms"] for one in body["spent"])
            on_break = [one for one in body["spent"] if one["reason"] == "break"]
            assert [one["ms"] for one in on_break] == [600_000]
            assert body["stays"][0]["operator"] == "wang"

    run(story())


def test_an_operator_sees_only_his_own_day(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("li")
            assert (await b.client.get("/api/seats/8001/history")).status_code == 403
            await b.log_in("inspector")
            assert (await b.client.get("/api/seats/8001/history")).status_code == 200
            assert (await b.client.get("/api/seats/9999/history")).status_code == 404

    run(story())


def test_who_sat_where_is_shown_for_any_instant(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            at = (NOON + timedelta(minutes=35)).isoformat()
            body = (await b.client.get("/api/attendance", params={"at": at})).json()
            assert [(s["seat_id"], s["operator"], s["reason"]) for s in body["seats"]] == [
                ("8001", "wang", "break")
            ]
            naive = await b.client.get("/api/attendance", params={"at": "2026-01-05T12:00:00"})
            assert naive.status_code == 422
            await b.log_in("wang")
            assert (await b.client.get("/api/attendance")).status_code == 403

    run(story())


def test_the_shift_leader_sees_what_rings(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            body = (await b.client.get("/api/alarms")).json()
            assert [(s["seat_id"], s["reason"], s["limit_s"]) for s in body["seats"]] == [
                ("8001", "break", 900.0)
            ]
            assert body["skill_groups"] == ["general"]
            await b.log_in("wang")
            assert (await b.client.get("/api/alarms")).status_code == 403

    run(story())
