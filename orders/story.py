"""The matter in the citizen's own words: the whole of it, and in 50 to 150 characters. 内容与摘要

Pure and extractive: nothing is said that he did not say. The summary takes whole clauses, first what
the matter is, where, since when and what he wants, then whatever tells most; it is in his order,
without greetings and preambles, and shorter than 50 characters only if he said no more.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from asr.events import Side
from orders.aligned import Clause
from orders.heard import Heard
from orders.model import FieldValue, FilledBy, Proof
from orders.reading import Reading

CONTENT_LIMIT = 2_000
"""Characters; the rest of a longer statement is in the transcript. 内容上限"""
SUMMARY_AIM = 50
"""Characters; so much is told if he said so much. 摘要下限"""
SUMMARY_ENOUGH = 100
"""Characters; beyond them only what matter, place, time and want need. 摘要适中"""
SUMMARY_LIMIT = 150
"""Characters. 摘要上限"""

_QUESTION = re.compile("(?:吗|呢|怎么办|什么|多少|几点.*|怎么.{1,6}|哪里.{0,3})$")
_PAUSE_MS = 1_500


def content(ordered: Sequence[Reading]) -> FieldValue | None:
    """His statement in his own order; a long pause or the operator's turn ends a sentence."""
    pieces: list[str] = []
    stated: list[Reading] = []
    before: Reading | None = None
    for reading in ordered:
        if reading.statement:
            if stated:
                pieces.append(_mark(stated[-1], reading, before))
            pieces.append(reading.written)
            stated.append(reading)
        before = reading
    if not stated:
        return None
    value = _closed("".join(pieces)[: CONTENT_LIMIT - 1])
    return FieldValue(
        value=value,
        by=FilledBy.MACHINE,
        confidence=round(sum(r.utterance.confidence for r in stated) / len(stated), 2),
        proof=Proof(
            side=Side.CITIZEN,
            starts_at_ms=stated[0].utterance.starts_at_ms,
            ends_at_ms=max(r.utterance.ends_at_ms for r in stated),
        ),
    )


def _mark(last: Reading, reading: Reading, before: Reading | None) -> str:
    if last.written[-1:] in "？！":
        return ""
    if _QUESTION.search(last.written):
        return "？"
    interrupted = before is not None and before.utterance.side is not Side.CITIZEN
    paused = reading.utterance.starts_at_ms - last.utterance.ends_at_ms > _PAUSE_MS
    return "。" if interrupted or paused else "，"


def _closed(text: str) -> str:
    if text[-1:] in "？！":
        return text
    return text + ("？" if _QUESTION.search(text) else "。")


class Extract:
    """Summarises with the citizen's own clauses; implements orders.ports.Summariser. 摘录摘要"""

    def summary(self, ordered: Sequence[Reading]) -> FieldValue | None:
        """None while he has told nothing."""
        told = _told(ordered)
        chosen = _chosen(told)
        if not chosen:
            return None
        return FieldValue(
            value=_closed(_joined(chosen)[: SUMMARY_LIMIT - 1]),
            by=FilledBy.MACHINE,
            confidence=0.6,
            proof=Proof(
                side=Side.CITIZEN,
                starts_at_ms=chosen[0].reading.utterance.starts_at_ms,
                ends_at_ms=max(one.reading.utterance.ends_at_ms for one in chosen),
            ),
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """A clause and what speaks for it. 候选分句"""

    place: int
    words: str
    reading: Reading
    matter: float
    where: float
    when: float
    want: float

    @property
    def weight(self) -> float:
        return self.matter + self.where + self.when + self.want


_PREAMBLE = re.compile(
    "^(?:喂|您好|你好|那个|就是说?|嗯|呃|啊|然后|反正|这个|我跟你说|是这样的?|事情是这样的?)*"
    "(?:我(?:今天)?(?:就是)?(?:想要?|要)(?:再)?(?:咨询|投诉|举报|反映|求助|问|建议|表扬|说|了解)(?:一下|下|一个|个)*(?:问题|情况|事情|事儿?)?|请问(?:一下)?|麻烦问一下|我想问一下|打听一下)?"
)
_FILLER = re.compile("嗯+|呃+|那个那个|就是说|(?<=[\u4e00-\u9fff])啊(?=[\u4e00-\u9fff])")
_EMPTY = re.compile(
    "(?:我|你|您|他|们|的|了|吗|呢|啊|吧|是|对|好|嗯|就|这样|这个|那个|情况|问题|事情|谢谢|麻烦|没有|还有|其他|什么|听|明白|知道|清楚|说|能|可以|不|行)*"
)
_PERSONAL = re.compile(
    "我?姓.{1,3}|我叫.{2,4}|.{0,6}(?:电话|手机|号码|尾号).{0,4}[0-9]{3,}.*|匿名.{0,3}|[0-9]+"
)
_SINCE = re.compile(
    "(?:[0-9一二三四五六七八九十两几半好]+(?:多)?(?:天|个?月|年|个?星期|周|个?小时|次)|一直|每天|每晚|天天|经常|昨|今|前天|上周|上个|早上|晚上|凌晨|夜里|最近)"
)


def _told(ordered: Sequence[Reading]) -> list[_Told]:
    told: list[_Told] = []
    known: set[str] = set()
    about = _shares(ordered)
    for reading in ordered:
        if reading.utterance.side is not Side.CITIZEN or not reading.statement:
            continue
        for clause in reading.clauses:
            words = _FILLER.sub("", _PREAMBLE.sub("", clause.written))
            if len(words) < 3 or words in known:
                continue
            if _EMPTY.fullmatch(words) or _PERSONAL.fullmatch(words):
                continue
            known.add(words)
            told.append(_weighed(len(told), words, clause, reading, about))
    return told


def _shares(ordered: Sequence[Reading]) -> dict[str, float]:
    """How much of the whole call is about each type."""
    weights: dict[str, int] = defaultdict(int)
    for reading in ordered:
        for classed in reading.classes:
            weights[classed.event_type] += classed.weight
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}


