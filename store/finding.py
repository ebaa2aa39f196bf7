"""Finds recorded calls by what was said in them and what is known of them. 录音检索"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from asr.events import Piece, Side, UtteranceHeard
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from recordings.finding import COUNTED, After, Findings, FoundCall, Hit, Wanted
from recordings.model import RecordingState
from recordings.spoken_text import found_words
from store.database import Database
from store.districts import call_is_of
from store.recordings import recording_in
from store.said import lines_with
from store.tables import (
    call_marks,
    calls,
    cues,
    listenings,
    recordings,
    said_lines,
    seat_spans,
    signals,
    surveys,
    utterances,
)
from store.transcripts import word_in

HITS_SHOWN = 3
LINES_READ = 60
"""Sentences of one page's calls that are looked at for their times; a talk may hold hundreds. 读取上限"""


class StoredFinding:
    """Implements web.replay_ports.Finding. 录音检索"""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._dialect = "sqlite" if database.is_sqlite else "postgresql"

    async def find(self, wanted: Wanted, after: After | None, limit: int) -> Findings:
        """One page of the recorded calls that are over, newest first."""
        every = self._every(wanted)
        page = every.add_columns(
            recordings,
            calls.c.caller_number,
            calls.c.seat_id,
            calls.c.skill_group,
            surveys.c.satisfaction,
            surveys.c.score,
        ).order_by(recordings.c.started_at.desc(), recordings.c.recording_id.desc())
        if after is not None:
            page = page.where(
                or_(
                    recordings.c.started_at < after.started_at,
                    and_(
                        recordings.c.started_at == after.started_at,
                        recordings.c.recording_id < after.recording_id,
                    ),
                )
            )
        up_to = every.with_only_columns(recordings.c.recording_id).limit(COUNTED + 1).subquery()
        async with self._database.read() as connection:
            rows = (await connection.execute(page.limit(limit + 1))).all()
            total = (await connection.execute(select(func.count()).select_from(up_to))).scalar_one()
            shown = rows[:limit]
            ids = [row.call_id for row in shown]
            found = [_found(row) for row in shown]
            counted = await self._counts(connection, ids)
            hits = await self._hits(connection, ids, wanted) if wanted.phrases and ids else {}
        more = len(rows) > limit and bool(shown)
        last = found[-1].recording if more else None
        return Findings(
            calls=[_with(one, counted, hits.get(one.call_id, ())) for one in found],
            after=None
            if last is None
            else After(started_at=last.started_at, recording_id=last.recording_id),
            total=total,
        )

    def _every(self, wanted: Wanted) -> Select[Any]:
        """All of them; columns are the caller's."""
        conditions = [
            recordings.c.leg_id.is_(None),
            recordings.c.state != RecordingState.EMPTY.value,
            *_of_the_call(wanted),
            *_of_quality(wanted),
        ]
        conditions += [
            recordings.c.call_id.in_(
                select(said_lines.c.call_id).where(
                    said_lines.c.line_id.in_(lines_with(self._dialect, phrase, number)),
                    *_spoken_by(wanted),
                )
            )
            for number, phrase in enumerate(wanted.phrases)
        ]
        return (
            select()
            .select_from(recordings)
            .join(calls, calls.c.call_id == recordings.c.call_id)
            .outerjoin(surveys, surveys.c.call_id == recordings.c.call_id)
            .where(*conditions)
        )

    async def _counts(
        self, connection: AsyncConnection, ids: Sequence[str]
    ) -> Mapping[str, Mapping[str, int]]:
        """How many of each there are of these calls."""
        found: dict[str, Mapping[str, int]] = {}
        for name, table, standing in (
            ("cues", cues, func.coalesce(cues.c.false_alarm, False).is_(False)),
            ("signals", signals, None),
            ("marks", call_marks, call_marks.c.removed_at.is_(None)),
            ("listenings", listenings, None),
        ):
            counting = select(table.c.call_id, func.count().label("many")).where(
                table.c.call_id.in_(ids)
            )
            if standing is not None:
                counting = counting.where(standing)
            rows = await connection.execute(counting.group_by(table.c.call_id))
            found[name] = {row.call_id: row.many for row in rows}
        return found

    async def _hits(
        self, connection: AsyncConnection, ids: Sequence[str], wanted: Wanted
    ) -> dict[CallId, Sequence[Hit]]:
        """The sentences, in the order in which they were said."""
        held = or_(
            *(
                said_lines.c.line_id.in_(lines_with(self._dialect, phrase, number))
                for number, phrase in enumerate(wanted.phrases)
            )
        )
        lines = (
            select(utterances)
            .join(
                said_lines,
                and_(
                    said_lines.c.call_id == utterances.c.call_id,
                    said_lines.c.side == utterances.c.side,
                    said_lines.c.leg_id == utterances.c.leg_id,
                    said_lines.c.starts_at_ms == utterances.c.starts_at_ms,
                ),
            )
            .where(said_lines.c.call_id.in_(ids), held, *_spoken_by(wanted))
            .order_by(utterances.c.call_id, utterances.c.starts_at_ms)
            .limit(LINES_READ * len(ids))
        )
        found: dict[CallId, list[Hit]] = {}
        for row in await connection.execute(lines):
            said = _utterance(row)
            where = found_words(said, list(wanted.phrases))
            if where is not None:
                found.setdefault(said.call_id, []).append(
                    Hit(
                        side=said.side,
                        who=said.who,
                        at_ms=where.at_ms,
                        text=where.text,
                        marks=where.marks,
                    )
                )
        return dict(found)


