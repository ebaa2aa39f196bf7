"""Whom a seat may bring into a call. 呼叫目标"""

from dataclasses import dataclass

from cti.ids import SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTarget:
    """Another seat. 座席"""

    seat_id: SeatId

    @property
    def who(self) -> str:
        return self.seat_id


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTarget:
    """A department, an emergency line, or any number outside. 外部线路

    `who` is its code in the directory, or "outside"; the number itself is only ever dialled.
    """

    who: str
    number: str


Target = SeatTarget | LineTarget
