"""One citizen's walk through his flow on a real channel. 流程执行

    Step.doing ─► what Asterisk is asked to do ─► what came of it ─► Walk.advance ─► the next Step

Before anything is done his position stands in HOTLINE_FLOW, so another process can go on from there. The
story ends where the walk joins the line or is over; waiting is in ivr.waiting, ringing in ivr.navigator.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from cti.ids import CallId, MessageId
from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.errors import CitizenHungUp
from ivr.events import FlowStarted, LanguageChosen, NodeEntered
from ivr.flow import kind_of
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
    JoinLine,
    KeyCame,
    Line,
    Listen,
    LookUp,
    Note,
    Noted,
    NothingCame,
    Over,
    Play,
    Played,
    Recorded,
    RecordMessage,
    Step,
)
from ivr.flow_walk import Walk
from ivr.keys import Heard as Keypad
from ivr.model import Place, StoryState
from ivr.ports import Desks, Now
from ivr.spoken import Value

log = structlog.get_logger(__name__)

SOUNDS = "hotline/"
DIGIT_GAP_S = 2.5
"""After a single 0 the person comes this much later. 位间时限"""
MOST_DIGITS = 40
"""Taken in one row, so that what is mashed into the keys is not heard as the next answer. 收号上限"""
NO_WAIT_S = 0.05
MESSAGE_KIND = "sln16"
PERSON = "0"


class Story:
    """A walk, a channel, and where he is. 流程故事"""

    def __init__(
        self,
        channel: AgiChannel,
        call_id: CallId,
        caller_number: str,
        walk: Walk,
        desks: Desks,
        keypad: Keypad,
        now: Now,
    ) -> None:
        self.channel = channel
        self.call_id = call_id
        self.caller_number = caller_number
        self.walk = walk
        self.desks = desks
        self.keypad = keypad
        self._now = now
        self.step = walk.begin()
        self.noticed_in = ""
        """In which language he has been told that he is recorded: not again in that one. 已告知语种"""
        self.place: Place | None = None
        """Once he has one. 排队位置"""
        self._language = ""

    async def begin(self, profile: str) -> None:
        """At the entry of the flow."""
        flow = self.walk.flow
        self.desks.tell(
            FlowStarted(
                at=self._now(),
                call_id=self.call_id,
                profile=profile,
                flow=flow.code,
                version=self.walk.version,
            )
        )
        await self._take(self.step)

    async def take_up(self, position: Position) -> None:
        """Where another process left him."""
        self._language = position.language
        await self._take(self.walk.take_up(position))

    async def to_person(self) -> None:
        """Whatever the flow would ask next."""
        await self.came(KeyCame(key=PERSON))

    async def go(self) -> bool:
        """Walk on until he joins the line (True) or the call is over (False)."""
        try:
            while not isinstance(self.step.doing, JoinLine | Over):
                await self.came(await self._do())
        except CitizenHungUp:
            over = self.walk.advance(self.step.position, Gone()).doing
            if isinstance(over, Over) and over.has_message:
                await self._left(confirmed=False, told=self._message)
            raise
        return isinstance(self.step.doing, JoinLine)

    _message: tuple[MessageId, datetime] | None = None
    """What he is recording or has recorded. 当前留言"""

    async def came(self, came: Came) -> None:
        """Go on from what came of the step."""
        await self._take(self.walk.advance(self.step.position, came))

    async def _take(self, step: Step) -> None:
        self.step = step
        at = step.position
        await self.channel.set_variable(variables.FLOW, str(at))
        if at.language != self._language:
            await self._speak(at.language)
        for node in step.entered:
            self.desks.tell(
                NodeEntered(
                    at=self._now(),
                    call_id=self.call_id,
                    flow=at.flow,
                    node=node,
                    kind=kind_of(self.walk.flow.nodes[node]),
                )
            )

    async def _speak(self, language: str) -> None:
        """Asterisk finds the sounds of a language by the channel's."""
        told_before = bool(self._language)
        self._language = language
        await self.channel.set_variable("CHANNEL(language)", language)
        await self.channel.set_variable(variables.LANGUAGE, language)
        if told_before or language != self.walk.flow.languages[0]:
            self.desks.tell(LanguageChosen(at=self._now(), call_id=self.call_id, language=language))

    async def sounds(self, lines: tuple[Line, ...]) -> list[str]:
        """What to play for these lines, in the language he is spoken to."""
        found: list[str] = []
        for line in lines:
            found += await sounds_for(
                self.desks, line.text, self.step.position.language, line.values
            )
        return found

    async def _do(self) -> Came:
        match self.step.doing:
            case Play(lines=lines, whole=True):
                return await self._play_whole(lines)
            case Play(lines=lines):
                key = await self._ask(lines, 1, NO_WAIT_S)
                return KeyCame(key=key or "#") if key is not None else Played()
            case EndCall(lines=lines):
                # From here on the dialplan says goodbye, should we be gone.
                await self.channel.set_variable(variables.STATE, StoryState.GOODBYE)
                await self._play(lines)
                return Played()
            case AskOneKey(lines=lines, timeout_s=limit):
                key = await self._ask(lines, 1, limit)
                return NothingCame() if key is None else KeyCame(key=key or "#")
            case CollectDigits(lines=lines, timeout_s=limit):
                return await self._collect(lines, limit)
            case RecordMessage() as wanted:
                return await self._record(wanted)
            case Listen(lines=lines, longest_s=longest):
                return await self._listen(lines, longest)
            case LookUp():
                code = self.step.position.values.get(QUERY_CODE, "")
                return await self.desks.orders.look_up(self.call_id, self.caller_number, code)
            case Note(deed=deed, value=value):
                await self._note(deed, value)
                return Noted()
            case _:
                return Gone()

    async def _play_whole(self, lines: tuple[Line, ...]) -> Came:
        tells = any(
            (text := self.desks.book.texts.get(line.text)) is not None and text.notice
            for line in lines
        )
        language = self.step.position.language
        if tells and self.noticed_in == language:
            return Played()
        self.keypad.forget()
        await self._play(lines)
        if tells:
            self.noticed_in = language
            await self.channel.set_variable(variables.STATE, StoryState.NOTICED)
            await self.channel.tell("HotlineNotice", HotlineCall=self.call_id)
        key = self.keypad.first()
        return KeyCame(key=key) if key else Played()

    async def _play(self, lines: tuple[Line, ...]) -> None:
        """A missing prompt is reported and never silences a call."""
        prompts = "&".join(await self.sounds(lines))
        if prompts and not await self.channel.play(prompts):
            log.error("a prompt could not be played", prompt=prompts)

    async def _ask(self, lines: tuple[Line, ...], longest: int, limit_s: float) -> str | None:
        return await self.channel.ask("&".join(await self.sounds(lines)), longest, limit_s)

    async def _collect(self, lines: tuple[Line, ...], limit_s: float) -> Came:
        prompts = "&".join(await self.sounds(lines))
        await self.channel.set_variable(variables.PRIVATE, "yes")
        try:
            typed = await self.channel.ask(prompts, MOST_DIGITS, limit_s, DIGIT_GAP_S)
        finally:
            if not self.channel.is_gone:
                await self.channel.set_variable(variables.PRIVATE, "")
        return DigitsCame(digits=typed) if typed else NothingCame()

    async def _listen(self, lines: tuple[Line, ...], longest_s: int) -> Came:
        """What he says; a key meanwhile counts more."""
        key = await self._ask(lines, 1, NO_WAIT_S)
        if key is not None:
            return KeyCame(key=key or "#")
        ear = self.desks.ear
        if ear is None:
            return Heard(need="")
        since = self._now()
        self.keypad.forget()
        async with self.channel.here(), asyncio.TaskGroup() as group:
            pressing = group.create_task(self.keypad.next(since))
            hearing = group.create_task(ear.need_of(self.call_id, since, longest_s))
            await asyncio.wait({pressing, hearing}, return_when=asyncio.FIRST_COMPLETED)
            pressing.cancel()
            hearing.cancel()
        if not pressing.cancelled():
            return KeyCame(key=pressing.result())
        return hearing.result()

    async def _record(self, wanted: RecordMessage) -> Came:
        key = await self._ask(wanted.lines, 1, NO_WAIT_S)
        if key == PERSON:
            return KeyCame(key=key)
        (folder,) = await self.channel.get_variables(variables.LEGS)
        known = await self._known_message() if wanted.take else None
        try:
            message_id = known[0] if known else await self.desks.messages.begin(self.call_id)
        except OSError as trouble:
            log.warning("no message can be kept", call_id=self.call_id, trouble=trouble.errno)
            return KeyCame(key=PERSON)
        began_at = self._now()
        self._message = (message_id, began_at)
        milliseconds = round(began_at.timestamp() * 1000)
        await self.channel.set_variable(variables.MESSAGE, f"{message_id} {milliseconds}")
        file = f"{folder}/{self.call_id}-own-{message_id}"
        try:
            key = await self.channel.record(file, MESSAGE_KIND, wanted.longest_s, wanted.silence_s)
        except CitizenHungUp:
            # What he said before he hung up is a message too; an empty one is thrown away.
            await self._left(confirmed=False, told=self._message)
            self._message = None
            raise
        if key == PERSON:
            return KeyCame(key=key)
        spoke_s = (self._now() - began_at).total_seconds()
        if not key and spoke_s < wanted.longest_s:
            spoke_s -= wanted.silence_s
        return Recorded(duration_ms=max(0, round(spoke_s * 1000)))

    async def _note(self, deed: Deed, value: str) -> None:
        match deed:
            case Deed.MESSAGE:
                await self._left(confirmed=True, told=await self._known_message())
            case Deed.SCORE:
                self.desks.surveys.answer(self.call_id, value or None)
            case Deed.URGE:
                self.desks.orders.urge(self.call_id)
            case Deed.CALLBACK:
                self.desks.call_back(self.call_id, self.place, self.caller_number)

    async def _left(self, *, confirmed: bool, told: tuple[MessageId, datetime] | None) -> None:
        if told is not None:
            self.desks.messages.left(self.call_id, *told, confirmed=confirmed)

    async def _known_message(self) -> tuple[MessageId, datetime] | None:
        """Ours, or the one of the process before us."""
        if self._message is None:
            (word,) = await self.channel.get_variables(variables.MESSAGE)
            name, _, milliseconds = word.partition(" ")
            if name.startswith(f"{self.call_id}-m") and milliseconds.isdecimal():
                began_at = datetime.fromtimestamp(int(milliseconds[:14]) / 1000, UTC)
                self._message = (MessageId(name), began_at)
        return self._message


async def sounds_for(
    desks: Desks, text: str, language: str, values: Mapping[str, Value]
) -> tuple[str, ...]:
    """What to play for a text: what there is of it, or else as the texts name it."""
    if desks.sounds is not None:
        return await desks.sounds(text, language, values)
    return tuple(f"{SOUNDS}{name}" for name in desks.book.sounds(text, language, values))
