"""One citizen's call as one story, from notice to goodbye. 流程

    gate ─► his flow (ivr.story) ─► waiting room (ivr.waiting) ─► a seat is rung ─► talk ─► survey, goodbye
                                       ▲   (nobody answered: his place is kept)  │
                                       └─────────────────────────────────────────┘

How far the story is stands in channel variables, so it can be told on by another process: after a
restart the same channel comes back and goes on where it was (docs/decisions.md 2, 4).
"""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import ClassVar

import structlog

from cti.facts import CitizenArrived, WhyNotAnswered
from cti.ids import CallId, SeatId, SkillGroupCode
from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.flow_position import read_position
from ivr.flow_profiles import ProfileKind
from ivr.flow_steps import JoinLine
from ivr.keys import Heard
from ivr.model import Admission, Coming, Offer, Place, StoryState, Way
from ivr.ports import Desks, Meet, Now, Routes, WaitingRoom
from ivr.settings import IvrSettings
from ivr.story import Story, sounds_for
from ivr.waiting import Waiting

log = structlog.get_logger(__name__)

GENERAL = SkillGroupCode("general")
NOTICE = "hotline/recording-notice"
GOODBYE = "hotline/goodbye"
SURVEY = "survey"
"""The flow of the question after a talk. 满意度评价流程"""
SEAT_LEG = "hotline-seat-leg^s^1"
"""Dialplan subroutine that a seat's leg runs before it rings."""
SEAT_ANSWERED = "hotline-seat-answered"
"""Another, which it runs when it answers."""

