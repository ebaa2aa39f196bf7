"""A private PostgreSQL for the tests: own folder, own port, gone afterwards. 测试数据库

PostgreSQL refuses to run as root, so then it runs as the nameless user 65534.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg

NOBODY = 65534
START_LIMIT_S = 30
USER = "hotline"


class PostgresMissing(Exception):
    """No PostgreSQL server is installed; the tests need one (Debian: apt install postgresql). 缺少 PostgreSQL"""


class PostgresDidNotStart(Exception):
    """The private PostgreSQL gave no connection; its log follows. PostgreSQL 未启动"""


class PrivatePostgres:
    """A running server. 私有 PostgreSQL"""

    def __init__(self, port: int) -> None:
        self.port = port
        self._made = 0

    async def new_database(self) -> str:
        """The SQLAlchemy URL of a fresh, empty database."""
        self._made += 1
        name = f"hotline{self._made}"
        connection = await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=USER, database="postgres"
        )
        try:
            await connection.execute(f"CREATE DATABASE {name}")
        finally:
            await connection.close()
        return f"postgresql+asyncpg://{USER}@127.0.0.1:{self.port}/{name}"


@contextmanager
def private_postgres() -> Iterator[PrivatePostgres]:
    """Start one. Raises PostgresMissing, PostgresDidNotStart."""
    binaries = _binaries()
    with tempfile.TemporaryDirectory(prefix="hotline-postgres-") as made:
        folder = Path(made)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        tables = folder / "tables"
        subprocess.run(
            [*_as_nobody(), binaries / "initdb", "-D", tables, "-U", USER, "-A", "trust", "-N",
             "-E", "UTF8", "--locale=C"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        port = _free_port()
        log = folder / "log"
        with log.open("wb") as written:
            server = subprocess.Popen(
                [*_as_nobody(), binaries / "postgres", "-D", tables, "-p", str(port),
                 "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"],
                stdout=written, stderr=written, cwd=folder,
            )  # fmt: skip
        try:
            _wait_for_word(log, server)
            yield PrivatePostgres(port)
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: connections are cut
            server.wait(START_LIMIT_S)


def _wait_for_word(log: Path, server: "subprocess.Popen[bytes]") -> None:
    """PostgreSQL says in its log when it takes connections."""
    for _ in range(START_LIMIT_S * 20):
        if b"ready to accept connections" in log.read_bytes():
            return
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.05)
            break
    raise PostgresDidNotStart(log.read_text(errors="replace"))


def _binaries() -> Path:
    """The newest installed server's folder; /usr/local may hold only links to it."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found = shutil.which("initdb")
    if found is not None:
        places.insert(0, Path(found).resolve().parent)
    for place in places:
        if all((place / name).is_file() for name in ("initdb", "postgres")):
            return place
    raise PostgresMissing(PostgresMissing.__doc__)


def _version(place: Path) -> int:
    number = place.parent.name
    return int(number) if number.isdecimal() else 0


def _as_nobody() -> list[str]:
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv") or "setpriv"
    return [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
