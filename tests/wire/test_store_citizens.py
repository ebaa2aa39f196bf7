"""Surveys, messages, query codes and arrivals as the tables have them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from asr.events import Side, UtteranceHeard
from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallQueued,
    Direction,
    Ending,
    RecordingStarted,
)
from cti.ids import CallId, LegId, SeatId, SkillGroupCode, message_id_of
from orders.citizen_events import (
    CallFoundSilent,
    CallLimited,
    CallStayedSilent,
    MessageDiscarded,
    MessageDone,
    MessageLeft,
    MessageTaken,
    MessageTextAsked,
    OrderUrged,
    ProgressAsked,
    QueryCodeIssued,
    SilentCallerSpoke,
    SurveyAnswered,
    SurveyOffered,
)
from orders.events import DraftOpened, OrderSubmitted
from orders.limits import Verdict, WhyLimited
from orders.messages import HowLeft, MessageState
from orders.model import Channel, OrderId
from orders.progress import Asked, EarlierAsking, IssuedCode
from orders.summaries import SilenceOutcome
from orders.surveys import AskedHow, Satisfaction
from recordings.events import RecordingArchived, RecordingFound
from recordings.model import RecordingId, RecordingKind
from store.citizens import StoredArrivals, StoredProgress, StoredSilence, StoredSurveys
from store.messages import StoredMessages
from store.orders import StoredOrders
from store.recordings import StoredRecordings
from tests.wire.journals import open_database, writing

T0 = datetime(2026, 11, 21, 4, tzinfo=UTC)
GENERAL = SkillGroupCode("general")
WANG = SeatId("8001")
FIRST, SECOND = CallId("node1-1.1"), CallId("node1-2.1")
ORDER = OrderId("20261121-000001")
M1, M2 = message_id_of(FIRST, 1), message_id_of(FIRST, 2)
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


async def tell(database, *events):
    async with writing(database) as journal:
        for event in events:
            journal.append(event)
        assert await journal.written(journal.last_seq)
        assert journal.projections_failed == journal.lost == 0


def arrived(call_id=FIRST, second=0.0, direction=Direction.IN):
    return CallArrived(
        at=at(second), call_id=call_id, caller_number="13800000001", called_number="12345",
        direction=direction,
    )  # fmt: skip


def ended(call_id=FIRST, second=100.0):
    return CallEnded(at=at(second), call_id=call_id, talked_ms=1, ending=HUNG_UP)


def message_left(message_id=M1, second=20.0):
    return MessageLeft(
        at=at(second + 10), call_id=FIRST, message_id=message_id, began_at=at(second),
        duration_ms=10_000, how=HowLeft.CONFIRMED,
    )  # fmt: skip


async def test_a_survey_is_kept_with_its_seat_and_finds_its_order_and_its_first_answer_stands(
    new_database_url,
):
    async with open_database(await new_database_url()) as database:
        surveys = StoredSurveys(database)
        answer = SurveyAnswered(
            at=at(62), call_id=FIRST, score=4, scale=5, satisfaction=Satisfaction.SATISFIED,
            how=AskedHow.TRANSFERRED,
        )  # fmt: skip
        await tell(
            database,
            arrived(),
            CallQueued(
                at=at(1), call_id=FIRST, skill_group=GENERAL, joined_at=at(1), priority=0
            ),
            CallAnswered(at=at(5), call_id=FIRST, seat_id=WANG, waited_ms=4000),
            SurveyOffered(
                at=at(60), call_id=FIRST, how=AskedHow.TRANSFERRED, seat_id=WANG,
                skill_group=GENERAL,
            ),
        )  # fmt: skip
        (open_one,) = await surveys.surveys_of_open_calls()
        assert open_one.satisfaction is None
        worse = SurveyAnswered(
            at=at(63), call_id=FIRST, score=1, scale=5, satisfaction=Satisfaction.UNSATISFIED,
            how=AskedHow.TRANSFERRED,
        )  # fmt: skip
        await tell(
            database,
            answer,
            worse,
            ended(),
            DraftOpened(at=at(101), call_id=FIRST, order_id=ORDER, seat_id=WANG),
            arrived(SECOND, 200),
            SurveyOffered(at=at(260), call_id=SECOND, how=AskedHow.AFTER_CALL),
        )
        assert [one.call_id for one in await surveys.surveys_of_open_calls()] == [SECOND]
        kept = await surveys.of_call(FIRST)
        assert (kept.score, kept.scale, kept.satisfaction) == (4, 5, Satisfaction.SATISFIED)
        assert (kept.seat_id, kept.skill_group, kept.order_id) == (WANG, GENERAL, ORDER)
        span = (T0, at(1000))
        assert [one.call_id for one in await surveys.between(*span)] == [SECOND, FIRST]
        assert [one.call_id for one in await surveys.between(*span, seat_id=WANG)] == [FIRST]
        silent = await surveys.between(*span, satisfaction=Satisfaction.NOT_RATED)
        assert [one.call_id for one in silent] == [SECOND]
        assert await surveys.between(at(300), at(400)) == []


async def test_a_message_goes_its_way_and_knows_its_number_its_place_and_its_words(
    new_database_url,
):
    async with open_database(await new_database_url()) as database:
        messages = StoredMessages(database)
        await tell(
            database,
            arrived(),
            RecordingStarted(at=at(2), call_id=FIRST),
            message_left(),
            MessageDiscarded(
                at=at(50), call_id=FIRST, message_id=M2, began_at=at(45), duration_ms=4000,
                how=HowLeft.HUNG_UP,
            ),
        )  # fmt: skip
        (new,) = await messages.open_messages()
        assert (new.message_id, new.caller_number, new.starts_at_ms) == (
            M1, "13800000001", 18_000,
        )  # fmt: skip
        assert [one.message_id for one in await messages.without_text()] == [M1]
        assert await messages.newest(10, MessageState.NEW) == [new]

        def said(text, from_ms, side=Side.CITIZEN):
            return UtteranceHeard(
                at=at(120), call_id=FIRST, side=side, text=text, written="", starts_at_ms=from_ms,
                ends_at_ms=from_ms + 900, confidence=0.9, backfilled=True,
            )  # fmt: skip

        await tell(
            database,
            ended(),
            MessageTextAsked(at=at(101), call_id=FIRST, message_id=M1),
            said("按一", 5_000),
            said("路灯坏了", 19_000),
            said("请按井号键", 20_000, Side.OPERATOR),
            said("三天了", 27_000),
            said("再见", 40_000),
            MessageTaken(at=at(130), call_id=FIRST, message_id=M1, by="wang", seat_id=WANG),
        )
        (taken,) = await messages.open_messages()
        assert (taken.state, taken.taken_by, taken.seat_id, taken.order_id) == (
            MessageState.TAKEN, "wang", WANG, None,
        )  # fmt: skip
        assert await messages.texts([taken]) == {M1: "路灯坏了三天了"}
        assert await messages.without_text() == []

        await tell(
            database,
            DraftOpened(
                at=at(140), call_id=FIRST, order_id=ORDER, seat_id=WANG, channel=Channel.MESSAGE,
                message_id=M1,
            ),
        )  # fmt: skip
        (ordered,) = await messages.open_messages()
        assert ordered.order_id == ORDER  # the end came before the message was told of as done
        order = await StoredOrders(database).find(ORDER)
        assert (order.channel, order.message_id, order.urges) == (Channel.MESSAGE, M1, 0)
        await tell(
            database,
            MessageDone(at=at(141), call_id=FIRST, message_id=M1, by="wang", order_id=ORDER),
        )
        assert await messages.open_messages() == []
        done = await messages.find_message(M1)
        assert (done.state, done.order_id, done.done_by) == (MessageState.DONE, ORDER, "wang")
        counts = await messages.counts()
        assert counts == {MessageState.DONE: 1, MessageState.DISCARDED: 1}
        assert [one.message_id for one in await messages.newest(10)] == [M1]


async def test_a_leg_that_the_archive_found_is_untold_until_its_message_is_and_is_kept_as_one(
    new_database_url,
):
    async with open_database(await new_database_url()) as database:
        messages = StoredMessages(database)
        found = [
            RecordingFound(at=at(101), call_id=FIRST, leg_id=LegId(leg), started_at=at(20))
            for leg in (M1, "node1-1.2")
        ]
        await tell(database, arrived(), RecordingStarted(at=at(2), call_id=FIRST), ended(), *found)
        assert await messages.untold() == [(FIRST, M1, at(20))]
        await tell(database, message_left())
        assert await messages.untold() == []
        listed = await StoredRecordings(database).of_call(FIRST)
        assert [one.kind for one in listed] == [
            RecordingKind.CALL, RecordingKind.MESSAGE, RecordingKind.PARTY,
        ]  # fmt: skip
        assert listed[1].offset_ms == 18_000


async def test_one_that_nobody_could_measure_is_as_long_as_its_archived_file(new_database_url):
    async with open_database(await new_database_url()) as database:
        lost = replace(message_left(), duration_ms=0)
        await tell(
            database,
            arrived(),
            RecordingStarted(at=at(2), call_id=FIRST),
            ended(),
            RecordingFound(at=at(101), call_id=FIRST, leg_id=LegId(M1), started_at=at(20)),
            lost,
            RecordingArchived(
                at=at(102), call_id=FIRST, recording_id=RecordingId(f"{FIRST}-2"), path="x",
                sha256="0" * 64, duration_ms=9_000, size_bytes=1, started_at=at(20),
                leg_id=LegId(M1),
            ),
        )  # fmt: skip
        (message,) = await StoredMessages(database).open_messages()
        assert (message.starts_at_ms, message.ends_at_ms) == (18_000, 27_000)


async def test_the_newest_code_of_an_order_holds_and_only_for_its_number(new_database_url):
    async with open_database(await new_database_url()) as database:
        progress = StoredProgress(database)

        def issued(code_hash, second):
            return QueryCodeIssued(
                at=at(second), call_id=FIRST, order_id=ORDER, caller_number="13800000001",
                code_hash=code_hash, by="wang",
            )  # fmt: skip

        await tell(database, issued("a" * 64, 1), issued("b" * 64, 2))
        assert await progress.codes_of("13800000001") == [
            IssuedCode(order_id=ORDER, code_hash="b" * 64)
        ]
        assert await progress.codes_of("13800000002") == []
        asked = [
            ProgressAsked(
                at=at(second), call_id=SECOND, caller_number="13800000001", outcome=outcome,
                order_id=order_id,
            )
            for second, outcome, order_id in (
                (10, Asked.WRONG, None), (20, Asked.TOLD, ORDER),
            )
        ]  # fmt: skip
        await tell(database, *asked)
        assert await progress.asked_since(at(15)) == [
            EarlierAsking(
                call_id=SECOND, caller_number="13800000001", at=at(20), outcome=Asked.TOLD,
                order_id=ORDER,
            )
        ]  # fmt: skip


async def test_urges_are_counted_on_the_order_and_stand_in_its_trace(new_database_url):
    async with open_database(await new_database_url()) as database:
        await tell(
            database,
            arrived(),
            DraftOpened(at=at(1), call_id=FIRST, order_id=ORDER, seat_id=WANG),
            OrderSubmitted(at=at(2), call_id=FIRST, order_id=ORDER, by="wang", revision=1),
            OrderUrged(at=at(300), call_id=SECOND, order_id=ORDER),
            OrderUrged(at=at(400), call_id=CallId("node1-3.1"), order_id=ORDER),
        )
        order = await StoredOrders(database).find(ORDER)
        assert (order.urges, order.urged_at, order.channel) == (2, at(400), Channel.PHONE)
        assert await StoredOrders(database).urged(ORDER) == [
            (at(400), CallId("node1-3.1")), (at(300), SECOND),
        ]  # fmt: skip


async def test_who_called_in_and_what_became_of_it(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredArrivals(database)
        limited = CallLimited(
            at=at(10), call_id=FIRST, verdict=Verdict.REFUSED, why=WhyLimited.BLOCKED,
            blocked_until=at(9_000),
        )  # fmt: skip
        out = arrived(CallId("out"), 20, Direction.OUT)
        await tell(database, arrived(), arrived(SECOND, 10), out, limited, limited)
        assert await stored.arrivals_since(at(5)) == [(SECOND, "13800000001", at(10))]
        (refused,) = await stored.limited(T0, at(100))
        assert (refused.call_id, refused.caller_number, refused.verdict, refused.why) == (
            FIRST, "13800000001", Verdict.REFUSED, WhyLimited.BLOCKED,
        )  # fmt: skip
        assert refused.blocked_until == at(9_000)
        callers = await StoredOrders(database).open_callers()
        assert [one for one, caller in callers.items() if caller.refused] == [FIRST]
        assert await stored.limited(at(11), at(100)) == []


async def test_silent_calls_of_a_span_and_what_came_of_them(new_database_url):
    async with open_database(await new_database_url()) as database:
        found = [
            CallFoundSilent(
                at=at(10 * count), call_id=CallId(f"c{count}"), caller_number="13800000001",
                seat_id=SeatId("8001"), after_s=8,
            )
            for count in range(3)
        ]  # fmt: skip
        stayed = CallStayedSilent(
            at=at(60), call_id=CallId("c0"), caller_number="13800000001", times=1
        )
        spoke = SilentCallerSpoke(at=at(61), call_id=CallId("c1"))
        await tell(database, *found, stayed, spoke)
        stored = StoredSilence(database)
        seen = await stored.silent_between(T0, at(21))
        assert [(one.call_id, one.outcome) for one in seen] == [
            ("c2", SilenceOutcome.GOING_ON),
            ("c1", SilenceOutcome.SPOKE),
            ("c0", SilenceOutcome.STAYED_SILENT),
        ]
        assert [one.call_id for one in await stored.silent_between(at(10), at(20))] == ["c1"]
        assert [one.call_id for one in await stored.silent_since(at(10))] == ["c1", "c2"]
