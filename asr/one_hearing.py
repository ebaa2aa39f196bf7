"""One answer of one voice, heard while it is being spoken. 单次听取

    leg ──► recogniser ──► the first sentence, or nothing in the time he was given

For a machine that has just asked something. Nothing of it is told or kept: the transcript of the call
is the scribe's.
"""

import asyncio

from asr.engine import Heard
from asr.events import Word
from asr.ports import Leg, Recognisers

BLOCK_MS = 400
LOOK_S = 0.1
UNWRITTEN_S = 1.2
"""Asterisk's buffer, and the recogniser's own pause: so long after the last moment words still come."""
DONE_S = 1.0
"""After a sentence somebody may take breath; nothing more in this time is the end of the answer."""


async def hear_answer(leg: Leg, recognisers: Recognisers, longest_s: float) -> tuple[Word, ...]:
    """What he says from the leg's position on; no words: he said nothing that was understood.

    Ends with the pause after a sentence, or after `longest_s`. Raises NoRecogniser, RecognisersBusy,
    RecogniserLost, RecogniserSilent, RecogniserGarbage, RecogniserRefused.
    """
    loop = asyncio.get_running_loop()
    connection = await recognisers.connect()
    try:
        words: tuple[Word, ...] = ()
        latest = until = loop.time() + longest_s + UNWRITTEN_S
        leg.end_at(leg.position_ms + round(longest_s * 1000))
        while loop.time() < until and not leg.finished:
            pcm = await leg.read(BLOCK_MS)
            if not pcm:
                await asyncio.sleep(LOOK_S)
                continue
            heard = await connection.hear(pcm)
            if isinstance(heard, Heard):
                words += _words_of(heard)
            if words and heard.text:  # also a guess: he goes on
                until = min(latest, loop.time() + DONE_S)
        rest = await connection.finish()
        return words + _words_of(rest)
    finally:
        await connection.close()


def _words_of(heard: Heard) -> tuple[Word, ...]:
    """A server that gives no words still gives the sentence."""
    if heard.words or not heard.text:
        return heard.words
    return (Word(text=heard.text, starts_at_ms=0, ends_at_ms=0, confidence=0.0),)
