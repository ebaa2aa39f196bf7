"""One Asterisk process: its folder, its start, its end. Asterisk 进程

    prepare()  folders, rendered configuration, links
    start()    adopt the one that already runs here, else spawn ► wait until it is fully booted
    wait()     until it is gone, however that came about
    stop()     SIGTERM ► limit ► SIGKILL

It lives in a session of its own: neither a Ctrl-C on our terminal nor the death of our process takes it
along, for citizens may be talking in it. Whoever starts next adopts it by its pid file and control socket.
"""

import asyncio
import hashlib
import os
import re
import resource
import select
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from hotline.bundle import AsteriskProgram

log = structlog.get_logger(__name__)

SOCKET_PATH_LIMIT = 107
"""Bytes of a unix socket's path: sun_path holds 108 with the closing zero."""
FILES_WANTED = 20_000
"""Open files: about four a call, and head room for a surge."""
ANSWER_LIMIT_S = 5.0
"""An Asterisk that does not answer its control socket for so long is frozen."""
LOOK_EVERY_S = 0.05
"""Between two looks for the control socket of a starting Asterisk, which cannot tell us by itself."""

PLACEHOLDER = re.compile(r"@([A-Z][A-Z0-9_]*)@")


class AsteriskError(Exception):
    """Asterisk cannot be run as asked. Asterisk 运行错误"""

    code = "asterisk-error"


class PlaceholderWithoutValue(AsteriskError):
    """A configuration template names a value nobody gave. 模板缺少取值"""

    code = "asterisk-placeholder-without-value"


class PlaceholderValueUnsafe(AsteriskError):
    """A value would break out of its line in Asterisk's configuration. 模板取值不安全"""

    code = "asterisk-placeholder-value-unsafe"


class AsteriskDidNotStart(AsteriskError):
    """Asterisk did not become ready within its limit. Asterisk 启动失败"""

    code = "asterisk-did-not-start"


class AsteriskNotRunning(AsteriskError):
    """There is no running Asterisk to talk to. Asterisk 未运行"""

    code = "asterisk-not-running"


class AsteriskSilent(AsteriskError):
    """Asterisk runs and does not answer its control socket. Asterisk 无响应"""

    code = "asterisk-silent"


class RunFolderNotOurs(AsteriskError):
    """The short folder for the control socket belongs to somebody else. 运行目录不属于本用户"""

    code = "asterisk-run-folder-not-ours"


def render(templates: Path, etc: Path, values: Mapping[str, str]) -> None:
    """Write every `*.conf` of `templates` into `etc` (mode 0600), `@NAME@` replaced by its value.

    A value may have several lines only if its name ends in `_LINES`. Raises PlaceholderWithoutValue,
    PlaceholderValueUnsafe.
    """
    for name, value in values.items():
        if "\0" in value or (not name.endswith("_LINES") and re.search(r"[\r\n]", value)):
            raise PlaceholderValueUnsafe(f"@{name}@: {PlaceholderValueUnsafe.__doc__}")
    etc.mkdir(parents=True, exist_ok=True)
    for template in sorted(templates.glob("*.conf")):
        text = template.read_text(encoding="utf-8")
        missing = sorted({n for n in PLACEHOLDER.findall(text) if n not in values})
        if missing:
            raise PlaceholderWithoutValue(f"{template.name} names @{'@, @'.join(missing)}@, which has no value")
        rendered = PLACEHOLDER.sub(lambda found: values[found.group(1)], text)
        write_private(etc / template.name, rendered)


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, readable by its owner only: configuration holds passwords."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(text)
    part.replace(path)


def run_folder(folder: Path) -> Path:
    """Where the control socket lies: `folder`/run, or a short folder of our own if that path is too long."""
    usual = folder / "run"
    if len(os.fsencode(usual / "asterisk.ctl")) <= SOCKET_PATH_LIMIT:
        return usual
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp") / f"hotline-{os.getuid()}-{mark}"


def _make_run_folder(run: Path, folder: Path) -> None:
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


