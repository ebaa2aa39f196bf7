"""Files that are there as a whole or not at all: Asterisk may be playing the old one. 整体替换"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hotline.sounds.errors import PromptDiskFull, PromptFolderSick

FULL = (errno.ENOSPC, errno.EDQUOT)


def replace_file(path: Path, content: bytes) -> None:
    staged(path, content).replace(path)


def staged(path: Path, content: bytes) -> Path:
    """The content beside its place, to be moved there by Path.replace."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return part


@contextmanager
def naming_the_disk(folder: Path) -> Iterator[None]:
    """Raises PromptDiskFull, PromptFolderSick in the place of an OSError."""
    try:
        yield
    except OSError as sick:
        kind = PromptDiskFull if sick.errno in FULL else PromptFolderSick
        raise kind(f"{folder}: {kind.__doc__} ({sick.strerror or sick})") from sick
