"""`hotline archive verify` and `export`: proof that the archive is whole, and one call taken out. 归档检查与导出"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recordings.errors import AudioMissing, ExportTargetNotEmpty
from recordings.fixity import sha256_of
from recordings.model import Recording, RecordingId
from recordings.vault import AUDIO, Fixity, Vault

MANIFEST = "manifest-sha256.txt"
RECORD = "record.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One recording that is not as it was archived. 归档缺陷"""

    recording_id: RecordingId
    path: str | None
    fixity: Fixity


def faults(recordings: Iterable[Recording], vault: Vault) -> Iterator[Fault]:
    """Read every archived file; name each that is missing, changed or unreadable."""
    for recording in recordings:
        fixity = vault.verify(recording)
        if fixity is not Fixity.INTACT:
            yield Fault(recording_id=recording.recording_id, path=recording.path, fixity=fixity)


def strangers(recordings: Iterable[Recording], vault: Vault) -> list[str]:
    """Archived audio that the catalogue does not know, as relative paths."""
    known = {recording.path for recording in recordings}
    found = (
        p.relative_to(vault.folder).as_posix() for p in vault.folder.glob(f"[0-9]*/**/*{AUDIO}")
    )
    return sorted(path for path in found if path not in known)


def export_call(record: bytes, recordings: Sequence[Recording], vault: Vault, to: Path) -> None:
    """A folder that stands alone: the audio, the call's record as JSON, and a manifest.

    `sha256sum -c manifest-sha256.txt` checks it anywhere. Raises ExportTargetNotEmpty, AudioMissing
    (also when an archived file is no longer what was archived), OSError.
    """
    if to.exists():
        raise ExportTargetNotEmpty
    for recording in recordings:
        if vault.verify(recording) is not Fixity.INTACT:
            raise AudioMissing
    to.mkdir(parents=True)
    lines = []
    for recording in recordings:
        target = to / f"{recording.recording_id}{AUDIO}"
        _copy(vault.audio_of(recording), target)
        if sha256_of(target) != recording.sha256:
            raise AudioMissing
        lines.append(f"{recording.sha256}  {target.name}\n")
    (to / RECORD).write_bytes(record)
    lines.append(f"{sha256_of(to / RECORD)}  {RECORD}\n")
    (to / MANIFEST).write_text("".join(lines), encoding="utf-8")


def _copy(source: Path, to: Path) -> None:
    with source.open("rb") as file, to.open("xb") as copy:
        while block := file.read(1 << 20):
            copy.write(block)
