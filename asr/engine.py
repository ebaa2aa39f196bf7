"""What a recogniser is, whichever engine is behind it. 转写引擎

Audio is raw little-endian int16 mono. All positions are integer milliseconds from the start of
the audio given to this recogniser, not from the start of the recording.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from asr.events import Word

_BETWEEN_CHINESE = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])\s+|\s+(?=[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])"
)
_UNKNOWN_WORDS = frozenset({"[unk]", "<unk>", "<UNK>"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said up to a pause; an empty text means that nothing was. 最终结果"""

    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What seems to be being said; no words where the engine does not give their times. 中间结果"""

    text: str
    words: tuple[Word, ...] = ()
    stale: bool = False
    """Not looked at anew: the server had too much to do. 未更新"""


class Recogniser(Protocol):
    """One stream of audio on its way to text; used by one thread at a time. 转写流"""

    def accept(self, pcm: bytes) -> Heard | None:
        """Take more audio; something is returned when a pause ended an utterance."""

    def partial(self) -> Guess:
        """The text since the last utterance, as far as it is known."""

    def partial_with_words(self) -> Guess:
        """With the words' times; it may be behind the other."""

    def finish(self) -> Heard:
        """No more audio comes: what is left."""


class Engine(Protocol):
    """A loaded model that makes recognisers; shared by all threads. 引擎"""

    @property
    def lowest_sample_rate(self) -> int:
        """Audio below this many samples a second cannot be recognised."""

    def recogniser(self, sample_rate: int, phrases: tuple[str, ...]) -> Recogniser:
        """A fresh stream; `phrases` not empty restricts what can be heard."""


def readable(text: str) -> str:
    """The engine's text without the blanks it puts between Chinese words.

    >>> readable("我 要 投诉 wifi 5 g")
    '我要投诉wifi 5 g'
    """
    known = " ".join(part for part in text.split() if part not in _UNKNOWN_WORDS)
    return _BETWEEN_CHINESE.sub("", known)


def known_words(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words without the engine's own marks for what it did not understand."""
    return tuple(word for word in words if word.text not in _UNKNOWN_WORDS)
