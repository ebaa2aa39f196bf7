"""panoramisk's AMI protocol, fed with whole messages only. AMI 协议

panoramisk sends our actions and matches their answers. Events do not reach it: it decodes each TCP
chunk by itself and drops what it cannot decode, so that a Chinese name cut in two loses a character,
and it builds a case-insensitive dictionary of every event and tries every pattern on it. Here an
event's name decides first, and only wanted events are kept, as bytes.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message as PanoramiskMessage

from cti.ami.wire import Wire, encode, event_name, is_response
from cti.errors import ActionLost, ActionRefused, ActionTimedOut

Fields = Sequence[tuple[str, str]]
"""Headers of an action in order; a name may come twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Asterisk's answer to an action, already known to be a success. 应答

    Header names are lower-case. `rows` are the events of a list, without the one that ends it.
    """

    message: str
    headers: Mapping[str, str]
    rows: Sequence[Mapping[str, str]] = ()


class WholeMessageProtocol(AMIProtocol):  # type: ignore[misc]
    """One AMI connection. AMI 连接

    `heard` gets the wanted messages of each read of the socket, in order; it must not block. `gone`
    is set when the connection has ended, `why_gone` then says in a constant word why.
    """

    def __init__(
        self,
        wanted: Container[bytes],
        heard: Callable[[Sequence[bytes]], None],
        counts: Counter[str],
        overheard: Callable[[bytes], None] | None = None,
    ) -> None:
        self._wanted = wanted
        self._heard = heard
        self._overheard = overheard
        self._wire = Wire()
        self._wire.counts = counts
        self._counts = counts
        self.gone = asyncio.Event()
        self.why_gone = "closed-by-asterisk"
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.encoding = "utf-8"

    def data_received(self, data: bytes) -> None:
        if self._overheard is not None:
            self._overheard(data)
        wanted, kept = self._wanted, []
        for raw in self._wire.feed(data):
            name = event_name(raw)
            if name:
                if name in wanted:
                    kept.append(raw)
                # Only rows of a list carry an ActionID, and only while somebody waits for one.
                if self.responses and b"\r\nActionID: " in raw:
                    self._row(raw)
            elif is_response(raw):
                # Asterisk's start time must be known before the rows that follow it.
                if b"\r\nCoreStartupDate: " in raw:
                    kept.append(raw)
                self._answered(raw)
            else:
                self._counts["malformed-message"] += 1
        if kept:
            self._heard(kept)

    def _answered(self, raw: bytes) -> None:
        message = PanoramiskMessage.from_line(raw.decode(errors="replace"))
        action = self.responses.get(message.id)
        if action is None:
            # Too late: whoever asked has been told ActionTimedOut.
            self._counts["answer-to-nobody"] += 1
        elif message.response == "Error" and not action.future.done():
            # panoramisk waits for more rows after an error when it expects a list.
            self._forget(action)
            refused = ActionRefused(f"{action['Action']}: {message.message}")
            action.future.set_exception(refused)
        else:
            self.handle_message(message)

    def _row(self, raw: bytes) -> None:
        message = PanoramiskMessage.from_line(raw.decode(errors="replace"))
        action = self.responses.get(message.id)
        # An event may carry the ActionID of an action that has one answer (OriginateResponse);
        # panoramisk would take it for the answer.
        if action is not None and action.as_list and action.responses:
            self.handle_message(message)

    async def ask(self, name: str, fields: Fields, limit_s: float) -> Answer:
        """Send an action that has one answer.

        Raises ActionRefused, ActionTimedOut, ActionLost, UnsafeActionValue.
        """
        message = await self._exchange(name, fields, limit_s, as_list=False)
        return Answer(message=message.message, headers=_headers(message))

    async def ask_list(self, name: str, fields: Fields, limit_s: float) -> Answer:
        """Send an action whose answer is a list of events. Raises like `ask`."""
        first, *rows, _end = await self._exchange(name, fields, limit_s, as_list=True)
        return Answer(
            message=first.message,
            headers=_headers(first),
            rows=tuple(_headers(row) for row in rows),
        )

    async def _exchange(self, name: str, fields: Fields, limit_s: float, *, as_list: bool) -> Any:
        if self.gone.is_set():
            raise ActionLost(f"{name} was not sent: the link is gone")
        action = Action({"Action": name}, as_list=as_list)
        data = encode([("Action", name), ("ActionID", action.id), *fields])
        self.responses[action.id] = action
        self.transport.write(data)
        try:
            async with asyncio.timeout(limit_s):
                return await action.future
        except TimeoutError as late:
            raise ActionTimedOut(f"no answer to {name} in time") from late
        finally:
            self._forget(action)

    def _forget(self, action: Any) -> None:
        self.responses.pop(action.id, None)

    def leave(self, why: str) -> None:
        """Close at once, without waiting for a peer that may be frozen."""
        if not self.closed:
            self.why_gone = why
            self.closed = True
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.gone.is_set():
            return
        self.closed = True
        if exc is not None and self.why_gone == "closed-by-asterisk":
            self.why_gone = "connection-broken"
        # panoramisk would keep these and send them again after the next login: a call could be
        # hung up minutes after somebody asked for it.
        for action in list(self.responses.values()):
            if not action.future.done():
                action.future.set_exception(
                    ActionLost(f"the link went away before {action['Action']} was answered")
                )
        self.gone.set()


def _headers(message: Any) -> dict[str, str]:
    """A header that came twice keeps its first value."""
    return {
        name.lower(): value[0] if isinstance(value, list) else value
        for name, value in message.items()
    }
