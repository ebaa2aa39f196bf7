"""What was recognised beside what is written, place by place. 对齐

Pure. 二十六号楼 is written 26号楼, and marks stand between the clauses; a value that is found in
the recognised text is shown as it is written, and is proved by the recognised words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MARKS = "，。、？！；：,.?!;:“”\"'…—"
"""What separates clauses in written text. 标点"""

_PIECE = re.compile(rf"([^{MARKS}\s]+)([{MARKS}\s]*)")
_BLANKS = re.compile(rf"[\s{MARKS}-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A piece of a sentence between two marks: text[start:end], and as it is written. 分句"""

    start: int
    end: int
    written: str
    mark: str = ""
    """What stands after it. 句末标点"""


def bare(text: str) -> str:
    """Without blanks and marks."""
    return _BLANKS.sub("", text)


Span = tuple[int, int, str]
"""text[start:end] and how it is written. 片段"""


class Aligned:
    """One sentence in both forms; both may be the same. 对齐文本"""

    def __init__(self, text: str, written: str, spans: Sequence[Span] = ()) -> None:
        """`spans` says which stretch was written from which part of the text, where that is known."""
        self.text = text
        pieces = _PIECE.findall(written) or [(text, "")]
        whole = "".join(piece for piece, _ in pieces)
        self._whole = whole
        known = _from_spans(text, spans)
        self._blocks = known if known and known[-1][4] == len(whole) else _compared(text, whole)
        self._ends: list[tuple[int, str]] = []
        position = 0
        for piece, mark in pieces:
            position += len(piece)
            self._ends.append((position, mark.strip()))

    def written(self, start: int, end: int) -> str:
        """text[start:end] as it is written, without marks."""
        first, last = self._forward(start, last=False), self._forward(end, last=True)
        return self._whole[first:last]

    def clauses(self) -> tuple[Clause, ...]:
        """The sentence between its marks; all of it where nothing is written with marks."""
        found = []
        start = 0
        for boundary, mark in self._ends:
            end = len(self.text) if boundary == len(self._whole) else self._back(boundary)
            if end > start:
                found.append(
                    Clause(start=start, end=end, written=self.written(start, end), mark=mark)
                )
            start = max(start, end)
        return tuple(found)

    def _forward(self, place: int, *, last: bool) -> int:
        """Inside a number that is written otherwise, its beginning, or its end for the `last`."""
        for same, a1, a2, b1, b2 in self._blocks:
            if a1 <= place < a2 or (last and place == a2):
                if same:
                    return b1 + place - a1
                if last:
                    return b2 if place > a1 else b1
                return b1
        return len(self._whole)

    def _back(self, place: int) -> int:
        for same, a1, a2, b1, b2 in self._blocks:
            if b1 < place <= b2:
                return a1 + place - b1 if same else a2
        return len(self.text)


_Block = tuple[bool, int, int, int, int]
"""Whether both are the same; text[a1:a2] and written[b1:b2]."""


def _from_spans(text: str, spans: Sequence[Span]) -> list[_Block]:
    blocks: list[_Block] = []
    position = 0
    for start, end, stretch in spans:
        after = position + len(bare(stretch))
        blocks.append((text[start:end] == bare(stretch), start, end, position, after))
        position = after
    return blocks


def _compared(text: str, whole: str) -> list[_Block]:
    if text == whole:
        return [(True, 0, len(text), 0, len(text))]
    matcher = SequenceMatcher(None, text, whole, autojunk=False)
    blocks: list[_Block] = []
    gained = 0
    """Characters written that stand for none of the text: they belong to the next character, or the last."""
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "insert":
            gained = b2 - b1
            continue
        same = tag == "equal"
        if gained:
            # What is gained stands between two equal stretches, or at an end.
            blocks.append((False, a1, a1 + 1, b1 - gained, b1 + 1))
            a1, b1, gained = a1 + 1, b1 + 1, 0
        if a1 < a2:
            blocks.append((same, a1, a2, b1, b2))
    if gained and blocks:
        _, a1, a2, b1, b2 = blocks.pop()
        if a2 - a1 > 1:
            blocks.append((True, a1, a2 - 1, b1, b2 - 1))
        blocks.append((False, a2 - 1, a2, b2 - 1 if a2 - a1 > 1 else b1, len(whole)))
    return blocks
