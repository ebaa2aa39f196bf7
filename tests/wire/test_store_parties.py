"""Parties' own legs in the tables: their numbers, their words, and what a next life learns of them."""

from datetime import UTC, datetime, timedelta

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from asr.events import Side, TranscriptFinished, TranscriptionLeftOut, UtteranceHeard
from asr.ports import OwnLeg
from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    Direction,
    Ending,
    PartyJoined,
    PartyLeft,
    PartyRecordingStarted,
    PartyRole,
    RecordingStarted,
    Room,
    SeatLeftCall,
)
from cti.ids import CallId, LegId, SeatId
from recordings.events import RecordingArchived, RecordingFound, RecordingSkipped
from recordings.model import RecordingId, RecordingState
from store.calls import StoredCalls
from store.database import Database
from store.migrate import MIGRATIONS, upgrade
from store.recordings import StoredRecordings
from store.transcripts import StoredTranscripts
from tests.wire.journals import open_database, writing

T0 = datetime(2026, 3, 8, 1, tzinfo=UTC)
CALL = CallId("node1-1772931600.1")
SEAT_LEG = LegId("node1-1772931600.2")
WATER_LEG = LegId(f"{CALL}-p1772931603000")
POLICE_LEG = LegId(f"{CALL}-p1772931604000")
SEAT = SeatId("8001")


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def joined(leg_id, role, who, second):
    return PartyRecordingStarted(at=at(second), call_id=CALL, leg_id=leg_id, role=role, who=who)


BEGIN = [
    CallArrived(at=T0, call_id=CALL, caller_number="13800000001", called_number="12345"),
    RecordingStarted(at=at(0.5), call_id=CALL),
    CallAnswered(at=at(2), call_id=CALL, seat_id=SEAT, waited_ms=2000),
]
CONFERENCE = [
    joined(SEAT_LEG, PartyRole.SEAT, SEAT, 3),
    joined(WATER_LEG, PartyRole.THIRD, "water", 4),
    joined(WATER_LEG, PartyRole.THIRD, "water", 4),
    joined(POLICE_LEG, PartyRole.THIRD, "110", 5),
]
ENDED = CallEnded(
    at=at(20), call_id=CALL, talked_ms=18_000, ending=Ending(blame=Blame.CITIZEN, reason="hung-up")
)


def said(leg_id, who, side=Side.THIRD_PARTY, starts_at_ms=5000):
    return UtteranceHeard(
        at=at(8),
        call_id=CALL,
        side=side,
        text="请讲",
        starts_at_ms=starts_at_ms,
        ends_at_ms=starts_at_ms + 1000,
        confidence=0.5,
        leg_id=leg_id,
        who=who,
    )


async def tell(database: Database, *events) -> None:
    async with writing(database) as journal:
        for event in events:
            journal.append(event)
        assert await journal.written(journal.last_seq)
        assert journal.projections_failed == journal.lost == 0


async def test_two_third_parties_who_begin_at_once_are_both_kept(new_database_url):
    words = [
        said(None, None, Side.OPERATOR),
        said(SEAT_LEG, SEAT, Side.OPERATOR),
        said(WATER_LEG, "water"),
        said(POLICE_LEG, "110"),
    ]
    async with open_database(await new_database_url()) as database:
        await tell(database, *BEGIN, *CONFERENCE, *words, *words)
        transcripts = StoredTranscripts(database)
        assert await transcripts.of_call(CALL) == words
        later = said(WATER_LEG, "water", starts_at_ms=9000)
        await tell(database, later)
        for side, leg_id, until_ms in (
            (Side.THIRD_PARTY, WATER_LEG, 10_000),
            (Side.THIRD_PARTY, POLICE_LEG, 6000),
            (Side.OPERATOR, SEAT_LEG, 6000),
            (Side.OPERATOR, None, 6000),
            (Side.CITIZEN, None, None),
        ):
            assert await transcripts.heard_until_ms(CALL, side, leg_id) == until_ms


