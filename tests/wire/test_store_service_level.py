"""Waits on disk: written from their events, read by the day, taken over from the first release."""

from datetime import UTC, datetime, timedelta

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from cti.ids import CallId, SeatId, SkillGroupCode
from seats.events import WaitMeasured
from seats.service_level import FloorCount, Wait
from store.database import Database
from store.migrate import MIGRATIONS, upgrade
from store.service_level import StoredWaits
from tests.wire.journals import open_database, writing

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def at(second):
    return NOON + timedelta(seconds=second)


def wait(number, joined, **more):
    return Wait(
        call_id=CallId(f"node1-1763716.{number}"),
        skill_group=SkillGroupCode("general"),
        joined_at=at(joined),
        **more,
    )


async def test_waits_come_back_as_they_were_told_and_by_the_instant_of_joining(new_database_url):
    full = wait(
        1,
        0,
        floor=FloorCount(signed_in=3, free=0, talking=1, wrap_up=1, not_ready=1),
        offered_at=at(3),
        refused_by=SeatId("8001"),
        service_away=True,
        link_lost=True,
        answered_at=at(30),
    )
    bare, other_day = wait(2, 5, gave_up_at=at(9)), wait(3, 86_400, answered_at=at(86_401))
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            for one in (bare, full, other_day):
                journal.append(WaitMeasured(at=at(99), call_id=one.call_id, wait=one))
            assert await journal.written(journal.last_seq)
            assert journal.projections_failed == 0
        stored = StoredWaits(database)
        assert await stored.between(at(0), at(86_400)) == [full, bare]
        assert await stored.between(at(86_400), at(86_401)) == [other_day]


async def test_the_first_releases_calls_are_taken_over(new_database_url):
    database = Database(await new_database_url())
    micros = int(NOON.timestamp() * 1_000_000)
    rows = [
        ("answered", micros, micros + 20_000_000, micros + 90_000_000),
        ("gave-up", micros, None, micros + 7_000_000),
        ("waiting", micros, None, None),
        ("hung-up-in-the-greeting", None, None, micros),
    ]

    def first_release(connection):
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    try:
        async with database.write() as connection:
            await connection.run_sync(first_release)
            for call_id, joined, answered, ended in rows:
                await connection.execute(
                    text(
                        "INSERT INTO calls (call_id, caller_number, called_number, state, arrived_at,"
                        " joined_at, answered_at, ended_at, priority, lifeboat, transcription) VALUES"
                        " (:call_id, '13800000001', '12345', 'ended', :arrived, :joined, :answered,"
                        " :ended, 0, false, 'off')"
                    ),
                    {"call_id": call_id, "arrived": micros, "joined": joined,
                     "answered": answered, "ended": ended},
                )  # fmt: skip
        await upgrade(database)
        found = await StoredWaits(database).between(at(0), at(1))
    finally:
        await database.close()
    assert [(one.call_id, one.waited_ms(at(0))) for one in found] == [
        ("answered", 20_000),
        ("gave-up", 7_000),
    ]
    assert all(one.floor is None for one in found)
