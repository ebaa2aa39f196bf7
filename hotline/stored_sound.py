"""A call's audio for the backfill, wherever it is now: raw legs, or the archive. 录音来源"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from asr.errors import RecordingDamaged, RecordingGone, RecordingMoved, RecordingUnreadable
from asr.events import Side
from asr.legs import BYTES_PER_MS, LegTail, leg_path, own_leg_path
from asr.ports import Leg, OpenLeg, Voice
from cti.ids import CallId, LegId
from recordings.decoding import SideReader
from recordings.errors import ArchiveUnreadable, AudioDamaged, AudioMissing, CatalogueUnavailable
from recordings.legs import legs_for
from recordings.model import Recording, RecordingState
from recordings.ports import Catalogue
from recordings.vault import Fixity, Vault

log = structlog.get_logger(__name__)

LEFT, RIGHT = 0, 1
KEPT_BYTES = 5_000 * BYTES_PER_MS


class StoredSounds:
    """Raw legs while they are there, because they are what was said; else the archived file. 录音来源

    An archived file is heard only if it is, byte for byte, what was archived: a transcript may become
    evidence.
    """

    def __init__(self, legs_folder: Path, vault: Vault, catalogue: Catalogue) -> None:
        self._legs_folder = legs_folder
        self._vault = vault
        self._catalogue = catalogue

    async def there(self, call_id: CallId) -> bool:
        """Raises RecordingUnreadable."""
        try:
            listed = await self._catalogue.of_call(call_id)
            return await asyncio.to_thread(self._is_there, call_id, listed)
        except (CatalogueUnavailable, OSError) as trouble:
            raise RecordingUnreadable from trouble

    @asynccontextmanager
    async def of(self, call_id: CallId) -> AsyncIterator[OpenLeg]:
        """See asr.backfill_ports.Sounds."""
        try:
            listed = await self._catalogue.of_call(call_id)
            if not await asyncio.to_thread(self._is_there, call_id, listed):
                raise RecordingGone
            files = await asyncio.to_thread(self._archived, listed)
        except (CatalogueUnavailable, OSError) as trouble:
            raise RecordingUnreadable from trouble
        opened = _Opened(self._legs_folder, call_id, files)
        try:
            yield opened.open
        finally:
            await opened.end()

    def _is_there(self, call_id: CallId, listed: Sequence[Recording]) -> bool:
        if any(leg_path(self._legs_folder, call_id, side).exists() for side in _CALLS_SIDES):
            return True
        return any(self._file_of(one) is not None for one in listed if one.leg_id is None)

    def _archived(self, listed: Sequence[Recording]) -> dict[LegId | None, Path]:
        """The archived files that will be needed, each verified.

        Raises RecordingDamaged, RecordingMoved, RecordingUnreadable.
        """
        found: dict[LegId | None, Path] = {}
        for recording in listed:
            if not legs_for(self._legs_folder, recording).missing:
                continue
            file = self._file_of(recording)
            if file is None:
                self._not_found(recording)
                continue
            match self._vault.verify(recording):
                case Fixity.DIFFERS:
                    raise RecordingDamaged
                case Fixity.UNREADABLE | Fixity.MISSING:
                    raise RecordingUnreadable
            found[recording.leg_id] = file
        return found

    def _not_found(self, recording: Recording) -> None:
        if recording.leg_id is None:
            # It was there a moment ago: its row is older than its archived file.
            raise RecordingMoved
        if recording.state is not RecordingState.EMPTY:
            log.warning("a party's voice is lost", call_id=recording.call_id)

    def _file_of(self, recording: Recording) -> Path | None:
        try:
            return self._vault.audio_of(recording)
        except AudioMissing:
            return None


_CALLS_SIDES = (Side.CITIZEN, Side.OPERATOR)


class _Opened:
    """The legs of one call that are open. 已打开话路"""

    def __init__(self, legs_folder: Path, call_id: CallId, files: dict[LegId | None, Path]) -> None:
        self._legs_folder = legs_folder
        self._call_id = call_id
        self._files = files
        self._readers: dict[tuple[LegId | None, Side], SideReader] = {}
        """One for each voice: of its stretches only one is listened to at a time."""

    def open(self, voice: Voice, from_ms: int) -> Leg:
        file = self._files.get(voice.leg_id)
        if file is None:
            return _RawLeg(self._raw(voice), from_ms, voice.zero_ms)
        channel = RIGHT if voice.leg_id is None and voice.side is not Side.CITIZEN else LEFT
        reader = self._readers.setdefault((voice.leg_id, voice.side), SideReader(file, channel))
        return ArchivedLeg(reader, from_ms, voice.zero_ms)

    async def end(self) -> None:
        # All of them first: this wait may be cancelled.
        for reader in self._readers.values():
            reader.end()
        for reader in self._readers.values():
            await reader.ended()

    def _raw(self, voice: Voice) -> Path:
        if voice.leg_id is None:
            return leg_path(self._legs_folder, self._call_id, voice.side)
        return own_leg_path(self._legs_folder, self._call_id, voice.leg_id)


class _RawLeg(LegTail):
    """A raw leg of a call that is over; it may go into the archive while it is read. 原始话路"""

    def __init__(self, path: Path, from_ms: int, zero_ms: int) -> None:
        super().__init__(path, from_ms, zero_ms)
        self._was_there = path.exists()
        self._anything = False

    async def read(self, block_ms: int) -> bytes:
        """Raises RecordingMoved when the file vanished before it was opened."""
        block = await super().read(block_ms)
        self._anything = self._anything or bool(block)
        if not block and self._was_there and not self._anything and self.missing:
            raise RecordingMoved
        return block


class ArchivedLeg:
    """One side of an archived recording as a leg; see asr.ports.Leg. 归档话路

    A few seconds stay in memory: who listens steps back a little at the end of every silence, and a
    decoding process for each of these steps would cost more than the decoding.
    """

    missing = False

    def __init__(self, reader: SideReader, from_ms: int, zero_ms: int) -> None:
        self._reader = reader
        self._zero_ms = zero_ms
        self._end: int | None = None
        self._offset = self._offset_of(from_ms)
        self._recent = bytearray()
        self._decoded = self._offset
        """Where what comes next out of the process begins; `recent` ends there."""
        self._reading = False
        self._at_end = False

    @property
    def position_ms(self) -> int:
        return self._zero_ms + self._offset // BYTES_PER_MS

    @property
    def finished(self) -> bool:
        heard_all = self._at_end and self._offset >= self._decoded
        return heard_all or (self._end is not None and self._offset >= self._end)

    async def read(self, block_ms: int) -> bytes:
        """Raises RecordingDamaged, RecordingUnreadable."""
        wanted = block_ms * BYTES_PER_MS
        if self._end is not None:
            wanted = min(wanted, self._end - self._offset)
        if wanted <= 0:
            return b""
        await self._decode(self._offset + wanted - self._decoded)
        begin = len(self._recent) - (self._decoded - self._offset)
        block = bytes(self._recent[begin : begin + wanted])
        self._offset += len(block)
        del self._recent[:-KEPT_BYTES]
        return block

    def end_at(self, end_ms: int) -> None:
        self._end = self._offset_of(end_ms)

    def call_is_over(self) -> None:
        """It always is."""

    def go_back_to(self, position_ms: int) -> None:
        self._offset = self._offset_of(position_ms)
        if not self._decoded - len(self._recent) <= self._offset <= self._decoded:
            self._recent.clear()
            self._decoded = self._offset
            self._reading = self._at_end = False

    def close(self) -> None:
        """Its process ends with the attempt."""

    def _offset_of(self, position_ms: int) -> int:
        return max(0, position_ms - self._zero_ms) * BYTES_PER_MS

    async def _decode(self, size: int) -> None:
        """So much more, if there is so much. Raises RecordingDamaged, RecordingUnreadable."""
        if size <= 0 or self._at_end:
            return
        try:
            if not self._reading:
                self._reading = True
                await self._reader.start(self._decoded // BYTES_PER_MS)
            block = await self._reader.read(size)
        except AudioDamaged as damaged:
            raise RecordingDamaged from damaged
        except ArchiveUnreadable as trouble:
            raise RecordingUnreadable from trouble
        self._recent += block
        self._decoded += len(block)
        self._at_end = len(block) < size