class AsteriskServer:
    """One Asterisk under one folder. Asterisk 进程

    `values` fill the templates' placeholders; this class adds the places it makes: ASTERISK_ETC, _MODULES,
    _LIB, _DB, _KEYS, _DATA, _AGI, _SPOOL, _RUN, _LOG, _SBIN and _MAXFILES. `extra_conf` are whole files for etc (name →
    text), `sounds` folders of prompts by language, `agi_scripts` scripts that AGI(name) may start.
    """

    name = "asterisk"

    def __init__(
        self,
        program: AsteriskProgram,
        folder: Path,
        templates: Path,
        values: Mapping[str, str],
        *,
        extra_conf: Mapping[str, str] | None = None,
        sounds: Mapping[str, Path] | None = None,
        agi_scripts: Mapping[str, Path] | None = None,
    ) -> None:
        self.program = program
        self.folder = folder.absolute()
        self.templates = templates
        self.values = dict(values)
        self.extra_conf = dict(extra_conf or {})
        self.sounds = dict(sounds or {})
        self.agi_scripts = dict(agi_scripts or {})
        self.run_folder = run_folder(self.folder)
        self.adopted = False
        self._pid: int | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def etc(self) -> Path:
        return self.folder / "etc"

    @property
    def messages_log(self) -> Path:
        """Asterisk's own log of notices, warnings and errors."""
        return self.folder / "log" / "messages"

    @property
    def pid(self) -> int | None:
        """The process, while it lives."""
        return self._pid if self.alive else None

    @property
    def alive(self) -> bool:
        """Is the process there? (A zombie is not.)"""
        if self._pid is None:
            return False
        if self._child is not None:
            return self._child.poll() is None
        return _lives(self._pid)

    def prepare(self) -> None:
        """Make the folder ready for a start; harmless while Asterisk runs. Raises AsteriskError, OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        for below in ("etc", "lib", "db", "keys/keys", "data/sounds", "agi-bin", "spool", "log"):
            (self.folder / below).mkdir(parents=True, exist_ok=True)
        _make_run_folder(self.run_folder, self.folder)
        data, source = self.folder / "data", self.program.data
        for shared in ("documentation", "rest-api", "static-http"):
            _link(data / shared, source / shared)
        english = next((e for e in (source / "sounds/en", source / "sounds/en_US_f_Allison") if e.is_dir()), None)
        if english is not None:
            _link(data / "sounds/en", english)
        for language, folder in self.sounds.items():
            _link(data / "sounds" / language, folder.absolute())
        for script, place in self.agi_scripts.items():
            _write_agi_start(self.folder / "agi-bin" / script, place.absolute())
        render(self.templates, self.etc, {**self.values, **self._own_values()})
        for name, text in self.extra_conf.items():
            write_private(self.etc / name, text)

    async def start(self, limit_s: float) -> None:
        """Adopt the Asterisk that already runs here, or start one; returns when it is fully booted.

        Raises AsteriskDidNotStart with the last lines it logged.
        """
        if await self.adopt():
            return
        logged_before = _size(self.messages_log)
        self._spawn()
        log.info("asterisk is starting", pid=self._pid, version=self.program.version)
        try:
            async with asyncio.timeout(limit_s):
                booted = await self._booted()
        except TimeoutError:
            booted = False
        except asyncio.CancelledError:
            self.kill()
            raise
        if not booted:
            ended = None if self._child is None else self._child.poll()
            self.kill()
            await self._reap()
            why = f"it ended with status {ended}" if ended is not None else f"not ready after {limit_s:g} s"
            raise AsteriskDidNotStart(f"{why}; last lines: {self._last_lines(logged_before)}")
        log.info("asterisk is fully booted", pid=self._pid)

    async def adopt(self) -> bool:
        """Take over the Asterisk that our pid file names, if it is ours and answers. A frozen one is killed."""
        pid = _read_pid(self._pid_file)
        if pid is None or not _lives(pid) or not self._is_ours(pid):
            return False
        if self._child is None or self._child.pid != pid:
            self._child = None
        self._pid = pid
        try:
            await self.cli("core waitfullybooted")
        except AsteriskError:
            log.warning("the running asterisk does not answer and is killed", pid=pid)
            self.kill()
            await self._reap()
            return False
        self.adopted = True
        log.info("a running asterisk was adopted", pid=pid)
        return True

    async def stop(self, limit_s: float) -> None:
        """Ask it to end, and after `limit_s` end it. Calls in progress are hung up."""
        if self.alive and self._pid is not None:
            self._signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(limit_s):
                    await self.wait()
            except TimeoutError:
                log.warning("asterisk did not stop in time and is killed", pid=self._pid)
                self.kill()
        await self._reap()

    def kill(self) -> None:
        """End it at once, without a goodbye; what AGI children it has go too."""
        self._signal(signal.SIGKILL)

    async def wait(self) -> int | None:
        """Return when the process is gone: its exit status, or None for an adopted one."""
        if self._pid is None:
            return None
        try:
            handle = os.pidfd_open(self._pid)
        except ProcessLookupError:
            return self._child.poll() if self._child is not None else None
        try:
            if self.alive:
                await _readable(handle)
        finally:
            os.close(handle)
        return self._child.wait() if self._child is not None else None

    async def cli(self, command: str, limit_s: float = ANSWER_LIMIT_S) -> str:
        """What Asterisk answers to a console command. Raises AsteriskNotRunning, AsteriskSilent."""
        asking = await asyncio.create_subprocess_exec(
            *self.program.command, "-C", str(self.etc / "asterisk.conf"), "-rx", command,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(limit_s):
                answer, _ = await asking.communicate()
        except (TimeoutError, asyncio.CancelledError) as interrupted:
            asking.kill()
            await asking.communicate()
            if isinstance(interrupted, TimeoutError):
                raise AsteriskSilent(f"no answer within {limit_s:g} s") from None
            raise
        if asking.returncode != 0:
            raise AsteriskNotRunning(AsteriskNotRunning.__doc__)
        return answer.decode("utf-8", "replace")

    @property
    def _pid_file(self) -> Path:
        return self.folder / "asterisk.pid"

    def _own_values(self) -> dict[str, str]:
        places = {
            "ETC": self.etc,
            "MODULES": self.program.modules,
            "LIB": self.folder / "lib",
            "DB": self.folder / "db",
            "KEYS": self.folder / "keys",
            "DATA": self.folder / "data",
            "AGI": self.folder / "agi-bin",
            "SPOOL": self.folder / "spool",
            "RUN": self.run_folder,
            "LOG": self.folder / "log",
            "SBIN": Path(self.program.command[-1]).parent,
        }
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        files = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
        own = {f"ASTERISK_{name}": str(place) for name, place in places.items()}
        return {**own, "ASTERISK_MAXFILES": str(files)}

    def _spawn(self) -> None:
        said = self.folder / "log" / "start.txt"
        with said.open("wb") as output:
            self._child = subprocess.Popen(
                [*self.program.command, "-C", str(self.etc / "asterisk.conf"), "-f", "-n"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
            )
        self._pid = self._child.pid
        self.adopted = False
        write_private(self._pid_file, f"{self._pid}\n")

    async def _booted(self) -> bool:
        control = self.run_folder / "asterisk.ctl"
        while self.alive:
            if control.exists():
                try:
                    await self.cli("core waitfullybooted", limit_s=60)
                except AsteriskNotRunning:
                    pass  # the socket is bound a moment before it listens
                else:
                    return self.alive
            await asyncio.sleep(LOOK_EVERY_S)
        return False

    def _is_ours(self, pid: int) -> bool:
        """Not a stranger that got the old number: its command line names our configuration."""
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.etc / "asterisk.conf") in words

    def _signal(self, number: signal.Signals) -> None:
        if self._pid is None or not self.alive:
            return
        try:
            if number is signal.SIGKILL:
                os.killpg(self._pid, number)  # it leads its own group, see start_new_session
            else:
                os.kill(self._pid, number)
        except ProcessLookupError:
            pass

    async def _reap(self) -> None:
        await self.wait()
        self._pid_file.unlink(missing_ok=True)
        self._pid = self._child = None

    def _last_lines(self, logged_before: int) -> str:
        lines: list[str] = []
        for path, offset in ((self.messages_log, logged_before), (self.folder / "log/start.txt", 0)):
            try:
                with path.open("rb") as handle:
                    handle.seek(offset)
                    lines += handle.read(200_000).decode("utf-8", "replace").splitlines()
            except OSError:
                continue
        worth = [line for line in lines if "WARNING" in line or "ERROR" in line or "rror" in line]
        return " | ".join((worth or lines)[-8:])


def _lives(pid: int) -> bool:
    """False for a zombie too: its process has ended."""
    try:
        handle = os.pidfd_open(pid)
    except (ProcessLookupError, PermissionError):
        return False
    try:
        return not select.select([handle], [], [], 0)[0]
    finally:
        os.close(handle)


async def _readable(handle: int) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(handle, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(handle)


def _read_pid(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdigit() and int(text) > 1 else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _link(place: Path, target: Path) -> None:
    """Make or mend a symbolic link in one step."""
    if place.is_symlink() and place.readlink() == target:
        return
    part = place.with_name(place.name + ".part")
    part.unlink(missing_ok=True)
    part.symlink_to(target)
    part.replace(place)


def _write_agi_start(place: Path, script: Path) -> None:
    # A shell line instead of a `#!python` line: the kernel cuts those at 127 bytes and at spaces, and virtual
    # environments lie in deep folders. -P keeps the script's folder from hiding installed packages.
    words: Sequence[str] = (sys.executable, "-P", str(script))
    write_private(place, f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    place.chmod(0o700)
