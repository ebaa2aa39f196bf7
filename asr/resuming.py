"""What an earlier life of the service heard of a call, and how its talks went. 转写续接"""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from asr.events import Side, side_of
from asr.ports import OwnLeg, Transcripts, UnfinishedTranscript
from asr.transcriber import HeardUntil, Transcriber
from cti.events import PartyRole
from cti.ids import LegId, SeatId

_Step = tuple[datetime, Callable[[], None]]


async def heard_of(call: UnfinishedTranscript, transcripts: Transcripts) -> HeardUntil:
    """Up to where each voice of the call was heard. Raises TranscriptsUnavailable."""
    if not call.seat_spans and not call.own_legs:
        return {}
    return {
        (side, leg_id): await transcripts.heard_until_ms(call.call_id, side, leg_id)
        for side, leg_id in _voices(call)
    }


def _voices(call: UnfinishedTranscript) -> Iterator[tuple[Side, LegId | None]]:
    yield Side.CITIZEN, None
    yield Side.OPERATOR, None
    for leg in call.own_legs:
        yield side_of(leg.role), leg.leg_id
        if leg.seat_since is not None:
            yield Side.OPERATOR, leg.leg_id


def retrace(call: UnfinishedTranscript, transcriber: Transcriber) -> None:
    """Tell a fresh transcriber in order all that happened before its time."""
    for _, step in sorted(_steps(call, transcriber), key=lambda one: one[0]):
        step()


def _steps(call: UnfinishedTranscript, transcriber: Transcriber) -> Iterator[_Step]:
    for leg in call.own_legs:
        yield from _steps_of(leg, transcriber)
    for span in call.seat_spans:
        yield span.starts_at, partial(transcriber.seat_connected, span.starts_at)
        if span.ends_at is not None:
            yield span.ends_at, partial(transcriber.citizen_held, span.ends_at)


def _steps_of(leg: OwnLeg, transcriber: Transcriber) -> Iterator[_Step]:
    began = partial(transcriber.party_recorded, leg.leg_id, leg.role, leg.who, leg.starts_at)
    yield leg.starts_at, began
    seat_id = SeatId(leg.who) if leg.role is PartyRole.SEAT else leg.seat_id
    if leg.seat_since is not None and seat_id is not None:
        became = partial(transcriber.party_became_seat, leg.leg_id, seat_id, leg.seat_since)
        yield leg.seat_since, became
    if leg.ends_at is None:
        return
    if seat_id is None:
        yield leg.ends_at, partial(transcriber.party_left, leg.leg_id)
    else:
        yield leg.ends_at, partial(transcriber.seat_left, seat_id, leg.ends_at, leg.leg_id)
