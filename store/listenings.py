"""Who heard what, and what was marked. 调听与标注表"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from cti.events import Event
from cti.ids import CallId
from recordings.events import CallMarked, ListeningOpened, MarkRemoved, RecordingHeard
from recordings.listening import Listening, together
from recordings.marks import Mark
from recordings.model import RecordingId
from store.database import Database, change_row, insert_new
from store.tables import call_marks, listenings


def _opened(connection: Connection, _seq: int, event: ListeningOpened) -> None:
    insert_new(
        connection,
        listenings,
        listening_id=event.listening_id,
        recording_id=event.recording_id,
        call_id=event.call_id,
        by=event.by,
        name=event.name,
        purpose=event.purpose,
        note=event.note,
        own=event.own,
        address=event.address,
        opened_at=event.at,
        spans=[],
    )


def _heard(connection: Connection, _seq: int, event: RecordingHeard) -> None:
    wanted = select(listenings.c.spans).where(listenings.c.listening_id == event.listening_id)
    had = connection.execute(wanted).scalar()
    if had is None:
        return
    merged = together([*((first, last) for first, last in had), *event.spans])
    change_row(
        connection,
        listenings,
        "listening_id",
        event.listening_id,
        spans=[list(span) for span in merged],
        heard_at=event.at,
    )


def _marked(connection: Connection, _seq: int, event: CallMarked) -> None:
    insert_new(
        connection,
        call_marks,
        mark_id=event.mark_id,
        call_id=event.call_id,
        at_ms=event.at_ms,
        ends_at_ms=event.ends_at_ms,
        text=event.text,
        by=event.by,
        name=event.name,
        made_at=event.at,
    )


def _removed(connection: Connection, _seq: int, event: MarkRemoved) -> None:
    connection.execute(
        update(call_marks)
        .where(call_marks.c.mark_id == event.mark_id, call_marks.c.removed_at.is_(None))
        .values(removed_at=event.at, removed_by=event.by)
    )


PROJECTIONS: dict[type[Event], Any] = {
    ListeningOpened: _opened,
    RecordingHeard: _heard,
    CallMarked: _marked,
    MarkRemoved: _removed,
}


class StoredListenings:
    """Questions about listenings; implements recordings.listening.ListeningRecords. 调听查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, listening_id: str) -> Listening | None:
        found = await self._read(
            select(listenings).where(listenings.c.listening_id == listening_id)
        )
        return found[0] if found else None

    async def newest_of(self, recording_id: RecordingId, by: str) -> Listening | None:
        wanted = select(listenings).where(
            listenings.c.recording_id == recording_id, listenings.c.by == by
        )
        found = await self._read(wanted.order_by(listenings.c.opened_at.desc()).limit(1))
        return found[0] if found else None

    async def of_recording(self, recording_id: RecordingId) -> Sequence[Listening]:
        """The newest first."""
        wanted = select(listenings).where(listenings.c.recording_id == recording_id)
        return await self._read(wanted.order_by(listenings.c.opened_at.desc()))

    async def between(
        self, since: datetime, until: datetime, by: str | None, limit: int
    ) -> Sequence[Listening]:
        """Opened in that span, the newest first."""
        wanted = select(listenings).where(
            listenings.c.opened_at >= since, listenings.c.opened_at < until
        )
        if by is not None:
            wanted = wanted.where(listenings.c.by == by)
        return await self._read(wanted.order_by(listenings.c.opened_at.desc()).limit(limit))

    async def _read(self, wanted: Select[Any]) -> list[Listening]:
        async with self._database.read() as connection:
            return [_listening(row) for row in await connection.execute(wanted)]


class StoredMarks:
    """Questions about marks. 标注查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_call(self, call_id: CallId) -> Sequence[Mark]:
        """Those that stand, in the order of their places."""
        wanted = (
            select(call_marks)
            .where(call_marks.c.call_id == call_id, call_marks.c.removed_at.is_(None))
            .order_by(call_marks.c.at_ms, call_marks.c.made_at)
        )
        async with self._database.read() as connection:
            return [_mark(row) for row in await connection.execute(wanted)]


def _listening(row: Row[Any]) -> Listening:
    return Listening(
        listening_id=row.listening_id,
        recording_id=RecordingId(row.recording_id),
        call_id=CallId(row.call_id),
        by=row.by,
        name=row.name,
        purpose=row.purpose,
        note=row.note,
        own=row.own,
        address=row.address,
        opened_at=row.opened_at,
        spans=tuple((first, last) for first, last in row.spans),
        heard_at=row.heard_at,
    )


def _mark(row: Row[Any]) -> Mark:
    return Mark(
        mark_id=row.mark_id,
        call_id=CallId(row.call_id),
        at_ms=row.at_ms,
        ends_at_ms=row.ends_at_ms,
        text=row.text,
        by=row.by,
        name=row.name,
        made_at=row.made_at,
    )
