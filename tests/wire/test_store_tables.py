from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text

from asr.errors import TranscriptsUnavailable
from asr.events import (
    Side,
    TranscriptFinished,
    TranscriptionPaused,
    TranscriptionResumed,
    UtteranceHeard,
    Word,
)
from asr.ports import SeatSpan, UnfinishedTranscript
from cti.call import Call, CallState
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallOffered,
    CallQueued,
    CallRetrieved,
    CallReturnedToLine,
    CallTookLifeboat,
    Ending,
    NoticePlayed,
    RecordingStarted,
    SeatLeftCall,
)
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.events import (
    DraftDiscarded,
    DraftOpened,
    DraftPassed,
    FieldsEdited,
    FieldsProposed,
    OrderSubmitted,
)
from orders.model import (
    FieldValue,
    FilledBy,
    OrderField,
    OrderId,
    OrderState,
    Proof,
    WorkOrder,
)
from orders.ports import Caller
from recordings.errors import CatalogueUnavailable
from recordings.events import RecordingArchived, RecordingFailed
from recordings.model import Recording, RecordingId, RecordingState
from recordings.ports import RecordingDue
from seats.events import NotReadyBooked, SeatPhoneChanged, SeatReserved, SeatStateChanged
from seats.model import GroupPresence, NotReadyReason, Seat, SeatDefinition, SeatState, SkillGroup
from store import tables
from store.accounts import StoredAccounts, StoredLogin, StoredUser
from store.calls import StoredCalls
from store.database import Database
from store.floor import StoredFloor
from store.migrate import DatabaseNewer, upgrade
from store.orders import StoredOrders
from store.recordings import StoredRecordings
from store.said import INDEX
from store.transcripts import StoredTranscripts
from tests.wire.journals import open_database, writing

T0 = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
GENERAL = SkillGroupCode("general")
WANG, LI = SeatId("8001"), SeatId("8002")
FIRST, SECOND = CallId("node1-1763716.1"), CallId("node1-1763716.2")
FIRST_ORDER, SECOND_ORDER = OrderId("20261121-000001"), OrderId("20261121-000002")
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


@pytest.fixture
def told(new_database_url):
    """An async function: a database in which these events, and only these, have been told."""

    async def tell(database: Database, *events):
        async with writing(database) as journal:
            for event in events:
                journal.append(event)
            assert await journal.written(journal.last_seq)
            assert journal.projections_failed == journal.lost == 0

    return tell


async def test_migrations_from_nothing_give_the_tables_of_this_version(new_database_url):
    async with open_database(await new_database_url()) as database:

        def differences(connection):
            # The index of spoken words is made by each database its own way (store/said.py).
            opts = {
                "compare_type": True,
                "include_name": lambda name, kind, _: kind != "table" or not name.startswith(INDEX),
            }
            context = MigrationContext.configure(connection, opts=opts)
            return compare_metadata(context, tables.metadata)

        async with database.read() as connection:
            assert await connection.run_sync(differences) == []
        await upgrade(database)  # again: nothing to do


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(new_database_url):
    async with open_database(await new_database_url()) as database:
        async with database.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(DatabaseNewer, match="9999"):
            await upgrade(database)
        async with database.read() as connection:
            found = await connection.execute(text("SELECT version_num FROM alembic_version"))
            assert found.scalar_one() == "9999"


async def test_a_migration_that_fails_leaves_nothing_half_done(new_database_url):
    database = Database(await new_database_url())
    try:
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE utterances (colour VARCHAR(3))"))
        with pytest.raises(Exception, match="utterances"):
            await upgrade(database)
        async with database.write() as connection:
            await connection.execute(text("DROP TABLE utterances"))
        await upgrade(database)
    finally:
        await database.close()


def arrival(call_id, second, number="13800000001"):
    return [
        CallArrived(at=at(second), call_id=call_id, caller_number=number, called_number="12345"),
        RecordingStarted(at=at(second + 0.1), call_id=call_id),
        NoticePlayed(at=at(second + 2), call_id=call_id),
        CallQueued(
            at=at(second + 2), call_id=call_id, skill_group=GENERAL, joined_at=at(second + 2),
            priority=3,
        ),
    ]  # fmt: skip


