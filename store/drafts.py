"""How good the drafts of submitted orders were. 草拟评价表"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from cti.events import Event
from orders.drafting_report import Tally
from orders.events import DraftMeasured
from orders.model import OrderField
from orders.outcomes import Became
from orders.serial import SHANGHAI
from store.database import Database, insert_new
from store.tables import EPOCH, MICROSECOND, draft_outcomes

WEEK = timedelta(days=7)
FIRST_MONDAY = datetime(1970, 1, 5, tzinfo=SHANGHAI)


def _measured(connection: Connection, _seq: int, event: DraftMeasured) -> None:
    for one in event.fields:
        insert_new(
            connection,
            draft_outcomes,
            order_id=event.order_id,
            field=one.name.value,
            at=event.at,
            seat_id=event.seat_id,
            outcome=one.outcome.value,
            distance=one.distance,
            length=one.length,
            confidence=one.confidence,
        )


PROJECTIONS: dict[type[Event], Any] = {DraftMeasured: _measured}


class StoredDrafts:
    """Questions about drafts; implements orders.drafting_report.Tallies. 草拟评价查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def draft_tallies(self, since: date, until: date) -> Sequence[Tally]:
        """Of the days from `since` to `until` in China, both included."""
        began = (FIRST_MONDAY - EPOCH) // MICROSECOND
        week = (type_coerce(draft_outcomes.c.at, BigInteger) - began) // (WEEK // MICROSECOND)
        columns = (week.label("week"), draft_outcomes.c.field, draft_outcomes.c.outcome)
        wanted = (
            select(
                *columns,
                func.count().label("times"),
                func.sum(draft_outcomes.c.distance).label("distance"),
            )
            .where(
                draft_outcomes.c.at >= _midnight(since),
                draft_outcomes.c.at < _midnight(until + timedelta(days=1)),
            )
            .group_by("week", draft_outcomes.c.field, draft_outcomes.c.outcome)
        )
        async with self._database.read() as connection:
            return [
                Tally(
                    monday=(FIRST_MONDAY + row.week * WEEK).date(),
                    name=OrderField(row.field),
                    outcome=Became(row.outcome),
                    count=row.times,
                    distance=row.distance,
                )
                for row in await connection.execute(wanted)
            ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
