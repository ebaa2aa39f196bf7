"""Logging in: argon2 passwords, second factor, server-side sessions, lock-out. 登录

    password ──► (no second factor) ──────────────► session
        └──────► ticket ──► code or recovery code ──► session

A wrong password and a wrong code count alike; both are checked one at a time, so that a hundred
guesses sent together are counted as a hundred.
"""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web import totp
from web.admin_ports import Audit, AuditNote
from web.errors import (
    AccountDisabled,
    AccountLocked,
    LoginOver,
    NotLoggedIn,
    Owing,
    PasswordChangeNeeded,
    SecondFactorNeeded,
    SecondFactorSetUpNeeded,
    WrongCode,
    WrongPassword,
)
from web.ports import Awaits, Login, Role, User, Users
from web.settings import UnknownRoleSet, WebSettings
from web.wall import session_hours

COOKIE = "hotline_session"
TICKET_MINUTES = 5
"""So long somebody may look for his telephone."""
SEEN_EVERY = timedelta(minutes=1)
LONGEST_DEVICE = 200
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""RFC 9106's second recommended trade-off, cut to what a busy two-core box can afford."""

NOBODY = hasher.hash(secrets.token_hex(16))
"""Checked for unknown names too, so that the answer takes as long and names cannot be probed."""


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt."""
    return hasher.hash(password)


def hash_token(token: str) -> str:
    """What is stored of a session cookie, a ticket, a recovery code."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a log-in comes from. 登录来源"""

    address: str = ""
    device: str = ""


NOWHERE = Origin()


