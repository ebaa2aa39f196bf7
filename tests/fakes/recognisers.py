"""Recognisers that understand a toy language: a byte says which word it is. 假转写服务

Audio of the toy language is int16 whose value is constant: 0 is silence, n > 0 is the word
WORDS[n / 1000 - 1]. 600 ms of silence end an utterance, and 5 s of nothing but silence end an empty one, as
with Vosk.
"""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from asr.engine import Guess, Heard
from asr.errors import NoRecogniser, RecogniserLost, RecognisersBusy
from asr.events import Side, Word
from asr.ports import Voice

WORDS = ("路灯", "坏了", "没人", "修", "你好", "请讲")
LOUDNESS = 1_000
PAUSE_MS = 600
NOTHING_MS = 5_000


def said(word: str, ms: int) -> bytes:
    return struct.pack("<h", (WORDS.index(word) + 1) * LOUDNESS) * (ms * 16)


def quiet(ms: int) -> bytes:
    return bytes(ms * 32)


class ToyRecogniser:
    def __init__(self) -> None:
        self.samples = 0
        self.words: list[Word] = []
        self.silent = 0

    def accept(self, pcm: bytes) -> Heard | None:
        heard = None
        for (value,) in struct.iter_unpack("<h", pcm):
            self.samples += 1
            if value == 0:
                self.silent += 1
                if (self.silent == PAUSE_MS * 16 and self.words) or self.silent % (
                    NOTHING_MS * 16
                ) == 0:
                    heard = self._utterance()
                continue
            at_ms = self.samples // 16
            text = WORDS[value // LOUDNESS - 1]
            if self.words and self.words[-1].text == text and self.silent == 0:
                text_so_far = self.words.pop()
                self.words.append(_word(text, text_so_far.starts_at_ms, at_ms))
            else:
                self.words.append(_word(text, (self.samples - 1) // 16, at_ms))
            self.silent = 0
        return heard

    def partial(self) -> Guess:
        return Guess(text="".join(word.text for word in self.words))

    def partial_with_words(self) -> Guess:
        return Guess(text="".join(word.text for word in self.words), words=tuple(self.words))

    def finish(self) -> Heard:
        return self._utterance()

    def _utterance(self) -> Heard:
        words, self.words = tuple(self.words), []
        return Heard(text="".join(word.text for word in words), words=words)


def _word(text: str, starts: int, ends: int) -> Word:
    return Word(text=text, starts_at_ms=starts, ends_at_ms=ends, confidence=0.9)


class ToyEngine:
    lowest_sample_rate = 8_000

    def recogniser(self, sample_rate: int, phrases: tuple[str, ...]) -> ToyRecogniser:
        return ToyRecogniser()


@dataclass
class ToyConnection:
    house: "ToyHouse"
    toy: ToyRecogniser = field(default_factory=ToyRecogniser)
    blocks: int = 0
    largest: int = 0
    closed: bool = False

    async def hear(self, pcm: bytes) -> Heard | Guess:
        self.blocks += 1
        self.largest = max(self.largest, len(pcm))
        await asyncio.sleep(self.house.answer_s)
        self.house.before_answer(self, pcm)
        self.house.answered_bytes += len(pcm)
        return self.toy.accept(pcm) or self.toy.partial_with_words()

    async def finish(self) -> Heard:
        self.house.before_answer(self, b"")
        return self.toy.finish()

    async def close(self) -> None:
        self.closed = True


class ToyHouse:
    """Recognisers that can be shut and that can die at a word. 转写服务"""

    def __init__(self) -> None:
        self.open = True
        self.most = 1_000
        """So many streams at a time."""
        self.answer_s = 0.0
        self.languages = {"zh"}
        self.connections: list[ToyConnection] = []
        self.answered_bytes = 0
        self.trouble: Callable[[ToyConnection, bytes], None] = lambda _connection, _pcm: None

    def recognisers(self, language: str) -> "ToyHouse | None":
        return self if language in self.languages else None

    async def connect(self) -> ToyConnection:
        if not self.open:
            raise NoRecogniser("shut")
        if len([c for c in self.connections if not c.closed]) >= self.most:
            raise RecognisersBusy("full")
        connection = ToyConnection(self)
        self.connections.append(connection)
        return connection

    def before_answer(self, connection: ToyConnection, pcm: bytes) -> None:
        if not self.open:
            raise RecogniserLost("shut")
        self.trouble(connection, pcm)


class MemoryLeg:
    """A leg that grows in memory. 内存话路"""

    def __init__(self, source: "MemoryLegs", voice: Voice, from_ms: int) -> None:
        self.source, self.zero_ms = source, voice.zero_ms
        self.audio = source.audio.setdefault(voice.leg_id or voice.side, bytearray())
        self.go_back_to(from_ms)
        self.end: int | None = None
        self.over = False
        self.at_end = False

    @property
    def position_ms(self) -> int:
        return self.zero_ms + self.offset // 32

    @property
    def finished(self) -> bool:
        return self.at_end or (self.end is not None and self.offset >= self.end)

    @property
    def missing(self) -> bool:
        return self.source.gone

    async def read(self, block_ms: int) -> bytes:
        end = self.offset + block_ms * 32
        if self.end is not None:
            end = min(end, self.end)
        pcm = bytes(self.audio[self.offset : end])
        self.offset += len(pcm)
        if not pcm and self.over:
            self.at_end = True
        return pcm

    def end_at(self, end_ms: int) -> None:
        self.end = max(0, end_ms - self.zero_ms) * 32

    def call_is_over(self) -> None:
        self.over = True

    def go_back_to(self, position_ms: int) -> None:
        self.offset, self.at_end = max(0, position_ms - self.zero_ms) * 32, False

    def close(self) -> None:
        self.source.closed += 1


class MemoryLegs:
    def __init__(self) -> None:
        self.audio: dict[str, bytearray] = {side: bytearray() for side in Side}
        self.gone = False
        self.closed = 0

    def __call__(self, voice: Voice, from_ms: int) -> MemoryLeg:
        return MemoryLeg(self, voice, from_ms)
