"""What the approval of accounts needs from outside. 账号审批端口"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from web.admin_ports import AuditNote

if TYPE_CHECKING:  # web.ports names these requests among the services
    from web.ports import Role, User


class RequestState(StrEnum):
    """What became of a request. 审批状态"""

    WAITING = "waiting"  # 待审批
    APPROVED = "approved"  # 已批准
    REFUSED = "refused"  # 已驳回
    WITHDRAWN = "withdrawn"  # 已撤回


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRequest:
    """Somebody asks for an account, or for other rights of one. 账号申请"""

    request_id: str
    username: str
    name: str
    roles: frozenset[Role]
    area: str
    seat_id: str | None
    had_roles: frozenset[Role] | None
    """Of the account when it was asked; None: there was no such account. 原角色"""
    had_area: str
    asked_by: str
    asked_at: datetime
    reason: str
    state: RequestState = RequestState.WAITING
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str = ""

    @property
    def is_new(self) -> bool:
        return self.had_roles is None


class AccountRequests(Protocol):
    """Stored requests. 账号申请记录"""

    async def find(self, request_id: str) -> AccountRequest | None: ...
    async def newest(
        self, state: RequestState | None, limit: int | None
    ) -> Sequence[AccountRequest]:
        """The newest first."""

    async def add(self, request: AccountRequest, note: AuditNote) -> None: ...
    async def settle(self, request: AccountRequest, note: AuditNote, user: User | None) -> bool:
        """Whether it still waited; then it is settled, noted, and the account saved, all or nothing."""
