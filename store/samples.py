"""Draws of calls for inspection, and what may be drawn. 抽样表"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from cti.events import Event
from cti.ids import CallId, SeatId
from quality.errors import QualityRecordsAway
from quality.events import SampledCallChecked, SampledCallGiven, SampleDrawn
from quality.samples import Sample, SampledCall
from quality.sampling import Candidate, SampledState
from recordings.listening import together
from recordings.model import RecordingState
from store.database import Database, insert_new
from store.districts import IDS_AT_ONCE, order_district, order_stands
from store.tables import (
    calls,
    listenings,
    orders,
    recordings,
    sampled_calls,
    samples,
    seat_history,
    seat_spans,
    surveys,
)


def _drawn(connection: Connection, _seq: int, event: SampleDrawn) -> None:
    insert_new(
        connection,
        samples,
        sample_id=event.sample_id,
        since=event.since,
        until=event.until,
        drawn_at=event.at,
        by=event.by,
        reason=event.reason,
        seed=event.seed,
        per_agent=event.per_agent,
        shortest_s=event.shortest_s,
        candidates=event.candidates,
    )
    for pick in event.picks:
        insert_new(
            connection,
            sampled_calls,
            sample_id=event.sample_id,
            call_id=pick.call_id,
            recording_id=pick.recording_id,
            agent=pick.agent,
            seat_id=pick.seat_id,
            inspector=pick.inspector,
            state=SampledState.WAITING.value,
            reason="",
        )


def _given(connection: Connection, _seq: int, event: SampledCallGiven) -> None:
    _change(connection, event.sample_id, event.call_id, inspector=event.inspector)


def _checked(connection: Connection, _seq: int, event: SampledCallChecked) -> None:
    over = event.state is not SampledState.WAITING
    _change(
        connection,
        event.sample_id,
        event.call_id,
        state=event.state.value,
        reason=event.reason,
        checked_at=event.at if over else None,
        checked_by=event.by if over else None,
    )


def _change(connection: Connection, sample_id: str, call_id: CallId, **values: Any) -> None:
    wanted = and_(sampled_calls.c.sample_id == sample_id, sampled_calls.c.call_id == call_id)
    connection.execute(update(sampled_calls).where(wanted).values(**values))


PROJECTIONS: dict[type[Event], Any] = {
    SampleDrawn: _drawn,
    SampledCallGiven: _given,
    SampledCallChecked: _checked,
}


def _who_sat(seat_id: Any, at: Any) -> Any:
    """Who sat at a seat at an instant of a row. 当时在座人员"""
    history = seat_history.alias()
    return (
        select(history.c.operator)
        .where(history.c.seat_id == seat_id, history.c.at <= at)
        .order_by(history.c.at.desc(), history.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )


def _may_be_drawn() -> Select[Any]:
    """Answered calls that are over, with the archived recording of the whole call."""
    left = func.coalesce(calls.c.seat_left_at, calls.c.ended_at)
    district = (
        select(order_district())
        .where(orders.c.call_id == calls.c.call_id, order_stands())
        .order_by(orders.c.order_id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            recordings.c.recording_id,
            recordings.c.started_at,
            recordings.c.duration_ms,
            calls.c.call_id,
            calls.c.seat_id,
            _who_sat(calls.c.seat_id, left).label("agent"),
            district.label("district"),
        )
        .join(calls, calls.c.call_id == recordings.c.call_id)
        .where(
            recordings.c.leg_id.is_(None),
            recordings.c.state == RecordingState.ARCHIVED.value,
            calls.c.answered_at.is_not(None),
            calls.c.ended_at.is_not(None),
            calls.c.seat_id.is_not(None),
        )
    )


class StoredSamples:
    """Implements quality.ports.SampleRecords and web.sample_ports.SampleLists. 抽样查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def candidates(
        self, since: datetime, until: datetime, shortest_s: int
    ) -> Sequence[Candidate]:
        wanted = _may_be_drawn().where(
            recordings.c.started_at >= since,
            recordings.c.started_at < until,
            recordings.c.duration_ms >= shortest_s * 1000,
        )
        return await self._candidates(wanted)

    async def candidate(self, call_id: CallId) -> Candidate | None:
        found = await self._candidates(_may_be_drawn().where(calls.c.call_id == call_id))
        return found[0] if found else None

    async def drawn_weekly(self, since: datetime) -> bool:
        wanted = select(exists().where(samples.c.since == since, samples.c.by.is_(None)))
        (row,) = await self._rows(wanted)
        return bool(row[0])

    async def find(self, sample_id: str) -> Sample | None:
        found = await self._rows(select(samples).where(samples.c.sample_id == sample_id))
        return Sample(**found[0]._mapping) if found else None

    async def newest(self, limit: int) -> Sequence[Sample]:
        wanted = select(samples).order_by(samples.c.drawn_at.desc()).limit(limit)
        return [Sample(**row._mapping) for row in await self._rows(wanted)]

    async def states(
        self, sample_ids: Sequence[str]
    ) -> Mapping[str, Sequence[tuple[str | None, SampledState]]]:
        """Of each draw: whose each call is and what became of it."""
        wanted = select(
            sampled_calls.c.sample_id, sampled_calls.c.inspector, sampled_calls.c.state
        ).where(sampled_calls.c.sample_id.in_(sample_ids))
        found: dict[str, list[tuple[str | None, SampledState]]] = {one: [] for one in sample_ids}
        for row in await self._rows(wanted):
            found[row.sample_id].append((row.inspector, SampledState(row.state)))
        return found

    async def calls_of(self, sample_id: str) -> Sequence[SampledCall]:
        """By agent, the oldest call first."""
        wanted = (
            select(
                sampled_calls,
                recordings.c.started_at,
                recordings.c.duration_ms,
                calls.c.skill_group,
                surveys.c.satisfaction,
                surveys.c.score,
            )
            .outerjoin(recordings, recordings.c.recording_id == sampled_calls.c.recording_id)
            .outerjoin(calls, calls.c.call_id == sampled_calls.c.call_id)
            .outerjoin(surveys, surveys.c.call_id == sampled_calls.c.call_id)
            .where(sampled_calls.c.sample_id == sample_id)
            .order_by(sampled_calls.c.agent, recordings.c.started_at, sampled_calls.c.call_id)
        )
        rows = await self._rows(wanted)
        heard = await self._heard([row.recording_id for row in rows])
        return [
            SampledCall(
                sample_id=row.sample_id,
                call_id=CallId(row.call_id),
                recording_id=row.recording_id,
                agent=row.agent,
                seat_id=SeatId(row.seat_id),
                inspector=row.inspector,
                state=SampledState(row.state),
                reason=row.reason,
                checked_at=row.checked_at,
                checked_by=row.checked_by,
                started_at=row.started_at,
                duration_ms=row.duration_ms or 0,
                skill_group=row.skill_group,
                satisfaction=row.satisfaction,
                score=row.score,
                heard_ms=heard.get((row.recording_id, row.inspector), 0),
            )
            for row in rows
        ]

    async def _candidates(self, wanted: Select[Any]) -> Sequence[Candidate]:
        rows = await self._rows(wanted)
        took_part = await self._took_part([row.call_id for row in rows])
        found = []
        for row in rows:
            spans = took_part.get(row.call_id, ())
            people = {who for _, who in spans if who} | ({row.agent} if row.agent else set())
            found.append(
                Candidate(
                    call_id=CallId(row.call_id),
                    recording_id=row.recording_id,
                    agent=row.agent or row.seat_id,
                    seat_id=SeatId(row.seat_id),
                    started_at=row.started_at,
                    duration_ms=row.duration_ms,
                    people=frozenset(people),
                    seats=frozenset({row.seat_id, *(seat for seat, _ in spans)}),
                    district=row.district or "",
                )
            )
        return found

    async def _took_part(
        self, call_ids: Sequence[str]
    ) -> Mapping[str, Sequence[tuple[str, str | None]]]:
        """Seats that could hear the citizen, and who sat there then."""
        found: dict[str, list[tuple[str, str | None]]] = {}
        for some in _in_parts(call_ids):
            wanted = select(
                seat_spans.c.call_id,
                seat_spans.c.seat_id,
                _who_sat(seat_spans.c.seat_id, seat_spans.c.starts_at).label("who"),
            ).where(seat_spans.c.call_id.in_(some))
            for row in await self._rows(wanted):
                found.setdefault(row.call_id, []).append((row.seat_id, row.who))
        return found

    async def _heard(self, recording_ids: Sequence[str]) -> Mapping[tuple[str, str], int]:
        """How much of each recording each person heard."""
        spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for some in _in_parts(recording_ids):
            wanted = select(listenings.c.recording_id, listenings.c.by, listenings.c.spans).where(
                listenings.c.recording_id.in_(some)
            )
            for row in await self._rows(wanted):
                mine = spans.setdefault((row.recording_id, row.by), [])
                mine += [(first, last) for first, last in row.spans]
        return {
            key: sum(last - first for first, last in together(parts))
            for key, parts in spans.items()
        }

    async def _rows(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        """Raises QualityRecordsAway."""
        try:
            async with self._database.read() as connection:
                return list(await connection.execute(wanted))
        except (SQLAlchemyError, OSError) as trouble:
            raise QualityRecordsAway from trouble


def _in_parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    for first in range(0, len(ids), IDS_AT_ONCE):
        yield ids[first : first + IDS_AT_ONCE]