def said(call_id, side, second, ends, sentence, backfilled=False):
    word = Word(
        text=sentence, starts_at_ms=second * 1000, ends_at_ms=ends * 1000, confidence=0.5,
        heard="路灯不两", doubtful=True,
    )  # fmt: skip
    return UtteranceHeard(
        at=at(ends), call_id=call_id, side=side, text=sentence, starts_at_ms=second * 1000,
        ends_at_ms=ends * 1000, confidence=0.75, words=(word,), backfilled=backfilled,
        written=f"{sentence}。", pieces=((f"{sentence}。", 0, 0),),
    )  # fmt: skip


def proposed(value):
    proof = Proof(side=Side.CITIZEN, starts_at_ms=20_000, ends_at_ms=24_000)
    return FieldValue(value=value, by=FilledBy.MACHINE, confidence=0.6, proof=proof)


def written(value):
    return FieldValue(value=value, by=FilledBy.PERSON)


RESERVED = [
    SeatReserved(
        at=at(second), seat_id=seat, call_id=FIRST, skill_group=GENERAL,
        reasons=("空闲最久", "级别 1"), considered=considered,
        rules_version=3, joined_at=at(1), waited_ms=2_000, step=1, found_by=GENERAL, level=1,
        flags=("需外语支持",), at_joining=GroupPresence(talking=2, signed_out=1),
    )
    for second, seat, considered in ((3, LI, 2), (8, WANG, 1))
]  # fmt: skip
BEFORE_ANSWER = [
    *arrival(FIRST, 0),
    RESERVED[0],
    CallOffered(at=at(4), call_id=FIRST, seat_id=LI),
    DraftOpened(at=at(4), call_id=FIRST, order_id=FIRST_ORDER, seat_id=LI),
]
RETURNED = CallReturnedToLine(
    at=at(7), call_id=FIRST, seat_id=LI, ending=Ending(blame=Blame.SEAT, reason="no-answer")
)
TALK = [
    RETURNED,
    RESERVED[1],
    CallOffered(at=at(8), call_id=FIRST, seat_id=WANG),
    DraftPassed(at=at(8), call_id=FIRST, order_id=FIRST_ORDER, seat_id=WANG),
    CallAnswered(at=at(10), call_id=FIRST, seat_id=WANG, waited_ms=8000),
    said(FIRST, Side.OPERATOR, 11, 13, "您好"),
    said(FIRST, Side.CITIZEN, 12, 16, "路灯不亮"),
]
FILLING = [
    FieldsProposed(
        at=at(24), call_id=FIRST, order_id=FIRST_ORDER, revision=1,
        fields=((OrderField.SUMMARY, proposed("路灯")), (OrderField.ADDRESS, proposed("一号路"))),
    ),
    FieldsEdited(
        at=at(30), call_id=FIRST, order_id=FIRST_ORDER, revision=2, by="wang",
        fields=((OrderField.ADDRESS, written("二号路")),),
    ),
]  # fmt: skip
HOLD = [
    CallHeld(at=at(40), call_id=FIRST, seat_id=WANG),
    CallRetrieved(at=at(50), call_id=FIRST, seat_id=WANG),
]
PAUSE = TranscriptionPaused(at=at(45), call_id=FIRST, reason="recogniser-lost")
SEAT_LEFT = SeatLeftCall(at=at(60), call_id=FIRST, seat_id=WANG, talked_ms=50_000)
ENDED = CallEnded(at=at(63), call_id=FIRST, talked_ms=50_000, ending=HUNG_UP)
SPAN, SPAN_2 = (
    SeatSpan(starts_at=at(10), ends_at=at(40)),
    SeatSpan(starts_at=at(50), ends_at=at(60)),
)

CALL = Call(
    call_id=FIRST, caller_number="13800000001", called_number="12345", state=CallState.RINGING,
    arrived_at=at(0), recording_started_at=at(0.1), notice_at=at(2), skill_group=GENERAL,
    joined_at=at(2), queued_at=at(2), priority=3, seat_id=LI, offered_at=at(4),
)  # fmt: skip


