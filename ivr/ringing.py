"""A seat is rung for a citizen, and they talk. 振铃应接"""

import structlog

from cti.facts import WhyNotAnswered
from cti.ids import SeatId
from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.model import Offer, Place
from ivr.ports import WaitingRoom

log = structlog.get_logger(__name__)

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


class Ringing:
    """Rings the seat that was found, and says what came of it. 振铃应接"""

    def __init__(self, waiting_room: WaitingRoom, ring_s: int) -> None:
        self._waiting_room = waiting_room
        self._ring_s = ring_s

    async def answered(self, channel: AgiChannel, place: Place, offer: Offer) -> bool:
        """Ring, and talk to the end of it. False: nobody answered, and he hears music again.

        Raises CitizenHungUp.
        """
        if await self._ring(channel, place, offer) is None:
            return True
        await channel.set_variable(variables.DIALSTATUS, "")
        # Only now: a story that fails each time must end in the lifeboat, not begin for ever.
        await channel.set_variable(variables.RETRIES, "0")
        await channel.music_on()
        return False

    async def _ring(self, channel: AgiChannel, place: Place, offer: Offer) -> WhyNotAnswered | None:
        """None when a seat had answered."""
        why: WhyNotAnswered | None = WhyNotAnswered.CITIZEN_GONE
        try:
            await channel.execute(
                "Dial",
                offer.dial,
                str(self._ring_s),
                # g: come back when the seat hangs up; m: music, not ringing, until it answers.
                f"gmb({SEAT_LEG})U({SEAT_ANSWERED})",
            )
            (status,) = await channel.get_variables(variables.DIALSTATUS)
            why = None if status == "ANSWER" else _why(status, offer.seat_id)
        finally:
            self._waiting_room.offer_ended(place.call_id, offer.seat_id, why)
        return why


def _why(status: str, seat_id: SeatId) -> WhyNotAnswered:
    why = NOT_ANSWERED.get(status)
    if why is None:
        log.warning("dial ended in an unknown way", status=status, seat_id=seat_id)
        return WhyNotAnswered.UNREACHABLE
    return why
