"""How wrong a text is: characters put in, left out and changed, and where. 字错率

Pure. Compared is what is spoken: punctuation and blanks do not count, letters are small, and digits
are compared as the words that are said for them (26 and 二十六 are one; 138 is 一三八 where the
script says it digit by digit). 幺 is 一, and 两 stays 两: they sound different.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LONGEST_COUNTED = 4
"""A number of more digits than this is read out digit by digit: a telephone or identity number."""
_SAME = str.maketrans({"幺": "一", "〇": "零", "○": "零"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """How a heard text differs from the spoken one. 差错"""

    characters: int
    """Of the spoken text."""
    changed: int = 0
    left_out: int = 0
    put_in: int = 0

    @property
    def count(self) -> int:
        return self.changed + self.left_out + self.put_in

    @property
    def rate(self) -> float:
        """Character error rate; a text of nothing has none unless something was heard."""
        return self.count / self.characters if self.characters else float(bool(self.count))

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(
            characters=self.characters + other.characters,
            changed=self.changed + other.changed,
            left_out=self.left_out + other.left_out,
            put_in=self.put_in + other.put_in,
        )


def spoken_form(text: str) -> str:
    """What counts of a text.

    >>> spoken_form("我家在3号楼，电话 13800000000。")
    '我家在三号楼电话一三八零零零零零零零零'
    """
    said = _NUMBER.sub(lambda found: _said(found.group()), text.translate(_SAME))
    return "".join(c for c in said.lower() if unicodedata.category(c)[0] in "LN")


def _said(number: str) -> str:
    whole, _, part = number.partition(".")
    by_digit = len(whole) > _LONGEST_COUNTED or (len(whole) > 1 and whole[0] == "0")
    said = _digits(whole) if by_digit else counted(int(whole))
    return f"{said}点{_digits(part)}" if part else said


def _digits(number: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in number)


def counted(number: int) -> str:
    """0 to 9999 as it is counted: 十二, 一百零六, 一千零五十."""
    if number == 0:
        return "零"
    said, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            said += ("零" if gap else "") + _DIGITS[digit] + name
            gap = False
        elif said and number:
            gap = True
    return said.removeprefix("一") if said.startswith("一十") else said


def compared(spoken: str, heard: str) -> Errors:
    """The fewest errors that make one of the other. Both are taken as they are: see spoken_form()."""
    errors = Errors(characters=len(spoken))
    for part in _steps(spoken, heard):
        errors += part[1]
    return errors


def by_sentence(sentences: Sequence[str], heard: str) -> list[Errors]:
    """The same for a run of sentences heard as one text: whose the errors are.

    What was put in between two sentences counts against the first of them.
    """
    whole = "".join(sentences)
    found = [Errors(characters=len(sentence)) for sentence in sentences]
    owner = [number for number, sentence in enumerate(sentences) for _ in sentence]
    for place, part in _steps(whole, heard):
        if owner:
            number = owner[min(max(place, 0), len(owner) - 1)]
            found[number] += part
    return found


_CHANGED = Errors(characters=0, changed=1)
_LEFT_OUT = Errors(characters=0, left_out=1)
_PUT_IN = Errors(characters=0, put_in=1)


def matched(spoken: str, heard: str) -> list[int | None]:
    """For each heard character the place of the spoken one that it is; None where it is another.

    What was heard may be all that came so far: it is laid over the beginning that it fits best.
    """
    last = [line[-1] for line in _costs(spoken, heard)]
    beginning = spoken[: last.index(min(last))]
    found: list[int | None] = [None] * len(heard)
    for row, column in _path(beginning, heard):
        if row is not None and column is not None and spoken[row] == heard[column]:
            found[column] = row
    return found


def _steps(spoken: str, heard: str) -> list[tuple[int, Errors]]:
    """Each error with the index of the spoken character it belongs to."""
    steps, last = [], -1
    for row, column in _path(spoken, heard):
        if row is None:
            steps.append((last, _PUT_IN))
            continue
        last = row
        if column is None:
            steps.append((row, _LEFT_OUT))
        elif spoken[row] != heard[column]:
            steps.append((row, _CHANGED))
    return steps


def _path(spoken: str, heard: str) -> list[tuple[int | None, int | None]]:
    """The pairs of places of a cheapest alignment, in order; None where one side has nothing."""
    costs = _costs(spoken, heard)
    path: list[tuple[int | None, int | None]] = []
    row, column = len(spoken), len(heard)
    while row or column:
        here = costs[row][column]
        differs = not (row and column) or spoken[row - 1] != heard[column - 1]
        if row and column and here == costs[row - 1][column - 1] + differs:
            row, column = row - 1, column - 1
            path.append((row, column))
        elif row and here == costs[row - 1][column] + 1:
            row -= 1
            path.append((row, None))
        else:
            column -= 1
            path.append((None, column))
    return path[::-1]


def _costs(spoken: str, heard: str) -> list[list[int]]:
    """What it costs to make each beginning of the one of each beginning of the other."""
    costs = [list(range(len(heard) + 1))]
    for row, wanted in enumerate(spoken, 1):
        above, line = costs[-1], [row]
        for column, got in enumerate(heard, 1):
            line.append(
                min(above[column - 1] + (wanted != got), above[column] + 1, line[column - 1] + 1)
            )
        costs.append(line)
    return costs


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed. Raises ValueError for none."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)
    return ordered[min(len(ordered), max(1, int(rank))) - 1]
