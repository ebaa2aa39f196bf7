"""How seats behave. 座席设置"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLimits:
    """How long a seat may be in a state before its shift leader is told; 0 means for ever. 状态时限"""

    signed_in_s: float = 300.0
    """Signed in and not yet ready. 签入后未示闲"""
    break_s: float = 900.0
    """小休"""
    meal_s: float = 3600.0
    """用餐"""
    training_s: float = 7200.0
    """培训"""
    meeting_s: float = 7200.0
    """会议"""
    back_office_s: float = 3600.0
    """处理工单"""
    did_not_answer_s: float = 180.0
    """Set not ready because it did not answer, and nobody came. 未应答后无人处理"""
    phone_unreachable_s: float = 120.0
    """话机离线"""
    phone_busy_s: float = 180.0
    """话机占线"""
    forced_s: float = 3600.0
    """班长强制示忙"""
    reserved_s: float = 15.0
    """Reserved and neither rung nor given back: the deadline of the reservation did not work. 预占"""
    ringing_s: float = 30.0
    """The telephone's own limit ([ivr] ring_s) and a margin. 振铃"""
    talking_s: float = 1800.0
    """A warning only; nothing is done to the call. 通话"""
    wrap_up_over_s: float = 5.0
    """So long after its deadline a wrap-up still stands. 话后处理超过时限"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatsSettings:
    """How seats behave. 座席"""

    wrap_up_limit_s: int = 30
    """After this a seat becomes ready by itself. 话后处理时限"""
    reservation_limit_s: int = 8
    """A reservation whose phone does not ring by then is undone. 预占时限"""
    settle_limit_s: int = 5
    """After a restart seats are offered calls once Asterisk has said who is talking, or after this. 恢复等待"""
    lifeboat_retry_s: float = 5.0
    """A lifeboat member that could not be changed is tried again after this. 应急成员重试间隔"""
    unattended_after_s: float = 30.0
    """So long too few seats serve a group before the shift leader is told (at most 60 s). 空窗告警延时"""
    look_every_s: float = 5.0
    """The floor is compared with Asterisk's channels and phones this often. 状态核对间隔"""
    second_look_s: float = 2.0
    """After a disagreement one looks again this soon; seen twice, it is repaired. 复核间隔"""
    no_answers_told: int = 2
    """A seat that rang in vain so often within no_answer_window_s is shown to the shift leader. 屡次未接次数"""
    no_answer_window_s: float = 3600.0
    """How far back unanswered calls are counted. 未接统计时长"""
    limits: StateLimits = field(default_factory=StateLimits)
    """How long a seat may be in a state. 状态时限"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevelSettings:
    """What counts as prompt, and what is aimed at. 服务水平"""

    answer_limit_s: float = 15.0
    """Answered within this of entering the line is in time (national service standard, 15 s). 接听时限"""
    in_time_target: float = 0.80
    """Share to be answered in time; below it the meter turns red. 及时接听率目标"""
    answer_rate_target: float = 0.95
    """Share to be answered at all in any 24 hours (national service standard, 95 %). 接通率目标"""
    gave_up_at_once_s: float = 5.0
    """Who gives up within this is shown apart: nobody could have served him. 瞬时放弃时限"""
    window_min: int = 15
    """The short window of the live meter, in whole minutes. 实时窗口"""
