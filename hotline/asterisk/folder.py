"""The folder an Asterisk lives in. Asterisk 目录"""

import hashlib
import os
import shlex
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from hotline.asterisk.errors import RunFolderNotOurs
from hotline.asterisk.templates import write_private

SOCKET_PATH_LIMIT = 107
"""Bytes of a unix socket's path: sun_path holds 108 with the closing zero."""


def run_folder(folder: Path) -> Path:
    """Where the control socket lies: `folder`/run, or a short folder of our own if that path is too long."""
    usual = folder / "run"
    if len(os.fsencode(usual / "asterisk.ctl")) <= SOCKET_PATH_LIMIT:
        return usual
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"hotline-{os.getuid()}-{mark}"


def make_run_folder(run: Path, folder: Path) -> None:
    if run.parent == folder:
        run.mkdir(mode=0o700, exist_ok=True)
        return
    # /tmp is everybody's: take the folder only if we made it and nobody else can write in it.
    try:
        run.mkdir(mode=0o700)
    except FileExistsError:
        found = run.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise RunFolderNotOurs(f"{run}: {RunFolderNotOurs.__doc__}") from None


def link_data(data: Path, source: Path, sounds: Mapping[str, Path]) -> None:
    """`data` as Asterisk wants it: what the program brings, by links, and the prompts of each language."""
    for shared in ("documentation", "rest-api", "static-http"):
        _link(data / shared, source / shared)
    brought = (source / "sounds/en", source / "sounds/en_US_f_Allison")
    english = next((folder for folder in brought if folder.is_dir()), None)
    if english is not None:
        # A folder of links and no link to the folder: our own English prompts lie beside what is brought.
        if (data / "sounds/en").is_symlink():
            (data / "sounds/en").unlink()
        for brought_file in english.iterdir():
            _link(data / "sounds/en" / brought_file.name, brought_file)
    for language, folder in sounds.items():
        _link(data / "sounds" / language, folder.absolute())


def _link(place: Path, target: Path) -> None:
    """Make or mend a symbolic link in one step."""
    if place.is_symlink() and place.readlink() == target:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + ".part")
    part.unlink(missing_ok=True)
    part.symlink_to(target)
    part.replace(place)


def write_agi_start(place: Path, script: Path) -> None:
    # A shell line instead of a `#!python` line: the kernel cuts those at 127 bytes and at spaces, and virtual
    # environments lie in deep folders. -P keeps the script's folder from hiding installed packages.
    words: Sequence[str] = (sys.executable, "-P", str(script))
    write_private(place, f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    place.chmod(0o700)
