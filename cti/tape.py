"""What Asterisk said in one session, as text that fits in a review. 录带

    # hotline tape 1
    @0.000
    Event: Newchannel
    Uniqueid: node1-1795254166.0
    ...
    @0.021
    Event: MixMonitorStart
    ...

A line `@seconds` begins a message that was whole so long after the tape began; the lines below it
are its headers. `#` begins a comment. Bytes that are no UTF-8 survive as surrogates, and a line
that would be taken for a mark is led by a backslash. Only test numbers (1380000xxxx) get onto a tape:
any other mobile number becomes 13800009999.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from cti.ami.wire import END_OF_LINE, Wire

TITLE = "# hotline tape 1"
_OTHER_MOBILE = re.compile(rb"(?<![0-9.-])1(?!380000)[3-9][0-9]{9}(?![0-9.])")
_TEST_NUMBER = b"13800009999"
_ESCAPES = {"\\": "\\\\", "\r": "\\r", "\n": "\\n"}
_LITERALS = {"\\\\": "\\", "\\r": "\r", "\\n": "\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message on a tape. 录带报文"""

    offset_s: float
    raw: bytes


class TapeRecorder:
    """Takes the bytes of a session and writes them as a tape; `AmiLink(tape=recorder.hear)`. 录带机

    `elapsed_s` gives any rising seconds. The file is opened and closed by whoever owns it, with
    errors="surrogateescape".
    """

    def __init__(self, tape: TextIO, elapsed_s: Callable[[], float]) -> None:
        self._tape = tape
        self._elapsed_s = elapsed_s
        self._began_s = elapsed_s()
        self._wire = Wire()
        tape.write(f"{TITLE}\n")

    def hear(self, data: bytes) -> None:
        """Bytes as they come from the socket."""
        offset_s = self._elapsed_s() - self._began_s
        for raw in self._wire.feed(data):
            self._tape.write(written(Heard(offset_s=offset_s, raw=raw)))


def written(heard: Heard) -> str:
    """One message as it stands on a tape."""
    raw = _OTHER_MOBILE.sub(_TEST_NUMBER, heard.raw)
    lines = [_escaped(line) for line in raw.split(END_OF_LINE)]
    return "\n".join([f"@{heard.offset_s:.3f}", *lines]) + "\n"


def read_tape(text: str) -> Iterator[Heard]:
    """The messages of a tape in order. Raises ValueError for text that is no tape."""
    lines = text.split("\n")
    if lines[0] != TITLE:
        raise ValueError("not a hotline tape")
    offset: str | None = None
    message: list[bytes] = []
    for line in lines[1:]:
        if line.startswith("@"):
            if offset is not None:
                yield _heard(offset, message)
            offset, message = line[1:], []
        elif not line.startswith("#") and (line or offset is not None):
            message.append(_unescaped(line))
    if offset is not None:
        yield _heard(offset, message)


def as_stream(messages: Iterable[Heard]) -> bytes:
    """The messages as Asterisk would send them."""
    return b"".join(heard.raw + END_OF_LINE * 2 for heard in messages)


def _heard(offset: str, lines: list[bytes]) -> Heard:
    while lines and not lines[-1]:
        del lines[-1]
    return Heard(offset_s=float(offset), raw=END_OF_LINE.join(lines))


def _escaped(line: bytes) -> str:
    text = line.decode(errors="surrogateescape")
    text = re.sub(r"[\\\r\n]", lambda found: _ESCAPES[found[0]], text)
    return "\\" + text if text[:1] in ("@", "#", "") else text


def _unescaped(text: str) -> bytes:
    if text[:1] == "\\" and text[1:2] in ("@", "#", ""):
        text = text[1:]
    text = re.sub(r"\\[\\rn]", lambda found: _LITERALS[found[0]], text)
    return text.encode(errors="surrogateescape")
