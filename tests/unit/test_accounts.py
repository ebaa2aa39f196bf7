"""Passwords, second factor, sessions and the lock-out over accounts in memory; no sockets."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.fakes.services import CALL, NOON, PASSWORD, memory_services
from web import totp
from web.app import build_app
from web.passwords import new_password, weakness
from web.settings import UnknownRoleSet, WebSettings

SITE = "http://hotline.test"
NEW = "a new passphrase 7"


class Visitor:
    """A browser at a certain time."""

    def __init__(self, app, services, clock):
        self.app, self.services, self.clock = app, services, clock
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=SITE)

    @property
    def users(self):
        return self.services.users

    def another(self):
        return Visitor(self.app, self.services, self.clock)

    def later(self, **how_much):
        self.clock[0] += timedelta(**how_much)

    async def log_in(self, name, password=PASSWORD):
        body = {"username": name, "password": password}
        return await self.client.post("/api/session", json=body)

    async def post(self, path, **body):
        return await self.client.post(path, json=body)

    async def get(self, path):
        return await self.client.get(path)

    def code(self, name, steps=0):
        secret = self.users.factor_secret(self.users.users[name].factor_nonce)
        return totp.code_at(secret, totp.step_at(self.clock[0]) + steps)

    async def set_up_factor(self, name):
        assert (await self.log_in(name)).status_code == 200
        begun = await self.post("/api/account/second-factor", password=PASSWORD)
        assert begun.json()["svg"].startswith("<svg")
        confirmed = await self.post("/api/account/second-factor/confirm", code=self.code(name))
        assert confirmed.status_code == 200, confirmed.text
        return confirmed.json()["recovery_codes"]


@asynccontextmanager
async def visitor(tmp_path, **settings):
    clock = [NOON]
    services = replace(memory_services(), now=lambda: clock[0])
    app = build_app(services, WebSettings(**settings), static=tmp_path)
    yield Visitor(app, services, clock)


def told(answer):
    return answer.status_code, answer.json().get("code")


def story(act):
    """An ordinary loop: httpx's own tasks need one."""

    def test(tmp_path):
        asyncio.run(act(tmp_path))

    test.__doc__ = act.__doc__
    return test


@story
async def test_a_log_in_with_a_second_factor_takes_two_steps_and_a_code_counts_once(tmp_path):
    async with visitor(tmp_path) as v:
        await v.set_up_factor("inspector")
        used = v.code("inspector")
        v.later(minutes=1)
        first = await v.another().log_in("inspector")
        assert told(first) == (401, "second-factor-needed")
        assert "set-cookie" not in first.headers
        ticket = first.json()["details"]["ticket"]
        other = v.another()
        replayed = await other.post("/api/session/second-factor", ticket=ticket, code=used)
        assert told(replayed) == (401, "wrong-code")
        right = v.code("inspector")
        answer = await other.post("/api/session/second-factor", ticket=ticket, code=right)
        assert answer.json()["username"] == "inspector"
        assert (await other.get("/api/session")).status_code == 200
        again = await v.another().post("/api/session/second-factor", ticket=ticket, code=right)
        assert told(again) == (401, "login-over")
        third = v.another()
        ticket = (await third.log_in("inspector")).json()["details"]["ticket"]
        replayed = await third.post("/api/session/second-factor", ticket=ticket, code=right)
        assert told(replayed) == (401, "wrong-code")


@story
async def test_a_ticket_is_no_session_and_lasts_five_minutes(tmp_path):
    async with visitor(tmp_path) as v:
        await v.set_up_factor("admin")
        other = v.another()
        ticket = (await other.log_in("admin")).json()["details"]["ticket"]
        other.client.cookies.set("hotline_session", ticket)
        assert told(await other.get("/api/session")) == (401, "not-logged-in")
        v.later(minutes=5)
        late = await other.post("/api/session/second-factor", ticket=ticket, code=v.code("admin"))
        assert told(late) == (401, "login-over")


