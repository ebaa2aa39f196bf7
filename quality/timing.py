"""How fast both sides speak, who speaks over whom, and how long nobody does. 语速、抢话、静音

Pure. Everything is reckoned from the spans of words: words with less than BREATH_MS between them are
one piece of speech. Waiting on hold is no silence; nobody can speak there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from asr.events import Side, UtteranceHeard
from seats.phrases import squeezed

BREATH_MS = 500
LEAST_CHARS = 20
"""With fewer a rate says nothing. 语速最少字数"""
A_MINUTE_MS = 60_000
CHINESE = frozenset({"zh", "dialect"})
"""Languages for which words and sentences are listed. 中文"""

Span = tuple[int, int]
"""(starts_at_ms, ends_at_ms)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """One call's speech in numbers. 通话测量"""

    operator_chars_per_min: int | None
    citizen_chars_per_min: int | None
    operator_ms: int
    citizen_ms: int
    talk_over: tuple[Span, ...]
    """Where the operator spoke over the citizen. 抢话"""
    silence: tuple[Span, ...]
    """Between pieces of speech while both could hear each other, the longest first. 静音"""

    @property
    def talk_over_ms(self) -> int:
        return length(self.talk_over)

    @property
    def longest_silence_ms(self) -> int:
        return length(self.silence[:1])


def measured(said: Sequence[UtteranceHeard], talking: Sequence[Span]) -> Measures:
    """Of a whole call; `talking` is when citizen and seat could hear each other."""
    audible = [one for one in said if one.side is not Side.SUPERVISOR]
    operator = [one for one in audible if one.side is Side.OPERATOR]
    citizen = [one for one in audible if one.side is Side.CITIZEN]
    operator_spans = speech_of(operator)
    citizen_spans = speech_of(citizen)
    everybody = merged(span for one in audible for span in pieces(one))
    return Measures(
        operator_chars_per_min=_speed(operator),
        citizen_chars_per_min=_speed(citizen),
        operator_ms=length(operator_spans),
        citizen_ms=length(citizen_spans),
        talk_over=tuple(spoken_over(operator_spans, citizen_spans)),
        silence=tuple(sorted(_silences(everybody, talking), key=lambda s: s[0] - s[1])),
    )


def _speed(said: Iterable[UtteranceHeard]) -> int | None:
    """Only Chinese is counted in characters."""
    chinese = [one for one in said if one.language in CHINESE]
    return rate(chars_of(chinese), length(speech_of(chinese)))


def pieces(utterance: UtteranceHeard) -> Iterator[Span]:
    """The utterance's words, or its own span if it has none."""
    if not utterance.words:
        yield utterance.starts_at_ms, utterance.ends_at_ms
    for word in utterance.words:
        yield word.starts_at_ms, word.ends_at_ms


def speech_of(said: Iterable[UtteranceHeard]) -> list[Span]:
    """One side's pieces of speech, in order."""
    return merged(span for one in said for span in pieces(one))


def merged(spans: Iterable[Span]) -> list[Span]:
    """In order, joined where less than a breath lies between."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] < BREATH_MS:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, max(start, end)))
    return found


def length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def chars_of(said: Iterable[UtteranceHeard]) -> int:
    return sum(len(squeezed(one.text)) for one in said)


def rate(chars: int, speaking_ms: int) -> int | None:
    """Characters per minute of speaking."""
    if chars < LEAST_CHARS or speaking_ms <= 0:
        return None
    return round(chars * A_MINUTE_MS / speaking_ms)


def spoken_over(operator: Sequence[Span], citizen: Sequence[Span]) -> Iterator[Span]:
    """Where the operator began while the citizen was speaking, as long as both spoke."""
    for start, end in operator:
        for his_start, his_end in citizen:
            if his_start < start < his_end:
                yield start, min(end, his_end)


def _silences(everybody: Sequence[Span], talking: Sequence[Span]) -> Iterator[Span]:
    for start, end in talking:
        quiet_since = start
        for began, ended in everybody:
            if ended <= start or began >= end:
                continue
            if began > quiet_since:
                yield quiet_since, began
            quiet_since = max(quiet_since, ended)
        if quiet_since < end:
            yield quiet_since, end
