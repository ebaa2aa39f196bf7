"""How spoken words are made findable, and where in a text something was found. 话语检索

    written  "建设路26号，燃气泄漏。"  ──signs──►  建 设 路 2 6 号 燃 气 泄 漏

Every letter, digit and character is a sign of its own, and what is looked for is an unbroken row of
them: that finds every part of a Chinese sentence exactly, whatever a dictionary would cut. Width, case,
spaces and punctuation are nobody's spoken words and do not count.
"""

import unicodedata
from dataclasses import dataclass

from asr.events import UtteranceHeard

LONGEST_LOOKED_FOR = 60
"""Signs; more than anybody remembers of a call. 检索词上限"""
MOST_PHRASES = 5
"""Parts of one search, each of which must have been said. 检索词数上限"""


def signs(text: str) -> list[tuple[str, int]]:
    """Each sign with the place in the text that it stands for."""
    found: list[tuple[str, int]] = []
    for place, letter in enumerate(text):
        plain = unicodedata.normalize("NFKC", letter).casefold()
        found.extend((sign, place) for sign in plain if sign.isalnum())
    return found


def row_of(text: str) -> tuple[str, ...]:
    """The signs alone."""
    return tuple(sign for sign, _ in signs(text))


def phrases_in(wanted: str) -> list[tuple[str, ...]]:
    """What is looked for: rows of signs, parted by spaces; all of them must have been said."""
    rows = [row_of(part)[:LONGEST_LOOKED_FOR] for part in wanted.split()]
    return [row for row in dict.fromkeys(rows) if row][:MOST_PHRASES]


def places(text: str, phrase: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the phrase stands in the text: (first, last exclusive) of its letters."""
    there = signs(text)
    row = [sign for sign, _ in there]
    found, at = [], 0
    while at + len(phrase) <= len(row):
        if tuple(row[at : at + len(phrase)]) == phrase:
            found.append((there[at][1], there[at + len(phrase) - 1][1] + 1))
            at += len(phrase)
        else:
            at += 1
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWords:
    """Where looked-for words stand in a sentence, and when the first of them was spoken. 命中"""

    text: str
    """The sentence as it is shown: the readable one if the words stand there. 句子"""
    marks: tuple[tuple[int, int], ...]
    """(first, last exclusive) letters of it, in order. 命中位置"""
    at_ms: int
    """On the call's clock. 时刻"""


def found_words(said: UtteranceHeard, phrases: list[tuple[str, ...]]) -> FoundWords | None:
    """None if the sentence holds none of the phrases."""
    heard = _marks(said.text, phrases)
    if said.written and (read := _marks(said.written, phrases)):
        at_ms = _spoken_in_text(said, heard[0][0]) if heard else _spoken_as(said, read[0][0])
        return FoundWords(text=said.written, marks=read, at_ms=at_ms)
    if not heard:
        return None
    return FoundWords(text=said.text, marks=heard, at_ms=_spoken_in_text(said, heard[0][0]))


def _marks(text: str, phrases: list[tuple[str, ...]]) -> tuple[tuple[int, int], ...]:
    """Of all phrases; those that overlap become one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(span for phrase in phrases for span in places(text, phrase)):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _spoken_in_text(said: UtteranceHeard, letter: int) -> int:
    """When that letter of the recognised text was spoken."""
    before = len(row_of(said.text[:letter]))
    counted = 0
    for word in said.words:
        counted += len(row_of(word.text))
        if counted > before:
            return word.starts_at_ms
    return said.starts_at_ms


def _spoken_as(said: UtteranceHeard, letter: int) -> int:
    """When that letter of the readable text was spoken: its piece knows the words it stands for."""
    read = 0
    for text, first, _ in said.pieces:
        read += len(text)
        if read > letter:
            return said.words[first].starts_at_ms if first < len(said.words) else said.starts_at_ms
    return said.starts_at_ms
