"""One citizen's walk through his flow on a real channel. 流程执行

    Step.doing ─► done on the channel (ivr.performing) ─► what came of it ─► Walk.advance ─► the next Step

Before anything is done his position stands in HOTLINE_FLOW, so another process can go on from there. The
story ends where the walk joins the line or is over; waiting is in ivr.waiting, ringing in ivr.ringing.
"""

from dataclasses import replace

from ivr import dialplan_variables as variables
from ivr.citizen_line import CitizenLine
from ivr.errors import CitizenHungUp
from ivr.events import FlowStarted, LanguageChosen, NodeEntered
from ivr.flow import PERSON_KEY, kind_of
from ivr.flow_position import Position
from ivr.flow_steps import Came, Gone, JoinLine, KeyCame, Line, Over, Play, Step
from ivr.flow_walk import Walk
from ivr.model import Place
from ivr.performing import Performing
from ivr.saying import sounds_of_lines

RECORDING_NOTICE = Play(lines=(Line(text="recording-notice"),), whole=True)


class Story:
    """A walk, a citizen, and where he is. 流程故事"""

    def __init__(self, line: CitizenLine, walk: Walk) -> None:
        self.line = line
        self.walk = walk
        self.step = walk.begin()
        self._performing = Performing(line)
        self._language = ""

    async def begin(self, profile: str) -> None:
        """At the entry of the flow."""
        self._tell_start(profile)
        await self._take(self.step)

    async def begin_in_line(self, profile: str, language: str, *, has_notice: bool) -> None:
        """In the flow's line: he was called by us, or his flow is forgotten, and is asked nothing first."""
        self._tell_start(profile)
        step = self.walk.in_line(language)
        await self._speak(step.position.language)
        if not has_notice:
            await self._performing.do(replace(step, doing=RECORDING_NOTICE))
        await self._take(step)

    def _tell_start(self, profile: str) -> None:
        self.line.desks.tell(
            FlowStarted(
                at=self.line.now(),
                call_id=self.line.call_id,
                profile=profile,
                flow=self.walk.flow.code,
                version=self.walk.version,
            )
        )

    async def take_up(self, position: Position) -> None:
        """Where another process left him."""
        self._language = position.language
        await self._take(self.walk.take_up(position))

    async def to_person(self) -> None:
        """Whatever the flow would ask next."""
        await self.came(KeyCame(key=PERSON_KEY))

    def noticed_in(self, language: str) -> None:
        """He was told before, in this language, that he is recorded."""
        self._performing.noticed_in = language

    def has_place(self, place: Place) -> None:
        """He stands there in the line, and keeps it whatever he chooses meanwhile."""
        self._performing.place = place

    async def go(self) -> bool:
        """Walk on until he joins the line (True) or the call is over (False)."""
        try:
            while not isinstance(self.step.doing, JoinLine | Over):
                came = await self._performing.do(self.step)
                key = came.key if isinstance(came, KeyCame) else ""
                self.line.keypad.answered(self.line.now(), key)
                await self.came(came)
        except CitizenHungUp:
            over = self.walk.advance(self.step.position, Gone()).doing
            if isinstance(over, Over) and over.has_message:
                self._performing.message.hung_up()
            raise
        return isinstance(self.step.doing, JoinLine)

    async def came(self, came: Came) -> None:
        """Go on from what came of the step."""
        await self._take(self.walk.advance(self.step.position, came))

    async def _take(self, step: Step) -> None:
        self.step = step
        at, line = step.position, self.line
        await line.channel.set_variable(variables.FLOW, str(at))
        if at.language != self._language:
            await self._speak(at.language)
        for node in step.entered:
            line.desks.tell(
                NodeEntered(
                    at=line.now(),
                    call_id=line.call_id,
                    flow=at.flow,
                    node=node,
                    kind=kind_of(self.walk.flow.nodes[node]),
                )
            )

    async def _speak(self, language: str) -> None:
        """Asterisk finds the sounds of a language by the channel's."""
        told_before = bool(self._language)
        self._language = language
        line = self.line
        await line.channel.set_variable("CHANNEL(language)", language)
        await line.channel.set_variable(variables.LANGUAGE, language)
        if told_before or language != self.walk.flow.languages[0]:
            line.desks.tell(LanguageChosen(at=line.now(), call_id=line.call_id, language=language))

    async def sounds(self, lines: tuple[Line, ...]) -> list[str]:
        """What to play for these lines, in the language he is spoken to."""
        return await sounds_of_lines(self.line.desks, lines, self.step.position.language)