async def test_a_call_is_in_the_table_as_the_tracker_has_it(new_database_url, told):
    async with open_database(await new_database_url()) as database:
        calls = StoredCalls(database)
        assert await calls.live() == []
        assert await calls.find(FIRST) is None
        await told(database, *BEFORE_ANSWER)
        assert await calls.live() == [CALL]
        await told(database, RETURNED)
        (call,) = await calls.live()
        assert (call.state, call.seat_id, call.offered_at) == (CallState.QUEUED, None, None)
        assert call.joined_at == at(2), "he keeps his place"
        await told(database, *TALK[1:])
        (call,) = await calls.live()
        assert (call.state, call.seat_id) == (CallState.TALKING, WANG)
        assert (call.offered_at, call.answered_at) == (at(8), at(10))
        await told(database, HOLD[0])
        assert (await calls.live())[0].state is CallState.HELD
        await told(database, HOLD[1])
        assert (await calls.live())[0].state is CallState.TALKING
        await told(database, SEAT_LEFT)
        (call,) = await calls.live()
        assert (call.state, call.seat_left_at) == (CallState.SEAT_LEFT, at(60))
        assert await calls.ended(10) == []
        await told(database, ENDED)
        assert await calls.live() == []
        (call,) = await calls.ended(10)
        assert call == await calls.find(FIRST)
        assert (call.state, call.ended_at, call.ending) == (CallState.ENDED, at(63), HUNG_UP)
        assert (call.waited_ms, call.talked_ms) == (8000, 50_000)


def waiting(number: str, second: float) -> Caller:
    return Caller(
        caller_number=number,
        arrived_at=at(second),
        joined_at=at(second + 2),
        skill_group=GENERAL,
        waiting=True,
    )


async def test_live_calls_come_in_the_order_of_arrival_and_ended_ones_newest_first(
    new_database_url, told
):
    gone = [
        CallAbandoned(at=at(20), call_id=FIRST, waited_ms=9, ending=HUNG_UP),
        CallAbandoned(at=at(30), call_id=SECOND, waited_ms=9, ending=HUNG_UP),
    ]
    async with open_database(await new_database_url()) as database:
        calls = StoredCalls(database)
        await told(database, *arrival(SECOND, 5, "13800000002"), *arrival(FIRST, 0))
        assert [call.call_id for call in await calls.live()] == [FIRST, SECOND]
        assert (await calls.find_many([SECOND, CallId("nobody")])).keys() == {SECOND}
        assert await calls.find_many([]) == {}
        assert await StoredOrders(database).open_callers() == {
            FIRST: waiting("13800000001", 0),
            SECOND: waiting("13800000002", 5),
        }
        await told(database, *gone)
        assert [call.call_id for call in await calls.ended(10)] == [SECOND, FIRST]
        assert [call.call_id for call in await calls.ended(1)] == [SECOND]
        assert {call.state for call in await calls.ended(9)} == {CallState.ABANDONED}
        assert await StoredOrders(database).open_callers() == {}


async def test_who_took_the_lifeboat_is_in_the_line_until_the_service_has_him_back(
    new_database_url, told
):
    async with open_database(await new_database_url()) as database:
        calls = StoredCalls(database)
        boat = CallTookLifeboat(at=at(6), call_id=FIRST)
        await told(database, arrival(FIRST, 0)[0], boat)
        (call,) = await calls.live()
        assert (call.state, call.lifeboat, call.joined_at) == (CallState.QUEUED, True, at(6))
        await told(database, arrival(FIRST, 0)[3])
        (call,) = await calls.live()
        assert (call.lifeboat, call.joined_at) == (False, at(2))
        await told(database, CallOffered(at=at(8), call_id=FIRST, seat_id=LI), boat)
        (call,) = await calls.live()
        assert (call.state, call.lifeboat, call.joined_at) == (CallState.RINGING, True, at(2))


async def test_what_hangs_on_a_call_is_found_with_it(new_database_url, told):
    async with open_database(await new_database_url()) as database:
        calls = StoredCalls(database)
        await told(database, *BEFORE_ANSWER)
        assert await calls.links([FIRST, SECOND]) == {FIRST: (FIRST_ORDER, None, "off")}
        await told(database, *TALK)
        assert await calls.links([FIRST]) == {FIRST: (FIRST_ORDER, None, "live")}
        await told(database, PAUSE)
        assert await calls.links([FIRST]) == {FIRST: (FIRST_ORDER, None, "paused")}
        resumed = TranscriptionResumed(at=at(48), call_id=FIRST)
        finished = TranscriptFinished(at=at(65), call_id=FIRST, utterances=2)
        await told(database, resumed, SEAT_LEFT, ENDED, finished)
        recording = RecordingId(f"{FIRST}-1")
        assert await calls.links([FIRST]) == {FIRST: (FIRST_ORDER, recording, "finished")}
        assert await calls.decisions(FIRST) == RESERVED
        assert await calls.decisions(SECOND) == []
        events = [*BEFORE_ANSWER, *TALK, PAUSE, resumed, SEAT_LEFT, ENDED, finished]
        heard = await calls.events(FIRST)
        assert [event for _, event in heard] == events
        assert [seq for seq, _ in heard] == list(range(1, len(events) + 1))
        assert await calls.events(SECOND) == []


