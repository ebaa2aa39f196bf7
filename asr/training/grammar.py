"""G: which words follow which. 语言模型

Trigrams of the hotline's sentences over a unigram of general Chinese, so that what no template
foresaw can still be written. Back-off arcs carry no label.
"""

import collections
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from asr.training.arcs import Arc

BEGIN, END = "<s>", "</s>"
_DIGITS = "零一二三四五六七八九幺"
_DIGIT_WEIGHT = 0.25
"""Templates are full of telephone numbers; digits must not win wherever nothing else is known."""
_GENERAL_END = 0.15
"""How likely a sentence ends after any word of general Chinese."""
_LEAST = 1e-6
_EMPTY = 0

History = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """How much is believed of what. 混合比例"""

    domain: float = 0.7
    """The share of the hotline's sentences among single words; the rest is general Chinese."""
    discount: float = 0.6
    """Taken from every count for what was not seen."""
    doubt: float = 0.3
    """Taken from every known history: templates are too sure of what follows."""
    least_trigrams: int = 3
    """A trigram met less often is left out."""
    least_gain: float = 4.5
    """A pair or trigram that tells so little more than its shorter history is left out, in nats over
    all its occurrences: it would cost more room than it is worth."""


@dataclass(frozen=True, slots=True)
class _Following:
    """What can follow a history, and the factor for everything else."""

    known: Mapping[str, float]
    rest: float


def grammar_graph(
    sentences: Iterable[Sequence[str]],
    general: Mapping[str, float],
    numbers: Mapping[str, int],
    mixture: Mixture,
) -> tuple[list[Arc], list[tuple[int, float]], int]:
    """Arcs, final states with their cost, and the start state. Words outside `general` break
    a sentence's n-grams."""
    counts = _count(sentences, frozenset(general))
    single = _single_words(counts[0], general, mixture)
    pairs = {
        history: _following(words, single, mixture)
        for history, all_words in _by_history(counts[1])
        if (words := _telling(all_words, single, mixture))
    }
    pairs.setdefault((BEGIN,), _Following({}, 1.0))
    frequent = {key: count for key, count in counts[2].items() if count >= mixture.least_trigrams}
    triples: dict[History, _Following] = {}
    for history, all_words in _by_history(frequent):
        after = pairs.get(history[1:], _Following({}, 1.0))
        lower = {word: after.known.get(word, after.rest * single[word]) for word in all_words}
        if words := _telling(all_words, lower, mixture):
            triples[history] = _following(words, lower, mixture)
    return _arcs(single, {**pairs, **triples}, numbers)


def _count(
    sentences: Iterable[Sequence[str]], known: frozenset[str]
) -> tuple[dict[str, float], dict[History, int], dict[History, int]]:
    one: collections.Counter[str] = collections.Counter()
    two: collections.Counter[History] = collections.Counter()
    three: collections.Counter[History] = collections.Counter()
    for sentence in sentences:
        words = (BEGIN, *sentence, END)
        for at in range(1, len(words)):
            if words[at] not in known and words[at] != END:
                continue
            one[words[at]] += 1
            for table, length in ((two, 2), (three, 3)):
                part = words[max(0, at - length + 1) : at + 1]
                if len(part) == length and all(
                    word in known or word == BEGIN for word in part[:-1]
                ):
                    table[part] += 1
    weighted = {
        word: count * (_DIGIT_WEIGHT if word in _DIGITS else 1.0) for word, count in one.items()
    }
    return weighted, two, three


def _single_words(
    counts: Mapping[str, float], general: Mapping[str, float], mixture: Mixture
) -> dict[str, float]:
    whole, whole_general = sum(counts.values()), sum(general.values())
    share, rest = mixture.domain, 1 - mixture.domain
    found = {
        word: share * counts.get(word, 0.0) / whole
        + rest * (1 - _GENERAL_END) * probability / whole_general
        for word, probability in general.items()
    }
    found[END] = share * counts.get(END, 0.0) / whole + rest * _GENERAL_END
    return found


def _by_history(
    counts: Mapping[History, int],
) -> Iterable[tuple[History, Mapping[str, int]]]:
    found: dict[History, dict[str, int]] = {}
    for key, count in counts.items():
        found.setdefault(key[:-1], {})[key[-1]] = count
    return found.items()


def _telling(
    counts: Mapping[str, int], lower: Mapping[str, float], mixture: Mixture
) -> dict[str, int]:
    whole = sum(counts.values())
    return {
        word: count
        for word, count in counts.items()
        if count * math.log(count / whole / lower[word]) >= mixture.least_gain
    }


def _following(
    counts: Mapping[str, int], lower: Mapping[str, float], mixture: Mixture
) -> _Following:
    whole = sum(counts.values())
    sure = 1 - mixture.doubt
    back = mixture.doubt + sure * mixture.discount * len(counts) / whole
    known = {
        word: sure * (count - mixture.discount) / whole + back * lower[word]
        for word, count in counts.items()
    }
    unseen = max(1 - sum(lower[word] for word in counts), _LEAST)
    return _Following(known, max(1 - sum(known.values()), _LEAST) / unseen)


def _arcs(
    single: Mapping[str, float],
    following: Mapping[History, _Following],
    numbers: Mapping[str, int],
) -> tuple[list[Arc], list[tuple[int, float]], int]:
    states: dict[History, int] = {(): _EMPTY, (BEGIN,): _EMPTY + 1}
    for history in sorted(following, key=lambda one: (len(one), one)):
        states.setdefault(history, len(states))
    arcs: list[Arc] = []
    finals: list[tuple[int, float]] = []
    rows = [((), _Following(single, 1.0)), *((one, following[one]) for one in states if one)]
    for history, after in rows:
        source = states[history]
        for word, probability in after.known.items():
            cost = -math.log(probability)
            if word == END:
                finals.append((source, cost))
            else:
                number = numbers[word]
                arcs.append(
                    Arc(source, _longest((*history, word)[-2:], states), number, number, cost)
                )
        if history:
            arcs.append(Arc(source, _longest(history[1:], states), 0, 0, -math.log(after.rest)))
    return arcs, finals, states[(BEGIN,)]


def _longest(history: History, states: Mapping[History, int]) -> int:
    """The state of as much of the history as has one."""
    while history not in states:
        history = history[1:]
    return states[history]
