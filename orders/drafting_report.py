"""How good drafts were, field by field and week by week. 草拟质量报表

Pure. Weeks begin on Monday at midnight in China.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from orders.model import OrderField
from orders.outcomes import Became


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often one field had one outcome in one week. 字段去向计数"""

    monday: date
    name: OrderField
    outcome: Became
    count: int
    distance: float
    """The sum of the distances. 编辑距离合计"""


class Tallies(Protocol):
    """What submitted orders left. 草拟评价查询"""

    async def draft_tallies(self, since: date, until: date) -> Sequence[Tally]:
        """Of the days from `since` to `until` in China, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldQuality:
    """What became of one field's proposals. 字段草拟质量"""

    name: OrderField
    proposed: int = 0
    confirmed: int = 0
    edited: int = 0
    rejected: int = 0
    added: int = 0
    """A person filled what the machine had left empty. 人工补填"""
    mean_distance: float | None = None
    """Over all that was proposed, a rejected one counting 1; None without any. 平均编辑距离"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftQuality:
    """Every field over some span. 草拟质量"""

    orders: int
    fields: tuple[FieldQuality, ...]


def quality_of(tallies: Iterable[Tally]) -> DraftQuality:
    """All of them together."""
    kept = list(tallies)
    fields = tuple(_field(name, [one for one in kept if one.name is name]) for name in OrderField)
    # Every order has every field once, if only as empty.
    orders = max((sum(o.count for o in kept if o.name is name) for name in OrderField), default=0)
    return DraftQuality(orders=orders, fields=fields)


def weekly(tallies: Sequence[Tally]) -> tuple[tuple[date, DraftQuality], ...]:
    """By the weeks' Mondays, the newest first."""
    mondays = sorted({one.monday for one in tallies}, reverse=True)
    return tuple(
        (monday, quality_of(one for one in tallies if one.monday == monday)) for monday in mondays
    )


def _field(name: OrderField, tallies: Sequence[Tally]) -> FieldQuality:
    def count(outcome: Became) -> int:
        return sum(one.count for one in tallies if one.outcome is outcome)

    confirmed, edited, rejected = (
        count(outcome) for outcome in (Became.CONFIRMED, Became.EDITED, Became.REJECTED)
    )
    proposed = confirmed + edited + rejected
    distance = sum(one.distance for one in tallies)
    return FieldQuality(
        name=name,
        proposed=proposed,
        confirmed=confirmed,
        edited=edited,
        rejected=rejected,
        added=count(Became.ADDED),
        mean_distance=round(distance / proposed, 4) if proposed else None,
    )
