"""Into the line: his place in it, kept on the channel and told to everybody. 入队"""

from cti.ids import CallId, SkillGroupCode
from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.flow_steps import JoinLine
from ivr.known import Known, instant_in, number_in, shown_number
from ivr.model import Coming, Place, StoryState, Way
from ivr.ports import Now, Routes
from ivr.saying import play
from ivr.story import Story

GENERAL = SkillGroupCode("general")


class EverybodyGeneral:
    """A routing table of one row. 全部综合受理"""

    def way(self, coming: Coming) -> Way:  # noqa: ARG002
        return Way(skill_group=GENERAL)


class Joining:
    """Gives a citizen his place and leads him into it. 入队"""

    def __init__(self, routes: Routes, now: Now) -> None:
        self._routes = routes
        self._now = now

    async def place_of(self, channel: AgiChannel, known: Known, story: Story | None) -> Place:
        """The one he has, or a new one at the end of the line."""
        if known.group:
            # He has a place, from before or from a transfer: the rules of that moment hold for him.
            group, priority = SkillGroupCode(known.group), number_in(known.priority) or 0
        else:
            way = await self._find_way(channel, known, story)
            group, priority = way.skill_group, way.priority + known.gate_priority
        return Place(
            call_id=CallId(known.call_id),
            skill_group=group,
            joined_at=instant_in(known.joined_at) or self._now(),
            priority=priority,
            turn=number_in(known.turn) or 1,
        )

    async def _find_way(self, channel: AgiChannel, known: Known, story: Story | None) -> Way:
        wish, language, number = SkillGroupCode(""), known.language, shown_number(channel)
        if story is not None:
            number = story.line.caller_number
            position = story.step.position
            first = story.walk.flow.languages[0]
            language = "" if position.language == first else position.language
            if isinstance(story.step.doing, JoinLine):
                wish = story.step.doing.group
        way = self._routes.way(
            Coming(
                call_id=CallId(known.call_id),
                caller_number=number,
                called_number=known.called,
                key=known.key,
                language=language,
                wish=wish,
            )
        )
        if way.prompt:
            await play(channel, way.prompt)
        return way

    async def join(self, channel: AgiChannel, place: Place) -> None:
        """From here on he waits, for whichever process tells his story."""
        joined_at_ms = str(round(place.joined_at.timestamp() * 1000))
        await channel.set_variable(variables.GROUP, place.skill_group)
        await channel.set_variable(variables.JOINED_AT, joined_at_ms)
        await channel.set_variable(variables.PRIORITY, str(place.priority))
        await channel.set_variable(variables.TURN, str(place.turn))
        # The state last: only a complete place may be taken up by another process.
        await channel.set_variable(variables.STATE, StoryState.WAITING)
        await channel.tell(
            "HotlineWaiting",
            HotlineCall=place.call_id,
            Group=place.skill_group,
            JoinedAt=joined_at_ms,
            Priority=str(place.priority),
            Turn=str(place.turn),
        )
        await channel.music_on()
