"""How good a draft was, told from what the operator made of it. 草拟评价

Pure. Per field: the machine's last proposal against the value that was submitted; submitting what
stands there confirms it. The distance is Levenshtein's over the longer length: 0 the same, 1 nothing
in common. Marks and blanks count, as they cost the operator keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from orders.model import FieldValue, OrderField, WorkOrder


class Became(StrEnum):
    """What became of a proposal. 建议去向"""

    CONFIRMED = "confirmed"  # 采用
    EDITED = "edited"  # 修改
    REJECTED = "rejected"  # 弃用
    ADDED = "added"  # 人工补填
    EMPTY = "empty"  # 均未填


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOutcome:
    """One field of a submitted order. 字段评价"""

    name: OrderField
    outcome: Became
    distance: float
    """0 to 1; of a field that was proposed, else 0. 归一化编辑距离"""
    length: int
    """Of the value that was submitted. 提交值长度"""
    confidence: float
    """How sure the machine was; 0 where it proposed nothing. 可信度"""


def outcomes_of(order: WorkOrder) -> tuple[FieldOutcome, ...]:
    """Every field of the form, in its order."""
    return tuple(_outcome(name, order.proposed, order.fields) for name in OrderField)


def _outcome(
    name: OrderField,
    proposed: Mapping[OrderField, FieldValue],
    final: Mapping[OrderField, FieldValue],
) -> FieldOutcome:
    value = final[name].value if name in final else ""
    proposal = proposed.get(name)
    if proposal is None or not proposal.value:
        became = Became.ADDED if value else Became.EMPTY
        return FieldOutcome(
            name=name, outcome=became, distance=0.0, length=len(value), confidence=0.0
        )
    if not value:
        became = Became.REJECTED
    else:
        became = Became.CONFIRMED if value == proposal.value else Became.EDITED
    return FieldOutcome(
        name=name,
        outcome=became,
        distance=round(apart(proposal.value, value), 4),
        length=len(value),
        confidence=proposal.confidence,
    )


def apart(one: str, other: str) -> float:
    """Levenshtein's distance over the longer length."""
    longer = max(len(one), len(other))
    return levenshtein(one, other) / longer if longer else 0.0


def levenshtein(one: str, other: str) -> int:
    """Insertions, deletions and replacements from one to the other.

    A column of the usual table is two integers, one bit a row (Myers 1999, Hyyrö 2003): the longest
    content costs milliseconds, for submitting must not hold up the calls.
    """
    if not one or not other:
        return len(one) or len(other)
    whole = (1 << len(one)) - 1
    lowest = 1 << (len(one) - 1)
    places: dict[str, int] = {}
    for place, char in enumerate(one):
        places[char] = places.get(char, 0) | 1 << place
    more, less, distance = whole, 0, len(one)
    for char in other:
        equal = places.get(char, 0)
        down = equal | less
        across = (((equal & more) + more) ^ more) | equal
        rises = less | (~(across | more) & whole)
        falls = more & across
        distance += bool(rises & lowest) - bool(falls & lowest)
        rises = (rises << 1 | 1) & whole
        falls = falls << 1 & whole
        more = falls | (~(down | rises) & whole)
        less = rises & down
    return distance
