"""Whether a proposed field is right. 阅卷

Pure. A field counts where the call has a truth for it; what is proposed where there is none is
counted apart, as invented.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bench.speech_exam.calls import Truth
from bench.speech_exam.scoring import compared, spoken_form

Proposed = Mapping[str, str]
"""Field name of orders.model.OrderField: value; a field that is empty is left out."""

DISTRICTS = (
    "路北区", "路南区", "古冶区", "开平区", "丰南区", "丰润区", "曹妃甸区", "高新区", "滦州市",
    "遵化市", "迁安市", "滦南县", "乐亭县", "迁西县", "玉田县",
)  # fmt: skip
FULL_NAMES = {"高新技术产业开发区": "高新区"}
"""A short name is what citizens say, the full one what the list of places makes of it."""
_CITY = re.compile("^(?:河北省)?(?:唐山市)?")
_NEARLY = 0.2
"""An address with at most so many wrong characters is found by whoever knows the town."""


@dataclass(slots=True)
class Mark:
    """How often one field was right. 得分"""

    of: int = 0
    right: int = 0
    proposed: int = 0
    invented: int = 0
    nearly: int = 0
    """Right or at most a fifth of its characters wrong; the address only."""

    def row(self) -> dict[str, float | int]:
        return {
            "of": self.of,
            "right": self.right,
            "share": round(self.right / self.of, 3) if self.of else 0.0,
            "proposed": self.proposed,
            "invented": self.invented,
        } | ({"nearly": self.nearly} if self.nearly else {})


def marked(papers: Iterable[tuple[Truth, Proposed, date]]) -> dict[str, Mark]:
    """The marks of all calls, field by field; the date is the day of the call."""
    marks = {name: Mark() for name in CHECKS}
    for truth, proposed, today in papers:
        for name, (wanted, right) in CHECKS.items():
            value = proposed.get(name, "")
            mark = marks[name]
            if not wanted(truth):
                mark.invented += bool(value) and not _only_district(name, value)
                continue
            mark.of += 1
            mark.proposed += bool(value)
            mark.right += bool(value) and right(truth, value, today)
            mark.nearly += name == "address" and nearly_same_address(truth.address, value)
    return marks


def _only_district(name: str, value: str) -> bool:
    return name == "address" and not bare_address(value)


def same_number(truth: str, value: str) -> bool:
    """The same digits, however they are grouped."""
    return re.sub(r"\D", "", value) == truth


def bare_address(value: str) -> str:
    """An address without city, district, punctuation; numbers as they are said.

    >>> bare_address("唐山市路北区 建设北路86号")
    '建设北路八十六号'
    """
    value = _CITY.sub("", value.strip())
    for district in (*FULL_NAMES, *DISTRICTS):
        value = value.removeprefix(district)
    return spoken_form(value)


def same_address(truth: str, value: str) -> bool:
    """Everything of the truth is there in one piece; what stands around it (附近) does not matter."""
    return bare_address(truth) in bare_address(value)


def nearly_same_address(truth: str, value: str) -> bool:
    """At most a fifth of it is wrong."""
    if not value:
        return False
    wanted, got = bare_address(truth), bare_address(value)
    return wanted in got or compared(wanted, got).rate <= _NEARLY


def same_moment(truth: Truth, value: str, today: date) -> bool:
    """The day, and the hour and minute where he said them. `value` is an ISO date or local time."""
    happened = truth.happened
    assert happened is not None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return False
    if moment.date() != happened.date_seen_from(today):
        return False
    if happened.hour is None:
        return True
    if len(value) <= len("2026-11-21") or moment.hour != happened.hour:
        return False
    return happened.minute is None or moment.minute == happened.minute


def holds_want(truth: str, value: str) -> bool:
    """The words of the wish are there in their order, perhaps with others between them."""
    return re.search(".*?".join(spoken_form(truth)), spoken_form(value)) is not None


Check = tuple[Callable[[Truth], object], Callable[[Truth, str, date], bool]]

CHECKS: Mapping[str, Check] = {
    "request_type": (lambda t: t.request_type, lambda t, v, _: v == t.request_type),
    "event_type": (lambda t: t.event_type, lambda t, v, _: v == t.event_type),
    "urgency": (lambda t: t.urgency, lambda t, v, _: v == t.urgency),
    "contact_number": (lambda t: t.phone, lambda t, v, _: same_number(t.phone, v)),
    "district": (lambda t: t.district, lambda t, v, _: FULL_NAMES.get(v, v) == t.district),
    "address": (lambda t: t.address, lambda t, v, _: same_address(t.address, v)),
    "happened_at": (lambda t: t.happened, same_moment),
    "want": (lambda t: t.want, lambda t, v, _: holds_want(t.want, v)),
}
"""For each field: what of the truth is asked for, and when a value is right."""
