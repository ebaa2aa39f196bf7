r"""AMI on the wire, without I/O. AMI 报文

A message is lines of `Name: value` ended by CRLF, and an empty line ends the message. Bytes go in
as they come from the socket; whole messages come out, so that a Chinese character cut in two by a
packet boundary is never seen by anybody. Nothing is decoded before somebody asks for a header:
most events are dropped after one look at their name.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from cti.errors import MalformedMessage, UnsafeActionValue

END_OF_LINE = b"\r\n"
END_OF_MESSAGE = b"\r\n\r\n"
MESSAGE_LIMIT = 65_536
"""Bytes. The largest seen from Asterisk 22 is under 4 KiB. 报文上限"""
LINE_LIMIT = 16_384
"""Bytes. Asterisk's own action line limit is 1,025; values of events are a little longer. 行上限"""

_BANNER = b"Asterisk Call Manager/"
_EVENT = b"Event: "
_RESPONSE = b"Response: "
_UNSAFE = ("\r", "\n", "\0")


class Wire:
    """Cuts a byte stream into whole messages. 报文切分

    `counts` names what was dropped: "message-too-long", "line-too-long".
    """

    __slots__ = ("_skipping", "_unread", "banner", "counts")

    def __init__(self) -> None:
        self._unread = b""
        self._skipping = False
        self.banner: str | None = None
        """The version in the greeting, which comes glued to the first message. 版本"""
        self.counts: Counter[str] = Counter()

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that `data` completes, without their end. Never raises.

        The same bytes give the same messages and counts, however they are cut.
        """
        pieces = (self._unread + data).split(END_OF_MESSAGE)
        unread = pieces.pop()
        if self._skipping and pieces:
            del pieces[0]
            self._skipping = False
        # Three bytes of slack: they may be the beginning of the end of a message just in bounds.
        if len(unread) > MESSAGE_LIMIT + 3:
            if not self._skipping:
                self._skipping = True
                self.counts["message-too-long"] += 1
            unread = unread[-3:]
        elif self._skipping:
            unread = unread[-3:]
        self._unread = unread
        for piece in pieces:
            # Empty, led by an empty line, the greeting, or long: all rare, looked at one by one.
            if len(piece) > LINE_LIMIT or piece[:1] in b"\rA":
                return self._kept(pieces)
        return pieces

    def _kept(self, pieces: Iterable[bytes]) -> list[bytes]:
        kept = []
        for piece in pieces:
            if len(piece) > MESSAGE_LIMIT:
                self.counts["message-too-long"] += 1
            elif len(piece) > LINE_LIMIT and max(map(len, piece.split(END_OF_LINE))) > LINE_LIMIT:
                self.counts["line-too-long"] += 1
            elif whole := self._without_greeting(piece.removeprefix(END_OF_LINE)):
                kept.append(whole)
        return kept

    def _without_greeting(self, piece: bytes) -> bytes:
        if not piece.startswith(_BANNER):
            return piece
        line, _, rest = piece.partition(END_OF_LINE)
        self.banner = line[len(_BANNER) :].decode("ascii", "replace")
        return rest


def event_name(raw: bytes) -> bytes:
    """The event's name, or b"" for anything that is no event."""
    if not raw.startswith(_EVENT):
        return b""
    end = raw.find(END_OF_LINE)
    return raw[7:end] if end > 0 else raw[7:]


def is_response(raw: bytes) -> bool:
    """Whether this answers an action."""
    return raw.startswith(_RESPONSE)


class Message:
    """One whole message whose headers are looked up only when asked for. 报文

    Wrong UTF-8 becomes U+FFFD and is remembered in `damaged`.
    """

    __slots__ = ("damaged", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.damaged = False

    def find(self, name: bytes) -> str | None:
        """The first header of this name but never the message's first line; None without it."""
        raw = self.raw
        begin = raw.find(b"\r\n" + name + b": ")
        if begin < 0:
            return None
        begin += len(name) + 4
        end = raw.find(END_OF_LINE, begin)
        value = raw[begin:end] if end >= 0 else raw[begin:]
        try:
            return value.decode()
        except UnicodeDecodeError:
            self.damaged = True
            return value.decode(errors="replace")

    def need(self, name: bytes) -> str:
        """The header, or MalformedMessage, naming the header but never its neighbours' values."""
        value = self.find(name)
        if value is None:
            raise MalformedMessage(f"no {name.decode()} in {self.kind}")
        return value

    def variable(self, name: bytes) -> str:
        """The channel variable of this name, or "" when the channel has none."""
        return self.find_marked(b"\r\nChanVariable: " + name + b"=")

    def find_marked(self, mark: bytes) -> str:
        """What follows `mark` on its line, or ""."""
        begin = self.raw.find(mark)
        if begin < 0:
            return ""
        begin += len(mark)
        end = self.raw.find(END_OF_LINE, begin)
        return (self.raw[begin:end] if end >= 0 else self.raw[begin:]).decode(errors="replace")

    @property
    def kind(self) -> str:
        """The event's name, for logs; a constant word of Asterisk's."""
        return event_name(self.raw)[:40].decode("ascii", "replace") or "no event"


def encode(headers: Sequence[tuple[str, str]]) -> bytes:
    """An action as bytes. Raises UnsafeActionValue: CR, LF or NUL would start a second action."""
    for name, value in headers:
        if not name or ":" in name or any(unsafe in name or unsafe in value for unsafe in _UNSAFE):
            raise UnsafeActionValue(f"the header {name!r} may not be sent")
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    try:
        return "".join(lines).encode() + END_OF_LINE
    except UnicodeEncodeError as lone_surrogate:
        raise UnsafeActionValue("a header is no valid text") from lone_surrogate


def decode(raw: bytes) -> list[tuple[str, str]]:
    """All headers of one message in order. Raises MalformedMessage at a line without a name."""
    headers = []
    for line in raw.split(END_OF_LINE):
        name, colon, value = line.partition(b":")
        if not name or not colon:
            raise MalformedMessage("a line without a header name")
        headers.append((name.decode(errors="replace"), value[1:].decode(errors="replace")))
    return headers
