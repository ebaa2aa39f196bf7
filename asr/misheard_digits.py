"""Digits misheard within a telephone number: 于三八零零… → 一三八零零…. 号码纠错

Pure. Said one by one, digits have no words around them by which a recogniser could tell 一 from 于 or 七
from 起. A telephone number has a form of its own, though: eleven digits that begin with 13 to 19, or an
area code and a line. Where the form comes out with at most MOST_MISHEARD characters read as the digits
they sound like, and not without them, they are read so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from asr.events import Word
from asr.spoken_numbers import DIGITS

MOST_MISHEARD = 2
"""Of the 11 or 12 characters of a number. 最多误听字数"""

_SOUNDS_LIKE = {
    "一": "于以已亿意易亦",
    "幺": "要腰妖药",
    "二": "而儿耳尔",
    "三": "山散伞",
    "四": "是事市思死似",
    "五": "无我午物吴屋舞",
    "六": "留刘流路",
    "七": "去起期其气器区",
    "八": "吧把巴爸",
    "九": "就久酒救旧",
    "零": "灵领另林邻令",
}
_MEANT = {like: digit for digit, likes in _SOUNDS_LIKE.items() for like in likes}
_GOES_ON = frozenset("要是事我吧把就")
"""What people say after a number; as its last digit they would make a whole number of a broken one."""
_LENGTHS = (12, 11)
_NUMBER = re.compile(r"1[3-9]\d{9}|0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}")


def digits_put_right(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words with as many characters as before; what was recognised stays in `Word.heard`."""
    text = "".join(word.text for word in words)
    meant = {
        place: _MEANT[text[place]]
        for start, end in _numbers(text)
        for place in range(start, end)
        if text[place] in _MEANT
    }
    if not meant:
        return words
    return tuple(_with(words, meant))


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where a telephone number stands of which something was misheard."""
    start = 0
    while start < len(text):
        length = next((n for n in _LENGTHS if _is_misheard(text, start, start + n)), 0)
        if length:
            yield start, start + length
        start += length or 1


def _is_misheard(text: str, start: int, end: int) -> bool:
    heard = text[start:end]
    if end > len(text) or heard[-1] in _GOES_ON:
        return False
    if _is_digit(text[start - 1 : start]) or _is_digit(text[end : end + 1]):
        return False
    misheard = sum(char not in DIGITS for char in heard)
    if not 0 < misheard <= MOST_MISHEARD or not all(
        char in DIGITS or char in _MEANT for char in heard
    ):
        return False
    return _NUMBER.fullmatch("".join(DIGITS[_MEANT.get(char, char)] for char in heard)) is not None


def _is_digit(char: str) -> bool:
    return char in DIGITS


def _with(words: Sequence[Word], meant: dict[int, str]) -> Iterator[Word]:
    position = 0
    for word in words:
        text = "".join(
            meant.get(place, char) for place, char in enumerate(word.text, start=position)
        )
        position += len(word.text)
        yield word if text == word.text else replace(word, text=text, heard=word.heard or word.text)
