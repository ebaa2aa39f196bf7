"""The whole product with a floor of seats on which exam calls are spoken. 考场

`hotline run` is a real process with Asterisk, service and speech workers; the citizens and telephones
outside speak to it over SIP and RTP in A-law (tests/live/stage.py).
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from asr.events import Side
from hotline.outside.conversation import Speaker
from hotline.sounds.voice import speak
from tests.live.stage import Stage, make_ready_var, open_stage

CITIZEN_VOICE = "cmn+m5"
OPERATOR_VOICE = "cmn+f5"
"""Two of asr.training.voices.HELD_OUT_VARIANTS: the demo model has never heard them."""
WORDS_PER_MINUTE = 165
PITCH = 50
SETTINGS = """
[seats]
wrap_up_limit_s = 0
[ivr]
ring_s = 15
"""
RING_S = 0.2
ANSWER_LIMIT_S = 60.0
TRANSCRIPT_LIMIT_S = 300.0
BETWEEN_DIALS_S = 0.2

Json = dict[str, Any]
Talk = Callable[[int, str, Speaker, Speaker], Awaitable[None]]
"""What is said in a call: its number, its id, the citizen and the seat's telephone. 通话内容"""


@asynccontextmanager
async def exam_floor(seats: int, settings: str = SETTINGS) -> AsyncIterator[Stage]:
    """So many seats, all ready."""
    names = [str(8001 + number) for number in range(seats)]
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        ready_var = make_ready_var(Path(folder) / "r")
        (Path(folder) / "p").mkdir()
        async with open_stage(ready_var, Path(folder) / "p", settings, seats=names) as stage:
            for name in names:
                await stage.take_seat(name, RING_S)
            yield stage


async def play(stage: Stage, callers: Sequence[str], at_once: int, talk: Talk) -> list[str | None]:
    """Have every caller call and talk, so many at a time; the calls' ids, None where one failed."""
    places = asyncio.Semaphore(at_once)
    found: list[str | None] = [None] * len(callers)

    async def one(number: int) -> None:
        try:
            found[number] = await _call(stage, callers[number], number, talk)
        finally:
            places.release()

    async with asyncio.TaskGroup() as group:
        for number in range(len(callers)):
            await places.acquire()
            group.create_task(one(number), name=f"exam call {number}")
            await asyncio.sleep(BETWEEN_DIALS_S)
    return found


async def _call(stage: Stage, caller: str, number: int, talk: Talk) -> str:
    citizen = await stage.world.dial(caller, "12345", ANSWER_LIMIT_S)
    try:
        call_id: str = (await stage.call_of(caller, ANSWER_LIMIT_S))["call_id"]
        phone = await stage.world.seat_of(citizen, call_id, ANSWER_LIMIT_S)
        await talk(number, call_id, citizen, phone)
    finally:
        await citizen.hang_up()
    return call_id


async def transcript(stage: Stage, call_id: str) -> list[Json]:
    """All utterances of a call that is over, in order."""
    told = await stage.transcribed(call_id, TRANSCRIPT_LIMIT_S)
    rows: list[Json] = told["utterances"]
    return sorted(rows, key=lambda row: row["starts_at_ms"])


def raw_text(row: Json) -> str:
    """What the recogniser said, before the gazetteer corrected it."""
    words = row["words"]
    return "".join(word["heard"] or word["text"] for word in words) or row["text"]


def voice_of(side: Side) -> str:
    return CITIZEN_VOICE if side is Side.CITIZEN else OPERATOR_VOICE


async def sound_of(text: str, voice: str, pitch: int = PITCH) -> bytes:
    """Raw 16-bit mono at 8000 Hz."""
    return await asyncio.to_thread(
        speak, text, 8000, voice=voice, words_per_minute=WORDS_PER_MINUTE, pitch=pitch
    )
