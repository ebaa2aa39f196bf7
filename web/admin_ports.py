"""What administration needs from the rest of the house. 管理端口"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from cti.ids import SeatId, SkillGroupCode


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """Somebody did or saw something. 留痕

    Nothing of a citizen is in it but the ids of his call and order.
    """

    at: datetime
    who: str
    kind: str
    """One word with dots, such as people.create or calls.transcript. 类别"""
    subject: str = ""
    """An account, a seat, a recording: what it was done to. 对象"""
    call_id: str | None = None
    order_id: str | None = None
    address: str = ""
    outcome: str = "done"
    """done, refused or failed. 结果"""
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A note as it stands in one of the two logs. 留痕记录"""

    seq: int
    is_view: bool
    note: AuditNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which notes one looks for; None leaves it open. 留痕查询"""

    since: datetime
    until: datetime
    who: str | None = None
    kind: str | None = None
    """A kind, or the beginning of several up to a dot. 类别"""
    about: str | None = None
    """Call, order or subject. 通话、工单或对象"""
    is_view: bool | None = None
    outcome: str | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCheck:
    """Whether a log is as it was written. 留痕核验"""

    log: str
    rows: int
    broken_at: int | None
    """Seq of the first row that was changed, or before which one is missing. 首个异常流水"""


class Audit(Protocol):
    """Who did and saw what. 审计"""

    def note(self, note: AuditNote) -> None:
        """An act; written when there is time for it, in order."""

    def note_view(self, note: AuditNote) -> None: ...
    async def search(self, wanted: Wanted) -> Sequence[Kept]:
        """The newest first; everything noted so far is in it."""

    async def kinds(self) -> Sequence[str]: ...
    async def verify(self) -> Sequence[SealCheck]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A seat's definition and its SIP account, without the password. 座席与话机"""

    seat_id: SeatId
    operator_name: str
    skills: Mapping[SkillGroupCode, int]
    """As defined here; posts and shifts may say otherwise for the hour. 技能"""
    sip_address: str


class SeatOffice(Protocol):
    """Seats and telephones: defined, changed, retired while the house is open. 座席管理

    Each raises web.errors.SeatRefused or SeatStillUsed.
    """

    async def phones(self) -> Sequence[Phone]: ...
    async def create(
        self, seat_id: str, name: str, skills: Mapping[str, int], note: AuditNote
    ) -> str:
        """The telephone's password, shown this once."""

    async def change(
        self, seat_id: str, name: str, skills: Mapping[str, int], note: AuditNote
    ) -> None: ...
    async def new_password(self, seat_id: str, note: AuditNote) -> str:
        """Instead of the one before; the telephone has to be told."""

    async def retire(self, seat_id: str, note: AuditNote) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One question about the installation and its answer. 体检项"""

    name: str
    ok: bool
    detail: str
    advice: str = ""
    """What to do; empty when nothing has to be done. 处理建议"""


class Doctor(Protocol):
    """What `hotline doctor` finds. 体检"""

    async def examine(self) -> Sequence[Finding]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """A day that is not as its weekday says. 节假日或调休"""

    day: date
    name: str
    off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupHours:
    """When a skill group is served; no words means always. 技能组服务时间"""

    code: str
    name: str
    hours: Sequence[str]


class CityCalendar(Protocol):
    """Holidays, days worked instead, and who is served when. 日历"""

    def days(self, year: int) -> Sequence[DayOff]: ...
    @property
    def years(self) -> Sequence[int]:
        """Those whose notice is known."""

    def hours(self) -> Sequence[GroupHours]: ...
