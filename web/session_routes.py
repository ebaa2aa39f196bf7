"""/api/session: logging in and out. 会话

A log-in with a second factor takes two steps: 401 `second-factor-needed` carries a ticket in its
details, which goes to /api/session/second-factor with the code. 401 `not-logged-in` to any other
request means that the session is over: the page may log in again in its place and ask once more.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from web.access import House, Newcomer, accounts_of, refuse_foreign_origin
from web.accounts import COOKIE, Accounts
from web.asked import note_of, origin_of
from web.ports import User
from web.wall import session_hours

router = APIRouter(prefix="/api/session", tags=["session"])

Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]


class Credentials(BaseModel):
    """A user name and a password. 登录凭据"""

    model_config = ConfigDict(extra="forbid")
    username: Word
    password: Word


class SecondStep(BaseModel):
    """The ticket of the first step, and a code or a recovery code. 第二步登录"""

    model_config = ConfigDict(extra="forbid")
    ticket: Word
    code: Word


def user_view(user: User, accounts: Accounts) -> dict[str, Any]:
    """`owes` is the code of what must be done before anything else is opened, or null."""
    owing = accounts.owes(user)
    return {
        "username": user.username,
        "name": user.name,
        "roles": sorted(role.value for role in user.roles),
        "seat_id": user.seat_id,
        "owes": None if owing is None else owing.code,
    }


def set_cookie(request: Request, response: Response, user: User, token: str) -> None:
    """HttpOnly and SameSite=Strict: no script reads it, no other site sends it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=session_hours(user, accounts_of(request).settings) * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )


@router.post("")
async def log_in(
    credentials: Credentials, request: Request, response: Response, house: House
) -> dict[str, Any]:
    """Open a session with a password. 登录"""
    refuse_foreign_origin(request)
    accounts = accounts_of(request)
    user, token = await accounts.log_in(
        credentials.username, credentials.password, house.now(), origin_of(request)
    )
    set_cookie(request, response, user, token)
    return user_view(user, accounts)


@router.post("/second-factor")
async def second_step(
    step: SecondStep, request: Request, response: Response, house: House
) -> dict[str, Any]:
    """Open a session with the code that was missing. 动态口令登录"""
    refuse_foreign_origin(request)
    accounts = accounts_of(request)
    user, token = await accounts.second_step(
        step.ticket, step.code, house.now(), origin_of(request)
    )
    set_cookie(request, response, user, token)
    return user_view(user, accounts)


@router.get("")
async def who_am_i(request: Request, viewer: Newcomer) -> dict[str, Any]:
    """The user of this session. 当前用户"""
    return user_view(viewer, accounts_of(request))


@router.delete("", status_code=204)
async def log_out(request: Request, response: Response, house: House, viewer: Newcomer) -> None:
    """Close the session. 退出"""
    await accounts_of(request).log_out(request.cookies[COOKIE])
    house.audit.note(note_of(request, house, viewer, "session.close"))
    response.delete_cookie(COOKIE, path="/")
