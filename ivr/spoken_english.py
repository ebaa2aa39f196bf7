"""Values in English. 英语播报"""

from collections.abc import Mapping
from datetime import date, time
from types import MappingProxyType

from ivr.spoken_parts import LETTERS, spelled

ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
TOO_LARGE = 1_000_000_000_000


def _below_hundred(number: int) -> str:
    if number < 20:
        return ONES[number]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens]}-{ONES[ones]}" if ones else TENS[tens]


def _ordinal(number: int) -> str:
    if number <= 20:
        return ORDINALS[number - 1]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens]}-{ORDINALS[ones - 1]}" if ones else f"{TENS[tens][:-1]}ieth"


WORDS: Mapping[str, str] = MappingProxyType(
    {
        **{f"n-{number}": _below_hundred(number) for number in range(100)},
        **{f"day-{number}": _ordinal(number) for number in range(1, 32)},
        **{f"month-{number}": name for number, name in enumerate(MONTHS, start=1)},
        **{name: name for _, name in SCALES},
        "oh": "oh",
        "minus": "minus",
        "dash": "dash",
        "star": "star",
        "hash": "pound",
        "am": "a.m.",
        "pm": "p.m.",
        "yuan": "yuan",
        "fen": "fen",
        **LETTERS,
    }
)


def count(number: int) -> tuple[str, ...]:
    """How many of something: two, one hundred three."""
    if number < 0:
        return ("minus", *count(-number))
    if number >= TOO_LARGE:
        return digits(str(number))
    for size, name in SCALES:
        if number >= size:
            many, rest = divmod(number, size)
            return (*count(many), name, *(count(rest) if rest else ()))
    return (f"n-{number}",)


def number(number: int) -> tuple[str, ...]:
    """A number by itself."""
    return count(number)


def digits(row: str) -> tuple[str, ...]:
    """Digit by digit; hyphens and spaces are not said."""
    return spelled(row.replace("-", ""))


def order(row: str) -> tuple[str, ...]:
    """As it stands on the order, with its dash."""
    return spelled(row)


def money(fen: int) -> tuple[str, ...]:
    """Twelve yuan, fifty fen."""
    if fen < 0:
        return ("minus", *money(-fen))
    yuan, rest = divmod(fen, 100)
    whole = (*count(yuan), "yuan") if yuan or not rest else ()
    return (*whole, *((f"n-{rest}", "fen") if rest else ()))


def clock(at: time) -> tuple[str, ...]:
    """Two p.m., nine oh five a.m."""
    half = "am" if at.hour < 12 else "pm"
    hour = at.hour % 12 or 12
    oh = ("oh",) if 0 < at.minute < 10 else ()
    minutes = (*oh, f"n-{at.minute}") if at.minute else ()
    return (f"n-{hour}", *minutes, half)


def day(on: date) -> tuple[str, ...]:
    """November twenty-first."""
    return (f"month-{on.month}", f"day-{on.day}")


def year_and_day(on: date) -> tuple[str, ...]:
    """November twenty-first, twenty twenty-six."""
    return (*day(on), *_year(on.year))


def _year(year: int) -> tuple[str, ...]:
    century, rest = divmod(year, 100)
    if year < 1000 or (century % 10 == 0 and rest < 10):
        return count(year)
    if rest == 0:
        return (f"n-{century}", "hundred")
    return (f"n-{century}", *(("oh",) if rest < 10 else ()), f"n-{rest}")
