"""How long citizens waited for a person, call by call. 等候记录表"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from cti.events import Event
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.events import WaitMeasured
from seats.service_level import FloorCount, Wait
from store.database import Database, insert_new
from store.tables import waits

_COUNTS = ("signed_in", "free", "talking", "wrap_up", "not_ready")


def _measured(connection: Connection, _seq: int, event: WaitMeasured) -> None:
    wait = event.wait
    counts = {name: None if wait.floor is None else getattr(wait.floor, name) for name in _COUNTS}
    insert_new(
        connection,
        waits,
        call_id=wait.call_id,
        skill_group=wait.skill_group,
        joined_at=wait.joined_at,
        offered_at=wait.offered_at,
        refused_by=wait.refused_by,
        service_away=wait.service_away,
        link_lost=wait.link_lost,
        answered_at=wait.answered_at,
        gave_up_at=wait.gave_up_at,
        **counts,
    )


PROJECTIONS: dict[type[Event], Any] = {WaitMeasured: _measured}


class StoredWaits:
    """Waits that are over. 等候记录查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(self, since: datetime, until: datetime) -> list[Wait]:
        """Those that began in that span, in the order of joining."""
        wanted = (
            select(waits)
            .where(waits.c.joined_at >= since, waits.c.joined_at < until)
            .order_by(waits.c.joined_at, waits.c.call_id)
        )
        async with self._database.read() as connection:
            return [_wait(row) for row in await connection.execute(wanted)]


def _wait(row: Row[Any]) -> Wait:
    floor = None
    if row.signed_in is not None:
        floor = FloorCount(**{name: getattr(row, name) for name in _COUNTS})
    return Wait(
        call_id=CallId(row.call_id),
        skill_group=SkillGroupCode(row.skill_group),
        joined_at=row.joined_at,
        floor=floor,
        offered_at=row.offered_at,
        refused_by=None if row.refused_by is None else SeatId(row.refused_by),
        service_away=row.service_away,
        link_lost=row.link_lost,
        answered_at=row.answered_at,
        gave_up_at=row.gave_up_at,
    )
