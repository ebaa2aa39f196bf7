"""Gets one recording's copy into its place in the vault, and only then lets its legs go. 副本"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

import structlog

from recordings.duties import Task
from recordings.errors import CopyDiffers, LegsMissing
from recordings.events import RecordingArchived, RecordingSkipped
from recordings.legs import Legs, legs_for
from recordings.model import Copy, Recording, RecordingId, RecordingState
from recordings.ports import Catalogue, Encoder, Now, Tell, WrittenDown
from recordings.settings import RecordingsSettings
from recordings.vault import Fixity, Vault

log = structlog.get_logger(__name__)

OTHER_BYTES = 1_000_000
"""Room for peaks and Ogg's own bytes beside the encoded sound."""
SHORT_LIFE_MS = 3_000
"""Asterisk makes a leg's file with its first sound: who left so soon may never have got one."""


class Fate(StrEnum):
    """What became of a recording's raw legs. 话路去向"""

    GONE = "gone"
    NOT_YET = "not-yet"
    """The journal has not all of it on disk. 待落盘"""
    ANEW = "anew"
    """They hold more than the copy does. 需重新归档"""


class Copyist:
    """Makes a recording's copy, verified and in its place, and says so. 副本员"""

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

    async def archive(self, task: Task) -> bool:
        """False: there is no recording of this call at all. Raises RecordingError, OSError."""
        legs = legs_for(self._legs_folder, task.recording)
        if not task.start_known and not await self._learn_start(task, legs):
            return False
        recording = task.recording
        path = self._vault.path_of(recording.recording_id, recording.started_at)
        if never_held_anything(recording, legs):
            placed = await asyncio.to_thread(self._vault.has, path)
            if not placed:
                self._skip(task)
                return True
        copy = await self._copy(recording, legs, path)
        task.went_well()
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
                leg_id=recording.leg_id,
            )
        )
        return True

    async def let_legs_go(self, task: Task) -> Fate:
        """Only when the archived file verifies and the journal's row of it is on disk.

        Raises CopyDiffers, OSError.
        """
        if not await self._written_down():
            return Fate.NOT_YET
        if task.recording.state is RecordingState.ARCHIVED:
            fixity = await asyncio.to_thread(self._vault.verify, task.recording)
            if fixity is not Fixity.INTACT:
                log.error("archived file does not verify, legs are kept", fixity=fixity.value)
                task.recording = replace(task.recording, state=RecordingState.LEGS)
                raise CopyDiffers
        legs = legs_for(self._legs_folder, task.recording)
        if legs.duration_ms > task.recording.duration_ms:
            # Asterisk wrote on after the copy was made (we were told of an end that was none, or it
            # closed the file late): the legs hold more than the copy, so it is made anew.
            log.warning("legs grew after they were archived", call_id=task.recording.call_id)
            task.recording = replace(task.recording, state=RecordingState.LEGS)
            return Fate.ANEW
        await asyncio.to_thread(legs.remove)
        return Fate.GONE

    async def _learn_start(self, task: Task, legs: Legs) -> bool:
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

    def _skip(self, task: Task) -> None:
        task.went_well()
        recording = task.recording
        if recording.state is not RecordingState.EMPTY and recording.leg_id is not None:
            log.info("a party's leg never held any sound", call_id=recording.call_id)
            self._tell(
                RecordingSkipped(
                    at=self._now(),
                    call_id=recording.call_id,
                    recording_id=recording.recording_id,
                    leg_id=recording.leg_id,
                )
            )
        task.recording = replace(recording, state=RecordingState.EMPTY, duration_ms=0)

    async def _copy(self, recording: Recording, legs: Legs, path: str) -> Copy:
        return await self._copy_in_vault(recording, legs, path) or await self._make_copy(
            recording.recording_id, legs, path
        )

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


def never_held_anything(recording: Recording, legs: Legs) -> bool:
    """Only a party's leg may be empty; the file of one that stayed longer is a lost one."""
    if recording.leg_id is None or legs.samples > 0:
        return False
    return not legs.missing or recording.duration_ms <= SHORT_LIFE_MS
