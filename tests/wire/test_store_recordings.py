"""What the archive finds in the store after its events went through the journal's tables."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from asr.events import TranscriptFinished
from cti.events import Blame, CallAnswered, CallArrived, CallEnded, Ending, RecordingStarted
from recordings.errors import CatalogueUnavailable
from recordings.events import RecordingArchived, RecordingFailed
from recordings.model import RecordingState
from store.database import Database
from store.journal import Journal
from store.migrate import upgrade
from store.recordings import StoredRecordings
from store.settings import StoreSettings

START = datetime(2026, 3, 7, 23, 59, tzinfo=UTC)
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def call(call_id, *, heard_begin=True):
    yield CallArrived(at=START, call_id=call_id, caller_number="13800000001", called_number="12345")
    if heard_begin:
        yield RecordingStarted(at=START, call_id=call_id)
    yield CallAnswered(at=START, call_id=call_id, seat_id="8001", waited_ms=0)
    end = START + timedelta(seconds=5)
    yield CallEnded(at=end, call_id=call_id, talked_ms=5000, ending=HUNG_UP)


def archived(call_id):
    return RecordingArchived(
        at=START + timedelta(seconds=9),
        call_id=call_id,
        recording_id=f"{call_id}-1",
        path=f"2026/03/08/{call_id}-1.opus",
        sha256="0" * 64,
        duration_ms=4980,
        size_bytes=1234,
        started_at=START,
    )


async def write(database, *events):
    journal = Journal(database, StoreSettings())
    await journal.open()
    async with asyncio.TaskGroup() as group:
        writer = group.create_task(journal.run())
        for event in events:
            journal.append(event)
        assert await journal.written(journal.last_seq)
        writer.cancel()


@pytest.fixture
def url(tmp_path):
    return f"sqlite+aiosqlite:///{tmp_path / 'store.sqlite'}"


async def test_a_recording_is_due_from_the_end_of_its_call_until_it_is_archived(url):
    database = Database(url)
    await upgrade(database)
    catalogue = StoredRecordings(database)
    await write(database, *call("node1-1.1"))
    (due,) = await catalogue.due()
    assert (due.recording.state, due.recording.duration_ms) == (RecordingState.LEGS, 5000)
    assert not due.transcribed
    failed = RecordingFailed(
        at=START, call_id="node1-1.1", recording_id="node1-1.1-1", reason="archive-full"
    )
    finished = TranscriptFinished(at=START, call_id="node1-1.1", utterances=0)
    await write(database, failed, finished)
    (due,) = await catalogue.due()
    assert (due.recording.failure, due.transcribed) == ("archive-full", True)
    await write(database, archived("node1-1.1"))
    assert await catalogue.due() == []
    (left,) = await catalogue.archived_of(["node1-1.1", "node1-2.1"])
    assert left.recording.path == "2026/03/08/node1-1.1-1.opus"
    assert left.recording.failure is None
    assert await catalogue.find("node1-1.1-1") == left.recording
    assert await catalogue.newest(5) == [left.recording] == await catalogue.archived()
    await database.close()


async def test_a_recording_whose_beginning_nobody_heard_still_gets_into_the_catalogue(url):
    database = Database(url)
    await upgrade(database)
    catalogue = StoredRecordings(database)
    await write(database, *call("node1-1.1", heard_begin=False), *call("node1-2.1"))
    live = CallArrived(at=START, call_id="node1-3.1", caller_number="1", called_number="12345")
    await write(database, live)
    over = await catalogue.over_of(["node1-1.1", "node1-2.1", "node1-3.1", "node1-4.1"])
    (unlisted,) = [call for call in over if not call.listed]
    assert [call.call_id for call in over] == ["node1-1.1", "node1-2.1"]
    assert unlisted.call_id == "node1-1.1"
    assert unlisted.over_at == START + timedelta(seconds=5)
    await write(database, archived("node1-1.1"))
    assert [call.listed for call in await catalogue.over_of(["node1-1.1"])] == [True]
    found = await catalogue.find("node1-1.1-1")
    assert (found.state, found.started_at) == (RecordingState.ARCHIVED, START)
    await database.close()


async def test_a_catalogue_that_cannot_be_read_says_so_by_name(url):
    database = Database(url)  # No tables.
    with pytest.raises(CatalogueUnavailable):
        await StoredRecordings(database).due()
    await database.close()