NOT_ANSWERED = {
    "NOANSWER": WhyNotAnswered.NO_ANSWER,
    "BUSY": WhyNotAnswered.BUSY,
    "CHANUNAVAIL": WhyNotAnswered.UNREACHABLE,
    "CONGESTION": WhyNotAnswered.UNREACHABLE,
    "CANCEL": WhyNotAnswered.CITIZEN_GONE,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What stands in his channel's variables when a story begins or goes on. 话路变量"""

    VARIABLES: ClassVar[tuple[str, ...]] = (
        variables.CALL,
        variables.STATE,
        variables.GROUP,
        variables.JOINED_AT,
        variables.PRIORITY,
        variables.TURN,
        variables.DIALSTATUS,
        variables.FLOW,
        variables.CALLED,
        variables.KEY,
        variables.LANGUAGE,
    )
    call_id: str
    state: str
    group: str
    joined_at: str
    priority: str
    turn: str
    dialled: str
    flow: str
    called: str
    key: str
    language: str
    gate_priority: int = field(default=0, kw_only=True)

    @property
    def is_served(self) -> bool:
        """A seat has talked with him, or he was on his way out."""
        return self.dialled == "ANSWER" or self.state == StoryState.GOODBYE

    @property
    def is_new(self) -> bool:
        """He has neither a place nor a position in a flow."""
        return not (self.group or self.flow or self.state == StoryState.WAITING)

    @property
    def has_notice(self) -> bool:
        return self.state in (StoryState.NOTICED, StoryState.WAITING)


class EverybodyGeneral:
    """A routing table of one row. 全部综合受理"""

    def way(self, coming: Coming) -> Way:  # noqa: ARG002
        return Way(skill_group=GENERAL)


class Navigator:
    """Leads a citizen through his flow to a seat, and afterwards to the goodbye. 领航员

    Without `desks`, and where no flow can be read: the notice, and straight to a person.
    """

    def __init__(
        self,
        waiting_room: WaitingRoom,
        settings: IvrSettings,
        now: Now,
        routes: Routes | None = None,
        meet: Meet | None = None,
        desks: Desks | None = None,
    ) -> None:
        self._waiting_room = waiting_room
        self._meet = meet
        self._routes = routes or EverybodyGeneral()
        self._settings = settings
        self._now = now
        self._desks = desks

    async def tell_story(self, channel: AgiChannel) -> None:
        """The whole story, or the rest of it. Raises ivr.errors.CitizenHungUp when he goes."""
        self._note_arrival(channel)
        known = Known(*await channel.get_variables(*Known.VARIABLES))
        if self._desks is None:
            await self._through(channel, known, None, self._desks)
            return
        with self._desks.keys.heard(CallId(known.call_id)) as keypad:
            await self._through(channel, known, keypad, self._desks)

    async def _through(
        self, channel: AgiChannel, known: "Known", keypad: Heard | None, desks: Desks | None
    ) -> None:
        story: Story | None = None
        if known.is_served:
            await channel.set_variable(variables.STATE, StoryState.GOODBYE)
        elif desks is not None and keypad is not None:
            admission = Admission()
            if known.is_new:
                admission = self._admitted(channel, known, desks)
            if admission.refused:
                await self._refuse(channel, desks, admission)
                return
            known = replace(known, gate_priority=admission.priority)
            story = await self._story(channel, known, desks, keypad)
        if not known.is_served and not await self._to_seat(channel, known, story):
            await channel.hang_up()
            return
        while desks is not None and keypad is not None:
            story = self._survey(channel, known, desks, keypad)
            if story is None:
                break
            # The question is asked once, so that this comes to an end.
            await channel.set_variable(variables.STATE, StoryState.GOODBYE)
            await story.begin("")
            if not await story.go():
                await channel.hang_up()
                return
            known = await self._back_in_line(channel)
            if not await self._to_seat(channel, known, story):
                await channel.hang_up()
                return
        await self._say_goodbye(channel)

    def _admitted(self, channel: AgiChannel, known: "Known", desks: Desks) -> Admission:
        number = _shown(channel.environment.get("callerid", ""))
        chosen = desks.book.choose(desks.around(known.called, number, known.language))
        emergency = chosen is not None and chosen.profile.kind is ProfileKind.EMERGENCY
        return desks.admit(CallId(known.call_id), number, emergency)

    async def _refuse(self, channel: AgiChannel, desks: Desks, admission: Admission) -> None:
        """He hears why; what he hears tells of the recording too."""
        language = "zh"
        prompts = await sounds_for(desks, admission.announcement, language, admission.values)
        await self._play(channel, "&".join(prompts))
        await channel.tell("HotlineNotice", HotlineCall=channel.unique_id)
        await channel.set_variable(variables.STATE, StoryState.GOODBYE)
        await channel.hang_up()

    async def _story(
        self, channel: AgiChannel, known: "Known", desks: Desks, keypad: Heard
    ) -> Story | None:
        """His flow at its beginning, or where he was in it; None: he has a place and no flow."""
        number = _shown(channel.environment.get("callerid", ""))
        position = read_position(known.flow)
        around = desks.around(known.called, number, known.language)
        if position is not None:
            walk, profile = desks.book.walk_of(position, around), ""
        elif not known.is_new:
            return None  # he was called by us, or it is no position of ours: to a person
        else:
            chosen = desks.book.choose(around)
            walk = None if chosen is None else chosen.walk
            profile = "" if chosen is None else chosen.profile.code
        if walk is None:
            return None
        story = Story(channel, CallId(known.call_id), number, walk, desks, keypad, self._now)
        if known.has_notice:
            story.noticed_in = (
                story.step.position.language if position is None else position.language
            )
        if position is not None:
            await story.take_up(position)
            return story
        await story.begin(profile)
        if known.joined_at:
            # Asterisk's own queue held him: he has waited, and is asked nothing more.
            await story.to_person()
        return story

    def _survey(
        self, channel: AgiChannel, known: "Known", desks: Desks, keypad: Heard
    ) -> Story | None:
        call_id = CallId(known.call_id)
        number = _shown(channel.environment.get("callerid", ""))
        position = read_position(known.flow)
        language = known.language if position is None else position.language
        walk = desks.book.named(SURVEY, desks.around(known.called, number, language))
        if walk is None or not desks.surveys.wanted(call_id):
            return None
        story = Story(channel, call_id, number, walk, desks, keypad, self._now)
        return story

    async def _back_in_line(self, channel: AgiChannel) -> "Known":
        """After the talk he wants a person once more: at his old place, in a new turn."""
        known = Known(*await channel.get_variables(*Known.VARIABLES))
        await channel.set_variable(variables.DIALSTATUS, "")
        await channel.set_variable(variables.RETRIES, "0")
        turn = (_number(known.turn) or 1) + 1
        return replace(known, turn=str(turn), state=StoryState.WAITING, dialled="")

    async def _to_seat(self, channel: AgiChannel, known: "Known", story: Story | None) -> bool:
        """False when his story ended without a person."""
        if story is None and not known.has_notice:
            await self._give_notice(channel)
        place: Place | None = None
        while story is None or await story.go():
            if place is None:
                place = await self._place(channel, known, story)
            if story is not None:
                story.place = place
            await self._join_line(channel, place)
            if await self._until_served(channel, place, story):
                return True
        return False

    async def _place(self, channel: AgiChannel, known: "Known", story: Story | None) -> Place:
        if known.group:
            # He has a place, from before or from a transfer: the rules of that moment hold for him.
            group, priority = SkillGroupCode(known.group), _number(known.priority) or 0
        else:
            way = await self._find_way(channel, known, story)
            group, priority = way.skill_group, way.priority + known.gate_priority
        return Place(
            call_id=CallId(known.call_id),
            skill_group=group,
            joined_at=_instant(known.joined_at) or self._now(),
            priority=priority,
            turn=_number(known.turn) or 1,
        )

    def _note_arrival(self, channel: AgiChannel) -> None:
        """AMI has said it, and this is an echo; unless the link is down just now.

        Without it, who comes and goes within one outage of the link would never have called.
        """
        if self._meet is not None:
            self._meet(
                CitizenArrived(
                    call_id=channel.unique_id,
                    at=self._now(),
                    caller_number=_shown(channel.environment.get("callerid", "")),
                    called_number=channel.environment.get("extension", ""),
                )
            )

    async def _give_notice(self, channel: AgiChannel) -> None:
        await self._play(channel, NOTICE)
        await channel.set_variable(variables.STATE, StoryState.NOTICED)
        await channel.tell("HotlineNotice", HotlineCall=channel.unique_id)

    async def _find_way(self, channel: AgiChannel, known: "Known", story: Story | None) -> Way:
        wish, language = SkillGroupCode(""), known.language
        if story is not None:
            position = story.step.position
            first = story.walk.flow.languages[0]
            language = "" if position.language == first else position.language
            if isinstance(story.step.doing, JoinLine):
                wish = story.step.doing.group
        way = self._routes.way(
            Coming(
                call_id=CallId(known.call_id),
                caller_number=_shown(channel.environment.get("callerid", "")),
                called_number=known.called,
                key=known.key,
                language=language,
                wish=wish,
            )
        )
        if way.prompt:
            await self._play(channel, way.prompt)
        return way

    async def _join_line(self, channel: AgiChannel, place: Place) -> None:
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

    async def _until_served(self, channel: AgiChannel, place: Place, story: Story | None) -> bool:
        """False when he left the line for another part of his story."""
        while True:
            if story is None:
                # Nothing is sent while he waits: a hang-up is noticed by the line itself.
                async with channel.here():
                    offer = await self._waiting_room.seat_for(place)
            else:
                found = await Waiting(story, self._waiting_room, place, self._now).until_seat()
                if found is None:
                    return False
                offer = found
            why = await self._ring(channel, place, offer)
            if why is None:
                return True
            await channel.set_variable(variables.DIALSTATUS, "")
            # Only now: a story that fails each time must end in the lifeboat, not begin for ever.
            await channel.set_variable(variables.RETRIES, "0")
            await channel.music_on()

    async def _ring(self, channel: AgiChannel, place: Place, offer: Offer) -> WhyNotAnswered | None:
        """Ring and talk; None when a seat had answered."""
        why: WhyNotAnswered | None = WhyNotAnswered.CITIZEN_GONE
        try:
            await channel.execute(
                "Dial",
                offer.dial,
                str(self._settings.ring_s),
                # g: come back when the seat hangs up; m: music, not ringing, until it answers.
                f"gmb({SEAT_LEG})U({SEAT_ANSWERED})",
            )
            (status,) = await channel.get_variables(variables.DIALSTATUS)
            why = None if status == "ANSWER" else _why(status, offer.seat_id)
        finally:
            self._waiting_room.offer_ended(place.call_id, offer.seat_id, why)
        return why

    async def _say_goodbye(self, channel: AgiChannel) -> None:
        await channel.set_variable(variables.STATE, StoryState.GOODBYE)
        await self._play(channel, GOODBYE)
        await channel.hang_up()

    async def _play(self, channel: AgiChannel, prompt: str) -> None:
        """A missing prompt is reported and never silences a call."""
        if not await channel.play(prompt):
            log.error("a prompt could not be played", prompt=prompt)


def _why(status: str, seat_id: SeatId) -> WhyNotAnswered:
    why = NOT_ANSWERED.get(status)
    if why is None:
        log.warning("dial ended in an unknown way", status=status, seat_id=seat_id)
        return WhyNotAnswered.UNREACHABLE
    return why


def _shown(callerid: str) -> str:
    """AGI writes "unknown" for a line that shows no number."""
    return "" if callerid == "unknown" else callerid


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,14}", text) else None


def _instant(joined_at_ms: str) -> datetime | None:
    milliseconds = _number(joined_at_ms)
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
