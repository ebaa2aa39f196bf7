"""Makes up, from stored audio, what was not taken down while it was spoken. 后补

    BackfillWanted ──► queue ──oldest first, while live calls leave room──► attempt
                         ▲                                                     │
                         ├── rests: no recogniser, model missing, store ◄──────┤
                         │                                                     ├──► TranscriptFinished
                 asked for by the command line                                 └──► BackfillFailed, given up

Nothing is kept here that a kill -9 could lose: the wish is in the store until the transcript is
finished, and how far it got is the end of the last utterance of each voice.
"""

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass

import structlog

from asr.backfill_ports import (
    RecognisersFor,
    Room,
    Sounds,
    Stories,
    Wish,
    WishList,
    WrittenDown,
)
from asr.backfill_queue import WishQueue
from asr.desk import THE_HOUSE
from asr.errors import (
    AsrError,
    BackfillError,
    CallNotKnown,
    CallNotOver,
    ModelMissing,
    NoRecogniser,
    RecordingGone,
    RecordingMoved,
    RecordingUnreadable,
    TranscriptInTheMaking,
    TranscriptsUnavailable,
    TranscriptWhole,
)
from asr.events import BackfillFailed, BackfillWanted, TranscriptFinished
from asr.ports import Now, Tell
from asr.resuming import heard_of
from asr.second_hearing import Progress, SecondHearing
from asr.settings import AsrSettings
from asr.text import Write, plain
from cti.events import Event
from cti.fence import call_fence
from cti.ids import CallId

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 2.0
"""How often what the command line asks for is looked at."""
_NOT_THE_CALLS_FAULT = (
    NoRecogniser,
    TranscriptsUnavailable,
    RecordingUnreadable,
    RecordingMoved,
)
"""Such trouble passes, and is nobody's or everybody's: the rests do not grow, no call has failed."""
_STILL_LIVE = ("live", "paused")


@dataclass(slots=True)
class Pace:
    """What has been made up since the start, and how long the attempts took together. 速度"""

    heard_ms: int = 0
    busy_s: float = 0.0

    @property
    def times_real_time(self) -> float:
        """Hours of audio, all voices counted, per hour of one attempt."""
        return self.heard_ms / 1000 / self.busy_s if self.busy_s else 0.0


