"""FastAGI without I/O: bytes in, environment and replies out. AGI 报文

Asterisk 22 speaks lines ended by LF: first the environment up to an empty line, then one reply a
command (`200 result=…`, `510 …`, a `520-` block), and at any time the bare line HANGUP.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.errors import AgiGarbage, AgiTooLong, UnsafeAgiValue

LINE_LIMIT = 8_192
"""More than a variable of a citizen's call ever holds."""
ENVIRONMENT_LIMIT = 32_768
"""All its lines together; Asterisk sends some 800 bytes and the arguments."""
BLOCK_LIMIT = 200
COMMAND_LIMIT = 8_190
"""Bytes before the LF. Asterisk reads a longer line as two commands (tried on 22.10)."""
_REPLY = re.compile(r"([0-9]{3})(?:[ ](?:result=(-?[0-9]{1,9})(?![0-9]))?[ ]*(.*))?", re.DOTALL)
_VALUE = re.compile(r"\((.*)\)", re.DOTALL)
_UNSAFE = re.compile(r"[\r\n\0]")
_PLAIN = re.compile(r"[A-Za-z0-9_./${}|-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What Asterisk says of the channel before anything else, without the agi_ prefix. 环境"""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one command. 应答"""

    code: int
    result: int | None = None
    value: str | None = None
    """The text in parentheses, such as a variable's value. 括号内的值"""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangupNotice:
    """The bare line HANGUP: the channel is gone, Asterisk still listens. 挂机通知"""


Item = Environment | Reply | HangupNotice


class AgiReader:
    """Collects bytes into items; after an error it must not be used again. AGI 解析"""

    def __init__(self) -> None:
        self._rest = b""
        self._is_introduced = False
        self._block: list[str] | None = None

    def feed(self, data: bytes) -> Sequence[Item]:
        """The items that are complete now. Raises AgiGarbage, AgiTooLong."""
        self._rest += data
        items: list[Item] = []
        if not self._is_introduced:
            environment = self._introduction()
            if environment is None:
                return items
            items.append(environment)
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > LINE_LIMIT:
            raise AgiTooLong(AgiTooLong.__doc__)
        for line in lines:
            if len(line) > LINE_LIMIT:
                raise AgiTooLong(AgiTooLong.__doc__)
            item = self._line(line.decode("utf-8", "replace"))
            if item is not None:
                items.append(item)
        return items

    def _introduction(self) -> Environment | None:
        """The environment once its empty line is there; read as a whole, it costs half as much."""
        if not self._rest.startswith(b"agi_"[: len(self._rest)]):
            raise AgiGarbage(AgiGarbage.__doc__)
        head, end, rest = self._rest.partition(b"\n\n")
        if len(head) > ENVIRONMENT_LIMIT:
            raise AgiTooLong(AgiTooLong.__doc__)
        if not end:
            return None
        # A caller's name may hold any bytes; they must not end the call.
        pairs = [line.split(":", 1) for line in head.decode("utf-8", "replace").split("\n")]
        if head.count(b"\nagi_") + 1 != len(pairs) or min(map(len, pairs)) < 2:
            raise AgiGarbage(AgiGarbage.__doc__)
        self._rest, self._is_introduced = rest, True
        return Environment(values={name[4:]: value.strip() for name, value in pairs})

    def _line(self, line: str) -> Item | None:
        if self._block is not None:
            return self._block_line(self._block, line)
        if line == "HANGUP":
            return HangupNotice()
        if line.startswith("520-"):
            self._block = [line[4:]]
            return None
        return _reply(line)

    def _block_line(self, block: list[str], line: str) -> Reply | None:
        block.append(line)
        if line.startswith("520 "):
            self._block = None
            return Reply(code=520, text="\n".join(block))
        if len(block) > BLOCK_LIMIT:
            raise AgiTooLong(AgiTooLong.__doc__)
        return None


def _reply(line: str) -> Reply | None:
    match = _REPLY.fullmatch(line)
    if match is None:
        raise AgiGarbage(AgiGarbage.__doc__)
    code, result, text = int(match[1]), match[2], match[3] or ""
    if code == 100:
        return None  # "100 Trying...": the real answer follows
    value = _VALUE.search(text) if "(" in text else None
    return Reply(
        code=code,
        result=None if result is None else int(result),
        value=None if value is None else value[1],
        text=text,
    )


def command(*words: str) -> bytes:
    """One command line, each word quoted where it must be. Raises UnsafeAgiValue."""
    try:
        line = " ".join(map(quoted, words)).encode()
    except UnicodeEncodeError as wrong:
        raise UnsafeAgiValue(UnsafeAgiValue.__doc__) from wrong
    if len(line) > COMMAND_LIMIT:
        raise UnsafeAgiValue(UnsafeAgiValue.__doc__)
    return line + b"\n"


def quoted(word: str) -> str:
    """A word as Asterisk's AGI parser reads it back. Raises UnsafeAgiValue."""
    if _PLAIN.fullmatch(word):
        return word
    if _UNSAFE.search(word):
        raise UnsafeAgiValue(UnsafeAgiValue.__doc__)
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
