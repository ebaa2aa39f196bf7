"""Numbers as people say them: 幺三八…, 十二, 三百零五. 口语数字

Pure. A digit is one of 〇零幺一…九, 0-9 or full-width 0-9; nothing here knows what a number is for.
"""

import re

DIGITS = {
    **{str(value): str(value) for value in range(10)},
    **{chr(0xFF10 + value): str(value) for value in range(10)},
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    "〇": "0",
    "幺": "1",
}
"""How each digit can be written. 数字读法"""

_SMALL = {**{k: int(v) for k, v in DIGITS.items()}, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}

NUMERAL = "[0-9０-９零〇幺一二三四五六七八九十百千两]"
"""One character of a spoken number, for regular expressions. 数字字符"""

_REPEATED = re.compile("([二两三四五六七八九2-9])个([零〇幺一二三四五六七八九0-9])")
_RUN = re.compile("[0-9０-９零〇幺一二三四五六七八九]+")


def value_of(spoken: str) -> int | None:
    """三百二十一 → 321, 十二 → 12, 幺零二 → 102, 12 → 12; None when it is no number."""
    if not spoken:
        return None
    if not any(char in _UNITS for char in spoken):
        digits = "".join(DIGITS.get(char, "2" if char == "两" else "x") for char in spoken)
        return int(digits) if digits.isdigit() else None
    total, pending = 0, 0
    last_unit = 1
    for char in spoken:
        if char in _UNITS:
            last_unit = _UNITS[char]
            total += (pending or 1) * last_unit
            pending = 0
        elif char in _SMALL:
            pending = pending * 10 + _SMALL[char] if pending else _SMALL[char]
            if char in "零〇0":
                last_unit = 10
        else:
            return None
    # 三百五 is said for 350, 三百零五 for 305.
    return total + (pending * last_unit // 10 if last_unit > 10 and pending < 10 else pending)


def digit_runs(text: str) -> list[tuple[str, int, int]]:
    """Every run of spoken digits as (ASCII digits, start, end) in `text`.

    四个八 counts as 八八八八; blanks, hyphens and 的 between digits are overlooked only when the
    caller has removed them, so that positions stay those of the text.
    """
    spread, places = _without_repetition(text)
    return [
        (
            "".join(DIGITS[char] for char in run.group()),
            places[run.start()],
            places[run.end() - 1] + 1,
        )
        for run in _RUN.finditer(spread)
    ]


def _without_repetition(text: str) -> tuple[str, list[int]]:
    """The text with 四个八 spelt out, and for each of its characters the place it came from."""
    chars: list[str] = []
    places: list[int] = []
    position = 0
    for repeated in _REPEATED.finditer(text):
        for place in range(position, repeated.start()):
            chars.append(text[place])
            places.append(place)
        times = value_of(repeated.group(1)) or 1
        chars.extend(repeated.group(2) * times)
        places.extend([repeated.start()] * (times - 1) + [repeated.end() - 1])
        position = repeated.end()
    for place in range(position, len(text)):
        chars.append(text[place])
        places.append(place)
    return "".join(chars), places


_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}[2-9]\d{6,7}")
_LOCAL = re.compile(r"[2-9]\d{6,7}")


def is_phone_number(digits: str) -> bool:
    """A mainland mobile number or a landline with its area code."""
    return bool(_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits))


def is_local_number(digits: str) -> bool:
    """A landline without area code: only believable where a number was asked for."""
    return bool(_LOCAL.fullmatch(digits))


def national(number: str) -> str | None:
    """A caller's number as dialled inside the country, or None when it is no number.

    Trunks show +86138…, 0086138… or 0138… for the same mobile phone.
    """
    digits = number.removeprefix("+86").removeprefix("0086")
    if digits.startswith("01") and _MOBILE.fullmatch(digits[1:]):
        digits = digits[1:]
    return digits if is_phone_number(digits) or is_local_number(digits) else None


_EXACT = {**{char: value for value, char in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_ORDER = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}


def exact_value(spoken: str) -> int | None:
    """As `value_of`, but only for numbers with units said as they are counted; also 万 and 亿.

    三千五百 → 3500, 两万三 → 23000, 一百零五 → 105; None for what is about so many (三四百, 十七八)
    and for what is no number (百, 零三, 千万).
    """
    total = 0
    rest = spoken
    larger = 0
    for myriad, worth in reversed(_MYRIADS.items()):
        before, said, after = rest.partition(myriad)
        if not said:
            continue
        part = _below_myriad(before.removeprefix("零") if larger else before)
        if part is None or part == 0:
            return None
        total += part * worth
        rest, larger = after, worth
    if not larger:
        return _below_myriad(rest) if any(char in _ORDER for char in rest) else None
    if not rest:
        return total
    if len(rest) == 1:
        # 两万三 is said for 23000.
        digit = _EXACT.get(rest)
        return total + digit * larger // 10 if digit else None
    part = _below_myriad(rest.removeprefix("零"))
    return None if part is None or part >= larger else total + part


def _below_myriad(spoken: str) -> int | None:
    """Up to 9999: digits each with a smaller unit than the one before."""
    total, above, position, skipped = 0, 10_000, 0, False
    while position < len(spoken):
        if spoken[position] in "零〇":
            if skipped or not total:
                return None
            skipped = True
            position += 1
            continue
        digit = _EXACT.get(spoken[position])
        if digit is None:
            # Ten alone may begin a number, and only that.
            if spoken[position] != "十" or position:
                return None
            digit, position = 1, position - 1
        unit = spoken[position + 1 : position + 2]
        if not unit:
            last = digit if skipped or above in (10, 10_000) else digit * above // 10
            return total + last
        worth = _ORDER.get(unit)
        if worth is None or worth >= above:
            return None
        total, above, position, skipped = total + digit * worth, worth, position + 2, False
    return None if skipped else total or None
