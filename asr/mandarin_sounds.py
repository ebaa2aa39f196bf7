"""How Chinese words sound, and how easily one syllable is taken for another. 读音

Pure. Readings come from pypinyin, word by word, because 重 in 重庆 is not 重 in 重要.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_CHINESE = re.compile("[\u4e00-\u9fff]+")
_INITIALS = re.compile("(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?")

# What the telephone and the accents of the north take for each other.
_LIKE_INITIAL = {"zh": "z", "ch": "c", "sh": "s", "l": "n", "h": "f"}
_LIKE_FINAL = {
    "ing": "in",
    "eng": "en",
    "ang": "an",
    "iang": "ian",
    "uang": "uan",
    "ueng": "un",
    "ong": "eng",
}
_TONE_COST = 0.2
_INITIAL_COST = 0.35
_FINAL_COST = 0.35
FAR = 2.0
"""Syllables that nobody takes for each other."""
HALF_FAR = 1.0
"""The same but for one unlike initial or final."""

_MANY_WORDS = 50_000


@dataclass(frozen=True, slots=True)
class Syllable:
    """One character's sound. 音节"""

    initial: str
    final: str
    tone: str

    @property
    def like(self) -> tuple[str, str]:
        """The same for all syllables that are taken for each other."""
        return (
            _LIKE_INITIAL.get(self.initial, self.initial),
            _LIKE_FINAL.get(self.final, self.final),
        )


@lru_cache(maxsize=_MANY_WORDS)
def sounds_of(word: str) -> tuple[Syllable | None, ...]:
    """One for each character; None for what is no Chinese character."""
    found: list[Syllable | None] = [None] * len(word)
    for run in _CHINESE.finditer(word):
        readings = lazy_pinyin(run.group(), style=Style.TONE3, neutral_tone_with_five=True)
        if len(readings) == len(run.group()):
            for place, reading in enumerate(readings, start=run.start()):
                found[place] = _syllable(reading)
    return tuple(found)


def _syllable(reading: str) -> Syllable | None:
    if not reading[-1:].isdigit():
        return None
    sound, tone = reading[:-1], reading[-1]
    beginning = _INITIALS.match(sound)
    initial = beginning.group() if beginning else ""
    return Syllable(initial, sound[len(initial) :], tone)


def distance(one: Syllable, other: Syllable) -> float:
    """0 for the same sound; tones cost little, likely confusions more, others HALF_FAR or FAR."""
    cost = 0.0
    if one.initial != other.initial:
        alike = one.like[0] == other.like[0]
        cost += _INITIAL_COST if alike else HALF_FAR
    if one.final != other.final:
        alike = one.like[1] == other.like[1]
        cost += _FINAL_COST if alike else HALF_FAR
    if one.tone != other.tone:
        cost += _TONE_COST
    return min(cost, FAR)
