"""Sees to it that every recording gets into the archive, whole, and only then loses its legs. 归档员

    call over ──► wait for the transcript (or its limit) ──► encode, verify, place ──► RecordingArchived
                                      ▲                             │ fails                │ journal on disk,
                                      └────── RecordingFailed, pause ◄┘                     ▼ transcript done
                                                                                      legs removed

Each step leaves something that the next life of the service completes: half a copy is thrown away,
a placed copy that nobody wrote down is checked against the legs and taken, left-over legs of an
archived recording go once its file verifies. One copy is made at a time, the oldest first.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from asr.events import TranscriptFinished
from cti.events import CallAbandoned, CallEnded, Event, RecordingStarted
from cti.fence import call_fence
from cti.ids import CallId
from recordings.errors import (
    CatalogueUnavailable,
    CopyDiffers,
    LegsMissing,
    LegsStillGrowing,
    RecordingError,
)
from recordings.events import RecordingArchived, RecordingFailed
from recordings.legs import Legs, calls_with_legs, legs_of
from recordings.model import (
    Copy,
    Recording,
    RecordingId,
    RecordingState,
    first_recording_of,
)
from recordings.ports import Catalogue, Encoder, Now, RecordingDue, Tell, WrittenDown
from recordings.settings import RecordingsSettings
from recordings.vault import Fixity, Vault

log = structlog.get_logger(__name__)

OTHER_BYTES = 1_000_000
"""Room for peaks and Ogg's own bytes beside the encoded sound."""
DOUBLINGS = 10
LEAST_PAUSE_S = 0.05
"""Between two attempts, whatever the settings say: nothing may hold the loop."""


