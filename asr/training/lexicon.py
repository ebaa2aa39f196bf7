"""The words the model knows, how they sound and how frequent they are. 词典

Readings come from pypinyin and, where they differ, also from espeak-ng: the model hears nobody else.
"""

import collections
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pypinyin
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_tone3

from asr.training.syllables import phones_of, take_apart
from asr.training.voices import Reader
from asr.training.writing import is_chinese

GENERAL_WORDS = 28_000
"""The most frequent words of two characters and more."""
SINGLE_CHARACTERS = 4_000
"""Anything can be written with single characters, if need be."""
_READINGS_OF_A_CHARACTER = 2
_CHARACTER_FROM_WORDS = 0.05
"""A single character also gets so much of the weight that it has inside words."""
_RAREST = 1e-8

Syllables = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Words with their readings (the first is the usual one) and general probability. 词典"""

    readings: Mapping[str, tuple[Syllables, ...]]
    general: Mapping[str, float]

    def pronunciations(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        """Words with their phones."""
        found: dict[str, tuple[tuple[str, ...], ...]] = {}
        for word, readings in self.readings.items():
            phones = (phones_of(reading) for reading in readings)
            found[word] = tuple(dict.fromkeys(one for one in phones if one is not None))
        return found


def usual_reading(word: str) -> Syllables:
    """The syllables of a word or sentence as pypinyin reads it."""
    read = pypinyin.lazy_pinyin(
        word, style=pypinyin.Style.TONE3, neutral_tone_with_five=True, v_to_u=True
    )
    return tuple(read)


def all_syllables() -> frozenset[str]:
    """Every syllable of Mandarin without its tone."""
    found: set[str] = set()
    for readings in PINYIN_DICT.values():
        for reading in readings.split(","):
            letters = to_tone3(reading, v_to_u=True).rstrip("12345")
            if take_apart(letters) is not None:
                found.add(letters)
    return frozenset(found)


def build_lexicon(
    domain: Iterable[str], frequencies: Mapping[str, int], reader: Reader | None
) -> Lexicon:
    """The words of the domain, frequent general words and characters.

    Without a reader only pypinyin's readings are taken.
    """
    characters: collections.Counter[str] = collections.Counter()
    for word, count in frequencies.items():
        for character in word:
            characters[character] += count
    single = [character for character, _ in characters.most_common(SINGLE_CHARACTERS)]
    by_frequency = sorted(frequencies, key=lambda word: (-frequencies[word], word))
    general = [word for word in by_frequency if len(word) > 1][:GENERAL_WORDS]
    wanted = dict.fromkeys((*(word for word in domain if is_chinese(word)), *single, *general))
    readings = {word: found for word in wanted if (found := _readings(word, reader))}
    return Lexicon(readings=readings, general=_probabilities(readings, frequencies, characters))


def _readings(word: str, reader: Reader | None) -> tuple[Syllables, ...]:
    usual = usual_reading(word)
    found = [usual]
    if len(word) == 1:
        others = pypinyin.pinyin(
            word,
            style=pypinyin.Style.TONE3,
            heteronym=True,
            neutral_tone_with_five=True,
            v_to_u=True,
        )[0]
        found += [(other,) for other in others[:_READINGS_OF_A_CHARACTER]]
    if reader is not None and phones_of(usual) is not None:
        spoken = reader.reading(word, usual)
        if spoken is not None:
            found.append(spoken)
    return tuple(dict.fromkeys(one for one in found if phones_of(one) is not None))


def _probabilities(
    words: Iterable[str], frequencies: Mapping[str, int], characters: Mapping[str, int]
) -> dict[str, float]:
    chosen = list(words)
    whole = max(1, sum(frequencies.get(word, 0) for word in chosen))
    inside = max(1, sum(characters.get(word, 0) for word in chosen if len(word) == 1))
    general: dict[str, float] = {}
    for word in chosen:
        probability = frequencies.get(word, 0) / whole
        if len(word) == 1:
            probability = (
                0.8 * probability + _CHARACTER_FROM_WORDS * characters.get(word, 0) / inside
            )
        general[word] = max(probability, _RAREST)
    return general


def save_lexicon(lexicon: Lexicon, path: Path) -> None:
    """As JSON."""
    body = {"readings": dict(lexicon.readings), "general": dict(lexicon.general)}
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def load_lexicon(path: Path) -> Lexicon:
    """What `save_lexicon` wrote."""
    body = json.loads(path.read_text(encoding="utf-8"))
    return Lexicon(
        readings={
            word: tuple(tuple(reading) for reading in readings)
            for word, readings in body["readings"].items()
        },
        general=body["general"],
    )
