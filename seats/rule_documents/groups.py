"""Skill groups and special seats. 技能组文件

[[group]]
code = "medical_insurance"      name, kind, language, hours, overflow, minimum, first_level,
name = "医保"                    head_start_s, note
[[group.relax]]
after_s = 40                    max_level, also, flag
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cti.ids import SkillGroupCode
from documents.calendar import Hours
from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document
from seats.groups import GENERAL
from seats.rules import GroupKind, GroupRules, Relaxation

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group as the document has it. 技能组条目"""

    rules: GroupRules
    line: int
    hours: Hours | None = None
    """None: always open. 服务时间"""
    overflow: SkillGroupCode = GENERAL.code
    """Who serves its callers outside its hours. 溢出目标"""
    minimum: int = 1
    """Fewer seats serving than this are an alarm. 最少在岗"""
    note: str = ""
    """For the seat's screen: the video link of the sign-language seat. 屏幕提示"""

    @property
    def code(self) -> SkillGroupCode:
        return self.rules.code


Groups = Mapping[SkillGroupCode, GroupRow]


def read_groups(text: str) -> tuple[Groups, list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.GROUPS)
    rows: dict[SkillGroupCode, GroupRow] = {}
    top = read_document(text, say)
    if top is None:
        return rows, say.found
    for entry in top.parts("group"):
        row = _row(entry, say)
        if row.code in rows:
            say.error(entry.line_of("code"), "group-twice", f"技能组 {row.code} 重复")
        rows[row.code] = row
    top.done()
    _check_references(rows, say)
    _check_overflow(rows, say)
    return rows, say.found


def _row(entry: Entry, say: Complaints) -> GroupRow:
    code = SkillGroupCode(entry.text("code", required=True))
    if code and not CODE.fullmatch(code):
        say.error(entry.line_of("code"), "code-invalid", "代码只能用小写字母、数字和下划线")
    rules = GroupRules(
        code=code,
        name=entry.text("name", required=True),
        kind=GroupKind(entry.one_of("kind", list(GroupKind), GroupKind.GENERAL)),
        language=entry.text("language", "zh"),
        first_level=entry.level("first_level"),
        relaxations=tuple(_relaxation(part) for part in entry.parts("relax")),
        head_start_s=entry.number("head_start_s", 0.0, 0.0, 600.0),
    )
    _check_relaxations(rules, entry.parts("relax"), say)
    return GroupRow(
        rules=rules,
        line=entry.line,
        hours=entry.hours("hours"),
        overflow=SkillGroupCode(entry.text("overflow", GENERAL.code)),
        minimum=entry.whole("minimum", 1, 0, 1000),
        note=entry.text("note"),
    )


def _relaxation(entry: Entry) -> Relaxation:
    return Relaxation(
        after_s=entry.number("after_s", 0.0, 0.0, 3600.0),
        max_level=entry.level("max_level"),
        also=tuple(SkillGroupCode(code) for code in entry.texts("also")),
        flag=entry.text("flag") or None,
    )


def _check_relaxations(rules: GroupRules, entries: list[Entry], say: Complaints) -> None:
    """Each step must admit somebody whom the one before did not."""
    level, also, after_s = rules.first_level, frozenset[SkillGroupCode](), -1.0
    for step, entry in zip(rules.relaxations, entries, strict=True):
        if step.after_s <= after_s:
            say.error(entry.line_of("after_s"), "relaxation-order", "放宽步骤的 after_s 应逐步增大")
        wider_level = level is not None and (step.max_level is None or step.max_level > level)
        if not wider_level and frozenset(step.also) <= also | {rules.code}:
            say.error(
                entry.line, "relaxation-without-effect", "这一步放宽与上一步相比没有增加任何座席"
            )
        level, also, after_s = step.max_level, frozenset(step.also), step.after_s


def _check_references(rows: Groups, say: Complaints) -> None:
    general = rows.get(GENERAL.code)
    if general is None:
        say.error(1, "general-missing", "必须有综合技能组 general")
    elif general.hours is not None:
        say.error(
            general.line, "general-closed", "综合技能组不得限定服务时间（全天候人工服务，7×24）"
        )
    for row in rows.values():
        for step in row.rules.relaxations:
            for code in step.also:
                if code not in rows:
                    say.error(row.line, "group-unknown", f"放宽到不存在的技能组 {code}")
        if row.overflow not in rows:
            say.error(row.line, "group-unknown", f"溢出到不存在的技能组 {row.overflow}")


def _check_overflow(rows: Groups, say: Complaints) -> None:
    """From every group with hours the way must end at one that is always open."""
    for row in rows.values():
        seen, at = [row.code], row
        while at.hours is not None and at.overflow in rows:
            at = rows[at.overflow]
            if at.code in seen:
                way = " → ".join((*seen, at.code))
                say.error(row.line, "overflow-loop", f"溢出目标循环：{way}")
                break
            seen.append(at.code)
