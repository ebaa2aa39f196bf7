"""Errors as HTTP: the only place that knows both. 错误映射

Every error of the house carries a `code`; its docstring is the message. Bodies are
`{"code", "message", "details"}`; each refusal is counted by its code.
"""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from asr.errors import AsrError
from cti.errors import CtiError
from orders.errors import OrderError
from quality.errors import QualityError
from recordings.errors import RecordingError
from seats.errors import SeatError
from web.metrics import refused


class WebError(Exception):
    """The request cannot be served. 请求无法处理"""

    code = "web-error"
    status = 400

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details


class NotLoggedIn(WebError):
    """Log in first. 请先登录"""

    code = "not-logged-in"
    status = 401


class WrongPassword(WebError):
    """User name or password is wrong. 用户名或密码错误"""

    code = "wrong-password"
    status = 401


class AccountLocked(WebError):
    """Too many wrong passwords; the account is locked until the time in `until`. 账号已锁定"""

    code = "account-locked"
    status = 423


class AccountDisabled(WebError):
    """An administrator has closed this account. 账号已停用"""

    code = "account-disabled"
    status = 423


class SecondFactorNeeded(WebError):
    """The password is right; send the ticket with a code of the second factor. 需要动态口令"""

    code = "second-factor-needed"
    status = 401


class WrongCode(WebError):
    """The code is wrong or was used before. 动态口令错误"""

    code = "wrong-code"
    status = 401


class LoginOver(WebError):
    """This log-in took too long; begin again. 登录超时"""

    code = "login-over"
    status = 401


class Owing(WebError):
    """Something has to be done before this account may be used. 须先完成账号设置"""

    code = "owing"
    status = 403


class PasswordChangeNeeded(Owing):
    """Choose a password of your own first. 须先修改密码"""

    code = "password-change-needed"


class SecondFactorSetUpNeeded(Owing):
    """Your role must have a second factor; set it up first. 须先绑定动态口令"""

    code = "second-factor-set-up-needed"


class PasswordTooWeak(WebError):
    """This password is not good enough; `why` says the reason. 密码强度不足"""

    code = "password-too-weak"
    status = 422


class WrongOwnPassword(WebError):
    """This is not your present password. 当前密码错误"""

    code = "wrong-own-password"
    status = 422


class FactorNotBegun(WebError):
    """There is no second factor to confirm or to take away. 未绑定动态口令"""

    code = "factor-missing"
    status = 409


class FactorThere(WebError):
    """There is a second factor; take it away before setting up another. 已绑定动态口令"""

    code = "factor-there"
    status = 409


class PersonExists(WebError):
    """There is an account of that name. 用户名已存在"""

    code = "person-exists"
    status = 409


class PersonRefused(WebError):
    """Something about this account cannot be so; `what` says what. 账号信息无效"""

    code = "person-refused"
    status = 422


class LastAdministrator(WebError):
    """Somebody must remain who can administrate. 不能失去最后一名管理员"""

    code = "last-administrator"
    status = 409


class OnOneself(WebError):
    """Another administrator must do this. 不能对自己操作"""

    code = "on-oneself"
    status = 409


class ApprovalNeeded(WebError):
    """Accounts and wider rights are given by two; ask, and another administrator decides. 须经审批"""

    code = "approval-needed"
    status = 409


class ApprovalNotNeeded(WebError):
    """This needs nobody's approval; do it yourself. 无须审批"""

    code = "approval-not-needed"
    status = 409


class ApproverNotIndependent(WebError):
    """Who asks has reset this account's password or second factor lately; somebody else must decide. 审批人不独立"""

    code = "approver-not-independent"
    status = 409


class RequestWaits(WebError):
    """Another request about this account is waiting. 该账号已有待审批的申请"""

    code = "request-waits"
    status = 409


class RequestSettled(WebError):
    """This request has been decided or withdrawn. 申请已处理"""

    code = "request-settled"
    status = 409


class RequestStale(WebError):
    """The account's rights have changed since this was asked; refuse it, and ask anew. 申请已过时"""

    code = "request-stale"
    status = 409


class RequestNotYours(WebError):
    """Only who asked may withdraw it. 只能撤回自己的申请"""

    code = "request-not-yours"
    status = 403


class SeatRefused(WebError):
    """Something about this seat cannot be so; `what` says what. 座席信息无效"""

    code = "seat-refused"
    status = 422


class SeatStillUsed(WebError):
    """Somebody or something still needs this seat; `what` says what. 座席仍在使用"""

    code = "seat-still-used"
    status = 409


