"""Users, their sessions and recovery codes; written directly. 账号表

No password or token is ever in an event, so these are no projections of the journal. What is done to
an account is noted in the same transaction.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from store.audit import StoredAudit, StoredNote
from store.database import Database, is_sick, replace_row
from store.journal import StoreSick
from store.tables import logins, recovery_codes, users


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
    area: str = ""
    disabled_at: datetime | None = None
    must_change_password: bool = False
    last_login_at: datetime | None = None
    factor_nonce: str | None = None
    factor_since: datetime | None = None
    factor_step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLogin:
    """A row of logins. 会话记录"""

    token_hash: str
    username: str
    created_at: datetime
    expires_at: datetime
    awaits: str = ""
    address: str = ""
    device: str = ""
    seen_at: datetime | None = None


async def put_account(connection: AsyncConnection, user: StoredUser) -> None:
    """Insert, or replace the user of that name."""
    values = {**asdict(user), "roles": list(user.roles)}
    await connection.execute(replace_row(connection, users, **values))


async def end_sessions(connection: AsyncConnection, username: str) -> None:
    """All of this user."""
    await connection.execute(delete(logins).where(logins.c.username == username))


class StoredAccounts:
    """Users and logins. 账号"""

    def __init__(self, database: Database, audit: StoredAudit | None = None) -> None:
        self._database = database
        self._audit = audit

    async def find(self, username: str) -> StoredUser | None:
        """Raises StoreSick."""
        async with self._reading() as connection:
            row = (
                await connection.execute(select(users).where(users.c.username == username))
            ).one_or_none()
        return None if row is None else StoredUser(**row._mapping)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        """Every request begins with these two; a sick store is told apart from our mistakes."""
        try:
            async with self._database.read() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as trouble:
            if not is_sick(trouble):
                raise
            raise StoreSick from trouble

    async def all(self) -> list[StoredUser]:
        """Raises StoreSick."""
        async with self._reading() as connection:
            found = await connection.execute(select(users).order_by(users.c.username))
            return [StoredUser(**row._mapping) for row in found]

    async def save(self, user: StoredUser, note: StoredNote | None = None) -> None:
        """Insert, or replace the user of that name; his sessions end."""
        async with self._database.write() as connection:
            await put_account(connection, user)
            await end_sessions(connection, user.username)
            await self._note(connection, note)

    async def change(self, user: StoredUser, note: StoredNote | None = None) -> None:
        """As save, and his sessions go on."""
        async with self._database.write() as connection:
            await put_account(connection, user)
            await self._note(connection, note)

    async def _note(self, connection: AsyncConnection, note: StoredNote | None) -> None:
        if note is not None and self._audit is not None:
            await self._audit.add_acts(connection, note)

    async def note_login_failed(
        self, username: str, failed_logins: int, locked_until: datetime | None
    ) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(users)
                .where(users.c.username == username)
                .values(failed_logins=failed_logins, locked_until=locked_until)
            )

    async def note_logged_in(self, username: str, at: datetime) -> None:
        """Also forgets failures and the lock."""
        async with self._database.write() as connection:
            await connection.execute(
                update(users)
                .where(users.c.username == username)
                .values(failed_logins=0, locked_until=None, last_login_at=at)
            )

    async def open_login(self, login: StoredLogin) -> None:
        """Also forgets sessions that expired before this one began."""
        async with self._database.write() as connection:
            await connection.execute(delete(logins).where(logins.c.expires_at < login.created_at))
            await connection.execute(insert(logins).values(**asdict(login)))

    async def find_login(self, token_hash: str) -> StoredLogin | None:
        """Raises StoreSick."""
        async with self._reading() as connection:
            row = (
                await connection.execute(select(logins).where(logins.c.token_hash == token_hash))
            ).one_or_none()
        return None if row is None else StoredLogin(**row._mapping)

    async def logins_of(self, username: str) -> list[StoredLogin]:
        """The newest first."""
        wanted = select(logins).where(logins.c.username == username)
        async with self._database.read() as connection:
            found = await connection.execute(wanted.order_by(logins.c.created_at.desc()))
            return [StoredLogin(**row._mapping) for row in found]

    async def close_login(self, token_hash: str, note: StoredNote | None = None) -> None:
        async with self._database.write() as connection:
            await connection.execute(delete(logins).where(logins.c.token_hash == token_hash))
            await self._note(connection, note)

    async def spend_step(self, username: str, step: int) -> bool:
        """Whether no code of that step or a later one was used before."""
        spent = (
            update(users)
            .where(users.c.username == username, users.c.factor_step < step)
            .values(factor_step=step)
        )
        async with self._database.write() as connection:
            return (await connection.execute(spent)).rowcount == 1

    async def put_recovery_codes(
        self, username: str, hashes: Sequence[str], note: StoredNote
    ) -> None:
        """Instead of those there were."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(recovery_codes).where(recovery_codes.c.username == username)
            )
            for code_hash in hashes:
                await connection.execute(
                    insert(recovery_codes).values(username=username, code_hash=code_hash)
                )
            await self._note(connection, note)

    async def spend_recovery_code(self, username: str, code_hash: str, at: datetime) -> bool:
        """Whether there was such a code that had not been used."""
        codes = recovery_codes.c
        spent = (
            update(recovery_codes)
            .where(codes.username == username, codes.code_hash == code_hash)
            .where(codes.used_at.is_(None))
            .values(used_at=at)
        )
        async with self._database.write() as connection:
            return (await connection.execute(spent)).rowcount == 1

    async def recovery_codes_left(self, username: str) -> int:
        codes = recovery_codes.c
        left = select(func.count()).where(codes.username == username, codes.used_at.is_(None))
        async with self._database.read() as connection:
            return (await connection.execute(left)).scalar_one()


def write_sightings(connection: Connection, seen: Mapping[str, datetime]) -> None:
    """When which session last asked for something."""
    for token_hash, at in seen.items():
        connection.execute(
            update(logins).where(logins.c.token_hash == token_hash).values(seen_at=at)
        )