async def test_a_discarded_draft_is_no_link(new_database_url, told):
    discarded = DraftDiscarded(at=at(9), call_id=FIRST, order_id=FIRST_ORDER)
    async with open_database(await new_database_url()) as database:
        await told(database, *BEFORE_ANSWER, discarded)
        assert await StoredCalls(database).links([FIRST]) == {FIRST: (None, None, "off")}
        orders = StoredOrders(database)
        assert await orders.newest(None, 9, None) == []
        (order,) = await orders.newest(OrderState.DISCARDED, 9, None)
        assert order.order_id == FIRST_ORDER
        assert await orders.last_order_id() == FIRST_ORDER, "a number is used once"


async def test_words_are_kept_as_they_were_heard(new_database_url, told):
    late = said(FIRST, Side.CITIZEN, 30, 33, "谢谢", backfilled=True)
    async with open_database(await new_database_url()) as database:
        transcripts = StoredTranscripts(database)
        assert await transcripts.heard_until_ms(FIRST, Side.CITIZEN) is None
        await told(database, *BEFORE_ANSWER, *TALK[:5], late, TALK[6], TALK[5], TALK[5])
        assert await transcripts.of_call(FIRST) == [TALK[5], TALK[6], late]
        assert await StoredOrders(database).utterances_of(FIRST) == [TALK[5], TALK[6], late]
        assert await transcripts.heard_until_ms(FIRST, Side.CITIZEN) == 33_000
        assert await transcripts.heard_until_ms(FIRST, Side.OPERATOR) == 13_000
        assert await transcripts.heard_until_ms(FIRST, Side.THIRD_PARTY) is None


async def test_a_started_again_service_learns_which_transcripts_are_unfinished(
    new_database_url, told
):
    unfinished = UnfinishedTranscript(
        call_id=FIRST, recording_started_at=at(0.1), seat_spans=(SPAN,), utterances=2
    )
    async with open_database(await new_database_url()) as database:
        transcripts = StoredTranscripts(database)

        async def only(*events):
            await told(database, *events)
            (found,) = await transcripts.unfinished()
            return (found.seat_spans, found.ended_at, found.utterances, found.paused)

        await told(database, BEFORE_ANSWER[0])
        assert await transcripts.unfinished() == []
        assert await only(*BEFORE_ANSWER[1:]) == ((), None, 0, False)
        open_span = (SeatSpan(starts_at=at(10)),)
        assert await only(*TALK) == (open_span, None, 2, False)
        await told(database, HOLD[0])
        assert await transcripts.unfinished() == [unfinished]
        assert await only(PAUSE) == ((SPAN,), None, 2, True)
        open_span = (SPAN, SeatSpan(starts_at=at(50)))
        assert await only(HOLD[1]) == (open_span, None, 2, True)
        resumed = TranscriptionResumed(at=at(55), call_id=FIRST)
        assert await only(resumed) == (open_span, None, 2, False)
        assert await only(SEAT_LEFT) == ((SPAN, SPAN_2), None, 2, False)
        assert await only(ENDED) == ((SPAN, SPAN_2), at(63), 2, False)
        await told(database, *arrival(SECOND, 70))
        assert [call.call_id for call in await transcripts.unfinished()] == [FIRST, SECOND]
        gone = CallAbandoned(at=at(80), call_id=SECOND, waited_ms=8, ending=HUNG_UP)
        await told(database, gone)
        assert [call.call_id for call in await transcripts.unfinished()] == [FIRST]
        await told(database, TranscriptFinished(at=at(90), call_id=FIRST, utterances=2))
        assert await transcripts.unfinished() == []


