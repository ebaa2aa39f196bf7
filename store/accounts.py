"""Users and their sessions; the only tables that are written directly. 账号表

No password or token is ever in an event, so these are no projections of the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from store.database import Database, replace_row
from store.tables import logins, users


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUser:
    """A row of users. 用户记录"""

    username: str
    name: str
    roles: Sequence[str]
    seat_id: str | None
    password_hash: str
    failed_logins: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLogin:
    """A row of logins. 会话记录"""

    token_hash: str
    username: str
    created_at: datetime
    expires_at: datetime


class StoredAccounts:
    """Users and logins. 账号"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, username: str) -> StoredUser | None:
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(users).where(users.c.username == username))
            ).one_or_none()
        return None if row is None else StoredUser(**row._mapping)

    async def all(self) -> list[StoredUser]:
        async with self._database.read() as connection:
            found = await connection.execute(select(users).order_by(users.c.username))
            return [StoredUser(**row._mapping) for row in found]

    async def save(self, user: StoredUser) -> None:
        """Insert, or replace the user of that name; his sessions end."""
        async with self._database.write() as connection:
            await connection.execute(
                replace_row(
                    connection,
                    users,
                    username=user.username,
                    name=user.name,
                    roles=list(user.roles),
                    seat_id=user.seat_id,
                    password_hash=user.password_hash,
                    failed_logins=user.failed_logins,
                    locked_until=user.locked_until,
                )
            )
            await connection.execute(delete(logins).where(logins.c.username == user.username))

    async def note_login_failed(
        self, username: str, failed_logins: int, locked_until: datetime | None
    ) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(users)
                .where(users.c.username == username)
                .values(failed_logins=failed_logins, locked_until=locked_until)
            )

    async def open_login(self, login: StoredLogin) -> None:
        """Also forgets sessions that expired before this one began."""
        async with self._database.write() as connection:
            await connection.execute(delete(logins).where(logins.c.expires_at < login.created_at))
            await connection.execute(
                insert(logins).values(
                    token_hash=login.token_hash,
                    username=login.username,
                    created_at=login.created_at,
                    expires_at=login.expires_at,
                )
            )

    async def find_login(self, token_hash: str) -> StoredLogin | None:
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(logins).where(logins.c.token_hash == token_hash))
            ).one_or_none()
        return None if row is None else StoredLogin(**row._mapping)

    async def close_login(self, token_hash: str) -> None:
        async with self._database.write() as connection:
            await connection.execute(delete(logins).where(logins.c.token_hash == token_hash))
