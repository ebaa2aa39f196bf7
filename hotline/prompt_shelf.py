"""What Asterisk is told to play for a text: never silence. 提示音架

    the caller's language ─► Chinese ─► spoken at once ─► left out, and counted

The names hold for every channel, whatever its CHANNEL(language): Asterisk finds prompts/<language>/<name>
below its folder of sounds.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

import structlog

from hotline.sounds.errors import PromptError
from hotline.sounds.names import CHINESE, NAME, sound_path
from hotline.sounds.prompts import Prompt, speak_at_once
from hotline.sounds.voice import VoiceError
from hotline.sounds.voices import Voices, read_voices
from ivr.prompt_list import needed_sounds
from ivr.spoken import Value
from ivr.texts import Texts

log = structlog.get_logger(__name__)

SPOKEN_WITHIN_S = 2.0
"""Longer silence than this is worse than half a sentence."""
IN_CHINESE, AT_ONCE, LEFT_OUT = "in-chinese", "spoken-at-once", "left-out"

Speak = Callable[[tuple[Prompt, ...]], Awaitable[None]]
"""Raises PromptError, VoiceError."""


class Book(Protocol):
    """The texts in force; ivr.flow_book.FlowBook is one. 文本簿"""

    @property
    def texts(self) -> Texts: ...
    def sounds(self, text: str, language: str, values: Mapping[str, Value]) -> tuple[str, ...]:
        """The names of a text's sounds."""


class PromptShelf:
    """Finds the sounds of a text. 提示音架"""

    def __init__(
        self,
        folder: Path,
        voices: Path,
        book: Book,
        speak: Speak | None = None,
        spoken_within_s: float = SPOKEN_WITHIN_S,
    ) -> None:
        self._folder = folder
        self._voices = voices
        self._book = book
        self._speak = speak or self._speak_at_once
        self._spoken_within_s = spoken_within_s
        self.counts: Counter[tuple[str, str]] = Counter()
        """How often which text was not played as it was wanted: (how, text)."""

    async def playable(
        self, text: str, language: str, values: Mapping[str, Value] | None = None
    ) -> tuple[str, ...]:
        """The sounds in their order, each of which is there; empty: nothing can be said."""
        values = values or {}
        texts = self._book.texts
        ways = self._ways(texts, text, language)
        for spoken_in in ways:
            names = self._book.sounds(text, spoken_in, values)
            if names and not self._missing(spoken_in, names):
                if spoken_in != language:
                    self.counts[IN_CHINESE, text] += 1
                return _playable(spoken_in, names)
        spoken_in = ways[0]
        names = self._book.sounds(text, spoken_in, values)
        missing = self._missing(spoken_in, names)
        await self._make_now(texts, spoken_in, missing)
        still = set(self._missing(spoken_in, names))
        self.counts[LEFT_OUT if still else AT_ONCE, text] += 1
        if still:
            log.error(
                "a prompt was left out", prompt=text, language=spoken_in, missing=sorted(still)
            )
        else:
            log.error(
                "a prompt was spoken at once",
                prompt=text,
                language=spoken_in,
                missing=sorted(missing),
            )
        return _playable(spoken_in, tuple(name for name in names if name not in still))

    def _ways(self, texts: Texts, text: str, language: str) -> tuple[str, ...]:
        """The languages in which it can be said, the wanted one first; at least one."""
        found = texts.get(text)
        if found is None:  # a studio's recording by itself
            return tuple(dict.fromkeys((language or CHINESE, CHINESE)))
        wanted = (language, CHINESE, *found.words)
        return tuple(one for one in dict.fromkeys(wanted) if one in found.words)

    def _missing(self, language: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            name
            for name in dict.fromkeys(names)
            if NAME.fullmatch(name) is None or not sound_path(self._folder, language, name).exists()
        )

    async def _make_now(self, texts: Texts, language: str, missing: tuple[str, ...]) -> None:
        sounds = needed_sounds(texts).get(language, {})
        wanted = tuple(
            Prompt(
                language=language,
                name=name,
                text=sounds[name].words,
                spoken_in=sounds[name].language,
            )
            for name in missing
            if name in sounds
        )
        if not wanted:
            return
        try:
            async with asyncio.timeout(self._spoken_within_s):
                await self._speak(wanted)
        except (TimeoutError, PromptError, VoiceError) as failed:
            log.warning("a prompt could not be spoken at once", why=type(failed).__name__)

    async def _speak_at_once(self, prompts: tuple[Prompt, ...]) -> None:
        voices: Voices = read_voices(self._voices)
        await asyncio.to_thread(speak_at_once, prompts, voices, self._folder)


def _playable(language: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"prompts/{language}/{name}" for name in names)
