"""A scripted conversation, each side waiting for the other's line to end. 对话"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from asr.events import Side
from hotline.outside.scripts import (
    OPERATOR_PITCH,
    OPERATOR_VOICE,
    OPERATOR_WORDS_PER_MINUTE,
    Script,
    ScriptLine,
)
from hotline.sounds.voice import speak

PAUSE_S = 0.4
"""Between two turns, as people leave it. 话轮间隔"""
LISTEN_S = 1.0
"""The citizen hears the goodbye out before hanging up. 挂机前停顿"""


class Speaker(Protocol):
    """Anybody who can speak on the telephone: FarEnd, Citizen, Phone. 说话者"""

    async def say(self, audio: bytes | Path) -> None: ...


Voice = Callable[[Script, ScriptLine], Awaitable[bytes]]
"""What a line sounds like: raw 16-bit mono at 8000 Hz. 语音"""


async def speak_line(script: Script, line: ScriptLine) -> bytes:
    """The line in the voice of its side. Raises VoiceError."""
    if line.side is Side.CITIZEN:
        manner = (script.voice, script.words_per_minute, script.pitch)
    else:
        manner = (OPERATOR_VOICE, OPERATOR_WORDS_PER_MINUTE, OPERATOR_PITCH)
    voice, words_per_minute, pitch = manner
    return await asyncio.to_thread(
        speak, line.text, 8000, voice=voice, words_per_minute=words_per_minute, pitch=pitch
    )


async def converse(
    script: Script, citizen: Speaker, operator: Speaker, voice: Voice = speak_line
) -> None:
    """Speak the whole script. Raises FarEndGone, NotSpoken, VoiceError."""
    for line in script.lines:
        sound = await voice(script, line)
        await asyncio.sleep(PAUSE_S)
        speaker = citizen if line.side is Side.CITIZEN else operator
        await speaker.say(sound)
    await asyncio.sleep(LISTEN_S)
