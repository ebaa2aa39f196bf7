"""Listed words in one utterance, each with the time in which it was spoken. 语句命中

Pure. A pause longer than APART_MS between a negation and what it would negate means that they do
not belong together: 没有 … 着火了.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asr.events import UtteranceHeard
from seats.phrases import Phrase, hits_in, squeezed

APART_MS = 500


@dataclass(frozen=True, slots=True)
class Spoken:
    """An utterance's characters without blanks, each with the span of its word. 逐字时间"""

    text: str
    spans: tuple[tuple[int, int], ...]

    def joined(self, before: int, after: int) -> bool:
        """Whether both places were spoken without a pause between."""
        return self.spans[after][0] - self.spans[before][1] <= APART_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenHit:
    """A listed word where it was spoken. 命中"""

    phrase: Phrase
    word: str
    found: str
    starts_at_ms: int
    ends_at_ms: int


def spoken(utterance: UtteranceHeard) -> Spoken:
    """From its words; if they do not make the text, every character has the whole span."""
    text = squeezed(utterance.text)
    spans: list[tuple[int, int]] = []
    letters = ""
    for word in utterance.words:
        part = squeezed(word.text)
        letters += part
        spans += [(word.starts_at_ms, word.ends_at_ms)] * len(part)
    if letters != text:
        spans = [(utterance.starts_at_ms, utterance.ends_at_ms)] * len(text)
    return Spoken(text, tuple(spans))


def spoken_hits(said: Spoken, phrases: Sequence[Phrase]) -> Iterator[SpokenHit]:
    """At most one of each phrase, in the order of the list."""
    for hit in hits_in(said.text, phrases, said.joined):
        yield SpokenHit(
            phrase=hit.phrase,
            word=hit.word,
            found=said.text[hit.start : hit.end],
            starts_at_ms=said.spans[hit.start][0],
            ends_at_ms=said.spans[hit.end - 1][1],
        )
