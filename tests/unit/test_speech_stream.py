"""What the speech server hears of a peer's audio, and when it says the words were."""

import json
import struct

from asr.engine import Guess, Heard
from asr.events import Word
from asr.gate import HOLD_MS, PRE_ROLL_MS
from asr.protocol import StreamConfig
from asr.stream import Stream

RATE_HZ = 16_000
BLOCK_MS = 200
SILENCE = bytes(BLOCK_MS * 32)
SPEECH = struct.pack("<h", 4_000) * (BLOCK_MS * 16)
NEVER = lambda: False  # noqa: E731


class Ear:
    """Hears one word at the end of each loud block, and ends the utterance at the next silent one."""

    def __init__(self) -> None:
        self.heard_ms = 0
        self._word: Word | None = None

    def accept(self, pcm):
        self.heard_ms += len(pcm) // 32
        if any(pcm[-64:]):
            self._word = Word(
                text="水", starts_at_ms=self.heard_ms - BLOCK_MS, ends_at_ms=self.heard_ms,
                confidence=1.0,
            )  # fmt: skip
            return None
        word, self._word = self._word, None
        return None if word is None else Heard(text=word.text, words=(word,))

    def partial(self):
        return Guess(text="" if self._word is None else self._word.text)

    def partial_with_words(self):
        return Guess(text=self.partial().text, words=() if self._word is None else (self._word,))

    def finish(self):
        word, self._word = self._word, None
        return Heard(text="" if word is None else word.text, words=() if word is None else (word,))


def told(stream, blocks):
    """(place of the block in ms, answer) for each block, as the server sends them."""
    answers = []
    for number, block in enumerate(blocks):
        answer = stream.silence(block)
        answers.append(
            (number * BLOCK_MS, json.loads(answer or stream.accept(block, NEVER)), answer is None)
        )
    return answers


def test_silence_that_has_lasted_is_answered_and_not_heard():
    ear = Ear()
    stream = Stream(ear, StreamConfig(sample_rate=RATE_HZ))
    answers = told(stream, [SILENCE] * 50)
    assert all(answer == {"partial": ""} for _, answer, _ in answers)
    assert [heard for _, _, heard in answers] == [True] * (HOLD_MS // BLOCK_MS) + [False] * (
        50 - HOLD_MS // BLOCK_MS
    )
    assert ear.heard_ms == HOLD_MS


def test_a_word_after_a_long_silence_keeps_its_time_and_what_led_up_to_it():
    ear = Ear()
    stream = Stream(ear, StreamConfig(sample_rate=RATE_HZ))
    answers = told(stream, [SILENCE] * 40 + [SPEECH, SILENCE])
    (word,) = answers[-1][1]["result"]
    assert (word["start"], word["end"]) == (8.0, 8.2)
    assert ear.heard_ms == HOLD_MS + PRE_ROLL_MS + 2 * BLOCK_MS


def test_times_hold_through_many_silences_and_at_the_end():
    stream = Stream(Ear(), StreamConfig(sample_rate=RATE_HZ, partial_words=True))
    talk = ([SILENCE] * 17 + [SPEECH, SPEECH, SILENCE]) * 5 + [SILENCE] * 30 + [SPEECH]
    answers = told(stream, talk)
    starts = [answer["result"][0]["start"] for _, answer, _ in answers if "result" in answer]
    assert starts == [(20 * turn + 18) * BLOCK_MS / 1000 for turn in range(5)]
    assert answers[-1][1]["partial_result"][0]["start"] == 130 * BLOCK_MS / 1000
    assert json.loads(stream.finish())["result"][0]["end"] == 131 * BLOCK_MS / 1000


def test_nothing_is_left_out_while_a_sentence_is_half_said():
    class SlowEar(Ear):
        def accept(self, pcm):
            self.heard_ms += len(pcm) // 32

        def partial(self):
            return Guess(text="水")

    ear = SlowEar()
    told(Stream(ear, StreamConfig(sample_rate=RATE_HZ)), [SPEECH] + [SILENCE] * 40)
    assert ear.heard_ms == 41 * BLOCK_MS


def test_blocks_of_odd_size_are_heard_whole():
    ear = Ear()
    stream = Stream(ear, StreamConfig(sample_rate=RATE_HZ))
    sound = SPEECH * 3
    for start in range(0, len(sound), 333):
        block = sound[start : start + 333]
        assert stream.silence(block) is None
        stream.accept(block, NEVER)
    assert stream.finish()
    assert abs(ear.heard_ms - 3 * BLOCK_MS) <= len(sound) // 333 + 1


def test_a_hurried_stream_is_not_taken_for_a_silent_one():
    ear = Ear()
    stream = Stream(ear, StreamConfig(sample_rate=RATE_HZ))
    for _ in range(20):
        answer = stream.silence(SILENCE)
        if answer is None:
            assert json.loads(stream.accept(SILENCE, lambda: True))["stale"] is True
    assert ear.heard_ms == 20 * BLOCK_MS
