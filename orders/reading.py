"""What one sentence shows, read once. 语句解读

Pure. Everything a sentence can say about an order is looked for here, each with its place in the
text; what becomes of many sentences is decided in `drafting`.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from asr.events import Side, UtteranceHeard
from asr.spoken_numbers import DIGITS
from orders.aligned import Aligned, Clause, Span, bare
from orders.callers import (
    addressed_as,
    asks_for_name,
    asks_for_number,
    citizen_name_in,
    number_in,
)
from orders.classes import Classed, classify
from orders.dangers import danger_in
from orders.heard import Heard
from orders.known_places import DISTRICT, KnownPlaces, Spotted
from orders.model import FieldValue, FilledBy, Proof, RequestType, Urgency
from orders.moments import moment_in
from orders.persons import persons_in
from orders.places import Place, place_in
from orders.requests import declared_in, described_in
from orders.wants import want_in
from seats.phrases import Joined, Phrase

NO_PLACES = KnownPlaces()


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What a sentence is read against. 解读背景"""

    dangers: tuple[Phrase, ...] = ()
    places: KnownPlaces = NO_PLACES
    at: datetime | None = None
    """When the call came: 昨天 is the day before, whenever the words were made up. 来电时刻"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One sentence and everything it shows. 语句解读"""

    utterance: UtteranceHeard
    text: str
    """Without blanks and punctuation. 无标点文本"""
    statement: str = ""
    """The part that belongs into the content; empty for greetings and answers. 陈述"""
    written: str = ""
    """The statement as people write it. 书面陈述"""
    clauses: tuple[Clause, ...] = ()
    """Those of the statement. 分句"""
    name: Heard | None = None
    number: Heard | None = None
    place: Place | None = None
    district: Heard | None = None
    districts_known: bool = False
    """Whether the city has a list of them. 有区县表"""
    moment: Heard | None = None
    persons: tuple[Heard, ...] = ()
    wants: tuple[Heard, ...] = ()
    declared: tuple[RequestType, Heard] | None = None
    described: tuple[tuple[RequestType, Heard], ...] = ()
    danger: tuple[Urgency, Heard] | None = None
    classes: tuple[Classed, ...] = ()
    asks_number: bool = False
    asks_name: bool = False


NOTHING_KNOWN = Background()
CHINESE = frozenset({"zh", "dialect"})
_GREETING = re.compile(
    "^(?:喂|您好|你好|同志|那个|嗯|呃|啊|哎|是这样的?|我是市民|事情是这样的|我跟你说|我给你说|是的|好的|没错|对(?=是的|的|啊|嗯|就是|我|希望|没错))+"
)
_SMALL_TALK = re.compile(
    "(?:好的?|嗯|对的?|是的?|行的?|可以的?|谢谢(?:您|你|啊)?|感谢|再见|没有了?|没了|不用了?|知道了|明白了?|喂|您好|你好|听得到|能听到"
    "|不客气|麻烦(?:您|你)?了?|就这些|没有其他(?:问题)?了?|啊|哦|那好吧|不是|没问题|没错|对对|辛苦了?|拜拜|挂了)+"
)
_DIGITS = "[0-9零〇幺一二三四五六七八九]"
_NAMES_HIMSELF = "(?:(?:我|免贵|是)*姓.{1,4}?|我(?:的名字)?叫.{2,4}?)"
_GIVES_NUMBER = (
    "(?:我|我的|的|联系|你打|打)*(?:电话|手机|号码|座机|联系方式)(?:号码?|吧|呢)*"
    f"(?:(?:就是|是).{{0,6}}?(?:{_DIGITS}(?:{_DIGITS}|嗯|啊|呃|然后|的)*)?.{{0,2}}|{_DIGITS}+)"
)
_PERSONAL = re.compile(
    f"{_NAMES_HIMSELF}|(?:{_NAMES_HIMSELF})?{_GIVES_NUMBER}"
    "|(?:对|嗯|是|没错|好|就)*(?:用|是|打)?(?:这个|本机|我?来电的?|现在这个)(?:的|手机|电话)*号码?(?:就行|就可以|就好|联系|没错|的)*"
    f"|(?:不对|错了|不是)*(?:尾号|最后.{{0,3}}位?|后[两三四]位)?(?:是|应该是)*{_DIGITS}+"
)


def read(utterance: UtteranceHeard, background: Background = NOTHING_KNOWN) -> Reading:
    """What one sentence of either side shows."""
    text = bare(utterance.text)
    if utterance.side is not Side.CITIZEN:
        return Reading(
            utterance=utterance,
            text=text,
            name=addressed_as(text),
            number=number_in(text, asked=False),
            asks_number=asks_for_number(text),
            asks_name=asks_for_name(text),
        )
    if utterance.language not in CHINESE:
        return _foreign(utterance, text)
    both = Aligned(text, utterance.written, _spans(utterance, text))
    spotted = background.places.spotted_in(text)
    clauses = both.clauses()
    stated = _stated(both, clauses)
    return Reading(
        utterance=utterance,
        text=text,
        statement="".join(text[one.start : one.end] for one in stated),
        written="".join(one.written + one.mark for one in stated).rstrip("，。、；,.;…"),
        clauses=stated,
        name=citizen_name_in(text),
        number=number_in(text, asked=False),
        place=place_in(text, spotted),
        district=_district(spotted),
        districts_known=bool(background.places.districts),
        moment=None if background.at is None else moment_in(text, background.at),
        persons=tuple(_as_written(both, heard) for heard in persons_in(text)),
        wants=tuple(
            _as_written(both, want)
            for want in (want_in(text, clause.start, clause.end) for clause in clauses)
            if want is not None
        ),
        declared=declared_in(text),
        described=tuple(described_in(text)),
        danger=danger_in(text, background.dangers, _joined(utterance, text)),
        classes=classify(text),
    )


