"""Parties whose own voice is recorded, and their places among a call's recordings. 参与方话路表

Numbers are given here and nowhere else, in the order of the journal: a leg keeps its number whoever
asks, and whatever was told late or twice.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from cti.events import (
    CallAbandoned,
    CallEnded,
    Event,
    PartyJoined,
    PartyLeft,
    PartyRecordingStarted,
    PartyRole,
    SeatLeftCall,
)
from recordings.events import RecordingFound
from recordings.model import RecordingState, numbered
from store.database import insert_new
from store.tables import calls, own_legs, recordings


def _began(connection: Connection, _seq: int, event: PartyRecordingStarted) -> None:
    party = {"role": event.role.value, "who": event.who}
    _note(connection, event, event.at, **party)
    for table in (own_legs, recordings):
        # It may have been found on disk before anybody told whose it is.
        unknown = (table.c.call_id == event.call_id) & (table.c.leg_id == event.leg_id)
        connection.execute(update(table).where(unknown, table.c.role.is_(None)).values(**party))
    wanted = select(calls.c.ended_at).where(calls.c.call_id == event.call_id)
    if connection.execute(wanted).scalar() is not None:
        _list_all(connection, event.call_id)  # Told late: the call is over already.


def _found(connection: Connection, _seq: int, event: RecordingFound) -> None:
    _note(connection, event, event.started_at, role=None, who=None)
    _list_all(connection, event.call_id)


def _note(
    connection: Connection,
    event: PartyRecordingStarted | RecordingFound,
    starts_at: datetime,
    **of_party: str | None,
) -> None:
    before = select(func.count()).where(own_legs.c.call_id == event.call_id)
    insert_new(
        connection,
        own_legs,
        call_id=event.call_id,
        leg_id=event.leg_id,
        number=2 + (connection.execute(before).scalar() or 0),
        starts_at=starts_at,
        **of_party,
    )


def _party_left(connection: Connection, _seq: int, event: PartyLeft) -> None:
    _ended(connection, event, own_legs.c.leg_id == event.leg_id)


def _joined(connection: Connection, _seq: int, event: PartyJoined) -> None:
    """A supervisor who takes the call over has left as such and comes back as a seat."""
    if event.role is not PartyRole.SEAT:
        return
    connection.execute(
        update(own_legs)
        .where(
            own_legs.c.call_id == event.call_id,
            own_legs.c.leg_id == event.leg_id,
            own_legs.c.role == PartyRole.SUPERVISOR.value,
            own_legs.c.seat_since.is_(None),
        )
        .values(seat_id=event.who, seat_since=event.at, ends_at=None)
    )


def _seat_left(connection: Connection, _seq: int, event: SeatLeftCall) -> None:
    if event.leg_id is not None:
        _ended(connection, event, own_legs.c.leg_id == event.leg_id)
        return
    seat = (own_legs.c.role == PartyRole.SEAT.value) & (own_legs.c.who == event.seat_id)
    _ended(connection, event, seat)


def _call_over(connection: Connection, _seq: int, event: CallEnded | CallAbandoned) -> None:
    _ended(connection, event, own_legs.c.call_id == event.call_id)
    _list_all(connection, event.call_id)


def _ended(connection: Connection, event: Any, which: Any) -> None:
    connection.execute(
        update(own_legs)
        .where(own_legs.c.call_id == event.call_id, own_legs.c.ends_at.is_(None), which)
        .values(ends_at=event.at)
    )


def _list_all(connection: Connection, call_id: str) -> None:
    """Once the call is over, each leg has a recording in the catalogue: the raw one."""
    wanted = select(calls.c.recording_started_at).where(calls.c.call_id == call_id)
    zero: datetime | None = connection.execute(wanted).scalar()
    for leg in connection.execute(select(own_legs).where(own_legs.c.call_id == call_id)):
        _list(connection, leg, zero)


def _list(connection: Connection, leg: Row[Any], zero: datetime | None) -> None:
    insert_new(
        connection,
        recordings,
        recording_id=numbered(leg.call_id, leg.number),
        call_id=leg.call_id,
        state=RecordingState.LEGS.value,
        started_at=leg.starts_at,
        duration_ms=_ms(leg.starts_at, leg.ends_at or leg.starts_at),
        leg_id=leg.leg_id,
        role=leg.role,
        who=leg.who,
        offset_ms=0 if zero is None else (leg.starts_at - zero) // timedelta(milliseconds=1),
    )


def _ms(since: datetime, until: datetime) -> int:
    return max(0, (until - since) // timedelta(milliseconds=1))


PROJECTIONS: dict[type[Event], Any] = {
    PartyRecordingStarted: _began,
    RecordingFound: _found,
    PartyJoined: _joined,
    PartyLeft: _party_left,
    SeatLeftCall: _seat_left,
    CallEnded: _call_over,
    CallAbandoned: _call_over,
}
