"""Calls as the cue desk hears them, written down as scripts; and stored ones in memory."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from asr.events import Side, TranscriptFinished, UtteranceHeard, Word
from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    Direction,
    Ending,
    Event,
    RecordingStarted,
)
from cti.ids import CallId, SeatId
from documents.problems import DocumentKind
from quality.events import (
    CallReviewed,
    CueKind,
    CueLevel,
    CueRaised,
    SentenceDue,
    SentenceSaid,
    SignalFound,
    SpeechMeasured,
)
from quality.model import CallStory, Listening
from quality.records import (
    CueRecord,
    SentenceCounts,
    SentenceMoment,
    SignalRecord,
    WordHits,
)
from quality.reviewer import Reviewer
from seats.rule_documents.sentences import read_sentences
from seats.rule_documents.words import read_words
from seats.rule_versions import shipped
from tests.fakes.floor import NOON, call
from web.quality_ports import Quality

ONE = call(1)
WANG = SeatId("8001")
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")
WORDS, _ = read_words(shipped(DocumentKind.WORDS).body)
SENTENCES, _ = read_sentences(shipped(DocumentKind.SENTENCES).body)
SHIPPED = Listening(words=WORDS, sentences=SENTENCES, city="唐山市")
SIDES = {"市": Side.CITIZEN, "座": Side.OPERATOR, "三": Side.THIRD_PARTY}


def at_s(seconds: float):
    return NOON + timedelta(seconds=seconds)


def said(
    side: str,
    text: str,
    starts_s: float,
    *,
    ms_per_char: int = 200,
    confidence: float = 0.9,
    backfilled: bool = False,
    late_s: float = 0.3,
    call_id: CallId = ONE,
) -> UtteranceHeard:
    """One sentence; blanks part its words, and "|" is a pause of a second."""
    now = round(starts_s * 1000)
    words = []
    for piece in text.replace("|", " | ").split():
        if piece == "|":
            now += 1000
            continue
        words.append(
            Word(
                text=piece,
                starts_at_ms=now,
                ends_at_ms=now + ms_per_char * len(piece),
                confidence=confidence,
            )
        )
        now += ms_per_char * len(piece)
    return UtteranceHeard(
        at=at_s(now / 1000 + late_s),
        call_id=call_id,
        side=SIDES[side],
        text="".join(word.text for word in words),
        starts_at_ms=words[0].starts_at_ms if words else now,
        ends_at_ms=now,
        confidence=confidence,
        words=tuple(words),
        backfilled=backfilled,
    )


def opening(
    waited_ms: int = 0, direction: Direction = Direction.IN, call_id: CallId = ONE
) -> list[Event]:
    """The recording's zero is NOON; the seat answers at that instant."""
    return [
        CallArrived(
            at=NOON,
            call_id=call_id,
            caller_number="13800000001",
            called_number="12345",
            direction=direction,
        ),
        RecordingStarted(at=NOON, call_id=call_id),
        CallAnswered(at=NOON, call_id=call_id, seat_id=WANG, waited_ms=waited_ms),
    ]


def ended(seconds: float, call_id: CallId = ONE) -> CallEnded:
    return CallEnded(at=at_s(seconds), call_id=call_id, talked_ms=1, ending=HUNG_UP)


class StoriesInMemory:
    """Implements quality.ports.Stories over what is told to it."""

    def __init__(self) -> None:
        self.told: dict[CallId, list[Event]] = defaultdict(list)
        self.asked: list[CallId] = []

    def tell(self, event: Event) -> None:
        call_id = getattr(event, "call_id", None)
        if call_id is not None:
            self.told[call_id].append(event)

    async def story(self, call_id: CallId) -> CallStory | None:
        self.asked.append(call_id)
        told = self.told.get(call_id)
        return None if told is None else CallStory(call_id=call_id, told=tuple(told))

    async def unreviewed(self, since, limit):
        known = await self.versions(self._over())
        return [one for one in self._over() if self._finished(one) and one not in known]

    async def transcribed(self, since, until, limit):
        return [one for one in self._over() if since <= self.told[one][0].at < until][:limit]

    def _finished(self, call_id):
        return any(isinstance(event, TranscriptFinished) for event in self.told[call_id])

    async def versions(self, call_ids):
        return {
            call_id: (event.words_version, event.sentences_version)
            for call_id in call_ids
            for event in self.told[call_id]
            if isinstance(event, CallReviewed)
        }

    def _over(self):
        return [
            one for one, told in self.told.items() if any(isinstance(e, CallEnded) for e in told)
        ]


