"""From recognised words to text that people read. 可读文本

    words ─► correct ─► join ─► numbers with digits ─► marks ─► pieces

Pure. Every stretch of the written text knows the words from which it was written, so that a page can
show which of it is being played or doubted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from asr import english
from asr.correcting import corrected
from asr.doubt import judged
from asr.events import Piece, Word
from asr.gazetteer import Gazetteer
from asr.misheard_digits import digits_put_right
from asr.punctuation import Gap, marks_of
from asr.written_numbers import Rewrite, number_rewrites

CHINESE = "zh"
ENGLISH = "en"
_COUNTED_ON = frozenset("零〇幺一二两三四五六七八九十百千万亿点半")
_UNITS = frozenset("号楼层栋幢室单点分年月日块元毛角度%")
"""No mark stands before these right after a number. 单位字"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One utterance as it was recognised and as it is written. 可读语句"""

    text: str
    """Recognised, corrected, without marks; its characters are those of the words."""
    written: str
    words: tuple[Word, ...]
    pieces: tuple[Piece, ...]
    """Their texts make up `written`."""


Write = Callable[[tuple[Word, ...], str], Said]
"""Words and their language to readable text."""


class Text:
    """Writes utterances down. 转写成文

    `gazetteer` is asked at every utterance, so new names hold for the next one.
    """

    def __init__(self, gazetteer: Callable[[], Gazetteer], doubtful_below: float = 0.0) -> None:
        self._gazetteer = gazetteer
        self._doubtful_below = doubtful_below

    def utterance(self, words: tuple[Word, ...], language: str) -> Said:
        """Never raises, whatever the words are."""
        judged_words = judged(words, self._doubtful_below)
        if language == CHINESE:
            heard = digits_put_right(judged_words)
            return in_chinese(corrected(heard, self._gazetteer()))
        if language == ENGLISH:
            _, text = _laid_out(judged_words)
            return _said(judged_words, text, english.written(word.text for word in judged_words))
        return plain(judged_words, language)


def plain(words: tuple[Word, ...], _language: str = "") -> Said:
    """As it was recognised: for languages that nobody has taught us to write."""
    starts, text = _laid_out(words)
    ends = [*starts[1:], len(text)]
    return _said(words, text, [text[start:end] for start, end in zip(starts, ends, strict=False)])


def in_chinese(words: tuple[Word, ...]) -> Said:
    """With digits and marks."""
    starts, text = _laid_out(words)
    rewrites = number_rewrites(text)
    gaps = [
        Gap(
            position=starts[number],
            pause_ms=words[number].starts_at_ms - words[number - 1].ends_at_ms,
            free=_free(text, starts[number], rewrites),
        )
        for number in range(1, len(words))
    ]
    marks = dict(marks_of(text, gaps))
    cuts = [
        (number, starts[number])
        for number in range(len(words))
        if number == 0 or not _inside(starts[number], rewrites)
    ]
    pieces = []
    for place, (first, start) in enumerate(cuts):
        last, end = (
            (cuts[place + 1][0] - 1, cuts[place + 1][1])
            if place + 1 < len(cuts)
            else (len(words) - 1, len(text))
        )
        mark = marks.pop(end, "")
        stretch = _rewritten(text, start, end, rewrites)
        pieces.append(Piece(stretch.rstrip() + mark if mark else stretch, first, last))
    return Said(
        text=text,
        written="".join(piece.text for piece in pieces),
        words=words,
        pieces=tuple(pieces),
    )


def _said(words: tuple[Word, ...], text: str, texts: Sequence[str]) -> Said:
    """One stretch for each word."""
    return Said(
        text=text,
        written="".join(texts),
        words=words,
        pieces=tuple(Piece(one, number, number) for number, one in enumerate(texts)),
    )


def _laid_out(words: Sequence[Word]) -> tuple[list[int], str]:
    """Where each word begins in the text; blanks stand only where both sides need them."""
    starts: list[int] = []
    text = ""
    for word in words:
        if text and word.text:
            text += _between(text, word.text)
        starts.append(len(text))
        text += word.text
    return starts, text


def _between(left: str, right: str) -> str:
    if not left or not right or left[-1].isspace() or right[0].isspace():
        return ""
    return "" if _ideographic(left[-1]) or _ideographic(right[0]) else " "


def _ideographic(char: str) -> bool:
    return (
        "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"
    )


def _inside(position: int, rewrites: Sequence[Rewrite]) -> bool:
    return any(one.start < position < one.end for one in rewrites)


def _free(text: str, position: int, rewrites: Sequence[Rewrite]) -> bool:
    """A mark may stand here: not in a number, nor between it and its unit."""
    if position == 0 or _inside(position, rewrites):
        return False
    before, after = text[position - 1], text[position : position + 1]
    counts = before in _COUNTED_ON or before.isdigit()
    return not (counts and (after in _COUNTED_ON or after in _UNITS or after.isdigit()))


def _rewritten(text: str, start: int, end: int, rewrites: Sequence[Rewrite]) -> str:
    made, position = "", start
    for one in rewrites:
        if start <= one.start and one.end <= end:
            made += text[position : one.start] + one.written
            position = one.end
    return made + text[position:end]
