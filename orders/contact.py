"""Who calls and under which number, out of many sentences. 诉求人与联系电话

Pure. People say a number in pieces, with the operator's 嗯 between, and take pieces back:
幺三八零零零零 … 零零零五; 不对，尾号是零零零六.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from asr.events import Side
from asr.spoken_numbers import digit_runs, is_phone_number, national
from orders.callers import answered_name, is_surname, number_in, title_in
from orders.heard import Heard
from orders.model import ANONYMOUS, FieldValue, FilledBy, Proof
from orders.reading import Reading, filled

SHOWN_BY_TRUNK = 0.6
"""How sure it is that he wants to be called under the number he calls from. 来显可信度"""


def caller_name(ordered: Sequence[Reading]) -> FieldValue | None:
    """The fullest that fits: 王 and later 王先生 make 王先生; a full name stays a full name."""
    best: tuple[Reading, Heard] | None = None
    asked = False
    title = ""
    for reading in ordered:
        heard = reading.name
        if reading.utterance.side is Side.CITIZEN:
            heard = heard or (answered_name(reading.text) if asked else None)
            asked = False
        else:
            asked = reading.asks_name
            title = title_in(reading.text) or title
        if heard is None:
            continue
        if best is None or heard.value == ANONYMOUS or _names_better(reading, heard, best[1]):
            best = (reading, heard)
    if best is None:
        return None
    reading, heard = best
    if title and is_surname(heard.value):
        heard = replace(heard, value=heard.value + title)
    return filled(reading, heard)


def _names_better(reading: Reading, heard: Heard, known: Heard) -> bool:
    if known.value == ANONYMOUS:
        return False
    if heard.value.startswith(known.value):
        return heard.value != known.value
    # The operator may have misheard; only the citizen himself corrects a name.
    own = reading.utterance.side is Side.CITIZEN
    return own and not known.value.startswith(heard.value)


def contact_number(ordered: Sequence[Reading], caller_number: str) -> FieldValue | None:
    """The last number the citizen said, else the one an operator read out, else the caller's."""
    said: FieldValue | None = None
    read_out: FieldValue | None = None
    shown = national(caller_number)
    asked = asked_for_shown = False
    pieces = _Pieces()
    for reading in ordered:
        if reading.utterance.side is Side.CITIZEN:
            whole = reading.number or number_in(reading.text, asked)
            if whole is not None:
                said = filled(reading, whole)
                pieces = _Pieces()
            elif joined := pieces.add(reading):
                said = joined
                pieces = _Pieces()
            elif corrected := _corrected(reading, said or read_out):
                said = corrected
            elif shown is not None and said is None and _means_shown(reading, asked_for_shown):
                said = filled(
                    reading, Heard(value=shown, start=0, end=len(reading.text), confidence=0.9)
                )
            asked_for_shown = False
        else:
            asked_for_shown = bool(_ASKS_FOR_SHOWN.search(reading.text))
            if reading.number is not None:
                heard = replace(reading.number, confidence=0.75)
                read_out = filled(reading, heard)
            asked = reading.asks_number or (asked and reading.number is None)
    if said or read_out:
        return said or read_out
    if shown is None:
        return None
    return FieldValue(value=shown, by=FilledBy.MACHINE, confidence=SHOWN_BY_TRUNK)


_ASKS_FOR_SHOWN = re.compile("(?:来电|这个|本机|现在打|显示).{0,4}(?:号|电话|手机)")
_YES = re.compile("^(?:对|是|嗯|可以|没错|行)")
_THIS_ONE = re.compile("(?:就|还)?是?(?:用|打)?(?:这个|本机|来电|现在这个)的?(?:手机|电话)?号")


def _means_shown(reading: Reading, asked: bool) -> bool:
    """对，就是这个号码."""
    if _THIS_ONE.search(reading.text) and len(reading.text) <= _SHORT_ANSWER:
        return True
    return asked and bool(_YES.search(reading.text)) and len(reading.text) <= _SHORT_ANSWER


_SHORT_ANSWER = 12


@dataclass(frozen=True, slots=True)
class _Piece:
    digits: str
    reading: Reading


_ONLY_DIGITS = re.compile(
    "(?:嗯|啊|呃|对|然后|就是|是|我的|我|联系|电话|手机|号码?|那个|的|好)*[0-9０-９零〇幺一二三四五六七八九两个]+(?:嗯|啊|呃|然后|那个)*"
)
_LONGEST = 12


class _Pieces:
    """Digits said in a row of sentences that hold nothing else. 分段号码"""

    def __init__(self) -> None:
        self._said: list[_Piece] = []

    def add(self, reading: Reading) -> FieldValue | None:
        """A whole number as soon as the pieces make one."""
        if not _ONLY_DIGITS.fullmatch(reading.text):
            if reading.statement:
                self._said.clear()
            return None
        digits = "".join(run for run, _, _ in digit_runs(reading.text))
        self._said.append(_Piece(digits, reading))
        for first in range(len(self._said)):
            pieces = self._said[first:]
            whole = "".join(piece.digits for piece in pieces)
            if len(pieces) > 1 and len(whole) <= _LONGEST and is_phone_number(whole):
                return _spread(whole, pieces[0].reading, pieces[-1].reading, 0.8)
        return None


_TAIL = re.compile(
    "(?:尾号|末尾|最后[几两三四五]?(?:位|个)?(?:数字?)?|后[两三四五六]位(?:数字?)?)[^0-9零〇幺一二三四五六七八九]{0,5}"
)


def _corrected(reading: Reading, known: FieldValue | None) -> FieldValue | None:
    """尾号是零零零六 puts another tail to the number known so far."""
    tail = _TAIL.search(reading.text)
    if tail is None or known is None:
        return None
    runs = [run for run in digit_runs(reading.text) if run[1] >= tail.end()]
    if not runs:
        return None
    digits, start, end = runs[-1]
    if not 2 <= len(digits) <= 8 or len(digits) >= len(known.value):
        return None
    whole = known.value[: -len(digits)] + digits
    return filled(reading, Heard(value=whole, start=start, end=end, confidence=0.75))


def _spread(value: str, first: Reading, last: Reading, confidence: float) -> FieldValue:
    proof = Proof(
        side=Side.CITIZEN,
        starts_at_ms=first.utterance.starts_at_ms,
        ends_at_ms=last.utterance.ends_at_ms,
    )
    return FieldValue(value=value, by=FilledBy.MACHINE, confidence=confidence, proof=proof)
