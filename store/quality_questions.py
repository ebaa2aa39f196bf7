"""Questions about cues, prescribed sentences, signals and measures. 质检查询"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, select
from sqlalchemy.exc import SQLAlchemyError

from asr.events import Side, UtteranceHeard
from cti.events import Event
from cti.ids import CallId, SeatId
from quality.errors import QualityRecordsAway
from quality.events import CueKind, CueLevel, CueRaised, SignalFound, SpeechMeasured
from quality.records import (
    CueRecord,
    SentenceCounts,
    SentenceMoment,
    SignalRecord,
    WordHits,
)
from store.calls import StoredCalls
from store.database import Database
from store.tables import calls, cues, reviews, sentence_moments, signals, speech_measures
from store.transcripts import StoredTranscripts


class StoredQuality:
    """Questions about cues, sentences, signals and measures. 质检查询"""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._calls = StoredCalls(database)
        self._transcripts = StoredTranscripts(database)

    async def cues_of(self, call_id: CallId) -> Sequence[CueRecord]:
        """In the order of their places."""
        wanted = _cues().where(cues.c.call_id == call_id)
        return await self._cues(wanted.order_by(cues.c.starts_at_ms, cues.c.cue_id))

    async def newest_cues(
        self, since: datetime | None, kind: CueKind | None, limit: int
    ) -> Sequence[CueRecord]:
        wanted = _cues()
        if since is not None:
            wanted = wanted.where(cues.c.at >= since)
        if kind is not None:
            wanted = wanted.where(cues.c.kind == kind.value)
        return await self._cues(wanted.order_by(cues.c.at.desc(), cues.c.cue_id).limit(limit))

    async def moments_of(self, call_id: CallId) -> Sequence[SentenceMoment]:
        """In their order."""
        wanted = (
            select(sentence_moments)
            .where(sentence_moments.c.call_id == call_id)
            .order_by(sentence_moments.c.at_ms, sentence_moments.c.sentence_id)
        )
        return [_sentence(row) for row in await self._rows(wanted)]

    async def measures_of(self, call_id: CallId) -> SpeechMeasured | None:
        wanted = select(speech_measures).where(speech_measures.c.call_id == call_id)
        found = await self._rows(wanted)
        return _measures(found[0]) if found else None

    async def signals(
        self, rule: str | None, since: datetime | None, until: datetime | None, limit: int
    ) -> Sequence[SignalRecord]:
        """Of calls that arrived in the period, the newest call first."""
        wanted = select(signals, calls.c.arrived_at, calls.c.seat_id).join(
            calls, calls.c.call_id == signals.c.call_id
        )
        if rule is not None:
            wanted = wanted.where(signals.c.rule == rule)
        if since is not None:
            wanted = wanted.where(calls.c.arrived_at >= since)
        if until is not None:
            wanted = wanted.where(calls.c.arrived_at < until)
        ordered = wanted.order_by(
            calls.c.arrived_at.desc(), signals.c.starts_at_ms, signals.c.signal_id
        )
        return [_signal_record(row) for row in await self._rows(ordered.limit(limit))]

    async def word_hits(self, since: datetime | None) -> Sequence[WordHits]:
        """Each listed word that was cued, the most frequent first."""
        hits = func.count()
        false_alarms = func.sum(case((cues.c.false_alarm.is_(True), 1), else_=0))
        wanted = (
            select(
                cues.c.code,
                cues.c.word,
                func.max(cues.c.kind).label("kind"),
                func.max(cues.c.title).label("title"),
                hits.label("hits"),
                func.count(cues.c.false_alarm).label("judged"),
                false_alarms.label("false_alarms"),
            )
            .where(cues.c.word != "")
            .group_by(cues.c.code, cues.c.word)
            .order_by(hits.desc(), cues.c.code, cues.c.word)
        )
        if since is not None:
            wanted = wanted.where(cues.c.at >= since)
        return [
            WordHits(
                code=row.code,
                word=row.word,
                kind=CueKind(row.kind),
                title=row.title,
                hits=row.hits,
                judged=row.judged,
                false_alarms=int(row.false_alarms),
            )
            for row in await self._rows(wanted)
        ]

    async def sentence_counts(self, since: datetime | None) -> Sequence[SentenceCounts]:
        """How often each was shown, said and missed."""
        wanted = (
            select(
                sentence_moments.c.sentence_id,
                func.sum(case((sentence_moments.c.shown.is_(True), 1), else_=0)).label("shown"),
                func.count(sentence_moments.c.said_from_ms).label("said"),
                func.sum(case((sentence_moments.c.missed.is_(True), 1), else_=0)).label("missed"),
            )
            .group_by(sentence_moments.c.sentence_id)
            .order_by(sentence_moments.c.sentence_id)
        )
        if since is not None:
            wanted = wanted.where(sentence_moments.c.at >= since)
        return [
            SentenceCounts(
                sentence_id=row.sentence_id,
                shown=int(row.shown),
                said=row.said,
                missed=int(row.missed),
            )
            for row in await self._rows(wanted)
        ]

    # For the reviewer.

    async def told(self, call_id: CallId) -> Sequence[Event]:
        """Everything told of the call, in its order, with its transcript as it is now."""
        try:
            events = [event for _, event in await self._calls.events(call_id)]
            said = await self._transcripts.of_call(call_id)
        except (SQLAlchemyError, OSError) as trouble:
            raise QualityRecordsAway from trouble
        return [*(one for one in events if not isinstance(one, UtteranceHeard)), *said]

    async def unreviewed(self, since: datetime, limit: int) -> Sequence[CallId]:
        """Calls ended since then whose transcript is finished and was not gone through yet."""
        wanted = (
            select(calls.c.call_id)
            .outerjoin(reviews, reviews.c.call_id == calls.c.call_id)
            .where(
                calls.c.ended_at >= since,
                calls.c.transcription == FINISHED,
                reviews.c.call_id.is_(None),
            )
            .order_by(calls.c.ended_at)
            .limit(limit)
        )
        return [CallId(row.call_id) for row in await self._rows(wanted)]

    async def transcribed(self, since: datetime, until: datetime, limit: int) -> Sequence[CallId]:
        """Calls that arrived in the period, are over and have a transcript; the oldest first."""
        wanted = (
            select(calls.c.call_id)
            .where(
                and_(calls.c.arrived_at >= since, calls.c.arrived_at < until),
                calls.c.ended_at.is_not(None),
                calls.c.transcription == FINISHED,
            )
            .order_by(calls.c.arrived_at)
            .limit(limit)
        )
        return [CallId(row.call_id) for row in await self._rows(wanted)]

    async def versions(self, call_ids: Sequence[CallId]) -> Mapping[CallId, tuple[int, int]]:
        """(words, sentences) with which each was gone through last."""
        wanted = select(reviews).where(reviews.c.call_id.in_(call_ids))
        return {
            CallId(row.call_id): (row.words_version, row.sentences_version)
            for row in await self._rows(wanted)
        }

    async def _cues(self, wanted: Select[Any]) -> list[CueRecord]:
        return [_cue(row) for row in await self._rows(wanted)]

    async def _rows(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        try:
            async with self._database.read() as connection:
                found: Sequence[Row[Any]] = (await connection.execute(wanted)).all()
        except (SQLAlchemyError, OSError) as trouble:
            raise QualityRecordsAway from trouble
        return found


FINISHED = "finished"


def _cues() -> Select[Any]:
    return select(cues, calls.c.seat_id).outerjoin(calls, calls.c.call_id == cues.c.call_id)


def _cue(row: Row[Any]) -> CueRecord:
    return CueRecord(
        cue=CueRaised(
            at=row.at,
            call_id=CallId(row.call_id),
            cue_id=row.cue_id,
            kind=CueKind(row.kind),
            level=CueLevel(row.level),
            code=row.code,
            title=row.title,
            advice=row.advice,
            side=Side(row.side),
            starts_at_ms=row.starts_at_ms,
            ends_at_ms=row.ends_at_ms,
            found=row.found,
            word=row.word,
            version=row.version,
        ),
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        false_alarm=row.false_alarm,
        judged_by=row.judged_by,
        judged_at=row.judged_at,
    )


def _sentence(row: Row[Any]) -> SentenceMoment:
    return SentenceMoment(
        call_id=CallId(row.call_id),
        sentence_id=row.sentence_id,
        at_ms=row.at_ms,
        shown=row.shown,
        said=None if row.said_from_ms is None else (row.said_from_ms, row.said_until_ms),
        missed=row.missed,
        must=row.must,
    )


def _signal_record(row: Row[Any]) -> SignalRecord:
    return SignalRecord(
        signal=SignalFound(
            at=row.at,
            call_id=CallId(row.call_id),
            signal_id=row.signal_id,
            rule=row.rule,
            version=row.version,
            title=row.title,
            side=Side(row.side),
            starts_at_ms=row.starts_at_ms,
            ends_at_ms=row.ends_at_ms,
            found=row.found,
            word=row.word,
        ),
        arrived_at=row.arrived_at,
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
    )


def _measures(row: Row[Any]) -> SpeechMeasured:
    return SpeechMeasured(
        at=row.at,
        call_id=CallId(row.call_id),
        operator_chars_per_min=row.operator_chars_per_min,
        citizen_chars_per_min=row.citizen_chars_per_min,
        operator_ms=row.operator_ms,
        citizen_ms=row.citizen_ms,
        talk_over_ms=row.talk_over_ms,
        talk_overs=row.talk_overs,
        longest_silence_ms=row.longest_silence_ms,
    )