@dataclass(slots=True, eq=False)
class _Task:
    """One recording on its way. 待办"""

    recording: Recording
    over_at: datetime
    transcribed: bool
    start_known: bool = True
    not_before: datetime | None = None
    attempts: int = 0
    told: set[str] = field(default_factory=set)

    @property
    def archived(self) -> bool:
        return self.recording.state is RecordingState.ARCHIVED


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
        self._encoder = encoder
        self._tell = tell
        self._written_down = written_down
        self._now = now
        self._settings = settings
        self._started: dict[CallId, datetime] = {}
        self._transcribed: set[CallId] = set()
        self._tasks: dict[CallId, _Task] = {}
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
            case CallEnded() | CallAbandoned():
                self._call_over(event.call_id, event.at)
            case TranscriptFinished():
                task = self._tasks.get(event.call_id)
                if task is not None:
                    task.transcribed = True
                    self._wake.set()
                elif event.call_id in self._started:
                    self._transcribed.add(event.call_id)

    def _call_over(self, call_id: CallId, at: datetime) -> None:
        if call_id in self._tasks:
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
        self._tasks[call_id] = _Task(
            recording=recording,
            # Another node's clock may be ahead; that is no reason to wait.
            over_at=min(at, self._now()),
            transcribed=call_id in self._transcribed,
            start_known=started is not None,
        )
        self._transcribed.discard(call_id)
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled; a copy in the making is thrown away and made again next time."""
        self._read_again_at = self._now()
        while True:
            self._wake.clear()
            now = self._now()
            if self._read_again_at is not None and self._read_again_at <= now:
                await self._pick_up()
                continue
            ready = [task for task in self._tasks.values() if self._is_ready(task, now)]
            if ready:
                await self._attend(min(ready, key=lambda task: task.recording.started_at))
            else:
                await self._wait(now)

    async def _wait(self, now: datetime) -> None:
        moments = [self._ready_at(task) for task in self._tasks.values()]
        known = [moment for moment in (*moments, self._read_again_at) if moment is not None]
        limit_s = max(0.0, (min(known) - now).total_seconds()) if known else None
        try:
            async with asyncio.timeout(limit_s):
                await self._wake.wait()
        except TimeoutError:
            return

    def _is_ready(self, task: _Task, now: datetime) -> bool:
        moment = self._ready_at(task)
        return moment is not None and moment <= now

    def _ready_at(self, task: _Task) -> datetime | None:
        """None: only the end of its transcript lets this go on."""
        if task.archived and not task.transcribed:
            return None
        wait_s = self._settings.settle_s
        if not task.transcribed:
            wait_s = max(wait_s, self._settings.transcript_limit_s)
        moment = task.over_at + timedelta(seconds=wait_s)
        return moment if task.not_before is None else max(moment, task.not_before)

    async def _pick_up(self) -> None:
        """What earlier lives left undone."""
        now = self._now()
        try:
            await asyncio.to_thread(self._vault.clear_unfinished)
            due = list(await self._catalogue.due())
            left = await asyncio.to_thread(calls_with_legs, self._legs_folder)
            due += await self._catalogue.archived_of(left)
            unlisted = await self._catalogue.unlisted_of(left)
        except (CatalogueUnavailable, RecordingError, OSError) as trouble:
            self._note(trouble)
            pause_s = max(self._settings.retry_every_s, LEAST_PAUSE_S)
            self._read_again_at = now + timedelta(seconds=pause_s)
            return
        self._read_again_at = None
        for one in due:
            self._take_up(one, now)
        for call in unlisted:
            # Its legs are there, so there is a recording, whoever was deaf when it began.
            if call.transcribed:
                self._transcribed.add(call.call_id)
            self._call_over(call.call_id, call.over_at)
        if due:
            log.info("recordings from earlier are taken up", recordings=len(due))

    def _take_up(self, due: RecordingDue, now: datetime) -> None:
        known = self._tasks.get(due.recording.call_id)
        if known is not None:
            if not known.archived:
                known.recording, known.start_known = due.recording, True
            return
        self._tasks[due.recording.call_id] = _Task(
            recording=due.recording,
            over_at=now,
            transcribed=due.transcribed,
        )

    async def _attend(self, task: _Task) -> None:
        call_id = task.recording.call_id
        # First of all: whatever happens below, it is not tried again at once.
        self._postpone(task)
        with call_fence(call_id):
            try:
                if not task.archived and not await self._archive(task):
                    return
                if task.transcribed:
                    await self._let_legs_go(task)
            except LegsStillGrowing:
                self._look_again_soon(task)
            except (RecordingError, OSError) as trouble:
                self._failed(task, trouble)

    def _postpone(self, task: _Task) -> None:
        pause_s = min(
            self._settings.retry_every_s * 2 ** min(task.attempts, DOUBLINGS),
            self._settings.retry_limit_s,
        )
        task.attempts += 1
        task.not_before = self._now() + timedelta(seconds=max(pause_s, LEAST_PAUSE_S))

    def _look_again_soon(self, task: _Task) -> None:
        """Nothing failed; it is only not yet time."""
        task.attempts = max(0, task.attempts - 1)
        pause_s = max(self._settings.settle_s, LEAST_PAUSE_S)
        task.not_before = self._now() + timedelta(seconds=pause_s)

    async def _archive(self, task: _Task) -> bool:
        """False: there is no recording of this call at all."""
        legs = legs_of(self._legs_folder, task.recording.call_id)
        if not task.start_known and not await self._learn_start(task, legs):
            self._tasks.pop(task.recording.call_id, None)
            return False
        recording = task.recording
        path = self._vault.path_of(recording.recording_id, recording.started_at)
        copy = await self._copy_in_vault(recording, legs, path)
        if copy is None:
            copy = await self._make_copy(recording.recording_id, legs, path)
        self.trouble = None
        task.attempts, task.not_before = 0, None
        task.told.clear()
        task.recording = replace(
            recording,
            state=RecordingState.ARCHIVED,
            duration_ms=copy.duration_ms,
            path=path,
            sha256=copy.sha256,
            size_bytes=copy.size_bytes,
        )
        self._tell(
            RecordingArchived(
                at=self._now(),
                call_id=recording.call_id,
                recording_id=recording.recording_id,
                path=path,
                sha256=copy.sha256,
                duration_ms=copy.duration_ms,
                size_bytes=copy.size_bytes,
                started_at=recording.started_at,
            )
        )
        return True

    async def _learn_start(self, task: _Task, legs: Legs) -> bool:
        """We came while the call lived, or were deaf when its recording began."""
        known = await self._catalogue.find(task.recording.recording_id)
        if known is not None:
            task.recording = known
        elif legs.missing:
            return False
        else:
            began = task.over_at - timedelta(milliseconds=legs.duration_ms)
            task.recording = replace(task.recording, started_at=began)
        task.start_known = True
        return True

    async def _copy_in_vault(self, recording: Recording, legs: Legs, path: str) -> Copy | None:
        """A copy that was placed in an earlier life, but not written down."""
        if not await asyncio.to_thread(self._vault.has, path):
            return None
        if legs.missing:
            # The database is older than the archive. Only verified copies have a place in there.
            return await asyncio.to_thread(self._vault.copy_at, path, recording.duration_ms)
        try:
            return await self._encoder.check(legs, self._vault.folder / path)
        except CopyDiffers:
            log.error("a file in the archive is not this recording", call_id=recording.call_id)  # noqa: TRY400
            await asyncio.to_thread(self._vault.set_aside, path)
            return None

    async def _make_copy(self, recording_id: RecordingId, legs: Legs, path: str) -> Copy:
        if legs.missing:
            raise LegsMissing
        encoded_bytes = legs.duration_ms * self._settings.bit_rate // 8000
        await asyncio.to_thread(self._vault.need_room, encoded_bytes * 3 // 2 + OTHER_BYTES)
        made, peaks = await asyncio.to_thread(self._vault.working_paths, recording_id)
        copy = await self._encoder.copy(legs, made, peaks)
        await asyncio.to_thread(self._vault.place, made, path)
        return copy

    async def _let_legs_go(self, task: _Task) -> None:
        """Only when the archived file verifies and the journal's row of it is on disk."""
        if not await self._written_down():
            self._look_again_soon(task)
            return
        fixity = await asyncio.to_thread(self._vault.verify, task.recording)
        if fixity is not Fixity.INTACT:
            log.error("archived file does not verify, legs are kept", fixity=fixity.value)
            task.recording = replace(task.recording, state=RecordingState.LEGS)
            raise CopyDiffers
        legs = legs_of(self._legs_folder, task.recording.call_id)
        if legs.duration_ms > task.recording.duration_ms:
            # Asterisk wrote on after the copy was made (we were told of an end that was none, or it
            # closed the file late): the legs hold more than the copy, so it is made anew.
            log.warning("legs grew after they were archived", call_id=task.recording.call_id)
            self._postpone(task)
            task.recording = replace(task.recording, state=RecordingState.LEGS)
            return
        await asyncio.to_thread(legs.remove)
        self._tasks.pop(task.recording.call_id, None)

    def _failed(self, task: _Task, trouble: RecordingError | OSError) -> None:
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
