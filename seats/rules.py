"""What the floor's rules are: groups, their hours, and how requirements relax. 路由规则

Pure data; a rulebook makes it from a published version, the router reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    None admits every level. `flag` is shown to the seat that takes him, such as 需外语支持.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One published version of the floor's rules. 规则版本

    A point of priority counts as `priority_worth_s` of waiting: so the order ages, nobody starves, and
    it does not depend on the instant at which one looks.
    """

    version: int = 0
    groups: Mapping[SkillGroupCode, GroupRules] = field(
        default_factory=lambda: MappingProxyType({})
    )
    priority_worth_s: float = 60.0
    sticky_s: float = 30.0
    """So long a caller is rather given to the seat that has his open order, if it is free. 熟悉座席"""
