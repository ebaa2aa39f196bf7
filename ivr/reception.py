"""Which story a citizen gets: his flow from its beginning, the rest of it, its line, or a refusal. 接待"""

from dataclasses import replace

from cti.ids import CallId
from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.citizen_line import CitizenLine
from ivr.flow_position import read_position
from ivr.flow_profiles import ProfileKind
from ivr.keys import Heard
from ivr.known import Known, shown_number
from ivr.model import Admission, StoryState
from ivr.ports import Desks, Now
from ivr.saying import play, sounds_for
from ivr.story import Story

SURVEY = "survey"
"""The flow of the question after a talk. 满意度评价流程"""
REFUSED_IN = "zh"


class Reception:
    """Receives one citizen: the gate, his flow, the question after the talk. 接待"""

    def __init__(
        self, channel: AgiChannel, call_id: CallId, desks: Desks, keypad: Heard, now: Now
    ) -> None:
        self._channel = channel
        self._desks = desks
        self._line = CitizenLine(
            channel=channel,
            call_id=call_id,
            # Of a call that we made, the channel shows our own number.
            caller_number=desks.number_of(call_id) or shown_number(channel),
            desks=desks,
            keypad=keypad,
            now=now,
        )

    async def let_in(self, known: Known) -> Known | None:
        """With what the gate said of him; None: he was told why he is refused, and hung up on."""
        if not known.is_new:
            return known
        admission = self._admission(known)
        if admission.refused:
            await self._refuse(admission)
            return None
        return replace(known, gate_priority=admission.priority)

    def _admission(self, known: Known) -> Admission:
        line = self._line
        around = self._desks.around(known.called, line.caller_number, known.language)
        chosen = self._desks.book.choose(around)
        emergency = chosen is not None and chosen.profile.kind is ProfileKind.EMERGENCY
        return self._desks.admit(line.call_id, line.caller_number, emergency)

    async def _refuse(self, admission: Admission) -> None:
        """What he hears tells of the recording too."""
        prompts = await sounds_for(
            self._desks, admission.announcement, REFUSED_IN, admission.values
        )
        await play(self._channel, "&".join(prompts))
        await self._channel.tell("HotlineNotice", HotlineCall=self._channel.unique_id)
        await self._channel.set_variable(variables.STATE, StoryState.GOODBYE)
        await self._channel.hang_up()

    async def story(self, known: Known) -> Story | None:
        """His story, begun or taken up; None where no flow can be read."""
        position = read_position(known.flow)
        language = known.language if position is None else position.language
        around = self._desks.around(known.called, self._line.caller_number, language)
        if position is not None:
            walk = self._desks.book.walk_of(position, around)
            if walk is not None:
                story = Story(self._line, walk)
                if known.has_notice:
                    story.noticed_in(position.language)
                await story.take_up(position)
                return story
        chosen = self._desks.book.choose(around)
        if chosen is None:
            return None
        story = Story(self._line, chosen.walk)
        if not known.is_new:
            # Called by us, or his flow is forgotten: he waits like everybody, and is asked nothing first.
            await story.begin_in_line(
                chosen.profile.code, around.language, has_notice=known.has_notice
            )
            return story
        if known.has_notice:
            story.noticed_in(story.step.position.language)
        await story.begin(chosen.profile.code)
        if known.joined_at:
            # Asterisk's own queue held him: he has waited, and is asked nothing more.
            await story.to_person()
        return story

    def survey(self, known: Known) -> Story | None:
        """The question after the talk; None when he is not to be asked, or was."""
        position = read_position(known.flow)
        language = known.language if position is None else position.language
        around = self._desks.around(known.called, self._line.caller_number, language)
        walk = self._desks.book.named(SURVEY, around)
        if walk is None or not self._desks.surveys.wanted(self._line.call_id):
            return None
        return Story(self._line, walk)
