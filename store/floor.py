"""Seats and skill groups: what an administrator says of them, and how they were last. 座席表"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from cti.events import Event, PartyRole
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.attendance import NoteKind
from seats.events import (
    ForceEffect,
    NotReadyBooked,
    SeatForced,
    SeatPhoneChanged,
    SeatRepaired,
    SeatStateChanged,
)
from seats.model import NotReadyReason, Seat, SeatDefinition, SeatState, SkillGroup
from store.database import Database, change_row, insert_new, replace_row
from store.tables import seat_history, seat_notes, seats, skill_groups


def _changed(connection: Connection, seq: int, event: SeatStateChanged) -> None:
    values: dict[str, Any] = {
        "state": event.state.value,
        "reason": event.reason.value if event.reason else None,
        "call_id": event.call_id,
        "until": event.until,
        "operator": event.operator,
        "pending_not_ready": event.pending_not_ready.value if event.pending_not_ready else None,
        "part": event.part.value,
        "pending_sign_out": event.pending_sign_out,
        "last_call_id": event.last_call_id,
        "since": event.at,
    }
    if event.idle_since is not None:
        values["idle_since"] = event.idle_since
    change_row(connection, seats, "seat_id", event.seat_id, **values)
    insert_new(
        connection,
        seat_history,
        seq=seq,
        seat_id=event.seat_id,
        at=event.at,
        was=event.was.value,
        state=event.state.value,
        reason=values["reason"],
        call_id=event.call_id,
        by=event.by,
        operator=event.operator,
        part=event.part.value,
    )


def _booked(connection: Connection, _seq: int, event: NotReadyBooked) -> None:
    reason = event.reason.value if event.reason else None
    change_row(connection, seats, "seat_id", event.seat_id, pending_not_ready=reason)


def _phone(connection: Connection, _seq: int, event: SeatPhoneChanged) -> None:
    change_row(connection, seats, "seat_id", event.seat_id, phone_reachable=event.reachable)


def _forced(connection: Connection, seq: int, event: SeatForced) -> None:
    if event.effect is ForceEffect.AFTER_CALL and event.state is not SeatState.NOT_READY:
        leaves = event.state is SeatState.SIGNED_OUT
        change_row(connection, seats, "seat_id", event.seat_id, pending_sign_out=leaves)
    insert_new(
        connection,
        seat_notes,
        seq=seq,
        seat_id=event.seat_id,
        at=event.at,
        kind=NoteKind.FORCED.value,
        state=event.state.value,
        by=event.by,
        why=event.reason,
        effect=event.effect.value,
        missing=event.missing,
    )


def _repaired(connection: Connection, seq: int, event: SeatRepaired) -> None:
    insert_new(
        connection,
        seat_notes,
        seq=seq,
        seat_id=event.seat_id,
        at=event.at,
        kind=NoteKind.REPAIRED.value,
        state=event.state.value,
        was=event.was.value,
        call_id=event.call_id,
        why=event.why,
    )


PROJECTIONS: dict[type[Event], Any] = {
    SeatStateChanged: _changed,
    NotReadyBooked: _booked,
    SeatPhoneChanged: _phone,
    SeatForced: _forced,
    SeatRepaired: _repaired,
}


class StoredFloor:
    """Definitions and last states of seats. 座席查询与定义"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seats(self, at: datetime) -> list[Seat]:
        """Every seat as it was last written down; `at` stands in for instants never written."""
        async with self._database.read() as connection:
            found = await connection.execute(select(seats).order_by(seats.c.seat_id))
            return [_seat(row, at) for row in found]

    async def definitions(self) -> list[SeatDefinition]:
        async with self._database.read() as connection:
            found = await connection.execute(select(seats).order_by(seats.c.seat_id))
            return [_definition(row) for row in found]

    async def define(self, definition: SeatDefinition) -> None:
        """Add a seat, or change what is said of it; its state stays."""
        values = {
            "seat_id": definition.seat_id,
            "operator_name": definition.operator_name,
            "skills": dict(definition.skills),
        }
        async with self._database.write() as connection:
            await connection.execute(replace_row(connection, seats, **values))

    async def remove(self, seat_id: SeatId) -> None:
        async with self._database.write() as connection:
            await connection.execute(delete(seats).where(seats.c.seat_id == seat_id))

    async def skill_groups(self) -> Sequence[SkillGroup]:
        async with self._database.read() as connection:
            found = await connection.execute(select(skill_groups).order_by(skill_groups.c.code))
            return [SkillGroup(code=SkillGroupCode(row.code), name=row.name) for row in found]

    async def define_skill_group(self, group: SkillGroup) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                replace_row(connection, skill_groups, code=group.code, name=group.name)
            )


def _definition(row: Row[Any]) -> SeatDefinition:
    return SeatDefinition(
        seat_id=SeatId(row.seat_id),
        operator_name=row.operator_name,
        skills={SkillGroupCode(code): level for code, level in row.skills.items()},
    )


def _seat(row: Row[Any], at: datetime) -> Seat:
    return Seat(
        definition=_definition(row),
        state=SeatState(row.state),
        since=row.since or at,
        idle_since=row.idle_since or at,
        reason=None if row.reason is None else NotReadyReason(row.reason),
        call_id=None if row.call_id is None else CallId(row.call_id),
        until=row.until,
        phone_reachable=row.phone_reachable,
        operator=row.operator,
        pending_not_ready=None
        if row.pending_not_ready is None
        else NotReadyReason(row.pending_not_ready),
        part=PartyRole(row.part or PartyRole.SEAT),
        pending_sign_out=row.pending_sign_out,
        last_call_id=None if row.last_call_id is None else CallId(row.last_call_id),
    )
