"""Speaks the emergency announcement the moment it is switched on. 突发公告

    switch on, with a text ──► spoken in a thread ──► a file of its own ──► the flow plays that
    switch off, or nothing spoken ──► the flow plays the shipped text

The file is named after its words: a call that is just hearing another is not disturbed, and after a
restart nothing is spoken twice.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from hotline.sounds.errors import PromptError
from hotline.sounds.names import CHINESE, RATE_HZ, sound_path
from hotline.sounds.spoken_figures import as_spoken
from hotline.sounds.voice import VoiceError, speak
from hotline.sounds.voices import read_voices, voice_of
from ivr.flow_book import EMERGENCY_TEXT

log = structlog.get_logger(__name__)

LEAD_IN = bytes(2 * (RATE_HZ * 300 // 1000))
RETRY_S = 5.0

PlayInstead = Callable[[str, Mapping[str, tuple[str, ...]]], None]
"""The sounds of a text, by language, in place of its own; none: its own again. 替换提示音"""


class EmergencyAnnouncer:
    """Keeps what the emergency flow plays as the switch has it. 公告播报员"""

    name = "emergency announcer"

    def __init__(
        self,
        wanted: Callable[[], str],
        folder: Path,
        voices: Path,
        play: PlayInstead,
    ) -> None:
        self._wanted = wanted
        self._folder = folder
        self._voices = voices
        self._play = play
        self._changed = asyncio.Event()
        self.failed = 0
        """Announcements that could not be spoken; shown in /metrics. 公告合成失败"""

    def look(self) -> None:
        """The switch was turned."""
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            spoken = await self._spoken(self._wanted())
            try:
                async with asyncio.timeout(None if spoken else RETRY_S):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _spoken(self, text: str) -> bool:
        """False: it must be tried again."""
        if not text:
            self._play(EMERGENCY_TEXT, {})
            return True
        try:
            name = await asyncio.to_thread(self._speak, text)
        except (VoiceError, PromptError, OSError) as trouble:
            self.failed += 1
            code = getattr(trouble, "code", type(trouble).__name__)
            # Not the whole trouble: it may hold the announced words.
            log.error("the emergency announcement cannot be spoken", code=code)  # noqa: TRY400
            self._play(EMERGENCY_TEXT, {})
            return False
        if text == self._wanted():
            self._play(EMERGENCY_TEXT, {CHINESE: (name,)})
        return True

    def _speak(self, text: str) -> str:
        voice = voice_of(read_voices(self._voices), CHINESE)
        made_from = repr((text, voice.name, voice.words_per_minute, voice.pitch))
        name = f"announced-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}"
        path = sound_path(self._folder, CHINESE, name)
        if not path.exists():
            pcm = speak(as_spoken(text), RATE_HZ, voice.name, voice.words_per_minute, voice.pitch)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{path.name}.{os.getpid()}.part")
            part.write_bytes(LEAD_IN + pcm)
            part.replace(path)
        return name
