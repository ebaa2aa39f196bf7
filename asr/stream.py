"""One peer's audio on its way to text, as the speech server hears it. 单路转写

    block ──gate──► silence that has lasted: answered at once, not heard
                └─► recogniser, after PRE_ROLL_MS of the silence before; its times are moved by what was left out

Whoever cuts audio into blocks cuts where he likes: half a sample belongs to the next block.
"""

from collections.abc import Callable
from dataclasses import replace

from asr.engine import Engine, Guess, Heard, Recogniser
from asr.events import Word
from asr.gate import PRE_ROLL_MS, SilenceGate
from asr.protocol import StreamConfig, write_guess, write_heard

_LEAST_RATE_HZ = 4_000
"""Below this no silence is looked for: no model hears so little anyway."""


class Stream:
    """One peer's audio on its way to text. 单路转写

    `accept` and `finish` belong into a thread; `silence` is cheap and belongs before it.
    """

    def __init__(self, recogniser: Recogniser, config: StreamConfig) -> None:
        self._recogniser = recogniser
        self._config = config
        self._odd = b""
        self._guess = Guess(text="")
        self._gate = SilenceGate(config.sample_rate)
        self._gated = config.sample_rate >= _LEAST_RATE_HZ
        self._kept = b""
        """The silence that is heard if a word follows it."""
        self._received_bytes = 0
        self._left_out_bytes = 0
        self.was_hurried = False

    @classmethod
    def open(cls, engine: Engine, config: StreamConfig) -> "Stream":
        """With a recogniser of its own. Blocks for a moment."""
        return cls(engine.recogniser(config.sample_rate, config.phrases), config)

    def silence(self, pcm: bytes) -> str | None:
        """The answer to a block that need not be heard; None if it must."""
        half_said = bool(self._guess.text) or self.was_hurried
        if len(pcm) % 2 or self._odd or not self._gated:
            return None
        if not self._gate.shuts(pcm, self._ms(self._received_bytes), half_said=half_said):
            return None
        self._received_bytes += len(pcm)
        kept = self._kept + pcm
        most = PRE_ROLL_MS * self._config.sample_rate * 2 // 1000
        self._kept = kept[-most:]
        self._left_out_bytes += len(kept) - len(self._kept)
        return write_guess(Guess(text=""), self._config)

    def accept(self, pcm: bytes, others_wait: Callable[[], bool]) -> str:
        """The answer to a block that must be heard."""
        self._received_bytes += len(pcm)
        if self._gate.shut:
            self._gate.opens(self._ms(self._received_bytes))
        pcm = self._odd + self._kept + pcm
        self._kept = b""
        even = len(pcm) - len(pcm) % 2
        self._odd = pcm[even:]
        heard = self._recogniser.accept(pcm[:even])
        self.was_hurried = False
        if heard is not None:
            self._guess = Guess(text="")
            return write_heard(self._in_time(heard), self._config)
        if others_wait():
            self.was_hurried = True
            return write_guess(replace(self._guess, stale=True), self._config)
        if self._config.partial_words:
            guess = self._recogniser.partial_with_words()
            self._guess = replace(guess, words=self._moved(guess.words))
        else:
            self._guess = self._recogniser.partial()
        return write_guess(self._guess, self._config)

    def finish(self) -> str:
        """What is left when no more audio comes."""
        return write_heard(self._in_time(self._recogniser.finish()), self._config)

    def _in_time(self, heard: Heard) -> Heard:
        return replace(heard, words=self._moved(heard.words))

    def _moved(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """The recogniser knows nothing of what it was not given; nothing is left out within an utterance."""
        by_ms = self._ms(self._left_out_bytes)
        if not by_ms:
            return words
        return tuple(
            replace(
                word,
                starts_at_ms=word.starts_at_ms + by_ms,
                ends_at_ms=word.ends_at_ms + by_ms,
            )
            for word in words
        )

    def _ms(self, size: int) -> int:
        return size // 2 * 1000 // self._config.sample_rate