@story
async def test_five_wrong_codes_lock_the_account_and_it_is_said_until_when(tmp_path):
    async with visitor(tmp_path, lock_minutes=15) as v:
        await v.set_up_factor("admin")
        other = v.another()
        for _ in range(5):
            # The right password between the guesses does not make them be forgotten.
            ticket = (await other.log_in("admin")).json()["details"]["ticket"]
            wrong = await other.post("/api/session/second-factor", ticket=ticket, code="000000")
            assert told(wrong) == (401, "wrong-code")
        v.later(minutes=1)
        locked = await other.log_in("admin")
        assert told(locked) == (423, "account-locked")
        assert locked.json()["details"]["until"] == (NOON + timedelta(minutes=15)).isoformat()
        v.later(minutes=14)
        assert told(await other.log_in("admin")) == (401, "second-factor-needed")


@story
async def test_a_recovery_code_opens_once_and_only_its_hash_is_kept(tmp_path):
    async with visitor(tmp_path) as v:
        codes = await v.set_up_factor("admin")
        assert len(set(codes)) == 10
        assert not set(codes) & set(v.users.codes["admin"])
        for expected in ("admin", None):
            other = v.another()
            ticket = (await other.log_in("admin")).json()["details"]["ticket"]
            answer = await other.post(
                "/api/session/second-factor", ticket=ticket, code=codes[3].upper()
            )
            assert answer.json().get("username") == expected
        left = (await v.get("/api/account")).json()["second_factor"]["recovery_codes_left"]
        assert left == 9


@story
async def test_a_factor_that_was_begun_and_never_confirmed_is_asked_of_nobody(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("admin")
        assert (
            told(await v.post("/api/account/second-factor", password="not mine at all"))[0] == 422
        )
        await v.post("/api/account/second-factor", password=PASSWORD)
        assert told(await v.post("/api/account/second-factor/confirm", code="1"))[0] == 401
        assert (await v.another().log_in("admin")).status_code == 200


@story
async def test_where_a_factor_is_compulsory_nothing_else_is_open_before_it_is_there(tmp_path):
    async with visitor(tmp_path, second_factor_roles=("inspector",)) as v:
        await v.log_in("inspector")
        assert (await v.get("/api/session")).json()["owes"] == "second-factor-set-up-needed"
        assert told(await v.get("/api/calls")) == (403, "second-factor-set-up-needed")
        assert told(await v.get("/api/account/sessions"))[0] == 403
        await v.set_up_factor("inspector")
        assert (await v.get("/api/calls")).status_code == 200
        other = v.another()
        await other.log_in("wang")
        assert (await other.get("/api/session")).json()["owes"] is None


@story
async def test_who_got_his_password_from_somebody_must_choose_his_own_first(tmp_path):
    async with visitor(tmp_path) as v:
        v.users.users["wang"] = replace(v.users.users["wang"], must_change_password=True)
        elsewhere = v.another()
        await elsewhere.log_in("wang")
        await v.log_in("wang")
        assert told(await v.get("/api/calls")) == (403, "password-change-needed")
        weak = await v.post("/api/account/password", password=PASSWORD, new_password="1234567890")
        assert (told(weak), weak.json()["details"]["why"]) == (
            (422, "password-too-weak"),
            "one-kind",
        )
        same = await v.post("/api/account/password", password=PASSWORD, new_password=PASSWORD)
        assert same.json()["details"]["why"] == "same"
        done = await v.post("/api/account/password", password=PASSWORD, new_password=NEW)
        assert done.json()["owes"] is None
        assert (await v.get("/api/calls")).status_code == 200
        assert told(await elsewhere.get("/api/session")) == (401, "not-logged-in")
        assert (await v.another().log_in("wang", NEW)).status_code == 200


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short1", "too-short"),
        ("x" * 201 + "1", "too-long"),
        ("abcdefghijk", "one-kind"),
        ("wang-is-here-1", "has-name"),
        ("zzzz-zzzz-9", "repeats"),
        ("Password123456", "common"),
        ("四个汉字不够长吗1", "too-short"),
        ("first password", None),
        ("correct horse", None),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password, why):
    assert weakness(password, "wang") == why


def test_a_made_password_is_good_enough_and_never_the_same():
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert {weakness(one, "wang") for one in made} <= {None, "repeats"}


