"""Listed words found in what was said. 词条匹配

Pure, shared by all who read speech by lists (orders: how urgent; quality: cues and signals), so that
one list has one meaning. Matching looks at the text without blanks and punctuation.

    word "煤气…漏"  the parts in this order, with at most GAP characters between
    unless          a word of it touching the find takes it back: 煤气泄漏 unless 煤气泄漏演练
    negation        a word directly before the find takes it back: 没有着火; one filler may stand between

Who knows when the words were spoken gives `joined`: a pause between the negation and the find means
that they do not belong together (没有 … 着火了).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

GAP = 6
"""Characters that may stand where a word has "…". 间隔上限"""
ANYTHING = "…"
FILLERS = ("", "发生", "出现", "什么", "任何", "有", "再", "真的", "说")
"""What may stand between a negation and what it negates. 填充词"""
_SKIPPED = re.compile(r"[\s，。、？！；：“”‘’（）《》,.?!;:'\"()…—-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One entry of a word list. 词条"""

    code: str
    title: str
    words: tuple[str, ...]
    level: str = ""
    """Of a danger: "very_urgent" or "urgent", the words of an order's urgency. 紧急程度"""
    unless: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    """Words that take it back from directly before it; empty where 没有 changes nothing. 否定词"""
    advice: str = ""
    """What the operator is asked to do. 处置建议"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where a phrase was found in the squeezed text. 命中"""

    phrase: Phrase
    word: str
    """As it stands in the list. 词"""
    start: int
    end: int


Joined = Callable[[int, int], bool]
"""Whether two places of the squeezed text were spoken without a pause between. 是否连续"""


def squeezed(text: str) -> str:
    """Without blanks and punctuation: the text whose places hits tell."""
    return _SKIPPED.sub("", text)


def hits_in(
    text: str, phrases: Sequence[Phrase], joined: Joined = lambda _before, _after: True
) -> Iterator[Hit]:
    """At most one of each phrase, in the order of the list; `text` is squeezed."""
    for phrase in phrases:
        hit = _first(text, phrase, joined)
        if hit is not None:
            yield hit


def _first(text: str, phrase: Phrase, joined: Joined) -> Hit | None:
    pattern = _pattern(phrase.words)
    if pattern is None:
        return None
    for found in pattern.finditer(text):
        word = phrase.words[int(str(found.lastgroup)[1:])]
        hit = Hit(phrase=phrase, word=word, start=found.start(), end=found.end())
        if not _excepted(text, hit) and not _negated(text, hit, joined):
            return hit
    return None


def _excepted(text: str, hit: Hit) -> bool:
    pattern = _pattern(hit.phrase.unless)
    if pattern is None:
        return False
    return any(
        found.start() <= hit.end and hit.start <= found.end() for found in pattern.finditer(text)
    )


def _negated(text: str, hit: Hit, joined: Joined) -> bool:
    before = text[: hit.start]
    for filler in FILLERS:
        if not before.endswith(filler):
            continue
        rest = before[: len(before) - len(filler)]
        for negation in hit.phrase.negations:
            if rest.endswith(negation) and joined(len(rest) - 1, hit.start):
                return True
    return False


@lru_cache(maxsize=4096)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """One search for all words; the longest first, so that a hit names the fullest."""
    numbered = [(number, squeezed_word(word)) for number, word in enumerate(words)]
    usable = sorted((one for one in numbered if one[1]), key=lambda one: -len(one[1]))
    if not usable:
        return None
    return re.compile("|".join(f"(?P<w{number}>{expression})" for number, expression in usable))


def squeezed_word(word: str) -> str:
    """The expression that finds the word; empty if nothing of it can be said."""
    parts = [re.escape(squeezed(part)) for part in word.split(ANYTHING)]
    return f".{{0,{GAP}}}?".join(part for part in parts if part)
