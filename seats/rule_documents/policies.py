"""Numbers that steer the line. 策略文件

[line] priority_worth_s, sticky_s
[states] break_s and the other limits of seats.settings.StateLimits; those not named stay configured
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from seats.rule_documents.problems import DocumentKind, Problem
from seats.rule_documents.reading import Complaints, Entry, read_document
from seats.settings import StateLimits

LIMITS = tuple(one.name for one in fields(StateLimits))
A_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """As published. 策略"""

    priority_worth_s: float = 60.0
    """A point of priority counts as so much waiting. 一级优先折合等候"""
    sticky_s: float = 30.0
    """So long a caller is rather given to the seat that has his open order. 熟悉座席时限"""
    limits: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Limits of states that differ from the configured ones. 状态时限"""


def read_policies(text: str) -> tuple[Policies, list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.POLICIES)
    top = read_document(text, say)
    found = Policies()
    if top is None:
        return found, say.found
    line, states = _section(top, "line", say), _section(top, "states", say)
    if line is not None:
        found = Policies(
            priority_worth_s=line.number("priority_worth_s", 60.0, 0.0, 600.0),
            sticky_s=line.number("sticky_s", 30.0, 0.0, 300.0),
        )
    if states is not None:
        named = {
            name: states.number(name, 0.0, 0.0, A_DAY_S) for name in LIMITS if states.has(name)
        }
        found = replace(found, limits=MappingProxyType(named))
    top.done()
    return found, say.found


def _section(top: Entry, name: str, say: Complaints) -> Entry | None:
    found = top.parts(name)
    if len(found) > 1:
        say.error(found[1].line, "section-twice", f"[{name}] 只能有一段")
    return found[0] if found else None
