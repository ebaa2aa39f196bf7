"""Which prescribed sentence is due, which was said, which was not. 规范用语

    moment ──► due (shown) ──operator says it──► said
                  └── must, and the call is over ──► missed

Pure; the memory of one call. Checking what was written and closing are waited for from the answer on
without being shown, as an operator may do so before anything tells that he should. A slow answer takes the place of the
usual opening: either of the two is enough.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from asr.events import UtteranceHeard
from quality.sounds import Sounds, plain
from quality.words import spoken
from seats.rule_documents.sentences import Sentence

WINDOW = 4
"""So many utterances in turn may hold one sentence. 跨句数"""
APART_MS = 4_000
"""With a longer pause between they are not one sentence. 句间最长停顿"""
OPENINGS = frozenset({"answered", "slow-answer", "out-answered"})
"""Their time counts from the operator's first words. 开头语"""
UNSHOWN = frozenset({"closing", "goodbye", "form-complete"})
UNSHOWN_OUT = frozenset({"out-goodbye"})


@dataclass(slots=True, eq=False)
class Due:
    """A sentence at a moment of it. 应说"""

    sentence: Sentence
    reason: str
    at_ms: int
    shown: bool
    said: tuple[int, int] | None = None

    @property
    def from_ms(self) -> int:
        return self.at_ms - round(self.sentence.before_s * 1000)


@dataclass(slots=True, eq=False)
class Script:
    """One call's sentences. 用语进程"""

    _dues: list[Due] = field(default_factory=list)
    _heard: list[UtteranceHeard] = field(default_factory=list)
    """The operator's, as they were spoken. 话务员语句"""
    first_words_ms: int | None = None
    """When the operator first spoke. 首句时刻"""

    @property
    def dues(self) -> Sequence[Due]:
        return self._dues

    def wait_for(self, trigger: str, at_ms: int, sentences: Sequence[Sentence]) -> None:
        """It need not be shown yet, but it counts from now on."""
        for sentence in _of(trigger, sentences):
            if not any(due.sentence.sentence_id == sentence.sentence_id for due in self._dues):
                self._dues.append(Due(sentence, trigger, at_ms, shown=False))

    def moment(self, trigger: str, at_ms: int, sentences: Sequence[Sentence]) -> list[Due]:
        """The sentences that are due now and were not; some may have been said just before."""
        found = []
        for sentence in _of(trigger, sentences):
            due = self._new_due(sentence, trigger, at_ms)
            if due is not None:
                found.append(due)
        return found

    def hear(self, utterance: UtteranceHeard) -> list[Due]:
        """An utterance of the operator; which dues it answers."""
        if self.first_words_ms is None or utterance.starts_at_ms < self.first_words_ms:
            self.first_words_ms = utterance.starts_at_ms
        place = bisect_right(self._heard, utterance.starts_at_ms, key=lambda one: one.starts_at_ms)
        self._heard.insert(place, utterance)
        answered = []
        for due in self._dues:
            if due.said is None and self._answers(due, place):
                answered.append(due)
        return answered

    def missed(self, *, order_made: bool) -> list[Due]:
        """Those that had to be said and were not; nothing is claimed of a call without words."""
        if not self._heard:
            return []
        opened = any(due.said and due.reason == "slow-answer" for due in self._dues)
        return [
            due
            for due in self._dues
            if due.said is None
            and due.sentence.must
            and (order_made or not due.sentence.with_order)
            and not (opened and due.reason == "answered")
        ]

    def _new_due(self, sentence: Sentence, trigger: str, at_ms: int) -> Due | None:
        before = [d for d in self._dues if d.sentence.sentence_id == sentence.sentence_id]
        waiting = next((due for due in before if not due.shown), None)
        if waiting is not None:
            waiting.shown = True
            if waiting.said is not None:
                return None
            waiting.at_ms = at_ms
            return waiting
        if before:
            again_ms = sentence.again_s * 1000
            if not again_ms or at_ms - before[-1].at_ms < again_ms:
                return None
        due = Due(sentence, trigger, at_ms, shown=True)
        self._dues.append(due)
        for place, one in enumerate(self._heard):
            if one.starts_at_ms >= due.from_ms and due.said is None:
                self._answers(due, place)
        return due

    def _answers(self, due: Due, place: int) -> bool:
        """Whether the utterances that end at that place, or go on after it, say the sentence."""
        for last in range(place, min(place + WINDOW, len(self._heard))):
            window = self._window(due, last)
            if window and (span := said_in(due.sentence, window)) is not None:
                due.said = span
                return True
        return False

    def _window(self, due: Due, last: int) -> list[UtteranceHeard]:
        until_ms = self._until_ms(due)
        found: list[UtteranceHeard] = []
        for one in reversed(self._heard[max(0, last - WINDOW + 1) : last + 1]):
            late = until_ms is not None and one.starts_at_ms > until_ms
            if late or one.ends_at_ms < due.from_ms:
                break
            if found and found[0].starts_at_ms - one.ends_at_ms > APART_MS:
                break
            found.insert(0, one)
        return found

    def _until_ms(self, due: Due) -> int | None:
        if not due.sentence.within_s:
            return None
        since = due.at_ms
        if due.reason in OPENINGS and self.first_words_ms is not None:
            since = max(since, self.first_words_ms)
        return since + round(due.sentence.within_s * 1000)


def said_in(sentence: Sentence, window: Sequence[UtteranceHeard]) -> tuple[int, int] | None:
    """Where these utterances, taken as one, say it: the span of what was recognised of it."""
    pieces = [spoken(one) for one in window]
    sounds = Sounds("".join(piece.text for piece in pieces))
    spans = [span for piece in pieces for span in piece.spans]
    places = _places(sentence, sounds)
    if not places:
        return None
    return min(spans[start][0] for start, _ in places), max(spans[end - 1][1] for _, end in places)


def _places(sentence: Sentence, sounds: Sounds) -> list[tuple[int, int]]:
    for whole in sentence.instead:
        place = sounds.place_of(plain(whole))
        if place is not None:
            return [place]
    found = []
    for group in sentence.patterns:
        places = (sounds.place_of(plain(fragment)) for fragment in group)
        place = next((one for one in places if one is not None), None)
        if place is None:
            return []
        found.append(place)
    return found


def _of(trigger: str, sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    return (one for one in sentences if one.trigger == trigger)
