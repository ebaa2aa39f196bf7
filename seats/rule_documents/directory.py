"""Departments, duty rooms and emergency lines. 通讯录文件

[[line]] code, name, number, kind = "emergency" | "department" | "duty", hours, note
"""

import re
from dataclasses import dataclass

from documents.calendar import Hours
from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document

KINDS = ("emergency", "department", "duty")
"""紧急热线、部门、值班室"""
EMERGENCY = ("110", "119", "120", "122")
"""One key each (CTI-07). 紧急热线"""
_CODE = re.compile(r"[a-z0-9][a-z0-9_\-]{0,39}")
_NUMBER = re.compile(r"[0-9]{2,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRow:
    """Somebody outside who can be brought to a call. 通讯录条目"""

    code: str
    name: str
    number: str
    kind: str
    line: int
    hours: Hours | None = None
    note: str = ""


def read_directory(text: str) -> tuple[tuple[DirectoryRow, ...], list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.DIRECTORY)
    top = read_document(text, say)
    if top is None:
        return (), say.found
    rows: dict[str, DirectoryRow] = {}
    for entry in top.parts("line"):
        row = _row(entry, say)
        if row.code in rows:
            say.error(entry.line_of("code"), "line-twice", f"通讯录代码 {row.code} 重复")
        rows[row.code] = row
    top.done()
    numbers = {row.number for row in rows.values() if row.kind == "emergency"}
    for missing in EMERGENCY:
        if missing not in numbers:
            say.error(1, "emergency-missing", f"通讯录缺少紧急热线 {missing}")
    return tuple(rows.values()), say.found


def _row(entry: Entry, say: Complaints) -> DirectoryRow:
    code, number = entry.text("code", required=True), entry.text("number", required=True)
    if code and (not _CODE.fullmatch(code) or code == "outside"):
        say.error(entry.line_of("code"), "code-invalid", "代码只能用小写字母、数字、下划线、连字符")
    if number and (not _NUMBER.fullmatch(number) or number.startswith("00")):
        say.error(entry.line_of("number"), "number-invalid", "号码只能是 2 至 12 位国内号码")
    return DirectoryRow(
        code=code,
        name=entry.text("name", required=True),
        number=number,
        kind=entry.one_of("kind", KINDS, "department"),
        line=entry.line,
        hours=entry.hours("hours"),
        note=entry.text("note"),
    )
