"""How a talk can have ended, for the seat to choose from. 话后小结代码文件

[[code]] code, name, order = "yes" | "no" | "maybe", needs_note, excluded_from = ["knowledge", "order"]
"""

import re
from dataclasses import dataclass

from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, read_document

ORDER = ("yes", "no", "maybe")
RATES = ("knowledge", "order")
REQUIRED = ("answered", "order", "nuisance", "emergency")
"""Codes that the system itself gives or asks for. 系统使用的代码"""
_CODE = re.compile(r"[a-z][a-z0-9\-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """One ending. 小结代码"""

    code: str
    name: str
    line: int
    order: str = "maybe"
    needs_note: bool = False
    excluded_from: tuple[str, ...] = ()


def read_codes(text: str) -> tuple[tuple[CodeRow, ...], list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.CODES)
    top = read_document(text, say)
    if top is None:
        return (), say.found
    rows: dict[str, CodeRow] = {}
    for entry in top.parts("code"):
        row = CodeRow(
            code=entry.text("code", required=True),
            name=entry.text("name", required=True),
            line=entry.line,
            order=entry.one_of("order", ORDER, "maybe"),
            needs_note=entry.flag("needs_note", default=False),
            excluded_from=entry.texts("excluded_from"),
        )
        if row.code and not _CODE.fullmatch(row.code):
            say.error(entry.line_of("code"), "code-invalid", "代码只能用小写字母、数字、连字符")
        if row.code in rows:
            say.error(entry.line_of("code"), "code-twice", f"代码 {row.code} 重复")
        for rate in row.excluded_from:
            if rate not in RATES:
                say.error(entry.line_of("excluded_from"), "value-invalid", f"没有指标 {rate}")
        rows[row.code] = row
    top.done()
    for missing in REQUIRED:
        if missing not in rows:
            say.error(1, "code-missing", f"缺少系统使用的代码 {missing}")
    return tuple(rows.values()), say.found
