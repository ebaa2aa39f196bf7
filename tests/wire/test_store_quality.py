"""Cues, sentences, signals and reviews as the tables have them; a review of stored calls."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from asr.events import Side, TranscriptFinished, UtteranceHeard
from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOffered,
    CallQueued,
    Ending,
    RecordingStarted,
)
from cti.ids import CallId, SeatId, SkillGroupCode
from hotline.quality_joints import FormReader, StoredStories, quality_rooms, story_of
from orders.events import (
    CallCoded,
    FieldsEdited,
    FieldsProposed,
    NuisanceStepTicked,
    OrderSubmitted,
)
from orders.model import FieldValue, FilledBy, OrderField, OrderId
from quality.events import (
    CallReviewed,
    CueJudged,
    CueKind,
    CueLevel,
    CueRaised,
    SentenceDue,
    SentenceMissed,
    SentenceSaid,
    SignalFound,
    SpeechMeasured,
)
from quality.model import CallNamedWrong, FormSeen, Listening, NuisanceWarned
from quality.records import SentenceCounts, SentenceMoment, WordHits
from quality.reviewer import Reviewer
from seats.phrases import Phrase
from seats.rule_documents.words import WordLists
from store.calls import StoredCalls
from store.database import Database
from store.quality_questions import StoredQuality
from store.transcripts import StoredTranscripts
from tests.wire.journals import one_turn, open_database, until, writing

T0 = datetime(2026, 11, 21, 4, tzinfo=UTC)
GENERAL = SkillGroupCode("general")
WANG = SeatId("8001")
FIRST, SECOND = CallId("node1-1.1"), CallId("node1-1.2")
ORDER = OrderId("20261121-000001")
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


async def told(database: Database, *events) -> None:
    async with writing(database) as journal:
        for event in events:
            journal.append(event)
        assert await journal.written(journal.last_seq)
        assert journal.projections_failed == journal.lost == 0


def cue(start_ms=3600, second=4.0, call_id=FIRST, **more) -> CueRaised:
    usual = {
        "kind": CueKind.DANGER, "level": CueLevel.RED, "code": "gas-leak", "title": "燃气泄漏",
        "side": Side.CITIZEN, "found": "煤气泄漏", "word": "煤气泄漏", "advice": "请开窗", "version": 3,
    }  # fmt: skip
    values = {**usual, **more}
    return CueRaised(
        at=at(second), call_id=call_id, cue_id=f"{call_id}-{values['code']}-{start_ms}",
        starts_at_ms=start_ms, ends_at_ms=start_ms + 800, **values,
    )  # fmt: skip


def signal(rule="not-ours", start_ms=9000, call_id=FIRST, version=1, **more) -> SignalFound:
    return SignalFound(
        at=at(70), call_id=call_id, signal_id=f"{call_id}-{rule}-{start_ms}", rule=rule,
        version=version, side=Side.OPERATOR, starts_at_ms=start_ms, ends_at_ms=start_ms + 500,
        found="不归我们管", title="推诿", word="不归我们管", **more,
    )  # fmt: skip


def reviewed(call_id=FIRST, words=1, sentences=1, signals=1) -> CallReviewed:
    return CallReviewed(
        at=at(70),
        call_id=call_id,
        words_version=words,
        sentences_version=sentences,
        signals=signals,
    )


def said(side: Side, text: str, start_ms: int, call_id=FIRST, **more) -> UtteranceHeard:
    return UtteranceHeard(
        at=at(start_ms / 1000 + 2), call_id=call_id, side=side, text=text, starts_at_ms=start_ms,
        ends_at_ms=start_ms + 200 * len(text), confidence=0.9, **more,
    )  # fmt: skip


def a_call(call_id=FIRST, begins=0.0, number="13800000001"):
    def then(second):
        return at(begins + second)

    return [
        CallArrived(at=then(0), call_id=call_id, caller_number=number, called_number="12345"),
        RecordingStarted(at=then(0), call_id=call_id),
        CallQueued(at=then(1), call_id=call_id, skill_group=GENERAL, joined_at=then(1), priority=0),
        CallOffered(at=then(1), call_id=call_id, seat_id=WANG),
        CallAnswered(at=then(2), call_id=call_id, seat_id=WANG, waited_ms=1000),
    ]


def over(call_id=FIRST, begins=0.0):
    return [
        CallEnded(at=at(begins + 60), call_id=call_id, talked_ms=58_000, ending=HUNG_UP),
        TranscriptFinished(at=at(begins + 61), call_id=call_id, utterances=1),
    ]


async def test_a_cue_is_kept_once_and_remembers_who_judged_it(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredQuality(database)
        other = cue(
            9000, 9.0, kind=CueKind.BANNED, level=CueLevel.AMBER, code="vague", word="可能吧"
        )
        await told(database, *a_call(), other, cue(), cue())
        found = await stored.cues_of(FIRST)
        assert [one.cue for one in found] == [cue(), other]
        assert {(one.seat_id, one.false_alarm) for one in found} == {(WANG, None)}
        await told(
            database,
            CueJudged(at=at(90), call_id=FIRST, cue_id=cue().cue_id, false_alarm=True, by="wang"),
        )
        judged = (await stored.cues_of(FIRST))[0]
        assert (judged.false_alarm, judged.judged_by, judged.judged_at) == (True, "wang", at(90))
        newest = await stored.newest_cues(None, None, 9)
        assert [one.cue.code for one in newest] == ["vague", "gas-leak"]
        assert [one.cue.code for one in await stored.newest_cues(at(5), None, 9)] == ["vague"]
        dangers = await stored.newest_cues(None, CueKind.DANGER, 9)
        assert [one.cue.code for one in dangers] == ["gas-leak"]
        assert len(await stored.newest_cues(None, None, 1)) == 1


async def test_hits_and_false_alarms_are_counted_for_each_word(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredQuality(database)
        cues = [cue(1000 * n, 4.0 + n) for n in range(3)]
        silence = cue(7, kind=CueKind.DEAD_AIR, code="dead-air", word="", found="")
        judged = [
            CueJudged(at=at(9), call_id=FIRST, cue_id=one.cue_id, false_alarm=wrong, by="wang")
            for one, wrong in ((cues[0], True), (cues[1], False))
        ]
        await told(
            database, *cues, silence, cue(5, code="fire", title="着火", word="着火"), *judged
        )
        assert await stored.word_hits(None) == [
            WordHits(
                code="gas-leak", word="煤气泄漏", kind=CueKind.DANGER, title="燃气泄漏",
                hits=3, judged=2, false_alarms=1,
            ),
            WordHits(
                code="fire", word="着火", kind=CueKind.DANGER, title="着火",
                hits=1, judged=0, false_alarms=0,
            ),
        ]  # fmt: skip
        assert [one.hits for one in await stored.word_hits(at(5.5))] == [1]


async def test_a_sentence_is_due_said_or_missed_and_counted(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredQuality(database)
        due = SentenceDue(
            at=at(2), call_id=FIRST, sentence_id="P01", reason="answered", at_ms=2000, must=True
        )
        spoken = SentenceSaid(
            at=at(5),
            call_id=FIRST,
            sentence_id="P01",
            at_ms=2000,
            starts_at_ms=3000,
            ends_at_ms=5000,
        )
        unasked = replace(spoken, sentence_id="P20", at_ms=0)
        missed = SentenceMissed(at=at(70), call_id=FIRST, sentence_id="P21", at_ms=0)
        await told(database, due, spoken, spoken, unasked, missed)
        assert await stored.moments_of(FIRST) == [
            SentenceMoment(
                call_id=FIRST, sentence_id="P20", at_ms=0, shown=False, said=(3000, 5000),
                missed=False, must=False,
            ),
            SentenceMoment(
                call_id=FIRST, sentence_id="P21", at_ms=0, shown=False, said=None, missed=True,
                must=True,
            ),
            SentenceMoment(
                call_id=FIRST, sentence_id="P01", at_ms=2000, shown=True, said=(3000, 5000),
                missed=False, must=True,
            ),
        ]  # fmt: skip
        assert await stored.sentence_counts(None) == [
            SentenceCounts(sentence_id="P01", shown=1, said=1, missed=0),
            SentenceCounts(sentence_id="P20", shown=0, said=1, missed=0),
            SentenceCounts(sentence_id="P21", shown=0, said=0, missed=1),
        ]
        assert [one.sentence_id for one in await stored.sentence_counts(at(60))] == ["P21"]
        await told(database, reviewed())
        assert not any(one.missed for one in await stored.moments_of(FIRST))


async def test_a_review_takes_the_place_of_the_one_before_of_this_call_alone(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredQuality(database)
        await told(
            database, *a_call(), *a_call(SECOND, 100, "13800000002"), reviewed(), signal(),
            signal("vague", 12_000), reviewed(SECOND), signal(call_id=SECOND),
        )  # fmt: skip
        newest_first = await stored.signals(None, None, None, 9)
        assert [(one.signal.call_id, one.signal.rule) for one in newest_first] == [
            (SECOND, "not-ours"), (FIRST, "not-ours"), (FIRST, "vague"),
        ]  # fmt: skip
        assert newest_first[1].signal == signal()
        assert (newest_first[1].arrived_at, newest_first[1].seat_id) == (at(0), WANG)
        await told(database, reviewed(words=2), signal("slips", 9000, version=2))
        again = await stored.signals(None, None, None, 9)
        assert [(one.signal.call_id, one.signal.rule) for one in again] == [
            (SECOND, "not-ours"), (FIRST, "slips"),
        ]  # fmt: skip
        assert [one.signal.rule for one in await stored.signals(None, at(50), None, 9)] == [
            "not-ours"
        ]
        assert [one.signal.rule for one in await stored.signals(None, None, at(50), 9)] == ["slips"]
        assert await stored.signals("vague", None, None, 9) == []
        assert await stored.versions([FIRST, SECOND]) == {FIRST: (2, 1), SECOND: (1, 1)}


async def test_measures_are_those_of_the_last_review(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredQuality(database)
        measured = SpeechMeasured(
            at=at(70), call_id=FIRST, operator_chars_per_min=200, citizen_chars_per_min=None,
            operator_ms=1, citizen_ms=2, talk_over_ms=3, talk_overs=4, longest_silence_ms=5,
        )  # fmt: skip
        assert await stored.measures_of(FIRST) is None
        await told(database, measured, replace(measured, operator_ms=9))
        assert await stored.measures_of(FIRST) == replace(measured, operator_ms=9)


async def test_calls_to_review_are_ended_and_transcribed(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredQuality(database)
        await told(database, *a_call(), *over(), *a_call(SECOND, 100, "13800000002"))
        assert await stored.unreviewed(at(-99), 9) == [FIRST]
        assert await stored.unreviewed(at(61), 9) == []
        assert await stored.transcribed(at(0), at(200), 9) == [FIRST]
        assert await stored.transcribed(at(1), at(200), 9) == []
        await told(database, reviewed(), *over(SECOND, 100))
        assert await stored.unreviewed(at(-99), 9) == [SECOND]
        assert await stored.transcribed(at(0), at(200), 1) == [FIRST]


async def test_a_stored_call_is_gone_through_and_once_more_with_a_new_list(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredQuality(database)
        slip = Phrase(code="slips", title="生活化用语", words=("弄一下",))
        rules = [Listening(words=WordLists(banned=(slip,)), sentences=(), words_version=5)]
        await told(
            database, *a_call(), said(Side.OPERATOR, "我给您弄一下", 9000), *over(),
            said(Side.OPERATOR, "不归我们管", 20_000, backfilled=True),
        )  # fmt: skip
        async with writing(database) as journal:

            def tell(event):
                journal.append(event)

            async def written():
                await journal.written(journal.last_seq)

            reviewer = Reviewer(
                StoredStories(stored), lambda: rules[0], written, tell, lambda: at(80)
            )
            async with asyncio.TaskGroup() as group:
                running = group.create_task(reviewer.run(), name=reviewer.name)
                await until(lambda: reviewer.calls == 1)
                await written()
                (found,) = await stored.signals("slips", None, None, 9)
                assert (found.signal.starts_at_ms, found.signal.found) == (9000, "弄一下")
                shirking = Phrase(code="not-ours", title="推诿", words=("不归我们管",))
                rules[0] = replace(rules[0], words=WordLists(shirking=(shirking,)), words_version=6)
                rerun = await reviewer.start(at(-1), at(99), "inspector")
                assert rerun.calls == 1
                await until(lambda: reviewer.rerun(rerun.rerun_id).ended_at is not None)
                await written()
                await one_turn()
                listed = [one.signal for one in await stored.signals(None, None, None, 9)]
                assert ("not-ours", 6) in [(one.rule, one.version) for one in listed]
                assert "slips" not in [one.rule for one in listed]
                measured = await stored.measures_of(FIRST)
                assert measured is not None
                assert measured.operator_ms == 200 * (6 + 5)
                running.cancel()
        assert await stored.unreviewed(at(-99), 9) == []


async def test_a_live_call_is_taken_up_after_a_restart_and_tells_nothing_twice(new_database_url):
    async with open_database(await new_database_url()) as database:
        fire = Phrase(code="fire", title="着火", words=("着火",), level="urgent")
        rules = Listening(words=WordLists(danger=(fire,)), sentences=())
        heard = []

        async def written():
            pass

        async def rooms():
            stories = await StoredCalls(database).live_stories()
            in_hand = [(call.call_id, told) for call, told in stories]
            return quality_rooms(
                database, lambda: rules, written, heard.append, lambda: at(9), in_hand
            )

        await told(database, *a_call())
        first = await rooms()
        sentence = said(Side.CITIZEN, "家里着火了", 5000)
        first.ears.on_event(sentence)
        assert [one.code for one in heard] == ["fire"]
        await told(database, sentence, *heard)
        heard.clear()
        second = await rooms()
        second.ears.on_event(sentence)
        second.ears.on_event(said(Side.CITIZEN, "还在着火", 8000))
        assert heard == []


async def test_a_story_has_its_transcript_once_and_its_form_in_words_of_quality(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredQuality(database)
        sentence = said(Side.CITIZEN, "着火了", 5000)
        await told(database, *a_call(), sentence, sentence, submitted())
        story = await StoredStories(stored).story(FIRST)
        assert story is not None
        assert [one for one in story.told if isinstance(one, UtteranceHeard)] == [sentence]
        assert [one.submitted for one in story.told if isinstance(one, FormSeen)] == [True]
        assert await StoredStories(stored).story(CallId("nobody")) is None
        assert await StoredTranscripts(database).of_call(FIRST) == [sentence]


# Orders in the words of quality.


def submitted() -> OrderSubmitted:
    return OrderSubmitted(at=at(58), call_id=FIRST, order_id=ORDER, by="wang")


def fields(kind, **values):
    written = tuple(
        (OrderField(name), FieldValue(value=value, by=FilledBy.PERSON))
        for name, value in values.items()
    )
    more = {"by": "wang"} if kind is FieldsEdited else {}
    return kind(at=at(9), call_id=FIRST, order_id=ORDER, fields=written, revision=1, **more)


def test_a_form_is_told_as_it_stands():
    reader = FormReader()
    first = reader.heard(fields(FieldsProposed, content="路灯不亮", request_type="praise"))
    assert isinstance(first, FormSeen)
    assert (first.stated, first.named, first.complete, first.request_type) == (
        True, False, False, "praise",
    )  # fmt: skip
    full = reader.heard(fields(FieldsEdited, caller_name="匿名", event_type="市政", urgency="x"))
    assert isinstance(full, FormSeen)
    assert full.complete
    cleared = reader.heard(fields(FieldsEdited, caller_name=""))
    assert isinstance(cleared, FormSeen)
    assert not cleared.complete
    done = reader.heard(submitted())
    assert isinstance(done, FormSeen)
    assert done.submitted


def test_nuisance_and_wrong_numbers_are_told_and_everything_else_stays():
    reader = FormReader()
    ticked = NuisanceStepTicked(at=at(9), call_id=FIRST, seat_id=WANG, step=2, by="wang")
    assert reader.heard(ticked) == NuisanceWarned(at=at(9), call_id=FIRST, step=2)
    coded = CallCoded(
        at=at(9), call_id=FIRST, seat_id=WANG, code="wrong-number", name="打错", note="", by="wang"
    )
    assert reader.heard(coded) == CallNamedWrong(at=at(9), call_id=FIRST)
    assert isinstance(reader.heard(replace(coded, code="answered")), CallCoded)
    assert story_of(FIRST, a_call()).told == tuple(a_call())
