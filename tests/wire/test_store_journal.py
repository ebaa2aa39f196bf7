import asyncio
import random
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import Connection, insert, select, text

from cti.events import CallArrived, CallHeld, KeyPressed
from cti.ids import CallId, SeatId
from orders.events import DraftOpened, FieldsEdited
from orders.model import FieldValue, FilledBy, OrderField, OrderId
from store import tables
from store.calls import StoredCalls
from store.database import Database
from store.journal import SEQS_A_LIFE, Journal, StoreSick
from store.projections import PROJECTIONS
from store.settings import StoreSettings
from tests.wire.journals import one_turn, open_database, seqs_in_table, until, writing

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CALL = CallId("node1-1763716.42")


def at(ms: int) -> datetime:
    return AT + timedelta(milliseconds=ms)


def arrived(number: int) -> CallArrived:
    return CallArrived(
        at=at(number), call_id=CallId(f"node1-1.{number}"),
        caller_number=f"1380000{number:04}", called_number="12345",
    )  # fmt: skip


def key(number: int) -> KeyPressed:
    return KeyPressed(at=at(number), call_id=CALL, key=str(number))


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}"


async def test_seqs_rise_and_what_follows_is_in_the_tables_with_them(new_database_url):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        seqs = [journal.append(arrived(number)) for number in range(1200)]
        assert seqs == list(range(1, 1201))
        assert await journal.written(1200)
        assert journal.written_seq == 1200
        assert journal.pending == 0
        assert await seqs_in_table(database) == seqs
        live = await StoredCalls(database).live()
        assert [call.arrived_at for call in live] == [at(number) for number in range(1200)]


async def test_memory_and_table_tell_the_same(new_database_url, monkeypatch):
    monkeypatch.setattr("store.journal.TAIL", 10)
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        told = [(journal.append(key(number)), key(number)) for number in range(100)]
        assert await journal.read(0, 1000) == told  # unwritten: all of it is memory
        assert await journal.written(100)
        journal.append(key(100))
        told.append((101, key(100)))
        heard, after = [], 0
        while after < journal.last_seq:
            page = await journal.read(after, 7)
            assert 0 < len(page) <= 7
            heard.extend(page)
            after = page[-1][0]
        assert heard == told
        assert len(journal._tail) <= 20, "the table was never asked"
        assert await journal.read(101, 7) == []
        assert await journal.read(5_000, 7) == []


async def test_a_reader_passes_over_rows_that_cannot_be_read(new_database_url):
    async with open_database(await new_database_url()) as database:
        async with database.write() as connection:
            bad = {"type": "KeyPressed", "at": AT, "call_id": CALL, "body": {"key": 1}}
            good = {
                "type": "CallPainted",
                "at": AT,
                "call_id": CALL,
                "body": {"at": AT.isoformat()},
            }
            rows = [{"seq": 1} | bad, {"seq": 2} | bad, {"seq": 3} | good, {"seq": 4} | bad]
            await connection.execute(insert(tables.journal), rows)
        async with writing(database) as journal:
            assert [seq for seq, _ in await journal.read(0, 1)] == [3]
            assert await journal.read(3, 1) == []
            seq = journal.append(key(1))
            assert await journal.read(3, 1) == [(seq, key(1))]


async def test_who_waits_beyond_a_seq_wakes_at_the_next_event(new_database_url):
    async with (
        open_database(await new_database_url()) as database,
        writing(database) as journal,
        asyncio.TaskGroup() as group,
    ):
        waiting = [group.create_task(journal.wait_beyond(1), name=f"viewer {n}") for n in (1, 2)]
        journal.append(key(1))
        assert await journal.written(1)
        assert not any(viewer.done() for viewer in waiting)
        journal.append(key(2))
        async with asyncio.timeout(5):
            await asyncio.gather(*waiting)


async def test_a_journal_closed_in_order_goes_on_without_a_gap(new_database_url):
    url = await new_database_url()
    for life in range(5):
        async with open_database(url) as database:
            async with writing(database) as journal:
                assert journal.last_seq == life * 30
                for number in range(30):
                    journal.append(key(number))
            assert journal.pending == 0
            assert await seqs_in_table(database) == list(range(1, (life + 1) * 30 + 1))


async def test_a_journal_that_wrote_nothing_and_died_gives_no_seq_twice(new_database_url):
    async with open_database(await new_database_url()) as database:
        given: list[int] = []
        for _ in range(3):
            journal = Journal(database, StoreSettings(pending_limit=10))
            await journal.open()
            given += [journal.append(key(number)) for number in range(25)]
        assert len(set(given)) == 75
        assert given == sorted(given)


