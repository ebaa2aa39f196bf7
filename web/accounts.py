"""Logging in: argon2 passwords, server-side sessions, lock-out. 登录"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.errors import AccountLocked, NotLoggedIn, WrongPassword
from web.ports import Login, Role, User, Users
from web.settings import WebSettings

COOKIE = "hotline_session"
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""RFC 9106's second recommended trade-off, cut to what a busy two-core box can afford."""

NOBODY = hasher.hash(secrets.token_hex(16))
"""Checked for unknown names too, so that the answer takes as long and names cannot be probed."""


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt."""
    return hasher.hash(password)


def hash_token(token: str) -> str:
    """What is stored of a session cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Accounts:
    """Checks passwords and opens sessions. 账号"""

    users: Users
    settings: WebSettings

    async def log_in(self, username: str, password: str, now: datetime) -> tuple[User, str]:
        """The user and the new session's cookie value.

        Raises WrongPassword or AccountLocked.
        """
        user = await self.users.find(username)
        if user is None:
            self._matches(NOBODY, password)
            raise WrongPassword
        if user.locked_until is not None and user.locked_until > now:
            raise AccountLocked
        if not self._matches(user.password_hash, password):
            failed = user.failed_logins + 1
            locked = failed >= self.settings.failed_logins
            until = now + timedelta(minutes=self.settings.lock_minutes) if locked else None
            await self.users.note_login_failed(username, 0 if locked else failed, until)
            raise WrongPassword
        if user.failed_logins or user.locked_until:
            await self.users.note_login_failed(username, 0, None)
        token = secrets.token_urlsafe(32)
        await self.users.open_login(
            Login(
                token_hash=hash_token(token),
                username=username,
                created_at=now,
                expires_at=now + timedelta(hours=self.settings.session_hours),
            )
        )
        return user, token

    async def who(self, token: str | None, now: datetime) -> User:
        """The user behind a cookie. Raises NotLoggedIn."""
        if not token:
            raise NotLoggedIn
        login = await self.users.find_login(hash_token(token))
        if login is None or login.expires_at <= now:
            raise NotLoggedIn
        user = await self.users.find(login.username)
        if user is None:
            raise NotLoggedIn
        return user

    async def log_out(self, token: str) -> None:
        await self.users.close_login(hash_token(token))

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def may_see_numbers(user: User) -> bool:
    """Whole caller numbers are for those who answer for the floor; others see 138****0001."""
    return Role.SUPERVISOR in user.roles
