"""One Asterisk process: its folder, its start, its end. Asterisk 进程

    prepare()  folders, rendered configuration, links
    start()    adopt the one that already runs here, else spawn ► wait until it is fully booted
    wait()     until it is gone, however that came about
    stop()     SIGTERM ► limit ► SIGKILL

It lives in a session of its own: neither a Ctrl-C on our terminal nor the death of our process takes it
along, for citizens may be talking in it. Whoever starts next adopts it by its pid file and control socket.
"""

import asyncio
import os
import resource
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import structlog

from hotline.asterisk.bundle import AsteriskProgram
from hotline.asterisk.errors import (
    AsteriskDidNotStart,
    AsteriskError,
    AsteriskNotRunning,
    AsteriskPortTaken,
    AsteriskSilent,
)
from hotline.asterisk.folder import link_data, make_run_folder, run_folder, write_agi_start
from hotline.asterisk.log import lines_since, ports_taken, size_of, why_it_failed
from hotline.asterisk.process import lives, read_pid, runs_with, until_gone
from hotline.asterisk.templates import render, write_private

log = structlog.get_logger(__name__)

FILES_WANTED = 20_000
"""Open files: about four a call, and head room for a surge."""
ANSWER_LIMIT_S = 5.0
"""An Asterisk that does not answer its control socket for so long is frozen."""
ADOPTION_LIMIT_S = 15.0
"""Longer for one that was there before us: citizens may be talking in it, and it may be busy."""
LOOK_EVERY_S = 0.05
"""Between two looks for the control socket of a starting Asterisk, which cannot tell us by itself."""


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
        return lives(self._pid)

    def prepare(self) -> None:
        """Make the folder ready for a start; harmless while Asterisk runs. Raises AsteriskError, OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        for below in ("etc", "lib", "db", "keys/keys", "data/sounds", "agi-bin", "spool", "log"):
            (self.folder / below).mkdir(parents=True, exist_ok=True)
        make_run_folder(self.run_folder, self.folder)
        link_data(self.folder / "data", self.program.data, self.sounds)
        for script, place in self.agi_scripts.items():
            write_agi_start(self.folder / "agi-bin" / script, place.absolute())
        render(self.templates, self.etc, {**self.values, **self._own_values()})
        for name, text in self.extra_conf.items():
            write_private(self.etc / name, text)

    async def start(self, limit_s: float) -> None:
        """Adopt the Asterisk that already runs here, or start one; returns when it is fully booted.

        Raises AsteriskPortTaken, or AsteriskDidNotStart with the last lines it logged.
        """
        if await self.adopt():
            return
        logged_before = size_of(self.messages_log)
        self._spawn()
        log.info("asterisk is starting", pid=self._pid, version=self.program.version)
        try:
            async with asyncio.timeout(limit_s):
                booted = await self._booted()
        except TimeoutError:
            booted = False
        except asyncio.CancelledError:
            self.kill()
            await self._reap()
            raise
        lines = lines_since(self.messages_log, logged_before)
        taken = ports_taken(lines)
        if booted and not taken:
            log.info("asterisk is fully booted", pid=self._pid)
            return
        ended = None if self._child is None else self._child.poll()
        self.kill()
        await self._reap()
        if taken:
            raise AsteriskPortTaken(" | ".join(taken))
        why = f"ended with status {ended}" if ended is not None else f"not ready in {limit_s:g} s"
        said = lines_since(self.folder / "log" / "start.txt", 0)
        raise AsteriskDidNotStart(f"{why}; last lines: {why_it_failed(lines + said)}")

    async def adopt(self) -> bool:
        """Take over the Asterisk that our pid file names, if it is ours and answers. A frozen one is killed."""
        pid = self.find_running()
        if pid is None:
            return False
        if self._child is None or self._child.pid != pid:
            self._child = None
        self._pid = pid
        try:
            await self.cli("core waitfullybooted", ADOPTION_LIMIT_S)
        except AsteriskError:
            log.warning("the running asterisk does not answer and is killed", pid=pid)
            self.kill()
            await self._reap()
            return False
        self.adopted = True
        log.info("a running asterisk was adopted", pid=pid)
        return True

    def find_running(self) -> int | None:
        """The process that our pid file names, if it lives and runs on our configuration."""
        pid = read_pid(self._pid_file)
        if pid is None or not lives(pid) or not runs_with(pid, str(self.etc / "asterisk.conf")):
            return None
        return pid

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
        await until_gone(self._pid)
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
                umask=0o077,  # recordings are nobody else's
            )
        self._pid = self._child.pid
        self.adopted = False
        write_private(self._pid_file, f"{self._pid}\n")

    async def _booted(self) -> bool:
        control = self.run_folder / "asterisk.ctl"
        while self.alive:
            if control.exists():
                try:
                    said = await self.cli("core waitfullybooted", limit_s=60)
                except AsteriskNotRunning:
                    pass  # the socket is bound a moment before it listens
                else:
                    # One that dies while it boots closes the line without a word.
                    if "fully booted" in said:
                        return self.alive
            await asyncio.sleep(LOOK_EVERY_S)
        return False

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
