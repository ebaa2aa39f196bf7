"""/api/people: accounts, for administrators. 人员管理"""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cti.ids import SeatId
from web.access import House, Viewer, accounts_of, require
from web.account_requests import approval_holds, require_no_approval
from web.account_routes import session_view
from web.asked import note_of
from web.people import Particulars, People
from web.ports import Role, Services, User

router = APIRouter(prefix="/api/people", tags=["people"])

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
"""On whose approval: accounts and rights are opened on approval only (DB1302/T 604 8.4.1). 依据"""


class Person(BaseModel):
    """What is said of a person. 人员信息"""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: Name
    roles: list[Role] = Field(min_length=1, max_length=len(Role))
    area: str = Field(default="", max_length=40)
    seat_id: str | None = Field(default=None, max_length=40)
    reason: Reason


class NewPerson(Person):
    """Somebody who is to have an account. 新建人员"""

    username: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]


class Why(BaseModel):
    """Why something is done to an account. 原因"""

    model_config = ConfigDict(extra="forbid")
    reason: Reason


def person_view(user: User, house: Services, sessions: int = 0) -> dict[str, Any]:
    now = house.now()
    locked = user.locked_until is not None and user.locked_until > now
    return {
        "username": user.username,
        "name": user.name,
        "roles": sorted(role.value for role in user.roles),
        "area": user.area,
        "seat_id": user.seat_id,
        "disabled_at": user.disabled_at.isoformat() if user.disabled_at else None,
        "locked_until": user.locked_until.isoformat() if locked and user.locked_until else None,
        "must_change_password": user.must_change_password,
        "last_login_at": user.last_login_at.isoformat() if user.last_login_at else None,
        "factor_since": user.factor_since.isoformat() if user.factor_since else None,
        "sessions": sessions,
    }


def people_of(request: Request, house: Services, viewer: User) -> People:
    require(viewer, Role.ADMINISTRATOR)
    seats: set[SeatId] = set(house.seats.seats)
    return People(accounts_of(request), seats, viewer, house.orders.districts)


@router.get("")
async def list_people(request: Request, house: House, viewer: Viewer) -> dict[str, Any]:
    """Everybody who has an account. 人员列表"""
    require(viewer, Role.ADMINISTRATOR)
    accounts, now = accounts_of(request), house.now()
    people = []
    for user in await house.users.all():
        logins = await house.users.logins_of(user.username)
        open_ones = [one for one in logins if not one.awaits and not accounts.is_over(one, now)]
        people.append(person_view(user, house, len(open_ones)))
    return {
        "people": people,
        "compulsory_roles": list(accounts.settings.second_factor_roles),
        "needs_approval": await approval_holds(house.users),
    }


@router.post("", status_code=201)
async def create(body: NewPerson, request: Request, house: House, viewer: Viewer) -> dict[str, Any]:
    """An account, and its first password, shown this once. 新建"""
    people = people_of(request, house, viewer)
    await require_no_approval(house.users, None, particulars_of(body))
    note = note_of(request, house, viewer, "people.create", reason=body.reason)
    user, password = await people.create(body.username, particulars_of(body), note)
    return {"person": person_view(user, house), "password": password}


@router.put("/{username}")
async def edit(
    username: str, body: Person, request: Request, house: House, viewer: Viewer
) -> dict[str, Any]:
    """Name, roles, area, seat. 修改"""
    people = people_of(request, house, viewer)
    known = await house.users.find(username)
    if known is not None and username != viewer.username:
        await require_no_approval(house.users, known, particulars_of(body))
    note = note_of(request, house, viewer, "people.edit", reason=body.reason)
    return person_view(await people.edit(username, particulars_of(body), note), house)


@router.post("/{username}/disable")
async def disable(
    username: str, body: Why, request: Request, house: House, viewer: Viewer
) -> dict[str, Any]:
    """He may not log in any more, and his sessions end. 停用"""
    people = people_of(request, house, viewer)
    note = note_of(request, house, viewer, "people.disable", reason=body.reason)
    return person_view(await people.disable(username, note), house)


@router.post("/{username}/enable")
async def enable(
    username: str, body: Why, request: Request, house: House, viewer: Viewer
) -> dict[str, Any]:
    """He may log in again. 启用"""
    people = people_of(request, house, viewer)
    note = note_of(request, house, viewer, "people.enable", reason=body.reason)
    return person_view(await people.enable(username, note), house)


@router.post("/{username}/unlock")
async def unlock(username: str, request: Request, house: House, viewer: Viewer) -> dict[str, Any]:
    """He need not wait for the end of the lock. 解锁"""
    people = people_of(request, house, viewer)
    note = note_of(request, house, viewer, "people.unlock")
    return person_view(await people.unlock(username, note), house)


@router.post("/{username}/reset-password")
async def reset_password(
    username: str, body: Why, request: Request, house: House, viewer: Viewer
) -> dict[str, Any]:
    """A password for the next log-in only, shown this once. 重置密码"""
    people = people_of(request, house, viewer)
    note = note_of(request, house, viewer, "people.reset-password", reason=body.reason)
    user, password = await people.reset_password(username, note)
    return {"person": person_view(user, house), "password": password}


@router.post("/{username}/remove-factor")
async def remove_factor(
    username: str, body: Why, request: Request, house: House, viewer: Viewer
) -> dict[str, Any]:
    """For somebody whose telephone is lost. 解除动态口令"""
    people = people_of(request, house, viewer)
    note = note_of(request, house, viewer, "people.remove-factor", reason=body.reason)
    return person_view(await people.remove_factor(username, note), house)


@router.get("/{username}/sessions")
async def sessions(username: str, request: Request, house: House, viewer: Viewer) -> dict[str, Any]:
    """Where he is logged in. 会话"""
    require(viewer, Role.ADMINISTRATOR)
    accounts, now = accounts_of(request), house.now()
    logins = await house.users.logins_of(username)
    open_ones = [one for one in logins if not one.awaits and not accounts.is_over(one, now)]
    return {"sessions": [session_view(one) for one in open_ones]}


@router.post("/{username}/end-sessions", status_code=204)
async def end_sessions(username: str, request: Request, house: House, viewer: Viewer) -> None:
    """He has to log in again everywhere. 结束全部会话"""
    people = people_of(request, house, viewer)
    note = note_of(request, house, viewer, "people.end-sessions")
    await people.end_sessions(username, note)


def particulars_of(body: Person) -> Particulars:
    return Particulars(
        name=body.name, roles=frozenset(body.roles), area=body.area, seat_id=body.seat_id or None
    )
