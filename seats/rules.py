"""What the floor's rules are: groups, their hours, and how requirements relax. 路由规则

Pure data; a rulebook makes it from a published version, the router reads it. Each version works
its steps out once, in whole microseconds, because the router asks for them at every decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from cti.ids import SkillGroupCode


class GroupKind(StrEnum):
    """What makes a seat special (GB/T 44189 6.3.2, 6.3.3; DB1302/T 604 7.1.5). 专席类别"""

    GENERAL = "general"  # 综合
    EXPERT = "expert"  # 专家
    DIALECT = "dialect"  # 方言
    MINORITY = "minority"  # 少数民族语言
    FOREIGN = "foreign"  # 外语
    SIGN = "sign"  # 手语（视频）


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """From `after_s` of waiting on: up to this level, and these groups' seats too. 放宽

    Steps are cumulative in time, not in content: the last step reached holds alone. `max_level`
    is the level in the group that the seat is found by, his own or one of `also`; None admits every
    level. `flag` is shown to a seat that the group's first level would not have given him, such as
    需外语支持.
    """

    after_s: float
    max_level: int | None = None
    also: tuple[SkillGroupCode, ...] = ()
    flag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRules:
    """How one skill group's callers are served. 技能组规则

    `first_level` holds until the first relaxation; None admits every level from the beginning.
    A group with nobody signed in behaves as if its last relaxation were reached at once.
    `head_start_s` lets its callers count as having come so much earlier, against other groups'.
    """

    code: SkillGroupCode
    name: str
    kind: GroupKind = GroupKind.GENERAL
    language: str = "zh"
    first_level: int | None = None
    relaxations: tuple[Relaxation, ...] = ()
    head_start_s: float = 0.0


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ANY_LEVEL = 1_000_000
"""Above every level there is. 不限等级"""


def microseconds(at: datetime) -> int:
    """Since 1970; whole, so that adding and comparing is exact."""
    return (at - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Step:
    """What a citizen may get from `after_us` of waiting on. 放宽步骤"""

    number: int
    """0 before any relaxation. 步骤序号"""
    after_us: int
    max_level: int
    groups: tuple[SkillGroupCode, ...]
    """His own first, then the others in the order of their listing. 可选技能组"""
    flag: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """One group's rules, worked out. 服务步骤"""

    rules: GroupRules
    first_max_level: int
    steps: tuple[Step, ...]
    """Rising in time, the first from the beginning."""
    credits_us: "Credits"


class Credits(dict[int, int]):
    """By priority: so much earlier than he came a citizen counts as having come. 折算提前量

    Filled as priorities are met; a plain look-up afterwards.
    """

    def __init__(self, head_start_s: float, priority_worth_s: float) -> None:
        super().__init__()
        self._head_start_s = head_start_s
        self._priority_worth_s = priority_worth_s

    def __missing__(self, priority: int) -> int:
        credit_s = priority * self._priority_worth_s + self._head_start_s
        self[priority] = credit_us = round(credit_s * 1_000_000)
        return credit_us


def service_of(group: GroupRules, priority_worth_s: float) -> Service:
    """Its steps; of two at the same instant the later listed holds."""
    first = ANY_LEVEL if group.first_level is None else group.first_level
    steps = [Step(0, 0, first, (group.code,), None)]
    for number, step in enumerate(sorted(group.relaxations, key=lambda s: s.after_s), start=1):
        steps.append(
            Step(
                number,
                round(step.after_s * 1_000_000),
                ANY_LEVEL if step.max_level is None else step.max_level,
                tuple(dict.fromkeys((group.code, *step.also))),
                step.flag,
            )
        )
    return Service(group, first, tuple(steps), Credits(group.head_start_s, priority_worth_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One published version of the floor's rules. 规则版本

    A point of priority counts as `priority_worth_s` of waiting: so the order ages, nobody starves, and
    it does not depend on the instant at which one looks.
    """

    version: int = 0
    """Names the state: no two that were ever in force share it. 规则状态编号"""
    groups: Mapping[SkillGroupCode, GroupRules] = field(
        default_factory=lambda: MappingProxyType({})
    )
    priority_worth_s: float = 60.0
    sticky_s: float = 30.0
    """So long a caller is rather given to the seat that has his open order, if it is free. 熟悉座席"""
    _services: dict[SkillGroupCode, Service] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for code, group in self.groups.items():
            self._services[code] = service_of(group, self.priority_worth_s)

    def service(self, group: SkillGroupCode) -> Service:
        """The group's steps; a group that has no rules is served by everybody who has its skill."""
        known = self._services.get(group)
        if known is None:
            known = service_of(GroupRules(code=group, name=group), self.priority_worth_s)
            self._services[group] = known
        return known

    def name_of(self, group: SkillGroupCode) -> str:
        return self.service(group).rules.name

    def credit_us(self, group: SkillGroupCode, priority: int) -> int:
        """How much earlier than he came a citizen counts as having come."""
        return self.service(group).credits_us[priority]
