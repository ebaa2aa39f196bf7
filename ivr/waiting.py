"""Waiting for a seat: what he is told meanwhile, and what he may choose. 等候

    music ─► comfort ─► place, estimate, something useful … ─► after a while: call back, message, stay?
      └──────────── a seat is free: whatever is being said stops, and it rings ────────────┘

His place is kept while he is asked; it is left when he goes to speak a message or wants a callback.
Keys count from the first moment on, also those that he pressed while a seat rang in vain.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

from cti.errors import CtiError
from cti.facts import WhyNotAnswered
from ivr.errors import CitizenHungUp
from ivr.events import PlaceAnnounced
from ivr.flow_steps import (
    AskOneKey,
    Came,
    JoinLine,
    KeyCame,
    Line,
    NothingCame,
    Play,
    Played,
    WaitedLong,
)
from ivr.model import Offer, Place
from ivr.ports import WaitingRoom
from ivr.story import Story

log = structlog.get_logger(__name__)

T = TypeVar("T")

COMFORT_AFTER_S = 1.5
"""Who is served sooner needs no comfort. 安抚语延迟"""
HUSH_EVERY_S = 0.1


class Waiting:
    """One stay in the line, until a seat is free or he leaves it. 一次等候"""

    def __init__(self, story: Story, room: WaitingRoom, place: Place) -> None:
        self._story = story
        self._line = story.line
        self._room = room
        self._place = place
        self._found = False
        self._speaking = False
        self._useful = 0

    async def until_seat(self) -> Offer | None:
        """The seat; None when the story goes on elsewhere: a message, a callback.

        Raises CitizenHungUp.
        """
        offer: Offer | None = None
        kept = False
        try:
            async with self._line.channel.here(), asyncio.TaskGroup() as group:
                leaves = asyncio.timeout(None)
                entertaining = group.create_task(self._entertain(leaves))
                try:
                    async with leaves:
                        offer = await self._room.seat_for(self._place)
                except TimeoutError:
                    if not leaves.expired():
                        raise
                if offer is not None:
                    await self._make_quiet(entertaining)
            kept = True
        except ExceptionGroup as several:
            raise _one_of(several) from None
        finally:
            if offer is not None and not kept:
                self._room.offer_ended(
                    self._place.call_id, offer.seat_id, WhyNotAnswered.CITIZEN_GONE
                )
        return offer

    async def _make_quiet(self, entertaining: asyncio.Task[None]) -> None:
        """Whatever is being said ends now."""
        self._found = True
        while not entertaining.done():
            if not self._speaking:
                entertaining.cancel()
                return
            try:
                await self._line.desks.hush(self._place.call_id)
            except CtiError as trouble:
                # It is said to its end, then: some seconds.
                log.warning("an announcement was not cut short", trouble=trouble.code)
            await asyncio.wait({entertaining}, timeout=HUSH_EVERY_S)

    async def _entertain(self, leaves: asyncio.Timeout) -> None:
        came: Came | None
        while not self._found:
            match self._story.step.doing:
                case JoinLine() as line:
                    came = await self._in_line(line)
                case AskOneKey() as question:
                    came = await self._asked(question)
                case Play(lines=lines):
                    await self._say(lines)
                    came = Played()
                case _:
                    leaves.reschedule(asyncio.get_running_loop().time())
                    return
            if self._found or came is None:
                return
            await self._on_channel(self._story.came(came))

    async def _in_line(self, line: JoinLine) -> Came | None:
        """What ends this stretch of waiting; None when a seat was found."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        comfort_at = began + COMFORT_AFTER_S if line.comfort else None
        offer_at = began + line.offer_after_s if line.offer_after_s else None
        has_news = bool(line.place or line.estimate or line.useful)
        news_at = began + line.every_s if has_news and line.every_s > 0 else None
        while not self._found:
            due = min(
                (at for at in (comfort_at, offer_at, news_at) if at is not None), default=None
            )
            key = await self._key(due)
            if key:
                if key in line.keys:
                    return KeyCame(key=key)
            elif due == comfort_at:
                comfort_at = None
                await self._say(line.comfort)
                await self._music()
            elif due == offer_at:
                return WaitedLong()
            else:
                await self._tell_news(line)
                await self._music()
                news_at = loop.time() + line.every_s
        return None

    async def _tell_news(self, line: JoinLine) -> None:
        prospect = self._line.desks.prospect(self._place.call_id)
        lines: list[Line] = []
        least = most = None
        if prospect is not None and line.place:
            lines.append(Line(text=line.place, values={"place": prospect.place}))
            if prospect.minutes is not None and line.estimate:
                least, most = prospect.minutes
                lines.append(Line(text=line.estimate, values={"least": least, "most": most}))
        if line.useful:
            lines.append(Line(text=line.useful[self._useful % len(line.useful)]))
            self._useful += 1
        whole = await self._say(tuple(lines))
        if whole and prospect is not None and line.place:
            self._line.desks.tell(
                PlaceAnnounced(
                    at=self._line.now(),
                    call_id=self._place.call_id,
                    place=prospect.place,
                    least=least,
                    most=most,
                )
            )

    async def _asked(self, question: AskOneKey) -> Came:
        await self._say(question.lines)
        if self._found:
            return NothingCame()
        due = asyncio.get_running_loop().time() + question.timeout_s
        key = await self._key(due)
        return KeyCame(key=key) if key else NothingCame()

    async def _key(self, due: float | None) -> str:
        try:
            async with asyncio.timeout_at(due):
                return await self._line.keypad.next()
        except TimeoutError:
            return ""

    async def _say(self, lines: tuple[Line, ...]) -> bool:
        """Sound by sound, until a key or a seat; True when all was said."""
        for prompt in await self._story.sounds(lines):
            if self._found:
                return False
            said = await self._on_channel(self._line.channel.say(prompt))
            if said is None:
                log.error("a prompt could not be played", prompt=prompt)
            elif said:
                return False
        return not self._found

    async def _music(self) -> None:
        if not self._found:
            await self._on_channel(self._line.channel.music_on())

    async def _on_channel(self, asking: Coroutine[Any, Any, T]) -> T:
        """A command that has been sent must be answered before the next one may be."""
        self._speaking = True
        try:
            return await asking
        finally:
            self._speaking = False


def _one_of(several: ExceptionGroup) -> Exception:
    """He is gone: then nothing else matters. Otherwise the trouble itself."""
    gone, rest = several.split(CitizenHungUp)
    if gone is not None and rest is None:
        return CitizenHungUp(CitizenHungUp.__doc__)
    first: Exception = several
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return first