async def test_a_next_life_learns_whose_own_legs_are_to_be_heard(new_database_url):
    left = PartyLeft(
        at=at(9), call_id=CALL, leg_id=WATER_LEG, role=PartyRole.THIRD, who="water", present_ms=1
    )
    seat_left = SeatLeftCall(at=at(10), call_id=CALL, seat_id=SEAT, talked_ms=1)
    async with open_database(await new_database_url()) as database:
        await tell(database, *BEGIN, *CONFERENCE, left, seat_left)
        (call,) = await StoredTranscripts(database).unfinished()
        assert call.own_legs == (
            OwnLeg(leg_id=SEAT_LEG, role=PartyRole.SEAT, who=SEAT, starts_at=at(3), ends_at=at(10)),
            OwnLeg(
                leg_id=WATER_LEG, role=PartyRole.THIRD, who="water", starts_at=at(4), ends_at=at(9)
            ),
            OwnLeg(leg_id=POLICE_LEG, role=PartyRole.THIRD, who="110", starts_at=at(5)),
        )
        await tell(database, ENDED, TranscriptFinished(at=at(25), call_id=CALL, utterances=0))
        assert await StoredTranscripts(database).unfinished() == []


async def test_a_supervisor_who_took_over_is_known_as_a_seat_to_the_next_life(new_database_url):
    leg_id = LegId(f"{CALL}-p1772931606000")
    party = {"call_id": CALL, "leg_id": leg_id, "who": "9001"}
    left = PartyLeft(at=at(7), role=PartyRole.SUPERVISOR, present_ms=1, **party)
    back = PartyJoined(at=at(7), role=PartyRole.SEAT, room=Room.TALK, **party)
    seat_left = SeatLeftCall(
        at=at(9), call_id=CALL, seat_id=SeatId("9001"), talked_ms=1, leg_id=leg_id
    )
    async with open_database(await new_database_url()) as database:
        begun = joined(leg_id, PartyRole.SUPERVISOR, "9001", 6)
        await tell(database, *BEGIN, begun, left, back, back)
        (call,) = await StoredTranscripts(database).unfinished()
        (leg,) = call.own_legs
        assert (leg.role, leg.seat_id, leg.seat_since) == (PartyRole.SUPERVISOR, "9001", at(7))
        assert leg.ends_at is None
        await tell(database, seat_left)
        (call,) = await StoredTranscripts(database).unfinished()
        assert call.own_legs[0].ends_at == at(9)


async def test_a_call_placed_by_us_is_to_be_transcribed_from_its_first_party_on(new_database_url):
    arrived = CallArrived(
        at=T0,
        call_id=CALL,
        caller_number="13800000001",
        called_number="12345",
        direction=Direction.OUT,
    )
    seat = joined(SEAT_LEG, PartyRole.SEAT, SEAT, 1)
    async with open_database(await new_database_url()) as database:
        await tell(database, arrived, BEGIN[1], seat, ENDED)
        (call,) = await StoredTranscripts(database).unfinished()
        assert [leg.leg_id for leg in call.own_legs] == [SEAT_LEG]
        assert call.ended_at == at(20)
        finished = TranscriptFinished(at=at(25), call_id=CALL, utterances=0)
        await tell(database, finished)
        # A beginning that is told after all that opens nothing again.
        await tell(database, joined(WATER_LEG, PartyRole.THIRD, "water", 2))
        assert await StoredTranscripts(database).unfinished() == []


async def test_each_party_has_a_recording_from_the_end_of_the_call_on(new_database_url):
    async with open_database(await new_database_url()) as database:
        catalogue = StoredRecordings(database)
        await tell(database, *BEGIN, *CONFERENCE)
        assert await catalogue.of_call(CALL) == []
        await tell(database, ENDED)
        whole, *own = await catalogue.of_call(CALL)
        assert (whole.recording_id, whole.leg_id, whole.offset_ms) == (f"{CALL}-1", None, 0)
        assert [(one.recording_id, one.role, one.who, one.offset_ms) for one in own] == [
            (f"{CALL}-2", PartyRole.SEAT, SEAT, 2500),
            (f"{CALL}-3", PartyRole.THIRD, "water", 3500),
            (f"{CALL}-4", PartyRole.THIRD, "110", 4500),
        ]
        assert own[0].duration_ms == 17_000
        assert own[0].state is RecordingState.LEGS
        assert [due.recording.recording_id for due in await catalogue.due()] == [
            one.recording_id for one in (whole, *own)
        ]
        assert await catalogue.newest(9) == [whole]
        assert (await StoredCalls(database).links([CALL]))[CALL][1] == f"{CALL}-1"


