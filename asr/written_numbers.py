"""Spoken numbers with the digits a person would write: 二十六号楼 → 26号楼. 数字书写

Pure. The rules, in the order in which they are asked:

1. Idioms, feasts, names and ordinals stay (KEPT, 第…, 周三, 十六中).
2. Digits said one by one become digits from five on; shorter ones where something beside them says
   what they number (五零二室, 电话是…, 二零二六年) or where they hold a 零 or 幺, which nobody
   says of a quantity.
3. Numbers with 十, 百, 千, 万 become digits, unless they are about so many (三四百, 十七八, 几十).
4. A single digit becomes one only as a house, floor, bus, month, day, hour or sum of money: 两天,
   三个人, 一下 stay.
5. Of a range either both ends become digits or none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from asr import number_contexts as beside
from asr.spoken_numbers import DIGITS, digit_runs, exact_value

_RUN = re.compile("两(?=十)|(?:[零〇幺一二三四五六七八九十百千万亿]|两(?!十))+")
"""Nobody says 两十: 缺斤短两十一月 are two things."""
_SAID_ONE_BY_ONE = frozenset("零〇幺一二三四五六七八九")
_NEVER_A_QUANTITY = frozenset("零〇幺")
_REPEATING = re.compile(
    "(?:[二两三四五六七八]个[零〇幺一二三四五六七八九]|[零〇幺一二三四五六七八九])+"
)
_PERCENT = re.compile(
    "百分之([零一二两三四五六七八九十百]+)(?:点([零一二三四五六七八九]+))?(?![几来多])"
)
_DECIMAL = re.compile("([零一二两三四五六七八九十百千]+)点([零一二三四五六七八九]+)")
_IDENTITY = re.compile("[零〇幺一二三四五六七八九]{17}(叉|艾克斯|[xX])")
_WELL_KNOWN = frozenset({"一一九", "一二二"})
_FILLERS = re.compile("^(?:嗯|呃|啊|对|是|就是|好|喂|那个)+|(?:啊|吧|呢|嗯)+$")
_LETTER = re.compile("[A-Za-z]")
_LONG_RUN = 5
"""Nobody counts on for so long; it is a telephone, an identity or some other number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """text[start:end] is written so. 改写"""

    start: int
    end: int
    written: str


def number_rewrites(text: str) -> tuple[Rewrite, ...]:
    """Everything in the text that is written with digits, from left to right, never overlapping."""
    taken = [match.span() for match in beside.KEPT.finditer(text)]
    found: list[Rewrite] = []
    for wanted in (_whole_forms(text), _runs(text)):
        for rewrite in wanted:
            if all(rewrite.end <= start or end <= rewrite.start for start, end in taken):
                taken.append((rewrite.start, rewrite.end))
                found.append(rewrite)
    found.extend(_other_ends(text, found, taken))
    return tuple(sorted(found, key=lambda one: one.start))


def _whole_forms(text: str) -> Iterator[Rewrite]:
    """Forms of more than one run: percentages, decimals, an X at the end, 四个八."""
    for match in _IDENTITY.finditer(text):
        yield _rewrite(match, _digits(match.group()[:17]) + "X")
    for match in _REPEATING.finditer(text):
        digits = "".join(run for run, _, _ in digit_runs(match.group()))
        if "个" in match.group() and len(digits) > 6:
            yield _rewrite(match, digits)
    for match in _PERCENT.finditer(text):
        whole = "100" if match.group(1) == "百" else _amount(match.group(1))
        if whole is not None:
            part = f".{_digits(match.group(2))}" if match.group(2) else ""
            yield _rewrite(match, f"{whole}{part}%")
    for match in _DECIMAL.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        whole = _amount(match.group(1))
        timed = beside.TIME_BEFORE.search(before) or beside.UNTIL_BEFORE.search(before)
        if whole is not None and not timed and beside.DECIMAL_AFTER.match(after):
            yield _rewrite(match, f"{whole}.{_digits(match.group(2))}")


def _runs(text: str) -> Iterator[Rewrite]:
    for match in _RUN.finditer(text):
        written = _written(match.group(), text[: match.start()], text[match.end() :])
        if written is not None:
            yield _rewrite(match, written)


def _written(run: str, before: str, after: str) -> str | None:
    if beside.ORDINAL_BEFORE.search(before):
        return None
    if beside.STREET_BEFORE.search(before) and beside.STREET_AFTER.match(after):
        return None
    if len(run) == 1:
        return _single(run, before, after)
    if set(run) <= _SAID_ONE_BY_ONE:
        return _said_one_by_one(run, before, after)
    return _counted(run, before, after)


def _said_one_by_one(run: str, before: str, after: str) -> str | None:
    digits = _digits(run)
    if len(run) >= _LONG_RUN or _LETTER.match(before[-1:]) or run in _WELL_KNOWN:
        return digits
    if beside.CALLED_BEFORE.search(before):
        return digits
    odd = bool(_NEVER_A_QUANTITY & set(run))
    if len(run) == 2:
        if beside.OCLOCK_BEFORE.search(before):
            return digits if run[0] in "零〇" else None
        if after.startswith("年") and not after.startswith("年级"):
            return None if _about(run) else digits
        if odd and (after.startswith("后") or beside.DOOR_AFTER.match(after)):
            return digits
        return digits if beside.BUS_AFTER.match(after) else None
    if len(run) == 4 and after.startswith("年"):
        return digits
    alone = _FILLERS.sub("", before) == "" and _FILLERS.sub("", after) == ""
    beside_a_door = beside.DOOR_AFTER.match(after) or beside.ROOM_BEFORE.search(before)
    return digits if odd or alone or beside_a_door else None


