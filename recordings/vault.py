"""The archive on disk: YYYY/MM/DD/<recording id>.opus, and .peaks beside it. 录音库

    .making/ ──verified──► YYYY/MM/DD/   (rename, folder synced; nothing is ever overwritten)

The folder of a day is Beijing's day. Whoever finds a file outside `.making` finds a whole one: it
was complete, verified and on disk before it got its name. One Archivist writes; anybody reads.
"""

import contextlib
import os
import re
import shutil
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path

from recordings.errors import (
    AlreadyInArchive,
    ArchiveFull,
    ArchiveUnwritable,
    AudioMissing,
    UnsafeRecordingName,
)
from recordings.fixity import sha256_of
from recordings.legs import sync_folder
from recordings.model import Copy, Peaks, Recording, RecordingId
from recordings.waveform import peaks_from_bytes

BEIJING = timezone(timedelta(hours=8))
"""China keeps one time and changes no clocks; no time zone database is needed for that."""
MAKING = ".making"
SET_ASIDE = ".set-aside"
AUDIO = ".opus"
PEAKS = ".peaks"
SAFE_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,120}")
SAFE_PATH = re.compile(r"\d{4}/\d{2}/\d{2}/" + SAFE_ID.pattern)
MEGABYTE = 1_000_000


class Fixity(StrEnum):
    """Whether an archived file is what was archived. 完整性"""

    INTACT = "intact"  # 完好
    MISSING = "missing"  # 缺失
    DIFFERS = "differs"  # 已改变
    UNREADABLE = "unreadable"  # 无法读取


class Vault:
    """Puts copies into the archive and finds them again. 录音库

    The methods wait for the disk; call them in a thread.
    """

    def __init__(self, folder: Path, keep_free_mb: int = 0) -> None:
        self.folder = folder
        self._keep_free = keep_free_mb * MEGABYTE

    def path_of(self, recording_id: RecordingId, started_at: datetime) -> str:
        """Where the recording belongs, relative to the archive. Raises UnsafeRecordingName."""
        if SAFE_ID.fullmatch(recording_id) is None:
            raise UnsafeRecordingName
        return f"{started_at.astimezone(BEIJING):%Y/%m/%d}/{recording_id}{AUDIO}"

    def clear_unfinished(self) -> int:
        """Remove what an earlier life left half made; how many files. Raises ArchiveUnwritable."""
        making = self._making()
        left = list(making.iterdir())
        for file in left:
            file.unlink()
        return len(left)

    def working_paths(self, recording_id: RecordingId) -> tuple[Path, Path]:
        """Where (copy, peaks) are made; neither exists. Raises ArchiveUnwritable."""
        if SAFE_ID.fullmatch(recording_id) is None:
            raise UnsafeRecordingName
        made = self._making() / f"{recording_id}{AUDIO}"
        for file in (made, made.with_suffix(PEAKS)):
            file.unlink(missing_ok=True)
        return made, made.with_suffix(PEAKS)

    def need_room(self, size_bytes: int) -> None:
        """Raises ArchiveFull unless so much fits and keep_free_mb stay free."""
        self._making()
        if shutil.disk_usage(self.folder).free < size_bytes + self._keep_free:
            raise ArchiveFull

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return self._inside(path).exists()

    def copy_at(self, path: str, duration_ms: int) -> Copy:
        """What the file of that place is. Raises OSError."""
        file = self._inside(path)
        size = file.stat().st_size
        return Copy(sha256=sha256_of(file), size_bytes=size, duration_ms=duration_ms)

    def place(self, made: Path, path: str) -> None:
        """Give a verified copy, already synced, its place, its peaks first.

        Raises AlreadyInArchive, ArchiveUnwritable.
        """
        final = self._inside(path)
        try:
            _make_folders(final.parent)
            if final.exists():
                raise AlreadyInArchive
            made.with_suffix(PEAKS).replace(final.with_suffix(PEAKS))
            made.rename(final)
            sync_folder(final.parent)
        except OSError as trouble:
            raise ArchiveUnwritable from trouble

    def set_aside(self, path: str) -> None:
        """Move a file that is not what it should be out of the way; it is kept for people."""
        damaged = self._inside(path)
        aside = self.folder / SET_ASIDE
        try:
            _make_folders(aside)
            number = 1
            while (to := aside / f"{damaged.name}.{number}").exists():
                number += 1
            damaged.rename(to)
            damaged.with_suffix(PEAKS).unlink(missing_ok=True)
            sync_folder(aside)
            sync_folder(damaged.parent)
        except OSError as trouble:
            raise ArchiveUnwritable from trouble

    def audio_of(self, recording: Recording) -> Path:
        """The archived file. Raises AudioMissing."""
        if recording.path is None:
            raise AudioMissing
        file = self._inside(recording.path)
        if not file.is_file():
            raise AudioMissing
        return file

    def peaks_of(self, recording: Recording) -> Peaks:
        """Raises AudioMissing when there is no waveform."""
        try:
            return peaks_from_bytes(self.audio_of(recording).with_suffix(PEAKS).read_bytes())
        except FileNotFoundError as none:
            raise AudioMissing from none

    def verify(self, recording: Recording) -> Fixity:
        """Read the whole file and compare its SHA-256 with the catalogue's."""
        try:
            intact = sha256_of(self.audio_of(recording)) == recording.sha256
        except AudioMissing:
            return Fixity.MISSING
        except OSError:
            return Fixity.UNREADABLE
        return Fixity.INTACT if intact else Fixity.DIFFERS

    def _inside(self, path: str) -> Path:
        if SAFE_PATH.fullmatch(path) is None:
            raise UnsafeRecordingName
        return self.folder / path

    def _making(self) -> Path:
        making = self.folder / MAKING
        try:
            _make_folders(making)
        except OSError as trouble:
            raise ArchiveUnwritable from trouble
        return making


def _make_folders(folder: Path) -> None:
    """Like mkdir -p, and each new name survives a power cut."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o750)
    sync_folder(folder.parent)