def _foreign(utterance: UtteranceHeard, text: str) -> Reading:
    """Only Chinese is understood; of other languages the words themselves are the content."""
    written = utterance.written or utterance.text
    clause = Clause(start=0, end=len(text), written=written.rstrip("，。、；,.;…"))
    return Reading(
        utterance=utterance,
        text=text,
        statement=text,
        written=clause.written,
        clauses=(clause,) if text else (),
    )


def _spans(utterance: UtteranceHeard, text: str) -> list[Span]:
    """Which part of the text each written stretch came from."""
    starts = [0]
    for word in utterance.words:
        starts.append(starts[-1] + len(bare(word.text)))
    if starts[-1] != len(text):
        return []
    return [
        (starts[first], starts[last + 1], stretch)
        for stretch, first, last in utterance.pieces
        if last + 1 < len(starts)
    ]


def filled(reading: Reading, heard: Heard) -> FieldValue:
    """A proposal out of what was heard, with the audio that supports it."""
    return FieldValue(
        value=heard.value,
        by=FilledBy.MACHINE,
        confidence=round(heard.confidence * _sureness(reading, heard.start, heard.end), 2),
        proof=_proof(reading, heard.start, heard.end),
    )


def _as_written(both: Aligned, heard: Heard) -> Heard:
    return Heard(
        value=both.written(heard.start, heard.end) or heard.value,
        start=heard.start,
        end=heard.end,
        confidence=heard.confidence,
    )


def _district(spotted: tuple[Spotted, ...]) -> Heard | None:
    """The one he names, else the one in which a street or community that he names lies."""
    lying = [one for one in spotted if one.district is not None]
    if not lying:
        return None
    best = min(lying, key=lambda one: (one.kind != DISTRICT, one.start))
    return Heard(
        value=best.district or "",
        start=best.start,
        end=best.end,
        confidence=0.9 if best.kind == DISTRICT else 0.7,
    )


_PAUSE_MS = 350
"""Words further apart do not belong together: 没有 … 着火了. 停顿"""


def _joined(utterance: UtteranceHeard, text: str) -> Joined:
    times = _times(utterance, text)

    def joined(before: int, after: int) -> bool:
        if not times:
            return True
        return times[after][0] - times[before][1] < _PAUSE_MS

    return joined


def _times(utterance: UtteranceHeard, text: str) -> list[tuple[int, int, float]]:
    """For each character of the text its word's beginning, end and confidence; empty if unknown."""
    times = [
        (word.starts_at_ms, word.ends_at_ms, word.confidence)
        for word in utterance.words
        for _ in bare(word.text)
    ]
    return times if len(times) == len(text) else []


def _sureness(reading: Reading, start: int, end: int) -> float:
    """Doubtful words make doubtful fields, but words found at all are half the proof."""
    times = _times(reading.utterance, reading.text)[start:end]
    heard = (
        sum(confidence for _, _, confidence in times) / len(times)
        if times
        else reading.utterance.confidence
    )
    return 0.5 + 0.5 * min(1.0, max(0.0, heard))


def _proof(reading: Reading, start: int, end: int) -> Proof:
    """The span of the words that hold text[start:end], or of the whole sentence."""
    utterance = reading.utterance
    times = _times(utterance, reading.text)[start:end]
    return Proof(
        side=utterance.side,
        starts_at_ms=times[0][0] if times else utterance.starts_at_ms,
        ends_at_ms=times[-1][1] if times else utterance.ends_at_ms,
    )


def _stated(both: Aligned, clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """What he has to say: not his greeting, his answers, his name and his number."""
    begun = _greeted(both.text)
    kept = []
    for one in clauses:
        start = max(one.start, begun) if one.end > begun else one.end
        start += _greeted(both.text[start : one.end])
        if start < one.end and _tells(both.text[start : one.end]):
            kept.append(replace(one, start=start, written=both.written(start, one.end)))
    return tuple(kept) if sum(one.end - one.start for one in kept) >= _SHORTEST else ()


_SHORTEST = 3


def _greeted(text: str) -> int:
    greeting = _GREETING.match(text)
    return greeting.end() if greeting else 0


def _tells(text: str) -> bool:
    if _SMALL_TALK.fullmatch(text) or _PERSONAL.fullmatch(text):
        return False
    return not all(char in DIGITS for char in text)