def _weighed(
    place: int, words: str, clause: Clause, reading: Reading, about: Mapping[str, float]
) -> _Told:
    def here(start: int, end: int) -> bool:
        return clause.start < end and start < clause.end

    def said(heard: Heard | None) -> bool:
        return heard is not None and here(heard.start, heard.end)

    matter = 0.0
    for classed in reading.classes[:2]:
        if any(here(*span) for span in classed.spans):
            matter += min(16, classed.weight) * (0.5 + about[classed.event_type])
    matter += sum(6 for _, heard in reading.described if said(heard))
    matter += 12 if reading.danger is not None and said(reading.danger[1]) else 0
    matter += sum(3 for one in reading.persons if said(one))
    spoken_place = reading.place
    where = 0.0
    if spoken_place is not None and here(spoken_place.start, spoken_place.end):
        where = 4.0 + 2.0 * len(spoken_place.parts)
    when = 5.0 if said(reading.moment) else 3.0 if _SINCE.search(words) else 0.0
    want = max((10.0 * one.confidence for one in reading.wants if said(one)), default=0.0)
    return _Told(place, words, reading, matter, where, when, want)


_TELLING = 5.0
"""A clause with so much of the matter is worth its room. 有料分句"""


def _chosen(told: Sequence[_Told]) -> list[_Told]:
    """Matter, place, time and want first, then by weight, as long as there is room."""
    chosen: dict[int, _Told] = {}
    room = SUMMARY_LIMIT

    def take(one: _Told) -> None:
        nonlocal room
        if one.place not in chosen and (len(one.words) + 1 <= room or not chosen):
            chosen[one.place] = one
            room -= len(one.words) + 1

    for wanted in ("matter", "where", "when", "want"):
        # The first of equals tells it, but of several wants the last is the one he ends with.
        sign = 1 if wanted == "want" else -1
        best = max(told, key=lambda one: (getattr(one, wanted), sign * one.place), default=None)
        if best is not None and getattr(best, wanted) > 0:
            take(best)
    for one in sorted(told, key=lambda one: (-one.weight, one.place)):
        length = SUMMARY_LIMIT - room
        if length < SUMMARY_AIM or (
            one.matter >= _TELLING and length + len(one.words) < SUMMARY_ENOUGH
        ):
            take(one)
    return [chosen[place] for place in sorted(chosen)]


def _joined(chosen: Sequence[_Told]) -> str:
    text = chosen[0].words
    for before, one in pairwise(chosen):
        if text[-1:] in "？！":
            mark = ""
        elif _QUESTION.search(before.words):
            mark = "？"
        elif before.reading is one.reading:
            mark = "，"
        else:
            mark = "；" if len(text) > SUMMARY_AIM // 2 else "，"
        text += mark + one.words
    return text