async def test_a_call_that_ends_without_a_word_of_the_seat_ends_its_span(new_database_url, told):
    async with open_database(await new_database_url()) as database:
        await told(database, *BEFORE_ANSWER, *TALK, ENDED)
        (found,) = await StoredTranscripts(database).unfinished()
        assert found.seat_spans == (SeatSpan(starts_at=at(10), ends_at=at(63)),)


async def test_an_order_and_its_trace_follow_every_change(new_database_url, told):
    submitted = OrderSubmitted(
        at=at(70), call_id=FIRST, order_id=FIRST_ORDER, by="wang", revision=3
    )
    async with open_database(await new_database_url()) as database:
        orders = StoredOrders(database)
        assert await orders.last_order_id() is None
        await told(database, *BEFORE_ANSWER, *TALK, *FILLING)
        draft = WorkOrder(
            order_id=FIRST_ORDER, call_id=FIRST, seat_id=WANG, state=OrderState.DRAFT,
            opened_at=at(4), revision=2,
            fields={OrderField.SUMMARY: proposed("路灯"), OrderField.ADDRESS: written("二号路")},
            proposed={OrderField.SUMMARY: proposed("路灯"), OrderField.ADDRESS: proposed("一号路")},
        )  # fmt: skip
        assert await orders.unfinished_orders() == [draft]
        assert await orders.find(FIRST_ORDER) == draft == await orders.find_order(FIRST_ORDER)
        assert await orders.find(SECOND_ORDER) is None
        seats = await orders.order_seats(at(0))
        assert [(row[0], row[1], row[3], row[4]) for row in seats] == [
            (FIRST_ORDER, FIRST, WANG, at(4))
        ]
        assert await orders.order_seats(at(5)) == []
        await told(database, submitted, ENDED)
        (order,) = await orders.unfinished_orders()
        assert (order.state, order.revision) == (OrderState.ACCEPTED, 3)
        assert (order.submitted_at, order.submitted_by) == (at(70), "wang")
        assert order.fields == draft.fields
        await told(database, TranscriptFinished(at=at(90), call_id=FIRST, utterances=2))
        assert await orders.unfinished_orders() == []
        trace = tables.order_trace.c
        wanted = select(trace.what, trace.was, trace.now, trace.by, trace.at)
        async with database.read() as connection:
            found = await connection.execute(wanted.order_by(trace.seq, trace.number))
            assert [tuple(row) for row in found] == [
                ("state", None, "draft", "machine", at(4)),
                ("seat_id", "8002", "8001", "machine", at(8)),
                ("summary", None, "路灯", "machine", at(24)),
                ("address", None, "一号路", "machine", at(24)),
                ("address", "一号路", "二号路", "wang", at(30)),
                ("state", "draft", "accepted", "wang", at(70)),
            ]


async def test_orders_are_listed_newest_first_by_state_and_seat(new_database_url, told):
    second = DraftOpened(at=at(5), call_id=SECOND, order_id=SECOND_ORDER, seat_id=WANG)
    submitted = OrderSubmitted(at=at(70), call_id=FIRST, order_id=FIRST_ORDER, by="li", revision=1)
    async with open_database(await new_database_url()) as database:
        orders = StoredOrders(database)
        await told(database, *BEFORE_ANSWER, *arrival(SECOND, 4), second, submitted)

        async def listed(*wanted):
            return [order.order_id for order in await orders.newest(*wanted)]

        assert await listed(None, 9, None) == [SECOND_ORDER, FIRST_ORDER]
        assert await listed(None, 1, None) == [SECOND_ORDER]
        assert await listed(OrderState.ACCEPTED, 9, None) == [FIRST_ORDER]
        assert await listed(None, 9, "8001") == [SECOND_ORDER]
        assert await listed(OrderState.ACCEPTED, 9, "8001") == []
        assert await orders.last_order_id() == SECOND_ORDER


