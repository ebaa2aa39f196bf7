"""Supervisors' notices to the seats, and who read them. 座席通知表"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from cti.events import Event
from cti.ids import SeatId, SkillGroupCode
from seats.events import NoticePosted, NoticeRead, NoticeWithdrawn
from seats.notice_board import SeatNotice
from store.database import Database, change_row, insert_new
from store.tables import seat_notice_reads, seat_notices


def _posted(connection: Connection, _seq: int, event: NoticePosted) -> None:
    insert_new(
        connection,
        seat_notices,
        notice_id=event.notice_id,
        at=event.at,
        by=event.by,
        text=event.text,
        skill_groups=list(event.skill_groups),
        addressed=list(event.addressed),
    )


def _read(connection: Connection, _seq: int, event: NoticeRead) -> None:
    insert_new(
        connection,
        seat_notice_reads,
        notice_id=event.notice_id,
        seat_id=event.seat_id,
        by=event.by,
        at=event.at,
    )


def _withdrawn(connection: Connection, _seq: int, event: NoticeWithdrawn) -> None:
    change_row(
        connection,
        seat_notices,
        "notice_id",
        event.notice_id,
        withdrawn_at=event.at,
        withdrawn_by=event.by,
    )


PROJECTIONS: dict[type[Event], Any] = {
    NoticePosted: _posted,
    NoticeRead: _read,
    NoticeWithdrawn: _withdrawn,
}


class StoredNotices:
    """Implements seats.notice_board.StoredNotices. 通知存储"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, at: datetime) -> Sequence[SeatNotice]:
        """Those that nobody took back, the oldest first."""
        standing = (
            select(seat_notices)
            .where(seat_notices.c.at > at, seat_notices.c.withdrawn_at.is_(None))
            .order_by(seat_notices.c.at, seat_notices.c.notice_id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(standing)).all()
            wanted = [row.notice_id for row in rows]
            reads = await connection.execute(
                select(seat_notice_reads).where(seat_notice_reads.c.notice_id.in_(wanted))
            )
            read_at: dict[str, dict[SeatId, datetime]] = {}
            for one in reads:
                read_at.setdefault(one.notice_id, {})[SeatId(one.seat_id)] = one.at
        return [
            SeatNotice(
                notice_id=row.notice_id,
                at=row.at,
                by=row.by,
                text=row.text,
                skill_groups=tuple(SkillGroupCode(code) for code in row.skill_groups),
                addressed=tuple(SeatId(seat_id) for seat_id in row.addressed),
                read_at=read_at.get(row.notice_id, {}),
            )
            for row in rows
        ]
