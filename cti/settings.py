"""How the link to Asterisk behaves. 链路设置"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiSettings:
    """The link to Asterisk. AMI 链路"""

    action_limit_s: float = 5.0
    """An action without an answer after this fails with ActionTimedOut. 指令时限"""
    ping_every_s: float = 2.0
    """Own liveness check; panoramisk's ping notices nothing. 心跳间隔"""
    ping_limit_s: float = 3.0
    """An unanswered ping after this closes the link. 心跳时限"""
    reconnect_every_s: float = 1.0
    """At most one attempt in this time. 重连间隔"""
    refused_login_every_s: float = 15.0
    """After a refused login; Asterisk counts and may ban quick repeats. 登录被拒后的重试间隔"""
    queue_limit: int = 20_000
    """Messages that may wait between socket and tracker; beyond it the link is taken anew. 队列上限"""
    lag_warning_ms: int = 250
    """A message older than this when read is reported once a minute. 积压告警"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSettings:
    """Bringing others into a call, and calling citizens. 通话控制"""

    invite_ring_s: int = 30
    """So long a seat or department is rung before it counts as not answering. 邀请振铃时限"""
    call_out_ring_s: int = 45
    """So long a citizen whom we call is rung. 外呼振铃时限"""
    keep_for_seat_s: int = 30
    """A citizen whose seat's browser died hears music so long, until it is back; then he is led to his old
    place in the line. 座席恢复等待时限"""
    shown_number: str = "12345"
    """The number that citizens see when the hotline calls them. 外显号码"""