def cues_in(told) -> list[CueRaised]:
    return [one for one in told if isinstance(one, CueRaised)]


def due_in(told) -> list[str]:
    return [one.sentence_id for one in told if isinstance(one, SentenceDue)]


def said_in(told) -> list[str]:
    return [one.sentence_id for one in told if isinstance(one, SentenceSaid)]


def with_limits(**limits) -> Listening:
    words = replace(WORDS, limits=replace(WORDS.limits, **limits))
    return replace(SHIPPED, words=words)


class MemoryQualityRecords:
    """Implements web.quality_ports.QualityRecords: one cue, one sentence, one signal."""

    def __init__(self, call_id: CallId) -> None:
        self.cue = CueRecord(
            cue=CueRaised(
                at=NOON,
                call_id=call_id,
                cue_id=f"{call_id}-gas-leak-3600",
                kind=CueKind.DANGER,
                level=CueLevel.RED,
                code="gas-leak",
                title="燃气泄漏",
                side=Side.CITIZEN,
                starts_at_ms=3600,
                ends_at_ms=4400,
                found="煤气泄漏",
                word="煤气泄漏",
                version=3,
            ),
            seat_id=WANG,
        )
        self.signal = SignalRecord(
            signal=SignalFound(
                at=NOON,
                call_id=call_id,
                signal_id=f"{call_id}-not-ours-9000",
                rule="not-ours",
                version=3,
                side=Side.OPERATOR,
                starts_at_ms=9000,
                ends_at_ms=9900,
                found="不归我们管",
                title="推诿",
                word="不归我们管",
            ),
            arrived_at=NOON,
            seat_id=WANG,
        )
        self.moments = [
            moment_of(call_id, "P01", 0, said=(1000, 4000), must=True),
            moment_of(call_id, "P05", 30_000, must=True, missed=True),
            moment_of(call_id, "P11", 40_000),
        ]
        self.measured = SpeechMeasured(
            at=NOON,
            call_id=call_id,
            operator_chars_per_min=200,
            citizen_chars_per_min=240,
            operator_ms=30_000,
            citizen_ms=60_000,
            talk_over_ms=1500,
            talk_overs=1,
            longest_silence_ms=7000,
        )
        self.asked: list[tuple[object, ...]] = []

    async def cues_of(self, call_id):
        return [self.cue]

    async def newest_cues(self, since, kind, limit):
        self.asked.append((since, kind, limit))
        return [self.cue]

    async def moments_of(self, call_id):
        return self.moments

    async def measures_of(self, call_id):
        return self.measured

    async def signals(self, rule, since, until, limit):
        self.asked.append((rule, since, until, limit))
        return [self.signal]

    async def word_hits(self, since):
        return [
            WordHits(
                code=code, word=word, kind=CueKind.DANGER, title="旧标题",
                hits=5, judged=2, false_alarms=1,
            )
            for code, word in (("gas-leak", "煤气泄漏"), ("left-the-lists", "旧词"))
        ]  # fmt: skip

    async def sentence_counts(self, since):
        return [SentenceCounts(sentence_id="P01", shown=9, said=8, missed=1)]


def moment_of(call_id, sentence_id, at_ms, *, said=None, must=False, missed=False):
    return SentenceMoment(
        call_id=call_id,
        sentence_id=sentence_id,
        at_ms=at_ms,
        shown=True,
        said=said,
        missed=missed,
        must=must,
    )


class MemoryQuality:
    """The quality rooms as the web asks them; a judgement is kept in the one record."""

    def __init__(self, call_id: CallId) -> None:
        self.records = MemoryQualityRecords(call_id)
        self.stories = StoriesInMemory()
        self.told: list[Event] = []
        self.reviewer = Reviewer(
            self.stories, lambda: SHIPPED, written_down, self.told.append, lambda: NOON, inline
        )

    def judge(self, call_id, cue_id, by, *, false_alarm):
        self.records.cue = replace(
            self.records.cue, false_alarm=false_alarm, judged_by=by, judged_at=NOON
        )

    @property
    def for_web(self) -> Quality:
        return Quality(records=self.records, cues=self, reruns=self.reviewer, rules=lambda: SHIPPED)


async def written_down() -> None:
    pass


async def inline(work, *about):
    """Work that is done at once, without a thread: time is virtual."""
    return work(*about)
