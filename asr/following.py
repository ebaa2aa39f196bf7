"""What a call's events mean for who is listened to. 转写跟随"""

from asr.transcriber import Transcriber
from cti.events import (
    CallEvent,
    CallHeld,
    CallRetrieved,
    PartyJoined,
    PartyLeft,
    PartyRole,
    SeatLeftCall,
)
from cti.ids import SeatId


def follow(transcriber: Transcriber, event: CallEvent) -> None:
    """Tell a call's transcriber who hears whom from now on."""
    match event:
        case CallRetrieved():
            transcriber.seat_connected(event.at)
        case CallHeld():
            transcriber.citizen_held(event.at)
        case SeatLeftCall():
            transcriber.seat_left(event.seat_id, event.at, event.leg_id)
        case PartyJoined(role=PartyRole.SEAT):
            transcriber.party_became_seat(event.leg_id, SeatId(event.who), event.at)
        case PartyLeft():
            transcriber.party_left(event.leg_id)
