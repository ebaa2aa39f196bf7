"""Gets one recording's copy into its place in the vault, or finds it there. 副本"""

import asyncio

import structlog

from recordings.errors import CopyDiffers, LegsMissing
from recordings.legs import Legs
from recordings.model import Copy, Recording, RecordingId
from recordings.ports import Encoder
from recordings.settings import RecordingsSettings
from recordings.vault import Vault

log = structlog.get_logger(__name__)

OTHER_BYTES = 1_000_000
"""Room for peaks and Ogg's own bytes beside the encoded sound."""


class Copyist:
    """Makes a copy of a recording's legs, verified and in its place. 副本员"""

    def __init__(self, vault: Vault, encoder: Encoder, settings: RecordingsSettings) -> None:
        self._vault = vault
        self._encoder = encoder
        self._settings = settings

    async def copy(self, recording: Recording, legs: Legs, path: str) -> Copy:
        """The verified copy at that path of the vault. Raises RecordingError, OSError."""
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