def _of_the_call(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.only_seat is not None:
        yield calls.c.seat_id == wanted.only_seat
    if wanted.district is not None:
        yield call_is_of(wanted.district)
    if wanted.number is not None:
        yield calls.c.caller_number == wanted.number
    if wanted.number_ends is not None:
        yield calls.c.caller_number.like(f"%{wanted.number_ends}")
    if wanted.seat_id is not None:
        heard = exists().where(
            seat_spans.c.call_id == calls.c.call_id, seat_spans.c.seat_id == wanted.seat_id
        )
        yield or_(calls.c.seat_id == wanted.seat_id, heard)
    if wanted.skill_group is not None:
        yield calls.c.skill_group == wanted.skill_group
    if wanted.since is not None:
        yield recordings.c.started_at >= wanted.since
    if wanted.until is not None:
        yield recordings.c.started_at < wanted.until
    if wanted.shortest_s is not None:
        yield recordings.c.duration_ms >= wanted.shortest_s * 1000
    if wanted.longest_s is not None:
        yield recordings.c.duration_ms <= wanted.longest_s * 1000


def _of_quality(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.cue is not None:
        yield exists().where(
            cues.c.call_id == recordings.c.call_id,
            cues.c.kind == wanted.cue,
            func.coalesce(cues.c.false_alarm, False).is_(False),
        )
    if wanted.signal is not None:
        yield exists().where(
            signals.c.call_id == recordings.c.call_id, signals.c.rule == wanted.signal
        )
    if wanted.satisfaction is not None:
        yield surveys.c.satisfaction == wanted.satisfaction
    if wanted.score is not None:
        yield surveys.c.score == wanted.score
    if wanted.marked:
        yield exists().where(
            call_marks.c.call_id == recordings.c.call_id, call_marks.c.removed_at.is_(None)
        )
    if wanted.unheard_by is not None:
        yield ~exists().where(
            listenings.c.call_id == recordings.c.call_id, listenings.c.by == wanted.unheard_by
        )


def _spoken_by(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.side is not None:
        yield said_lines.c.side == wanted.side.value
    if wanted.without_supervisors:
        yield said_lines.c.side != Side.SUPERVISOR.value


def _found(row: Row[Any]) -> FoundCall:
    return FoundCall(
        recording=recording_in(row),
        call_id=CallId(row.call_id),
        caller_number=row.caller_number,
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        skill_group=None if row.skill_group is None else SkillGroupCode(row.skill_group),
        satisfaction=row.satisfaction,
        score=row.score,
        cues=0,
        signals=0,
        marks=0,
        listenings=0,
    )


def _with(
    one: FoundCall, counted: Mapping[str, Mapping[str, int]], hits: Sequence[Hit]
) -> FoundCall:
    return replace(
        one,
        cues=counted["cues"].get(one.call_id, 0),
        signals=counted["signals"].get(one.call_id, 0),
        marks=counted["marks"].get(one.call_id, 0),
        listenings=counted["listenings"].get(one.call_id, 0),
        hits=tuple(hits[:HITS_SHOWN]),
        hit_count=len(hits),
    )


def _utterance(row: Row[Any]) -> UtteranceHeard:
    return UtteranceHeard(
        at=row.at,
        call_id=CallId(row.call_id),
        side=Side(row.side),
        text=row.text,
        starts_at_ms=row.starts_at_ms,
        ends_at_ms=row.ends_at_ms,
        confidence=row.confidence,
        words=tuple(map(word_in, row.words)),
        leg_id=LegId(row.leg_id) if row.leg_id else None,
        who=row.who,
        written=row.written or "",
        pieces=tuple(Piece(*piece) for piece in row.pieces or ()),
    )