class Forbidden(WebError):
    """Your role may not do this. 没有权限"""

    code = "forbidden"
    status = 403


class OutsideArea(WebError):
    """This is another district's; your account sees its own only. 超出所属区域"""

    code = "outside-area"
    status = 403


class ForeignOrigin(WebError):
    """The request came from another site's page. 跨站请求被拒绝"""

    code = "foreign-origin"
    status = 403


class NotFound(WebError):
    """There is no such thing. 不存在"""

    code = "not-found"
    status = 404


class NumberTooExact(WebError):
    """Your role may look for a number by its last four digits only. 只能按号码后四位查找"""

    code = "number-too-exact"
    status = 403


class NothingToLookFor(WebError):
    """The words to look for hold no letter and no digit. 请输入要查找的文字"""

    code = "nothing-to-look-for"
    status = 422


class BadRange(WebError):
    """The asked range of bytes does not exist. 区间无效"""

    code = "bad-range"
    status = 416


class StoreAway(WebError):
    """The database does not answer at present; calls go on. 数据库暂时不可用"""

    code = "store-away"
    status = 503


class ViewerTooSlow(WebError):
    """This viewer could not keep up and must reconnect from its last seq. 接收过慢"""

    code = "viewer-too-slow"
    status = 409


class SipLineLost(WebError):
    """The softphone has no line to Asterisk. 软电话线路中断"""

    code = "sip-line-lost"
    status = 503


HOUSE_ERRORS = (CtiError, SeatError, OrderError, RecordingError, AsrError, QualityError)
UNKNOWN = (
    "unknown-",
    "order-unknown",
    "recording-unknown",
    "audio-missing",
    "recording-gone",
    "rule-draft-missing",
    "cue-unknown",
    "rerun-unknown",
    "listening-unknown",
    "mark-unknown",
    "sample-unknown",
)
INVALID = (
    "purpose-invalid",
    "purpose-note-missing",
    "mark-invalid",
    "order-fields-missing",
    "order-field-unknown",
    "order-value-invalid",
    "number-refused",
    "rules-refused",
    "rules-doubtful",
    "caller-number-invalid",
    "publication-in-the-past",
    "target-already-there",
    "spying-on-oneself",
    "callback-time-invalid",
    "code-unknown",
    "code-note-missing",
    "block-end-invalid",
    "rerun-span-invalid",
    "rerun-too-large",
    "switch-reason-missing",
    "switch-text-refused",
    "notice-refused",
    "sample-span-invalid",
    "skip-reason-missing",
)


REFUSED = ("purpose-missing", "mark-not-yours", "sampled-call-not-yours")


def status_of(code: str) -> int:
    """404 for what is not there, 403 for what he may not, 422 for what is wrong in itself, else 409."""
    if code.startswith(UNKNOWN):
        return 404
    if code in REFUSED:
        return 403
    return 422 if code in INVALID else 409


def message_of(error: BaseException) -> str:
    """The docstring's first line, which never holds a citizen's data."""
    return (type(error).__doc__ or type(error).__name__).strip().splitlines()[0]


def install(app: FastAPI) -> None:
    """Answer every error of the house in the one shape."""

    def answer(
        status: int, code: str, message: str, details: dict[str, Any] | None = None
    ) -> JSONResponse:
        refused.labels(code=code).inc()
        body = {"code": code, "message": message, "details": details or {}}
        return JSONResponse(body, status_code=status)

    async def on_web_error(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, WebError)
        return answer(error.status, error.code, message_of(error), error.details)

    async def on_house_error(_: Request, error: Exception) -> JSONResponse:
        code = str(getattr(error, "code", "error"))
        details = getattr(error, "details", None)
        return answer(
            status_of(code), code, message_of(error), details if isinstance(details, dict) else None
        )

    async def on_bad_body(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        # The values are left out: they may be a citizen's words.
        wrong = [
            {"where": ".".join(map(str, e["loc"])), "what": str(e["msg"])} for e in error.errors()
        ]
        return answer(
            422, "bad-request", "The request is not of the form it must have. 请求格式错误",
            {"wrong": wrong},
        )  # fmt: skip

    async def on_http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http-error")
        return answer(error.status_code, code, str(error.detail))

    app.add_exception_handler(WebError, on_web_error)
    for kind in HOUSE_ERRORS:
        app.add_exception_handler(kind, on_house_error)
    app.add_exception_handler(RequestValidationError, on_bad_body)
    app.add_exception_handler(HTTPException, on_http)