async def test_recordings_are_due_until_the_archive_has_them(new_database_url, told):
    recording = Recording(
        recording_id=RecordingId(f"{FIRST}-1"), call_id=FIRST, state=RecordingState.LEGS,
        started_at=at(0.1), duration_ms=62_900,
    )  # fmt: skip
    failed = RecordingFailed(
        at=at(70), call_id=FIRST, recording_id=recording.recording_id, reason="archive-full"
    )
    archived = RecordingArchived(
        at=at(80), call_id=FIRST, recording_id=recording.recording_id, path="2026/11/21/1.opus",
        sha256="a" * 64, duration_ms=62_880, size_bytes=2**33,
    )  # fmt: skip
    async with open_database(await new_database_url()) as database:
        recordings = StoredRecordings(database)
        await told(database, *BEFORE_ANSWER, *TALK)
        assert await recordings.due() == []
        await told(database, ENDED)
        assert await recordings.due() == [RecordingDue(recording=recording, transcribed=False)]
        await told(database, TranscriptFinished(at=at(65), call_id=FIRST, utterances=2), failed)
        (due,) = await recordings.due()
        assert due.transcribed
        assert (due.recording.state, due.recording.failure) == (
            RecordingState.FAILED,
            "archive-full",
        )
        assert await recordings.archived_of([FIRST]) == []
        await told(database, archived, failed)
        assert await recordings.due() == []
        kept = Recording(
            recording_id=recording.recording_id, call_id=FIRST, state=RecordingState.ARCHIVED,
            started_at=at(0.1), duration_ms=62_880, path="2026/11/21/1.opus", sha256="a" * 64,
            size_bytes=2**33, archived_at=at(80),
        )  # fmt: skip
        assert await recordings.archived_of([FIRST]) == [
            RecordingDue(recording=kept, transcribed=True)
        ]
        assert await recordings.archived_of([SECOND]) == []
        assert await recordings.archived() == [kept] == await recordings.of_call(FIRST)
        assert await recordings.find(kept.recording_id) == kept
        assert await recordings.find(RecordingId("none")) is None
        assert await recordings.newest(5) == [kept]


async def test_a_call_that_was_not_recorded_has_no_recording(new_database_url, told):
    gone = CallAbandoned(at=at(20), call_id=FIRST, waited_ms=9, ending=HUNG_UP)
    async with open_database(await new_database_url()) as database:
        await told(database, BEFORE_ANSWER[0], gone)
        assert await StoredRecordings(database).newest(9) == []


async def test_a_seat_is_in_the_table_as_the_roster_has_it(new_database_url, told):
    definition = SeatDefinition(seat_id=WANG, operator_name="王", skills={GENERAL: 1})
    async with open_database(await new_database_url()) as database:
        floor = StoredFloor(database)
        await floor.define(SeatDefinition(seat_id=LI, operator_name="李"))
        await floor.define(definition)
        never = Seat(definition=definition, state=SeatState.SIGNED_OUT, since=T0, idle_since=T0)
        assert (await floor.seats(T0))[0] == never
        changed = {"seat_id": WANG, "was": SeatState.NOT_READY, "operator": "wang"}
        await told(
            database,
            SeatStateChanged(
                at=at(1), state=SeatState.NOT_READY, reason=NotReadyReason.BREAK,
                idle_since=at(0.5), pending_not_ready=NotReadyReason.MEAL, **changed,
            ),
            SeatPhoneChanged(at=at(2), seat_id=WANG, reachable=False),
        )  # fmt: skip
        seat = Seat(
            definition=definition, state=SeatState.NOT_READY, since=at(1), idle_since=at(0.5),
            reason=NotReadyReason.BREAK, operator="wang", phone_reachable=False,
            pending_not_ready=NotReadyReason.MEAL,
        )  # fmt: skip
        assert (await floor.seats(T0))[0] == seat
        await told(
            database,
            SeatStateChanged(
                at=at(5), state=SeatState.WRAP_UP, call_id=FIRST, until=at(35), **changed
            ),
            NotReadyBooked(at=at(6), seat_id=WANG, reason=NotReadyReason.MEETING, by="wang"),
            NotReadyBooked(at=at(6), seat_id=LI, reason=None, by="li"),
        )
        seat = (await floor.seats(T0))[0]
        assert (seat.state, seat.since, seat.until) == (SeatState.WRAP_UP, at(5), at(35))
        assert (seat.idle_since, seat.call_id, seat.reason) == (at(0.5), FIRST, None)
        assert seat.pending_not_ready is NotReadyReason.MEETING
        await floor.define(SeatDefinition(seat_id=WANG, operator_name="王五", skills={}))
        assert (await floor.seats(T0))[0].state is SeatState.WRAP_UP
        assert [known.operator_name for known in await floor.definitions()] == ["王五", "李"]
        await floor.remove(WANG)
        assert [known.seat_id for known in await floor.definitions()] == [LI]
        history = tables.seat_history.c
        async with database.read() as connection:
            found = await connection.execute(
                select(history.seat_id, history.was, history.state, history.at).order_by(history.at)
            )
            assert [tuple(row) for row in found] == [
                (WANG, "not_ready", "not_ready", at(1)),
                (WANG, "not_ready", "wrap_up", at(5)),
            ]


