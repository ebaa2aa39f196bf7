"""Sees to it that every recording gets into the archive, whole, and only then loses its legs. 归档员

    call over ──► wait for the transcript (or its limit) ──► encode, verify, place ──► RecordingArchived
                                      ▲                             │ fails                │ journal on disk,
                                      └────── RecordingFailed, pause ◄┘                     ▼ transcript done
                                                                                      legs removed

Each step leaves something that the next life of the service completes: half a copy is thrown away,
a placed copy that nobody wrote down is checked against the legs and taken, left-over legs of an
archived recording go once its file verifies. One copy is made at a time, the oldest first.

A call is one recording, and each party that was in a room with others is one more, of its own voice.
Once a call is over the folder is searched for those: none is lost because an event was.
"""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from asr.events import BackfillWanted, TranscriptFinished
from cti.events import (
    CallAbandoned,
    CallEnded,
    Event,
    PartyRecordingStarted,
    RecordingStarted,
)
from cti.fence import call_fence
from cti.ids import CallId
from recordings.copyist import Copyist, Fate
from recordings.duties import (
    LEAST_PAUSE_S,
    Search,
    Task,
    is_ready,
    look_again_soon,
    postpone,
    ready_at,
)
from recordings.errors import (
    CatalogueUnavailable,
    LegsStillGrowing,
    RecordingError,
)
from recordings.events import RecordingFailed
from recordings.legs import calls_with_legs, calls_with_own_legs
from recordings.model import (
    Recording,
    RecordingId,
    RecordingState,
    first_recording_of,
)
from recordings.ports import Catalogue, Encoder, Now, RecordingDue, Tell, WrittenDown
from recordings.searcher import LegSearcher
from recordings.settings import RecordingsSettings
from recordings.vault import Vault

log = structlog.get_logger(__name__)


