"""/api/session: logging in and out. 会话"""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from web.access import House, Viewer, accounts_of, refuse_foreign_origin
from web.accounts import COOKIE
from web.ports import User

router = APIRouter(prefix="/api/session", tags=["session"])

Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]


class Credentials(BaseModel):
    """A user name and a password. 登录凭据"""

    model_config = ConfigDict(extra="forbid")
    username: Word
    password: Word


def user_view(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "name": user.name,
        "roles": sorted(role.value for role in user.roles),
        "seat_id": user.seat_id,
    }


@router.post("")
async def log_in(
    credentials: Credentials, request: Request, response: Response, house: House
) -> dict[str, Any]:
    """Open a session; the cookie is HttpOnly and SameSite=Strict. 登录"""
    refuse_foreign_origin(request)
    accounts = accounts_of(request)
    user, token = await accounts.log_in(credentials.username, credentials.password, house.now())
    response.set_cookie(
        COOKIE,
        token,
        max_age=accounts.settings.session_hours * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return user_view(user)


@router.get("")
async def who_am_i(viewer: Viewer) -> dict[str, Any]:
    """The user of this session. 当前用户"""
    return user_view(viewer)


@router.delete("", status_code=204)
async def log_out(request: Request, response: Response, viewer: Viewer) -> None:  # noqa: ARG001
    """Close the session. 退出"""
    await accounts_of(request).log_out(request.cookies[COOKIE])
    response.delete_cookie(COOKIE, path="/")
