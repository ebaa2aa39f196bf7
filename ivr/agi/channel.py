"""One citizen's channel as its story sees it. AGI 话路

One command at a time; every command but `execute` has a deadline. When the channel is gone, whatever
waits ends with CitizenHungUp.
"""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Protocol

from cti.ids import CallId
from ivr.agi.wire import Reply, command
from ivr.dialplan_variables import DIGITS
from ivr.errors import AgiCommandRefused, AgiSilent, CitizenHungUp

COMMAND_LIMIT_S = 5.0
ANY_KEY = "0123456789*#"
SPEECH_LIMIT_S = 120.0
"""A prompt is never longer; Asterisk that still plays then is broken."""


class Wire(Protocol):
    """Where commands go. 连接"""

    def write(self, data: bytes) -> None: ...
    def close(self) -> None: ...


class AgiChannel:
    """What the story may ask of a channel. AGI 话路"""

    def __init__(self, environment: Mapping[str, str], wire: Wire) -> None:
        self.environment = environment
        self._wire = wire
        self._answer: asyncio.Future[Reply] | None = None
        self._is_gone = False
        self._watchers: set[Callable[[], None]] = set()

    @property
    def unique_id(self) -> CallId:
        return CallId(self.environment.get("uniqueid", ""))

    @property
    def is_gone(self) -> bool:
        return self._is_gone

    def here(self) -> "WhileHere":
        """`async with channel.here():` ends its body with CitizenHungUp when the citizen goes."""
        return WhileHere(self)

    async def get_variables(self, *names: str) -> list[str]:
        """The values of channel variables, "" for unset ones, in one exchange; none may hold a `|`."""
        wanted = "|".join(f"${{{name}}}" for name in names)
        reply = await self._ask("GET", "FULL", "VARIABLE", wanted)
        values = (reply.value or "").split("|")
        return [*values, *[""] * len(names)][: len(names)]

    async def set_variable(self, name: str, value: str) -> None:
        await self._ask("SET", "VARIABLE", name, value)

    async def music_on(self) -> None:
        await self._ask("SET", "MUSIC", "ON")

    async def play(self, prompt: str) -> bool:
        """Play a prompt to its end; False when Asterisk could not.

        Not STREAM FILE: it answers -1 for a missing file as for a citizen who hung up meanwhile.
        """
        await self._ask("EXEC", "Playback", prompt, limit_s=SPEECH_LIMIT_S)
        (status,) = await self.get_variables("PLAYBACKSTATUS")
        return status == "SUCCESS"

    async def ask(
        self, prompts: str, longest: int, timeout_s: float, gap_s: float | None = None
    ) -> str | None:
        """Play prompts, which any key cuts short, and take keys; "" for the bare #, None for none.

        After the first key each further one must come within `gap_s`.
        """
        limit = f"{timeout_s:g}"
        if gap_s is not None:
            await self.set_variable("TIMEOUT(response)", limit)
            await self.set_variable("TIMEOUT(digit)", f"{gap_s:g}")
            limit = ""
        words = ",".join((DIGITS, prompts, str(longest), "", "1", limit))
        await self._ask("EXEC", "Read", words, limit_s=SPEECH_LIMIT_S + timeout_s + longest * 5)
        typed, status = await self.get_variables(DIGITS, "READSTATUS")
        if typed:
            await self.set_variable(DIGITS, "")
        return typed if typed or status == "OK" else None

    async def say(self, prompt: str) -> str | None:
        """Play one prompt that a key or AMI's ControlPlayback cuts short: the key, "" for none.

        None when Asterisk could not, or he has just gone.
        """
        reply = await self._ask(
            "CONTROL", "STREAM", "FILE", prompt, ANY_KEY, "0", limit_s=SPEECH_LIMIT_S
        )
        return None if reply.result is None or reply.result < 0 else _key(reply.result)

    async def record(self, file: str, kind: str, longest_s: int, silence_s: int) -> str:
        """Record him into a file until a key, silence, or so long; the key, "" for none."""
        reply = await self._ask(
            "RECORD", "FILE", file, kind, ANY_KEY, str(longest_s * 1000), f"s={silence_s}",
            limit_s=longest_s + SPEECH_LIMIT_S,
        )  # fmt: skip
        return "" if "timeout" in (reply.value or "") else _key(reply.result or 0)

    async def tell(self, event: str, **fields: str) -> None:
        """Say on AMI how far the story is: `UserEvent(event, Name: value, …)`."""
        words = ",".join([event, *(f"{name}: {value}" for name, value in fields.items())])
        await self._ask("EXEC", "UserEvent", words)

    async def execute(self, application: str, *arguments: str) -> None:
        """Run an application for as long as it takes."""
        await self._ask("EXEC", application, ",".join(arguments), limit_s=None)

    async def hang_up(self) -> None:
        await self._ask("HANGUP")

    async def _ask(self, *words: str, limit_s: float | None = COMMAND_LIMIT_S) -> Reply:
        """Raises CitizenHungUp, AgiSilent, AgiCommandRefused, UnsafeAgiValue."""
        line = command(*words)
        if self._is_gone:
            raise CitizenHungUp(CitizenHungUp.__doc__)
        assert self._answer is None, "one command at a time"
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Reply] = loop.create_future()
        self._answer = answer
        self._wire.write(line)
        # A bare timer: asyncio.timeout costs several times as much, six times a story.
        deadline = None if limit_s is None else loop.call_later(limit_s, _give_up, answer, words[0])
        try:
            reply = await answer
        finally:
            self._answer = None
            if deadline is not None:
                deadline.cancel()
        if reply.code == 511:  # "Command Not Permitted on a dead channel"
            self.went()
            raise CitizenHungUp(CitizenHungUp.__doc__)
        if reply.code != 200:
            raise AgiCommandRefused(words[0])
        return reply

    # The connection's words.

    def answered(self, reply: Reply) -> None:
        """A reply came; one that nobody waits for any more is passed over."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(reply)

    def went(self) -> None:
        """The channel is gone."""
        if self._is_gone:
            return
        self._is_gone = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(CitizenHungUp(CitizenHungUp.__doc__))
        for watcher in tuple(self._watchers):
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        self._watchers.add(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        self._watchers.discard(watcher)

    def close(self) -> None:
        """Let go of the channel; the dialplan takes it on."""
        self._wire.close()


def _give_up(answer: "asyncio.Future[Reply]", word: str) -> None:
    if not answer.done():
        answer.set_exception(AgiSilent(word))


def _key(result: int) -> str:
    return chr(result) if result > 0 and chr(result) in ANY_KEY else ""


class WhileHere:
    """Cancels its body when the citizen goes, as asyncio.timeout does when time is up. 在线期间"""

    def __init__(self, channel: AgiChannel) -> None:
        self._channel = channel
        self._task: asyncio.Task[object] | None = None
        self._cancelled_before = 0
        self._fired = False

    async def __aenter__(self) -> None:
        if self._channel.is_gone:
            raise CitizenHungUp(CitizenHungUp.__doc__)
        self._task = asyncio.current_task()
        assert self._task is not None
        self._cancelled_before = self._task.cancelling()
        self._channel.watch(self._fire)

    async def __aexit__(
        self, kind: type[BaseException] | None, _trouble: object, _trace: TracebackType | None
    ) -> None:
        self._channel.unwatch(self._fire)
        if not self._fired or self._task is None:
            return
        if self._task.uncancel() <= self._cancelled_before and kind is asyncio.CancelledError:
            raise CitizenHungUp(CitizenHungUp.__doc__)

    def _fire(self) -> None:
        assert self._task is not None
        self._fired = True
        self._task.cancel()
