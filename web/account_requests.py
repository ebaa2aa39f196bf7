"""Accounts are opened, and rights widened, when a second administrator says so. 账号审批

    somebody asks ──► waiting ──► approved by another: the account has exactly the rights asked
                          ├─────► refused by another, with a reason
                          └─────► withdrawn by who asked

DB1302/T 604-2025 8.4.1.1, 8.4.1.2 (SEC-01, SEC-02). It holds from the moment that there are two administrators;
before that there is nobody to ask. Closed accounts count too, and nobody ceases to be an administrator without
a request: so it cannot be ended by getting rid of the other one.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from cti.ids import SeatId
from web.accounts import hash_password
from web.admin_ports import Audit, AuditNote, Wanted
from web.approval_ports import AccountRequest, AccountRequests, RequestState
from web.errors import (
    ApprovalNeeded,
    ApprovalNotNeeded,
    ApproverNotIndependent,
    NotFound,
    OnOneself,
    PersonExists,
    RequestNotYours,
    RequestSettled,
    RequestStale,
    RequestWaits,
)
from web.passwords import new_password
from web.people import Particulars, People, about, check_username, shown
from web.ports import Role, User, Users

ADMINISTRATORS_NEEDED = 2
INDEPENDENT_FOR = timedelta(days=30)
"""Who had his password or second factor reset by somebody may be that somebody. 独立期限"""
TAKES_OVER = ("people.reset-password", "people.remove-factor")


async def approval_holds(users: Users) -> bool:
    """Whether rights are given by two."""
    everybody = await users.all()
    administrators = [one for one in everybody if Role.ADMINISTRATOR in one.roles]
    return len(administrators) >= ADMINISTRATORS_NEEDED


def widens(user: User, of: Particulars) -> bool:
    """Whether the account could see or do more, or an administrator would be no more."""
    wider_area = of.area != user.area and user.area != ""
    unmade = Role.ADMINISTRATOR in user.roles - of.roles
    return bool(of.roles - user.roles) or wider_area or unmade


async def require_no_approval(users: Users, user: User | None, of: Particulars) -> None:
    """For changes that somebody makes alone. Raises ApprovalNeeded."""
    if (user is None or widens(user, of)) and await approval_holds(users):
        raise ApprovalNeeded


@dataclass(frozen=True, slots=True)
class Approvals:
    """What one administrator asks and decides; each step is written together with its note. 账号审批"""

    people: People
    requests: AccountRequests
    audit: Audit

    @property
    def by(self) -> User:
        return self.people.by

    @property
    def users(self) -> Users:
        return self.people.accounts.users

    async def ask(
        self, username: str, of: Particulars, reason: str, note: AuditNote
    ) -> AccountRequest:
        """An account that does not exist yet, or other rights for one that does.

        Raises ApprovalNotNeeded, RequestWaits, PersonRefused, PersonExists, OnOneself.
        """
        if not await approval_holds(self.users):
            raise ApprovalNotNeeded
        if username == self.by.username:
            raise OnOneself
        self.people.check(of)
        user = await self.users.find(username)
        if user is None:
            check_username(username)
        elif not widens(user, of):
            raise ApprovalNotNeeded
        waiting = await self.requests.newest(RequestState.WAITING, limit=None)
        if any(one.username == username for one in waiting):
            raise RequestWaits
        request = AccountRequest(
            request_id=uuid4().hex,
            username=username,
            name=of.name,
            roles=of.roles,
            area=of.area,
            seat_id=of.seat_id,
            had_roles=None if user is None else user.roles,
            had_area="" if user is None else user.area,
            asked_by=self.by.username,
            asked_at=note.at,
            reason=reason,
        )
        await self.requests.add(request, about(note, username, **_told(request)))
        return request

    async def approve(
        self, request_id: str, note: AuditNote
    ) -> tuple[AccountRequest, User, str | None]:
        """The account, and its first password if it is new.

        Raises NotFound, OnOneself, ApproverNotIndependent, RequestSettled, RequestStale, PersonRefused.
        """
        request = await self._waiting(request_id)
        await self._require_second_person(request, note.at)
        of = Particulars(
            name=request.name, roles=request.roles, area=request.area, seat_id=request.seat_id
        )
        self.people.check(of)
        user = await self.users.find(request.username)
        if request.is_new and user is not None:
            raise PersonExists
        if not request.is_new and (
            user is None or (user.roles, user.area) != (request.had_roles, request.had_area)
        ):
            raise RequestStale
        password = new_password() if user is None else None
        rights = {
            "name": of.name,
            "roles": of.roles,
            "area": of.area,
            "seat_id": None if of.seat_id is None else SeatId(of.seat_id),
        }
        if user is None:
            assert password is not None
            made = User(
                username=request.username,
                password_hash=hash_password(password),
                must_change_password=True,
                **rights,  # type: ignore[arg-type]
            )
        else:
            made = replace(user, **rights)  # type: ignore[arg-type]
        settled = self._settled(request, RequestState.APPROVED, note.at, "")
        if not await self.requests.settle(settled, _decided(note, request), made):
            raise RequestSettled
        return settled, made, password

    async def refuse(self, request_id: str, why: str, note: AuditNote) -> AccountRequest:
        """Raises NotFound, OnOneself, RequestSettled."""
        request = await self._waiting(request_id)
        if self.by.username in (request.asked_by, request.username):
            raise OnOneself
        return await self._end(request, RequestState.REFUSED, why, note)

    async def withdraw(self, request_id: str, note: AuditNote) -> AccountRequest:
        """Raises NotFound, RequestNotYours, RequestSettled."""
        request = await self._waiting(request_id)
        if self.by.username != request.asked_by:
            raise RequestNotYours
        return await self._end(request, RequestState.WITHDRAWN, "", note)

    async def _waiting(self, request_id: str) -> AccountRequest:
        request = await self.requests.find(request_id)
        if request is None:
            raise NotFound(request_id=request_id)
        if request.state is not RequestState.WAITING:
            raise RequestSettled
        return request

    async def _require_second_person(self, request: AccountRequest, now: datetime) -> None:
        """Neither who asked nor whom it is about, nor an account that the asker has taken over."""
        if self.by.username in (request.asked_by, request.username):
            raise OnOneself
        touched = await self.audit.search(
            Wanted(
                since=now - INDEPENDENT_FOR,
                until=now + timedelta(seconds=1),
                who=request.asked_by,
                about=self.by.username,
                is_view=False,
            )
        )
        if any(kept.note.kind in TAKES_OVER for kept in touched):
            raise ApproverNotIndependent

    async def _end(
        self, request: AccountRequest, state: RequestState, why: str, note: AuditNote
    ) -> AccountRequest:
        settled = self._settled(request, state, note.at, why)
        if not await self.requests.settle(settled, _decided(note, request), None):
            raise RequestSettled
        return settled

    def _settled(
        self, request: AccountRequest, state: RequestState, at: datetime, why: str
    ) -> AccountRequest:
        return replace(
            request, state=state, decided_by=self.by.username, decided_at=at, decision=why
        )


def waiting_for(viewer: User, requests: Collection[AccountRequest]) -> int:
    """How many of them he may decide."""
    return sum(
        one.state is RequestState.WAITING and viewer.username not in (one.asked_by, one.username)
        for one in requests
    )


def _decided(note: AuditNote, request: AccountRequest) -> AuditNote:
    whose = {"asked_by": request.asked_by, "asked_for": request.reason}
    return about(note, request.username, **whose, **_told(request))


def _told(request: AccountRequest) -> dict[str, object]:
    """Exactly what is asked, for the log."""
    asked = {
        "name": request.name,
        "roles": request.roles,
        "area": request.area,
        "seat_id": request.seat_id,
    }
    had = None if request.had_roles is None else sorted(role.value for role in request.had_roles)
    return {
        "request_id": request.request_id,
        **shown(**asked),  # type: ignore[arg-type]
        "had_roles": had,
        "had_area": request.had_area,
    }
