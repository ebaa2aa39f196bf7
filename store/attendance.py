"""What seats did and when, and which alarms the shift leader has. 考勤与告警表"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from cti.events import Event, PartyRole
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.alarms import TooLong
from seats.attendance import Change, Note, NoteKind
from seats.events import GroupAttendedAgain, GroupUnattended, SeatAlarmCleared, SeatAlarmRaised
from seats.model import NotReadyReason, SeatState
from store.database import Database, insert_new
from store.tables import floor_alarms, seat_history, seat_notes

ALARMS_SHOWN = 500


def _raised(connection: Connection, seq: int, event: SeatAlarmRaised) -> None:
    insert_new(
        connection,
        floor_alarms,
        seq=seq,
        seat_id=event.seat_id,
        state=event.state.value,
        reason=event.reason.value if event.reason else None,
        since=event.since,
        limit_s=event.limit_s,
        raised_at=event.at,
    )


def _cleared(connection: Connection, _seq: int, event: SeatAlarmCleared) -> None:
    connection.execute(
        update(floor_alarms)
        .where(floor_alarms.c.seat_id == event.seat_id, floor_alarms.c.cleared_at.is_(None))
        .values(cleared_at=event.at)
    )


def _unattended(connection: Connection, seq: int, event: GroupUnattended) -> None:
    insert_new(
        connection,
        floor_alarms,
        seq=seq,
        skill_group=event.skill_group,
        minimum=event.minimum,
        raised_at=event.at,
    )


def _attended(connection: Connection, _seq: int, event: GroupAttendedAgain) -> None:
    group = floor_alarms.c.skill_group == event.skill_group
    connection.execute(
        update(floor_alarms)
        .where(group, floor_alarms.c.cleared_at.is_(None))
        .values(cleared_at=event.at)
    )


PROJECTIONS: dict[type[Event], Any] = {
    SeatAlarmRaised: _raised,
    SeatAlarmCleared: _cleared,
    GroupUnattended: _unattended,
    GroupAttendedAgain: _attended,
}


class StoredAttendance:
    """Past states of seats, what was done to them, and open alarms. 考勤查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_change(self, seat_id: SeatId, before: datetime) -> Change | None:
        """What the seat had come into when that instant began."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(seat_history)
                .where(seat_history.c.seat_id == seat_id, seat_history.c.at < before)
                .order_by(seat_history.c.at.desc(), seat_history.c.seq.desc())
                .limit(1)
            )
            row = found.first()
            return None if row is None else _change(row)

    async def changes(self, seat_id: SeatId, since: datetime, until: datetime) -> Sequence[Change]:
        """In the order in which they were told."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(seat_history)
                .where(
                    seat_history.c.seat_id == seat_id,
                    seat_history.c.at >= since,
                    seat_history.c.at < until,
                )
                .order_by(seat_history.c.seq)
            )
            return [_change(row) for row in found]

    async def everybody_at(self, at: datetime) -> Sequence[Change]:
        """Each seat's last change at that instant."""
        newest = (
            select(func.max(seat_history.c.seq).label("seq"))
            .where(seat_history.c.at <= at)
            .group_by(seat_history.c.seat_id)
            .subquery()
        )
        async with self._database.read() as connection:
            found = await connection.execute(
                select(seat_history).join(newest, seat_history.c.seq == newest.c.seq)
            )
            return [_change(row) for row in found]

    async def notes(self, seat_id: SeatId, since: datetime, until: datetime) -> Sequence[Note]:
        """What was forced and repaired."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(seat_notes)
                .where(
                    seat_notes.c.seat_id == seat_id,
                    seat_notes.c.at >= since,
                    seat_notes.c.at < until,
                )
                .order_by(seat_notes.c.seq)
            )
            return [_note(row) for row in found]

    async def open_seat_alarms(self) -> Sequence[TooLong]:
        """Raised and not cleared, oldest first."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(floor_alarms)
                .where(floor_alarms.c.cleared_at.is_(None), floor_alarms.c.seat_id.is_not(None))
                .order_by(floor_alarms.c.seq)
                .limit(ALARMS_SHOWN)
            )
            return [_alarm(row) for row in found]

    async def unattended_groups(self) -> Sequence[SkillGroupCode]:
        """Groups whose alarm is raised and not cleared."""
        async with self._database.read() as connection:
            found = await connection.execute(
                select(floor_alarms.c.skill_group)
                .where(floor_alarms.c.cleared_at.is_(None), floor_alarms.c.skill_group.is_not(None))
                .distinct()
            )
            return [SkillGroupCode(row.skill_group) for row in found]


def _change(row: Row[Any]) -> Change:
    return Change(
        seat_id=SeatId(row.seat_id),
        at=row.at,
        state=SeatState(row.state),
        reason=_reason(row.reason),
        call_id=_call(row.call_id),
        operator=row.operator,
        part=PartyRole(row.part or PartyRole.SEAT),
    )


def _note(row: Row[Any]) -> Note:
    return Note(
        seat_id=SeatId(row.seat_id),
        at=row.at,
        kind=NoteKind(row.kind),
        state=SeatState(row.state),
        why=row.why,
        was=None if row.was is None else SeatState(row.was),
        call_id=_call(row.call_id),
        by=row.by,
        effect=row.effect,
        missing=row.missing,
    )


def _alarm(row: Row[Any]) -> TooLong:
    return TooLong(
        seat_id=SeatId(row.seat_id),
        state=SeatState(row.state),
        reason=_reason(row.reason),
        since=row.since,
        limit_s=row.limit_s,
    )


def _reason(text: str | None) -> NotReadyReason | None:
    return None if text is None else NotReadyReason(text)


def _call(text: str | None) -> CallId | None:
    return None if text is None else CallId(text)
