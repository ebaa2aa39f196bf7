"""Requests for accounts and rights; written directly, like the accounts themselves. 账号申请表"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from store.accounts import StoredUser, end_sessions, put_account
from store.audit import StoredAudit, StoredNote
from store.database import Database
from store.tables import account_requests

WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """A row of account_requests. 申请记录"""

    request_id: str
    username: str
    name: str
    roles: Sequence[str]
    area: str
    seat_id: str | None
    had_roles: Sequence[str] | None
    had_area: str
    asked_by: str
    asked_at: datetime
    reason: str
    state: str = WAITING
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision: str = ""


class StoredAccountRequests:
    """What was asked and decided. 账号申请"""

    def __init__(self, database: Database, audit: StoredAudit) -> None:
        self._database = database
        self._audit = audit

    async def find(self, request_id: str) -> StoredRequest | None:
        wanted = select(account_requests).where(account_requests.c.request_id == request_id)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else _request(row)

    async def newest(self, state: str | None, limit: int | None) -> list[StoredRequest]:
        wanted = select(account_requests).order_by(account_requests.c.asked_at.desc())
        if state is not None:
            wanted = wanted.where(account_requests.c.state == state)
        async with self._database.read() as connection:
            return [_request(row) for row in await connection.execute(wanted.limit(limit))]

    async def add(self, request: StoredRequest, note: StoredNote) -> None:
        async with self._database.write() as connection:
            await connection.execute(insert(account_requests).values(**_values(request)))
            await self._audit.add_acts(connection, note)

    async def settle(
        self, request: StoredRequest, note: StoredNote, user: StoredUser | None
    ) -> bool:
        """Whether it still waited; the account's sessions end with its old rights."""
        requests = account_requests.c
        still = (
            update(account_requests)
            .where(requests.request_id == request.request_id, requests.state == WAITING)
            .values(**_values(request))
        )
        async with self._database.write() as connection:
            if (await connection.execute(still)).rowcount != 1:
                return False
            if user is not None:
                await put_account(connection, user)
                await end_sessions(connection, user.username)
            await self._audit.add_acts(connection, note)
            return True


def _values(request: StoredRequest) -> dict[str, Any]:
    had = request.had_roles
    return {
        **asdict(request),
        "roles": list(request.roles),
        "had_roles": None if had is None else list(had),
    }


def _request(row: Row[Any]) -> StoredRequest:
    return StoredRequest(**row._mapping)
