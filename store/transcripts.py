"""What was said. 转写表"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from asr.backfill_ports import Story
from asr.errors import TranscriptsUnavailable
from asr.events import Piece, Side, UtteranceHeard, Word
from asr.ports import OwnLeg, SeatSpan, UnfinishedTranscript
from cti.events import Event, PartyRecordingStarted, PartyRole
from cti.ids import CallId, LegId, SeatId
from store.calls import OPEN_STATES
from store.codec import body_of
from store.database import Database, insert_new
from store.tables import backfills, calls, own_legs, seat_spans, utterances


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
        leg_id=event.leg_id or CALLS_OWN,
        who=event.who,
        written=event.written,
        language=event.language,
        pieces=[list(piece) for piece in event.pieces],
    )


def _party_recorded(connection: Connection, _seq: int, event: PartyRecordingStarted) -> None:
    """Somebody speaks, so there is something to take down, also before anybody answered."""
    connection.execute(
        update(calls)
        .where(
            calls.c.call_id == event.call_id,
            calls.c.transcription == "off",
            calls.c.ended_at.is_(None),
        )
        .values(transcription="live")
    )


PROJECTIONS: dict[type[Event], Any] = {
    UtteranceHeard: _heard,
    PartyRecordingStarted: _party_recorded,
}

CALLS_OWN = ""
"""In the column of a leg's id: one of the call's two legs."""


UNFINISHED = ("live", "paused")

NEVER_MADE = ("off", "left_out", "finished")


class StoredTranscripts:
    """Questions about transcripts; implements asr.ports.Transcripts. 转写查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_call(self, call_id: CallId) -> list[UtteranceHeard]:
        """In the order of their beginnings."""
        wanted = (
            select(utterances)
            .where(utterances.c.call_id == call_id)
            .order_by(utterances.c.starts_at_ms, utterances.c.side, utterances.c.leg_id)
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
                    words=tuple(map(word_in, row.words)),
                    backfilled=row.backfilled,
                    leg_id=LegId(row.leg_id) if row.leg_id else None,
                    who=row.who,
                    written=row.written or "",
                    language=row.language or "zh",
                    pieces=tuple(Piece(*piece) for piece in row.pieces or ()),
                )
                for row in await connection.execute(wanted)
            ]

    async def heard_until_ms(
        self, call_id: CallId, side: Side, leg_id: LegId | None = None
    ) -> int | None:
        """The end of the last utterance from that leg; None if there is none."""
        wanted = select(func.max(utterances.c.ends_at_ms)).where(
            utterances.c.call_id == call_id,
            utterances.c.side == side.value,
            utterances.c.leg_id == (leg_id or CALLS_OWN),
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
        return [story.call for story in await self._stories(not_finished)]

    async def story(self, call_id: CallId) -> Story | None:
        """None for a call that is not known or was not recorded."""
        found = await self._stories(calls.c.call_id == call_id)
        return found[0] if found else None

    async def left_out(self) -> list[CallId]:
        """Ended calls that had no model for their language; oldest first."""
        return await self._ended(calls.c.transcription == "left_out")

    async def never_made(self, since: datetime | None = None) -> list[CallId]:
        """Ended calls in which somebody spoke and nobody was heard; oldest first.

        Not those whose text is wanted already, was given up, or was made and is empty.
        """
        spoke = exists().where(seat_spans.c.call_id == calls.c.call_id) | exists().where(
            own_legs.c.call_id == calls.c.call_id
        )
        listed = exists().where(backfills.c.call_id == calls.c.call_id)
        nothing = ~exists().where(utterances.c.call_id == calls.c.call_id)
        missing = calls.c.transcription.in_(NEVER_MADE) & nothing & spoke & ~listed
        if since is not None:
            missing &= calls.c.ended_at >= since
        return await self._ended(missing & calls.c.recording_started_at.is_not(None))

    async def _ended(self, condition: ColumnElement[bool]) -> list[CallId]:
        wanted = (
            select(calls.c.call_id)
            .where(calls.c.ended_at.is_not(None), condition)
            .order_by(calls.c.ended_at)
        )
        try:
            async with self._database.read() as connection:
                return [CallId(row.call_id) for row in await connection.execute(wanted)]
        except (SQLAlchemyError, OSError) as trouble:
            raise TranscriptsUnavailable from trouble

    async def _stories(self, which: ColumnElement[bool]) -> list[Story]:
        """The recorded ones among those calls, oldest first."""
        said = (
            select(func.count())
            .select_from(utterances)
            .where(utterances.c.call_id == calls.c.call_id)
            .scalar_subquery()
        )
        wanted = (
            select(calls, said.label("said"))
            .where(which, calls.c.recording_started_at.is_not(None))
            .order_by(calls.c.arrived_at)
        )
        spans = (
            select(seat_spans)
            .join(calls, calls.c.call_id == seat_spans.c.call_id)
            .where(which)
            .order_by(seat_spans.c.starts_at)
        )
        legs = (
            select(own_legs)
            .join(calls, calls.c.call_id == own_legs.c.call_id)
            .where(which, own_legs.c.role.is_not(None))
            .order_by(own_legs.c.starts_at)
        )
        try:
            async with self._database.read() as connection:
                found = (await connection.execute(wanted)).all()
                spanned = (await connection.execute(spans)).all()
                recorded = (await connection.execute(legs)).all()
        except (SQLAlchemyError, OSError) as trouble:
            raise TranscriptsUnavailable from trouble
        spans_of: dict[str, list[SeatSpan]] = {}
        for span in spanned:
            of_call = spans_of.setdefault(span.call_id, [])
            of_call.append(SeatSpan(starts_at=span.starts_at, ends_at=span.ends_at))
        legs_of: dict[str, list[OwnLeg]] = {}
        for leg in recorded:
            legs_of.setdefault(leg.call_id, []).append(_own_leg(leg))
        return [
            Story(
                transcription=row.transcription,
                call=UnfinishedTranscript(
                    call_id=CallId(row.call_id),
                    recording_started_at=row.recording_started_at,
                    seat_spans=tuple(spans_of.get(row.call_id, ())),
                    ended_at=row.ended_at,
                    utterances=row.said,
                    paused=row.transcription == "paused",
                    left_out=row.transcription == "left_out",
                    own_legs=tuple(legs_of.get(row.call_id, ())),
                ),
            )
            for row in found
        ]


def word_in(kept: Mapping[str, Any]) -> Word:
    """A word as the table keeps it; by hand, because half an hour of talk has thousands."""
    return Word(
        text=kept["text"],
        starts_at_ms=kept["starts_at_ms"],
        ends_at_ms=kept["ends_at_ms"],
        confidence=float(kept["confidence"]),
        heard=kept.get("heard"),
        doubtful=kept.get("doubtful", False),
    )


def _own_leg(row: Row[Any]) -> OwnLeg:
    return OwnLeg(
        leg_id=LegId(row.leg_id),
        role=PartyRole(row.role),
        who=row.who,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        seat_since=row.seat_since,
    )
