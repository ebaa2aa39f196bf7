"""Recorded calls found by what was said in them; who heard them and what was marked. Both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, insert, select, text

from asr.events import Piece, Side, UtteranceHeard, Word
from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOffered,
    CallQueued,
    CallRetrieved,
    CallTransferred,
    Ending,
    RecordingStarted,
)
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from orders.citizen_events import SurveyAnswered, SurveyOffered
from orders.surveys import AskedHow, Satisfaction
from quality.events import CueJudged, CueKind, CueLevel, CueRaised, SignalFound
from recordings.events import CallMarked, ListeningOpened, MarkRemoved, RecordingHeard
from recordings.finding import Wanted
from recordings.model import RecordingId, first_recording_of
from recordings.spoken_text import phrases_in
from store.database import Database
from store.finding import HITS_SHOWN, StoredFinding
from store.listenings import StoredListenings, StoredMarks
from store.migrate import MIGRATIONS, upgrade
from store.said import INDEX, rebuild_index
from store.tables import said_lines, utterances
from tests.wire.journals import open_database, writing

T0 = datetime(2026, 11, 21, 4, tzinfo=UTC)
WANG, LI = SeatId("8001"), SeatId("8002")
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def call_id(number: int) -> CallId:
    return CallId(f"node1-{number}.1")


def a_call(number: int, seat=WANG, group="general", caller="13800000001", lasts_s=60):
    """It arrives in that minute."""
    call, begins = call_id(number), number * 3600
    skill = SkillGroupCode(group)
    return [
        CallArrived(at=at(begins), call_id=call, caller_number=caller, called_number="12345"),
        RecordingStarted(at=at(begins), call_id=call),
        CallQueued(
            at=at(begins), call_id=call, skill_group=skill, joined_at=at(begins), priority=0
        ),
        CallOffered(at=at(begins + 1), call_id=call, seat_id=seat),
        CallAnswered(at=at(begins + 2), call_id=call, seat_id=seat, waited_ms=2000),
        CallEnded(at=at(begins + lasts_s), call_id=call, ending=HUNG_UP, talked_ms=0),
    ]


def said(number: int, what: str, start_ms=5000, side=Side.CITIZEN, written="", pieces=(), **more):
    """Each letter is a word that takes 200 ms."""
    words = tuple(
        Word(text=one, starts_at_ms=start_ms + n * 200, ends_at_ms=start_ms + n * 200 + 200,
             confidence=0.9)
        for n, one in enumerate(what)
    )  # fmt: skip
    return UtteranceHeard(
        at=at(number * 3600 + start_ms / 1000 + 2), call_id=call_id(number), side=side, text=what,
        written=written, starts_at_ms=start_ms, ends_at_ms=start_ms + 200 * len(what),
        confidence=0.9, words=words, pieces=tuple(pieces), **more,
    )  # fmt: skip


async def told(database: Database, *events) -> None:
    async with writing(database) as journal:
        for event in events:
            journal.append(event)
        assert await journal.written(journal.last_seq)
        assert journal.projections_failed == journal.lost == 0


@pytest.fixture
def stored(new_database_url):
    """An async function: what `wanted` finds in a database where these events were told."""

    async def find(events, wanted: Wanted, after=None, limit=50):
        async with open_database(await new_database_url()) as database:
            await told(database, *events)
            return await StoredFinding(database).find(wanted, after, limit)

    return find


def of(findings):
    return [int(one.call_id.split("-")[1].split(".")[0]) for one in findings.calls]


def words(what: str, **more) -> Wanted:
    return Wanted(phrases=tuple(phrases_in(what)), **more)


SENTENCES = (
    (1, "小区物业不管消防通道堵了"),
    (2, "消防车进不来通道没人管"),
    (3, "我要投诉物业公司"),
    (4, "煤气泄漏了快来人"),
    (5, "中国移动的wifi坏了拨打10086没人接"),
)


@pytest.mark.parametrize(
    ("looked_for", "calls"),
    [
        ("物业", [3, 1]),
        ("消防通道", [1]),
        ("通道", [2, 1]),
        ("管", [2, 1]),
        ("WiFi", [5]),
        ("1008", [5]),
        ("ifi坏", [5]),
        ("消防 物业", [1]),
        ("物业，不管", [1]),
        ("防火通道", []),
        ("通道堵塞", []),
        ("'\"; DROP TABLE said_lines; --", []),
        ("NEAR OR AND *", []),
    ],
)
async def test_every_part_of_a_sentence_is_found_exactly(stored, looked_for, calls):
    events = [one for number, what in SENTENCES for one in (*a_call(number), said(number, what))]
    found = await stored(events, words(looked_for))
    assert of(found) == calls
    assert found.total == len(calls)


async def test_the_same_sentences_are_found_as_by_looking_through_all_of_them(new_database_url):
    sentences = dict(SENTENCES)
    async with open_database(await new_database_url()) as database:
        for number, what in SENTENCES:
            await told(database, *a_call(number), said(number, what))
        finding = StoredFinding(database)
        whole = "".join(sentences.values())
        for length in (1, 2, 3, 4):
            for begin in range(len(whole) - length + 1):
                phrase = whole[begin : begin + length]
                there = [number for number, what in reversed(SENTENCES) if phrase in what]
                assert of(await finding.find(words(phrase), None, 50)) == there, phrase


async def test_a_hit_is_the_readable_sentence_with_the_moment_of_the_word(stored):
    heard = said(
        1, "建设路二十六号停水", 12_000, written="建设路26号停水。",
        pieces=[Piece("建设路", 0, 2), Piece("26号", 3, 6), Piece("停水。", 7, 8)],
    )  # fmt: skip
    for looked_for, shown, marks, at_ms in (
        ("26号停水", "建设路26号停水。", ((3, 8),), 12_600),
        ("二十六号", "建设路二十六号停水", ((3, 7),), 12_600),
        ("停水", "建设路26号停水。", ((6, 8),), 13_400),
    ):
        found = await stored([*a_call(1), heard], words(looked_for))
        (hit,) = found.calls[0].hits
        assert (hit.text, hit.marks, hit.at_ms, hit.side) == (shown, marks, at_ms, Side.CITIZEN)


async def test_no_phrase_reaches_from_one_text_of_a_sentence_into_the_other(stored):
    heard = said(1, "二十六号", written="26号。")
    assert of(await stored([*a_call(1), heard], words("号2"))) == []


async def test_text_that_came_later_is_found_as_well_and_nothing_is_found_twice(new_database_url):
    first, later = said(1, "消防通道", 5000), said(1, "消防通道又堵了", 5000, backfilled=True)
    other = said(1, "第二次听出来的消防", 20_000, backfilled=True)
    async with open_database(await new_database_url()) as database:
        await told(database, *a_call(1), first)
        await told(database, later, other)
        found = await StoredFinding(database).find(words("消防"), None, 50)
        # What stood at that place stays, in the table and in the index.
        assert [hit.text for hit in found.calls[0].hits] == ["消防通道", "第二次听出来的消防"]
        assert of(await StoredFinding(database).find(words("又堵了"), None, 50)) == []


async def test_the_index_made_anew_is_the_index_that_grew(new_database_url):
    async with open_database(await new_database_url()) as database:
        for number, what in SENTENCES:
            await told(database, *a_call(number), said(number, what))
        finding = StoredFinding(database)
        grown = of(await finding.find(words("物业"), None, 50))
        async with database.write() as connection:
            lost = "delete-all" if database.is_sqlite else None
            emptied = (
                f"INSERT INTO {INDEX} ({INDEX}) VALUES ('{lost}')"
                if lost
                else f"DELETE FROM {INDEX}"
            )
            await connection.execute(text(emptied))
        assert of(await finding.find(words("物业"), None, 50)) == []
        await rebuild_index(database)
        assert of(await finding.find(words("物业"), None, 50)) == grown == [3, 1]
        # And it grows on from there.
        await told(database, *a_call(6), said(6, "物业又来了"))
        assert of(await finding.find(words("物业"), None, 50)) == [6, 3, 1]
        async with database.read() as connection:
            lines = (await connection.execute(select(func.count(said_lines.c.line_id)))).scalar()
        assert lines == len(SENTENCES) + 1


async def test_what_was_said_before_the_upgrade_is_found_after_it(new_database_url):
    def to_the_version_before(connection):
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")

    database = Database(await new_database_url())
    try:
        async with database.write() as connection:
            await connection.run_sync(to_the_version_before)
        # Tables that this version has changed are left alone here: of them no event tells.
        await told(database, *a_call(1))
        async with database.write() as connection:
            row = {"call_id": call_id(1), "side": "citizen", "starts_at_ms": 5000, "at": at(9),
                     "ends_at_ms": 6000, "text": "消防通道", "confidence": 0.9, "words": [],
                     "backfilled": False}  # fmt: skip
            await connection.execute(insert(utterances), [row])
        await upgrade(database)
        assert of(await StoredFinding(database).find(words("消防"), None, 50)) == [1]
        await told(database, said(1, "物业不管", 9000))
        assert of(await StoredFinding(database).find(words("消防 物业"), None, 50)) == [1]
    finally:
        await database.close()


async def test_only_some_sentences_of_a_call_are_shown_and_all_are_counted(stored):
    talk = [said(1, f"物业第{n}次", 5000 * (n + 1)) for n in range(HITS_SHOWN + 4)]
    found = await stored([*a_call(1), *talk], words("物业"))
    assert len(found.calls[0].hits) == HITS_SHOWN
    assert found.calls[0].hit_count == HITS_SHOWN + 4
    assert [hit.at_ms for hit in found.calls[0].hits] == [5000, 10_000, 15_000]


async def test_who_said_it_and_supervisors_words_that_are_nobodys_business(stored):
    events = [
        *a_call(1), said(1, "请您稍等", side=Side.OPERATOR),
        *a_call(2), said(2, "请您稍等", side=Side.SUPERVISOR, leg_id=LegId("node1-2.1-p1"), who="8009"),
    ]  # fmt: skip
    assert of(await stored(events, words("稍等"))) == [2, 1]
    assert of(await stored(events, words("稍等", side=Side.OPERATOR))) == [1]
    assert of(await stored(events, words("稍等", without_supervisors=True))) == [1]


def floor_of_calls():
    """Five calls that differ in everything one may look for."""
    moved = [
        CallTransferred(at=at(2 * 3600 + 30), call_id=call_id(2), from_seat=LI, to_seat=WANG),
        CallRetrieved(at=at(2 * 3600 + 30), call_id=call_id(2), seat_id=WANG),
    ]
    second = a_call(2, seat=LI, caller="13800000002", lasts_s=120)
    return [
        *a_call(1),
        *second[:-1], *moved, second[-1],
        *a_call(3, group="foreign_en", caller="13800001001", lasts_s=600),
        *a_call(4, seat=LI, caller="13800000004"),
        cue(4, "c1", CueKind.DANGER), cue(3, "c2", CueKind.DANGER),
        CueJudged(at=at(9), call_id=call_id(3), cue_id="c2", false_alarm=True, by="leader"),
        SignalFound(
            at=at(9), call_id=call_id(1), signal_id="s1", rule="not-ours", version=1,
            side=Side.OPERATOR, starts_at_ms=1, ends_at_ms=2, found="不归我们管", title="推诿",
            word="不归我们管",
        ),
        SurveyOffered(
            at=at(3700), call_id=call_id(1), how=AskedHow.TRANSFERRED, seat_id=WANG,
            skill_group=SkillGroupCode("general"), order_id=None,
        ),
        SurveyAnswered(
            at=at(3710), call_id=call_id(1), satisfaction=Satisfaction.UNSATISFIED, score=1, scale=5,
            how=AskedHow.TRANSFERRED,
        ),
        CallMarked(at=at(9), call_id=call_id(2), mark_id="m1", by="i", name="i", at_ms=1, text=""),
        CallMarked(at=at(9), call_id=call_id(4), mark_id="m2", by="i", name="i", at_ms=1, text=""),
        MarkRemoved(at=at(9), call_id=call_id(4), mark_id="m2", by="i"),
        opened(3, "l1"),
    ]  # fmt: skip


def cue(number: int, cue_id: str, kind: CueKind) -> CueRaised:
    return CueRaised(
        at=at(9), call_id=call_id(number), cue_id=cue_id, kind=kind, level=CueLevel.RED, code="gas",
        title="燃气泄漏", side=Side.CITIZEN, starts_at_ms=1, ends_at_ms=2, found="煤气泄漏",
        word="煤气泄漏", advice="", version=1,
    )  # fmt: skip


def opened(number: int, listening_id: str, by="inspector", second=9.0) -> ListeningOpened:
    return ListeningOpened(
        at=at(second), call_id=call_id(number), recording_id=first_recording_of(call_id(number)),
        listening_id=listening_id, by=by, name="何质检", purpose="质量抽检", note="", own=False,
        address="10.0.0.7",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "calls"),
    [
        ({}, [4, 3, 2, 1]),
        ({"number": "13800000002"}, [2]),
        ({"number_ends": "0001"}, [1]),
        ({"number_ends": "1001"}, [3]),
        ({"seat_id": WANG}, [3, 2, 1]),
        ({"seat_id": LI}, [4, 2]),
        ({"only_seat": LI}, [4]),
        ({"skill_group": SkillGroupCode("foreign_en")}, [3]),
        ({"since": at(2 * 3600), "until": at(4 * 3600)}, [3, 2]),
        ({"cue": "danger"}, [4]),
        ({"signal": "not-ours"}, [1]),
        ({"satisfaction": "unsatisfied"}, [1]),
        ({"score": 1}, [1]),
        ({"score": 5}, []),
        ({"shortest_s": 120}, [3, 2]),
        ({"longest_s": 60}, [4, 1]),
        ({"marked": True}, [2]),
        ({"unheard_by": "inspector"}, [4, 2, 1]),
        ({"unheard_by": "leader", "skill_group": SkillGroupCode("general")}, [4, 2, 1]),
    ],
)
async def test_calls_are_found_by_what_is_known_of_them(stored, wanted, calls):
    assert of(await stored(floor_of_calls(), Wanted(**wanted))) == calls


async def test_what_hangs_on_a_found_call_is_counted(stored):
    found = {one.call_id: one for one in (await stored(floor_of_calls(), Wanted())).calls}
    first = found[call_id(1)]
    assert (first.cues, first.signals, first.marks, first.listenings) == (0, 1, 0, 0)
    assert (first.satisfaction, first.score) == ("unsatisfied", 1)
    assert (found[call_id(4)].cues, found[call_id(4)].marks) == (1, 0)
    assert (found[call_id(3)].cues, found[call_id(3)].listenings) == (0, 1)
    assert found[call_id(2)].marks == 1


async def test_pages_follow_one_another_without_gap_or_repeat(new_database_url):
    async with open_database(await new_database_url()) as database:
        for number in range(1, 8):
            events = a_call(number)
            # Two calls of the same instant.
            shift = timedelta(seconds=3600 if number == 4 else 0)
            await told(database, *(replace(event, at=event.at - shift) for event in events))
        finding, after, pages = StoredFinding(database), None, []
        for _ in range(4):
            page = await finding.find(Wanted(), after, 2)
            pages.append(of(page))
            after = page.after
            assert page.total == 7
        assert pages == [[7, 6], [5, 4], [3, 2], [1]]
        assert after is None


async def test_what_was_heard_is_kept_by_person_and_merged(new_database_url):
    first = first_recording_of(call_id(1))

    def heard(listening_id, *spans, by="inspector"):
        return RecordingHeard(
            at=at(60), call_id=call_id(1), recording_id=first, listening_id=listening_id, by=by,
            spans=spans,
        )  # fmt: skip

    async with open_database(await new_database_url()) as database:
        await told(
            database,
            *a_call(1),
            opened(1, "l1"),
            opened(1, "l2", by="leader", second=20),
            heard("l1", (0, 5000)),
            heard("l1", (4000, 9000), (20_000, 21_000)),
            heard("nobody-knows", (0, 1)),
        )
        records = StoredListenings(database)
        newest, oldest = await records.of_recording(first)
        assert (newest.by, newest.spans, newest.heard_at) == ("leader", (), None)
        assert oldest.spans == ((0, 9000), (20_000, 21_000))
        assert (oldest.heard_ms, oldest.heard_at) == (10_000, at(60))
        assert (oldest.purpose, oldest.address, oldest.opened_at) == ("质量抽检", "10.0.0.7", at(9))
        assert (await records.newest_of(first, "inspector")).listening_id == "l1"
        assert await records.newest_of(RecordingId("other-1"), "inspector") is None
        between = await records.between(at(0), at(10), None, 10)
        assert [one.listening_id for one in between] == ["l1"]
        assert await records.between(at(0), at(99), "nobody", 10) == []


async def test_marks_stand_in_their_order_until_they_are_removed(new_database_url):
    async with open_database(await new_database_url()) as database:
        usual = {"call_id": call_id(1), "by": "inspector", "name": "何质检"}
        await told(
            database,
            CallMarked(at=at(5), mark_id="m1", at_ms=9000, text="语气生硬", **usual),
            CallMarked(at=at(6), mark_id="m2", at_ms=1000, ends_at_ms=4000, text="", **usual),
            CallMarked(at=at(7), mark_id="m3", at_ms=2000, text="看错了", **usual),
            MarkRemoved(at=at(8), call_id=call_id(1), mark_id="m3", by="leader"),
        )
        second, first = await StoredMarks(database).of_call(call_id(1))
        assert (second.mark_id, second.ends_at_ms) == ("m2", 4000)
        assert (first.text, first.name, first.made_at, first.ends_at_ms) == (
            "语气生硬", "何质检", at(5), None,
        )  # fmt: skip
