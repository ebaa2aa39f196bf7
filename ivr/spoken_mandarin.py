"""Values in Mandarin. 普通话播报

Before a measure word 2 is 两 (两位, 两点, 两千), elsewhere 二 (十二, 二月, 第二). In digits 1 is 幺,
in a year it is 一. Numbers below a hundred are whole sounds: 二 十 六 in three pieces sounds broken.
"""

from collections.abc import Mapping
from datetime import date, time
from types import MappingProxyType

from ivr.spoken_parts import LETTERS, spelled

FIGURES = "零一二三四五六七八九"
HUNDRED, THOUSAND, WAN, YI = 100, 1_000, 10_000, 100_000_000
TOO_LARGE = 1_000 * YI
ALONE = {"1": "yao"}
PERIODS = (
    (6, "small-hours"),
    (9, "morning"),
    (12, "forenoon"),
    (13, "noon"),
    (18, "afternoon"),
    (24, "evening"),
)
"""Until which hour it is called what: 凌晨、早上、上午、中午、下午、晚上."""


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else f"{FIGURES[tens]}十"
    return before if tens and not ones else f"{before}{FIGURES[ones]}"


WORDS: Mapping[str, str] = MappingProxyType(
    {
        **{f"n-{number}": _below_hundred(number) for number in range(100)},
        **{f"n-{number}00": f"{FIGURES[number]}百" for number in range(1, 10)},
        **{f"n-{number}000": f"{FIGURES[number]}千" for number in range(1, 10)},
        "n-2000": "两千",
        "liang": "两",
        "yao": "幺",
        "wan": "万",
        "yi": "亿",
        "minus": "负",
        "dash": "杠",
        "star": "星号",
        "hash": "井号",
        "small-hours": "凌晨",
        "morning": "早上",
        "forenoon": "上午",
        "noon": "中午",
        "afternoon": "下午",
        "evening": "晚上",
        "hour": "点",
        "half": "半",
        "minute": "分",
        "year": "年",
        "month": "月",
        "day": "日",
        "yuan": "元",
        "jiao": "角",
        "fen": "分钱",
        **LETTERS,
    }
)


def count(number: int) -> tuple[str, ...]:
    """How many of something: 两, 十二, 二十六, 一百零三."""
    return ("liang",) if number == 2 else _whole(number)


def number(number: int) -> tuple[str, ...]:
    """A number by itself or behind 第: 二."""
    return _whole(number)


def digits(row: str) -> tuple[str, ...]:
    """Digit by digit, as a telephone number; hyphens and spaces are not said."""
    return spelled(row.replace("-", ""), ALONE)


def order(row: str) -> tuple[str, ...]:
    """As it stands on the order, with its dash."""
    return spelled(row, ALONE)


def money(fen: int) -> tuple[str, ...]:
    """两元, 十二元五角, 三元零五分."""
    if fen < 0:
        return ("minus", *money(-fen))
    yuan, rest = divmod(fen, 100)
    jiao, single = divmod(rest, 10)
    parts: list[str] = []
    if yuan or not rest:
        parts += [*count(yuan), "yuan"]
    if jiao:
        parts += [*count(jiao), "jiao"]
    if single:
        parts += [*(("n-0",) if yuan and not jiao else ()), *count(single), "fen"]
    return tuple(parts)


def clock(at: time) -> tuple[str, ...]:
    """下午两点, 上午九点零五分, 凌晨零点十分, 晚上八点半."""
    period = next(name for until, name in PERIODS if at.hour < until)
    hour = at.hour if at.hour <= 12 else at.hour - 12
    parts = (period, *count(hour), "hour")
    if at.minute == 0:
        return parts
    if at.minute == 30:
        return (*parts, "half")
    zero = ("n-0",) if at.minute < 10 else ()
    return (*parts, *zero, f"n-{at.minute}", "minute")


def day(on: date) -> tuple[str, ...]:
    """十一月二十一日."""
    return (f"n-{on.month}", "month", f"n-{on.day}", "day")


def year_and_day(on: date) -> tuple[str, ...]:
    """二零二六年十一月二十一日."""
    return (*(f"n-{figure}" for figure in f"{on.year:04}"), "year", *day(on))


def _whole(number: int) -> tuple[str, ...]:
    if number < 0:
        return ("minus", *_whole(-number))
    if number >= TOO_LARGE:
        return digits(str(number))
    if number < HUNDRED:
        return (f"n-{number}",)
    of_yi, below_yi = divmod(number, YI)
    of_wan, rest = divmod(below_yi, WAN)
    parts: list[str] = []
    if of_yi:
        parts += [*_times(of_yi, inside=False), "yi"]
    if of_wan:
        parts += [*(("n-0",) if of_yi and of_wan < THOUSAND else ())]
        parts += [*_times(of_wan, inside=bool(of_yi)), "wan"]
    if rest:
        # One 零 for however many figures are missing: 一亿零五, 十万零三百, 一亿零五千.
        missing = bool(of_yi or of_wan) and (rest < THOUSAND or not of_wan)
        parts += [*(("n-0",) if missing else ())]
        parts += _section(rest, inside=bool(of_yi or of_wan))
    return tuple(parts)


def _times(number: int, *, inside: bool) -> tuple[str, ...]:
    return ("liang",) if number == 2 else _section(number, inside=inside)


def _section(number: int, *, inside: bool) -> tuple[str, ...]:
    """One to 9999. Inside a larger number 十二 is 一十二."""
    thousands, below = divmod(number, THOUSAND)
    hundreds, rest = divmod(below, HUNDRED)
    parts: list[str] = []
    if thousands:
        parts.append(f"n-{thousands}000")
    if hundreds:
        parts.append(f"n-{hundreds}00")
    if not rest:
        return tuple(parts)
    if (thousands and not hundreds) or (hundreds and rest < 10):
        parts.append("n-0")
    if 10 <= rest < 20 and (parts or inside):
        parts.append("n-1")
    parts.append(f"n-{rest}")
    return tuple(parts)
