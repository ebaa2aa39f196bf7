"""/api/account-requests: who asks for an account or for rights, and what another one says. 账号审批"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from web.access import House, Viewer, require
from web.account_requests import Approvals, waiting_for
from web.approval_ports import AccountRequest, RequestState
from web.asked import note_of
from web.people_routes import (
    NewPerson,
    Why,
    particulars_of,
    people_of,
    person_view,
)
from web.ports import Role, Services, User
from web.views import Json, instant

router = APIRouter(prefix="/api/account-requests", tags=["people"])

Limit = Annotated[int, Query(ge=1, le=500)]


def _approvals(request: Request, house: Services, viewer: User) -> Approvals:
    return Approvals(people_of(request, house, viewer), house.account_requests, house.audit)


@router.get("")
async def list_requests(
    house: House, viewer: Viewer, state: RequestState | None = None, limit: Limit = 100
) -> Json:
    """Requests, the newest first, and how many the viewer may decide. 账号申请列表"""
    require(viewer, Role.ADMINISTRATOR)
    waiting = await house.account_requests.newest(RequestState.WAITING, None)
    found = await house.account_requests.newest(state, limit)
    names = {one.username: one.name for one in await house.users.all()}
    return {
        "requests": [request_view(one, names) for one in found],
        "waiting": len(waiting),
        "waiting_for_you": waiting_for(viewer, waiting),
    }


@router.post("", status_code=201)
async def ask(body: NewPerson, request: Request, house: House, viewer: Viewer) -> Json:
    """Ask for an account, or for other rights of one; nothing changes yet. 提交账号申请"""
    approvals = _approvals(request, house, viewer)
    note = note_of(request, house, viewer, "people.ask", reason=body.reason)
    made = await approvals.ask(body.username, particulars_of(body), body.reason, note)
    return {"request": request_view(made, {viewer.username: viewer.name})}


@router.post("/{request_id}/approve")
async def approve(request_id: str, request: Request, house: House, viewer: Viewer) -> Json:
    """The account has exactly the rights asked; a new one's password is shown this once. 批准"""
    approvals = _approvals(request, house, viewer)
    note = note_of(request, house, viewer, "people.approve")
    settled, user, password = await approvals.approve(request_id, note)
    return {
        "request": request_view(settled, {viewer.username: viewer.name}),
        "person": person_view(user, house),
        "password": password,
    }


@router.post("/{request_id}/refuse")
async def refuse(
    request_id: str, body: Why, request: Request, house: House, viewer: Viewer
) -> Json:
    """It stays as it is; the reason is told. 驳回"""
    approvals = _approvals(request, house, viewer)
    note = note_of(request, house, viewer, "people.refuse", reason=body.reason)
    settled = await approvals.refuse(request_id, body.reason, note)
    return {"request": request_view(settled, {viewer.username: viewer.name})}


@router.post("/{request_id}/withdraw")
async def withdraw(request_id: str, request: Request, house: House, viewer: Viewer) -> Json:
    """Who asked needs it no more. 撤回"""
    approvals = _approvals(request, house, viewer)
    note = note_of(request, house, viewer, "people.withdraw")
    settled = await approvals.withdraw(request_id, note)
    return {"request": request_view(settled, {viewer.username: viewer.name})}


def request_view(one: AccountRequest, names: dict[str, str]) -> dict[str, Any]:
    return {
        "request_id": one.request_id,
        "username": one.username,
        "name": one.name,
        "roles": sorted(role.value for role in one.roles),
        "area": one.area,
        "seat_id": one.seat_id,
        "is_new": one.is_new,
        "had_roles": sorted(role.value for role in one.had_roles or ()),
        "had_area": one.had_area,
        "asked_by": one.asked_by,
        "asked_by_name": names.get(one.asked_by, one.asked_by),
        "asked_at": instant(one.asked_at),
        "reason": one.reason,
        "state": one.state.value,
        "decided_by": one.decided_by,
        "decided_by_name": None
        if one.decided_by is None
        else names.get(one.decided_by, one.decided_by),
        "decided_at": instant(one.decided_at),
        "decision": one.decision,
    }
