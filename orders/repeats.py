"""Whether the same matter is in hand already: the same number, or much the same words. 查重

Pure and deterministic. Two texts are as alike as the pairs of neighbouring characters that they
share; what every order says (希望尽快处理) is left out. Whether it is the same fact and reason is for
the operator to say: candidates are only shown.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from orders.aligned import bare
from orders.model import FieldValue, OrderField, OrderId, OrderState, WorkOrder

SHOWN = 8
"""More than so many candidates nobody reads. 候选上限"""
ALIKE = 0.3
"""Texts of another number less alike than this are not shown. 相似度下限"""
_SAID_BY_ALL = re.compile(
    "希望|尽快|处理|解决|一下|我们?|你们?|请|有关|相关|部门|反映|投诉|问题|现在|这个|那个|就是|没有?人?管"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An order that there is already, and who called. 已有工单"""

    order: WorkOrder
    caller_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """An earlier order that may be about the same. 疑似重复"""

    order_id: OrderId
    state: OrderState
    opened_at: datetime
    submitted_at: datetime | None
    summary: str
    similarity: float
    same_number: bool
    repeat_of: OrderId | None


def repeats_of(
    order: WorkOrder, caller_number: str, earlier: Iterable[Earlier]
) -> tuple[Repeat, ...]:
    """The likeliest first: alike and from the same number before either alone."""
    pairs = _pairs(order)
    numbers = _numbers(order.fields, caller_number)
    found = []
    for one in earlier:
        if one.order.order_id == order.order_id or one.order.state is OrderState.DISCARDED:
            continue
        others = _pairs(one.order)
        if not others:
            continue  # nothing is written there yet: there is no matter to repeat
        likeness = _alike(pairs, others)
        same = bool(numbers & _numbers(one.order.fields, one.caller_number))
        if same or likeness >= ALIKE:
            found.append(_repeat(one.order, likeness, same_number=same))
    found.sort(key=lambda one: one.order_id, reverse=True)
    found.sort(key=lambda one: -(one.similarity + 0.3 * one.same_number))
    return tuple(found[:SHOWN])


def _repeat(order: WorkOrder, likeness: float, *, same_number: bool) -> Repeat:
    return Repeat(
        order_id=order.order_id,
        state=order.state,
        opened_at=order.opened_at,
        submitted_at=order.submitted_at,
        summary=_value(order.fields, OrderField.SUMMARY)
        or _value(order.fields, OrderField.CONTENT)[:100],
        similarity=round(likeness, 3),
        same_number=same_number,
        repeat_of=order.repeat_of,
    )


def _pairs(order: WorkOrder) -> frozenset[str]:
    text = "".join(
        _value(order.fields, name) for name in (OrderField.ADDRESS, OrderField.SUMMARY)
    ) or _value(order.fields, OrderField.CONTENT)
    # What is left out parts its neighbours.
    kept = [bare(part) for part in _SAID_BY_ALL.split(text)]
    return frozenset(part[at : at + 2] for part in kept for at in range(len(part) - 1))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient: 1 the same pairs, 0 none in common."""
    whole = len(one) + len(other)
    return 2 * len(one & other) / whole if whole else 0.0


def _numbers(fields: Mapping[OrderField, FieldValue], caller_number: str) -> frozenset[str]:
    return frozenset(
        number for number in (caller_number, _value(fields, OrderField.CONTACT_NUMBER)) if number
    )


def _value(fields: Mapping[OrderField, FieldValue], name: OrderField) -> str:
    return fields[name].value if name in fields else ""
