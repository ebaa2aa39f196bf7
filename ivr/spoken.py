"""Values become rows of recorded parts: numbers, dates, times, order numbers, money. 数值播报

    spoken("count", 2, "zh") ─► ("say-liang",)       两 as in 两位, 两分钟
    spoken("time", 14:00, "zh") ─► ("say-afternoon", "say-liang", "say-hour")   下午两点

Each part is one short sound; `part_words` has all of them, so that they can be made or recorded. A
value of the wrong kind is passed over: half a sentence is better than a broken call.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from types import MappingProxyType

from documents.calendar import BEIJING
from ivr import spoken_english, spoken_mandarin
from ivr.spoken_parts import PREFIX

Value = int | str | date | time
"""A datetime is a date, and has its zone; money is in 分. 可播报的值"""

FORMS = ("count", "number", "digits", "order", "time", "date", "day", "moment", "money", "text")
"""count 数量 (两), number 数字 (二), digits 逐位 (幺), order 工单编号, time 时刻, date 年月日,
day 月日, moment 月日时刻, money 金额, text 另一条文本. 读法"""

LONGEST_DIGITS = 40
"""Of a row that is read out digit by digit; what is behind it is left out."""

_LANGUAGES = MappingProxyType({"zh": spoken_mandarin, "en": spoken_english})
LANGUAGES = tuple(_LANGUAGES)
"""Languages that have a way to speak values. 有读法的语种"""


def spoken(form: str, value: Value, language: str) -> tuple[str, ...]:
    """The names of the parts, in their order; Chinese where a language has no way of its own."""
    if form == "text":
        return (value,) if isinstance(value, str) and value else ()
    speech = _LANGUAGES.get(language, spoken_mandarin)
    parts: tuple[str, ...] = ()
    match form, value:
        case "count", int():
            parts = speech.count(value)
        case "number", int():
            parts = speech.number(value)
        case "digits", int() | str():
            parts = speech.digits(str(value)[:LONGEST_DIGITS])
        case "order", int() | str():
            parts = speech.order(str(value)[:LONGEST_DIGITS])
        case "money", int():
            parts = speech.money(value)
        case "time", datetime() | time():
            parts = speech.clock(_local_time(value))
        case "date", date():
            parts = speech.year_and_day(_local_day(value))
        case "day", date():
            parts = speech.day(_local_day(value))
        case "moment", datetime():
            parts = (*speech.day(_local_day(value)), *speech.clock(_local_time(value)))
    return tuple(f"{PREFIX}{part}" for part in parts)


def part_words(language: str) -> Mapping[str, str]:
    """Every part of a language with the words that its sound says."""
    words = _LANGUAGES[language].WORDS
    return MappingProxyType({f"{PREFIX}{part}": said for part, said in words.items()})


def _local_time(at: datetime | time) -> time:
    if not isinstance(at, datetime):
        return at
    return (at if at.tzinfo is None else at.astimezone(BEIJING)).time()


def _local_day(at: date) -> date:
    if not isinstance(at, datetime):
        return at
    return (at if at.tzinfo is None else at.astimezone(BEIJING)).date()
