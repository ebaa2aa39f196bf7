"""Accounts, recovery codes and the two sealed logs on real databases."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from store.accounts import StoredAccounts, StoredLogin, StoredUser
from store.audit import Sought, StoredAudit, StoredNote
from store.audit_writer import AuditWriter
from store.tables import audit_log, view_log
from tests.wire.journals import open_database

KEY = b"the house's key"
WANG = StoredUser(
    username="wang", name="王", roles=["operator"], seat_id="8001", password_hash="first"
)


def at(second: float) -> datetime:
    return datetime(2026, 1, 5, 4, tzinfo=UTC) + timedelta(seconds=second)


def note(second: int, **what) -> StoredNote:
    return StoredNote(at=at(second), who="admin", kind="people.edit", subject="wang", **what)


def sought(**what) -> Sought:
    open_to_all = {"who": None, "kind": None, "about": None, "outcome": None, "limit": 100}
    return Sought(**{"since": at(-1), "until": at(10_000), **open_to_all, **what})


@asynccontextmanager
async def logs(url):
    async with open_database(url) as database:
        audit = StoredAudit(database, KEY)
        yield database, audit, StoredAccounts(database, audit)


async def test_a_change_of_an_account_and_the_note_of_it_are_written_together(new_database_url):
    async with logs(await new_database_url()) as (_, audit, accounts):
        await accounts.save(WANG, note(1, details={"roles": [["operator"], ["supervisor"]]}))
        with pytest.raises(TypeError):
            await accounts.change(replace(WANG, name="李"), note(2, details={"no": object()}))
        found = await accounts.find("wang")
        assert found is not None
        assert found.name == "王", "what cannot be noted is not done"
        assert [n.details for _, n in await audit.search(sought(), views=False)] == [
            {"roles": [["operator"], ["supervisor"]]}
        ]


async def test_a_changed_a_removed_and_a_swapped_row_are_found(new_database_url):
    async with logs(await new_database_url()) as (database, audit, accounts):
        for second in range(1, 6):
            await accounts.change(WANG, note(second, details={"n": second}))
        assert await audit.verify(views=False) == (5, None)

        async def broken_by(statement):
            async with database.write() as connection:
                await connection.execute(statement)
            return (await audit.verify(views=False))[1]

        three = audit_log.c.seq == 3
        assert await broken_by(update(audit_log).where(three).values(who="wang")) == 3
        assert await broken_by(update(audit_log).where(three).values(who="admin")) is None
        assert await broken_by(update(audit_log).where(three).values(seal="0" * 64)) == 3
        assert await broken_by(delete(audit_log).where(three)) == 4


async def test_another_key_does_not_seal_what_ours_did(new_database_url):
    async with logs(await new_database_url()) as (database, audit, accounts):
        for second in (1, 2):
            await accounts.change(WANG, note(second))
        assert (await StoredAudit(database, b"another").verify(views=False))[1] == 1
        assert (await audit.verify(views=False))[1] is None


async def test_notes_are_found_by_person_kind_object_outcome_and_time(new_database_url):
    async with logs(await new_database_url()) as (_, audit, accounts):
        await accounts.change(WANG, note(1, call_id="c1"))
        await accounts.change(WANG, replace(note(2, order_id="o1"), who="li", outcome="refused"))
        await accounts.change(WANG, replace(note(3), kind="people"))
        await accounts.change(WANG, replace(note(4), kind="peoples.edit"))

        async def seconds(**what):
            rows = await audit.search(sought(**what), views=False)
            return [round((n.at - at(0)).total_seconds()) for _, n in rows]

        assert await seconds() == [4, 3, 2, 1]
        assert await seconds(who="li") == [2]
        assert await seconds(kind="people") == [3, 2, 1], "and what is below it, no more"
        assert await seconds(kind="people.edit") == [2, 1]
        assert await seconds(about="c1") == [1]
        assert await seconds(about="o1") == [2]
        assert await seconds(outcome="refused") == [2]
        assert await seconds(since=at(2), until=at(4)) == [3, 2]
        assert await seconds(limit=1) == [4]
        assert await seconds(kind="people%") == [], "no sign is a wildcard"


async def test_old_views_go_and_the_rest_is_still_whole(new_database_url):
    async with logs(await new_database_url()) as (database, audit, _):
        tidying = Tidying(database, KEY)
        writer = AuditWriter(database, tidying, timedelta(seconds=100), lambda: at(1000))
        for second in (1, 2, 950, 960):
            writer.note_view(note(second))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(writer.run())
            await tidying.done.wait()
            running.cancel()
        rows = await audit.search(sought(), views=True)
        assert [seq for seq, _ in rows] == [4, 3]
        assert await audit.verify(views=True) == (2, None)
        assert await audit.forget_views(at(5000)) == 1
        assert [seq for seq, _ in await audit.search(sought(), views=True)] == [4]


class Tidying(StoredAudit):
    """Says when the old views have gone."""

    def __init__(self, database, key):
        super().__init__(database, key)
        self.done = asyncio.Event()

    async def forget_views(self, before):
        gone = await super().forget_views(before)
        self.done.set()
        return gone


async def test_what_was_noted_before_the_end_is_on_disk_after_it(new_database_url):
    async with logs(await new_database_url()) as (database, audit, accounts):
        writer = AuditWriter(database, audit, timedelta(days=1), lambda: at(10))
        login = StoredLogin(
            token_hash="a" * 64, username="wang", created_at=at(0), expires_at=at(100)
        )
        await accounts.open_login(login)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(writer.run())
            await asyncio.wait({running}, timeout=0)
            writer.note(note(1))
            writer.note_view(note(2))
            writer.seen(login.token_hash, at(3))
            running.cancel()
        assert len(await audit.search(sought(), views=False)) == 1
        assert len(await audit.search(sought(), views=True)) == 1
        (seen,) = await accounts.logins_of("wang")
        assert seen.seen_at == at(3)


async def test_writers_side_by_side_seal_one_after_the_other(new_database_url):
    url = await new_database_url()
    async with logs(url) as (_, audit, accounts), logs(url) as (_, _, others):
        await asyncio.gather(
            *(one.change(replace(WANG, username=f"u{n}"), note(n)) for n in range(10)
              for one in (accounts, others))
        )  # fmt: skip
        assert await audit.verify(views=False) == (20, None)


async def test_a_recovery_code_is_spent_once_even_by_two_at_once(new_database_url):
    async with logs(await new_database_url()) as (_, _, accounts):
        await accounts.put_recovery_codes("wang", ["h1", "h2"], note(1))
        spent = await asyncio.gather(
            *(accounts.spend_recovery_code("wang", "h1", at(2)) for _ in range(4))
        )
        assert sorted(spent) == [False, False, False, True]
        assert await accounts.recovery_codes_left("wang") == 1
        await accounts.put_recovery_codes("wang", (), note(3))
        assert not await accounts.spend_recovery_code("wang", "h2", at(4))


async def test_a_step_of_the_second_factor_is_spent_once_and_never_an_older_one(new_database_url):
    async with logs(await new_database_url()) as (_, _, accounts):
        await accounts.save(WANG)
        assert await accounts.spend_step("wang", 100)
        assert not await accounts.spend_step("wang", 100)
        assert not await accounts.spend_step("wang", 99)
        assert await accounts.spend_step("wang", 101)


async def test_the_logs_are_two(new_database_url):
    async with logs(await new_database_url()) as (_, audit, accounts):
        await accounts.change(WANG, note(1))
        assert await audit.search(sought(), views=True) == []
        assert audit_log is not view_log
        assert await audit.kinds() == ["people.edit"]
