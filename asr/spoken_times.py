"""When, as people say it: 昨天晚上八点, 上周三, 十一月二号下午两点半, 三天前. 口语时间

Pure. `at` is the instant of the call in the caller's own local time; everything is seen from there.
A day is a day of the past unless the words say otherwise (明天, 下周一): a work order asks when it
happened. Of a range the beginning is told.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from asr.spoken_numbers import DIGITS, exact_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value that text[start:end] shows, and how sure that is, 0 to 1. 听到的值"""

    value: str
    start: int
    end: int
    confidence: float


_N = "[0-9零〇一二两三四五六七八九十]"
_DAYS_OFF = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨晚": -1, "昨夜": -1, "今天": 0, "今早": 0, "今晚": 0, "今晨": 0,
    "当天": 0, "今日": 0, "昨日": -1, "前晚": -2, "明天": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
}  # fmt: skip
_MONTHS_OFF = {"上个月": -1, "上月": -1, "这个月": 0, "本月": 0, "下个月": 1, "下月": 1}
_YEARS_OFF = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_AGO = {
    "天": 1,
    "个星期": 7,
    "个礼拜": 7,
    "星期": 7,
    "礼拜": 7,
    "周": 7,
    "个多月": 30,
    "个月": 30,
    "年": 365,
}

# The part of the day, the hour that counts as its beginning, and which hours are said of it.
_EVENING, _NIGHT, _AFTERNOON = (
    "晚上|傍晚|今晚|昨晚|明晚|前晚|当晚",
    "半夜|夜里|深夜|昨夜|后半夜",
    "下午|午后",
)
_MORNING = "早上|上午|早晨|清晨|凌晨|今早|今晨|明早|一早|大清早"
_PART = f"(?P<part>{_EVENING}|{_NIGHT}|{_AFTERNOON}|{_MORNING}|中午)"

_DAY = "|".join(
    (
        f"(?P<relative>{'|'.join(sorted(_DAYS_OFF, key=len, reverse=True))})",
        "(?P<week>上上个?|上个?|这个?|本|下个?)?(?<!每)(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])(?![年个天到至])",
        f"(?:(?P<year>[0-9零〇一二三四五六七八九]{{4}}年|{'|'.join(_YEARS_OFF)})的?)?"
        f"(?P<month>{_N}{{1,3}})月(?:份)?(?:(?P<day>{_N}{{1,4}})[号日]?)?(?![个]|多)",
        f"(?P<months>{'|'.join(_MONTHS_OFF)})的?(?P<day_of>{_N}{{1,4}})[号日]",
        f"(?P<ago>{_N}{{1,3}}|几|半)(?P<unit>{'|'.join(sorted(_AGO, key=len, reverse=True))})(?:以前|之前|前)",
        f"(?<![路道街巷里楼第院口村])(?P<bare_day>{_N}{{1,4}})[号日](?=(?:的|那天)?(?:{_EVENING}|{_NIGHT}|{_AFTERNOON}|{_MORNING}|中午|那天))",
    )
)
_CLOCK = f"(?P<hour>{_N}{{1,3}})(?:点|时)(?:(?P<half>半)|(?P<quarter>[一三])刻|钟|整|(?P<minute>{_N}{{1,3}})分?(?!之|钱))?"
_WHOLE = re.compile(
    f"(?:(?:{_DAY})(?:的|那天|这天)?)?(?:{_PART})?(?:的|大概|大约|差不多)?(?:{_CLOCK})?"
)
_HOURS_AGO = re.compile(f"(?P<count>半|{_N}{{1,3}})个?(?P<unit>小时|钟头|分钟)(?:以前|之前|前)")
_JUST_NOW = re.compile("刚才|刚刚|就刚才")
_NOT_A_CLOCK_AFTER = re.compile("点(?:建议|意见|要求|问题|原因|都|也|儿|点)")
_LONGEST_DAYS = 20 * 366

_NAMES_OF_DAYS = ("relative", "weekday", "month", "months", "ago", "bare_day")

_SURE, _FAIRLY, _HARDLY = 0.9, 0.75, 0.6


def moment_in(text: str, at: datetime) -> Found | None:
    """The first instant or day a sentence names, the fullest where several begin it.

    The value is 2026-11-02, or 2026-11-02T14:30 where an hour was said.
    """
    found = [one for match in _WHOLE.finditer(text) if (one := _moment(text, match, at))]
    ago = _HOURS_AGO.search(text)
    if ago is not None:
        found.append(_hours_ago(ago, at))
    now = _JUST_NOW.search(text)
    if now is not None:
        found.append(_found(_minute(at), now.start(), now.end(), _FAIRLY))
    if not found:
        return None
    return max(found, key=lambda one: (one.confidence, len(one.value), -one.start))


def _hours_ago(match: re.Match[str], at: datetime) -> Found:
    said, unit = match["count"], match["unit"]
    count = 0.5 if said == "半" else float(_number(said) or 0)
    past = timedelta(minutes=count) if unit == "分钟" else timedelta(hours=count)
    return _found(_minute(at - past), match.start(), match.end(), _FAIRLY)


