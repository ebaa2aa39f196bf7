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

from cti.events import PartyRole
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
    PHONE_IN_USE = "phone_in_use"  # 话机占用，恢复空闲后自动示闲
    FORCED = "forced"  # 班长强制示忙


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
    phone_in_use: bool = False
    """Its phone is in a call, whichever: a second witness beside the calls we know. 话机占用
    Not stored; Asterisk says it anew at each connect."""
    operator: str | None = None
    """The user signed in here. 签入用户"""
    pending_not_ready: NotReadyReason | None = None
    """Asked during a call; takes effect when the wrap-up ends. 预约示忙"""
    part: PartyRole = PartyRole.SEAT
    """What it is on its call: SUPERVISOR while its operator listens in. 通话中的角色"""
    pending_sign_out: bool = False
    """A supervisor's word during a call; takes effect when the wrap-up ends. 预约签出"""
    last_call_id: CallId | None = None
    """The call it talked on last since its sign-in; its outcome is asked for at sign-out. 上一通话"""

    @property
    def seat_id(self) -> SeatId:
        return self.definition.seat_id

    def level_for(self, group: SkillGroupCode) -> int | None:
        """1 is the best; None when this seat does not serve the group."""
        return self.definition.skills.get(group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A seat that really is in a call, as Asterisk has it. 在线证据"""

    seat_id: SeatId
    call_id: CallId
    state: SeatState
    """RINGING or TALKING."""
    part: PartyRole = PartyRole.SEAT


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCitizen:
    """One place in the line. 排队中的市民"""

    call_id: CallId
    skill_group: SkillGroupCode
    joined_at: datetime
    priority: int = 0
    """Higher is served earlier. 优先级"""
    sticky_seat: SeatId | None = None
    """The seat that has the caller's open order. 熟悉座席"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPresence:
    """How many seats of a group are in which state. 组内座席状态

    `unreachable` counts ready seats whose phone is away; every seat is counted once.
    """

    free: int = 0
    unreachable: int = 0
    reserved: int = 0
    ringing: int = 0
    talking: int = 0
    wrap_up: int = 0
    not_ready: int = 0
    signed_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillGroup:
    """People who can answer the same kind of call. 技能组"""

    code: SkillGroupCode
    name: str
