"""What is wanted outlives the service, and what becomes of it stands beside the call."""

from datetime import UTC, datetime, timedelta

from asr.events import (
    BackfillFailed,
    BackfillWanted,
    Side,
    TranscriptFinished,
    TranscriptionLeftOut,
    UtteranceHeard,
)
from cti.events import Blame, CallAnswered, CallArrived, CallEnded, Ending, RecordingStarted
from cti.ids import CallId, SeatId
from store.backfills import StoredBackfills
from store.transcripts import StoredTranscripts
from tests.wire.journals import open_database, writing

START = datetime(2026, 3, 7, 2, 0, tzinfo=UTC)
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def number(count: int) -> CallId:
    return CallId(f"node1-1772848800.{count}")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def talk(count: int, *, answered: bool = True):
    call_id, began = number(count), at(60 * count)
    yield CallArrived(at=began, call_id=call_id, caller_number="13800000001", called_number="12345")
    yield RecordingStarted(at=began, call_id=call_id)
    if answered:
        yield CallAnswered(at=began, call_id=call_id, seat_id=SeatId("8001"), waited_ms=0)
    yield CallEnded(at=began + timedelta(seconds=30), call_id=call_id, talked_ms=1, ending=HUNG_UP)


def finished(count: int, utterances: int = 0):
    return TranscriptFinished(at=at(90), call_id=number(count), utterances=utterances)


def wanted(count: int, seconds: float = 100, why: str = "restart"):
    return BackfillWanted(at=at(seconds), call_id=number(count), why=why, by="service")


def heard(count: int):
    return UtteranceHeard(
        at=at(80), call_id=number(count), side=Side.CITIZEN, text="路灯", starts_at_ms=0,
        ends_at_ms=600, confidence=0.9,
    )  # fmt: skip


async def write(journal, *events):
    for event in events:
        journal.append(event)
    assert await journal.written(journal.last_seq)


async def test_a_wish_goes_from_wanted_over_failed_to_done_and_the_call_with_it(new_database_url):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        stored, transcripts = StoredBackfills(database), StoredTranscripts(database)

        async def state() -> tuple[str, str | None, str]:
            row = (await stored.of_calls([number(1)]))[number(1)]
            story = await transcripts.story(number(1))
            assert story is not None
            return row.state, row.reason, story.transcription

        await write(journal, *talk(1), wanted(1))
        assert await state() == ("wanted", None, "wanted")
        failed = BackfillFailed(at=at(101), call_id=number(1), reason="model-missing")
        await write(journal, failed)
        assert await state() == ("failed", "model-missing", "wanted")
        # Wanted once more, it keeps its place in the line.
        await write(journal, *talk(2), wanted(2, 105), wanted(1, 110, "asked"))
        assert [wish.call_id for wish in await stored.open()] == [number(1), number(2)]
        await write(journal, heard(1), finished(1, 1))
        assert await state() == ("done", None, "finished")
        assert [wish.call_id for wish in await stored.open()] == [number(2)]
        assert await stored.counts() == {"done": 1, "wanted": 1}
        assert [row.wish.call_id for row in await stored.done(5)] == [number(1)]


async def test_what_is_given_up_is_wanted_no_more_and_a_whole_transcript_stays_whole(
    new_database_url,
):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        stored, transcripts = StoredBackfills(database), StoredTranscripts(database)
        gone = {"reason": "recording-gone", "given_up": True}
        await write(
            journal, *talk(1), wanted(1), BackfillFailed(at=at(101), call_id=number(1), **gone)
        )
        await write(journal, *talk(2), heard(2), finished(2, 1))
        await stored.ask([number(2)], by="root", at=at(120))
        refused = BackfillFailed(
            at=at(121), call_id=number(2), reason="transcript-whole", given_up=True
        )
        await write(journal, refused)
        assert await stored.open() == []
        assert await stored.asked() == []
        stories = [await transcripts.story(number(count)) for count in (1, 2)]
        assert [story and story.transcription for story in stories] == ["off", "finished"]
        rows = await stored.rows(("given_up",))
        assert [row.reason for row in rows] == ["recording-gone", "transcript-whole"]


async def test_asking_for_a_call_that_is_wanted_changes_nothing(new_database_url):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        stored = StoredBackfills(database)
        await write(journal, *talk(1), wanted(1))
        await stored.ask([number(1), number(2)], by="root", at=at(200))
        assert [wish.by for wish in await stored.open()] == ["service"]
        assert [wish.call_id for wish in await stored.asked()] == [number(2)]


async def test_the_talks_of_which_nothing_is_written_down_are_found_and_no_others(new_database_url):
    async with open_database(await new_database_url()) as database, writing(database) as journal:
        transcripts = StoredTranscripts(database)
        left_out = TranscriptionLeftOut(at=at(70), call_id=number(4), language="ko")
        await write(
            journal,
            *(*talk(1), finished(1)),  # nothing was understood
            *(*talk(2), heard(2), finished(2, 1)),
            *(*talk(3, answered=False), finished(3)),  # nobody spoke with him
            *(*talk(4), left_out, finished(4)),
            *(*talk(5), wanted(5)),
            *(*talk(6), wanted(6), finished(6)),  # made up, and still nothing
            *[*talk(7)][:3],  # still going on
        )
        assert await transcripts.never_made() == [number(1), number(4)]
        assert await transcripts.never_made(at(200)) == [number(4)]
        assert await transcripts.left_out() == [number(4)]
        live = await transcripts.story(number(7))
        assert live is not None
        assert live.call.ended_at is None
        assert await transcripts.story(number(8)) is None