def _about(run: str) -> bool:
    """三五年, 七八年, 一二年: about so many."""
    first, second = (int(digit) for digit in _digits(run))
    return 0 < second - first <= 2


def _counted(run: str, before: str, after: str) -> str | None:
    if beside.NAME_AFTER.match(after) or beside.NOT_POINTS_AFTER.match(after):
        return None
    # 十一 alone is the feast.
    if run == "十一" and not beside.MEASURE_AFTER.match(after):
        return None
    if before.endswith("双") or (before.endswith("初") and not before.endswith(("月初", "年初"))):
        return None
    return _amount(run)


def _amount(run: str) -> str | None:
    """35000 for 三万五千, but 35万 and 3.5万 as they are said."""
    if len(run) == 1:
        return _digit(run) or ("10" if run == "十" else None)
    if set(run) <= _SAID_ONE_BY_ONE:
        return _digits(run)
    value = exact_value(run)
    if value is None:
        return None
    for unit, worth in (("亿", 100_000_000), ("万", 10_000)):
        if run.endswith(unit) and value % worth == 0:
            return f"{value // worth}{unit}"
        if len(run) > 2 and run[-2] == unit and run[-1] not in "十百千万亿":
            return f"{value // worth}.{value % worth * 10 // worth}{unit}"
    return str(value)


def _single(run: str, before: str, after: str) -> str | None:
    """One digit, or 十 by itself."""
    digit = "10" if run == "十" else _digit(run)
    if digit is None:
        return None
    if after.startswith("点"):
        return digit if _is_time(run, before, after) else None
    if run == "十":
        if before.endswith(("几", "数")):
            return None
        counted = beside.MEASURE_AFTER.match(after) and not beside.NAME_AFTER.match(after)
        minutes = beside.OCLOCK_BEFORE.search(before) and after.startswith("分")
        return digit if counted or minutes else None
    if beside.MONEY_AFTER.match(after):
        return digit
    if run == "两":
        return None
    return digit if _numbers_something(run, before, after) else None


def _numbers_something(run: str, before: str, after: str) -> bool:
    """A house, a door, a floor, a bus, a date, what comes after the hour or the 块."""
    if _LETTER.match(after):
        return True
    if beside.NUMBERED_AFTER.match(after):
        return not beside.NOT_NUMBERED_BEFORE.search(before)
    if beside.FLOOR_AFTER.match(after):
        return not beside.NOT_FLOOR_BEFORE.search(before)
    if beside.STOREY_AFTER.match(after):
        return bool(beside.STOREY_BEFORE.search(before))
    if beside.HOUSE_AFTER.match(after):
        return bool(beside.HOUSE_BEFORE.search(before)) or len(after) > 1
    if after.startswith("门"):
        return bool(beside.ENTRANCE_BEFORE.search(before))
    if beside.ROOM_AFTER.match(after):
        return bool(beside.ROOM_BEFORE.search(before))
    if beside.BUS_AFTER.match(after):
        return True
    if after.startswith("路") and beside.BUS_BEFORE.search(before):
        return True
    if beside.MONTH_AFTER.match(after):
        return run != "零" and not beside.NOT_MONTH_BEFORE.search(before)
    if after.startswith("日"):
        return bool(beside.DAY_BEFORE.search(before))
    if after.startswith("时"):
        return bool(beside.HOUR_BEFORE.search(before))
    if after.startswith("分") and beside.OCLOCK_BEFORE.search(before):
        return not after.startswith("分之")
    return bool(beside.CENTS_BEFORE.search(before) and beside.CENTS_AFTER.match(after))


def _is_time(run: str, before: str, after: str) -> bool:
    if beside.NOT_POINTS_AFTER.match(after):
        return False
    if run == "一" and beside.NOT_ONE_OCLOCK_AFTER.match(after):
        return False
    timed = beside.TIME_BEFORE.search(before) or beside.UNTIL_BEFORE.search(before)
    if run == "一":
        return bool(timed or beside.ONE_OCLOCK_AFTER.match(after))
    return bool(timed or run == "十" or beside.TIME_AFTER.match(after))


_BETWEEN_ENDS = re.compile("到|至|或者?|、")
_SIMPLE = re.compile("[一二两三四五六七八九十百千万亿]+")


def _other_ends(text: str, found: list[Rewrite], taken: list[tuple[int, int]]) -> Iterator[Rewrite]:
    """五到十天: both ends or none."""
    starts = {one.start for one in found}
    ends = {one.end for one in found}
    for match in _SIMPLE.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        amount = _amount(match.group())
        if amount is None:
            continue
        follows = _BETWEEN_ENDS.match(text, match.end())
        first = follows is not None and follows.end() in starts
        # 等到一直 is no range.
        last = amount != "1" and _ends_before(text, match.start()) in ends
        if first or last:
            yield _rewrite(match, amount)


def _ends_before(text: str, start: int) -> int | None:
    for joint in ("或者", "到", "至", "或", "、"):
        if text.endswith(joint, 0, start):
            return start - len(joint)
    return None


def _digit(char: str) -> str | None:
    return "2" if char == "两" else DIGITS.get(char)


def _digits(run: str) -> str:
    return "".join(DIGITS[char] for char in run)


def _rewrite(match: re.Match[str], written: str) -> Rewrite:
    return Rewrite(start=match.start(), end=match.end(), written=written)
