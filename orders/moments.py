"""When it happened, or since when it goes on: 昨天晚上八点, 停了三天了. 发生时间

Pure. What is still to come is no time at which something happened.
"""

import re
from datetime import datetime, timedelta

from asr import spoken_times
from asr.spoken_numbers import value_of
from orders.heard import Heard

_LENGTH = (
    "(?P<count>[0-9零一二三四五六七八九十百两]{1,4}|半)(?P<more>多)?个?(?:(?P<more_too>多)|(?P<half_too>半))?"
    "(?P<unit>小时|钟头|天|星期|礼拜|周|月|年)(?P<half>半)?"
)
_LASTS = (
    # 坏了三天了, 三天没有水, 断了一个星期
    re.compile(f"{_LENGTH}(?:多)?(?:了|没|都没|不)"),
    re.compile(f"(?:了|将近|快|已经|整整|连续){_LENGTH}(?!的|卡|前|后|内|以|工资|房租|钱)"),
)
_SPENT = re.compile("(?:等|排|花|用|走|开|打|找|住|干|工作|学|吃|跑)了?$")
"""等了半个小时 is no time at which something began. 耗时"""
_DAYS = {"天": 1, "星期": 7, "礼拜": 7, "周": 7, "月": 30, "年": 365}
_LONGEST = timedelta(days=20 * 365)


def lasting_since(text: str, at: datetime) -> Heard | None:
    """三天了 → the day three days before the call; 半个月了 → half a month before."""
    said = next((found for lasts in _LASTS if (found := lasts.search(text))), None)
    if said is None or _SPENT.search(text[: said.start() + 1]):
        return None
    count = 0.5 if said["count"] == "半" else value_of(said["count"])
    if not count:
        return None
    halved = said["half"] or said["half_too"]
    count += 0.5 if halved else 0
    if said["unit"] in ("小时", "钟头"):
        value = (at - timedelta(hours=count)).strftime("%Y-%m-%dT%H:00")
    else:
        length = timedelta(days=round(count * _DAYS[said["unit"]]))
        if length > _LONGEST:
            return None
        value = (at - length).strftime("%Y-%m-%d")
    confidence = 0.5 if said["more"] or said["more_too"] or halved or count == 0.5 else 0.6
    return Heard(value=value, start=said.start(), end=said.end(), confidence=confidence)


_LOOSELY = re.compile(
    "上(?:个)?(?:星期|礼拜|周)(?![一二三四五六日天末年])|上个?月(?!底|初|[0-9一二三四五六七八九十])"
)
_NAMES_A_DAY = re.compile("[天日号昨今前周]|星期|礼拜|刚")
_STILL = re.compile("(?:多|左右)?(?:了?还在|还|才|都在|都)")
"""夜里十二点还在施工: so it goes every night. 经常"""
_AGAIN_AND_AGAIN = re.compile(
    "(?:每天|每晚|每到|每逢|天天|经常|总是|一到|[到至]|建议.{0,12}|希望.{0,12})的?$"
)


def moment_in(text: str, at: datetime) -> Heard | None:
    """The instant or day a sentence names, seen from the call's own local time; the surest."""
    named = spoken_times.moment_in(text, at)
    found = []
    if (
        named is not None
        and named.value <= at.strftime("%Y-%m-%dT%H:%M")
        and not _AGAIN_AND_AGAIN.search(text[: named.start])
        and (_NAMES_A_DAY.search(text, named.start, named.end) or not _STILL.match(text, named.end))
    ):
        found.append(
            Heard(value=named.value, start=named.start, end=named.end, confidence=named.confidence)
        )
    for one in (lasting_since(text, at), _loosely(text, at)):
        if one is not None:
            found.append(one)
    return max(found, key=lambda one: (one.confidence, -one.start), default=None)


def _loosely(text: str, at: datetime) -> Heard | None:
    """上个星期 without a day begins on its Monday, 上个月 on its first; better than nothing."""
    said = _LOOSELY.search(text)
    if said is None:
        return None
    if "月" in said.group():
        day = (at.replace(day=1) - timedelta(days=1)).replace(day=1)
    else:
        day = at - timedelta(days=at.weekday() + 7)
    return Heard(
        value=day.strftime("%Y-%m-%d"), start=said.start(), end=said.end(), confidence=0.45
    )
