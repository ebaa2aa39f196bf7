"""Asterisk's side of one AGI, as far as the citizen's story needs it. 假 Asterisk"""

import asyncio
import re
from collections.abc import Mapping

from ivr.agi.channel import AgiChannel
from ivr.agi.wire import Reply

CALL = "node1-1795254167.7"


def unquoted(line: str) -> list[str]:
    """The words of a command as res_agi.c (22.10) parse_args() reads them."""
    words: list[str] = []
    is_quoted = escaped = False
    between = True
    for letter in line:
        if letter == '"' and not escaped:
            is_quoted = not is_quoted
            if is_quoted and between:
                words.append("")
                between = False
        elif letter in " \t" and not is_quoted and not escaped:
            between = True
        elif letter == "\\" and not escaped:
            escaped = True
        else:
            if between:
                words.append("")
                between = False
            words[-1] += letter
            escaped = False
    return words


class FakeAsterisk:
    """A wire that answers in the next turn of the loop; Dial lasts until the test ends it.

    `hangs_up_at` is the number of the command (from 1) at which the citizen hangs up,
    `missing` are prompts that Asterisk does not find.
    """

    def __init__(
        self,
        variables: Mapping[str, str] | None = None,
        hangs_up_at: int = 0,
        missing: tuple[str, ...] = (),
    ) -> None:
        self.variables = {"HOTLINE_CALL": CALL, "HOTLINE_STATE": "arrived", **(variables or {})}
        self.commands: list[tuple[str, ...]] = []
        self.told: list[str] = []
        self.played: list[str] = []
        self.closed = False
        self.hung_up_by_us = False
        self._hangs_up_at = hangs_up_at
        self._missing = missing
        self.answers: list[str] = []
        """What he presses at each question, "-" for nothing; "hang up". Silence when there is no more."""
        self.questions: list[str] = []
        self.speaks: list[str] = []
        """The key with which he ends each message."""
        self.recorded: list[str] = []
        self.announced: asyncio.Queue[str] = asyncio.Queue()
        self.holds_announcements = False
        """They last until `hush`."""
        self.hushed = 0
        self.refuses = ""
        """510 is answered to commands that begin so."""
        self._dials: asyncio.Queue[str] = asyncio.Queue()
        self.channel = AgiChannel({"uniqueid": CALL, "callerid": "13800000001"}, self)

    async def dialled(self) -> str:
        """Wait for the next Dial; its arguments."""
        return await self._dials.get()

    def dial_ends(self, status: str) -> None:
        self.variables["DIALSTATUS"] = status
        self.variables["SHARED(HOTLINE_ENDED)"] = "1795254167" if status == "ANSWER" else ""
        self.channel.answered(Reply(code=200, result=0))

    def write(self, data: bytes) -> None:
        words = unquoted(data.decode().removesuffix("\n"))
        self.commands.append(tuple(words))
        if len(self.commands) == self._hangs_up_at:
            asyncio.get_running_loop().call_soon(self.channel.went)
            return
        answer = self._answer(words)
        if answer is not None:
            asyncio.get_running_loop().call_soon(self.channel.answered, answer)

    def hush(self) -> None:
        """AMI's ControlPlayback stop."""
        self.hushed += 1
        self.channel.answered(Reply(code=200, result=0))

    def _read(self, arguments: str) -> Reply | None:
        """He answers the next question with the next of `answers`; then with silence."""
        variable, prompts, longest, *_ = arguments.split(",")
        self.played += [one for one in prompts.split("&") if one]
        self.questions.append(prompts)
        if self.answers and self.answers[0] == "hang up":
            asyncio.get_running_loop().call_soon(self.channel.went)
            return None
        interruptible_only = arguments.endswith(",0.05")
        typed = "" if interruptible_only or not self.answers else self.answers.pop(0)
        if len(typed) > int(longest):
            raise AssertionError(arguments)
        self.variables[variable] = "" if typed == "-" else typed
        self.variables["READSTATUS"] = "TIMEOUT" if typed in ("", "-") else "OK"
        return Reply(code=200, result=0)

    def close(self) -> None:
        self.closed = True

    def _answer(self, words: list[str]) -> Reply | None:
        match words:
            case [first, *_] if first == self.refuses:
                return Reply(code=510)
            case ["GET", "FULL", "VARIABLE", wanted]:
                named = re.compile(r"\$\{((?:SHARED\()?\w+\)?)\}")
                value = named.sub(lambda m: self.variables.get(m[1], ""), wanted)
                return Reply(code=200, result=1, value=value)
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
            case ["EXEC", "Playback", prompt]:
                self.played.append(prompt)
                status = "FAILED" if prompt in self._missing else "SUCCESS"
                self.variables["PLAYBACKSTATUS"] = status
            case ["EXEC", "Read", arguments]:
                return self._read(arguments)
            case ["CONTROL", "STREAM", "FILE", prompt, *_]:
                self.played.append(prompt)
                self.announced.put_nowait(prompt)
                if self.holds_announcements:
                    return None
            case ["RECORD", "FILE", file, *_]:
                self.recorded.append(file)
                if not self.speaks:
                    return Reply(code=200, result=0, value="timeout")
                return Reply(code=200, result=ord(self.speaks.pop(0)))
            case ["EXEC", "UserEvent", told]:
                self.told.append(told)
            case ["EXEC", "Dial", arguments]:
                self._dials.put_nowait(arguments)
                return None
            case ["HANGUP"]:
                self.hung_up_by_us = True
            case ["SET", "MUSIC", "ON"]:
                pass
            case _:
                raise AssertionError(words)
        return Reply(code=200, result=1)
