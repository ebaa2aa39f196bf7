"""The board, the wall and notices over REST: what is shown to whom."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cti.events import Blame, CallReturnedToLine, Ending
from cti.ids import SeatId
from seats.model import SeatState
from seats.service_level import Wait
from seats.wait_estimate import Estimate
from tests.fakes.call_commands import waiting
from tests.fakes.services import CALL, GENERAL, NOON, memory_services, user
from tests.unit.test_web import browser, run
from web.accounts import Accounts
from web.ports import Login, Role
from web.settings import WebSettings


async def screen(b):
    """A wall's own account, logged in."""
    await b.services.users.save(user("screen", Role.WALL))
    await b.log_in("screen")


def test_the_board_says_who_will_wait_too_long_and_how_busy_each_group_is(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            house = b.services
            house.line.line.append(waiting(CALL, NOON - timedelta(seconds=10)))
            house.line.left[CALL] = Estimate(place=1, low_s=5, likely_s=20, high_s=60)
            seats = house.seats.seats
            seats[SeatId("8001")] = replace(seats[SeatId("8001")], state=SeatState.TALKING)
            await b.log_in("leader")
            board = (await b.client.get("/api/board")).json()
            (one,) = board["line"]
            assert one["expected"] == "will-be-late"
            assert one["caller_number"] == "13800000001"
            assert one["free_at"] == "2026-01-05T04:00:20.000Z"
            general = next(group for group in board["groups"] if group["code"] == GENERAL)
            assert (general["waiting"], general["longest_ms"]) == (1, 10_000)
            assert (general["talking"], general["not_ready"], general["occupancy"]) == (1, 1, 1.0)
            assert board["windows"]["today"]["answer_rate"] is None

    run(story())


def test_alarms_are_on_the_board_of_those_who_lead_the_floor(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            back = CallReturnedToLine(
                at=NOON,
                call_id=CALL,
                seat_id=SeatId("8002"),
                ending=Ending(blame=Blame.SEAT, reason="no-answer"),
            )
            for _ in range(3):
                b.services.no_answers.on_event(back)
            await b.log_in("leader")
            alarms = (await b.client.get("/api/board")).json()["alarms"]
            assert [one["seat_id"] for one in alarms["seats"]] == ["8001"]
            assert alarms["no_answers"] == [
                {"seat_id": "8002", "count": 3, "last_at": "2026-01-05T04:00:00.000Z"}
            ]
            await b.log_in("wang")
            assert (await b.client.get("/api/board")).json()["alarms"] is None

    run(story())


def test_misses_are_listed_by_window_and_cause_and_the_day_comes_in_quarters(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            joined = NOON - timedelta(minutes=30)
            gone = Wait(
                call_id=CALL,
                skill_group=GENERAL,
                joined_at=joined,
                gave_up_at=joined + timedelta(seconds=3),
            )
            b.services.service_level.waits.append(gone)
            await b.log_in("leader")

            async def misses(more):
                return (await b.client.get(f"/api/service-level/misses?{more}")).json()["count"]

            assert await misses("window=today") == 1
            assert await misses("window=today&cause=gave-up-at-once") == 1
            assert await misses("window=today&cause=all-talking") == 0
            assert await misses("window=today&skill_group=none") == 0
            assert await misses("window=recent") == 0
            assert (await b.client.get("/api/service-level/misses?cause=x")).status_code == 422
            columns = (await b.client.get("/api/service-level/trend")).json()["columns"]
            assert [one["gave_up"] for one in columns[-3:]] == [1, 0, 0]
            assert columns[-3]["since"] == "2026-01-05T03:30:00.000Z"

    run(story())


def test_the_wall_shows_sums_and_no_citizen(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.line.line.append(waiting(CALL, NOON - timedelta(seconds=20)))
            await screen(b)
            answer = await b.client.get("/api/wall")
            wall = answer.json()
            assert (wall["waiting"], wall["late"], wall["will_be_late"]) == (0, 1, 0)
            assert wall["seats"] == {"not_ready": 2}
            assert wall["alarms"]["skill_groups"] == [GENERAL]
            for private in (CALL, "13800000001", "1380", "王明"):
                assert private not in answer.text

    run(story())


def test_an_operator_does_not_get_the_walls_answer_and_a_wall_stays_logged_in(tmp_path):
    async def story():
        async with browser(tmp_path, session_hours=12, wall_session_days=30) as b:
            await b.log_in("wang")
            assert (await b.client.get("/api/wall")).status_code == 403
            await b.services.users.save(user("screen", Role.WALL))
            login = await b.log_in("screen")
            assert f"Max-Age={30 * 86_400}" in login.headers["set-cookie"]

    run(story())


def test_a_screen_that_was_dark_for_a_week_shows_the_wall_again_without_a_password():
    accounts = Accounts(memory_services().users, WebSettings(session_hours=12, idle_minutes=60))

    def login(hours):
        until = NOON + timedelta(hours=hours)
        return Login(token_hash="x", username="screen", created_at=NOON, expires_at=until)

    assert not accounts.is_over(login(365 * 24), NOON + timedelta(days=7))
    assert accounts.is_over(login(365 * 24), NOON + timedelta(days=366))
    assert accounts.is_over(login(12), NOON + timedelta(hours=2))


def test_a_notice_goes_to_the_seats_that_are_meant_and_only_watchers_see_who_read_it(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            sent = await b.client.post("/api/notices", json={"text": " 今晚十点升级 "})
            assert sent.status_code == 200, sent.text
            notice = sent.json()
            assert (notice["text"], notice["addressed"]) == ("今晚十点升级", ["8001", "8002"])
            await b.log_in("wang")
            (seen,) = (await b.client.get("/api/notices")).json()["notices"]
            assert (seen["mine_read_at"], seen["addressed"]) == (None, [])
            address = f"/api/notices/{notice['notice_id']}"
            assert (await b.client.delete(address)).status_code == 403
            read = (await b.client.post(f"{address}/read")).json()
            assert read["mine_read_at"] == "2026-01-05T04:00:00.000Z"
            await b.log_in("leader")
            (after,) = (await b.client.get("/api/notices")).json()["notices"]
            assert list(after["read_at"]) == ["8001"]
            # Who has no seat has nothing to tick off.
            assert (await b.client.post(f"{address}/read")).status_code == 403
            assert (await b.client.delete(address)).status_code == 204
            assert (await b.client.delete(address)).status_code == 404

    run(story())


@pytest.mark.parametrize("body", [{"text": " "}, {"text": "好", "skill_groups": ["none"]}, {}])
def test_a_notice_without_words_or_to_nobody_is_refused(body, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            assert (await b.client.post("/api/notices", json=body)).status_code == 422
            await b.log_in("wang")
            assert (await b.client.post("/api/notices", json={"text": "好"})).status_code == 403

    run(story())
