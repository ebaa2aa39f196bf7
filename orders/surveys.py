"""What a citizen thinks of his call, in one key, and what the answers come to. 满意度评价

Pure. No key is 未评价: it is never counted as 满意, only kept apart (IVR-06, RPT-02).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from cti.ids import CallId, SeatId, SkillGroupCode
from orders.model import OrderId


class Satisfaction(StrEnum):
    """What a key means. 满意度"""

    SATISFIED = "satisfied"  # 满意
    BASICALLY = "basically"  # 基本满意
    UNSATISFIED = "unsatisfied"  # 不满意
    NOT_RATED = "not_rated"  # 未评价


class AskedHow(StrEnum):
    """How it came to the question. 评价方式"""

    TRANSFERRED = "transferred"  # 座席转评价
    AFTER_CALL = "after_call"  # 通话后自动


GOOD = (Satisfaction.SATISFIED, Satisfaction.BASICALLY)
"""What counts as 满意 in the rates. 计入满意"""


class ScaleWrong(ValueError):
    """A scale has keys 1 to n, each once, some good and some not. 评价等级设置不正确"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Which key means what; every key from 1 to the last has one meaning. 评价等级"""

    satisfied: tuple[int, ...] = (5, 4)
    basically: tuple[int, ...] = (3,)
    unsatisfied: tuple[int, ...] = (2, 1)

    def __post_init__(self) -> None:
        keys = sorted((*self.satisfied, *self.basically, *self.unsatisfied))
        if keys != list(range(1, len(keys) + 1)) or len(keys) > 9:
            raise ScaleWrong(ScaleWrong.__doc__)
        if not self.satisfied or not self.unsatisfied:
            raise ScaleWrong(ScaleWrong.__doc__)

    @property
    def last(self) -> int:
        """The highest key. 最高等级"""
        return len(self.satisfied) + len(self.basically) + len(self.unsatisfied)

    def score_of(self, key: str | None) -> int | None:
        """The score of a key; None for no key and for one that is not on the scale."""
        if key is None or len(key) != 1 or key not in "123456789":
            return None
        score = int(key)
        return score if score <= self.last else None

    def meaning(self, score: int | None) -> Satisfaction:
        """What the score says; without one nothing was said."""
        if score is None:
            return Satisfaction.NOT_RATED
        if score in self.satisfied:
            return Satisfaction.SATISFIED
        return Satisfaction.BASICALLY if score in self.basically else Satisfaction.UNSATISFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One call's question and its answer. 评价记录

    `satisfaction` is None while the question is being asked.
    """

    call_id: CallId
    how: AskedHow
    offered_at: datetime
    seat_id: SeatId | None = None
    skill_group: SkillGroupCode | None = None
    order_id: OrderId | None = None
    answered_at: datetime | None = None
    score: int | None = None
    scale: int | None = None
    """The highest score there was. 等级数"""
    satisfaction: Satisfaction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What some surveys come to. 评价汇总"""

    asked: int = 0
    satisfied: int = 0
    basically: int = 0
    unsatisfied: int = 0

    @property
    def rated(self) -> int:
        return self.satisfied + self.basically + self.unsatisfied

    @property
    def not_rated(self) -> int:
        return self.asked - self.rated

    @property
    def rated_share(self) -> float | None:
        """参与率: ratings given / calls asked; None if nobody was asked."""
        return self.rated / self.asked if self.asked else None

    @property
    def satisfied_share(self) -> float | None:
        """满意度: good ratings / ratings given; None if there are none. 未评价 is in neither."""
        return (self.satisfied + self.basically) / self.rated if self.rated else None


def tally(meanings: Iterable[Satisfaction | None]) -> Tally:
    """None, a question that is still open, was asked and not rated."""
    count = dict.fromkeys(Satisfaction, 0)
    for meaning in meanings:
        count[meaning or Satisfaction.NOT_RATED] += 1
    return Tally(
        asked=sum(count.values()),
        satisfied=count[Satisfaction.SATISFIED],
        basically=count[Satisfaction.BASICALLY],
        unsatisfied=count[Satisfaction.UNSATISFIED],
    )


K = TypeVar("K")


def tallies(surveys: Iterable[Survey], key: Callable[[Survey], K]) -> Mapping[K, Tally]:
    """One for each value of the key."""
    found: dict[K, list[Satisfaction | None]] = {}
    for survey in surveys:
        found.setdefault(key(survey), []).append(survey.satisfaction)
    return {name: tally(meanings) for name, meanings in found.items()}
