"""Where Asterisk comes from: the system's own, or a rootless bundle of Debian packages. 安装包

    look for `asterisk` >= 20 ── found ──────────────────────────────────────────► AsteriskProgram
          │ not found
    folder/finished.json there and its program answers `-V` ── yes ──────────────► AsteriskProgram
          │ no
    private apt state (folder/apt) ► signed index ► download (resumable) ► dpkg -x into root.part
          ► `-V` answers ► root.part becomes root (one rename) ► finished.json ──► AsteriskProgram

Nothing is installed in the system and no root is needed. The packages bring their own C library, so they
run through their own loader on any newer or older Debian or Ubuntu. Standard library only.
"""

import contextlib
import fcntl
import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotline.asterisk.apt_sources import find_archive, read_machine_sources
from hotline.asterisk.bundle_errors import (
    AptMissing,
    AsteriskNotProvided,
    BundleBroken,
    DiskFull,
    KeyringMissing,
    MachineNotSupported,
    MirrorUnknown,
    SystemAsteriskMissing,
)
from hotline.asterisk.private_apt import private_apt, run_apt

OLDEST_MAJOR = 20
"""Asterisk 18 has neither the MixMonitor legs nor the AGI behaviour this product was measured on."""
PACKAGES = ("asterisk", "asterisk-modules", "asterisk-config")
DISK_NEEDED_BYTES = 600_000_000
"""About 80 MB of packages, 270 MB unpacked, and room for the indexes."""
TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
LOADERS = {"amd64": "ld-linux-x86-64.so.2", "arm64": "ld-linux-aarch64.so.1"}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskProgram:
    """How to start one particular Asterisk. Asterisk 程序"""

    command: tuple[str, ...]
    """argv prefix: the program itself, or loader + --library-path + program."""
    modules: Path
    data: Path
    """The folder with `documentation/core-en_US.xml`, without which Asterisk does not start."""
    version: str


def provide(kind: str, suite: str, folder: Path, say: Say) -> AsteriskProgram:
    """Find or make an Asterisk of version 20 or later; blocks until it is there.

    `kind` is "auto", "system" or "bundle"; `suite` the Debian suite of the bundle (on Ubuntu the machine's
    own suite is taken); `folder` belongs to the bundle alone and may be shared by several projects;
    `say` is told each step in a few words. Raises AsteriskNotProvided, each kind with its code.
    """
    if kind not in ("auto", "system", "bundle"):
        raise AsteriskNotProvided(
            f"Asterisk can be provided as auto, system or bundle, not {kind!r}"
        )
    if kind in ("auto", "system"):
        found = find_system_asterisk()
        if found is not None:
            return found
        if kind == "system":
            raise SystemAsteriskMissing(SystemAsteriskMissing.__doc__)
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder / "lock", say) as lock:
        finished = find_bundle(folder, suite)
        return finished if finished is not None else _make_bundle(suite, folder, say, lock)


def find_system_asterisk() -> AsteriskProgram | None:
    """The installed Asterisk, if it is new enough and its modules and documentation are found."""
    program = shutil.which(
        "asterisk", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
    )
    if program is None:
        return None
    version = _ask_version((program,))
    if version is None or major(version) < OLDEST_MAJOR:
        return None
    prefix = Path(program).resolve().parent.parent
    lib = [prefix / "lib" / t / "asterisk/modules" for t in TRIPLETS.values()]
    lib += [prefix / "lib/asterisk/modules", prefix / "lib64/asterisk/modules"]
    shares = [prefix / "share/asterisk", Path("/var/lib/asterisk")]
    modules = next((m for m in lib if (m / "chan_pjsip.so").exists()), None)
    data = next((s for s in shares if (s / "documentation/core-en_US.xml").exists()), None)
    if modules is None or data is None:
        return None
    return AsteriskProgram(command=(program,), modules=modules, data=data, version=version)


