"""Accounts as administrators see to them: over REST, with accounts in memory."""

import asyncio
import csv
import io
from dataclasses import replace

import pytest

from tests.fakes.services import CALL, NOON, PASSWORD, user
from tests.unit.test_accounts import story, told, visitor
from web.admin_ports import AuditNote
from web.errors import LastAdministrator
from web.people import Particulars, People
from web.ports import Role

ZHAO = {
    "username": "zhao", "name": "赵磊", "roles": ["operator"], "area": "路北区",
    "seat_id": "8001", "reason": "热线办〔2026〕41号",
}  # fmt: skip


@story
async def test_an_administrator_makes_an_operator_who_chooses_his_own_password(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("admin")
        made = (await v.post("/api/people", **ZHAO)).json()
        zhao = v.another()
        first = await zhao.log_in("zhao", made["password"])
        assert first.json()["owes"] == "password-change-needed"
        assert told(await zhao.get("/api/seats"))[0] == 403
        await zhao.post(
            "/api/account/password", password=made["password"], new_password="my own words 7"
        )
        assert (await zhao.get("/api/seats")).status_code == 200
        assert told(await v.another().log_in("zhao", made["password"]))[0] == 401
        (note,) = v.users.notes[:1]
        assert (note.who, note.kind, note.subject) == ("admin", "people.create", "zhao")
        assert note.details["reason"] == "热线办〔2026〕41号"
        assert made["password"] not in str(v.users.notes)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"username": "wang"}, "person-exists"),
        ({"username": "赵"}, "person-refused"),
        ({"username": "a b"}, "person-refused"),
        ({"seat_id": "9999"}, "person-refused"),
        ({"seat_id": None}, "person-refused"),
        ({"roles": []}, "bad-request"),
        ({"roles": ["king"]}, "bad-request"),
        ({"reason": " "}, "bad-request"),
    ],
)
def test_a_wrong_account_is_refused_by_what_is_wrong(tmp_path, change, expected):
    async def act():
        async with visitor(tmp_path) as v:
            await v.log_in("admin")
            answer = await v.post("/api/people", **{**ZHAO, **change})
            assert answer.json()["code"] == expected
            assert "zhao" not in v.users.users

    asyncio.run(act())