class NothingNoted:
    """For code that logs in without a house around it. 不留痕"""

    def note(self, note: AuditNote) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Accounts:
    """Checks passwords and codes and opens sessions. 账号"""

    users: Users
    settings: WebSettings
    audit: "Audit | NothingNoted" = NothingNoted()  # noqa: RUF009 - it has no state
    _checking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """A word with a mistake in it must not leave a role without its second factor."""
        unknown = set(self.settings.second_factor_roles) - set(Role)
        if unknown:
            raise UnknownRoleSet(", ".join(sorted(unknown)))

    async def log_in(
        self, username: str, password: str, now: datetime, origin: Origin = NOWHERE
    ) -> tuple[User, str]:
        """The user and the new session's cookie value.

        Raises WrongPassword, AccountLocked, AccountDisabled, SecondFactorNeeded.
        """
        async with self._checking:
            user = await self.users.find(username)
            if user is None:
                await self.matches(NOBODY, password)
                # The name is not noted: people type their password into that field.
                self._note("", "session.open", now, origin, "failed", why="unknown-name")
                raise WrongPassword
            self._check_lock(user, now, origin)
            if not await self.matches(user.password_hash, password):
                await self._count_failure(user, now, origin, "password")
                raise WrongPassword
            if user.disabled_at is not None:
                self._note(username, "session.open", now, origin, "refused", why="disabled")
                raise AccountDisabled
            if user.factor_since is not None:
                # The count of failures stays: the right password is only half of it.
                ticket = await self._open(user, now, origin, Awaits.FACTOR)
                raise SecondFactorNeeded(ticket=ticket, minutes=TICKET_MINUTES)
            return await self._let_in(user, now, origin, "password")

    async def second_step(
        self, ticket: str, code: str, now: datetime, origin: Origin = NOWHERE
    ) -> tuple[User, str]:
        """As log_in, with the ticket it gave. Raises LoginOver, WrongCode, AccountLocked."""
        async with self._checking:
            login = await self.users.find_login(hash_token(ticket))
            if login is None or login.awaits is not Awaits.FACTOR or login.expires_at <= now:
                raise LoginOver
            user = await self.users.find(login.username)
            if user is None or user.disabled_at is not None:
                raise LoginOver
            self._check_lock(user, now, origin)
            how = await self._code_opens(user, code, now)
            if how is None:
                await self._count_failure(user, now, origin, "code")
                raise WrongCode
            await self.users.close_login(login.token_hash)
            return await self._let_in(user, now, origin, how)

    async def check_code(self, user: User, code: str, now: datetime) -> bool:
        """Whether an authenticator's code opens; it counts once."""
        if user.factor_nonce is None:
            return False
        secret = self.users.factor_secret(user.factor_nonce)
        step = totp.matching_step(secret, code.replace(" ", ""), now, user.factor_step)
        return step is not None and await self.users.spend_step(user.username, step)

    async def who(self, token: str | None, now: datetime) -> User:
        """The user behind a cookie, whatever he still has to do. Raises NotLoggedIn."""
        user, login = await self._session(token, now)
        if now - (login.seen_at or login.created_at) >= SEEN_EVERY:
            self.users.seen(login.token_hash, now)
        return user

    async def still_there(self, token: str | None, now: datetime) -> User:
        """As who, without counting as something that the user did."""
        return (await self._session(token, now))[0]

    async def _session(self, token: str | None, now: datetime) -> tuple[User, Login]:
        if not token:
            raise NotLoggedIn
        login = await self.users.find_login(hash_token(token))
        if login is None or login.awaits is not Awaits.NOTHING or self.is_over(login, now):
            raise NotLoggedIn
        user = await self.users.find(login.username)
        if user is None or user.disabled_at is not None:
            raise NotLoggedIn
        return user, login

    def is_over(self, login: Login, now: datetime) -> bool:
        idle = timedelta(minutes=self.settings.idle_minutes)
        quiet = now - (login.seen_at or login.created_at)
        # Only a wall's login outlasts a shift: its screen is dark at night, and nobody types there.
        wall = login.expires_at - login.created_at > timedelta(hours=self.settings.session_hours)
        may_idle = wall or self.settings.idle_minutes <= 0
        return login.expires_at <= now or (not may_idle and quiet >= idle)

    def owes(self, user: User) -> Owing | None:
        """What he must do before anything is opened to him."""
        if user.must_change_password:
            return PasswordChangeNeeded()
        if user.factor_since is None and self.must_have_factor(user):
            return SecondFactorSetUpNeeded()
        return None

    def must_have_factor(self, user: User) -> bool:
        return any(role.value in self.settings.second_factor_roles for role in user.roles)

    async def log_out(self, token: str) -> None:
        await self.users.close_login(hash_token(token))

    async def open_session(self, user: User, now: datetime, origin: Origin) -> str:
        """A session for somebody who has shown who he is; the cookie's value."""
        token = await self._open(user, now, origin, Awaits.NOTHING)
        await self._end_surplus(user.username, hash_token(token), now)
        return token

    async def matches(self, password_hash: str, password: str) -> bool:
        # Off the loop: argon2 takes longer than a call may wait for its seat.
        return await asyncio.to_thread(_verify, password_hash, password)

    async def _let_in(
        self, user: User, now: datetime, origin: Origin, how: str
    ) -> tuple[User, str]:
        await self.users.note_logged_in(user.username, now)
        known = replace(user, failed_logins=0, locked_until=None, last_login_at=now)
        token = await self.open_session(known, now, origin)
        self._note(user.username, "session.open", now, origin, how=how, device=origin.device)
        return known, token

    async def _code_opens(self, user: User, code: str, now: datetime) -> str | None:
        if await self.check_code(user, code, now):
            return "code"
        plain = code.strip().lower()
        if await self.users.spend_recovery_code(user.username, hash_token(plain), now):
            return "recovery-code"
        return None

    def _check_lock(self, user: User, now: datetime, origin: Origin) -> None:
        if user.locked_until is not None and user.locked_until > now:
            self._note(user.username, "session.open", now, origin, "refused", why="locked")
            raise AccountLocked(until=user.locked_until.isoformat())

    async def _count_failure(self, user: User, now: datetime, origin: Origin, what: str) -> None:
        failed = user.failed_logins + 1
        locked = failed >= self.settings.failed_logins
        until = now + timedelta(minutes=self.settings.lock_minutes) if locked else None
        await self.users.note_login_failed(user.username, 0 if locked else failed, until)
        why = f"wrong-{what}"
        self._note(user.username, "session.open", now, origin, "failed", why=why, locked=locked)

    async def _open(self, user: User, now: datetime, origin: Origin, awaits: Awaits) -> str:
        token = secrets.token_urlsafe(32)
        hours = timedelta(hours=session_hours(user, self.settings))
        await self.users.open_login(
            Login(
                token_hash=hash_token(token),
                username=user.username,
                created_at=now,
                expires_at=now + (timedelta(minutes=TICKET_MINUTES) if awaits else hours),
                awaits=awaits,
                address=origin.address,
                device=origin.device[:LONGEST_DEVICE],
                seen_at=now,
            )
        )
        return token

    async def _end_surplus(self, username: str, but_not: str, now: datetime) -> None:
        most = self.settings.sessions_per_user
        others = [
            login
            for login in await self.users.logins_of(username)
            if login.token_hash != but_not and not login.awaits
        ]
        others.sort(key=lambda login: login.seen_at or login.created_at, reverse=True)
        for login in others[most - 1 :] if most > 0 else ():
            await self.users.close_login(login.token_hash)
            self._note(username, "session.end", now, NOWHERE, why="surplus")

    def _note(
        self, who: str, kind: str, now: datetime, origin: Origin, outcome: str = "done",
        **details: object,
    ) -> None:  # fmt: skip
        address = origin.address
        self.audit.note(
            AuditNote(at=now, who=who, kind=kind, subject=who, address=address, outcome=outcome,
                 details=details)
        )  # fmt: skip


def _verify(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def may_see_numbers(user: User) -> bool:
    """Whole caller numbers are for those who answer for the floor; others see 138****0001."""
    return Role.SUPERVISOR in user.roles
