"""One attempt to make up what is missing of one call. 补听

The same transcriber as live, on audio that is all there: so the same voices, the same stretches, the
same words. What is different is here: it gives way to live calls, it shows nothing while it works, all
its utterances are marked as made up later, and when something is wrong it ends instead of waiting, and
then the transcript is not finished.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from asr.backfill_ports import Room, Wish
from asr.engine import Guess, Heard
from asr.errors import AsrError, BackfillError, NoRecogniser, RecognisersBusy, RecordingMoved
from asr.events import (
    PartialHeard,
    TranscriptFinished,
    TranscriptionPaused,
    TranscriptionResumed,
    UtteranceHeard,
)
from asr.legs import BYTES_PER_MS
from asr.ports import (
    Connection,
    Leg,
    Now,
    OpenLeg,
    Recognisers,
    Tell,
    UnfinishedTranscript,
    Voice,
)
from asr.resuming import retrace
from asr.settings import AsrSettings
from asr.surroundings import Surroundings
from asr.text import Write
from asr.transcriber import HeardUntil, Transcriber
from cti.events import Event

_REST_S = 1.0
_PATIENCE_S = 10.0
"""A worker that died has a successor within this; after it the place is another call's."""


@dataclass(slots=True)
class Progress:
    """How far an attempt is. 进度"""

    heard_ms: int = 0
    """Audio of all voices together."""
    utterances: int = 0
    streams: int = 0
    """How many recognisers it has now."""


class SecondHearing:
    """Makes up one call once. 补听"""

    def __init__(
        self,
        *,
        wish: Wish,
        call: UnfinishedTranscript,
        heard_until_ms: HeardUntil,
        open_leg: OpenLeg,
        recognisers: Recognisers,
        language: str,
        write: Write,
        room: Room,
        tell: Tell,
        settings: AsrSettings,
        now: Now,
        progress: Progress,
    ) -> None:
        self._tell_house = tell
        self._open_leg = open_leg
        self._progress = progress
        self._trouble: AsrError | None = None
        self._work: asyncio.Task[None] | None = None
        self._no_recogniser: asyncio.TimerHandle | None = None
        around = Surroundings(
            call_id=call.call_id,
            zero=call.recording_started_at,
            open_leg=self._open,
            recognisers=_GivingWay(recognisers, room, progress),
            tell=self._tell,
            tell_partial=_to_nobody,
            settings=settings,
            now=now,
            language=language,
            write=write,
        )
        self._transcriber = Transcriber(around, heard_until_ms, call.utterances, after_outage=True)
        if wish.from_ms is None:
            retrace(call, self._transcriber)
        else:
            self._transcriber.message_left(wish.from_ms, wish.until_ms)
        assert call.ended_at is not None
        self._transcriber.call_ended(call.ended_at)

    async def run(self) -> None:
        """Until TranscriptFinished was told. Raises AsrError when it was not."""
        try:
            async with asyncio.TaskGroup() as group:
                self._work = group.create_task(self._transcriber.run(), name="second hearing")
        finally:
            self._recogniser_is_back()
        if self._trouble is not None:
            raise self._trouble

    def _give_up(self, trouble: AsrError) -> None:
        if self._trouble is None:
            self._trouble = trouble
            if self._work is not None:
                self._work.cancel()

    def _tell(self, event: Event) -> None:
        match event:
            case UtteranceHeard():
                self._progress.utterances += 1
                self._tell_house(replace(event, backfilled=True))
            case TranscriptFinished() if self._trouble is None:
                self._tell_house(event)
            case TranscriptionPaused() if event.reason != RecognisersBusy.code:
                self._no_recogniser = asyncio.get_running_loop().call_later(
                    _PATIENCE_S, self._give_up, NoRecogniser("none for a while")
                )
            case TranscriptionResumed():
                self._recogniser_is_back()

    def _recogniser_is_back(self) -> None:
        if self._no_recogniser is not None:
            self._no_recogniser.cancel()
            self._no_recogniser = None

    def _open(self, voice: Voice, from_ms: int) -> Leg:
        leg = self._open_leg(voice, from_ms)
        leg.call_is_over()
        return _StoredLeg(leg, self._give_up)


def _to_nobody(_partial: PartialHeard) -> None:
    """Nobody watches a text that is made up later grow."""


class _StoredLeg:
    """A leg whose trouble ends the attempt, and not only the voice. 已存话路"""

    def __init__(self, leg: Leg, give_up: Callable[[AsrError], None]) -> None:
        self._leg = leg
        self._give_up = give_up
        self._broken = False
        self.end_at = leg.end_at
        self.call_is_over = leg.call_is_over
        self.go_back_to = leg.go_back_to
        self.close = leg.close

    @property
    def position_ms(self) -> int:
        return self._leg.position_ms

    @property
    def finished(self) -> bool:
        return self._broken or self._leg.finished

    @property
    def missing(self) -> bool:
        """Asked while there is no recogniser: the legs may have gone into the archive meanwhile."""
        if self._leg.missing:
            self._give_up(RecordingMoved())
        return self._leg.missing

    async def read(self, block_ms: int) -> bytes:
        try:
            return await self._leg.read(block_ms)
        except BackfillError as trouble:
            self._broken = True
            self._give_up(trouble)
            return b""


class _GivingWay:
    """Recognisers that are only troubled while live calls leave room. 让路"""

    def __init__(self, recognisers: Recognisers, room: Room, progress: Progress) -> None:
        self._recognisers = recognisers
        self._room = room
        self._progress = progress

    async def connect(self) -> Connection:
        await _wait_for(self._room)
        return _SlowConnection(await self._recognisers.connect(), self._room, self._progress)


class _SlowConnection:
    def __init__(self, connection: Connection, room: Room, progress: Progress) -> None:
        self._connection = connection
        self._room = room
        self._progress = progress
        self._progress.streams += 1
        self._closed = False
        self.finish = connection.finish

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._progress.streams -= 1
        await self._connection.close()

    async def hear(self, pcm: bytes) -> Heard | Guess:
        if not self._room():
            await asyncio.sleep(_REST_S)
            if not self._room():
                # Its place may be the one that a live call waits for.
                raise RecognisersBusy("live calls come first")
        answer = await self._connection.hear(pcm)
        self._progress.heard_ms += len(pcm) // BYTES_PER_MS
        return answer


async def _wait_for(room: Room) -> None:
    while True:
        if room():
            return
        await asyncio.sleep(_REST_S)
