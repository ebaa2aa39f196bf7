"""One citizen's call as one story, from notice to goodbye. 流程

    recording notice ─► waiting room ─► a seat is rung ─► talk ─► goodbye
                            ▲   (nobody answered: his place is kept)  │
                            └─────────────────────────────────────────┘

How far the story is stands in channel variables, so it can be told on by another process: after a
restart the same channel comes back and goes on where it was (docs/decisions.md 2, 4).
"""

import re
from datetime import UTC, datetime

import structlog

from cti.facts import CitizenArrived, WhyNotAnswered
from cti.ids import CallId, SeatId, SkillGroupCode
from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.model import Coming, Offer, Place, StoryState, Way
from ivr.ports import Meet, Now, Routes, WaitingRoom
from ivr.settings import IvrSettings

log = structlog.get_logger(__name__)

GENERAL = SkillGroupCode("general")
NOTICE = "hotline/recording-notice"
GOODBYE = "hotline/goodbye"
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


class EverybodyGeneral:
    """A routing table of one row. 全部综合受理"""

    def way(self, coming: Coming) -> Way:  # noqa: ARG002
        return Way(skill_group=GENERAL)


class Navigator:
    """Tells the direct profile: no menu, straight to a person (GB/T 33358-2016). 领航员"""

    def __init__(
        self,
        waiting_room: WaitingRoom,
        settings: IvrSettings,
        now: Now,
        routes: Routes | None = None,
        meet: Meet | None = None,
    ) -> None:
        self._waiting_room = waiting_room
        self._meet = meet
        self._routes = routes or EverybodyGeneral()
        self._settings = settings
        self._now = now

    async def tell_story(self, channel: AgiChannel) -> None:
        """The whole story, or the rest of it. Raises ivr.errors.CitizenHungUp when he goes."""
        self._note_arrival(channel)
        call_id, state, group, joined_at, priority, turn, dialled = await channel.get_variables(
            variables.CALL,
            variables.STATE,
            variables.GROUP,
            variables.JOINED_AT,
            variables.PRIORITY,
            variables.TURN,
            variables.DIALSTATUS,
        )
        if dialled == "ANSWER" or state == StoryState.GOODBYE:
            await self._say_goodbye(channel)
            return
        if state not in (StoryState.NOTICED, StoryState.WAITING):
            await self._give_notice(channel)
        if group:
            # He has a place, from before or from a transfer: the rules of that moment hold for him.
            way = Way(skill_group=SkillGroupCode(group), priority=_number(priority) or 0)
        else:
            way = await self._find_way(channel, CallId(call_id))
        place = Place(
            call_id=CallId(call_id),
            skill_group=way.skill_group,
            joined_at=_instant(joined_at) or self._now(),
            priority=way.priority,
            turn=_number(turn) or 1,
        )
        await self._join_line(channel, place)
        await self._until_served(channel, place)
        await self._say_goodbye(channel)

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

    async def _find_way(self, channel: AgiChannel, call_id: CallId) -> Way:
        called, key, language = await channel.get_variables(
            variables.CALLED, variables.KEY, variables.LANGUAGE
        )
        way = self._routes.way(
            Coming(
                call_id=call_id,
                caller_number=_shown(channel.environment.get("callerid", "")),
                called_number=called,
                key=key,
                language=language,
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

    async def _until_served(self, channel: AgiChannel, place: Place) -> None:
        while True:
            # Nothing is sent while he waits: a hang-up is noticed by the line itself.
            async with channel.here():
                offer = await self._waiting_room.seat_for(place)
            why = await self._ring(channel, place, offer)
            if why is None:
                return
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
