"""How orders and callbacks behave. 工单设置"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersSettings:
    """Work orders and callbacks. 工单与回拨"""

    callback_after_wait_s: int = 0
    """A citizen who gave up after waiting at least so long is owed a call. 回拨最短等待"""
