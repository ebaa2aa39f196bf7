"""Requests for accounts in both databases: settled once, with the account and its note, or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hotline.account_joints import WebAudit, WebUsers, stored_user
from hotline.approval_joints import WebAccountRequests
from hotline.doctor import approval_check
from store.account_requests import StoredAccountRequests
from store.accounts import StoredAccounts, StoredUser
from store.audit import Sought, StoredAudit
from store.audit_writer import AuditWriter
from tests.wire.journals import open_database
from web.account_requests import Approvals
from web.accounts import Accounts
from web.admin_ports import AuditNote
from web.approval_ports import AccountRequest, RequestState
from web.errors import ApproverNotIndependent
from web.people import Particulars, People
from web.ports import Login, Role, User
from web.settings import WebSettings

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
ASKED = AccountRequest(
    request_id="r1", username="wang", name="王明", roles=frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    area="路南区", seat_id="8001", had_roles=frozenset({Role.OPERATOR}), had_area="", asked_by="admin",
    asked_at=NOON, reason="批复",
)  # fmt: skip
WANG = User(
    username="wang", name="王明", roles=frozenset({Role.OPERATOR}), seat_id=None, password_hash="x"
)


def note(kind):
    return AuditNote(at=NOON, who="second", kind=kind, subject="wang", details={"roles": ["x"]})


class Office:
    def __init__(self, database):
        audit = StoredAudit(database, b"k" * 32)
        self.audit = audit
        self.accounts = StoredAccounts(database, audit)
        self.users = WebUsers(self.accounts, b"k" * 32)
        self.requests = WebAccountRequests(StoredAccountRequests(database, audit))

    async def noted(self):
        until = NOON + timedelta(days=1)
        found = await self.audit.search(
            Sought(since=NOON, until=until, who=None, kind=None, about=None, outcome=None, limit=9),
            views=False,
        )
        return [one.kind for _, one in found]


async def test_a_request_comes_back_as_it_was_asked(new_database_url):
    async with open_database(await new_database_url()) as database:
        office = Office(database)
        new = replace(ASKED, request_id="r2", had_roles=None, asked_at=NOON + timedelta(seconds=1))
        for one in (ASKED, new):
            await office.requests.add(one, note("people.ask"))
        assert await office.requests.find("r1") == ASKED
        assert (await office.requests.find("r2")).is_new
        assert await office.requests.find("r3") is None
        assert await office.requests.newest(RequestState.WAITING, None) == [new, ASKED]
        assert await office.requests.newest(None, 1) == [new]
        assert await office.requests.newest(RequestState.APPROVED, 9) == []


async def test_it_is_settled_once_with_the_account_its_sessions_and_the_note(new_database_url):
    async with open_database(await new_database_url()) as database:
        office = Office(database)
        await office.accounts.save(stored_user(WANG))
        await office.users.open_login(
            Login(
                token_hash="t",
                username="wang",
                created_at=NOON,
                expires_at=NOON + timedelta(hours=1),
            )
        )
        await office.requests.add(ASKED, note("people.ask"))
        settled = replace(ASKED, state=RequestState.APPROVED, decided_by="second", decided_at=NOON)
        raised = replace(WANG, roles=ASKED.roles, area=ASKED.area)
        assert await office.requests.settle(settled, note("people.approve"), raised)
        assert await office.requests.find("r1") == settled
        assert (await office.users.find("wang")).roles == ASKED.roles
        assert await office.users.find_login("t") is None
        late = replace(settled, state=RequestState.REFUSED)
        assert not await office.requests.settle(late, note("people.refuse"), WANG)
        assert (await office.users.find("wang")).area == "路南区", (
            "the second answer changed nothing"
        )
        assert await office.noted() == ["people.approve", "people.ask"]
        assert await office.audit.verify(views=False) == (2, None)


async def test_whoever_reset_the_approvers_password_is_found_in_the_sealed_log(new_database_url):
    async with open_database(await new_database_url()) as database:
        office = Office(database)
        admin, second = (
            replace(WANG, username=name, roles=frozenset({Role.ADMINISTRATOR}))
            for name in ("admin", "second")
        )
        for one in (admin, second):
            await office.users.save(one)
        writer = AuditWriter(database, office.audit, timedelta(days=9), lambda: NOON)
        accounts = Accounts(office.users, WebSettings())
        by_admin, by_second = (
            Approvals(People(accounts, (), one), office.requests, WebAudit(office.audit, writer))
            for one in (admin, second)
        )
        wanted = Particulars(name="赵", roles=frozenset({Role.SUPERVISOR}))
        mine = AuditNote(at=NOON, who="admin", kind="people.ask")
        request = await by_admin.ask("zhao", wanted, "批复", mine)
        reset = replace(mine, kind="people.reset-password")
        await by_admin.people.reset_password("second", reset)
        answer = AuditNote(at=NOON + timedelta(minutes=1), who="second", kind="people.approve")
        with pytest.raises(ApproverNotIndependent):
            await by_second.approve(request.request_id, answer)
        later = replace(answer, at=NOON + timedelta(days=31))
        _, made, password = await by_second.approve(request.request_id, later)
        assert (made.roles, bool(password)) == (frozenset({Role.SUPERVISOR}), True)
        assert (await office.users.find("zhao")).must_change_password


def an_administrator(name, **more):
    return StoredUser(
        username=name, name=name, roles=["administrator"], seat_id=None, password_hash="x", **more
    )


def test_the_doctor_says_who_gives_rights():
    one, two = an_administrator("admin"), an_administrator("second")
    closed = an_administrator("second", disabled_at=NOON)
    assert "只有一名" in approval_check([one]).detail
    assert approval_check([one]).ok, "nothing is broken in a fresh installation"
    assert "两人审批" in approval_check([one, two]).detail
    assert not approval_check([one, closed]).ok
