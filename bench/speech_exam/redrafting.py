"""Orders drafted again from kept transcripts, with other lists of places or with perfect text. 重新草拟

The same functions as in the product (asr.text, orders.draftsman's reading and proposing), so that one
evening of calls answers several questions: what the gazetteer is worth, and what better ears would be.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asr.correcting import corrected
from asr.events import Side, UtteranceHeard, Word
from asr.gazetteer import Gazetteer
from asr.misheard_digits import digits_put_right
from asr.text import in_chinese
from bench.speech_exam.calls import ScriptedCall
from cti.ids import CallId
from documents.problems import DocumentKind
from orders.drafting import propose
from orders.known_places import KnownPlaces
from orders.reading import Background, read
from orders.serial import SHANGHAI
from seats.phrases import Phrase
from seats.rule_documents.places import PlaceRow, read_places
from seats.rule_documents.words import read_words
from seats.rule_versions import shipped

Json = dict[str, Any]

CALL = CallId("exam-1")
SPEECH_MS_PER_CHARACTER = 250
TURN_MS = 600
_BY_PLACE = re.compile(r"\D{2,}?(?=\d|$)")
_ROAD = re.compile("[路道街]$")


def shipped_places() -> tuple[PlaceRow, ...]:
    return read_places(shipped(DocumentKind.PLACES).body)[0]


def city_places(calls: Sequence[ScriptedCall]) -> tuple[PlaceRow, ...]:
    """The shipped list and the exam's streets and communities, as a city's own list has its own."""
    rows = {row.name: row for row in shipped_places()}
    for call in calls:
        found = _BY_PLACE.match(call.truth.address)
        if found and found.group() not in rows:
            name = found.group()
            kind = "road" if _ROAD.search(name) else "community"
            rows[name] = PlaceRow(name=name, kind=kind, line=0, district=call.truth.district)
    return tuple(rows.values())


def shipped_dangers() -> tuple[Phrase, ...]:
    return read_words(shipped(DocumentKind.WORDS).body)[0].danger


def raw_words(row: Json) -> tuple[Word, ...]:
    """What the recogniser said, before any correction."""
    return tuple(
        Word(
            text=word["heard"] or word["text"],
            starts_at_ms=word["starts_at_ms"],
            ends_at_ms=word["ends_at_ms"],
            confidence=word["confidence"],
        )
        for word in row["words"]
    )


def heard_again(
    rows: Sequence[Json], places: Sequence[PlaceRow] | None, at: datetime
) -> list[UtteranceHeard]:
    """A transcript's utterances, corrected by these places; None leaves them as recognised."""
    gazetteer = None if places is None else Gazetteer(places)
    said = []
    for row in rows:
        words = raw_words(row)
        if gazetteer is not None:
            words = corrected(digits_put_right(words), gazetteer)
        written = in_chinese(words)
        said.append(
            UtteranceHeard(
                at=at, call_id=CALL, side=Side(row["side"]), text=written.text,
                written=written.written, pieces=written.pieces, words=words,
                starts_at_ms=row["starts_at_ms"], ends_at_ms=row["ends_at_ms"],
                confidence=row["confidence"],
            )
        )  # fmt: skip
    return said


def perfect(call: ScriptedCall, at: datetime) -> list[UtteranceHeard]:
    """What an ear without fault would have heard: each clause a word, with its pause."""
    position_ms, said = 0, []
    for line in call.lines:
        words = []
        for clause in line.text.split("，"):
            length_ms = len(clause) * SPEECH_MS_PER_CHARACTER
            for number, character in enumerate(clause):
                words.append(
                    Word(
                        text=character,
                        starts_at_ms=position_ms + number * SPEECH_MS_PER_CHARACTER,
                        ends_at_ms=position_ms + (number + 1) * SPEECH_MS_PER_CHARACTER,
                        confidence=1.0,
                    )
                )
            position_ms += length_ms + TURN_MS // 2
        written = in_chinese(tuple(words))
        said.append(
            UtteranceHeard(
                at=at, call_id=CALL, side=line.side, text=written.text, written=written.written,
                pieces=written.pieces, words=tuple(words), starts_at_ms=words[0].starts_at_ms,
                ends_at_ms=words[-1].ends_at_ms, confidence=1.0,
            )
        )  # fmt: skip
        position_ms += TURN_MS
    return said


def drafted(
    said: Sequence[UtteranceHeard],
    caller_number: str,
    opened_at: datetime,
    places: Sequence[PlaceRow],
    dangers: tuple[Phrase, ...],
) -> dict[str, str]:
    """The fields that the machine would propose."""
    background = Background(
        dangers=dangers, places=KnownPlaces(places), at=opened_at.astimezone(SHANGHAI)
    )
    readings = [read(utterance, background) for utterance in said]
    return {name.value: filled.value for name, filled in propose(readings, caller_number, {})}


def local(opened_at: datetime) -> datetime:
    """The moment of the call where the citizens live."""
    return opened_at.astimezone(SHANGHAI)
