"""Has the emergency announcement spoken the moment it is switched on. 突发公告

    switch on, with texts ──► spoken aside, in each language ──► a file of its own ──► the flow plays that
    switch off, or no Chinese spoken ──► the flow plays the shipped text

A language without words of its own, or that cannot be spoken, hears the Chinese: the shipped text would
say something else. Whoever is just hearing another announcement hears it to its end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol

import structlog

from hotline.sounds.announcing import Announced
from hotline.sounds.errors import PromptError
from hotline.sounds.names import CHINESE
from hotline.sounds.voice import VoiceError
from ivr.events import AnnouncementFailed, AnnouncementReady
from ivr.flow_book import EMERGENCY_TEXT
from ivr.texts import Texts
from seats.ports import Now, Tell

log = structlog.get_logger(__name__)

RETRY_S = 5.0
RETRY_OTHERS_S = 60.0
"""While the Chinese is heard by everybody there is less haste."""

PlayInstead = Callable[[str, Mapping[str, tuple[str, ...]]], None]
"""The sounds of a text, by language, in place of its own; none: its own again. 替换提示音"""


class Speaks(Protocol):
    """Who owns the sounds; hotline.prompt_desk.PromptDesk is one. 合成公告"""

    def announce(self, words: Mapping[str, str]) -> Awaitable[Announced]:
        """Raises PromptError, VoiceError."""

    def forget_announcements(self, keep: Collection[str]) -> Awaitable[None]:
        """All other sounds of announcements may go."""


def announced_languages(texts: Texts) -> Sequence[str]:
    """Those in which the shipped announcement is spoken, Chinese first. 公告语种"""
    text = texts.get(EMERGENCY_TEXT)
    return tuple(dict.fromkeys((CHINESE, *(() if text is None else text.words))))


class EmergencyAnnouncer:
    """Keeps what the emergency flow plays as the switch has it. 公告播报员"""

    name = "emergency announcer"

    def __init__(
        self,
        wanted: Callable[[], Mapping[str, str]],
        languages: Callable[[], Sequence[str]],
        speaks: Speaks,
        play: PlayInstead,
        tell: Tell,
        now: Now,
    ) -> None:
        self._wanted = wanted
        self._languages = languages
        self._speaks = speaks
        self._play = play
        self._tell = tell
        self._now = now
        self._changed = asyncio.Event()
        self._told: object = None
        """What was last told of, so that a trouble that lasts is told once."""
        self._plays: frozenset[str] = frozenset()
        self.failed = 0
        """Announcements that could not be spoken; shown in /metrics. 公告合成失败"""

    def look(self) -> None:
        """The switch was turned."""
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            again_s = await self._follow(dict(self._wanted()))
            try:
                async with asyncio.timeout(again_s):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _follow(self, words: Mapping[str, str]) -> float | None:
        """After how many seconds it must be tried again, if it must."""
        if not words:
            self._told = None
            self._play_now({})
            return None
        try:
            found = await self._speaks.announce(words)
        except (PromptError, VoiceError) as trouble:
            found = Announced(spoken={}, failed=dict.fromkeys(words, trouble.code))
        if words != self._wanted():
            return None  # turned meanwhile, and looked for at once
        heard = found.spoken if CHINESE in found.spoken else {}
        before = self._plays
        self._play_now({language: (name,) for language, name in heard.items()})
        self._note(words, found)
        if heard:
            # What a call looked up a moment ago is still there; what was before that, nobody plays.
            await self._speaks.forget_announcements(before | self._plays)
        if not found.failed:
            return None
        return RETRY_OTHERS_S if heard else RETRY_S

    def _note(self, words: Mapping[str, str], found: Announced) -> None:
        self.failed += bool(found.failed)
        if self._told == (words, found):
            return
        self._told = (words, found)
        at = self._now()
        for language, code in found.failed.items():
            # Not the words: they are for citizens, and may be corrected in a minute.
            log.error("the emergency announcement cannot be spoken", language=language, code=code)
            self._tell(AnnouncementFailed(at=at, language=language, code=code))
        if CHINESE in found.spoken:
            self._tell(
                AnnouncementReady(
                    at=at,
                    languages=tuple(found.spoken),
                    in_chinese=tuple(one for one in self._languages() if one not in found.spoken),
                )
            )

    def _play_now(self, sounds: Mapping[str, tuple[str, ...]]) -> None:
        self._play(EMERGENCY_TEXT, sounds)
        self._plays = frozenset(name for row in sounds.values() for name in row)
