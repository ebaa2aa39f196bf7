"""TOML read table by table, each value with its line. 读取

Python's reader tells no lines, so headers and keys are found again in the text: the n-th
`[[row]]` of the text is the n-th row.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from documents.calendar import Hours, HoursUnreadable, read_hours
from documents.problems import DocumentKind, Problem, Severity

LONGEST = 1_000_000
"""Characters; a document of 1,700 seats has about 200,000."""
_HEADER = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*\"?([A-Za-z0-9_\-]+)\"?\s*=")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class _Block:
    """A header and the keys under it. 段落"""

    name: str
    line: int
    keys: Mapping[str, int]


@dataclass(slots=True)
class Complaints:
    """Collects what is wrong with one document. 问题收集"""

    kind: DocumentKind
    found: list[Problem] = field(default_factory=list)

    def error(self, line: int, code: str, reason: str) -> None:
        self.found.append(Problem(kind=self.kind, line=line, code=code, reason=reason))

    def warn(self, line: int, code: str, reason: str) -> None:
        self.found.append(
            Problem(kind=self.kind, line=line, code=code, reason=reason, severity=Severity.WARNING)
        )


class Entry:
    """One table of a document; what is not asked for is unknown. 条目"""

    def __init__(self, values: Mapping[str, Any], block: _Block, say: Complaints) -> None:
        self._values = values
        self._block = block
        self._say = say
        self._asked: set[str] = set()
        self._parts: dict[str, list[Entry]] = {}

    @property
    def line(self) -> int:
        return self._block.line

    def line_of(self, key: str) -> int:
        return self._block.keys.get(key, self._block.line)

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        found = self._value(key, str, "应为文字", default)
        if required and not str(found).strip():
            self._say.error(self.line_of(key), "value-missing", f"缺少 {key}")
        return str(found)

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        found = self._value(key, (str, list), "应为文字或文字列表", ())
        if isinstance(found, str):
            return (found,)
        if not all(isinstance(one, str) for one in found):
            self._say.error(self.line_of(key), "value-invalid", f"{key} 应为文字列表")
            return ()
        return tuple(found)

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._value(key, bool, "应为 true 或 false", default))

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        found = self._value(key, int, "应为整数", default)
        return int(self._within(key, found, default, least, most))

    def wholes(self, key: str, least: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers; empty when it is not said."""
        found = self._value(key, list, "应为整数列表", [])
        if not all(isinstance(one, int) and not isinstance(one, bool) for one in found):
            self._say.error(self.line_of(key), "value-invalid", f"{key} 应为整数列表")
            return ()
        return tuple(int(self._within(key, one, least, least, most)) for one in found)

    def level(self, key: str) -> int | None:
        """A skill level, or None when it is not said."""
        self._asked.add(key)
        return self.whole(key, 1, 1, 9) if self.has(key) else None

    def number(self, key: str, default: float, least: float, most: float) -> float:
        found = self._value(key, (int, float), "应为数字", default)
        return float(self._within(key, found, default, least, most))

    def hours(self, key: str) -> Hours | None:
        """None when it is not said: always."""
        written = self.texts(key)
        if not written:
            return None
        try:
            hours = read_hours(written)
        except HoursUnreadable as wrong:
            self._say.error(
                self.line_of(key),
                "hours-invalid",
                f"看不懂服务时间“{wrong}”，应如“工作日 09:00-17:00”",
            )
            return None
        twice = hours.overlap()
        if twice is not None:
            self._say.error(
                self.line_of(key), "hours-overlap", f"时段重叠：“{twice[0]}”与“{twice[1]}”"
            )
        return hours

    def levels(self, key: str) -> dict[str, int]:
        """A table of group = level."""
        found = self._value(key, dict, "应为 { 技能组 = 等级 }", {})
        for code, level in found.items():
            if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= 9:
                self._say.error(self.line_of(key), "value-invalid", f"{code} 的等级应为 1 至 9")
        return {str(code): level for code, level in found.items() if isinstance(level, int)}

    def pairs(self, key: str) -> dict[str, str]:
        """A table of name = text, in its order."""
        found = self._value(key, dict, '应为 { 名称 = "文字" }', {})
        if not all(isinstance(one, str) for one in found.values()):
            self._say.error(self.line_of(key), "value-invalid", f"{key} 的每一项应为文字")
            return {}
        return {str(name): one for name, one in found.items()}

    def one_of(self, key: str, allowed: Collection[str], default: str) -> str:
        found = self.text(key, default)
        if found not in allowed:
            self._say.error(
                self.line_of(key), "value-invalid", f"{key} 只能是 {'、'.join(sorted(allowed))}"
            )
            return default
        return found

    def parts(self, name: str) -> "list[Entry]":
        """The tables `[[...name]]` of this one."""
        self._asked.add(name)
        return self._parts.get(name, [])

    def add_part(self, name: str, part: "Entry") -> None:
        self._parts.setdefault(name, []).append(part)

    def pass_over(self) -> None:
        """Nothing more is said of it: what it is made for is unknown."""
        self._asked.update(self._values)

    def done(self) -> None:
        """Say what nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                parts = self._parts.pop(key, ())
                line = parts[0].line if parts else self.line_of(key)
                self._say.error(line, "key-unknown", f"不认识的键 {key}")
        for parts in self._parts.values():
            for part in parts:
                part.done()

    def _value(self, key: str, kind: Any, otherwise: str, default: Any) -> Any:
        self._asked.add(key)
        found = self._values.get(key, default)
        # To Python a bool is an int; to an administrator it is not.
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            if found is not default:
                self._say.error(self.line_of(key), "value-invalid", f"{key} {otherwise}")
            return default
        return found

    def _within(self, key: str, found: float, default: float, least: float, most: float) -> float:
        if least <= found <= most:
            return found
        self._say.error(
            self.line_of(key), "value-out-of-range", f"{key} 应在 {least:g} 至 {most:g} 之间"
        )
        return default


def read_document(text: str, say: Complaints) -> Entry | None:
    """The whole as one entry whose parts are its tables; None if it is no TOML."""
    if len(text) > LONGEST:
        say.error(1, "document-too-long", f"文件过长，上限 {LONGEST} 字")
        return None
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        at = _AT_LINE.search(str(wrong))
        line = int(at[1]) if at else text.count("\n") + 1
        say.error(line, "syntax", f"TOML 语法错误：{_AT_LINE.sub('', str(wrong)).strip()}")
        return None
    blocks = _blocks(text)
    top = Entry(values, blocks[0], say)
    places: dict[str, Iterator[_Block]] = {}
    for name in {block.name for block in blocks[1:]}:
        places[name] = iter([block for block in blocks[1:] if block.name == name])
    _add_parts(top, values, "", places, say)
    declared = top.text("kind")
    if declared != say.kind:
        say.error(top.line_of("kind"), "kind-wrong", f'第一行应为 kind = "{say.kind.value}"')
    return top


def kind_of(text: str) -> str | None:
    """What the document says it is, even if the rest of it is wrong."""
    found = re.search(r"^\s*kind\s*=\s*[\"']([a-z]+)[\"']", text, re.MULTILINE)
    return None if found is None else found[1]


def _add_parts(
    entry: Entry,
    values: Mapping[str, Any],
    above: str,
    places: Mapping[str, Iterator[_Block]],
    say: Complaints,
) -> None:
    for key, value in values.items():
        name = f"{above}{key}"
        if name not in places:
            continue  # an inline table: a value of its entry
        tables = value if isinstance(value, list) else [value]
        for table in tables:
            block = next(places[name], _Block(name, entry.line, {}))
            part = Entry(table, block, say)
            entry.add_part(key, part)
            _add_parts(part, table, f"{name}.", places, say)


def _blocks(text: str) -> list[_Block]:
    keys: dict[str, int] = {}
    found = [_Block("", 1, keys)]
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header is not None:
            keys = {}
            found.append(_Block(header[1], number, keys))
            continue
        key = _KEY.match(line)
        if key is not None:
            keys.setdefault(key[1], number)
    return found
