"""The small commands on a real installation folder."""

import pytest

from hotline import account_commands, administration
from hotline.account_joints import stored_audit, web_users
from hotline.administration import CommandRefused
from hotline.config import Config
from hotline.doctor import examine
from hotline.first_start import first_accounts, seed
from hotline.installation import open_installation
from hotline.places import Places
from hotline.secrets_file import renew_seat_secret
from store.migrate import DatabaseUnusable
from web.accounts import Accounts
from web.errors import AccountDisabled, WrongPassword
from web.settings import WebSettings


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path)


async def log_in(places, username, password):
    from hotline.clock import utc_now

    async with administration.open_database(places, Config()) as database:
        secrets = open_installation(Config(), places).secrets
        users = web_users(database, secrets, stored_audit(database, secrets))
        accounts = Accounts(users, WebSettings())
        user, _ = await accounts.log_in(username, password, utc_now())
        return user


async def test_a_fresh_installation_has_accounts_that_can_log_in_and_no_known_password(places):
    config = Config()
    async with administration.open_database(places, config) as database:
        await seed(database, open_installation(config, places))
        await seed(database, open_installation(config, places))
    accounts = first_accounts(open_installation(config, places))
    assert {account.username for account in accounts} == {"admin", "8001", "8002", "8003", "8004"}
    assert len({account.password for account in accounts}) == len(accounts)
    for account in accounts:
        user = await log_in(places, account.username, account.password)
        assert user.seat_id == account.seat_id
    assert places.secrets.stat().st_mode & 0o777 == 0o600


async def test_a_changed_password_is_the_only_one_that_works(places):
    config = Config()
    old, new = "first password", "second password"
    await account_commands.add_user(places, config, "zhang", "张敏", ["inspector"], None, old)
    assert (await log_in(places, "zhang", old)).name == "张敏"
    await account_commands.set_password(places, config, "zhang", new)
    assert (await log_in(places, "zhang", new)).name == "张敏"
    with pytest.raises(WrongPassword):
        await log_in(places, "zhang", old)
    assert await account_commands.list_users(places, config) == ["zhang  张敏  inspector  -"]


@pytest.mark.parametrize(
    ("roles", "password", "why"),
    [(["king"], "long enough!", "no such role"), (["operator"], "short", "10 characters")],
)
async def test_a_wrong_account_is_refused_by_name(places, roles, password, why):
    with pytest.raises(CommandRefused, match=why):
        await account_commands.add_user(places, Config(), "x", "某", roles, None, password)
    assert await account_commands.list_users(places, Config()) == []


@pytest.mark.parametrize(
    ("seat", "skill", "why"),
    [
        ("80a", "general=1", "digits"),
        ("8009", "general", "group=level"),
        ("8009", "kings=1", "kings"),
    ],
)
async def test_a_wrong_seat_is_refused_by_name(places, seat, skill, why):
    async with administration.open_database(places, Config()) as database:
        await seed(database, open_installation(Config(), places))
    with pytest.raises(CommandRefused, match=why):
        await administration.add_seat(places, Config(), seat, "某", [skill])


async def test_an_empty_archive_verifies(places, capsys):
    assert await administration.verify_archive(places, Config()) == 0
    assert "0 recordings" in capsys.readouterr().out


async def test_the_doctor_names_a_database_that_is_none(places):
    places.var.mkdir(exist_ok=True)
    (places.var / "hotline.sqlite").write_bytes(b"this is no database, " * 100)
    checks = {check.name: check for check in await examine(places, Config())}
    database = checks["数据库 database"]
    assert not database.ok
    assert "无法打开" in database.detail
    with pytest.raises(DatabaseUnusable):
        await administration.migrate(places, Config())


async def test_an_account_is_closed_opened_and_reset_from_the_command_line_and_it_is_noted(places):
    config = Config()
    await account_commands.add_user(
        places, config, "zhang", "张敏", ["inspector"], None, "first one 1"
    )
    await account_commands.change_user(places, config, "zhang", "disable")
    with pytest.raises(AccountDisabled):
        await log_in(places, "zhang", "first one 1")
    assert await account_commands.list_users(places, config) == ["zhang  张敏  inspector  -  停用"]
    await account_commands.change_user(places, config, "zhang", "enable")
    said = await account_commands.change_user(places, config, "zhang", "reset")
    user = await log_in(places, "zhang", said.split()[1])
    assert user.must_change_password
    with pytest.raises(CommandRefused, match="no second factor"):
        await account_commands.change_user(places, config, "zhang", "remove-factor")
    with pytest.raises(CommandRefused, match="no such user"):
        await account_commands.change_user(places, config, "nobody", "unlock")
    lines = []
    assert await account_commands.verify_logs(places, config, lines.append) == 0
    assert lines[0] == "操作记录 audit_log  4 条  完整"


async def test_a_seats_password_is_renewed_and_the_others_stay(places):
    installation = open_installation(Config(), places, ["8001", "8002"])
    before = dict(installation.secrets.seats)
    new = renew_seat_secret(places.secrets, "8001")
    after = open_installation(Config(), places).secrets.seats
    assert after == {"8001": new, "8002": before["8002"]}
    assert new != before["8001"]
    assert places.secrets.stat().st_mode & 0o777 == 0o600
