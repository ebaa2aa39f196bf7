"""Stored accounts and logs in the web's words. 账号连接件"""

import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime

from cti.ids import SeatId
from hotline.secrets_file import ACCOUNTS, Secrets
from store.accounts import StoredAccounts, StoredLogin, StoredUser
from store.audit import Sought, StoredAudit, StoredNote
from store.audit_writer import AuditWriter
from store.database import Database
from store.journal import StoreSick
from web.admin_ports import AuditNote, Kept, SealCheck, Wanted
from web.errors import StoreAway
from web.ports import Awaits, Login, Role, User

FACTOR_BYTES = 20
"""As long as SHA-1's output (RFC 4226, 4)."""


def stored_audit(database: Database, secrets: Secrets) -> StoredAudit:
    return StoredAudit(database, _key(secrets, "audit"))


def web_users(
    database: Database, secrets: Secrets, audit: StoredAudit, writer: AuditWriter | None = None
) -> "WebUsers":
    """Without a writer (a command), nothing is said of when a session was last seen."""
    return WebUsers(StoredAccounts(database, audit), _key(secrets, "second factor"), writer)


def _key(secrets: Secrets, purpose: str) -> bytes:
    """One secret of the house, a key of its own for each purpose."""
    return hmac.digest(secrets.others[ACCOUNTS].encode(), purpose.encode(), "sha256")


class WebUsers:
    """Stored accounts as web users. 账号"""

    def __init__(
        self, stored: StoredAccounts, factor_key: bytes, writer: AuditWriter | None = None
    ) -> None:
        self._stored = stored
        self._factor_key = factor_key
        self._writer = writer
        self.note_login_failed = stored.note_login_failed
        self.note_logged_in = stored.note_logged_in
        self.spend_step = stored.spend_step
        self.spend_recovery_code = stored.spend_recovery_code
        self.recovery_codes_left = stored.recovery_codes_left

    async def find(self, username: str) -> User | None:
        """Raises StoreAway."""
        with _store_there():
            found = await self._stored.find(username)
        return None if found is None else web_user(found)

    async def all(self) -> Sequence[User]:
        """Raises StoreAway."""
        with _store_there():
            found = await self._stored.all()
        return [web_user(one) for one in found]

    async def save(self, user: User, note: AuditNote | None = None) -> None:
        await self._stored.save(stored_user(user), None if note is None else stored_note(note))

    async def change(self, user: User, note: AuditNote | None = None) -> None:
        await self._stored.change(stored_user(user), None if note is None else stored_note(note))

    async def open_login(self, login: Login) -> None:
        await self._stored.open_login(
            StoredLogin(**{**asdict(login), "awaits": login.awaits.value})
        )

    async def find_login(self, token_hash: str) -> Login | None:
        """Raises StoreAway."""
        with _store_there():
            found = await self._stored.find_login(token_hash)
        return None if found is None else _login(found)

    async def logins_of(self, username: str) -> Sequence[Login]:
        return [_login(one) for one in await self._stored.logins_of(username)]

    async def close_login(self, token_hash: str, note: AuditNote | None = None) -> None:
        await self._stored.close_login(token_hash, None if note is None else stored_note(note))

    def seen(self, token_hash: str, at: datetime) -> None:
        if self._writer is not None:
            self._writer.seen(token_hash, at)

    def factor_secret(self, nonce: str) -> bytes:
        # The database alone gives nobody a code: the key is in var/secrets.toml.
        return hmac.digest(self._factor_key, nonce.encode(), "sha256")[:FACTOR_BYTES]

    async def put_recovery_codes(
        self, username: str, hashes: Sequence[str], note: AuditNote
    ) -> None:
        await self._stored.put_recovery_codes(username, hashes, stored_note(note))


class WebAudit:
    """Both logs for the console. 审计"""

    def __init__(self, stored: StoredAudit, writer: AuditWriter) -> None:
        self._stored = stored
        self._writer = writer

    def note(self, note: AuditNote) -> None:
        self._writer.note(stored_note(note))

    def note_view(self, note: AuditNote) -> None:
        self._writer.note_view(stored_note(note))

    async def search(self, wanted: Wanted) -> Sequence[Kept]:
        await self._writer.all_written()
        sought = Sought(
            since=wanted.since,
            until=wanted.until,
            who=wanted.who,
            kind=wanted.kind,
            about=wanted.about,
            outcome=wanted.outcome,
            limit=wanted.limit,
        )
        found: list[Kept] = []
        for is_view in (False, True):
            if wanted.is_view in (None, is_view):
                rows = await self._stored.search(sought, views=is_view)
                found += [Kept(seq=seq, is_view=is_view, note=_web_note(n)) for seq, n in rows]
        found.sort(key=lambda kept: (kept.note.at, kept.seq), reverse=True)
        return found[: wanted.limit]

    async def kinds(self) -> Sequence[str]:
        return await self._stored.kinds()

    async def verify(self) -> Sequence[SealCheck]:
        await self._writer.all_written()
        checks = []
        for name, views in (("audit_log", False), ("view_log", True)):
            rows, broken_at = await self._stored.verify(views=views)
            checks.append(SealCheck(log=name, rows=rows, broken_at=broken_at))
        return checks


@contextmanager
def _store_there() -> Iterator[None]:
    """A sick store is told in words, and ends nobody's session. Raises StoreAway."""
    try:
        yield
    except StoreSick as trouble:
        raise StoreAway from trouble


def web_user(found: StoredUser) -> User:
    values = {
        **asdict(found),
        "roles": frozenset(Role(role) for role in found.roles),
        "seat_id": None if found.seat_id is None else SeatId(found.seat_id),
    }
    return User(**values)


def stored_user(user: User) -> StoredUser:
    roles = sorted(role.value for role in user.roles)
    values = asdict(replace(user, roles=frozenset()))
    return StoredUser(**{**values, "roles": roles})


def stored_note(note: AuditNote) -> StoredNote:
    return StoredNote(**asdict(note))


def _web_note(note: StoredNote) -> AuditNote:
    return AuditNote(**asdict(note))


def _login(found: StoredLogin) -> Login:
    return Login(**{**asdict(found), "awaits": Awaits(found.awaits)})
