"""Which group a call goes to: the first row of the routing table that fits. 路由匹配

Pure. A group outside its hours hands its callers on to its overflow target, until one is open; the
general group always is, so nobody is ever turned away (7×24).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cti.ids import SkillGroupCode
from documents.calendar import Calendar
from seats.groups import GENERAL
from seats.rule_documents.groups import Groups
from seats.rule_documents.routing_table import RoutingRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is known of a call when it comes to the line. 来电要素"""

    called_number: str = ""
    key: str = ""
    """What he pressed; empty: nothing. 按键"""
    lists: frozenset[str] = frozenset()
    """The lists that his number is on. 来电名单"""
    language: str = ""
    """What he chose; empty: nothing, which is 普通话. 语言"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a call goes, and what its seat should know. 去向"""

    group: SkillGroupCode
    priority: int = 0
    sticky: bool = True
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Chinese sentences for the seat's screen. 屏幕提示"""
    prompt: str = ""
    row: str = ""
    """The name of the row that fitted. 命中行"""
    number: int = 0
    """Its number, from 1; 0 when no row fitted."""
    version: int = 0
    """Of the routing table. 路由表版本"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A routing table with the groups that it leads to. 路由表"""

    rows: Sequence[RoutingRow]
    groups: Groups
    calendar: Calendar
    version: int = 0


def route(table: Table, arrival: Arrival, now: datetime) -> Destination:
    """The way of this call at that instant."""
    for row in table.rows:
        if _fits(row, arrival, table.calendar, now):
            group, notes = _open_group(row.group, table, now)
            return Destination(
                group=group,
                priority=row.priority,
                sticky=row.sticky,
                flags=row.flags,
                notes=(*((row.note,) if row.note else ()), *notes),
                prompt=row.prompt,
                row=row.name,
                number=row.number,
                version=table.version,
            )
    return Destination(group=GENERAL.code, version=table.version)


def _fits(row: RoutingRow, arrival: Arrival, calendar: Calendar, now: datetime) -> bool:
    return (
        (not row.called or arrival.called_number in row.called)
        and (not row.key or arrival.key in row.key)
        and (not row.lists or not row.lists.isdisjoint(arrival.lists))
        and (not row.language or (arrival.language or "zh") in row.language)
        and (row.hours is None or row.hours.open_at(now, calendar))
    )


def _open_group(
    code: SkillGroupCode, table: Table, now: datetime
) -> tuple[SkillGroupCode, tuple[str, ...]]:
    notes: list[str] = []
    passed: set[SkillGroupCode] = set()
    while code in table.groups and code not in passed:
        passed.add(code)
        row = table.groups[code]
        if row.hours is None or row.hours.open_at(now, table.calendar):
            return code, (*notes, *((row.note,) if row.note else ()))
        after = table.groups.get(row.overflow)
        name = GENERAL.name if after is None else after.rules.name
        notes.append(f"{row.rules.name}专席现为非服务时间，已转{name}")
        code = row.overflow
    return GENERAL.code, tuple(notes)
