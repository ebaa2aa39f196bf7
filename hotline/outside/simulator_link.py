"""A plain AMI conversation with the simulator's own Asterisk. 模拟器链路

Not the product's AMI link: the simulator must not share the code it is used to test. It has full
rights on an Asterisk that holds nothing but simulated far ends, never reconnects, and takes any
trouble as the end.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from hotline.outside.errors import SimulatorGone, SimulatorRefused, SimulatorSilent

Headers = Mapping[str, str]
MESSAGE_LIMIT = 1 << 20
"""Bytes; the longest message seen is a few kilobytes."""
ACTION_LIMIT_S = 10.0


class SimulatorLink:
    """Sends actions, matches their answers, and hands every event to `hear` in order. AMI 链路"""

    name = "outside link"

    def __init__(self, port: int, user: str, secret: str, hear: Callable[[Headers], None]) -> None:
        self._port = port
        self._user = user
        self._secret = secret
        self._hear = hear
        self._writer: asyncio.StreamWriter | None = None
        self._answers: dict[str, asyncio.Future[Headers]] = {}
        self._lists: dict[str, list[Headers]] = {}
        self._ends: dict[str, asyncio.Future[None]] = {}
        self._serial = 0
        self._gone = False
        self._connected = asyncio.Event()

    async def run(self) -> None:
        """Connect and read until the connection ends; then raise SimulatorGone."""
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self._port, limit=MESSAGE_LIMIT
            )
        except OSError as refused:
            self._gone = True
            raise SimulatorGone() from refused
        finally:
            self._connected.set()
        self._writer = writer  # before anybody who waits for the connection gets his turn
        try:
            await reader.readline()  # the banner
            while True:
                self._meet(_read(await reader.readuntil(b"\r\n\r\n")))
        except (asyncio.IncompleteReadError, OSError) as closed:
            raise SimulatorGone() from closed
        finally:
            self._gone = True
            for answer in self._answers.values():
                _fail(answer)
            for end in self._ends.values():
                _fail(end)
            writer.transport.abort()

    async def log_in(self) -> None:
        """To be called first, beside run(). Raises SimulatorRefused, SimulatorSilent, SimulatorGone."""
        await self._connected.wait()
        await self.act("Login", ("Username", self._user), ("Secret", self._secret))

    async def act(
        self, action: str, *headers: tuple[str, str], action_id: str | None = None
    ) -> Headers:
        """One action's answer; `action_id` names it in later events.

        Raises SimulatorRefused, SimulatorSilent, SimulatorGone.
        """
        return await self._ask(action, action_id or self._next_id(), headers)

    async def collect(self, action: str, *headers: tuple[str, str]) -> Sequence[Headers]:
        """The events of a list action. Raises as act() does."""
        action_id = self._next_id()
        self._lists[action_id] = []
        self._ends[action_id] = asyncio.get_running_loop().create_future()
        try:
            await self._ask(action, action_id, headers)
            async with asyncio.timeout(ACTION_LIMIT_S):
                await self._ends[action_id]
            return self._lists[action_id]
        except TimeoutError:
            raise SimulatorSilent(action) from None
        finally:
            del self._lists[action_id], self._ends[action_id]

    def _next_id(self) -> str:
        self._serial += 1
        return f"outside-{self._serial}"

    async def _ask(
        self, action: str, action_id: str, headers: Sequence[tuple[str, str]]
    ) -> Headers:
        if self._writer is None or self._gone:
            raise SimulatorGone()
        lines = [("Action", action), ("ActionID", action_id), *headers]
        if any(c in value for _, value in lines for c in "\r\n\0"):
            raise ValueError(f"{action}: a value holds CR, LF or NUL")
        answer: asyncio.Future[Headers] = asyncio.get_running_loop().create_future()
        self._answers[action_id] = answer
        try:
            text = "".join(f"{name}: {value}\r\n" for name, value in lines)
            self._writer.write(f"{text}\r\n".encode())
            async with asyncio.timeout(ACTION_LIMIT_S):
                response = await answer
        except TimeoutError:
            raise SimulatorSilent(action) from None
        finally:
            del self._answers[action_id]
        if response.get("Response") == "Error":
            raise SimulatorRefused(f"{action}: {response.get('Message', '')}")
        return response

    def _meet(self, message: Headers) -> None:
        action_id = message.get("ActionID", "")
        if "Response" in message:
            answer = self._answers.get(action_id)
            if answer is not None and not answer.done():
                answer.set_result(message)
            return
        if action_id in self._lists:
            if message.get("EventList") == "Complete":
                end = self._ends[action_id]
                if not end.done():
                    end.set_result(None)
            else:
                self._lists[action_id].append(message)
            return
        self._hear(message)


def _fail(waiting: "asyncio.Future[Headers] | asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_exception(SimulatorGone())
        waiting.exception()  # marks it as seen: the waiter may itself have been cancelled


def _read(raw: bytes) -> Headers:
    """Header lines; of a repeated header the last counts, what is no header is passed over."""
    message: dict[str, str] = {}
    for line in raw.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            message[name.strip()] = value.strip()
    return message