class Archivist:
    """Sole writer of the archive. 归档员"""

    name = "archivist"

    def __init__(
        self,
        *,
        legs_folder: Path,
        vault: Vault,
        catalogue: Catalogue,
        encoder: Encoder,
        tell: Tell,
        written_down: WrittenDown,
        now: Now,
        settings: RecordingsSettings,
    ) -> None:
        self._legs_folder = legs_folder
        self._vault = vault
        self._catalogue = catalogue
        self._copyist = Copyist(
            legs_folder=legs_folder,
            vault=vault,
            catalogue=catalogue,
            encoder=encoder,
            tell=tell,
            written_down=written_down,
            now=now,
            settings=settings,
        )
        self._searcher = LegSearcher(
            legs_folder=legs_folder,
            catalogue=catalogue,
            tell=tell,
            written_down=written_down,
            now=now,
        )
        self._tell = tell
        self._written_down = written_down
        self._now = now
        self._settings = settings
        self._started: dict[CallId, datetime] = {}
        self._transcribed: set[CallId] = set()
        self._tasks: dict[RecordingId, Task] = {}
        self._searches: dict[CallId, Search] = {}
        self._read_again_at: datetime | None = None
        self._wake = asyncio.Event()
        self.failures: Counter[str] = Counter()
        """How often something went wrong, by error code; shown in /metrics."""
        self.trouble: str | None = None
        """The code of the last attempt's error; None when it went well."""

    @property
    def waiting(self) -> int:
        """Recordings of calls that are over and not yet in the archive."""
        return sum(not task.archived for task in self._tasks.values())

    @property
    def failing(self) -> int:
        """Recordings of which the last attempt failed; each is kept and tried again."""
        return sum(bool(task.told) for task in self._tasks.values())

    def on_event(self, event: Event) -> None:
        """Note what happened on a call; cheap, never waits, never raises."""
        match event:
            case RecordingStarted():
                self._started[event.call_id] = event.at
            case PartyRecordingStarted() if event.call_id not in self._started:
                # Perhaps told late, after the call; the catalogue knows whether it is over.
                self._read_again_at = self._now() + timedelta(seconds=self._settings.settle_s)
                self._wake.set()
            case CallEnded() | CallAbandoned():
                self._call_over(event.call_id, event.at)
            case TranscriptFinished() | BackfillWanted():
                # What is made up later can be made from the archive: the legs need not lie so long.
                self._transcript_finished(event.call_id)

    def _transcript_finished(self, call_id: CallId) -> None:
        if call_id in self._started:
            self._transcribed.add(call_id)
        if call_id in self._searches:
            self._searches[call_id].transcribed = True
        for task in self._tasks.values():
            if task.recording.call_id == call_id:
                task.transcribed = True
        self._wake.set()

    def _call_over(self, call_id: CallId, at: datetime) -> None:
        transcribed = call_id in self._transcribed
        self._search(call_id, at, transcribed=transcribed)
        if first_recording_of(call_id) in self._tasks:
            self._transcribed.discard(call_id)
            return
        started = self._started.pop(call_id, None)
        recording = Recording(
            recording_id=first_recording_of(call_id),
            call_id=call_id,
            state=RecordingState.LEGS,
            started_at=started or at,
            duration_ms=0,
        )
        self._tasks[recording.recording_id] = Task(
            recording=recording,
            # Another node's clock may be ahead; that is no reason to wait.
            over_at=min(at, self._now()),
            transcribed=transcribed,
            start_known=started is not None,
        )
        self._transcribed.discard(call_id)
        self._wake.set()

    def _search(self, call_id: CallId, over_at: datetime, *, transcribed: bool) -> None:
        known = self._searches.get(call_id)
        if known is not None:
            known.transcribed |= transcribed
            return
        over_at = min(over_at, self._now())
        self._searches[call_id] = Search(call_id=call_id, over_at=over_at, transcribed=transcribed)

    async def run(self) -> None:
        """Work until cancelled; a copy in the making is thrown away and made again next time."""
        self._read_again_at = self._now()
        while True:
            self._wake.clear()
            now = self._now()
            if self._read_again_at is not None and self._read_again_at <= now:
                await self._pick_up()
                continue
            searches = [s for s in self._searches.values() if is_ready(s, now, self._settings)]
            ready = [task for task in self._tasks.values() if is_ready(task, now, self._settings)]
            if searches:
                await self._look_for_parties(searches[0])
            elif ready:
                await self._attend(min(ready, key=lambda task: task.recording.started_at))
            else:
                await self._wait(now)

    async def _wait(self, now: datetime) -> None:
        duties: list[Task | Search] = [*self._tasks.values(), *self._searches.values()]
        moments = [ready_at(duty, self._settings) for duty in duties]
        known = [moment for moment in (*moments, self._read_again_at) if moment is not None]
        limit_s = max(0.0, (min(known) - now).total_seconds()) if known else None
        try:
            async with asyncio.timeout(limit_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _pick_up(self) -> None:
        """What earlier lives left undone."""
        now = self._now()
        try:
            await asyncio.to_thread(self._vault.clear_unfinished)
            due = list(await self._catalogue.due())
            left = await asyncio.to_thread(calls_with_legs, self._legs_folder)
            with_parties = await asyncio.to_thread(calls_with_own_legs, self._legs_folder)
            due += await self._catalogue.archived_of(left)
            over = await self._catalogue.over_of(left)
        except (CatalogueUnavailable, RecordingError, OSError) as trouble:
            self._note(trouble)
            pause_s = max(self._settings.retry_every_s, LEAST_PAUSE_S)
            self._read_again_at = now + timedelta(seconds=pause_s)
            return
        self._read_again_at = None
        for one in due:
            self._take_up(one, now)
        for call in over:
            if call.call_id in with_parties:
                self._search(call.call_id, call.over_at, transcribed=call.transcribed)
            if not call.listed:
                # Its legs are there, so there is a recording, whoever was deaf when it began.
                if call.transcribed:
                    self._transcribed.add(call.call_id)
                self._call_over(call.call_id, call.over_at)
        if due:
            log.info("recordings from earlier are taken up", recordings=len(due))

    def _take_up(self, due: RecordingDue, now: datetime) -> None:
        known = self._tasks.get(due.recording.recording_id)
        if known is not None:
            if not known.archived:
                known.recording, known.start_known = due.recording, True
            return
        self._tasks[due.recording.recording_id] = Task(
            recording=due.recording,
            over_at=now,
            transcribed=due.transcribed,
        )

    async def _look_for_parties(self, search: Search) -> None:
        postpone(search, self._now(), self._settings)
        with call_fence(search.call_id):
            try:
                found = await self._searcher.own_recordings(search.call_id)
            except (CatalogueUnavailable, OSError) as trouble:
                self._note(trouble)
                return
            if found is None:
                look_again_soon(search, self._now(), self._settings)
                return
            self._searches.pop(search.call_id, None)
            for recording in found:
                self._tasks.setdefault(
                    recording.recording_id,
                    Task(
                        recording=recording,
                        over_at=search.over_at,
                        transcribed=search.transcribed,
                    ),
                )

    async def _attend(self, task: Task) -> None:
        call_id = task.recording.call_id
        # First of all: whatever happens below, it is not tried again at once.
        postpone(task, self._now(), self._settings)
        with call_fence(call_id):
            try:
                if not task.archived:
                    if not await self._copyist.archive(task):
                        self._tasks.pop(task.recording.recording_id, None)
                        return
                    self.trouble = None
                if task.transcribed:
                    await self._let_legs_go(task)
            except LegsStillGrowing:
                look_again_soon(task, self._now(), self._settings)
            except (RecordingError, OSError) as trouble:
                self._failed(task, trouble)

    async def _let_legs_go(self, task: Task) -> None:
        match await self._copyist.let_legs_go(task):
            case Fate.GONE:
                self._tasks.pop(task.recording.recording_id, None)
            case Fate.NOT_YET:
                look_again_soon(task, self._now(), self._settings)
            case Fate.ANEW:
                postpone(task, self._now(), self._settings)

    def _failed(self, task: Task, trouble: RecordingError | OSError) -> None:
        code = self._note(trouble)
        recording = task.recording
        told_before = code in task.told or recording.failure == code
        task.told.add(code)
        if told_before or task.archived:
            return  # A journal row for every attempt would fill a full disk further.
        task.recording = replace(recording, failure=code)
        log.warning("recording could not be archived", call_id=recording.call_id, why=code)
        self._tell(
            RecordingFailed(
                at=self._now(),
                call_id=recording.call_id,
                recording_id=recording.recording_id,
                reason=code,
            )
        )

    def _note(self, trouble: RecordingError | OSError) -> str:
        code = trouble.code if isinstance(trouble, RecordingError) else "archive-unwritable"
        self.failures[code] += 1
        self.trouble = code
        return code
