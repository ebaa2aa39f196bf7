"""What one sentence shows, read once. 语句解读

Pure. Everything a sentence can say about an order is looked for here, each with its place in the
text; what becomes of many sentences is decided in `drafting`.
"""

import re
from dataclasses import dataclass

from asr.events import Side, UtteranceHeard
from orders import event_types
from orders.callers import Heard, addressed_as, asks_for_number, citizen_name_in, number_in
from orders.model import FieldValue, FilledBy, Proof, RequestType, Urgency
from orders.places import Place, place_in
from orders.requests import danger_in, declared_in, described_in
from orders.spoken_numbers import DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One sentence and everything it shows. 语句解读"""

    utterance: UtteranceHeard
    text: str
    """Without blanks and punctuation. 无标点文本"""
    statement: str = ""
    """The part that belongs into the content; empty for greetings and answers. 陈述"""
    name: Heard | None = None
    number: Heard | None = None
    place: Place | None = None
    declared: tuple[RequestType, Heard] | None = None
    described: tuple[tuple[RequestType, Heard], ...] = ()
    danger: tuple[Urgency, Heard] | None = None
    event_types: tuple[tuple[str, int, Heard], ...] = ()
    asks_number: bool = False


_BLANKS = re.compile(r"[\s，。、？！,.?!；;：:“”\"'…-]+")
_GREETING = re.compile("^(?:喂|您好|你好|同志|那个|嗯|呃|啊|是这样的|我是市民|事情是这样的)+")
_SMALL_TALK = re.compile(
    "(?:好的?|嗯|对的?|是的?|行|可以|谢谢(?:您|你|啊)?|感谢|再见|没有了?|没了|不用了?|知道了|明白了?|喂|您好|你好|听得到|能听到"
    "|不客气|麻烦(?:您|你)?了?|就这些|没有其他(?:问题)?了?|啊|哦|那好吧|不是|没问题)+"
)
_PERSONAL = re.compile(
    "(?:我|免贵)*姓.{1,4}|我叫.{2,4}|(?:我叫.{2,4})?(?:我的?)?(?:联系)?(?:电话|手机|号码|座机|联系方式)(?:号码?)?(?:就是|是).*"
)


def read(utterance: UtteranceHeard) -> Reading:
    """What one sentence of either side shows."""
    text = _BLANKS.sub("", utterance.text)
    if utterance.side is not Side.CITIZEN:
        return Reading(
            utterance=utterance,
            text=text,
            name=addressed_as(text),
            number=number_in(text, asked=False),
            asks_number=asks_for_number(text),
        )
    kinds = tuple(described_in(text))
    return Reading(
        utterance=utterance,
        text=text,
        statement=_statement(text),
        name=citizen_name_in(text),
        number=number_in(text, asked=False),
        place=place_in(text),
        declared=declared_in(text),
        described=kinds,
        danger=danger_in(text),
        event_types=tuple(
            (name, weight, Heard(value=name, start=start, end=end, confidence=0.7))
            for name, (weight, start, end) in event_types.scores(text).items()
        ),
    )


def filled(reading: Reading, heard: Heard) -> FieldValue:
    """A proposal out of what was heard, with the audio that supports it."""
    return FieldValue(
        value=heard.value,
        by=FilledBy.MACHINE,
        confidence=round(heard.confidence * _sureness(reading), 2),
        proof=_proof(reading, heard.start, heard.end),
    )


def _sureness(reading: Reading) -> float:
    """A doubtful sentence makes doubtful fields, but words found at all are half the proof."""
    return 0.5 + 0.5 * min(1.0, max(0.0, reading.utterance.confidence))


def _proof(reading: Reading, start: int, end: int) -> Proof:
    """The span of the words that hold text[start:end], or of the whole sentence."""
    utterance = reading.utterance
    began, ended, position = utterance.starts_at_ms, utterance.ends_at_ms, 0
    if _BLANKS.sub("", "".join(word.text for word in utterance.words)) == reading.text:
        for word in utterance.words:
            after = position + len(_BLANKS.sub("", word.text))
            if position <= start < after:
                began = word.starts_at_ms
            if position < end <= after:
                ended = word.ends_at_ms
            position = after
    return Proof(side=utterance.side, starts_at_ms=began, ends_at_ms=ended)


def _statement(text: str) -> str:
    statement = _GREETING.sub("", text)
    if len(statement) < 3 or _SMALL_TALK.fullmatch(statement) or _PERSONAL.fullmatch(statement):
        return ""
    if all(char in DIGITS for char in statement):
        return ""
    return statement
