"""Calls whose text is missing, their audio in memory, and a store that remembers what was told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from asr.backfill import Backfill
from asr.backfill_ports import Story, Wish
from asr.errors import AsrError, RecordingGone, TranscriptsUnavailable
from asr.events import BackfillFailed, BackfillWanted, TranscriptFinished, UtteranceHeard
from asr.ports import SeatSpan, UnfinishedTranscript
from asr.settings import AsrSettings
from cti.ids import CallId
from tests.fakes.recognisers import MemoryLegs, ToyHouse

ZERO = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def at(ms: int) -> datetime:
    return ZERO + timedelta(milliseconds=ms)


def number(count: int) -> CallId:
    return CallId(f"node1-1772438400.{count}")


class Unmade:
    """Store, archive and speech of a house in which some calls were never taken down."""

    def __init__(self, settings: AsrSettings | None = None) -> None:
        self.house = ToyHouse()
        self.settings = settings or AsrSettings()
        self.began = asyncio.get_running_loop().time()
        self.stories: dict[CallId, Story] = {}
        self.legs: dict[CallId, MemoryLegs] = {}
        self.troubles: dict[CallId, AsrError] = {}
        self.languages: dict[CallId, str] = {}
        self.asked_for: list[Wish] = []
        self.told: list[object] = []
        self.changed = asyncio.Event()
        self.open_now: list[CallId] = []
        self.most_at_once = 0
        self.room = True
        self.writes = True
        self.readable = True
        self.backfill = self.another_life()

    def another_life(self) -> Backfill:
        """A service started again over the same store."""
        self.backfill = Backfill(
            wishes=self,
            stories=self,
            sounds=Shelf(self),
            recognisers_for=self.recognisers_for,
            room=lambda: self.room,
            tell=self.tell,
            written_down=self.written_down,
            settings=self.settings,
            now=self.now,
        )
        return self.backfill

    def call(self, count: int, transcription: str = "off", **changes) -> MemoryLegs:
        """A call of a minute with one seat from its beginning to its end."""
        call_id = number(count)
        fields = {
            "call_id": call_id,
            "recording_started_at": at(count * 1000),
            "seat_spans": (
                SeatSpan(starts_at=at(count * 1000), ends_at=at(count * 1000 + 60_000)),
            ),
            "ended_at": at(count * 1000 + 60_000),
        }
        self.stories[call_id] = Story(
            call=UnfinishedTranscript(**(fields | changes)), transcription=transcription
        )
        self.legs[call_id] = MemoryLegs()
        return self.legs[call_id]

    def now(self) -> datetime:
        return ZERO + timedelta(days=1, seconds=asyncio.get_running_loop().time() - self.began)

    def tell(self, event) -> None:
        self.told.append(event)
        self.backfill.on_event(event)
        story = self.stories[event.call_id]
        match event:
            case UtteranceHeard():
                more = replace(story.call, utterances=story.call.utterances + 1)
                story = replace(story, call=more)
            case BackfillWanted():
                self.asked_for = [one for one in self.asked_for if one.call_id != event.call_id]
                story = replace(story, transcription="wanted")
            case BackfillFailed(given_up=True):
                self.asked_for = [one for one in self.asked_for if one.call_id != event.call_id]
            case TranscriptFinished():
                story = replace(story, transcription="finished")
        self.stories[event.call_id] = story
        self.changed.set()

    # What the store answers.

    async def written_down(self) -> bool:
        return self.writes

    async def story(self, call_id: CallId) -> Story | None:
        self._need_store()
        return self.stories.get(call_id)

    async def left_out(self):
        return [each for each, story in self.stories.items() if story.transcription == "left_out"]

    async def heard_until_ms(self, call_id, side, leg_id=None):
        heard = [
            e.ends_at_ms
            for e in self.of(UtteranceHeard, call_id)
            if (e.side, e.leg_id) == (side, leg_id)
        ]
        return max(heard, default=None)

    async def unfinished(self):
        return []

    async def open(self):
        self._need_store()
        wanted = {}
        for event in self.told:
            if isinstance(event, BackfillWanted):
                wanted.setdefault(
                    event.call_id,
                    Wish(call_id=event.call_id, wanted_at=event.at, why=event.why, by=event.by),
                )
            elif isinstance(event, TranscriptFinished) or getattr(event, "given_up", False):
                wanted.pop(event.call_id, None)
        return list(wanted.values())

    async def asked(self):
        self._need_store()
        return list(self.asked_for)

    def _need_store(self) -> None:
        if not self.readable:
            raise TranscriptsUnavailable

    async def recognisers_for(self, call_id: CallId):
        language = self.languages.get(call_id, "zh")
        return None if language == "dialect" else (language, self.house)

    # What was told.

    def of(self, kind, call_id: CallId | None = None):
        return [e for e in self.told if isinstance(e, kind) and call_id in (None, e.call_id)]

    def texts(self, call_id: CallId):
        return [
            (u.side.value, u.text, u.starts_at_ms, u.ends_at_ms)
            for u in sorted(
                self.of(UtteranceHeard, call_id), key=lambda u: (u.side, u.starts_at_ms)
            )
        ]

    async def until(self, so) -> None:
        while not so():
            self.changed.clear()
            await self.changed.wait()

    async def finished(self, count: int = 1) -> None:
        await self.until(lambda: len(self.of(TranscriptFinished)) >= count)


class Shelf:
    """Where the audio is."""

    def __init__(self, unmade: Unmade) -> None:
        self.unmade = unmade

    async def there(self, call_id: CallId) -> bool:
        return call_id in self.unmade.legs

    @asynccontextmanager
    async def of(self, call_id: CallId) -> AsyncIterator[MemoryLegs]:
        if call_id in self.unmade.troubles:
            raise self.unmade.troubles[call_id]
        if call_id not in self.unmade.legs:
            raise RecordingGone
        open_now = self.unmade.open_now
        open_now.append(call_id)
        self.unmade.most_at_once = max(self.unmade.most_at_once, len(open_now))
        try:
            yield self.unmade.legs[call_id]
        finally:
            open_now.remove(call_id)


@asynccontextmanager
async def at_work(backfill: Backfill) -> AsyncIterator[None]:
    async with asyncio.timeout(100_000), asyncio.TaskGroup() as group:
        task = group.create_task(backfill.run())
        yield
        task.cancel()
