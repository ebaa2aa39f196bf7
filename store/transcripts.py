"""What was said. 转写表"""

from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from asr.errors import TranscriptsUnavailable
from asr.events import Side, UtteranceHeard, Word
from asr.ports import SeatSpan, UnfinishedTranscript
from cti.events import Event
from cti.ids import CallId
from store.calls import OPEN_STATES
from store.codec import body_of, build
from store.database import Database, insert_new
from store.tables import calls, seat_spans, utterances


def _heard(connection: Connection, _seq: int, event: UtteranceHeard) -> None:
    insert_new(
        connection,
        utterances,
        call_id=event.call_id,
        side=event.side.value,
        starts_at_ms=event.starts_at_ms,
        ends_at_ms=event.ends_at_ms,
        at=event.at,
        text=event.text,
        confidence=event.confidence,
        words=[body_of(word) for word in event.words],
        backfilled=event.backfilled,
    )


PROJECTIONS: dict[type[Event], Any] = {UtteranceHeard: _heard}


UNFINISHED = ("live", "paused")


class StoredTranscripts:
    """Questions about transcripts; implements asr.ports.Transcripts. 转写查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_call(self, call_id: CallId) -> list[UtteranceHeard]:
        """In the order of their beginnings."""
        wanted = (
            select(utterances)
            .where(utterances.c.call_id == call_id)
            .order_by(utterances.c.starts_at_ms, utterances.c.side)
        )
        async with self._database.read() as connection:
            return [
                UtteranceHeard(
                    at=row.at,
                    call_id=call_id,
                    side=Side(row.side),
                    text=row.text,
                    starts_at_ms=row.starts_at_ms,
                    ends_at_ms=row.ends_at_ms,
                    confidence=row.confidence,
                    words=tuple(build(Word, word) for word in row.words),
                    backfilled=row.backfilled,
                )
                for row in await connection.execute(wanted)
            ]

    async def heard_until_ms(self, call_id: CallId, side: Side) -> int | None:
        """The end of the side's last utterance; None if there is none."""
        wanted = select(func.max(utterances.c.ends_at_ms)).where(
            utterances.c.call_id == call_id, utterances.c.side == side.value
        )
        try:
            async with self._database.read() as connection:
                until: int | None = (await connection.execute(wanted)).scalar()
        except (SQLAlchemyError, OSError) as trouble:
            raise TranscriptsUnavailable from trouble
        return until

    async def unfinished(self) -> list[UnfinishedTranscript]:
        """All live calls, and the ended ones that were answered and have no TranscriptFinished.

        The oldest first; a call whose recording has not begun is not among them.
        """
        not_finished = calls.c.state.in_(OPEN_STATES) | calls.c.transcription.in_(UNFINISHED)
        said = (
            select(func.count())
            .select_from(utterances)
            .where(utterances.c.call_id == calls.c.call_id)
            .scalar_subquery()
        )
        wanted = (
            select(calls, said.label("said"))
            .where(not_finished, calls.c.recording_started_at.is_not(None))
            .order_by(calls.c.arrived_at)
        )
        spans = (
            select(seat_spans)
            .join(calls, calls.c.call_id == seat_spans.c.call_id)
            .where(not_finished)
            .order_by(seat_spans.c.starts_at)
        )
        try:
            async with self._database.read() as connection:
                found = (await connection.execute(wanted)).all()
                spanned = (await connection.execute(spans)).all()
        except (SQLAlchemyError, OSError) as trouble:
            raise TranscriptsUnavailable from trouble
        spans_of: dict[str, list[SeatSpan]] = {}
        for span in spanned:
            of_call = spans_of.setdefault(span.call_id, [])
            of_call.append(SeatSpan(starts_at=span.starts_at, ends_at=span.ends_at))
        return [
            UnfinishedTranscript(
                call_id=CallId(row.call_id),
                recording_started_at=row.recording_started_at,
                seat_spans=tuple(spans_of.get(row.call_id, ())),
                ended_at=row.ended_at,
                utterances=row.said,
                paused=row.transcription == "paused",
            )
            for row in found
        ]
