"""The catalogue of recordings. 录音表"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update
from sqlalchemy.exc import SQLAlchemyError

from cti.events import CallAbandoned, CallEnded, Event, PartyRole
from cti.ids import CallId, LegId
from recordings.errors import CatalogueUnavailable
from recordings.events import RecordingArchived, RecordingFailed, RecordingSkipped
from recordings.model import DONE, Recording, RecordingId, RecordingState, first_recording_of
from recordings.ports import CallOver, RecordingDue
from store.database import Database, insert_new
from store.tables import calls, recordings
from store.transcripts import UNFINISHED


def _call_over(connection: Connection, _seq: int, event: CallEnded | CallAbandoned) -> None:
    """Every recorded call that is over has a recording at once: its raw legs."""
    wanted = select(calls.c.recording_started_at).where(calls.c.call_id == event.call_id)
    started: datetime | None = (connection.execute(wanted)).scalar()
    if started is None:
        return
    insert_new(
        connection,
        recordings,
        recording_id=first_recording_of(event.call_id),
        call_id=event.call_id,
        state=RecordingState.LEGS.value,
        started_at=started,
        duration_ms=max(0, (event.at - started) // timedelta(milliseconds=1)),
    )


def _archived(connection: Connection, _seq: int, event: RecordingArchived) -> None:
    if event.started_at is not None:
        # Nobody heard this recording begin, so the end of the call did not list it.
        insert_new(
            connection,
            recordings,
            recording_id=event.recording_id,
            call_id=event.call_id,
            state=RecordingState.LEGS.value,
            started_at=event.started_at,
            duration_ms=event.duration_ms,
            leg_id=event.leg_id,
        )
    connection.execute(
        update(recordings)
        .where(recordings.c.recording_id == event.recording_id)
        .values(
            state=RecordingState.ARCHIVED.value,
            path=event.path,
            sha256=event.sha256,
            duration_ms=event.duration_ms,
            size_bytes=event.size_bytes,
            archived_at=event.at,
            failure=None,
        )
    )


def _failed(connection: Connection, _seq: int, event: RecordingFailed) -> None:
    connection.execute(
        update(recordings)
        .where(
            recordings.c.recording_id == event.recording_id,
            recordings.c.state != RecordingState.ARCHIVED.value,
        )
        .values(state=RecordingState.FAILED.value, failure=event.reason)
    )


def _skipped(connection: Connection, _seq: int, event: RecordingSkipped) -> None:
    connection.execute(
        update(recordings)
        .where(recordings.c.recording_id == event.recording_id)
        .values(state=RecordingState.EMPTY.value, duration_ms=0, failure=None)
    )


PROJECTIONS: dict[type[Event], Any] = {
    CallEnded: _call_over,
    CallAbandoned: _call_over,
    RecordingArchived: _archived,
    RecordingFailed: _failed,
    RecordingSkipped: _skipped,
}


class StoredRecordings:
    """Questions about recordings; implements recordings.ports.Catalogue. 录音查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, limit: int) -> list[Recording]:
        """Of whole calls, newest first."""
        whole = select(recordings).where(recordings.c.leg_id.is_(None))
        wanted = whole.order_by(recordings.c.started_at.desc()).limit(limit)
        return await self._recordings(wanted)

    async def find(self, recording_id: RecordingId) -> Recording | None:
        wanted = select(recordings).where(recordings.c.recording_id == recording_id)
        found = await self._recordings(wanted)
        return found[0] if found else None

    async def of_call(self, call_id: CallId) -> list[Recording]:
        """All recordings of a call, the whole one first, then parties as they came."""
        wanted = select(recordings).where(recordings.c.call_id == call_id)
        found = await self._recordings(wanted)
        return sorted(found, key=lambda one: (one.leg_id is not None, one.started_at))

    async def archived(self) -> list[Recording]:
        """All that should be in the vault, oldest first."""
        wanted = select(recordings).where(recordings.c.state == RecordingState.ARCHIVED.value)
        return await self._recordings(wanted.order_by(recordings.c.started_at))

    async def due(self) -> list[RecordingDue]:
        """Recordings of calls that are over and have no archived copy; oldest first."""
        waiting = [state.value for state in RecordingState if state not in DONE]
        return await self._due(recordings.c.state.in_(waiting))

    async def archived_of(self, call_ids: Sequence[CallId]) -> list[RecordingDue]:
        """The archived ones among these calls' recordings: only their legs are left over."""
        archived = recordings.c.state == RecordingState.ARCHIVED.value
        return await self._due(archived & recordings.c.call_id.in_(call_ids))

    async def over_of(self, call_ids: Sequence[CallId]) -> list[CallOver]:
        """Those calls that are over."""
        whole = select(recordings.c.call_id).where(
            recordings.c.call_id == calls.c.call_id, recordings.c.leg_id.is_(None)
        )
        wanted = select(
            calls.c.call_id, calls.c.ended_at, calls.c.transcription, whole.exists().label("listed")
        ).where(calls.c.call_id.in_(call_ids), calls.c.ended_at.is_not(None))
        return [
            CallOver(
                call_id=CallId(row.call_id),
                over_at=row.ended_at,
                transcribed=row.transcription not in UNFINISHED,
                listed=bool(row.listed),
            )
            for row in await self._rows(wanted)
        ]

    async def _due(self, condition: ColumnElement[bool]) -> list[RecordingDue]:
        wanted = (
            select(recordings, calls.c.transcription)
            .join(calls, calls.c.call_id == recordings.c.call_id)
            .where(condition)
            .order_by(recordings.c.started_at)
        )
        return [
            RecordingDue(
                recording=recording_in(row),
                transcribed=row.transcription not in UNFINISHED,
            )
            for row in await self._rows(wanted)
        ]

    async def _recordings(self, wanted: Any) -> list[Recording]:
        return [recording_in(row) for row in await self._rows(wanted)]

    async def _rows(self, wanted: Any) -> Sequence[Row[Any]]:
        try:
            async with self._database.read() as connection:
                return (await connection.execute(wanted)).all()
        except (SQLAlchemyError, OSError) as trouble:
            raise CatalogueUnavailable from trouble


def recording_in(row: Row[Any]) -> Recording:
    """The recording of a row that has the table's columns."""
    return Recording(
        recording_id=RecordingId(row.recording_id),
        call_id=CallId(row.call_id),
        state=RecordingState(row.state),
        started_at=row.started_at,
        duration_ms=row.duration_ms,
        path=row.path,
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        archived_at=row.archived_at,
        failure=row.failure,
        leg_id=None if row.leg_id is None else LegId(row.leg_id),
        role=None if row.role is None else PartyRole(row.role),
        who=row.who,
        offset_ms=row.offset_ms,
    )
