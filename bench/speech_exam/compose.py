"""Makes calls.toml of by_hand.toml and the pieces: always the same hundred calls. 考卷生成

`python -m bench.speech_exam.compose` writes the file again; it is committed, and what is measured is
measured on the committed file. Nothing here is drawn by chance: every piece has its turn, and each
list goes round at a pace of its own, so that the pieces meet in ever new company.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.speech_exam.pieces import (
    ASK_NUMBER,
    ASK_PLACE,
    CLOSINGS,
    DISTRICT_SAID,
    ESTATES,
    MATTERS,
    NUMBER_SAID,
    OPENINGS,
    PLACE_SAID,
    ROADS,
    SURNAMES,
    TIMES,
    Matter,
)

FOLDER = Path(__file__).parent
HEADER = """# One hundred scripted calls with their truth; made by compose.py of by_hand.toml and pieces.py.
# What the fields mean: bench/speech_exam/calls.py. O is the operator, C the citizen.
"""
DIGITS = "零一二三四五六七八九"


def composed() -> Iterator[dict[str, Any]]:
    """Every matter in both its wordings."""
    turn = 0
    for matter in MATTERS:
        for wording in matter.said:
            turn += 1
            yield _call(turn, matter, wording)


def _call(turn: int, matter: Matter, wording: str) -> dict[str, Any]:
    number = f"1380000{(1009 + turn * 97) % 10000:04}"
    if turn % 9 == 0:
        number = f"03155550{(100 + turn * 7) % 1000:03}"
    truth: dict[str, Any] = {
        "request_type": matter.request_type,
        "event_type": matter.event_type,
        "phone": number,
        "urgency": matter.urgency,
        "want": matter.want,
    }
    if "{when}" in wording:
        when, happened = TIMES[turn * 5 % len(TIMES)]
        wording = wording.replace("{when}", when)
        truth["happened"] = happened
    place = district = address = ""
    if matter.placed:
        district, address, place = _place(turn)
    elif turn % 3 == 0:
        district = ROADS[turn * 7 % len(ROADS)][0]
    truth |= {"district": district, "address": address}
    lines = [f"O {OPENINGS[turn % len(OPENINGS)]}", f"C {wording}"]
    if matter.placed:
        lines += [f"O {ASK_PLACE[turn % len(ASK_PLACE)]}"]
        lines += [f"C {PLACE_SAID[turn % len(PLACE_SAID)].format(place=place)}"]
    elif district:
        lines[1] += "，" + DISTRICT_SAID[turn % len(DISTRICT_SAID)].format(district=district)
    name = SURNAMES[turn * 3 % len(SURNAMES)]
    told = NUMBER_SAID[turn % len(NUMBER_SAID)].format(name=name, number=spoken_digits(number))
    lines += [f"O {ASK_NUMBER[turn % len(ASK_NUMBER)]}", f"C {told}，{matter.wish}"]
    if turn % 2:
        lines += [f"O {CLOSINGS[turn % len(CLOSINGS)]}"]
    return {"name": f"c{turn:02}", "title": matter.event_type, "truth": truth, "lines": lines}


def _place(turn: int) -> tuple[str, str, str]:
    """District, address as an order shows it, and both as they are said."""
    if turn % 2:
        district, road = ROADS[turn * 7 % len(ROADS)]
        number = 8 + turn * 13 % 190
        return district, f"{road}{number}号", f"{district}{road}{spoken_number(number)}号"
    district, estate = ESTATES[turn // 2 * 5 % len(ESTATES)]
    building, unit = 1 + turn * 11 % 36, 1 + turn % 5
    return (
        district,
        f"{estate}{building}号楼{unit}单元",
        f"{district}{estate}{spoken_number(building)}号楼{spoken_number(unit)}单元",
    )


def spoken_digits(number: str) -> str:
    """13800001234 one digit after the other."""
    return "".join(DIGITS[int(digit)] for digit in number)


def spoken_number(number: int) -> str:
    """1 to 999 as it is said: 十二, 一百零六, 一百一十五."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += "十" if tens == 1 and not hundreds else f"{DIGITS[tens]}十"
    elif hundreds and ones:
        said += "零"
    return said + (DIGITS[ones] if ones else "")


def written(calls: list[dict[str, Any]]) -> str:
    """The calls as TOML."""
    return HEADER + "".join(_table(call) for call in calls)


def _table(call: dict[str, Any]) -> str:
    lines = "".join(f'  "{line}",\n' for line in call["lines"])
    head = "".join(f'{name} = "{call[name]}"\n' for name in ("name", "title"))
    return f"\n[[call]]\n{head}truth = {_inline(call['truth'])}\nlines = [\n{lines}]\n"


def _inline(values: dict[str, Any]) -> str:
    rows = (f"{name} = {_scalar(value)}" for name, value in values.items())
    return "{ " + ", ".join(rows) + " }"


def _scalar(value: str | int | dict[str, Any]) -> str:
    if isinstance(value, dict):
        return _inline(value)
    return f'"{value}"' if isinstance(value, str) else str(value)


def main() -> None:
    by_hand = tomllib.loads((FOLDER / "by_hand.toml").read_text())["call"]
    (FOLDER / "calls.toml").write_text(written([*by_hand, *composed()]))


if __name__ == "__main__":
    main()