def find_bundle(folder: Path, suite: str) -> AsteriskProgram | None:
    """The finished bundle in `folder`, if it was made for this suite and still answers."""
    try:
        finished = json.loads((folder / "finished.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(finished, dict) or finished.get("asked_suite") != suite:
        return None
    try:
        return _program_in(folder / "root")
    except (BundleBroken, MachineNotSupported):
        return None


def major(version: str) -> int:
    """22 for "22.10.1~dfsg"; 0 where no number is found."""
    number = re.search(r"\d+", version)
    return int(number.group()) if number else 0


def _make_bundle(suite: str, folder: Path, say: Say, lock: int) -> AsteriskProgram:
    architecture = _architecture()
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise AptMissing(f"{tool}: {AptMissing.__doc__}")
    archive = find_archive(read_machine_sources(Path("/etc/apt")), suite, Path("/etc/os-release"))
    if archive is None:
        raise MirrorUnknown(MirrorUnknown.__doc__)
    if archive.keyring is None:
        raise KeyringMissing(KeyringMissing.__doc__)
    free = shutil.disk_usage(folder).free
    if free < DISK_NEEDED_BYTES:
        raise DiskFull(
            f"{free // 1_000_000} MB free in {folder}, {DISK_NEEDED_BYTES // 1_000_000} MB needed"
        )
    say(f"Asterisk: fetching the bundle from {archive.uri} {archive.suite} ({architecture})")
    apt = private_apt(folder / "apt", archive, architecture)
    run_apt([*apt, "update"], say, "Asterisk: package index", lock)
    # An earlier, interrupted attempt may have left packages that the archive has since replaced.
    run_apt([*apt, "autoclean"], say, "Asterisk: old package", lock)
    run_apt(
        [*apt, "install", "--yes", "--download-only", "--no-install-recommends", *PACKAGES],
        say,
        "Asterisk: package",
        lock,
    )
    packages = sorted((folder / "apt/cache/archives").glob("*.deb"))
    say(f"Asterisk: unpacking {len(packages)} packages")
    part, root = folder / "root.part", folder / "root"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for package in packages:
        _unpack(package, part)
    version = _program_in(part).version
    if major(version) < OLDEST_MAJOR:
        raise BundleBroken(
            f"the archive's Asterisk is {version}; {OLDEST_MAJOR} or later is needed"
        )
    # From here on a start that is killed finds either the old state or the whole new one.
    (folder / "finished.json").unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    part.rename(root)
    marker = {
        "version": version,
        "asked_suite": suite,
        "suite": archive.suite,
        "architecture": architecture,
        "packages": [p.name for p in packages],
    }
    _write_whole(folder / "finished.json", json.dumps(marker, indent=1) + "\n")
    shutil.rmtree(folder / "apt", ignore_errors=True)
    say(f"Asterisk {version} is ready in {folder}")
    return _program_in(root)


def _program_in(root: Path) -> AsteriskProgram:
    architecture = _architecture()
    triplet, loader_name = TRIPLETS[architecture], LOADERS[architecture]
    # Before the merge of /lib into /usr (Ubuntu 22.04, Debian 12) the C library lies in /lib.
    libraries = [root / "usr/lib" / triplet, root / "lib" / triplet]
    loader = next((d / loader_name for d in libraries if (d / loader_name).exists()), None)
    program, data = root / "usr/sbin/asterisk", root / "usr/share/asterisk"
    modules = root / "usr/lib" / triplet / "asterisk/modules"
    wanted = (program, modules / "chan_pjsip.so", data / "documentation/core-en_US.xml")
    missing = [str(w) for w in wanted if not w.exists()]
    if loader is None or missing:
        raise BundleBroken(f"missing from the bundle: {missing or loader_name}")
    path = ":".join(str(d) for d in libraries if d.is_dir())
    command = (str(loader), "--library-path", path, str(program))
    version = _ask_version(command)
    if version is None:
        raise BundleBroken(BundleBroken.__doc__)
    return AsteriskProgram(command=command, modules=modules, data=data, version=version)


def _architecture() -> str:
    machine = platform.machine().lower()
    if platform.system() != "Linux" or machine not in MACHINES:
        raise MachineNotSupported(f"{platform.system()} {machine}: {MachineNotSupported.__doc__}")
    return MACHINES[machine]


def _ask_version(command: Sequence[str]) -> str | None:
    try:
        answer = subprocess.run(
            [*command, "-V"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = answer.stdout.split()
    return (
        words[1] if answer.returncode == 0 and len(words) > 1 and words[0] == "Asterisk" else None
    )


def _unpack(package: Path, into: Path) -> None:
    unpacked = subprocess.run(
        ["dpkg", "-x", str(package), str(into)], capture_output=True, text=True, check=False
    )
    if unpacked.returncode != 0:
        if "No space left" in unpacked.stderr:
            raise DiskFull(f"{DiskFull.__doc__} {into}")
        package.unlink(missing_ok=True)  # the next start fetches it again
        raise BundleBroken(
            f"{package.name} could not be unpacked: {unpacked.stderr.strip()[-300:]}"
        )


@contextlib.contextmanager
def _only_one(lock: Path, say: Say) -> Iterator[int]:
    """Held while one process makes the bundle; a second start waits for it instead of colliding."""
    with lock.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Asterisk: another start is preparing the bundle; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle.fileno()


def _write_whole(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
