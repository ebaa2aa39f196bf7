"""A day of the journal, read again. 历史话务日查询"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from cti.events import CallAbandoned, CallEnded, CallQueued, CallTookLifeboat, Event
from cti.ids import SeatId
from seats.events import SeatReserved, SeatStateChanged
from seats.model import Seat, SeatDefinition, SeatState
from store.codec import EventUnreadable, decode
from store.database import Database
from store.tables import journal

WANTED = tuple(
    kind.__name__
    for kind in (
        SeatStateChanged,
        SeatReserved,
        CallQueued,
        CallAbandoned,
        CallEnded,
        CallTookLifeboat,
    )
)


class StoredDays:
    """What seats.recorded_day needs. 历史话务日"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def events(self, since: datetime, until: datetime) -> Sequence[Event]:
        """In the order of the journal; rows that cannot be read are left out."""
        wanted = (
            select(journal.c.type, journal.c.body)
            .where(journal.c.at >= since, journal.c.at < until, journal.c.type.in_(WANTED))
            .order_by(journal.c.seq)
        )
        told: list[Event] = []
        async with self._database.read() as connection:
            for row in await connection.execute(wanted):
                try:
                    told.append(decode(row.type, row.body))
                except EventUnreadable:
                    continue
        return told

    async def last_day(self) -> datetime | None:
        """When the last citizen joined the line."""
        wanted = select(func.max(journal.c.at)).where(journal.c.type == CallQueued.__name__)
        async with self._database.read() as connection:
            found: datetime | None = (await connection.execute(wanted)).scalar()
        return found

    async def seats_at(
        self, at: datetime, definitions: Iterable[SeatDefinition]
    ) -> tuple[Seat, ...]:
        """Every seat as it was then; signed out if nothing is known of it."""
        changes = await self._last_changes(at)
        seats = []
        for definition in definitions:
            seat = Seat(definition=definition, state=SeatState.SIGNED_OUT, since=at, idle_since=at)
            changed = changes.get(definition.seat_id)
            if changed is not None:
                seat = replace(
                    seat,
                    state=changed.state,
                    since=changed.at,
                    idle_since=changed.idle_since or changed.at,
                    call_id=changed.call_id,
                )
            seats.append(seat)
        return tuple(seats)

    async def _last_changes(self, at: datetime) -> Mapping[SeatId, SeatStateChanged]:
        seat_id = journal.c.body["seat_id"].as_string()
        last = (
            select(func.max(journal.c.seq))
            .where(journal.c.at < at, journal.c.type == SeatStateChanged.__name__)
            .group_by(seat_id)
        )
        changes: dict[SeatId, SeatStateChanged] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(
                select(journal.c.type, journal.c.body).where(journal.c.seq.in_(last))
            ):
                try:
                    event = decode(row.type, row.body)
                except EventUnreadable:
                    continue
                if isinstance(event, SeatStateChanged):
                    changes[event.seat_id] = event
        return changes
