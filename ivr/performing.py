"""What a step asks for, done on the real channel; what came of it. 步骤执行"""

import asyncio

from ivr import dialplan_variables as variables
from ivr.citizen_line import CitizenLine
from ivr.flow import PERSON_KEY
from ivr.flow_position import QUERY_CODE, Position
from ivr.flow_steps import (
    AskOneKey,
    Came,
    CollectDigits,
    Deed,
    DigitsCame,
    EndCall,
    Gone,
    Heard,
    KeyCame,
    Line,
    Listen,
    LookUp,
    Note,
    Noted,
    NothingCame,
    Play,
    Played,
    RecordMessage,
    Step,
)
from ivr.message_taking import MessageTaking
from ivr.model import Place, StoryState
from ivr.saying import play, sounds_of_lines

DIGIT_GAP_S = 2.5
"""After a single 0 the person comes this much later. 位间时限"""
MOST_DIGITS = 40
"""Taken in one row, so that what is mashed into the keys is not heard as the next answer. 收号上限"""
NO_WAIT_S = 0.05


class Performing:
    """Does one step after the other with one citizen. 步骤执行"""

    def __init__(self, line: CitizenLine) -> None:
        self._line = line
        self.message = MessageTaking(line)
        self.place: Place | None = None
        """Once he has one. 排队位置"""
        self.noticed_in = ""
        """In which language he has been told that he is recorded: not again in that one. 已告知语种"""

    async def do(self, step: Step) -> Came:
        """Everything but waiting in the line. Raises CitizenHungUp."""
        at = step.position
        match step.doing:
            case Play(lines=lines, whole=True):
                return await self._play_whole(lines, at)
            case Play(lines=lines):
                key = await self._ask(lines, at, NO_WAIT_S)
                return Played() if key is None else KeyCame(key=key or "#")
            case EndCall(lines=lines):
                # From here on the dialplan says goodbye, should we be gone.
                await self._line.channel.set_variable(variables.STATE, StoryState.GOODBYE)
                await self._play(lines, at)
                return Played()
            case AskOneKey(lines=lines, timeout_s=limit):
                key = await self._ask(lines, at, limit)
                return NothingCame() if key is None else KeyCame(key=key or "#")
            case CollectDigits(lines=lines, timeout_s=limit):
                return await self._collect(lines, at, limit)
            case RecordMessage() as wanted:
                key = await self._ask(wanted.lines, at, NO_WAIT_S)
                if key == PERSON_KEY:
                    return KeyCame(key=key)
                return await self.message.record(wanted)
            case Listen(lines=lines, longest_s=longest):
                return await self._listen(lines, at, longest)
            case LookUp():
                code = at.values.get(QUERY_CODE, "")
                line = self._line
                return await line.desks.orders.look_up(line.call_id, line.caller_number, code)
            case Note(deed=deed, value=value):
                await self._note(deed, value)
                return Noted()
            case _:
                return Gone()

    async def _play_whole(self, lines: tuple[Line, ...], at: Position) -> Came:
        texts = self._line.desks.book.texts
        tells = any((text := texts.get(line.text)) is not None and text.notice for line in lines)
        if tells and self.noticed_in == at.language:
            return Played()
        await self._play(lines, at)
        if tells:
            await self._noticed(at.language)
        key = self._line.keypad.first()
        return KeyCame(key=key) if key else Played()

    async def _noticed(self, language: str) -> None:
        """He has just been told that he is recorded."""
        self.noticed_in = language
        line = self._line
        await line.channel.set_variable(variables.STATE, StoryState.NOTICED)
        await line.channel.tell("HotlineNotice", HotlineCall=line.call_id)

    async def _play(self, lines: tuple[Line, ...], at: Position) -> None:
        await play(self._line.channel, await self._prompts(lines, at))

    async def _ask(self, lines: tuple[Line, ...], at: Position, limit_s: float) -> str | None:
        return await self._line.channel.ask(await self._prompts(lines, at), 1, limit_s)

    async def _prompts(self, lines: tuple[Line, ...], at: Position) -> str:
        return "&".join(await sounds_of_lines(self._line.desks, lines, at.language))

    async def _collect(self, lines: tuple[Line, ...], at: Position, limit_s: float) -> Came:
        channel = self._line.channel
        prompts = await self._prompts(lines, at)
        await channel.set_variable(variables.PRIVATE, "yes")
        try:
            typed = await channel.ask(prompts, MOST_DIGITS, limit_s, DIGIT_GAP_S)
        finally:
            if not channel.is_gone:
                await channel.set_variable(variables.PRIVATE, "")
        return DigitsCame(digits=typed) if typed else NothingCame()

    async def _listen(self, lines: tuple[Line, ...], at: Position, longest_s: int) -> Came:
        """What he says; a key meanwhile counts more."""
        key = await self._ask(lines, at, NO_WAIT_S)
        if key is not None:
            return KeyCame(key=key or "#")
        line, ear = self._line, self._line.desks.ear
        if ear is None:
            return Heard(need="")
        since = line.now()
        async with line.channel.here(), asyncio.TaskGroup() as group:
            pressing = group.create_task(line.keypad.next())
            hearing = group.create_task(ear.need_of(line.call_id, since, longest_s))
            await asyncio.wait({pressing, hearing}, return_when=asyncio.FIRST_COMPLETED)
            pressing.cancel()
            hearing.cancel()
        if not pressing.cancelled():
            return KeyCame(key=pressing.result())
        return hearing.result()

    async def _note(self, deed: Deed, value: str) -> None:
        line = self._line
        match deed:
            case Deed.MESSAGE:
                await self.message.confirmed()
            case Deed.SCORE:
                line.desks.surveys.answer(line.call_id, value or None)
            case Deed.URGE:
                line.desks.orders.urge(line.call_id)
            case Deed.CALLBACK:
                line.desks.call_back(line.call_id, self.place, line.caller_number)