async def test_what_was_archived_skipped_or_found_has_its_place_in_the_catalogue(new_database_url):
    found = LegId(f"{CALL}-p1772931609000")
    archived = RecordingArchived(
        at=at(30),
        call_id=CALL,
        recording_id=RecordingId(f"{CALL}-2"),
        path="2026/03/08/x.opus",
        sha256="0" * 64,
        duration_ms=16_000,
        size_bytes=9,
        started_at=at(3),
        leg_id=SEAT_LEG,
    )
    skipped = RecordingSkipped(
        at=at(31), call_id=CALL, recording_id=RecordingId(f"{CALL}-3"), leg_id=WATER_LEG
    )
    async with open_database(await new_database_url()) as database:
        catalogue = StoredRecordings(database)
        await tell(database, *BEGIN, *CONFERENCE, ENDED, archived, skipped)
        await tell(
            database,
            RecordingFound(at=at(32), call_id=CALL, leg_id=found, started_at=at(9)),
            RecordingFound(at=at(33), call_id=CALL, leg_id=found, started_at=at(9)),
        )
        own = {one.recording_id: one for one in await catalogue.of_call(CALL)}
        assert own[f"{CALL}-2"].sha256 == "0" * 64
        assert own[f"{CALL}-3"].state is RecordingState.EMPTY
        assert (own[f"{CALL}-5"].leg_id, own[f"{CALL}-5"].who) == (found, None)
        assert own[f"{CALL}-5"].offset_ms == 8500
        assert len(own) == 5
        assert {due.recording.recording_id for due in await catalogue.due()} == {
            f"{CALL}-1", f"{CALL}-4", f"{CALL}-5",
        }  # fmt: skip
        (left,) = await catalogue.archived_of([CALL])
        assert left.recording.leg_id == SEAT_LEG
        await tell(database, joined(found, PartyRole.SUPERVISOR, "9001", 9))
        own = {one.recording_id: one for one in await catalogue.of_call(CALL)}
        assert (own[f"{CALL}-5"].role, own[f"{CALL}-5"].who) == (PartyRole.SUPERVISOR, "9001")
        assert len(own) == 5


async def test_a_party_told_of_after_the_call_is_listed_at_once(new_database_url):
    async with open_database(await new_database_url()) as database:
        catalogue = StoredRecordings(database)
        await tell(database, *BEGIN, ENDED, joined(WATER_LEG, PartyRole.THIRD, "water", 4))
        assert [one.leg_id for one in await catalogue.of_call(CALL)] == [None, WATER_LEG]
        (over,) = await catalogue.over_of([CALL])
        assert over.listed


def to_the_previous_release(connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


async def test_words_of_the_previous_release_are_kept_as_the_calls_own(new_database_url):
    database = Database(await new_database_url())
    try:
        async with database.write() as connection:
            await connection.run_sync(to_the_previous_release)
            await connection.execute(
                text(
                    "INSERT INTO utterances (call_id, side, starts_at_ms, ends_at_ms, at, text,"
                    " confidence, words, backfilled)"
                    " VALUES (:call_id, 'citizen', 5, 9, 0, '你好', 0.5, '[]', false)"
                ),
                {"call_id": CALL},
            )
        await upgrade(database)
        (kept,) = await StoredTranscripts(database).of_call(CALL)
        assert (kept.text, kept.leg_id, kept.who) == ("你好", None, None)
        await tell(database, said(WATER_LEG, "water", Side.CITIZEN, 5))
        assert len(await StoredTranscripts(database).of_call(CALL)) == 2
    finally:
        await database.close()


async def test_a_call_left_out_stays_so_until_somebody_hears_something_of_it(new_database_url):
    left_out = TranscriptionLeftOut(at=at(3), call_id=CALL, language="dialect")

    def finished(utterances: int) -> TranscriptFinished:
        return TranscriptFinished(at=at(25), call_id=CALL, utterances=utterances)

    async with open_database(await new_database_url()) as database:
        transcripts = StoredTranscripts(database)

        async def story() -> str:
            found = await transcripts.story(CALL)
            return found.transcription if found else ""

        await tell(database, *BEGIN, left_out)
        (call,) = await transcripts.unfinished()
        assert call.left_out
        assert await story() == "left_out"
        # Back in the line, of a group that is understood: it is live from there.
        await tell(database, BEGIN[-1])
        assert await story() == "live"
        await tell(database, left_out, ENDED, finished(0))
        assert await story() == "left_out"
        assert await transcripts.unfinished() == []
        assert await transcripts.left_out() == [CALL]
        await tell(database, finished(2))
        assert await story() == "finished"