async def test_cancelling_the_writer_at_any_moment_writes_all_once(new_database_url):
    url, told = await new_database_url(), 0
    async with open_database(url) as database:
        for life in range(25):
            async with writing(database, batch_limit=3) as journal:
                for number in range(12):
                    journal.append(key(number))
                for _ in range(life):
                    await one_turn()
            told += 12
            assert await seqs_in_table(database) == list(range(1, told + 1))


async def test_a_killed_process_loses_nothing_confirmed_and_no_seq_is_given_twice(
    new_database_url,
):
    url = await new_database_url()
    chance = random.Random(12345)
    appended: list[int] = []
    confirmed = 0
    for life in range(8):
        lines_until_death = chance.randrange(1, 120)
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.wire.journal_writer", url, str(life),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert writer.stdout is not None
        said = [await writer.stdout.readline() for _ in range(lines_until_death)]
        writer.kill()
        said += (await writer.stdout.read()).splitlines(keepends=True)
        await writer.wait()
        words = [line.split() for line in said if line.endswith(b"\n")]
        appended += [int(seq) for word, seq in words if word == b"appended"]
        confirmed = max([confirmed, *(int(seq) for word, seq in words if word == b"written")])
        async with open_database(url) as database:
            there = set(await seqs_in_table(database))
        assert {seq for seq in appended if seq <= confirmed and _same_life(seq, confirmed)} <= there
    assert confirmed > 0
    assert len(set(appended)) == len(appended)
    assert appended == sorted(appended)


def _same_life(seq: int, other: int) -> bool:
    return seq // SEQS_A_LIFE == other // SEQS_A_LIFE


@asynccontextmanager
async def locked(database: Database) -> AsyncIterator[None]:
    """Another program holds SQLite's write lock."""
    with closing(sqlite3.connect(database.url.split("///")[1])) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


@asynccontextmanager
async def full(database: Database) -> AsyncIterator[None]:
    """The disk has no page left."""
    # The limit is a connection's own: it must be the journal's.
    await database.write_at_once(_no_page_more)
    yield
    await database.write_at_once(
        lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000000").close()
    )


def _no_page_more(connection: Connection) -> None:
    size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count={size}").close()


@pytest.mark.parametrize("trouble", [locked, full])
async def test_a_sick_store_keeps_every_event_and_every_reader_until_it_is_well(
    sqlite_url, trouble
):
    async with open_database(sqlite_url) as database, writing(database) as journal:
        journal.append(arrived(0))
        assert await journal.written(1)
        async with trouble(database):
            for number in range(1, 2000):
                journal.append(arrived(number))
            async with asyncio.timeout(10):
                assert await journal.written(2000) is False
            assert journal.sick == "OperationalError"
            assert journal.written_seq < 2000
            assert [seq for seq, _ in await journal.read(0, 9999)] == list(range(1, 2001))
            assert len(await StoredCalls(database).live()) == journal.written_seq
        await until(lambda: journal.sick is None and journal.pending == 0)
        assert await journal.written(2000)
        assert await seqs_in_table(database) == list(range(1, 2001))
        assert len(await StoredCalls(database).live()) == 2000
        assert journal.lost == journal.projections_failed == 0


async def test_a_server_that_is_gone_for_a_while_costs_nothing(postgres, monkeypatch):
    monkeypatch.setattr("store.journal.TAIL", 10)
    url = await postgres.new_database()
    name = url.rsplit("/", 1)[1]
    async with open_database(url) as database, writing(database) as journal:
        for number in range(50):
            journal.append(arrived(number))
        assert await journal.written(50)
        admin = await asyncpg.connect(
            host="127.0.0.1", port=postgres.port, user="hotline", database="postgres"
        )
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        for number in range(50, 1000):
            journal.append(arrived(number))
        assert await journal.written(1000) is False
        assert journal.sick is not None
        assert [seq for seq, _ in await journal.read(50, 9999)] == list(range(51, 1001))
        with pytest.raises(StoreSick):
            await journal.read(0, 10)
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await admin.close()
        await until(lambda: journal.pending == 0)
        assert journal.sick is None
        assert await seqs_in_table(database) == list(range(1, 1001))
        assert len(await StoredCalls(database).live()) == 1000


async def test_events_beyond_the_limit_go_the_oldest_first_and_are_counted(sqlite_url):
    async with (
        open_database(sqlite_url) as database,
        writing(database, pending_limit=10, batch_limit=5) as journal,
    ):
        async with locked(database):
            for number in range(1, 41):
                journal.append(key(number))
            assert await journal.written(40) is False
            for number in range(41, 61):
                journal.append(key(number))
        await until(lambda: journal.pending == 0)
        there = await seqs_in_table(database)
        assert len(there) + journal.lost == 60
        assert there[-10:] == list(range(51, 61))


