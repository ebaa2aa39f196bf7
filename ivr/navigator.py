"""One citizen's call as one story, from notice to goodbye. 流程

    gate ─► his flow (ivr.story) ─► waiting room (ivr.waiting) ─► a seat is rung ─► talk ─► survey, goodbye
                                       ▲   (nobody answered: his place is kept)  │
                                       └─────────────────────────────────────────┘

How far the story is stands in channel variables, so it can be told on by another process: after a
restart the same channel comes back and goes on where it was (docs/decisions.md 2, 4).
"""

from dataclasses import replace

from cti.facts import CitizenArrived
from cti.ids import CallId
from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.joining import EverybodyGeneral, Joining
from ivr.keys import Heard
from ivr.known import Known, known_of, number_in, shown_number
from ivr.lost_talk import lost_his_seat
from ivr.model import Offer, Place, StoryState
from ivr.ports import Desks, Meet, Now, Routes, WaitingRoom
from ivr.reception import Reception
from ivr.ringing import Ringing
from ivr.saying import play
from ivr.settings import IvrSettings
from ivr.story import Story
from ivr.waiting import Waiting

NOTICE = "hotline/recording-notice"
GOODBYE = "hotline/goodbye"


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
        self._joining = Joining(routes or EverybodyGeneral(), now)
        self._ringing = Ringing(waiting_room, settings.ring_s)
        self._meet = meet
        self._now = now
        self._desks = desks

    async def tell_story(self, channel: AgiChannel) -> None:
        """The whole story, or the rest of it. Raises ivr.errors.CitizenHungUp when he goes."""
        self._note_arrival(channel)
        known = await known_of(channel)
        if self._desks is None:
            await self._without_flow(channel, known)
            return
        with self._desks.keys.heard(CallId(known.call_id)) as keypad:
            await self._through(channel, known, keypad, self._desks)

    def _note_arrival(self, channel: AgiChannel) -> None:
        """AMI has said it, and this is an echo; unless the link is down just now.

        Without it, who comes and goes within one outage of the link would never have called.
        """
        if self._meet is not None:
            self._meet(
                CitizenArrived(
                    call_id=channel.unique_id,
                    at=self._now(),
                    caller_number=shown_number(channel),
                    called_number=channel.environment.get("extension", ""),
                )
            )

    async def _without_flow(self, channel: AgiChannel, known: Known) -> None:
        if not known.is_served:
            await self._to_seat(channel, known, None)
        await self._say_goodbye(channel)

    async def _through(
        self, channel: AgiChannel, known: Known, keypad: Heard, desks: Desks
    ) -> None:
        reception = Reception(channel, CallId(known.call_id), desks, keypad, self._now)
        if known.is_served:
            await channel.set_variable(variables.STATE, StoryState.GOODBYE)
        else:
            let_in = await reception.let_in(known)
            if let_in is None:
                return
            if not await self._to_seat(channel, let_in, await reception.story(let_in)):
                await channel.hang_up()
                return
        # The question is asked once, so that this comes to an end.
        while (survey := reception.survey(known)) is not None:
            await channel.set_variable(variables.STATE, StoryState.GOODBYE)
            await survey.begin("")
            if not await survey.go():
                await channel.hang_up()
                return
            known = await self._back_in_line(channel)
            if not await self._to_seat(channel, known, survey):
                await channel.hang_up()
                return
        await self._say_goodbye(channel)

    async def _back_in_line(self, channel: AgiChannel) -> Known:
        """After the talk he wants a person once more: at his old place, in a new turn."""
        known = await known_of(channel)
        await channel.set_variable(variables.DIALSTATUS, "")
        await channel.set_variable(variables.RETRIES, "0")
        turn = (number_in(known.turn) or 1) + 1
        return replace(known, turn=str(turn), state=StoryState.WAITING, dialled="")

    async def _to_seat(self, channel: AgiChannel, known: Known, story: Story | None) -> bool:
        """False when his story ended without a person."""
        if story is None and not known.has_notice:
            await self._give_notice(channel)
        place: Place | None = None
        while story is None or await story.go():
            if place is None:
                place = await self._joining.place_of(channel, known, story)
            while True:
                if story is not None:
                    story.has_place(place)
                await self._joining.join(channel, place)
                if not await self._until_served(channel, place, story):
                    break
                if not await lost_his_seat(channel, self._now()):
                    return True
                place = replace(place, turn=place.turn + 1)
        return False

    async def _give_notice(self, channel: AgiChannel) -> None:
        await play(channel, NOTICE)
        await channel.set_variable(variables.STATE, StoryState.NOTICED)
        await channel.tell("HotlineNotice", HotlineCall=channel.unique_id)

    async def _until_served(self, channel: AgiChannel, place: Place, story: Story | None) -> bool:
        """False when he left the line for another part of his story."""
        while True:
            offer = await self._seat_for(channel, place, story)
            if offer is None:
                return False
            if await self._ringing.answered(channel, place, offer):
                return True

    async def _seat_for(
        self, channel: AgiChannel, place: Place, story: Story | None
    ) -> Offer | None:
        if story is not None:
            return await Waiting(story, self._waiting_room, place).until_seat()
        # Nothing is sent while he waits: a hang-up is noticed by the line itself.
        async with channel.here():
            return await self._waiting_room.seat_for(place)

    async def _say_goodbye(self, channel: AgiChannel) -> None:
        await channel.set_variable(variables.STATE, StoryState.GOODBYE)
        await play(channel, GOODBYE)
        await channel.hang_up()
