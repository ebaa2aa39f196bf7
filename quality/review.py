"""A whole call gone through once more: signals, missed sentences, measures. 通话检测

Pure: a story and the lists in, events out; the same in, the same out. Used at the end of every
transcript, for text that was made up later, and when a period is gone through again with new lists.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from asr.events import Side, UtteranceHeard
from cti.events import Event, RecordingStarted
from quality.cues import Cue
from quality.events import (
    CallReviewed,
    CueKind,
    CueLevel,
    CueRaised,
    SentenceDue,
    SentenceMissed,
    SentenceSaid,
    SignalFound,
    SpeechMeasured,
)
from quality.model import CallStory, FormSeen, Listening
from quality.talk import Talk
from quality.timing import Measures, measured

OURS = (CueRaised, SentenceDue, SentenceSaid)
SAME_MOMENT_MS = 10_000
RULES_OF_TIME = {CueKind.TALK_OVER: "抢话"}
"""Cues that an inspector too should know of, beside listed words. 时序信号"""


def review(story: CallStory, rules: Listening, at: datetime) -> list[Event]:
    """CallReviewed first: what follows takes the place of what an earlier review found."""
    talk = Talk(story.call_id, late_counts=True)
    said: list[SentenceSaid] = []
    cues: list[CueRaised] = []
    for event in in_order(story.told):
        for found in talk.take(event, rules):
            if isinstance(found, SentenceSaid):
                said.append(found)
            elif isinstance(found, CueRaised):
                cues.append(found)
    utterances = [one for one in story.told if isinstance(one, UtteranceHeard)]
    measures = measured(utterances, talk.talking)
    signals = list(_signals(cues, measures, rules, story, at))
    moments = _Moments(story.told)
    said = [replace(one, at_ms=moments.nearest(one.sentence_id, one.at_ms)) for one in said]
    news = [one for one in said if (one.sentence_id, one.at_ms) not in moments.said]
    missed = talk.script.missed(order_made=talk.order_made) if talk.answered else []
    return [
        CallReviewed(
            at=at,
            call_id=story.call_id,
            words_version=rules.words_version,
            sentences_version=rules.sentences_version,
            signals=len(signals),
        ),
        *signals,
        *news,
        *(
            SentenceMissed(
                at=at,
                call_id=story.call_id,
                sentence_id=due.sentence.sentence_id,
                at_ms=moments.nearest(due.sentence.sentence_id, due.at_ms),
            )
            for due in missed
        ),
        *_measures(measures, story, at),
    ]


class _Moments:
    """When sentences were shown and said while the call went on. 实时时机

    Text comes a little later than what it tells of, so the same moment may lie elsewhere in a review.
    """

    def __init__(self, told: Iterable[Event]) -> None:
        self.said: set[tuple[str, int]] = set()
        self._known: dict[str, list[int]] = {}
        for one in told:
            if isinstance(one, SentenceSaid):
                self.said.add((one.sentence_id, one.at_ms))
            if isinstance(one, SentenceDue | SentenceSaid):
                self._known.setdefault(one.sentence_id, []).append(one.at_ms)

    def nearest(self, sentence_id: str, at_ms: int) -> int:
        """The moment that was shown, if it is the same one."""
        known = self._known.get(sentence_id, ())
        best = min(known, key=lambda one: abs(one - at_ms), default=at_ms)
        return best if abs(best - at_ms) <= SAME_MOMENT_MS else at_ms


def in_order(told: Sequence[Event]) -> list[Event]:
    """As it was spoken: text that came late takes its place among what happened then."""
    zero = next((one.at for one in told if isinstance(one, RecordingStarted)), None)
    if zero is None:
        return [one for one in told if not isinstance(one, OURS)]

    def when(event: Event) -> datetime:
        if isinstance(event, UtteranceHeard):
            return zero + timedelta(milliseconds=event.ends_at_ms)
        return event.at

    # Forms follow words: what stands in the form when the text came late was written before it.
    return sorted(
        (one for one in told if not isinstance(one, OURS)),
        key=lambda one: (when(one), isinstance(one, FormSeen)),
    )


def _signals(
    cues: Iterable[CueRaised],
    measures: Measures,
    rules: Listening,
    story: CallStory,
    at: datetime,
) -> Iterator[SignalFound]:
    limit_ms = rules.words.limits.dead_air_s * 1000
    silent = [span for span in measures.silence if span[1] - span[0] > limit_ms]
    found = [
        *(cue for cue in cues if cue.kind is CueKind.BANNED or cue.kind in RULES_OF_TIME),
        *(_dead_air(story, at, span) for span in silent),
    ]
    for cue in sorted(found, key=lambda one: (one.starts_at_ms, one.code)):
        yield SignalFound(
            at=at,
            call_id=story.call_id,
            signal_id=cue.cue_id,
            rule=cue.code,
            version=rules.words_version,
            side=cue.side,
            starts_at_ms=cue.starts_at_ms,
            ends_at_ms=cue.ends_at_ms,
            found=cue.found,
            title=RULES_OF_TIME.get(cue.kind, cue.title),
            word=cue.word,
        )


def _dead_air(story: CallStory, at: datetime, span: tuple[int, int]) -> CueRaised:
    cue = Cue(
        kind=CueKind.DEAD_AIR,
        level=CueLevel.AMBER,
        code="dead-air",
        title="静音过长",
        side=Side.OPERATOR,
        starts_at_ms=span[0],
        ends_at_ms=span[1],
    )
    return CueRaised(
        at=at,
        call_id=story.call_id,
        cue_id=cue.id_in(story.call_id),
        kind=cue.kind,
        level=cue.level,
        code=cue.code,
        title=cue.title,
        side=cue.side,
        starts_at_ms=cue.starts_at_ms,
        ends_at_ms=cue.ends_at_ms,
    )


def _measures(measures: Measures, story: CallStory, at: datetime) -> Iterator[SpeechMeasured]:
    if not measures.operator_ms and not measures.citizen_ms:
        return
    yield SpeechMeasured(
        at=at,
        call_id=story.call_id,
        operator_chars_per_min=measures.operator_chars_per_min,
        citizen_chars_per_min=measures.citizen_chars_per_min,
        operator_ms=measures.operator_ms,
        citizen_ms=measures.citizen_ms,
        talk_over_ms=measures.talk_over_ms,
        talk_overs=len(measures.talk_over),
        longest_silence_ms=measures.longest_silence_ms,
    )