class Backfill:
    """Sole maker of transcripts of calls that are over. 后补员"""

    name = "backfill"

    def __init__(
        self,
        *,
        wishes: WishList,
        stories: Stories,
        sounds: Sounds,
        recognisers_for: RecognisersFor,
        room: Room,
        tell: Tell,
        written_down: WrittenDown,
        settings: AsrSettings,
        now: Now,
        write: Write = plain,
    ) -> None:
        self._wishes = wishes
        self._stories = stories
        self._sounds = sounds
        self._recognisers_for = recognisers_for
        self._room = room
        self._tell = tell
        self._written_down = written_down
        self._settings = settings
        self._now = now
        self._write = write
        self._queue = WishQueue(settings.backfill_retry_s)
        self._at_work: dict[CallId, Progress] = {}
        self._told: dict[CallId, str] = {}
        """The last reason told of each call that fails."""
        self._wake = asyncio.Event()
        self._picked_up = False
        self.pace = Pace()
        self.failures: Counter[str] = Counter()
        """How often an attempt ended in vain, by error code; shown in /metrics."""
        self.trouble: str | None = None
        """Why the last attempt ended in vain; None when it went well."""

    @property
    def waiting(self) -> int:
        """Calls whose text is wanted and not being made."""
        return len(self._queue) - len(self._at_work)

    @property
    def at_work(self) -> dict[CallId, Progress]:
        """Calls whose text is being made now."""
        return dict(self._at_work)

    @property
    def streams(self) -> int:
        """How many recognisers are kept from live calls now."""
        return sum(progress.streams for progress in self._at_work.values())

    @property
    def resting(self) -> bool:
        """Live calls need everything there is, or the store does not write."""
        return not self._room()

    def on_event(self, event: Event) -> None:
        """Note what is wanted and what is done; cheap, never waits, never raises."""
        match event:
            case BackfillWanted():
                self._queue.take(_wish(event))
                self._told.pop(event.call_id, None)
                self._wake.set()
            case TranscriptFinished():
                self._forget(event.call_id)

    async def want(
        self,
        call_id: CallId,
        *,
        why: str,
        by: str,
        from_ms: int | None = None,
        until_ms: int | None = None,
    ) -> None:
        """Put a call that is over in the queue; what it has already stays and is gone on from.

        Raises CallNotKnown, CallNotOver, TranscriptWhole, TranscriptInTheMaking, RecordingGone,
        RecordingUnreadable, TranscriptsUnavailable.
        """
        story = await self._stories.story(call_id)
        if story is None:
            raise CallNotKnown
        if story.call.ended_at is None:
            raise CallNotOver
        if story.transcription == "finished" and story.call.utterances and from_ms is None:
            raise TranscriptWhole
        if story.transcription in _STILL_LIVE or (
            call_id in self._queue and not self._queue.rests(call_id)
        ):
            raise TranscriptInTheMaking
        if not await self._sounds.there(call_id):
            raise RecordingGone
        self._tell(
            BackfillWanted(
                at=self._now(),
                call_id=call_id,
                why=why,
                by=by,
                from_ms=from_ms,
                until_ms=until_ms,
            )
        )

    async def run(self) -> None:
        """Work until cancelled; what is half made is gone on with at the next start."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                try:
                    await self._look(group)
                except TranscriptsUnavailable as trouble:
                    self._note(trouble)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._wake.wait()

    async def _look(self, group: asyncio.TaskGroup) -> None:
        # Everything below reads the store: what was told must be in there first.
        if not await self._written_down():
            return
        if not self._picked_up:
            await self._pick_up()
            self._picked_up = True
        await self._hear_the_command_line()
        free = self._settings.backfills_at_once - len(self._at_work)
        for wish in self._queue.next(free, self._now(), self._at_work):
            # A wish that came meanwhile is an event, and perhaps still on its way to the disk.
            if not self._room() or not await self._written_down():
                return
            self._at_work[wish.call_id] = Progress()
            name = f"backfill of {wish.call_id}"
            group.create_task(self._attempt(wish), name=name)

    async def _pick_up(self) -> None:
        """What earlier lives left, and calls whose language has a model now."""
        for wish in await self._wishes.open():
            self._queue.take(wish)
        for call_id in await self._stories.left_out():
            if call_id not in self._queue and await self._recognisers_for(call_id) is not None:
                self._tell(
                    BackfillWanted(at=self._now(), call_id=call_id, why="model-came", by=THE_HOUSE)
                )

    async def _hear_the_command_line(self) -> None:
        for asked in await self._wishes.asked():
            try:
                await self.want(asked.call_id, why=asked.why, by=asked.by)
            except RecordingUnreadable as trouble:
                self._note(trouble)
            except BackfillError as refused:
                self._tell_failed(asked, refused, given_up=True)

    def _forget(self, call_id: CallId) -> None:
        self._queue.forget(call_id)
        self._told.pop(call_id, None)

    async def _attempt(self, wish: Wish) -> None:
        time = asyncio.get_running_loop().time
        progress, began = self._at_work[wish.call_id], time()
        trouble: AsrError | None = BackfillError()
        try:
            with call_fence(wish.call_id):
                trouble = await self._tried(wish, progress)
        finally:
            del self._at_work[wish.call_id]
            if progress.heard_ms:
                self.pace.heard_ms += progress.heard_ms
                self.pace.busy_s += time() - began
            self._wake.set()
        if trouble is None:
            self.trouble = None
            self._forget(wish.call_id)
        else:
            self._failed(wish, trouble)

    async def _tried(self, wish: Wish, progress: Progress) -> AsrError | None:
        """None when the transcript is finished."""
        call_id = wish.call_id
        try:
            story = await self._stories.story(call_id)
            if story is None:
                return CallNotKnown()
            if story.call.ended_at is None:
                return CallNotOver()
            found = await self._recognisers_for(call_id)
            if found is None:
                return ModelMissing()
            language, recognisers = found
            heard_until_ms = await heard_of(story.call, self._stories)
            async with self._sounds.of(call_id) as open_leg:
                hearing = SecondHearing(
                    wish=wish,
                    call=story.call,
                    heard_until_ms=heard_until_ms,
                    open_leg=open_leg,
                    recognisers=recognisers,
                    language=language,
                    write=self._write,
                    room=self._room,
                    tell=self._tell,
                    settings=self._settings,
                    now=self._now,
                    progress=progress,
                )
                await hearing.run()
        except AsrError as trouble:
            return trouble
        log.info("transcript made up", call_id=call_id, utterances=progress.utterances)
        return None

    def _failed(self, wish: Wish, trouble: AsrError) -> None:
        self._note(trouble)
        given_up = isinstance(trouble, BackfillError) and trouble.for_good
        if given_up:
            self._forget(wish.call_id)
        elif isinstance(trouble, _NOT_THE_CALLS_FAULT):
            self._queue.wait(wish.call_id, self._now())
        else:
            self._queue.rest(wish.call_id, self._now())
        if given_up or not isinstance(trouble, _NOT_THE_CALLS_FAULT):
            self._tell_failed(wish, trouble, given_up=given_up)

    def _tell_failed(self, wish: Wish, trouble: AsrError, *, given_up: bool) -> None:
        if self._told.get(wish.call_id) == trouble.code and not given_up:
            return  # A journal row for every attempt would fill a full disk further.
        self._told[wish.call_id] = trouble.code
        if given_up:
            self._told.pop(wish.call_id)
        log.warning("transcript could not be made up", call_id=wish.call_id, why=trouble.code)
        self._tell(
            BackfillFailed(
                at=self._now(), call_id=wish.call_id, reason=trouble.code, given_up=given_up
            )
        )

    def _note(self, trouble: AsrError) -> None:
        self.failures[trouble.code] += 1
        self.trouble = trouble.code


def _wish(event: BackfillWanted) -> Wish:
    return Wish(
        call_id=event.call_id,
        wanted_at=event.at,
        why=event.why,
        by=event.by,
        from_ms=event.from_ms,
        until_ms=event.until_ms,
    )
