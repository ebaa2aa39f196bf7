"""What a text is about, ranked, with the words that show it. 事件分类

Pure, and the only classifier there is: drafting asks it now, dispatching by trade (智能归口) and
the voice robot can ask it later. It looks for the words of `event_types.EVENT_TYPES`, the longest
first, so that 占道停车 counts once and not again as 停车; a word that its list gives a weight of its
own counts that much, any other the square of its length.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from orders.event_types import DENIABLE, EVENT_TYPES, WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Classed:
    """One type that the text may be about. 分类结果"""

    event_type: str
    weight: int
    spans: tuple[tuple[int, int], ...]
    """Where its words are, the weightiest first. 依据位置"""


def classify(text: str) -> tuple[Classed, ...]:
    """The types that some word shows, the likeliest first; of equals the first of the list."""
    found: dict[str, list[_Hit]] = {}
    for words, names in _BY_WORDS:
        start = text.find(words)
        while start >= 0:
            end = start + len(words)
            denied = words in DENIABLE and text[:start].endswith(("没有", "没", "不"))
            for name in () if denied else names:
                hits = found.setdefault(name, [])
                if not any(start < hit.end and hit.start < end for hit in hits):
                    hits.append(_Hit(words, start, end))
            start = text.find(words, end)
    classed = [_classed(name, hits) for name, hits in found.items()]
    return tuple(sorted(classed, key=lambda one: (-one.weight, _PLACE[one.event_type])))


def weight_of(words: str) -> int:
    """How much these words say."""
    return WEIGHTS.get(words, len(words) ** 2)


class _Hit(NamedTuple):
    words: str
    start: int
    end: int


def _classed(name: str, hits: list[_Hit]) -> Classed:
    hits.sort(key=lambda hit: (-weight_of(hit.words), hit.start))
    # A word that he says three times is one reason and not three.
    weight = sum(weight_of(words) for words in {hit.words for hit in hits})
    return Classed(
        event_type=name, weight=weight, spans=tuple((hit.start, hit.end) for hit in hits)
    )


_PLACE = {name: place for place, name in enumerate(EVENT_TYPES)}


def _by_words(types: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names: dict[str, list[str]] = {}
    for name, listed in types.items():
        for words in listed:
            names.setdefault(words, []).append(name)
    longest_first = sorted(names, key=lambda words: (-len(words), words))
    return tuple((words, tuple(names[words])) for words in longest_first)


_BY_WORDS = _by_words(EVENT_TYPES)
