"""Accounts and wider rights are given by two administrators, and nobody gets around it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from cti.ids import SeatId
from tests.fakes.services import NOON, user
from tests.unit.test_accounts import story, told, visitor
from web.account_requests import waiting_for, widens
from web.admin_ports import AuditNote
from web.approval_ports import AccountRequest
from web.people import Particulars
from web.ports import Role

ZHAO = {
    "username": "zhao", "name": "赵磊", "roles": ["operator"], "area": "", "seat_id": "8001",
    "reason": "热线办〔2026〕41号",
}  # fmt: skip
WANG = {**ZHAO, "username": "wang", "name": "wang", "roles": ["operator", "supervisor"]}
REQUESTS = "/api/account-requests"


async def second_administrator(v):
    """From now on rights are given by two."""
    v.users.users["second"] = user("second", Role.ADMINISTRATOR)
    await v.log_in("admin")
    other = v.another()
    await other.log_in("second")
    return other


async def asked(v, **what):
    answer = await v.post(REQUESTS, **what)
    assert answer.status_code == 201, answer.text
    return answer.json()["request"]["request_id"]


def put(v, who, **what):
    body = {name: value for name, value in what.items() if name != "username"}
    return v.client.put(f"/api/people/{who}", json=body)


@story
async def test_a_single_administrator_opens_accounts_alone_for_there_is_nobody_to_ask(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("admin")
        assert (await v.get("/api/people")).json()["needs_approval"] is False
        assert (await v.post("/api/people", **ZHAO)).status_code == 201
        assert told(await v.post(REQUESTS, **ZHAO)) == (409, "approval-not-needed")


@story
async def test_an_account_is_not_there_until_another_administrator_approves(tmp_path):
    async with visitor(tmp_path) as v:
        other = await second_administrator(v)
        assert (await v.get("/api/people")).json()["needs_approval"] is True
        assert told(await v.post("/api/people", **ZHAO)) == (409, "approval-needed")
        request_id = await asked(v, **ZHAO)
        assert "zhao" not in v.users.users
        assert told(await v.another().log_in("zhao")) == (401, "wrong-password")
        assert told(await v.post(f"{REQUESTS}/{request_id}/approve")) == (409, "on-oneself")
        approved = (await other.post(f"{REQUESTS}/{request_id}/approve")).json()
        made = v.users.users["zhao"]
        assert (made.name, made.roles, made.area, made.seat_id) == (
            "赵磊", frozenset({Role.OPERATOR}), "", SeatId("8001"),
        )  # fmt: skip
        first = await v.another().log_in("zhao", approved["password"])
        assert first.json()["owes"] == "password-change-needed"


@story
async def test_who_asked_and_who_approved_what_stands_in_the_log(tmp_path):
    async with visitor(tmp_path) as v:
        other = await second_administrator(v)
        request_id = await asked(v, **ZHAO)
        approved = (await other.post(f"{REQUESTS}/{request_id}/approve")).json()
        ask, approve = [n for n in v.users.notes if n.subject == "zhao"]
        assert (ask.who, ask.kind, ask.details["reason"]) == ("admin", "people.ask", ZHAO["reason"])
        assert (approve.who, approve.kind) == ("second", "people.approve")
        assert approve.details["asked_by"] == "admin"
        assert approve.details["roles"] == ["operator"]
        assert approved["password"] not in str(v.users.notes)


@pytest.mark.parametrize(
    ("change", "needs"),
    [
        ({"roles": ["operator", "supervisor"]}, True),
        ({"roles": ["inspector"]}, True),
        ({"area": ""}, True),
        ({"area": "路北区"}, True),
        ({"name": "王大明"}, False),
        ({"seat_id": "8002"}, False),
    ],
)
def test_a_wider_right_needs_a_request_and_everything_else_does_not(tmp_path, change, needs):
    async def act():
        async with visitor(tmp_path) as v:
            await second_administrator(v)
            v.users.users["wang"] = replace(v.users.users["wang"], area="路南区")
            body = {**ZHAO, "name": "wang", "area": "路南区", **change}
            answer = await put(v, "wang", **body)
            expected = (409, "approval-needed") if needs else 200
            assert (told(answer) if needs else answer.status_code) == expected
            asks = await v.post(REQUESTS, **{**body, "username": "wang"})
            assert told(asks)[0] == (201 if needs else 409)

    def told(answer):
        return (answer.status_code, answer.json().get("code"))

    asyncio.run(act())


@story
async def test_a_raise_through_a_request_works_and_ends_the_old_sessions(tmp_path):
    async with visitor(tmp_path) as v:
        other = await second_administrator(v)
        wang = v.another()
        await wang.log_in("wang")
        request_id = await asked(v, **WANG)
        assert Role.SUPERVISOR not in v.users.users["wang"].roles
        approved = (await other.post(f"{REQUESTS}/{request_id}/approve")).json()
        assert approved["password"] is None
        assert v.users.users["wang"].roles == {Role.OPERATOR, Role.SUPERVISOR}
        assert told(await wang.get("/api/session")) == (401, "not-logged-in")


@story
async def test_rights_are_taken_at_once_but_nobody_is_unmade_an_administrator_by_one(tmp_path):
    async with visitor(tmp_path) as v:
        await second_administrator(v)
        v.users.users["wang"] = replace(
            v.users.users["wang"], roles=frozenset({Role.OPERATOR, Role.SUPERVISOR})
        )
        assert (await put(v, "wang", **{**WANG, "roles": ["operator"]})).status_code == 200
        unmade = {"name": "second", "roles": ["inspector"], "reason": "批复"}
        assert told(await put(v, "second", **unmade)) == (409, "approval-needed")


@story
async def test_closing_the_other_administrator_does_not_end_the_rule(tmp_path):
    async with visitor(tmp_path) as v:
        await second_administrator(v)
        assert (await v.post("/api/people/second/disable", reason="离职")).status_code == 200
        assert told(await v.post("/api/people", **ZHAO)) == (409, "approval-needed")


@pytest.mark.parametrize("act", ["reset-password", "remove-factor"])
def test_an_account_that_the_asker_has_taken_over_approves_nothing(tmp_path, act):
    async def run():
        async with visitor(tmp_path) as v:
            other = await second_administrator(v)
            request_id = await asked(v, **ZHAO)
            note = AuditNote(at=NOON, who="admin", kind=f"people.{act}", subject="second")
            v.services.audit.note(note)
            answer = await other.post(f"{REQUESTS}/{request_id}/approve")
            assert answer.json()["code"] == "approver-not-independent"
            v.clock[0] = NOON + timedelta(days=31)
            await other.log_in("second")
            answer = await other.post(f"{REQUESTS}/{request_id}/approve")
            assert answer.status_code == 200, answer.text

    asyncio.run(run())


@story
async def test_nobody_decides_about_himself_even_if_somebody_else_asked(tmp_path):
    async with visitor(tmp_path) as v:
        other = await second_administrator(v)
        more = {**ZHAO, "username": "second", "name": "second", "seat_id": None,
                "roles": ["administrator", "inspector"]}  # fmt: skip
        request_id = await asked(v, **more)
        for act in ("approve", "refuse"):
            answer = await other.post(f"{REQUESTS}/{request_id}/{act}", reason="同意了")
            assert told(answer) == (409, "on-oneself"), act
        own = {**more, "username": "admin"}
        assert told(await v.post(REQUESTS, **own)) == (409, "on-oneself")


@story
async def test_a_request_is_refused_with_a_reason_or_withdrawn_by_who_asked(tmp_path):
    async with visitor(tmp_path) as v:
        other = await second_administrator(v)
        request_id = await asked(v, **ZHAO)
        assert told(await v.post(REQUESTS, **ZHAO)) == (409, "request-waits")
        assert told(await other.post(f"{REQUESTS}/{request_id}/withdraw")) == (
            403,
            "request-not-yours",
        )
        no_reason = await other.post(f"{REQUESTS}/{request_id}/refuse", reason=" ")
        assert told(no_reason) == (422, "bad-request")
        refused = (await other.post(f"{REQUESTS}/{request_id}/refuse", reason="材料不全")).json()
        assert (refused["request"]["state"], refused["request"]["decision"]) == (
            "refused",
            "材料不全",
        )
        for act in ("approve", "refuse"):
            answer = await other.post(f"{REQUESTS}/{request_id}/{act}", reason="材料不全")
            assert told(answer) == (409, "request-settled"), act
        again = await asked(v, **ZHAO)
        withdrawn = (await v.post(f"{REQUESTS}/{again}/withdraw")).json()
        assert withdrawn["request"]["state"] == "withdrawn"
        assert "zhao" not in v.users.users


@story
async def test_a_request_about_rights_that_have_changed_meanwhile_is_not_approved(tmp_path):
    async with visitor(tmp_path) as v:
        other = await second_administrator(v)
        request_id = await asked(v, **WANG)
        v.users.users["wang"] = replace(v.users.users["wang"], area="路南区")
        answer = await other.post(f"{REQUESTS}/{request_id}/approve")
        assert told(answer) == (409, "request-stale")


@story
async def test_an_administrator_of_a_district_gives_no_rights_beyond_it(tmp_path):
    async with visitor(tmp_path) as v:
        other = await second_administrator(v)
        v.users.users["second"] = replace(v.users.users["second"], area="路南区")
        answer = await other.post(REQUESTS, **ZHAO)
        assert (answer.status_code, answer.json()["details"]["what"]) == (422, "own-area")
        request_id = await asked(v, **ZHAO)
        approved = await other.post(f"{REQUESTS}/{request_id}/approve")
        assert (approved.status_code, approved.json()["details"]["what"]) == (422, "own-area")
        for act in ("reset-password", "disable", "remove-factor"):
            taken = await other.post(f"/api/people/admin/{act}", reason="忘记密码")
            assert told(taken) == (403, "outside-area"), act


@story
async def test_the_list_says_what_waits_for_whom(tmp_path):
    async with visitor(tmp_path) as v:
        other = await second_administrator(v)
        await asked(v, **ZHAO)
        mine = (await v.get(REQUESTS)).json()
        others = (await other.get(REQUESTS)).json()
        assert (mine["waiting"], mine["waiting_for_you"]) == (1, 0)
        assert (others["waiting"], others["waiting_for_you"]) == (1, 1)
        (one,) = others["requests"]
        assert (one["username"], one["is_new"], one["asked_by_name"]) == ("zhao", True, "admin")
        assert (await other.get(f"{REQUESTS}?state=approved")).json()["requests"] == []


@pytest.mark.parametrize(
    ("roles", "area", "wider"),
    [
        ({Role.OPERATOR}, "路南区", False),
        ({Role.OPERATOR, Role.INSPECTOR}, "路南区", True),
        ({Role.OPERATOR}, "", True),
        ({Role.OPERATOR}, "路北区", True),
        (set(), "路南区", False),
    ],
)
def test_what_is_wider(roles, area, wider):
    now = replace(user("wang", Role.OPERATOR, seat="8001"), area="路南区")
    assert widens(now, Particulars(name="x", roles=frozenset(roles), area=area)) is wider


def test_from_the_whole_city_to_a_district_is_no_more_rights():
    now = user("wang", Role.SUPERVISOR)
    assert not widens(now, Particulars(name="x", roles=now.roles, area="路南区"))


def test_an_own_request_waits_for_others():
    request = AccountRequest(
        request_id="r", username="zhao", name="赵", roles=frozenset(), area="", seat_id=None,
        had_roles=None, had_area="", asked_by="admin", asked_at=NOON, reason="批复",
    )  # fmt: skip
    assert waiting_for(user("admin"), [request]) == 0
    assert waiting_for(user("second"), [request]) == 1
