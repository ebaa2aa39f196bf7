"""Calls of the demonstration's voices on disk: raw legs, archived recordings, a real store."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import update

from asr.backfill import Backfill
from asr.events import Side
from asr.legs import leg_path
from asr.ports import Recognisers
from asr.settings import AsrSettings
from cti.events import Blame, CallAnswered, CallArrived, CallEnded, Ending, Event, RecordingStarted
from cti.ids import CallId, SeatId
from hotline.clock import utc_now
from hotline.herald import Herald
from hotline.outside.conversation import speak_line
from hotline.outside.scripts import Script
from hotline.sounds.sound import resample
from hotline.stored_sound import StoredSounds
from recordings.audio import encode
from recordings.events import RecordingArchived
from recordings.legs import RATE_HZ, legs_of
from recordings.model import first_recording_of
from recordings.settings import RecordingsSettings
from recordings.vault import Vault
from recordings.waveform import peaks_as_bytes
from store.backfills import StoredBackfills
from store.database import Database
from store.journal import Journal
from store.migrate import upgrade
from store.recordings import StoredRecordings
from store.settings import StoreSettings
from store.tables import calls as stored_calls
from store.transcripts import StoredTranscripts

BEGAN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BYTES_PER_MS = 32
PAUSE_MS = 400
SETTLED = RecordingsSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A line and where it lies in the recording."""

    side: Side
    text: str
    starts_at_ms: int
    ends_at_ms: int


async def legs_of_script(
    script: Script, repeats: int = 1
) -> tuple[dict[Side, bytes], list[Spoken]]:
    """Both sides of the conversation, said so many times, and what was said where."""
    sounds = {line: await _leg_sound(script, line) for line in script.lines}
    legs: dict[Side, list[bytes]] = {Side.CITIZEN: [], Side.OPERATOR: []}
    said, at_ms = [], 0
    for line in script.lines * repeats:
        sound = sounds[line]
        ends_ms = at_ms + PAUSE_MS + len(sound) // BYTES_PER_MS
        for side, leg in legs.items():
            leg.append(bytes(PAUSE_MS * BYTES_PER_MS))
            leg.append(sound if side is line.side else bytes(len(sound)))
        said.append(
            Spoken(
                side=line.side, text=line.text, starts_at_ms=at_ms + PAUSE_MS, ends_at_ms=ends_ms
            )
        )
        at_ms = ends_ms
    return {side: b"".join(leg) + bytes(1000 * BYTES_PER_MS) for side, leg in legs.items()}, said


async def _leg_sound(script: Script, line: object) -> bytes:
    sound = np.frombuffer(await speak_line(script, line), dtype="<i2").astype(np.float64)
    sound = np.clip(resample(sound, 8_000, RATE_HZ), -32_768, 32_767).astype("<i2")
    return sound[: len(sound) // 16 * 16].tobytes()


class SpokenCalls:
    """A house's folders and store, without telephones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.legs = folder / "legs"
        self.legs.mkdir(parents=True, exist_ok=True)
        self.vault = Vault(folder / "archive")
        self.url = f"sqlite+aiosqlite:///{folder / 'hotline.sqlite'}"
        self.told: list[Event] = []
        self._changed = asyncio.Event()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["SpokenCalls"]:
        """With its store, and the one who writes in it."""
        self.database = Database(self.url)
        await upgrade(self.database)
        self.journal = Journal(self.database, StoreSettings())
        await self.journal.open()
        self.herald = Herald(self.journal.append)
        self.herald.listen(self._hear)
        self.transcripts = StoredTranscripts(self.database)
        self.backfills = StoredBackfills(self.database)
        try:
            async with asyncio.TaskGroup() as group:
                writer = group.create_task(self.journal.run())
                # A task that never began cannot end in order.
                assert await self.written_down()
                try:
                    yield self
                finally:
                    writer.cancel()
        finally:
            await self.database.close()

    def _hear(self, event: Event) -> None:
        self.told.append(event)
        self._changed.set()

    async def until(self, so: Callable[[], bool], limit_s: float = 300.0) -> None:
        """Looks whenever something was told; what was told is on disk then."""
        async with asyncio.timeout(limit_s):
            while not so():
                self._changed.clear()
                await self._changed.wait()
        assert await self.written_down()

    async def written_down(self) -> bool:
        return await self.journal.written(self.journal.last_seq)

    def backfill(
        self,
        recognisers: Recognisers,
        settings: AsrSettings | None = None,
        room: Callable[[], bool] = lambda: True,
    ) -> Backfill:
        async def for_every_call(_call_id: CallId) -> tuple[str, Recognisers]:
            return "zh", recognisers

        made = Backfill(
            wishes=self.backfills,
            stories=self.transcripts,
            sounds=StoredSounds(self.legs, self.vault, StoredRecordings(self.database)),
            recognisers_for=for_every_call,
            room=room,
            tell=self.herald.tell,
            written_down=self.written_down,
            settings=settings or AsrSettings(),
            now=utc_now,
        )
        self.herald.listen(made.on_event)
        return made

    async def has_happened(
        self, call_id: CallId, legs: dict[Side, bytes], *, began: datetime = BEGAN
    ) -> None:
        """A call answered at once, which nobody took down."""
        length_ms = max(len(leg) for leg in legs.values()) // BYTES_PER_MS
        over = began + timedelta(milliseconds=length_ms)
        for side, leg in legs.items():
            leg_path(self.legs, call_id, side).with_suffix(".sln16").write_bytes(leg)
        for event in (
            CallArrived(
                at=began, call_id=call_id, caller_number="13800000001", called_number="12345"
            ),
            RecordingStarted(at=began, call_id=call_id),
            CallAnswered(at=began, call_id=call_id, seat_id=SeatId("8001"), waited_ms=0),
            CallEnded(
                at=over,
                call_id=call_id,
                talked_ms=length_ms,
                ending=Ending(blame=Blame.CITIZEN, reason="hung-up"),
            ),
        ):
            self.herald.tell(event)
        assert await self.written_down()
        async with self.database.write() as connection:
            # As of a call of the time when there was no speech recognition.
            this = update(stored_calls).where(stored_calls.c.call_id == call_id)
            await connection.execute(this.values(transcription="off"))

    async def is_archived(self, call_id: CallId, *, began: datetime = BEGAN) -> Path:
        """Its legs became an archived recording and are gone."""
        legs, recording_id = legs_of(self.legs, call_id), first_recording_of(call_id)
        made, peaks = self.vault.working_paths(recording_id)
        levels = await asyncio.to_thread(encode, legs, made, recording_id, SETTLED)
        peaks.write_bytes(peaks_as_bytes(levels))
        path = self.vault.path_of(recording_id, began)
        self.vault.place(made, path)
        copy = self.vault.copy_at(path, legs.duration_ms)
        self.herald.tell(
            RecordingArchived(
                at=utc_now(),
                call_id=call_id,
                recording_id=recording_id,
                path=path,
                sha256=copy.sha256,
                duration_ms=copy.duration_ms,
                size_bytes=copy.size_bytes,
                started_at=began,
            )
        )
        assert await self.written_down()
        legs.remove()
        return self.vault.folder / path


@contextlib.asynccontextmanager
async def running(*parts: object) -> AsyncIterator[None]:
    """Those parts at work."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part.run()) for part in parts]
        yield
        for task in tasks:
            task.cancel()


def texts_of(side: Side, utterances: Sequence[object]) -> str:
    """What one side said, in order."""
    ordered = sorted(utterances, key=lambda one: one.starts_at_ms)
    return "".join(one.text for one in ordered if one.side is side)
