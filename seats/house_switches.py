"""The few switches of the whole house, turned by hand. 开关

    web ──turn──┐
    CLI ──wish──► HouseSwitches ──SwitchChanged──► table, flows of the next call, announcement

Sole owner of their positions. A command line has no way into the running service, so it leaves a wish
in the store; it is looked for every second and taken at the next start at the latest. Each wish is
taken once, also across restarts.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

import structlog

from seats.announcements import CHINESE, Wording, by_language, check_words, wordings
from seats.errors import (
    RuleRecordsAway,
    SwitchReasonMissing,
    SwitchTextRefused,
    SwitchUnknown,
)
from seats.events import SwitchChanged
from seats.ports import Now, Tell

log = structlog.get_logger(__name__)

LOOKS_EVERY_S = 1.0
LONGEST_REASON = 200


class SwitchName(StrEnum):
    """What can be switched. 开关名"""

    EMERGENCY = "emergency"  # 突发事件
    MENU = "menu"  # 菜单
    NIGHT = "night"  # 夜间
    HOLIDAY = "holiday"  # 节假日
    VOICE_BOT = "voice-bot"  # 语音导航


ANNOUNCING = frozenset({SwitchName.EMERGENCY})
"""Switches that come with a text of their own. 可带公告的开关"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One switch as it stands. 开关状态"""

    name: SwitchName
    on: bool = False
    by: str = ""
    reason: str = ""
    text: str = ""
    """What is announced in place of the shipped text; empty: that one. 公告"""
    others: tuple[Wording, ...] = ()
    at: datetime | None = None
    """None: nobody has ever touched it. 更改时间"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchWish:
    """What somebody on the command line wants. 开关请求"""

    wish_id: int
    name: str
    on: bool
    by: str
    reason: str
    text: str = ""
    others: tuple[Wording, ...] = ()


class StoredSwitches(Protocol):
    """Positions and wishes as they were written down. 开关存储

    `wishes_after` raises RuleRecordsAway.
    """

    async def switches(self) -> Sequence[Switch]: ...
    async def last_taken(self) -> int:
        """The highest wish that was taken; 0 for none."""

    async def wishes_after(self, taken: int) -> Sequence[SwitchWish]: ...


class HouseSwitches:
    """Knows which switches are on. 开关台"""

    name = "house switches"

    def __init__(
        self,
        stored: StoredSwitches,
        tell: Tell,
        now: Now,
        languages: Callable[[], Sequence[str]] = lambda: (CHINESE,),
    ) -> None:
        self._stored = stored
        self._tell = tell
        self._now = now
        self._languages = languages
        self._switches = {name: Switch(name=name) for name in SwitchName}
        self._taken = 0
        self._watchers: list[Callable[[], None]] = []
        self.wishes_refused = 0
        """Wishes that could not be carried out; shown in /metrics. 拒绝的开关请求"""

    async def restore(self) -> None:
        """How they stood, and what was wished meanwhile; before any call comes."""
        for one in await self._stored.switches():
            self._switches[one.name] = one
        self._taken = await self._stored.last_taken()
        self._take(await self._stored.wishes_after(self._taken))

    @property
    def switches(self) -> Mapping[SwitchName, Switch]:
        return MappingProxyType(self._switches)

    @property
    def on(self) -> frozenset[str]:
        """Those that are on, by name."""
        return frozenset(one.name.value for one in self._switches.values() if one.on)

    @property
    def languages(self) -> Sequence[str]:
        """Those in which callers are spoken to, so that an announcement may have words in them."""
        return self._languages()

    @property
    def announcement(self) -> Mapping[str, str]:
        """What is to be announced now instead of the shipped text, by language; empty: nothing."""
        emergency = self._switches[SwitchName.EMERGENCY]
        return by_language(emergency.text, emergency.others) if emergency.on else {}

    def watch(self, changed: Callable[[], None]) -> None:
        """Called after every change, at once."""
        self._watchers.append(changed)

    def turn(
        self,
        name: str,
        *,
        on: bool,
        by: str,
        reason: str,
        text: str = "",
        others: Mapping[str, str] = MappingProxyType({}),
        wish_id: int = 0,
    ) -> Switch:
        """Also when it stands so already: the reason may be another, or the text.

        Raises SwitchUnknown, SwitchReasonMissing, SwitchTextRefused.
        """
        known = switch_named(name)
        reason, text = reason.strip(), text.strip()
        if not 0 < len(reason) <= LONGEST_REASON:
            raise SwitchReasonMissing
        further = wordings(others)
        if text or further:
            check_announcement(known, text, further, self._languages())
        at = self._now()
        turned = Switch(name=known, on=on, by=by, reason=reason, at=at)
        if on:
            turned = replace(turned, text=text, others=further)
        self._switches[known] = turned
        self._tell(
            SwitchChanged(
                at=at, name=known.value, on=on, by=by, reason=reason, text=turned.text,
                others=turned.others, wish_id=wish_id,
            )
        )  # fmt: skip
        for changed in self._watchers:
            changed()
        return turned

    async def run(self) -> None:
        """Take the command line's wishes; until cancelled."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            try:
                self._take(await self._stored.wishes_after(self._taken))
            except RuleRecordsAway:
                log.warning("wishes for switches cannot be read")

    def _take(self, wishes: Iterable[SwitchWish]) -> None:
        languages = self._languages()
        for wish in wishes:
            self._taken = max(self._taken, wish.wish_id)
            try:
                self.turn(
                    wish.name,
                    on=wish.on,
                    by=wish.by,
                    reason=wish.reason,
                    text=wish.text,
                    # The command line does not know the languages: an emergency must not fail by one.
                    others={o.language: o.words for o in wish.others if o.language in languages},
                    wish_id=wish.wish_id,
                )
            except (SwitchUnknown, SwitchReasonMissing, SwitchTextRefused) as wrong:
                self.wishes_refused += 1
                log.warning("a wish for a switch is refused", code=wrong.code)


def switch_named(name: str) -> SwitchName:
    """Raises SwitchUnknown."""
    try:
        return SwitchName(name)
    except ValueError:
        raise SwitchUnknown from None


def check_announcement(
    name: SwitchName, text: str, others: Sequence[Wording], languages: Collection[str]
) -> None:
    """Raises SwitchTextRefused."""
    if name not in ANNOUNCING:
        raise SwitchTextRefused
    check_words(text, others, languages)
