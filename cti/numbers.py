"""Which numbers may be dialled: a city hotline calls inside the country, and nobody at his own cost. 外呼号码

Toll fraud begins where a stolen password can dial abroad or premium lines, so this is a list of what may
be dialled and not of what may not. asterisk-conf/extensions.conf, [hotline-out], has the same list once more;
a test holds the two together.
"""

import re

from cti.errors import NumberRefused

ALLOWED = {
    "emergency and service numbers of three digits": r"1[12][0-9]",
    "public numbers of five digits": r"1[02][0-9]{3}",
    "national service numbers": r"95[0-9]{3}(?:[0-9](?:[0-9]{2})?)?",
    "local service numbers": r"96(?:[1-9][0-9]|0[1-9])[0-9]{1,2}",
    "mobile phones": r"0?1[3-9][0-9]{9}",
    "fixed lines with area code": r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}",
    "fixed lines of the city": r"[2-8][0-9]{6,7}",
    "400 and 800": r"[48]00[0-9]{7}",
}
"""Whole numbers as they are dialled, by kind. 允许的号码

A subscriber's number begins with 2 to 8: behind an area code too, 168 and 160 are premium lines.
"""

_MAY_DIAL = re.compile("|".join(f"(?:{shape})" for shape in ALLOWED.values()))
_WRITTEN = re.compile(r"[ -]")


def dialled(number: str) -> str:
    """The number as it is dialled: without blanks and dashes, and without our own country's code.

    Raises NumberRefused, which never repeats the number.
    """
    plain = _WRITTEN.sub("", number).removeprefix("+86")
    if not _MAY_DIAL.fullmatch(plain):
        raise NumberRefused
    return plain
