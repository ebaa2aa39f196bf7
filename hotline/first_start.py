"""What a fresh database gets, so that the product can be used at once. 初始数据

Skill groups, four seats with their operators and an administrator; every password is generated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cti.ids import SeatId
from hotline.account_joints import stored_user
from hotline.installation import Installation
from hotline.secrets_file import open_secrets
from seats.groups import GENERAL, SKILL_GROUPS
from seats.model import SeatDefinition
from store.accounts import StoredAccounts
from store.database import Database
from store.floor import StoredFloor
from web.accounts import hash_password
from web.ports import Role, User

ADMINISTRATOR = "admin"
FIRST_SEATS = (("8001", "王明"), ("8002", "李华"), ("8003", "张敏"), ("8004", "刘洋"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAccount:
    """An account made at first start, whose generated password is still known. 初始账号"""

    username: str
    password: str
    roles: Sequence[Role]
    seat_id: str | None = None


async def seed(database: Database, installation: Installation) -> None:
    """Fill an empty database; a database that has any user is left alone."""
    accounts, floor = StoredAccounts(database), StoredFloor(database)
    if await accounts.all():
        return
    for group in SKILL_GROUPS:
        await floor.define_skill_group(group)
    names = dict(FIRST_SEATS)
    for seat_id, name in FIRST_SEATS:
        await floor.define(
            SeatDefinition(
                seat_id=SeatId(seat_id),
                operator_name=name,
                skills={GENERAL.code: 1},
            )
        )
    for account in first_accounts(installation):
        user = User(
            username=account.username,
            name=names.get(account.username, "管理员"),
            roles=frozenset(account.roles),
            seat_id=None if account.seat_id is None else SeatId(account.seat_id),
            password_hash=hash_password(account.password),
        )
        await accounts.save(stored_user(user))


def first_accounts(installation: Installation) -> list[FirstAccount]:
    """The administrator and the first seats' operators, with the passwords generated for them.

    The administrator of a fresh installation is also supervisor and inspector: somebody must be
    able to look at everything before the real accounts are made.
    """
    seat_ids = [seat_id for seat_id, _ in FIRST_SEATS]
    names = [f"user-{name}" for name in (ADMINISTRATOR, *seat_ids)]
    passwords = open_secrets(installation.places.secrets, seat_ids, names).others
    return [
        FirstAccount(
            username=ADMINISTRATOR,
            password=passwords[f"user-{ADMINISTRATOR}"],
            roles=(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.INSPECTOR),
        ),
        *(
            FirstAccount(
                username=seat_id,
                password=passwords[f"user-{seat_id}"],
                roles=(Role.OPERATOR,),
                seat_id=seat_id,
            )
            for seat_id in seat_ids
        ),
    ]
