"""`hotline user` and `hotline audit`: accounts and the two logs from the command line. 账号命令

For the administrator who cannot log in himself: whoever can read var/ can do all of this anyhow. Each
change is noted with the name of the machine's user.
"""

import getpass
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from cti.ids import SeatId
from hotline.account_joints import stored_audit, web_users
from hotline.administration import CommandRefused, open_database
from hotline.clock import utc_now
from hotline.config import Config
from hotline.installation import open_installation
from hotline.places import Places
from store.audit import StoredAudit
from web.accounts import Accounts, hash_password
from web.admin_ports import AuditNote
from web.passwords import SHORTEST, new_password, weakness
from web.ports import Role, User, Users
from web.second_factor import SecondFactor

WEAK = {
    "too-short": f"a password has at least {SHORTEST} characters",
    "too-long": "a password has at most 200 characters",
    "one-kind": "a password has letters and digits, or other signs",
    "has-name": "a password does not contain the user name",
    "repeats": "a password does not repeat one character",
    "common": "this password is guessed at once",
}
CHECKED = ("disable", "enable", "unlock", "remove-factor", "reset")


async def carry_out(
    arguments: Namespace, places: Places, config: Config, ask: Callable[[], str],
    out: Callable[[str], None],
) -> int:  # fmt: skip
    """`hotline user …`. Raises CommandRefused."""
    match arguments.action:
        case "list":
            for line in await list_users(places, config):
                out(line)
        case "add":
            await add_user(
                places, config, arguments.username, arguments.name, arguments.role,
                arguments.seat, ask(),
            )  # fmt: skip
        case "password":
            await set_password(places, config, arguments.username, ask())
        case action:
            told = await change_user(places, config, arguments.username, action)
            if told:
                out(told)
    return 0


async def list_users(places: Places, config: Config) -> list[str]:
    now = utc_now()
    async with _accounts(places, config) as users:
        listed = await users.all()
    return [
        f"{user.username}  {user.name}  {','.join(sorted(user.roles))}  {user.seat_id or '-'}"
        + ("  停用" if user.disabled_at else "")
        + ("  锁定" if user.locked_until and user.locked_until > now else "")
        + ("  动态口令" if user.factor_since else "")
        for user in listed
    ]


async def add_user(
    places: Places,
    config: Config,
    username: str,
    name: str,
    roles: Sequence[str],
    seat_id: str | None,
    password: str,
) -> None:
    """Raises CommandRefused."""
    unknown = [role for role in roles if role not in set(Role)]
    if unknown:
        raise CommandRefused(f"no such role: {unknown[0]}; there are {', '.join(Role)}")
    _check_password(password, username)
    async with _accounts(places, config) as users:
        if await users.find(username) is not None:
            raise CommandRefused(f"{username} exists; use: hotline user password {username}")
        user = User(
            username=username,
            name=name,
            roles=frozenset(Role(role) for role in roles),
            seat_id=None if seat_id is None else SeatId(seat_id),
            password_hash=hash_password(password),
        )
        await users.save(user, _note("create", username, roles=sorted(roles), seat_id=seat_id))


async def set_password(places: Places, config: Config, username: str, password: str) -> None:
    """Also ends the user's sessions and unlocks him. Raises CommandRefused."""
    _check_password(password, username)
    async with _accounts(places, config) as users:
        known = await _find(users, username)
        changed = replace(
            known,
            password_hash=hash_password(password),
            failed_logins=0,
            locked_until=None,
            must_change_password=False,
        )
        await users.save(changed, _note("password", username))


async def change_user(places: Places, config: Config, username: str, action: str) -> str:
    """disable, enable, unlock, remove-factor or reset; what is to be said of it. Raises CommandRefused."""
    assert action in CHECKED
    async with _accounts(places, config) as users:
        user = await _find(users, username)
        note = _note(action, username)
        match action:
            case "disable":
                await users.save(replace(user, disabled_at=utc_now()), note)
            case "enable":
                await users.change(replace(user, disabled_at=None), note)
            case "unlock":
                await users.change(replace(user, failed_logins=0, locked_until=None), note)
            case "remove-factor":
                if user.factor_since is None:
                    raise CommandRefused(f"{username} has no second factor")
                await SecondFactor(Accounts(users, config.web)).remove(user, note)
            case "reset":
                password = new_password()
                reset = replace(
                    user,
                    password_hash=hash_password(password),
                    must_change_password=True,
                    failed_logins=0,
                    locked_until=None,
                )
                await users.save(reset, note)
                return f"{username}  {password}  仅限下次登录，登录后须修改"
    return ""


async def verify_logs(places: Places, config: Config, out: Callable[[str], None]) -> int:
    """1 if a row of either log is not as it was written."""
    ill = 0
    async with _logs(places, config) as logs:
        for name, views in (("操作记录 audit_log", False), ("查阅记录 view_log", True)):
            rows, broken_at = await logs.verify(views=views)
            ill += broken_at is not None
            state = "完整" if broken_at is None else f"第 {broken_at} 条起与写入时不一致"
            out(f"{name}  {rows} 条  {state}")
    return 1 if ill else 0


@asynccontextmanager
async def _logs(places: Places, config: Config) -> AsyncIterator[StoredAudit]:
    async with open_database(places, config) as database:
        yield stored_audit(database, open_installation(config, places).secrets)


@asynccontextmanager
async def _accounts(places: Places, config: Config) -> AsyncIterator[Users]:
    async with open_database(places, config) as database:
        secrets = open_installation(config, places).secrets
        yield web_users(database, secrets, stored_audit(database, secrets))


async def _find(users: Users, username: str) -> User:
    found = await users.find(username)
    if found is None:
        raise CommandRefused(f"no such user: {username}")
    return found


def _note(what: str, username: str, **details: object) -> AuditNote:
    by = f"command:{getpass.getuser()}"[:80]
    return AuditNote(at=utc_now(), who=by, kind=f"people.{what}", subject=username, details=details)


def _check_password(password: str, username: str) -> None:
    weak = weakness(password, username)
    if weak is not None:
        raise CommandRefused(WEAK[weak])