async def test_readers_of_a_sick_store_see_more_than_the_usual_tail(sqlite_url, monkeypatch):
    monkeypatch.setattr("store.journal.TAIL", 10)
    async with (
        open_database(sqlite_url) as database,
        writing(database) as journal,
        locked(database),
    ):
        for number in range(200):
            journal.append(key(number))
        assert await journal.written(200) is False
        assert [seq for seq, _ in await journal.read(0, 999)] == list(range(1, 201))
        assert [seq for seq, _ in await journal.read(17, 3)] == [18, 19, 20]


class Slow(Database):
    """Begins to write only when told. 慢库"""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def write_at_once(self, work):
        self.asked.set()
        await self.go.wait()
        return await super().write_at_once(work)


async def test_what_is_being_written_is_not_what_goes_when_too_much_waits(sqlite_url):
    async with open_database(sqlite_url) as database:
        slow = Slow(sqlite_url)
        async with writing(slow, pending_limit=10, batch_limit=5) as journal:
            slow.go.clear()
            slow.asked.clear()
            for number in range(1, 6):
                journal.append(key(number))
            await slow.asked.wait()
            for number in range(6, 19):
                journal.append(key(number))
            slow.go.set()
            await until(lambda: journal.pending == 0)
            assert journal.lost == 3
        await slow.close()
        assert await seqs_in_table(database) == [*range(1, 6), *range(9, 19)]


class Forgetful(Database):
    """Commits, and then the answer is lost. 提交后应答丢失"""

    times = 3

    async def write_at_once(self, work):
        done = await super().write_at_once(work)
        if self.times:
            self.times -= 1
            raise ConnectionResetError
        return done


async def test_a_commit_whose_answer_was_lost_is_not_repeated(new_database_url):
    url = await new_database_url()
    async with open_database(url) as database:
        forgetful = Forgetful(url)
        forgetful.times = 0
        try:
            async with writing(forgetful, batch_limit=2) as journal:
                forgetful.times = 3
                order = {"call_id": CALL, "order_id": OrderId("20261121-000001")}
                journal.append(arrived(0))
                journal.append(DraftOpened(at=AT, seat_id=SeatId("8001"), **order))
                for number in range(1, 6):
                    value = FieldValue(value=str(number), by=FilledBy.PERSON)
                    fields = ((OrderField.SUMMARY, value),)
                    journal.append(
                        FieldsEdited(
                            at=at(number), fields=fields, revision=number, by="wang", **order
                        )
                    )
                await until(lambda: journal.pending == 0)
                assert forgetful.times == 0
        finally:
            await forgetful.close()
        assert await seqs_in_table(database) == list(range(1, 8))
        async with database.read() as connection:
            trace = (
                await connection.execute(
                    select(tables.order_trace.c.was, tables.order_trace.c.now)
                    .where(tables.order_trace.c.what == "summary")
                    .order_by(tables.order_trace.c.seq)
                )
            ).all()
        assert trace == [(None, "1"), ("1", "2"), ("2", "3"), ("3", "4"), ("4", "5")]


def wrong_value(connection: Connection, seq: int, event: KeyPressed) -> None:
    raise ValueError(event.key)


def wrong_sql(connection: Connection, seq: int, event: KeyPressed) -> None:
    connection.execute(text("SELECT nothing FROM nowhere"))


@pytest.mark.parametrize("mistake", [wrong_value, wrong_sql])
async def test_a_projection_with_a_mistake_is_counted_and_costs_nothing_else(
    new_database_url, monkeypatch, mistake
):
    monkeypatch.setitem(PROJECTIONS, KeyPressed, (mistake,))
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        for number in range(10):
            journal.append(arrived(number))
            journal.append(key(number))
        assert await journal.written(20)
        assert journal.sick is None
        assert journal.projections_failed == 10
        assert journal.lost == 0
        assert await seqs_in_table(database) == list(range(1, 21))
        assert len(await StoredCalls(database).live()) == 10


async def test_an_event_that_no_database_takes_is_counted_and_costs_no_other(new_database_url):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        journal.append(arrived(0))
        journal.append(KeyPressed(at=AT, call_id=CALL, key=object()))
        journal.append(CallHeld(at=AT, call_id=CallId("node1-1.0"), seat_id=SeatId("8001")))
        assert await journal.written(3)
        assert journal.lost == 1
        assert await seqs_in_table(database) == [1, 3]
        (call,) = await StoredCalls(database).live()
        assert call.state == "held"


async def test_a_reader_never_keeps_the_writer_waiting(sqlite_url):
    async with (
        open_database(sqlite_url) as database,
        writing(database) as journal,
        database.read() as connection,
    ):
        await connection.execute(select(tables.calls))
        seq = journal.append(key(1))
        async with asyncio.timeout(1):
            assert await journal.written(seq)
