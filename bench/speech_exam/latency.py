"""From the end of a word in the sound to the seat's screen, with twenty calls speaking at once. 上屏延迟

Citizens and operators speak held-out sentences over SIP and RTP; when each character ends in the sound
is known from the synthesiser. The clock starts when the outside telephone is told to speak, so its
own start (`telephone_start_ms`, at most) and the packets' way to Asterisk are in it, and everything after: Asterisk's
writing, our reading, the recogniser, the journal, /live. It stops when the seat's websocket viewer
has the frame with the word, in a partial or a final. Words that the recogniser got wrong are left out.
"""

import asyncio
from time import monotonic
from typing import Any

from asr.events import Side
from bench.speech_exam.calls import read_sentences
from bench.speech_exam.floor import (
    CITIZEN_VOICE,
    OPERATOR_VOICE,
    WORDS_PER_MINUTE,
    exam_floor,
    play,
)
from bench.speech_exam.scoring import percentile
from bench.speech_exam.timed_speech import TimedSound, timed_sounds
from bench.speech_exam.watching import Delays, Screen, delays_of, watched
from hotline.outside.conversation import Speaker

CALLS = 20
TURNS = 8
PAUSE_S = 1.0
LAST_S = 4.0
"""Until the last final has come."""
GOAL_S = 1.0

Spoken = tuple[str, Side, float, float, TimedSound]
"""Call id, side, when it was told to speak, when it was done, what."""


async def measure(calls: str = str(CALLS)) -> dict[str, Any]:
    """Play and watch."""
    count = int(calls)
    sentences = read_sentences()
    voices = (CITIZEN_VOICE, OPERATOR_VOICE)
    wanted = [(sentences[n % len(sentences)], voices[n % 2]) for n in range(count * TURNS)]
    sounds = await asyncio.to_thread(timed_sounds, wanted, WORDS_PER_MINUTE)
    spoken: list[Spoken] = []
    screen = Screen()

    async def talk(number: int, call_id: str, citizen: Speaker, phone: Speaker) -> None:
        for turn in range(TURNS):
            sound = sounds[(number * TURNS + turn) % len(sounds)]
            side, speaker = (Side.OPERATOR, phone) if turn % 2 else (Side.CITIZEN, citizen)
            began_s = monotonic()
            await speaker.say(sound.pcm)
            spoken.append((call_id, side, began_s, monotonic(), sound))
            await asyncio.sleep(PAUSE_S)
        await asyncio.sleep(LAST_S)

    async with exam_floor(count) as stage, watched(stage, count, screen):
        callers = [f"1380000{9600 + number}" for number in range(count)]
        await play(stage, callers, count, talk)
    return _summary(count, spoken, screen)


def _summary(count: int, spoken: list[Spoken], screen: Screen) -> dict[str, Any]:
    legs = sorted({(call_id, side) for call_id, side, *_ in spoken})
    all_delays = [_delays(call_id, side, spoken, screen) for call_id, side in legs]
    first = [ms for delays in all_delays for ms in delays.first_ms]
    final = [ms for delays in all_delays for ms in delays.final_ms]
    doubt = [(done - began) * 1000 - sound.length_ms for _, _, began, done, sound in spoken]
    p95_s = percentile(first, 0.95) / 1000
    return {
        "bench": "speech", "part": "latency", "calls": count, "sentences": len(spoken),
        "words": len(first), "words_wrong": sum(delays.never for delays in all_delays),
        "word_end_to_screen_ms": _spread(first), "word_end_to_final_ms": _spread(final),
        "telephone_start_ms": _spread(doubt),
        "goal_p95_s": GOAL_S, "holds": p95_s <= GOAL_S,
    }  # fmt: skip


def _delays(call_id: str, side: Side, spoken: list[Spoken], screen: Screen) -> Delays:
    own = sorted(
        ((began_s, sound) for call, said_by, began_s, _, sound in spoken
         if call == call_id and said_by is side),
        key=lambda one: one[0],
    )  # fmt: skip
    shown = [row for row in screen.shown.get(call_id, []) if row.side == side.value]
    return delays_of([(sound, began_s) for began_s, sound in own], shown)


def _spread(values: list[float]) -> dict[str, int]:
    shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    return {name: round(percentile(values, share)) for name, share in shares}