async def test_a_seat_that_only_changed_its_reason_is_in_it_since_then(new_database_url, told):
    same = {"seat_id": WANG, "was": SeatState.NOT_READY, "state": SeatState.NOT_READY}
    async with open_database(await new_database_url()) as database:
        floor = StoredFloor(database)
        await floor.define(SeatDefinition(seat_id=WANG, operator_name="王"))
        await told(
            database,
            SeatStateChanged(at=at(1), reason=NotReadyReason.BREAK, **same),
            SeatStateChanged(at=at(9), reason=NotReadyReason.MEAL, **same),
        )
        (seat,) = await floor.seats(T0)
        assert (seat.reason, seat.since) == (NotReadyReason.MEAL, at(9))


async def test_skill_groups_are_added_and_renamed(new_database_url):
    async with open_database(await new_database_url()) as database:
        floor = StoredFloor(database)
        for code, name in (("general", "综合"), ("dialect", "方言"), ("general", "综合业务")):
            await floor.define_skill_group(SkillGroup(code=SkillGroupCode(code), name=name))
        found = [(group.code, group.name) for group in await floor.skill_groups()]
        assert found == [("dialect", "方言"), ("general", "综合业务")]


async def test_accounts_and_their_sessions(new_database_url):
    wang = StoredUser(
        username="wang", name="王", roles=["operator"], seat_id="8001", password_hash="first"
    )
    login = StoredLogin(token_hash="a" * 64, username="wang", created_at=at(0), expires_at=at(100))
    later = StoredLogin(
        token_hash="b" * 64, username="wang", created_at=at(101), expires_at=at(200)
    )
    async with open_database(await new_database_url()) as database:
        accounts = StoredAccounts(database)
        assert await accounts.find("wang") is None
        await accounts.save(wang)
        assert await accounts.find("wang") == wang
        await accounts.note_login_failed("wang", 3, at(60))
        found = await accounts.find("wang")
        assert found is not None
        assert (found.failed_logins, found.locked_until) == (3, at(60))
        await accounts.open_login(login)
        assert await accounts.find_login(login.token_hash) == login
        await accounts.open_login(later)
        assert await accounts.find_login(login.token_hash) is None, "it had expired"
        await accounts.close_login(later.token_hash)
        assert await accounts.find_login(later.token_hash) is None
        await accounts.open_login(later)
        await accounts.save(wang)
        assert await accounts.find_login(later.token_hash) is None, "a new password ends sessions"
        assert await accounts.all() == [wang]


@pytest.mark.parametrize("table", ["utterances", "calls", "seat_spans"])
async def test_a_store_that_cannot_be_read_is_said_in_the_askers_words(new_database_url, table):
    async with open_database(await new_database_url()) as database:
        async with database.write() as connection:
            await connection.execute(text(f"DROP TABLE {table}"))
        with pytest.raises(TranscriptsUnavailable):
            await StoredTranscripts(database).unfinished()
        async with database.write() as connection:
            await connection.execute(text("DROP TABLE recordings"))
        with pytest.raises(CatalogueUnavailable):
            await StoredRecordings(database).due()


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("live", "ix_calls_state"),
        ("ended", "ix_calls_ended_at"),
    ],
)
async def test_everyday_questions_do_not_read_all_calls_there_ever_were(tmp_path, question, index):
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite'}") as database:
        asked = []
        calls = StoredCalls(database)

        async def explain(wanted):
            async with database.read() as connection:
                sql = str(
                    wanted.compile(
                        connection.sync_connection, compile_kwargs={"literal_binds": True}
                    )
                )
                plan = await connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))
                asked.extend(row.detail for row in plan)
            return []

        calls._calls = explain
        await (calls.live() if question == "live" else calls.ended(50))
        assert any(index in detail for detail in asked), asked
        if question == "ended":
            assert not any("TEMP B-TREE" in detail for detail in asked), asked
