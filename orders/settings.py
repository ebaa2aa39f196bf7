"""How orders, callbacks and endings behave. 工单设置"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersSettings:
    """Work orders, callbacks and how calls end. 工单、回拨与通话结束"""

    callback_after_wait_s: int = 0
    """A citizen who gave up after waiting at least so long is owed a call. 回拨最短等待"""
    callback_attempts: int = 3
    """After so many attempts in vain a callback is given up and shown to the supervisor. 回拨次数上限"""
    callback_pauses_min: tuple[int, ...] = (10, 60)
    """Minutes after the first attempt in vain, the second, ...; the last pause repeats. 回拨间隔"""
    callback_from_hour: int = 8
    """Nobody is called back before this hour of the day in China. 回拨开始时刻"""
    callback_until_hour: int = 21
    """Nor from this hour on. 回拨结束时刻"""
    callback_first: str = "seat"
    """Whose phone rings first: "seat", or "citizen", who then waits in the line at his old place. 先呼叫方"""
    callback_automatic: bool = False
    """Call back without a click as soon as a seat of the group has nobody to serve. 自动回拨"""
    callback_ring_limit_s: int = 90
    """An attempt of which nothing was heard for so long is over, its outcome unknown. 回拨振铃时限"""
    callback_line_patience_min: int = 30
    """While the line never empties, an automatic seat-first callback is made citizen-first after this, so that it has its place in the line. 自动回拨等待上限"""
    block_longest_days: int = 90
    """A number is blocked for at most so long. 拦截最长天数"""
    city: str = "唐山市"
    """The city's name in the prescribed sentences. 城市名称"""
    silent_after_s: int = 8
    """A citizen of whom nothing is heard for so long after the answer is a silent call; 0: not looked at. 无声判定时长"""
    silent_tag_from: int = 3
    """From so many silent calls of a number in a day on each is tagged as nuisance, for a person to judge; 0: never. 无声标记次数"""
    repeat_days: int = 30
    """Orders of so many days are looked through for the same matter. 查重天数"""
