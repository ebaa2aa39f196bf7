"""Free ports, chosen once and remembered. 端口

var/ports.json keeps what was chosen, so that a telephone or a browser set up yesterday still finds us.
A configured port goes before a remembered one.
"""

import errno
import fcntl
import json
import random
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

FIRST, LAST = 22_000, 31_999
"""Above the default RTP range and below the ports that Linux gives to outgoing connections."""


class PortsFileWrong(Exception):
    """The file of remembered ports cannot be read; remove it to have new ones chosen. 端口文件错误"""

    code = "ports-file-wrong"


class NoPortFree(Exception):
    """No free port was found on this machine. 没有空闲端口"""

    code = "no-port-free"


def provide_ports(path: Path, wanted: Mapping[str, int], host: str = "127.0.0.1") -> dict[str, int]:
    """A port for each name: the given number, or for 0 the remembered or a newly chosen free one.

    A remembered port is kept even while it is taken, since the taker may be our own running Asterisk.
    Raises PortsFileWrong, NoPortFree.
    """
    with _only_one(path):
        remembered = _read(path)
        ports = {name: port or remembered.get(name, 0) for name, port in wanted.items()}
        used = {*remembered.values(), *ports.values()}
        for name, port in ports.items():
            if port == 0:
                ports[name] = _choose(host, used)
                used.add(ports[name])
        merged = {**remembered, **{name: port for name, port in ports.items() if wanted[name] == 0}}
        if merged != remembered:
            _write(path, merged)
        return ports


def forget_taken_ports(
    path: Path, names: Iterable[str], host: str = "127.0.0.1"
) -> tuple[str, ...]:
    """Forget those remembered ports that somebody else now holds; call it only while nothing of ours runs.

    Returns the names forgotten. Raises PortsFileWrong.
    """
    with _only_one(path):
        remembered = _read(path)
        taken = tuple(n for n in names if n in remembered and not is_free(host, remembered[n]))
        if taken:
            _write(path, {name: port for name, port in remembered.items() if name not in taken})
        return taken


def is_free(host: str, port: int) -> bool:
    """Can a server listen there, by TCP and by UDP?"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                # Connections of an earlier run may still be closing there; a server does not mind them.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as refused:
                if refused.errno in (errno.EADDRINUSE, errno.EACCES):
                    return False
                raise
    return True


def _choose(host: str, used: set[int]) -> int:
    candidates = [port for port in range(FIRST, LAST + 1) if port not in used]
    random.shuffle(candidates)
    for port in candidates[:2000]:
        if is_free(host, port):
            return port
    raise NoPortFree(NoPortFree.__doc__)


def _only_one(path: Path) -> "_Lock":
    path.parent.mkdir(parents=True, exist_ok=True)
    return _Lock(path.with_name(path.name + ".lock"))


class _Lock:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._file = self._path.open("a")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _read(path: Path) -> dict[str, int]:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as wrong:
        raise PortsFileWrong(f"{path}: {PortsFileWrong.__doc__}") from wrong
    if not isinstance(tree, dict) or not all(
        isinstance(p, int) and 0 < p < 65536 for p in tree.values()
    ):
        raise PortsFileWrong(f"{path}: {PortsFileWrong.__doc__}")
    return {str(name): port for name, port in tree.items()}


def _write(path: Path, ports: Mapping[str, int]) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(dict(sorted(ports.items())), indent=1) + "\n", encoding="utf-8")
    part.replace(path)