@story
async def test_a_session_that_asks_for_nothing_is_over_and_one_that_works_goes_on(tmp_path):
    async with visitor(tmp_path, idle_minutes=30, session_hours=12) as v:
        await v.log_in("wang")
        for _ in range(3):
            v.later(minutes=29)
            assert (await v.get("/api/session")).status_code == 200
        v.later(minutes=30)
        assert told(await v.get("/api/session")) == (401, "not-logged-in")


@story
async def test_with_too_many_sessions_the_one_not_seen_for_longest_ends(tmp_path):
    async with visitor(tmp_path, sessions_per_user=2, idle_minutes=0) as v:
        first, second, third = v, v.another(), v.another()
        await first.log_in("wang")
        v.later(minutes=1)
        await second.log_in("wang")
        v.later(minutes=2)
        assert (await first.get("/api/session")).status_code == 200
        await third.log_in("wang")
        assert (await second.get("/api/session")).status_code == 401
        assert (await first.get("/api/session")).status_code == 200


@story
async def test_ones_own_sessions_are_listed_with_device_and_ended_one_by_one_or_all(tmp_path):
    async with visitor(tmp_path) as v:
        one, two, three = v, v.another(), v.another()
        two.client.headers["user-agent"] = "Another Browser"
        for each in (one, two, three):
            await each.log_in("wang")
        listed = (await one.get("/api/account/sessions")).json()["sessions"]
        assert [row["is_this"] for row in listed].count(True) == 1
        theirs = next(row for row in listed if row["device"] == "Another Browser")
        assert await _delete(one, theirs["session_id"]) == 204
        assert (await two.get("/api/session")).status_code == 401
        assert (await three.get("/api/session")).status_code == 200
        await one.post("/api/account/sessions/end-others")
        assert (await three.get("/api/session")).status_code == 401
        assert (await one.get("/api/session")).status_code == 200
        other = v.another()
        await other.log_in("li")
        mine = (await one.get("/api/account/sessions")).json()["sessions"][0]["session_id"]
        assert await _delete(other, mine) == 404


async def _delete(v, session_id):
    return (await v.client.delete(f"/api/account/sessions/{session_id}")).status_code


@story
async def test_an_unknown_name_is_not_written_down_because_it_may_be_a_password(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("my secret password", "x")
        (note,) = v.services.audit.acts
        assert (note.who, note.outcome, note.details) == ("", "failed", {"why": "unknown-name"})


@story
async def test_a_hundred_guesses_sent_together_are_counted_as_a_hundred(tmp_path):
    async with visitor(tmp_path, failed_logins=5) as v:
        answers = await asyncio.gather(*(v.another().log_in("wang", "guess") for _ in range(12)))
        codes = [answer.json()["code"] for answer in answers]
        assert codes.count("wrong-password") == 5
        assert codes.count("account-locked") == 7


@story
async def test_the_same_thing_opened_again_is_one_view_and_a_refused_one_is_told_apart(tmp_path):
    async with visitor(tmp_path, view_again_minutes=10) as v:
        await v.log_in("wang")
        for _ in range(3):
            await v.get(f"/api/calls/{CALL}/transcript")
        v.later(minutes=10)
        await v.get(f"/api/calls/{CALL}/transcript")
        other = v.another()
        await other.log_in("li")
        await other.get(f"/api/calls/{CALL}/transcript")
        seen = [(n.who, n.kind, n.call_id, n.outcome) for n in v.services.audit.views]
        assert seen == [
            ("wang", "calls.transcript", CALL, "done"),
            ("wang", "calls.transcript", CALL, "done"),
            ("li", "calls.transcript", CALL, "refused"),
        ]


@story
async def test_what_is_done_is_noted_for_every_route_and_what_is_refused_too(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("leader")
        await v.post("/api/seats/8001/force", state="not_ready", reason="离席")
        await v.post("/api/people", username="x")
        noted = [(n.kind, n.subject, n.outcome) for n in v.services.audit.acts]
        assert noted == [
            ("session.open", "leader", "done"),
            ("seats.force", "8001", "done"),
            ("people.post", "", "failed"),
        ]


@story
async def test_a_role_that_there_is_not_is_no_setting(tmp_path):
    with pytest.raises(UnknownRoleSet, match="inspecter"):
        async with visitor(tmp_path, second_factor_roles=("administrator", "inspecter")):
            pass
