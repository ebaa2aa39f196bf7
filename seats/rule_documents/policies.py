"""Numbers that steer the line. 策略文件

[line] priority_worth_s, sticky_s
"""

from dataclasses import dataclass

from seats.rule_documents.problems import DocumentKind, Problem
from seats.rule_documents.reading import Complaints, read_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """As published. 策略"""

    priority_worth_s: float = 60.0
    """A point of priority counts as so much waiting. 一级优先折合等候"""
    sticky_s: float = 30.0
    """So long a caller is rather given to the seat that has his open order. 熟悉座席时限"""


def read_policies(text: str) -> tuple[Policies, list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.POLICIES)
    top = read_document(text, say)
    found = Policies()
    if top is None:
        return found, say.found
    sections = top.parts("line")
    if len(sections) > 1:
        say.error(sections[1].line, "section-twice", "[line] 只能有一段")
    if sections:
        line = sections[0]
        found = Policies(
            priority_worth_s=line.number("priority_worth_s", 60.0, 0.0, 600.0),
            sticky_s=line.number("sticky_s", 30.0, 0.0, 300.0),
        )
    top.done()
    return found, say.found
