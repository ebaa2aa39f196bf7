"""Generated secrets in one file that only its owner can read. 密钥文件

var/secrets.toml, mode 0600: the AMI user's secret, the trunk's, and a password for each seat's telephone.
Nothing in it has a default; what is missing is made when it is first asked for, and then stays.
"""

import fcntl
import os
import re
import secrets
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger(__name__)

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No characters that look alike: somebody types a seat's password into a telephone."""
LENGTH = 24
"""118 bits."""
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
QUERY_CODES = "query-codes"
"""Every house has this one: with it orders' query codes are hashed. 查询码密钥"""
ACCOUNTS = "accounts"
"""And this one: second factors and the seals of what people did come from it. 账号密钥"""
VALUE = re.compile(r"[A-Za-z0-9._~+=!-]{8,64}")
"""What an administrator may put in place of a generated one: nothing that ends a line or begins a comment."""


class SecretsFileWrong(Exception):
    """The secrets file cannot be read; restore it, or remove it to have new secrets made. 密钥文件错误"""

    code = "secrets-file-wrong"


class SecretsFileUnsafe(Exception):
    """Others may read the secrets file and its mode could not be mended. 密钥文件权限不安全"""

    code = "secrets-file-unsafe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What was generated for this installation. 密钥"""

    ami: str = field(repr=False)
    trunk: str = field(repr=False)
    seats: dict[str, str] = field(repr=False)
    """Password of each seat's telephone, by seat id; seats come and change while the house is open."""
    others: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Further secrets by name, such as the demonstration's."""


def open_secrets(path: Path, seat_ids: Iterable[str] = (), others: Iterable[str] = ()) -> Secrets:
    """Read the file, make what is missing, and write it back as a whole (0600); safe beside other processes.

    A file that others may read is closed to them with a warning. Raises SecretsFileWrong, SecretsFileUnsafe.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tables = _read(path)
        before = {name: dict(table) for name, table in tables.items()}
        wanted = {"asterisk": ("ami", "trunk"), "seats": tuple(seat_ids), "others": tuple(others)}
        for table, names in wanted.items():
            for name in names:
                if NAME.fullmatch(name) is None:
                    raise SecretsFileWrong(f"not a name for a secret: {name!r}")
                tables[table].setdefault(name, make_secret())
        if tables != before:
            _write(path, tables)
    return Secrets(
        ami=tables["asterisk"]["ami"],
        trunk=tables["asterisk"]["trunk"],
        seats=tables["seats"],
        others=tables["others"],
    )


def renew_seat_secret(path: Path, seat_id: str) -> str:
    """Another password for a seat's telephone. Raises SecretsFileWrong, SecretsFileUnsafe."""
    with path.with_name(path.name + ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tables = _read(path)
        if NAME.fullmatch(seat_id) is None:
            raise SecretsFileWrong(f"not a name for a secret: {seat_id!r}")
        tables["seats"][seat_id] = make_secret()
        _write(path, tables)
    return tables["seats"][seat_id]


def make_secret() -> str:
    """A new random secret of letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _read(path: Path) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {"asterisk": {}, "seats": {}, "others": {}}
    try:
        _close_to_others(path)
        tree: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tables
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as wrong:
        # The parser's own words may quote the file, so they are not repeated here.
        raise SecretsFileWrong(f"{path}: {SecretsFileWrong.__doc__}") from wrong
    for table, found in tables.items():
        given = tree.get(table, {})
        if not isinstance(given, dict) or not all(
            isinstance(v, str) and VALUE.fullmatch(v) for v in given.values()
        ):
            raise SecretsFileWrong(f"{path} [{table}]: {SecretsFileWrong.__doc__}")
        found.update(given)
    return tables


def _close_to_others(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        try:
            path.chmod(0o600)
        except PermissionError as refused:
            raise SecretsFileUnsafe(f"{path}: {SecretsFileUnsafe.__doc__}") from refused
        log.warning(
            "the secrets file was open to others and has been closed",
            path=str(path),
            mode=oct(mode),
        )


def _write(path: Path, tables: Mapping[str, Mapping[str, str]]) -> None:
    lines = ["# Generated. Keep it out of backups that others may read. 自动生成，请勿外传"]
    for table, pairs in tables.items():
        lines += [
            "",
            f"[{table}]",
            *(f'"{name}" = "{value}"' for name, value in sorted(pairs.items())),
        ]
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(
        os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as handle:
        handle.write("\n".join(lines) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
