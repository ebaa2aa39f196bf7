"""Numbers and words that steer the floor. 策略文件

[line]        priority_worth_s, sticky_s
[states]      break_s and the other limits of seats.settings.StateLimits
[callbacks]   attempts, pauses_min, from_hour, until_hour, first, automatic and the other rules of callbacks
[supervision] told: of what an operator is told; listeners: who may listen
[survey]      satisfied, basically, unsatisfied: which keys mean what
[arrivals]    limited, refused: calls of one number in ten minutes, an hour, a day; prefix_digits, prefix_calls_min
[replay]      purposes: for what recordings may be heard; noted: those of them that need a reference
[sample]      per_agent, shortest_s, weekly: how many calls of each agent are drawn for inspection, and which

What [states], [callbacks], [survey] and [arrivals] do not name stays as it is configured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document
from seats.settings import StateLimits

LIMITS = tuple(one.name for one in fields(StateLimits))
A_DAY_S = 86_400.0
A_DAY_MIN = 1_440
FIRSTS = ("seat", "citizen")
ACTS = ("listen", "whisper", "barge", "intercept", "force")
"""What a supervisor does that an operator may be told of. 班长动作"""
MEANINGS = ("satisfied", "basically", "unsatisfied")
SPANS = 3
LONGEST_PURPOSE = 20
LISTENERS = ("supervisor", "inspector")
"""Who may listen at all: shift leaders and quality inspectors only (SEAT-08). 可监听角色"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionPolicy:
    """What an operator learns of being supervised, and who may listen. 监督策略"""

    told: frozenset[str] = frozenset({"whisper", "barge", "intercept", "force"})
    """Words of ACTS; of the others his screen shows nothing. 告知座席的动作"""
    listeners: frozenset[str] = frozenset({"supervisor"})
    """Words of LISTENERS. 可监听的角色"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPolicy:
    """For what recordings may be heard (REC-10). 调听策略"""

    purposes: tuple[str, ...] = ("质量抽检", "投诉核查", "工单核实", "业务辅导", "依法调取")
    """In the order in which they are offered. 调听目的"""
    noted: frozenset[str] = frozenset({"投诉核查", "依法调取"})
    """Those that need a reference or a reason besides. 须填依据的目的"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePolicy:
    """How many calls are drawn for inspection (QA-01). 抽样策略"""

    per_agent: int = 5
    """Of each agent, for each week. 每人每周抽取通数"""
    shortest_s: int = 30
    """Shorter recordings are not drawn. 最短录音时长"""
    weekly: bool = True
    """The week that is over is drawn by itself. 每周自动抽样"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """As published. 策略"""

    priority_worth_s: float = 60.0
    """A point of priority counts as so much waiting. 一级优先折合等候"""
    sticky_s: float = 30.0
    """So long a caller is rather given to the seat that has his open order. 熟悉座席时限"""
    limits: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Limits of states that differ from the configured ones. 状态时限"""
    callbacks: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Rules of callbacks that differ from the configured ones, by their names there. 回拨规则"""
    supervision: SupervisionPolicy = field(default_factory=SupervisionPolicy)
    """Who is told of supervision, and who may listen. 监督策略"""
    survey: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Which keys mean what, all three or none of them. 评价按键"""
    arrivals: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Limits of arrivals that differ from the usual ones, by their names there. 来电限制"""
    replay: ReplayPolicy = field(default_factory=ReplayPolicy)
    """For what recordings may be heard. 调听策略"""
    sample: SamplePolicy = field(default_factory=SamplePolicy)
    """How many calls are drawn for inspection. 抽样策略"""


def read_policies(text: str) -> tuple[Policies, list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.POLICIES)
    top = read_document(text, say)
    if top is None:
        return Policies(), say.found
    line = _section(top, "line", say)
    found = Policies(
        priority_worth_s=line.number("priority_worth_s", 60.0, 0.0, 600.0) if line else 60.0,
        sticky_s=line.number("sticky_s", 30.0, 0.0, 300.0) if line else 30.0,
        limits=MappingProxyType(_limits(_section(top, "states", say))),
        callbacks=MappingProxyType(_callbacks(_section(top, "callbacks", say), say)),
        supervision=_supervision(_section(top, "supervision", say), say),
        survey=MappingProxyType(_survey(_section(top, "survey", say), say)),
        arrivals=MappingProxyType(_arrivals(_section(top, "arrivals", say), say)),
        replay=_replay(_section(top, "replay", say), say),
        sample=_sample(_section(top, "sample", say)),
    )
    top.done()
    return found, say.found


def _limits(states: Entry | None) -> dict[str, float]:
    if states is None:
        return {}
    return {name: states.number(name, 0.0, 0.0, A_DAY_S) for name in LIMITS if states.has(name)}


def _callbacks(rules: Entry | None, say: Complaints) -> dict[str, Any]:
    if rules is None:
        return {}
    read: dict[str, Any] = {
        "attempts": rules.whole("attempts", 3, 1, 20),
        "pauses_min": rules.wholes("pauses_min", 0, A_DAY_MIN),
        "from_hour": rules.whole("from_hour", 8, 0, 23),
        "until_hour": rules.whole("until_hour", 21, 1, 24),
        "first": rules.one_of("first", FIRSTS, FIRSTS[0]),
        "automatic": rules.flag("automatic", default=False),
        "after_wait_s": rules.whole("after_wait_s", 0, 0, 600),
        "line_patience_min": rules.whole("line_patience_min", 30, 0, A_DAY_MIN),
        "ring_limit_s": rules.whole("ring_limit_s", 90, 20, 600),
    }
    found = {name: value for name, value in read.items() if rules.has(name)}
    if "pauses_min" in found and not found["pauses_min"]:
        say.error(rules.line_of("pauses_min"), "value-missing", "pauses_min 至少一项")
    for early, late in (("from_hour", "until_hour"), ("until_hour", "from_hour")):
        # One of the two alone would be checked against a configuration that this text cannot see.
        if early in found and late not in found:
            say.error(rules.line_of(early), "value-missing", f"{early} 与 {late} 必须同时给出")
    if "from_hour" in found and found["from_hour"] >= found.get("until_hour", 24):
        say.error(rules.line_of("until_hour"), "hours-invalid", "until_hour 应大于 from_hour")
    return found


def _survey(keys: Entry | None, say: Complaints) -> dict[str, tuple[int, ...]]:
    if keys is None:
        return {}
    found = {name: tuple(keys.wholes(name, 1, 9)) for name in MEANINGS}
    every = sorted(key for meaning in found.values() for key in meaning)
    if (
        every != list(range(1, len(every) + 1))
        or not found["satisfied"]
        or not found["unsatisfied"]
    ):
        reason = (
            "[survey] 须把从 1 起连续的按键分给满意、基本满意、不满意，每键一次，首尾两项不可为空"
        )
        say.error(keys.line, "value-invalid", reason)
        return {}
    return found


def _arrivals(rules: Entry | None, say: Complaints) -> dict[str, Any]:
    if rules is None:
        return {}
    found: dict[str, Any] = {}
    for name in ("limited", "refused"):
        if not rules.has(name):
            continue
        calls = tuple(rules.wholes(name, 0, 10_000))
        if len(calls) == SPANS:
            found[name] = calls
        else:
            reason = f"{name} 须有三项：十分钟、一小时、一天内的来电次数"
            say.error(rules.line_of(name), "value-invalid", reason)
    if rules.has("prefix_digits"):
        found["prefix_digits"] = rules.whole("prefix_digits", 8, 3, 11)
    if rules.has("prefix_calls_min"):
        found["prefix_calls_min"] = rules.whole("prefix_calls_min", 30, 0, 10_000)
    # A citizen whom one number refuses must have been warned by the other: later before refused.
    later, never = found.get("limited"), found.get("refused")
    if (later is None) != (never is None):
        say.error(rules.line, "value-missing", "limited 与 refused 必须同时给出")
    elif (
        later and never and any(n and (not s or n <= s) for s, n in zip(later, never, strict=True))
    ):
        say.error(rules.line_of("refused"), "value-invalid", "refused 应大于 limited")
    return found


def _supervision(rules: Entry | None, say: Complaints) -> SupervisionPolicy:
    usual = SupervisionPolicy()
    if rules is None:
        return usual
    return SupervisionPolicy(
        told=_words(rules, "told", ACTS, usual.told, say),
        listeners=_words(rules, "listeners", LISTENERS, usual.listeners, say),
    )


def _replay(rules: Entry | None, say: Complaints) -> ReplayPolicy:
    usual = ReplayPolicy()
    if rules is None:
        return usual
    told = rules.texts("purposes") if rules.has("purposes") else usual.purposes
    purposes = tuple(dict.fromkeys(one.strip() for one in told if one.strip()))
    if not purposes or any(len(one) > LONGEST_PURPOSE for one in purposes):
        reason = f"purposes 至少一项，每项不超过 {LONGEST_PURPOSE} 个字"
        say.error(rules.line_of("purposes"), "value-invalid", reason)
        return usual
    noted = frozenset(rules.texts("noted")) if rules.has("noted") else usual.noted & {*purposes}
    for wrong in sorted(noted - {*purposes}):
        say.error(rules.line_of("noted"), "value-invalid", f"purposes 里没有 {wrong}")
    return ReplayPolicy(purposes=purposes, noted=noted & {*purposes})


def _sample(rules: Entry | None) -> SamplePolicy:
    usual = SamplePolicy()
    if rules is None:
        return usual
    return SamplePolicy(
        per_agent=rules.whole("per_agent", usual.per_agent, 1, 100),
        shortest_s=rules.whole("shortest_s", usual.shortest_s, 0, 3_600),
        weekly=rules.flag("weekly", default=usual.weekly),
    )


def _words(
    rules: Entry, key: str, allowed: tuple[str, ...], usual: frozenset[str], say: Complaints
) -> frozenset[str]:
    """Those of the list; an empty list is none of them."""
    if not rules.has(key):
        return usual
    found = frozenset(rules.texts(key))
    for wrong in sorted(found - set(allowed)):
        reason = f"{key} 只能有 {'、'.join(allowed)}，没有 {wrong}"
        say.error(rules.line_of(key), "value-invalid", reason)
    return found & set(allowed)


def _section(top: Entry, name: str, say: Complaints) -> Entry | None:
    found = top.parts(name)
    if len(found) > 1:
        say.error(found[1].line, "section-twice", f"[{name}] 只能有一段")
    return found[0] if found else None
