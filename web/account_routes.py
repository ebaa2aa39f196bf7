"""/api/account: one's own account: password, sessions, second factor. 我的账号"""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from web.access import House, Newcomer, Viewer, accounts_of
from web.accounts import COOKIE, hash_password, hash_token
from web.asked import note_of, origin_of
from web.errors import NotFound, PasswordTooWeak, WrongOwnPassword
from web.passwords import check_password
from web.ports import Login, User
from web.second_factor import SecondFactor
from web.session_routes import set_cookie, user_view

router = APIRouter(prefix="/api/account", tags=["account"])

Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
ID_LENGTH = 16


class OwnPassword(BaseModel):
    """The present password, before something that only its owner may do. 当前密码"""

    model_config = ConfigDict(extra="forbid")
    password: Word


class NewPassword(OwnPassword):
    """Another one instead. 新密码"""

    new_password: Word


class Code(BaseModel):
    """A code of the authenticator app. 动态口令"""

    model_config = ConfigDict(extra="forbid")
    code: Word


@router.get("")
async def own_account(request: Request, house: House, viewer: Newcomer) -> dict[str, Any]:
    """What its owner sees of an account. 我的账号"""
    accounts = accounts_of(request)
    left = await house.users.recovery_codes_left(viewer.username)
    return {
        **user_view(viewer, accounts),
        "area": viewer.area,
        "last_login_at": _text(viewer.last_login_at),
        "second_factor": {
            "since": _text(viewer.factor_since),
            "compulsory": accounts.must_have_factor(viewer),
            "recovery_codes_left": left if viewer.factor_since else 0,
        },
    }


@router.post("/password")
async def change_password(
    body: NewPassword, request: Request, response: Response, house: House, viewer: Newcomer
) -> dict[str, Any]:
    """A new password; all other sessions end, this one gets a new cookie. 修改密码"""
    accounts = accounts_of(request)
    await _check_own(request, viewer, body.password)
    check_password(body.new_password, viewer.username)
    if body.new_password == body.password:
        raise PasswordTooWeak(why="same")
    changed = replace(
        viewer, password_hash=hash_password(body.new_password), must_change_password=False
    )
    await house.users.save(changed, note_of(request, house, viewer, "account.password"))
    token = await accounts.open_session(changed, house.now(), origin_of(request))
    set_cookie(request, response, changed, token)
    return user_view(changed, accounts)


@router.get("/sessions")
async def own_sessions(request: Request, house: House, viewer: Viewer) -> dict[str, Any]:
    """Where this account is logged in. 登录会话"""
    accounts, now = accounts_of(request), house.now()
    here = hash_token(request.cookies[COOKIE])
    listed = [
        login
        for login in await house.users.logins_of(viewer.username)
        if not login.awaits and not accounts.is_over(login, now)
    ]
    return {"sessions": [session_view(one, is_here=one.token_hash == here) for one in listed]}


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: str, request: Request, house: House, viewer: Viewer) -> None:
    """End one of them. 结束会话"""
    for login in await house.users.logins_of(viewer.username):
        if login.token_hash[:ID_LENGTH] == session_id:
            note = note_of(request, house, viewer, "account.session-end", device=login.device)
            await house.users.close_login(login.token_hash, note)
            return
    raise NotFound


@router.post("/sessions/end-others", status_code=204)
async def end_other_sessions(request: Request, house: House, viewer: Viewer) -> None:
    """End all but this one. 结束其他会话"""
    here = hash_token(request.cookies[COOKIE])
    for login in await house.users.logins_of(viewer.username):
        if login.token_hash != here:
            note = note_of(request, house, viewer, "account.session-end", device=login.device)
            await house.users.close_login(login.token_hash, note)


@router.post("/second-factor")
async def begin_second_factor(
    body: OwnPassword, request: Request, viewer: Newcomer
) -> dict[str, str]:
    """The secret for an authenticator app, also as a picture. 绑定动态口令"""
    made = await SecondFactor(accounts_of(request)).begin(viewer, body.password)
    return {"secret": made.secret, "address": made.address, "svg": made.svg}


@router.post("/second-factor/confirm")
async def confirm_second_factor(
    body: Code, request: Request, house: House, viewer: Newcomer
) -> dict[str, Any]:
    """A first code proves the telephone; the recovery codes are shown this once. 确认绑定"""
    note = note_of(request, house, viewer, "account.factor-set-up")
    factor = SecondFactor(accounts_of(request))
    return {"recovery_codes": await factor.confirm(viewer, body.code, house.now(), note)}


@router.post("/second-factor/remove", status_code=204)
async def remove_second_factor(
    body: OwnPassword, request: Request, house: House, viewer: Viewer
) -> None:
    """Log-ins need no code any more. 解除绑定"""
    note = note_of(request, house, viewer, "account.factor-removed")
    await SecondFactor(accounts_of(request)).remove_own(viewer, body.password, note)


@router.post("/second-factor/recovery-codes")
async def new_recovery_codes(
    body: OwnPassword, request: Request, house: House, viewer: Viewer
) -> dict[str, Any]:
    """Ten new ones; those before open nothing. 重新生成恢复码"""
    await _check_own(request, viewer, body.password)
    note = note_of(request, house, viewer, "account.recovery-codes")
    factor = SecondFactor(accounts_of(request))
    return {"recovery_codes": await factor.new_recovery_codes(viewer, note)}


async def _check_own(request: Request, viewer: User, password: str) -> None:
    if not await accounts_of(request).matches(viewer.password_hash, password):
        raise WrongOwnPassword


def session_view(login: Login, *, is_here: bool = False) -> dict[str, Any]:
    return {
        "session_id": login.token_hash[:ID_LENGTH],
        "opened_at": login.created_at.isoformat(),
        "seen_at": (login.seen_at or login.created_at).isoformat(),
        "expires_at": login.expires_at.isoformat(),
        "address": login.address,
        "device": login.device,
        "is_this": is_here,
    }


def _text(at: Any) -> str | None:
    return None if at is None else at.isoformat()
