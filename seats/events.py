"""What happened at the seats. 座席事件"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cti.events import CallEvent, Event, PartyRole
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.announcements import Wording
from seats.model import GroupPresence, NotReadyReason, SeatState
from seats.service_level import Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatEvent(Event):
    """Something that happened at one seat. 座席事件"""

    seat_id: SeatId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatStateChanged(SeatEvent):
    """The seat went from one state to another. 座席状态变化

    `reason` is set for not-ready only; `until` is the wrap-up or reservation deadline; `by` is the
    user who asked, or None when a fact or a deadline did it. `was` equals `state` when only the
    reason, the call or the part in it changed. The fields from `operator` on complete the seat, so
    that a table of seats is this event written down; `idle_since` is None only in events older than
    the field.
    """

    was: SeatState
    state: SeatState
    reason: NotReadyReason | None = None
    call_id: CallId | None = None
    until: datetime | None = None
    by: str | None = None
    operator: str | None = None
    idle_since: datetime | None = None
    pending_not_ready: NotReadyReason | None = None
    part: PartyRole = PartyRole.SEAT
    pending_sign_out: bool = False
    last_call_id: CallId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReadyBooked(SeatEvent):
    """Asked in a call: not ready once the wrap-up ends; no reason takes it back. 预约示忙"""

    reason: NotReadyReason | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPhoneChanged(SeatEvent):
    """The seat's phone can be reached, or no longer. 话机状态变化"""

    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatReserved(SeatEvent):
    """The router chose this seat for a waiting call; its screen pops before it rings. 预占、弹屏

    `reasons` are Chinese sentences: why he waited, then why this seat. The numbers they are made of
    stand beside them, for reports and to run the day again; events older than a field lack it.
    """

    call_id: CallId
    skill_group: SkillGroupCode
    reasons: tuple[str, ...]
    considered: int
    """How many seats were free for the group. 可选座席数"""
    rules_version: int = 0
    """The published rules in force: version of the groups times a million, plus that of the policies. 规则版本"""
    joined_at: datetime | None = None
    priority: int = 0
    waited_ms: int = 0
    ahead: int = 0
    """Citizens before him whom no free seat could take. 前面人数"""
    ahead_at_joining: int = 0
    """Citizens before him when he came. 进线时前面人数"""
    at_joining: GroupPresence | None = None
    """His group's seats when he came: why he had to wait. 进线时座席状态"""
    step: int = 0
    """The relaxation that he had reached, 0 none. 放宽步骤"""
    found_by: SkillGroupCode | None = None
    """The group for whose skill the seat was found; None when a supervisor picked. 匹配技能组"""
    level: int | None = None
    flags: tuple[str, ...] = ()
    """What the seat should know, such as 需外语支持. 提示"""
    sticky_seat: SeatId | None = None
    """The seat that had his open order. 熟悉座席"""
    by: str | None = None
    """The supervisor who picked him. 指派人"""


class ForceEffect(StrEnum):
    """What came of a supervisor's word to a seat. 强制结果"""

    DONE = "done"  # 已生效
    AFTER_CALL = "after-call"  # 本次通话及话后结束时生效
    NOTHING = "nothing"  # 原本如此，无变化


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatForced(SeatEvent):
    """A supervisor set the seat's state; its operator is told so. 强制状态

    `state` is READY, NOT_READY or SIGNED_OUT. `missing` is what was unsaved of the last call when
    its operator was signed out over it.
    """

    by: str
    state: SeatState
    reason: str
    effect: ForceEffect
    missing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRepaired(SeatEvent):
    """What we thought of the seat was not so at Asterisk, twice; now it is as Asterisk has it. 状态纠正

    `why` is a Chinese sentence. The change itself is told by SeatStateChanged or SeatPhoneChanged.
    """

    was: SeatState
    state: SeatState
    call_id: CallId | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatAlarmRaised(SeatEvent):
    """A seat is in its state for longer than policy allows. 座席超时告警

    `since` and `state` name the stay that is too long; its end clears the alarm.
    """

    state: SeatState
    reason: NotReadyReason | None
    since: datetime
    limit_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatAlarmCleared(SeatEvent):
    """The stay that was too long is over. 座席超时告警解除"""

    state: SeatState
    reason: NotReadyReason | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupUnattended(Event):
    """Fewer seats serve a skill group than must. 空窗告警

    `serving` counts seats that are ready or at a call, `signed_in` also those on a break.
    """

    skill_group: SkillGroupCode
    serving: int
    signed_in: int
    minimum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAttendedAgain(Event):
    """Enough seats serve the skill group again. 空窗告警解除"""

    skill_group: SkillGroupCode
    serving: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitMeasured(CallEvent):
    """A citizen's first wait for a person is over, by an answer or without one. 等候已计量"""

    wait: Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPublished(Event):
    """A version of a rule document came into force; the next call follows it. 规则已生效"""

    kind: str
    version: int
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRouted(CallEvent):
    """The routing table gave the call its group. 已路由

    `row` is the row that fitted, `version` the table's; `notes` and `flags` are for the seat's screen.
    """

    skill_group: SkillGroupCode
    priority: int
    row: str
    number: int
    version: int
    sticky: bool = True
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerListed(Event):
    """A number was put on a list of callers, or its entry changed. 列入名单"""

    list_name: str
    caller_number: str
    until: datetime | None
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerUnlisted(Event):
    """A number was taken off a list of callers. 移出名单"""

    list_name: str
    caller_number: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchChanged(Event):
    """Somebody turned one of the house's switches; the next call follows it. 开关已更改

    `wish_id` is the command line's wish that it carries out, 0 for none.
    """

    name: str
    on: bool
    by: str
    reason: str
    text: str = ""
    wish_id: int = 0
    others: tuple[Wording, ...] = ()
    """The text in further languages. 其他语种公告"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePosted(Event):
    """A supervisor tells the seats something. 座席通知已发布

    `skill_groups` empty: every seat. `addressed` are the seats that were signed in and meant; who
    signs in later sees it too.
    """

    notice_id: str
    by: str
    text: str
    skill_groups: tuple[SkillGroupCode, ...] = ()
    addressed: tuple[SeatId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRead(SeatEvent):
    """The seat's operator says that he has read it. 座席通知已阅"""

    notice_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWithdrawn(Event):
    """It is shown to nobody any more. 座席通知已撤回"""

    notice_id: str
    by: str
