"""Tells what one voice said, on the call's clock. 转写播报"""

import asyncio
from dataclasses import replace

from asr.engine import Guess, Heard
from asr.events import PartialHeard, UtteranceHeard, Word
from asr.ports import Voice
from asr.surroundings import Surroundings


class VoiceTeller:
    """Makes events of what a recogniser heard. 播报员

    A recogniser counts from the start of its stream; `base_ms` is where that was in the call.
    """

    def __init__(self, voice: Voice, around: Surroundings) -> None:
        self.utterances = 0
        self._voice = voice
        self._around = around
        self._partial = ""
        self._partial_told_at = -1.0

    def place_of(
        self, heard: Heard, base_ms: int, until_ms: int, resume_ms: int
    ) -> tuple[tuple[Word, ...], int, int]:
        """The words on the call's clock, where they begin and where they end."""
        words = tuple(
            replace(
                word,
                starts_at_ms=word.starts_at_ms + base_ms,
                ends_at_ms=min(word.ends_at_ms + base_ms, until_ms),
            )
            for word in heard.words
        )
        # A server that gives no word times still gives the order: from the last utterance to here.
        if not words:
            return words, resume_ms, until_ms
        return words, words[0].starts_at_ms, words[-1].ends_at_ms

    def tell(
        self,
        heard: Heard,
        words: tuple[Word, ...],
        starts_at_ms: int,
        ends_at_ms: int,
        language: str,
        *,
        late: bool,
    ) -> None:
        """A finished sentence."""
        said = self._around.write(words or _one_word(heard, starts_at_ms, ends_at_ms), language)
        if not words:
            said = replace(said, words=(), pieces=())
        self._around.tell(
            UtteranceHeard(
                at=self._around.now(),
                call_id=self._around.call_id,
                side=self._voice.side,
                text=said.text,
                starts_at_ms=starts_at_ms,
                ends_at_ms=ends_at_ms,
                confidence=_mean_confidence(words),
                words=said.words,
                backfilled=late,
                leg_id=self._voice.leg_id,
                who=self._voice.who,
                written=said.written,
                language=language,
                pieces=tuple(said.pieces),
            )
        )
        self.utterances += 1
        self._around.load.late += late
        self._partial = ""

    def show(self, guess: Guess, starts_at_ms: int) -> None:
        """What is being said; not more often than anybody can read."""
        loop_s = asyncio.get_running_loop().time()
        too_soon = loop_s - self._partial_told_at < self._around.settings.partial_every_ms / 1000
        if guess.text == self._partial or (guess.text and too_soon):
            return
        self._partial = guess.text
        self._partial_told_at = loop_s
        self._around.tell_partial(
            PartialHeard(
                call_id=self._around.call_id,
                side=self._voice.side,
                text=guess.text,
                starts_at_ms=starts_at_ms,
                leg_id=self._voice.leg_id,
                who=self._voice.who,
            )
        )


def _one_word(heard: Heard, starts_at_ms: int, ends_at_ms: int) -> tuple[Word, ...]:
    """The whole sentence, to be written down although nobody knows its words."""
    whole = Word(text=heard.text, starts_at_ms=starts_at_ms, ends_at_ms=ends_at_ms, confidence=0.0)
    return (whole,)


def _mean_confidence(words: tuple[Word, ...]) -> float:
    if not words:
        return 0.0
    return sum(word.confidence for word in words) / len(words)
