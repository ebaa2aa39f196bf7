"""A seat, whether it can take the next call, and who waits. 座席

SIGNED_OUT --SignIn--> NOT_READY --SetReady--> READY --(router)--> RESERVED --SeatRang--> RINGING
                          ^                      ^                    |                      |
                          |                      +---offer undone-----+        SeatConnected |
                          +---no answer, phone gone, SetNotReady------+----------+           v
                                                 ^                                        TALKING
                                                 +--summary saved / deadline-- WRAP_UP <-----+
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cti.ids import CallId, SeatId, SkillGroupCode


class SeatState(StrEnum):
    """What a seat is doing. 座席状态"""

    SIGNED_OUT = "signed_out"  # 签出
    NOT_READY = "not_ready"  # 示忙
    READY = "ready"  # 示闲
    RESERVED = "reserved"  # 预占
    RINGING = "ringing"  # 振铃
    TALKING = "talking"  # 通话
    WRAP_UP = "wrap_up"  # 话后处理


class NotReadyReason(StrEnum):
    """Why a signed-in seat takes no calls. 示忙原因"""

    SIGNED_IN = "signed_in"  # 刚签入
    BREAK = "break"  # 小休
    MEAL = "meal"  # 用餐
    TRAINING = "training"  # 培训
    MEETING = "meeting"  # 会议
    BACK_OFFICE = "back_office"  # 处理工单
    DID_NOT_ANSWER = "did_not_answer"  # 未应答
    PHONE_UNREACHABLE = "phone_unreachable"  # 话机离线
    PHONE_BUSY = "phone_busy"  # 话机占线


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatDefinition:
    """What an administrator says about a seat. 座席定义

    `skills` maps a skill group to a level, 1 the best.
    """

    seat_id: SeatId
    operator_name: str
    skills: Mapping[SkillGroupCode, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A working position as it is now. 座席"""

    definition: SeatDefinition
    state: SeatState
    since: datetime
    """When it came into this state. 状态起始时间"""
    idle_since: datetime
    """End of its last call or, without one, its sign-in: the router's longest idle. 空闲起始"""
    reason: NotReadyReason | None = None
    call_id: CallId | None = None
    until: datetime | None = None
    """Wrap-up or reservation deadline. 时限"""
    phone_reachable: bool = True
    operator: str | None = None
    """The user signed in here. 签入用户"""
    pending_not_ready: NotReadyReason | None = None
    """Asked during a call; takes effect when the wrap-up ends. 预约示忙"""

    @property
    def seat_id(self) -> SeatId:
        return self.definition.seat_id

    def level_for(self, group: SkillGroupCode) -> int | None:
        """1 is the best; None when this seat does not serve the group."""
        return self.definition.skills.get(group)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCitizen:
    """One place in the line. 排队中的市民"""

    call_id: CallId
    skill_group: SkillGroupCode
    joined_at: datetime
    priority: int = 0
    """Higher is served earlier. 优先级"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillGroup:
    """People who can answer the same kind of call. 技能组"""

    code: SkillGroupCode
    name: str
