"""How seats behave. 座席设置"""

from dataclasses import dataclass


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
