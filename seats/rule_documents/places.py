"""Names of districts, streets, communities, roads and departments. 地名与单位名文件

[[place]] kind = "district" | "street" | "community" | "road" | "department" | "other", names,
          district, aliases

Many names to an entry, because a city has thousands; aliases belong to an entry with one name.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document

KINDS = ("district", "street", "community", "road", "department", "other")
"""区县、街道乡镇、小区村社区、道路、单位、其他"""
DISTRICT = "district"
MOST_NAMES = 20_000
"""Districts, streets, communities and roads of a city of ten million; a publication reads them all
while calls wait. 名称上限"""
_NAME = re.compile(r"[\u4e00-\u9fff]{2,20}")
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """One name, and what else it is called. 地名"""

    name: str
    kind: str
    line: int
    district: str | None = None
    aliases: tuple[str, ...] = ()


def read_places(text: str) -> tuple[tuple[PlaceRow, ...], list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.PLACES)
    top = read_document(text, say)
    if top is None:
        return (), say.found
    lines = _Lines(text)
    rows = [row for entry in top.parts("place") for row in _rows(entry, lines, say)]
    top.done()
    if len(rows) > MOST_NAMES:
        say.error(1, "too-many-names", f"名称过多，上限 {MOST_NAMES} 个")
        return (), say.found
    _check_names(rows, lines, say)
    _check_districts(rows, say)
    return tuple(rows), say.found


class _Lines:
    """Where in the text a name of an entry stands; entries are long lists. 行号"""

    def __init__(self, text: str) -> None:
        self._of: dict[str, list[int]] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            for name in _QUOTED.findall(line):
                self._of.setdefault(name, []).append(number)

    def of(self, name: str, entry_line: int) -> int:
        """The first line with that name from the entry on."""
        numbers = self._of.get(name, [])
        place = bisect_left(numbers, entry_line)
        return numbers[place] if place < len(numbers) else entry_line


def _rows(entry: Entry, lines: _Lines, say: Complaints) -> list[PlaceRow]:
    kind = entry.one_of("kind", KINDS, "other")
    names, aliases = entry.texts("names"), entry.texts("aliases")
    district = entry.text("district") or None
    if not names:
        say.error(entry.line, "value-missing", "缺少 names")
    if aliases and len(names) > 1:
        say.error(entry.line_of("aliases"), "aliases-of-many", "有别名的条目只能有一个名称")
        aliases = ()
    if district is not None and kind == DISTRICT:
        say.error(entry.line_of("district"), "value-invalid", "区县没有所属区县")
        district = None
    for name in (*names, *aliases):
        if not _NAME.fullmatch(name):
            say.error(
                lines.of(name, entry.line), "name-invalid", f"“{name}”应为 2 至 20 个汉字的名称"
            )
    return [
        PlaceRow(
            name=name,
            kind=kind,
            line=lines.of(name, entry.line),
            district=district,
            aliases=aliases,
        )
        for name in names
    ]


def _check_names(rows: list[PlaceRow], lines: _Lines, say: Complaints) -> None:
    """The same name twice is a slip, unless it is that of two places in two districts."""
    names: dict[tuple[str, str | None], PlaceRow] = {}
    for row in rows:
        if (row.name, row.district) in names:
            say.error(row.line, "name-twice", f"“{row.name}”重复")
        names.setdefault((row.name, row.district), row)
    known = {row.name for row in rows}
    owner: dict[str, str] = {}
    for row in rows:
        for alias in row.aliases:
            line = lines.of(alias, row.line)
            other = owner.setdefault(alias, row.name)
            if alias in known:
                say.error(line, "alias-is-a-name", f"别名“{alias}”本身就是名称")
            elif other != row.name:
                say.error(line, "alias-of-two", f"别名“{alias}”同时属于“{other}”和“{row.name}”")
    if not known:
        say.warn(1, "no-names", "没有任何名称，误听的地名将不会纠正")


def _check_districts(rows: list[PlaceRow], say: Complaints) -> None:
    districts = {row.name for row in rows if row.kind == DISTRICT}
    told = set()
    for row in rows:
        if row.district is not None and row.district not in districts and row.district not in told:
            told.add(row.district)
            say.error(row.line, "district-unknown", f"没有名为“{row.district}”的区县")