def _moment(text: str, match: re.Match[str], at: datetime) -> Found | None:
    said = match.groupdict()
    day, sure = _day(said, at)
    hour, minute = _clock(text, match)
    start, end = match.span()
    if day is None:
        # 晚上八点 alone is the last such hour that has been; 八点 alone is too little.
        if hour is None or said["part"] is None or any(said[name] for name in _NAMES_OF_DAYS):
            return None
        here = _instant(at.date(), hour, minute)
        past = here if here <= at.replace(tzinfo=None) else here - timedelta(days=1)
        return _found(_minute(past), start, end, _HARDLY)
    if hour is None:
        return _found(day.isoformat(), start, end, sure)
    return _found(_minute(_instant(day, hour, minute)), start, end, sure)


def _instant(day: date, hour: int, minute: int) -> datetime:
    """昨天夜里十二点 is the beginning of today."""
    return datetime.combine(day, time(hour % 24, minute)) + timedelta(days=hour // 24)


def _day(said: dict[str, str | None], at: datetime) -> tuple[date | None, float]:
    today = at.date()
    if said["relative"]:
        return today + timedelta(days=_DAYS_OFF[said["relative"]]), _SURE
    if said["weekday"]:
        return _weekday(said["week"] or "", _WEEKDAYS[said["weekday"]], today)
    if said["month"]:
        return _calendar_day(said, today)
    if said["months"]:
        return _in_month(_MONTHS_OFF[said["months"]], _number(said["day_of"] or ""), today), _SURE
    if said["ago"]:
        return _ago(said["ago"], _AGO[said["unit"] or "天"], today)
    if said["bare_day"]:
        day = _number(said["bare_day"])
        here = _in_month(0, day, today)
        return (here if here and here <= today else _in_month(-1, day, today)), _FAIRLY
    return None, 0.0


def _ago(said: str, days: int, today: date) -> tuple[date | None, float]:
    """Days and weeks are counted; months and years are said of about so long."""
    if said == "半" and days >= 30:
        return today - timedelta(days=days // 2), _HARDLY
    count = _number(said)
    if not count or days * count > _LONGEST_DAYS:
        return None, 0.0
    return today - timedelta(days=count * days), _FAIRLY if days < 30 else _HARDLY


def _weekday(week: str, weekday: int, today: date) -> tuple[date, float]:
    monday = today - timedelta(days=today.weekday())
    if week.startswith("上上"):
        return monday + timedelta(days=weekday - 14), _SURE
    if week.startswith("上"):
        return monday + timedelta(days=weekday - 7), _SURE
    if week.startswith("下"):
        return monday + timedelta(days=weekday + 7), _SURE
    day = monday + timedelta(days=weekday)
    if week:
        return day, _SURE
    return (day if day <= today else day - timedelta(days=7)), _HARDLY


def _calendar_day(said: dict[str, str | None], today: date) -> tuple[date | None, float]:
    month, year_said = _number(said["month"] or ""), said["year"]
    day = _number(said["day"]) if said["day"] else None
    if month is None or not 1 <= month <= 12 or (said["day"] and day is None):
        return None, 0.0
    if year_said is None and day is None:
        # 三月 alone may be three months.
        return None, 0.0
    year = today.year
    if year_said is not None:
        year = (
            today.year + _YEARS_OFF[year_said]
            if year_said in _YEARS_OFF
            else int("".join(DIGITS[char] for char in year_said[:-1]))
        )
    found = _date(year, month, day or 1)
    if found is not None and year_said is None and found > today:
        found = _date(year - 1, month, day or 1)
    return found, _SURE if day else _HARDLY


def _in_month(offset: int, day: int | None, today: date) -> date | None:
    months = today.year * 12 + today.month - 1 + offset
    return None if day is None else _date(months // 12, months % 12 + 1, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str, match: re.Match[str]) -> tuple[int | None, int]:
    said = match.groupdict()
    if said["hour"] is None or _NOT_A_CLOCK_AFTER.match(text, match.end("hour")):
        return None, 0
    hour = _number(said["hour"])
    minute = 0
    if said["half"]:
        minute = 30
    elif said["quarter"]:
        minute = 15 if said["quarter"] == "一" else 45
    elif said["minute"]:
        minute = _number(said["minute"]) or 0
    if hour is None or hour > 24 or minute > 59:
        return None, 0
    part = said["part"] or said["relative"] or ""
    if hour <= 12:
        hour = _of_day(part, hour)
    return hour, minute


def _of_day(part: str, hour: int) -> int:
    """晚上八点 is 20; 夜里两点 is 2, 夜里十二点 is 24; 中午一点 is 13."""
    if re.fullmatch(_AFTERNOON, part) or part == "中午":
        return hour + 12 if hour < 11 else hour
    if re.fullmatch(_EVENING, part) or re.fullmatch(_NIGHT, part):
        if hour == 12:
            return 24
        return hour + 12 if hour >= 5 else hour
    if part == "凌晨" and hour == 12:
        return 0
    return hour


def _number(said: str) -> int | None:
    if said and all(char in DIGITS for char in said):
        return int("".join(DIGITS[char] for char in said))
    return 2 if said == "两" else exact_value(said)


def _minute(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M")


def _found(value: str, start: int, end: int, confidence: float) -> Found:
    return Found(value=value, start=start, end=end, confidence=confidence)
