"""Cues, prescribed sentences, signals and measures. 提示、用语与质检信号表"""

from typing import Any

from sqlalchemy import Connection, delete, update

from cti.events import Event
from quality.events import (
    CallReviewed,
    CueJudged,
    CueRaised,
    SentenceDue,
    SentenceMissed,
    SentenceSaid,
    SignalFound,
    SpeechMeasured,
)
from store.database import change_row, insert_new
from store.tables import cues, reviews, sentence_moments, signals, speech_measures


def _raised(connection: Connection, _seq: int, event: CueRaised) -> None:
    insert_new(
        connection,
        cues,
        cue_id=event.cue_id,
        call_id=event.call_id,
        at=event.at,
        kind=event.kind.value,
        level=event.level.value,
        code=event.code,
        title=event.title,
        advice=event.advice,
        side=event.side.value,
        starts_at_ms=event.starts_at_ms,
        ends_at_ms=event.ends_at_ms,
        found=event.found,
        word=event.word,
        version=event.version,
    )


def _judged(connection: Connection, _seq: int, event: CueJudged) -> None:
    change_row(
        connection,
        cues,
        "cue_id",
        event.cue_id,
        false_alarm=event.false_alarm,
        judged_by=event.by,
        judged_at=event.at,
    )


def _moment(
    connection: Connection, event: SentenceDue | SentenceSaid | SentenceMissed, **values: Any
) -> None:
    """Its row, made if it is not there yet."""
    insert_new(
        connection,
        sentence_moments,
        call_id=event.call_id,
        sentence_id=event.sentence_id,
        at_ms=event.at_ms,
        at=event.at,
        shown=False,
        missed=False,
        must=False,
    )
    connection.execute(
        update(sentence_moments)
        .where(
            sentence_moments.c.call_id == event.call_id,
            sentence_moments.c.sentence_id == event.sentence_id,
            sentence_moments.c.at_ms == event.at_ms,
        )
        .values(**values)
    )


def _due(connection: Connection, _seq: int, event: SentenceDue) -> None:
    _moment(connection, event, shown=True, reason=event.reason, must=event.must)


def _said(connection: Connection, _seq: int, event: SentenceSaid) -> None:
    _moment(
        connection,
        event,
        said_from_ms=event.starts_at_ms,
        said_until_ms=event.ends_at_ms,
        missed=False,
    )


def _missed(connection: Connection, _seq: int, event: SentenceMissed) -> None:
    _moment(connection, event, missed=True, must=True)


def _reviewed(connection: Connection, _seq: int, event: CallReviewed) -> None:
    """What an earlier review found makes room for what this one finds."""
    connection.execute(delete(signals).where(signals.c.call_id == event.call_id))
    of_call = sentence_moments.c.call_id == event.call_id
    connection.execute(update(sentence_moments).where(of_call).values(missed=False))
    values = {
        "at": event.at,
        "words_version": event.words_version,
        "sentences_version": event.sentences_version,
        "signals": event.signals,
    }
    insert_new(connection, reviews, call_id=event.call_id, **values)
    change_row(connection, reviews, "call_id", event.call_id, **values)


def _signal(connection: Connection, _seq: int, event: SignalFound) -> None:
    insert_new(
        connection,
        signals,
        signal_id=event.signal_id,
        call_id=event.call_id,
        at=event.at,
        rule=event.rule,
        version=event.version,
        title=event.title,
        side=event.side.value,
        starts_at_ms=event.starts_at_ms,
        ends_at_ms=event.ends_at_ms,
        found=event.found,
        word=event.word,
    )


def _measured(connection: Connection, _seq: int, event: SpeechMeasured) -> None:
    values = {
        "at": event.at,
        "operator_chars_per_min": event.operator_chars_per_min,
        "citizen_chars_per_min": event.citizen_chars_per_min,
        "operator_ms": event.operator_ms,
        "citizen_ms": event.citizen_ms,
        "talk_over_ms": event.talk_over_ms,
        "talk_overs": event.talk_overs,
        "longest_silence_ms": event.longest_silence_ms,
    }
    insert_new(connection, speech_measures, call_id=event.call_id, **values)
    change_row(connection, speech_measures, "call_id", event.call_id, **values)


PROJECTIONS: dict[type[Event], Any] = {
    CueRaised: _raised,
    CueJudged: _judged,
    SentenceDue: _due,
    SentenceSaid: _said,
    SentenceMissed: _missed,
    CallReviewed: _reviewed,
    SignalFound: _signal,
    SpeechMeasured: _measured,
}
