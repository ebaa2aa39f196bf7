"""A talk written down as a script: one line a sentence, 市民 or 座席 before the colon."""

from dataclasses import replace

from asr.events import Side, UtteranceHeard, Word
from asr.text import in_chinese
from cti.ids import CallId
from documents.problems import DocumentKind
from orders.drafting import propose
from orders.known_places import KnownPlaces
from orders.model import FieldValue, OrderField
from orders.reading import Background, read
from orders.serial import SHANGHAI
from seats.rule_documents.places import read_places
from seats.rule_documents.words import read_words
from seats.rule_versions import shipped
from tests.fakes.floor import NOON, call

WORDS, _ = read_words(shipped(DocumentKind.WORDS).body)
PLACES, _ = read_places(shipped(DocumentKind.PLACES).body)
BACKGROUND = Background(
    dangers=WORDS.danger, places=KnownPlaces(PLACES), at=NOON.astimezone(SHANGHAI)
)
"""What the shipped lists know, and noon of the call's day."""
SIDES = {"市": Side.CITIZEN, "座": Side.OPERATOR}


def heard(
    text: str, side: Side = Side.CITIZEN, at_s: float = 0.0, call_id: CallId | None = None
) -> UtteranceHeard:
    """As the scribe tells it: a word for each character, and readable text."""
    starts_at_ms = int(at_s * 1000)
    ends_at_ms = starts_at_ms + 200 * len(text)
    words = tuple(
        Word(text=char, starts_at_ms=start, ends_at_ms=start + 200, confidence=1.0)
        for char, start in zip(text, range(starts_at_ms, ends_at_ms, 200), strict=True)
    )
    said = in_chinese(words)
    return UtteranceHeard(
        at=NOON,
        call_id=call_id or call(1),
        side=side,
        text=said.text,
        starts_at_ms=starts_at_ms,
        ends_at_ms=ends_at_ms,
        confidence=1.0,
        words=said.words,
        written=said.written,
        pieces=said.pieces,
    )


def untimed(text: str, at_s: float = 0.0) -> UtteranceHeard:
    """As a recogniser without word times gives it, with blanks and marks of its own."""
    spoken = heard(text, at_s=at_s)
    return replace(spoken, text=text, words=(), written="", pieces=())


def talk(script: str, call_id: CallId | None = None) -> list[UtteranceHeard]:
    """市: and 座: lines; each begins half a second after the one before has ended."""
    said: list[UtteranceHeard] = []
    at_s = 0.0
    for line in script.strip().splitlines():
        side, text = line.strip().split("：", 1)
        said.append(heard(text, SIDES[side], at_s, call_id))
        at_s = said[-1].ends_at_ms / 1000 + 0.5
    return said


def drafted(script: str, caller_number: str = "13800000001") -> dict[OrderField, FieldValue]:
    readings = [read(utterance, BACKGROUND) for utterance in talk(script)]
    return dict(propose(readings, caller_number, {}))
