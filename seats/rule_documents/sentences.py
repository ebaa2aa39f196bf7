"""Prescribed sentences and the moments at which they are due. 规范用语文件

[[sentence]] id, scene, text, trigger, patterns, instead, must, with_order, within_s, before_s, again_s

    patterns   every group must be heard; "抱歉|不好意思" is either of them
    instead    any one of these is enough by itself
    must       not said: a hint for the inspector at the call's end, never a verdict
    with_order the duty holds only if an order was made of the call
    within_s   said so long after the moment at the latest; 0: until the end of the call
    before_s   said so long before the moment also counts
    again_s    due again at the earliest after so long; 0: once in a call
"""

import re
from dataclasses import dataclass

from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document
from seats.phrases import squeezed

TRIGGERS = (
    "answered",  # 接听
    "slow-answer",  # 接听慢
    "out-answered",  # 外呼接通
    "name-missing",  # 称呼未填
    "hold",  # 保持
    "retrieved",  # 取回
    "consult",  # 咨询
    "progress",  # 询问进度
    "anger",  # 情绪激动
    "talk-over",  # 抢话
    "form-complete",  # 表单填齐
    "praise",  # 表扬
    "thanks",  # 致谢
    "suggestion",  # 建议
    "wrong-number",  # 打错
    "nuisance-1",  # 骚扰第一步
    "nuisance-2",  # 骚扰第二步
    "cannot-hear",  # 听不清
    "dialect",  # 方言
    "another-operator",  # 要求换人
    "complaint",  # 投诉话务员
    "closing",  # 结束前
    "goodbye",  # 结束
    "out-goodbye",  # 外呼结束
    "manual",  # 机器不判断
)
CITY = "{city}"
_ID = re.compile(r"[A-Z][0-9]{2}")
_BRACED = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One prescribed sentence. 规范用语"""

    sentence_id: str
    scene: str
    text: str
    trigger: str
    patterns: tuple[tuple[str, ...], ...]
    instead: tuple[str, ...] = ()
    must: bool = False
    with_order: bool = False
    within_s: float = 0.0
    before_s: float = 0.0
    again_s: float = 0.0

    def in_city(self, city: str) -> str:
        """As it is to be said here."""
        return self.text.replace(CITY, city)


def read_sentences(text: str) -> tuple[tuple[Sentence, ...], list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.SENTENCES)
    top = read_document(text, say)
    if top is None:
        return (), say.found
    rows: dict[str, Sentence] = {}
    for entry in top.parts("sentence"):
        row = _sentence(entry, say)
        if row.sentence_id in rows:
            say.error(entry.line_of("id"), "code-twice", f"编号 {row.sentence_id} 重复")
        rows[row.sentence_id] = row
    top.done()
    if not rows:
        say.warn(1, "sentences-missing", "没有任何规范用语，不会有用语提示")
    return tuple(rows.values()), say.found


def _sentence(entry: Entry, say: Complaints) -> Sentence:
    row = Sentence(
        sentence_id=entry.text("id", required=True),
        scene=entry.text("scene", required=True),
        text=entry.text("text", required=True),
        trigger=entry.one_of("trigger", TRIGGERS, "manual"),
        patterns=tuple(
            tuple(part for part in group.split("|") if squeezed(part))
            for group in entry.texts("patterns")
        ),
        instead=entry.texts("instead"),
        must=entry.flag("must", default=False),
        with_order=entry.flag("with_order", default=False),
        within_s=entry.number("within_s", 0.0, 0.0, 3_600.0),
        before_s=entry.number("before_s", 0.0, 0.0, 600.0),
        again_s=entry.number("again_s", 0.0, 0.0, 3_600.0),
    )
    if row.sentence_id and not _ID.fullmatch(row.sentence_id):
        say.error(entry.line_of("id"), "code-invalid", "编号应为一个大写字母加两位数字，如 P01")
    for braced in _BRACED.findall(row.text):
        if braced != CITY:
            say.error(entry.line_of("text"), "variable-unknown", f"不认识的变量 {braced}")
    if not row.patterns:
        say.error(entry.line_of("patterns"), "value-missing", "patterns 至少一组")
    if any(not group for group in row.patterns):
        say.error(entry.line_of("patterns"), "word-empty", "patterns 中有空的一组")
    if any(not squeezed(one) for one in row.instead):
        say.error(entry.line_of("instead"), "word-empty", "instead 中有空词")
    return row
