"""Which flow a call gets: called numbers, profiles, and when each of them holds. 方案"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from documents.calendar import Hours
from ivr.flow import Flow, FlowCode


class ProfileKind(StrEnum):
    """What a profile is for. 方案种类"""

    DIRECT = "direct"  # 直通
    MENU = "menu"  # 菜单
    NIGHT = "night"  # 夜间
    HOLIDAY = "holiday"  # 节假日
    EMERGENCY = "emergency"  # 突发事件
    OVERLOAD = "overload"  # 话务高峰


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A flow and what it is used for. 方案"""

    code: str
    name: str
    line: int = 1
    kind: ProfileKind
    flow: FlowCode


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledNumber:
    """One of the city's numbers and its greeting. 被叫号码"""

    called: tuple[str, ...]
    """Empty: every number that is not named. """
    name: str
    line: int = 1
    greeting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChoice:
    """When a profile holds: every condition that is said must fit. 方案选择"""

    profile: str
    line: int = 1
    number: int = 1
    called: frozenset[str] = frozenset()
    switch: str = ""
    waiting_from: int = 0
    hours: Hours | None = None

    @property
    def fits_all(self) -> bool:
        return not (self.called or self.switch or self.waiting_from) and self.hours is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """The whole document. 流程文件"""

    numbers: tuple[CalledNumber, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=lambda: MappingProxyType({}))
    choices: tuple[ProfileChoice, ...] = ()
    flows: Mapping[FlowCode, Flow] = field(default_factory=lambda: MappingProxyType({}))
