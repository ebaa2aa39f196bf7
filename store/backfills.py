"""Transcripts that are to be made up. 后补表

asked ──told of──► wanted ──► done
                     │ ▲
                     ▼ │tried again
                   failed          given_up
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from asr.backfill_ports import Wish
from asr.errors import TranscriptsUnavailable
from asr.events import BackfillFailed, BackfillWanted, TranscriptFinished
from cti.events import Event
from cti.ids import CallId
from store.database import Database, replace_row
from store.tables import backfills, calls

OPEN = ("wanted", "failed")
CALL_OVER = calls.c.ended_at.is_not(None)


def _wanted(connection: Connection, _seq: int, event: BackfillWanted) -> None:
    # Who is wanted a second time keeps his place.
    before = select(backfills.c.wanted_at).where(
        backfills.c.call_id == event.call_id, backfills.c.state.in_(OPEN)
    )
    wanted_at: datetime | None = connection.execute(before).scalar()
    connection.execute(
        replace_row(
            connection,
            backfills,
            call_id=event.call_id,
            wanted_at=wanted_at or event.at,
            why=event.why,
            by=event.by,
            state="wanted",
            reason=None,
            from_ms=event.from_ms,
            until_ms=event.until_ms,
            finished_at=None,
        )
    )
    this = (calls.c.call_id == event.call_id) & CALL_OVER
    connection.execute(update(calls).where(this).values(transcription="wanted"))


def _failed(connection: Connection, _seq: int, event: BackfillFailed) -> None:
    state = "given_up" if event.given_up else "failed"
    connection.execute(
        update(backfills)
        .where(backfills.c.call_id == event.call_id, backfills.c.state != "done")
        .values(state=state, reason=event.reason, finished_at=event.at if event.given_up else None)
    )
    if event.given_up:
        waits = (calls.c.call_id == event.call_id) & (calls.c.transcription == "wanted")
        connection.execute(update(calls).where(waits).values(transcription="off"))


def _finished(connection: Connection, _seq: int, event: TranscriptFinished) -> None:
    connection.execute(
        update(backfills)
        .where(backfills.c.call_id == event.call_id, backfills.c.state != "done")
        .values(state="done", reason=None, finished_at=event.at)
    )


PROJECTIONS: dict[type[Event], Any] = {
    BackfillWanted: _wanted,
    BackfillFailed: _failed,
    TranscriptFinished: _finished,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillRow:
    """A wish and what became of it. 后补记录"""

    wish: Wish
    state: str
    reason: str | None
    finished_at: datetime | None


class StoredBackfills:
    """Questions about what is wanted; implements asr.backfill_ports.WishList. 后补查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self) -> list[Wish]:
        """Told of, and neither done nor given up; oldest first. Raises TranscriptsUnavailable."""
        return [row.wish for row in await self.rows(OPEN)]

    async def asked(self) -> list[Wish]:
        """What the command line asked for. Raises TranscriptsUnavailable."""
        return [row.wish for row in await self.rows(("asked",))]

    async def rows(self, states: Sequence[str], limit: int | None = None) -> list[BackfillRow]:
        """Oldest wish first. Raises TranscriptsUnavailable."""
        wanted = select(backfills).where(backfills.c.state.in_(states))
        return await self._rows(wanted.order_by(backfills.c.wanted_at).limit(limit))

    async def done(self, limit: int) -> list[BackfillRow]:
        """The newest first. Raises TranscriptsUnavailable."""
        wanted = select(backfills).where(backfills.c.state == "done")
        return await self._rows(wanted.order_by(backfills.c.finished_at.desc()).limit(limit))

    async def of_calls(self, call_ids: Sequence[CallId]) -> dict[CallId, BackfillRow]:
        """What is known of those calls. Raises TranscriptsUnavailable."""
        found = await self._rows(select(backfills).where(backfills.c.call_id.in_(call_ids)))
        return {row.wish.call_id: row for row in found}

    async def counts(self) -> dict[str, int]:
        """How many there are in each state. Raises TranscriptsUnavailable."""
        wanted = select(backfills.c.state, func.count().label("many")).group_by(backfills.c.state)
        try:
            async with self._database.read() as connection:
                return {row.state: row.many for row in await connection.execute(wanted)}
        except (SQLAlchemyError, OSError) as trouble:
            raise TranscriptsUnavailable from trouble

    async def ask(self, call_ids: Sequence[CallId], *, by: str, at: datetime) -> None:
        """For somebody who can tell nobody: a running service sees it within seconds.

        What is wanted already stays as it is.
        """
        async with self._database.write() as connection:
            for call_id in call_ids:
                known = select(backfills.c.state).where(backfills.c.call_id == call_id)
                if (await connection.execute(known)).scalar() in OPEN:
                    continue
                await connection.execute(
                    replace_row(
                        connection,
                        backfills,
                        call_id=call_id,
                        wanted_at=at,
                        why="asked",
                        by=by,
                        state="asked",
                        reason=None,
                        from_ms=None,
                        until_ms=None,
                        finished_at=None,
                    )
                )

    async def _rows(self, wanted: Any) -> list[BackfillRow]:
        try:
            async with self._database.read() as connection:
                return [_row(row) for row in await connection.execute(wanted)]
        except (SQLAlchemyError, OSError) as trouble:
            raise TranscriptsUnavailable from trouble


def _row(row: Row[Any]) -> BackfillRow:
    return BackfillRow(
        wish=Wish(
            call_id=CallId(row.call_id),
            wanted_at=row.wanted_at,
            why=row.why,
            by=row.by,
            from_ms=row.from_ms,
            until_ms=row.until_ms,
        ),
        state=row.state,
        reason=row.reason,
        finished_at=row.finished_at,
    )
