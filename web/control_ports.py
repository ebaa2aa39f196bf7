"""What the web needs to command calls and to lead the floor. 通话控制与现场端口"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from cti.targets import Target
from seats.model import WaitingCitizen
from seats.no_answers import RepeatedNoAnswer
from seats.notice_board import SeatNotice
from seats.outlook import Outlook
from seats.service_level import Miss
from seats.service_level_clock import Board
from seats.service_level_report import DayReport
from seats.service_level_trend import Column
from seats.settings import ServiceLevelSettings


class Supervision(StrEnum):
    """What a supervisor may do on a call. 班长操作"""

    LISTEN = "listen"  # 监听
    WHISPER = "whisper"  # 密语
    BARGE = "barge"  # 强插
    INTERCEPT = "intercept"  # 拦截


class CalledFirst(StrEnum):
    """Whose phone rings first in a call of ours. 先呼方"""

    SEAT = "seat"  # 座席
    CITIZEN = "citizen"  # 市民


class CallCommands(Protocol):
    """Everything that may be asked about a call. 通话指令

    Each returns when Asterisk has taken the command; what comes of it is told by events. `by` is the
    user, `seat_id` the seat in whose name it is asked. Raises errors of cti.errors.CtiError.
    """

    async def hang_up(
        self, call_id: CallId, *, by: str, seat_id: SeatId | None, reason: str | None
    ) -> None: ...
    async def hold(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None: ...
    async def retrieve(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None: ...
    async def mute(
        self, call_id: CallId, leg_id: LegId | None, *, on: bool, by: str, seat_id: SeatId
    ) -> None:
        """Without a leg: the seat's own."""

    async def consult(
        self, call_id: CallId, target: Target, *, by: str, seat_id: SeatId, order_id: str
    ) -> LegId: ...
    async def cancel_consult(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None: ...
    async def complete(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None: ...
    async def conference(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None: ...
    async def invite(
        self, call_id: CallId, target: Target, *, by: str, seat_id: SeatId, order_id: str
    ) -> LegId: ...
    async def transfer(
        self, call_id: CallId, target: Target, *, by: str, seat_id: SeatId, order_id: str
    ) -> LegId: ...
    async def to_line(
        self, call_id: CallId, skill_group: SkillGroupCode, *, by: str, seat_id: SeatId
    ) -> None: ...
    async def drop(
        self, call_id: CallId, leg_id: LegId, *, by: str, seat_id: SeatId | None
    ) -> None: ...
    async def leave(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None: ...
    async def release(self, call_id: CallId, *, by: str, seat_id: SeatId) -> None: ...
    async def keys(
        self, call_id: CallId, leg_id: LegId, keys: str, *, by: str, seat_id: SeatId
    ) -> None: ...
    async def supervise(
        self, call_id: CallId, how: str, *, by: str, seat_id: SeatId, reason: str | None
    ) -> None:
        """`seat_id` is the supervisor's own phone."""


class CallsOut(Protocol):
    """Calls to citizens. 外呼"""

    async def seat_first(
        self, number: str, *, by: str, seat_id: SeatId, reason: str | None
    ) -> CallId:
        """The new call's id. Raises errors of cti.errors.CtiError."""

    async def citizen_first(
        self,
        number: str,
        *,
        by: str,
        skill_group: SkillGroupCode,
        joined_at: datetime,
        reason: str | None,
    ) -> CallId:
        """He waits for a seat once he has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryLine:
    """Somebody outside who can be brought to a call: a department, a duty room, 119. 通讯录条目

    `kind` is the directory's own word for its section: "emergency", "department", "duty".
    """

    code: str
    name: str
    number: str
    kind: str
    note: str = ""


class Directory(Protocol):
    """Departments, duty rooms and emergency lines. 通讯录"""

    def lines(self) -> Sequence[DirectoryLine]:
        """All, in the order of the published document."""


class Line(Protocol):
    """Who waits. 等候队列"""

    @property
    def line(self) -> Sequence[WaitingCitizen]:
        """In the order of service."""

    def why_waiting(self, call_id: CallId) -> str | None:
        """A Chinese sentence; None if nothing has been decided about him yet."""

    def outlook(self, one: WaitingCitizen, limit_s: float) -> Outlook:
        """Whether he will pass the limit before a seat is free for him."""

    def pick(self, call_id: CallId, seat_id: SeatId, *, by: str, reason: str) -> None:
        """Give him to that seat, past the line. Raises errors of seats.errors.SeatError."""


class ServiceLevel(Protocol):
    """How promptly citizens are answered. 服务水平"""

    @property
    def settings(self) -> ServiceLevelSettings: ...
    def board(self) -> Board: ...
    async def report(self, day: date) -> DayReport: ...
    async def misses(self, since: datetime) -> Sequence[Miss]:
        """The newest first."""

    async def trend(self) -> Sequence[Column]:
        """Today, in quarters of an hour."""


class NoAnswers(Protocol):
    """Seats that rang in vain again and again. 屡次未接"""

    @property
    def repeated(self) -> Sequence[RepeatedNoAnswer]: ...


class Notices(Protocol):
    """A shift leader's word to the seats. 座席通知

    Raises NoticeRefused and NoticeUnknown of seats.errors.
    """

    @property
    def standing(self) -> Sequence[SeatNotice]:
        """The newest first."""

    def post(self, text: str, skill_groups: Sequence[SkillGroupCode], *, by: str) -> SeatNotice: ...
    def read(self, notice_id: str, seat_id: SeatId, *, by: str) -> SeatNotice: ...
    def withdraw(self, notice_id: str, *, by: str) -> None: ...
