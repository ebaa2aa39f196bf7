"""The routing table: the first row that fits a call holds. 路由表文件

[[row]]
name = "企业来电"                called, key, list, language, hours: what must fit, all of them
list = "enterprise"             group, priority, sticky, flags, note, prompt: what follows
"""

import re
from dataclasses import dataclass

from cti.ids import SkillGroupCode
from documents.calendar import Hours
from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document
from seats.groups import GENERAL

LISTS = ("elderly", "enterprise", "nuisance", "blocked")
"""Callers who are known to be something: 老年人、企业、骚扰、已封. There is no list of VIPs. 来电名单"""
LOWEST, HIGHEST = -5, 5
_CALLED = re.compile(r"\+?[0-9]{2,20}")
_KEYS = re.compile(r"[0-9*#]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRow:
    """One row. An empty condition fits everything. 路由行"""

    name: str
    line: int
    number: int
    """1 is the first. 行号"""
    called: frozenset[str] = frozenset()
    key: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    language: frozenset[str] = frozenset()
    hours: Hours | None = None
    group: SkillGroupCode = GENERAL.code
    priority: int = 0
    sticky: bool = True
    """Rather to the seat that has the caller's open order. 熟悉座席"""
    flags: tuple[str, ...] = ()
    note: str = ""
    prompt: str = ""
    """Played before he joins the line; empty: none. 提示音"""

    @property
    def conditions(self) -> tuple[frozenset[str], ...]:
        return (self.called, self.key, self.lists, self.language)

    @property
    def fits_all(self) -> bool:
        return self.hours is None and not any(self.conditions)

    def covers(self, other: "RoutingRow") -> bool:
        """Whether whatever fits the other one fits this one too."""
        hours = self.hours is None or (
            other.hours is not None and set(other.hours.windows) <= set(self.hours.windows)
        )
        return hours and all(
            not mine or (bool(theirs) and theirs <= mine)
            for mine, theirs in zip(self.conditions, other.conditions, strict=True)
        )


def read_routing(text: str) -> tuple[tuple[RoutingRow, ...], list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.ROUTING)
    top = read_document(text, say)
    if top is None:
        return (), say.found
    entries = top.parts("row")
    rows = tuple(_row(entry, number, say) for number, entry in enumerate(entries, start=1))
    top.done()
    _check_order(rows, say)
    return rows, say.found


def _row(entry: Entry, number: int, say: Complaints) -> RoutingRow:
    row = RoutingRow(
        name=entry.text("name", required=True),
        line=entry.line,
        number=number,
        called=frozenset(entry.texts("called")),
        key=frozenset(entry.texts("key")),
        lists=frozenset(entry.texts("list")),
        language=frozenset(entry.texts("language")),
        hours=entry.hours("hours"),
        group=SkillGroupCode(entry.text("group", required=True)),
        priority=entry.whole("priority", 0, LOWEST, HIGHEST),
        sticky=entry.flag("sticky", default=True),
        flags=entry.texts("flags"),
        note=entry.text("note"),
        prompt=entry.text("prompt"),
    )
    for unknown in sorted(row.lists - set(LISTS)):
        say.error(entry.line_of("list"), "list-unknown", f"没有名单 {unknown}")
    for wrong in sorted(one for one in row.called if not _CALLED.fullmatch(one)):
        say.error(entry.line_of("called"), "value-invalid", f"{wrong} 不是被叫号码")
    for wrong in sorted(one for one in row.key if not _KEYS.fullmatch(one)):
        say.error(entry.line_of("key"), "value-invalid", f"{wrong} 不是按键")
    if row.key:
        # Documents from before there were flows have such rows; they are still read.
        say.warn(
            entry.line_of("key"),
            "key-unused",
            f"“{row.name}”不会命中：市民按键选择的去向写在流程（flows）里",
        )
    return row


def _check_order(rows: tuple[RoutingRow, ...], say: Complaints) -> None:
    if not rows or not rows[-1].fits_all:
        say.error(
            rows[-1].line if rows else 1,
            "no-row-for-the-rest",
            "最后必须有一行不带任何条件，否则有的来电匹配不到任何行",
        )
    for number, row in enumerate(rows):
        earlier = next((one for one in rows[:number] if one.covers(row)), None)
        if earlier is not None:
            say.error(
                row.line,
                "row-unreachable",
                f"“{row.name}”永远匹配不到：第 {earlier.number} 行“{earlier.name}”已包含它",
            )
