"""Stored requests for accounts in the web's words. 账号审批连接件"""

from collections.abc import Sequence
from dataclasses import asdict, replace

from hotline.account_joints import stored_note, stored_user
from store.account_requests import StoredAccountRequests, StoredRequest
from web.admin_ports import AuditNote
from web.approval_ports import AccountRequest, RequestState
from web.ports import Role, User


class WebAccountRequests:
    """Implements web.approval_ports.AccountRequests. 账号申请"""

    def __init__(self, stored: StoredAccountRequests) -> None:
        self._stored = stored

    async def find(self, request_id: str) -> AccountRequest | None:
        found = await self._stored.find(request_id)
        return None if found is None else _request(found)

    async def newest(
        self, state: RequestState | None, limit: int | None
    ) -> Sequence[AccountRequest]:
        found = await self._stored.newest(None if state is None else state.value, limit)
        return [_request(one) for one in found]

    async def add(self, request: AccountRequest, note: AuditNote) -> None:
        await self._stored.add(_stored(request), stored_note(note))

    async def settle(self, request: AccountRequest, note: AuditNote, user: User | None) -> bool:
        account = None if user is None else stored_user(user)
        return await self._stored.settle(_stored(request), stored_note(note), account)


def _request(found: StoredRequest) -> AccountRequest:
    had = found.had_roles
    values = {
        **asdict(found),
        "roles": frozenset(Role(role) for role in found.roles),
        "had_roles": None if had is None else frozenset(Role(role) for role in had),
        "state": RequestState(found.state),
    }
    return AccountRequest(**values)


def _stored(request: AccountRequest) -> StoredRequest:
    had = request.had_roles
    values = asdict(replace(request, roles=frozenset(), had_roles=None))
    values |= {
        "roles": sorted(role.value for role in request.roles),
        "had_roles": None if had is None else sorted(role.value for role in had),
        "state": request.state.value,
    }
    return StoredRequest(**values)