@story
async def test_other_roles_end_the_sessions_and_another_name_does_not(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("admin")
        wang = v.another()
        await wang.log_in("wang")
        body = {k: v for k, v in ZHAO.items() if k != "username"}
        await v.client.put("/api/people/wang", json={**body, "name": "王大明"})
        assert (await wang.get("/api/session")).json()["name"] == "王大明"
        await v.client.put("/api/people/wang", json={**body, "roles": ["supervisor"]})
        assert told(await wang.get("/api/session")) == (401, "not-logged-in")
        changed = v.users.notes[-1].details
        assert changed["roles"] == [["operator"], ["supervisor"]]


@story
async def test_a_closed_account_is_out_at_once_and_only_the_right_password_learns_why(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("admin")
        wang = v.another()
        await wang.log_in("wang")
        await v.post("/api/people/wang/disable", reason="离职")
        assert told(await wang.get("/api/session")) == (401, "not-logged-in")
        assert told(await wang.log_in("wang", "guess at it")) == (401, "wrong-password")
        assert told(await wang.log_in("wang")) == (423, "account-disabled")
        await v.post("/api/people/wang/enable", reason="返岗")
        assert (await wang.log_in("wang")).status_code == 200


@story
async def test_nobody_changes_his_own_rights(tmp_path):
    async with visitor(tmp_path) as v:
        v.users.users["second"] = user("second", Role.ADMINISTRATOR)
        await v.log_in("admin")
        mine = {"name": "admin", "roles": ["supervisor"], "reason": "批复"}
        assert told(await v.client.put("/api/people/admin", json=mine)) == (409, "on-oneself")
        wider = {"name": "admin", "roles": ["administrator"], "area": "路南区", "reason": "批复"}
        assert told(await v.client.put("/api/people/admin", json=wider)) == (409, "on-oneself")
        for act in ("disable", "reset-password", "remove-factor"):
            answer = await v.post(f"/api/people/admin/{act}", reason="批复")
            assert told(answer) == (409, "on-oneself"), act


@story
async def test_the_last_administrator_remains_even_if_the_other_is_closed_meanwhile(tmp_path):
    async with visitor(tmp_path) as v:
        by = user("second", Role.ADMINISTRATOR)
        v.users.users["second"] = replace(by, disabled_at=NOON)
        people = People(v.app.state.accounts, frozenset(), by)
        note = AuditNote(at=NOON, who="second", kind="people.disable")
        with pytest.raises(LastAdministrator):
            await people.disable("admin", note)
        demoted = Particulars(name="admin", roles=frozenset({Role.INSPECTOR}))
        with pytest.raises(LastAdministrator):
            await people.edit("admin", demoted, note)
        assert Role.ADMINISTRATOR in v.users.users["admin"].roles


@story
async def test_a_reset_password_opens_once_unlocks_and_ends_the_sessions(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("admin")
        wang = v.another()
        await wang.log_in("wang")
        for _ in range(5):
            await v.another().log_in("wang", "guess at it")
        listed = {one["username"]: one for one in (await v.get("/api/people")).json()["people"]}
        assert listed["wang"]["locked_until"] is not None
        reset = (await v.post("/api/people/wang/reset-password", reason="忘记密码")).json()
        assert (await wang.get("/api/session")).status_code == 401
        assert (await wang.log_in("wang")).status_code == 401
        assert (await wang.log_in("wang", reset["password"])).json()["owes"] is not None


@story
async def test_unlocking_lets_somebody_in_before_the_time(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("admin")
        for _ in range(5):
            await v.another().log_in("wang", "guess at it")
        assert (await v.another().log_in("wang")).status_code == 423
        await v.post("/api/people/wang/unlock")
        assert (await v.another().log_in("wang")).status_code == 200


@story
async def test_an_administrator_takes_a_lost_factor_away_and_it_is_noted(tmp_path):
    async with visitor(tmp_path) as v:
        inspector = v.another()
        await inspector.set_up_factor("inspector")
        await v.log_in("admin")
        await v.post("/api/people/inspector/remove-factor", reason="手机丢失")
        assert (await v.another().log_in("inspector")).status_code == 200
        note = next(n for n in v.users.notes if n.kind == "people.remove-factor")
        assert (note.who, note.subject, note.details["reason"]) == (
            "admin",
            "inspector",
            "手机丢失",
        )
        again = await v.post("/api/people/inspector/remove-factor", reason="手机丢失")
        assert told(again) == (409, "factor-missing")


@story
async def test_the_audit_is_filtered_and_exported_with_who_took_it(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("wang")
        await v.get(f"/api/calls/{CALL}/transcript")
        other = v.another()
        await other.log_in("admin")
        v.services.audit.note(
            AuditNote(at=NOON, who="=cmd", kind="session.open", details={"how": "password"})
        )
        rows = (await other.get(f"/api/audit?about={CALL}&which=views")).json()["rows"]
        assert [(row["who"], row["kind"]) for row in rows] == [("wang", "calls.transcript")]
        sheet = await other.get("/api/audit/export")
        assert sheet.headers["content-disposition"].startswith("attachment")
        lines = list(csv.reader(io.StringIO(sheet.text.lstrip("\ufeff"))))
        assert "导出人 admin（admin）" in lines[0][0]
        assert lines[1][0] == "时间"
        assert any(line[1] == "'=cmd" for line in lines[2:]), "a spreadsheet must not work it out"
        assert v.services.audit.acts[-1].kind == "audit.export"


@story
async def test_seats_are_defined_by_administrators_and_the_password_is_told_once(tmp_path):
    async with visitor(tmp_path) as v:
        await v.log_in("admin")
        made = await v.post(
            "/api/seat-definitions", seat_id="8009", name="新", skills={"general": 2}
        )
        assert made.json() == {"seat_id": "8009", "password": "first-secret"}
        listed = (await v.get("/api/seat-definitions")).json()
        assert "first-secret" not in str(listed)
        assert listed["seats"][0]["people"] == [{"username": "wang", "name": "wang"}]
        assert (await v.client.delete("/api/seat-definitions/8009")).status_code == 204
        assert [n.kind for n in v.services.seat_office.notes] == [
            "seat-definitions.create",
            "seat-definitions.retire",
        ]


@story
async def test_the_first_password_and_the_log_in_still_work_without_any_of_this(tmp_path):
    async with visitor(tmp_path) as v:
        answer = await v.log_in("admin", PASSWORD)
        assert answer.json()["owes"] is None
