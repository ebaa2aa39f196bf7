"""A scripted AMI server on a real socket: says what the test says, answers what the script answers."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from cti.ami.wire import Wire, decode

Action = dict[str, str]


def message(*lines: str) -> bytes:
    return "\r\n".join(line.replace("\n", "\r\n") for line in lines).encode() + b"\r\n\r\n"


class FakeAsterisk:
    """Knows Login, Ping and the lists of a snapshot; anything else is what `answers` says.

    A value in `answers` is called with the action and gives bytes, or None for silence.
    """

    def __init__(self, secret: str = "s3cret") -> None:
        self.secret = secret
        self.channels: list[str] = []
        self.devices: dict[str, str] = {}
        self.queue_rows: list[str] = []
        self.started = "CoreStartupDate: 2026-01-01\nCoreStartupTime: 00:00:00"
        self.answers: dict[str, Callable[[Action], bytes | None]] = {}
        self.actions: list[Action] = []
        self.frozen = False
        self.logins = 0
        self.port = 0
        self._sessions: list[asyncio.StreamWriter] = []
        self._asked = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._session, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        await self.die()

    async def die(self) -> None:
        """Close every session and stop listening; enter again to return on the same port."""
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """Cut every session."""
        for writer in self._sessions:
            writer.transport.abort()
        self._sessions.clear()

    def say(self, data: bytes) -> None:
        """Send bytes on every session."""
        for writer in self._sessions:
            writer.write(data)

    async def asked(self, name: str, times: int = 1) -> Action:
        """Wait until the action has come so often; the last of them."""
        async with self._asked:
            await self._asked.wait_for(lambda: len(self.of(name)) >= times)
        return self.of(name)[-1]

    def of(self, name: str) -> list[Action]:
        return [action for action in self.actions if action["Action"] == name]

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._sessions.append(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        wire = Wire()
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                for raw in wire.feed(data):
                    await self._take(dict(decode(raw)), writer)
        writer.close()

    async def _take(self, action: Action, writer: asyncio.StreamWriter) -> None:
        async with self._asked:
            self.actions.append(action)
            self._asked.notify_all()
        if not self.frozen:
            answer = self._answer(action)
            if answer is not None:
                writer.write(answer)

    def _answer(self, action: Action) -> bytes | None:
        name = action["Action"]
        if name in self.answers:
            return self.answers[name](action)
        match name:
            case "Login" if action["Secret"] != self.secret:
                return error(action, "Authentication failed")
            case "Login":
                self.logins += 1
                return success(action, "Message: Authentication accepted")
            case "Ping":
                return success(action, "Ping: Pong")
            case "CoreStatus":
                return success(action, self.started)
            case "CoreShowChannels":
                return rows(action, "CoreShowChannels", "CoreShowChannel", self.channels)
            case "DeviceStateList":
                devices = [f"Device: {d}\nState: {s}" for d, s in self.devices.items()]
                return rows(action, "DeviceStateList", "DeviceStateChange", devices)
            case "QueueStatus":
                return rows(action, "QueueStatus", "QueueMember", self.queue_rows)
            case _:
                return error(action, f"Invalid/unknown command: {name}")


def success(action: Action, *lines: str) -> bytes:
    return message("Response: Success", f"ActionID: {action['ActionID']}", *lines)


def error(action: Action, text: str) -> bytes:
    return message("Response: Error", f"ActionID: {action['ActionID']}", f"Message: {text}")


def rows(action: Action, list_name: str, event: str, items: Iterable[str]) -> bytes:
    items, same = list(items), f"ActionID: {action['ActionID']}"
    listed = b"".join(message(f"Event: {event}", same, item) for item in items)
    end = message(
        f"Event: {list_name}Complete", same, f"EventList: Complete\nListItems: {len(items)}"
    )
    return success(action, "EventList: start\nMessage: will follow") + listed + end
