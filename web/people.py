"""Accounts as an administrator sees to them. 人员管理

Whoever gets a password from an administrator must change it at his first log-in. Nobody changes his
own rights, and one administrator always remains.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from cti.ids import SeatId
from web.accounts import Accounts, hash_password
from web.admin_ports import AuditNote
from web.errors import (
    FactorNotBegun,
    LastAdministrator,
    NotFound,
    OnOneself,
    OutsideArea,
    PersonExists,
    PersonRefused,
)
from web.passwords import new_password
from web.ports import Role, User, Users
from web.second_factor import SecondFactor

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What an administrator says of a person. 人员信息"""

    name: str
    roles: frozenset[Role]
    area: str = ""
    seat_id: str | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Each change is written together with the note of it. 人员"""

    accounts: Accounts
    seats: Collection[SeatId]
    by: User
    districts: Collection[str] = ()
    """Those an account may be bound to; any while there is no list of them. 区县"""

    async def create(self, username: str, of: Particulars, note: AuditNote) -> tuple[User, str]:
        """The account and its first password. Raises PersonExists, PersonRefused."""
        check_username(username)
        self.check(of)
        if await self._users.find(username) is not None:
            raise PersonExists
        password = new_password()
        user = User(
            username=username,
            name=of.name,
            roles=of.roles,
            seat_id=None if of.seat_id is None else SeatId(of.seat_id),
            password_hash=hash_password(password),
            area=of.area,
            must_change_password=True,
        )
        await self._users.save(user, about(note, user.username, **shown_of(user)))
        return user, password

    async def edit(self, username: str, of: Particulars, note: AuditNote) -> User:
        """What a session shows depends on roles and seat, so with other ones the sessions end."""
        user = await self._find(username)
        self.check(of)
        if username == self.by.username and (of.roles, of.area) != (user.roles, user.area):
            raise OnOneself
        if Role.ADMINISTRATOR in user.roles - of.roles:
            await self._keep_an_administrator(user)
        changed = replace(
            user,
            name=of.name,
            roles=of.roles,
            area=of.area,
            seat_id=None if of.seat_id is None else SeatId(of.seat_id),
        )
        before, after = shown_of(user), shown_of(changed)
        differ = {k: [before[k], after[k]] for k in before if before[k] != after[k]}
        told = about(note, user.username, **differ)
        if {"roles", "seat_id"} & set(differ):
            await self._users.save(changed, told)
        elif differ:
            await self._users.change(changed, told)
        return changed

    async def disable(self, username: str, note: AuditNote) -> User:
        user = await self._other(username)
        await self._keep_an_administrator(user)
        if user.disabled_at is None:
            user = replace(user, disabled_at=note.at)
            await self._users.save(user, about(note, user.username))
        return user

    async def enable(self, username: str, note: AuditNote) -> User:
        user = replace(await self._find(username), disabled_at=None)
        await self._users.change(user, about(note, user.username))
        return user

    async def unlock(self, username: str, note: AuditNote) -> User:
        user = replace(await self._find(username), locked_until=None, failed_logins=0)
        await self._users.change(user, about(note, user.username))
        return user

    async def reset_password(self, username: str, note: AuditNote) -> tuple[User, str]:
        """A password for the next log-in only; it also unlocks, and ends the sessions."""
        user = await self._other(username)
        password = new_password()
        reset = replace(
            user,
            password_hash=hash_password(password),
            must_change_password=True,
            failed_logins=0,
            locked_until=None,
        )
        await self._users.save(reset, about(note, user.username))
        return reset, password

    async def remove_factor(self, username: str, note: AuditNote) -> User:
        """For somebody whose telephone is lost. Raises FactorNotBegun."""
        user = await self._other(username)
        if user.factor_since is None:
            raise FactorNotBegun
        await SecondFactor(self.accounts).remove(user, about(note, user.username))
        return await self._find(username)

    async def end_sessions(self, username: str, note: AuditNote) -> None:
        user = await self._find(username)
        await self._users.save(user, about(note, user.username))

    @property
    def _users(self) -> Users:
        return self.accounts.users

    def check(self, of: Particulars) -> None:
        """Raises PersonRefused."""
        if not of.roles:
            raise PersonRefused(what="roles")
        if of.seat_id is not None and SeatId(of.seat_id) not in self.seats:
            raise PersonRefused(what="seat")
        if Role.OPERATOR in of.roles and of.seat_id is None:
            raise PersonRefused(what="operator-seat")
        if of.area and self.districts and of.area not in self.districts:
            raise PersonRefused(what="area")
        if self.by.area and of.area != self.by.area:
            raise PersonRefused(what="own-area")

    async def _find(self, username: str) -> User:
        user = await self._users.find(username)
        if user is None:
            raise NotFound(username=username)
        if self.by.area and user.area != self.by.area:
            raise OutsideArea
        return user

    async def _other(self, username: str) -> User:
        if username == self.by.username:
            raise OnOneself
        return await self._find(username)

    async def _keep_an_administrator(self, leaving: User) -> None:
        remain = [
            user
            for user in await self._users.all()
            if Role.ADMINISTRATOR in user.roles
            and user.disabled_at is None
            and user.username != leaving.username
        ]
        if Role.ADMINISTRATOR in leaving.roles and not remain:
            raise LastAdministrator


def check_username(username: str) -> None:
    """Raises PersonRefused."""
    if USERNAME.fullmatch(username) is None:
        raise PersonRefused(what="username")


def shown_of(user: User) -> dict[str, object]:
    return shown(user.name, user.roles, user.area, user.seat_id)


def shown(name: str, roles: Collection[Role], area: str, seat_id: str | None) -> dict[str, object]:
    """A person's rights, for the log."""
    return {
        "name": name,
        "roles": sorted(role.value for role in roles),
        "area": area,
        "seat_id": seat_id,
    }


def about(note: AuditNote, username: str, **details: object) -> AuditNote:
    return replace(note, subject=username, details={**note.details, **details})
