"""The hundred scripted calls and the two hundred sentences, read. 考卷

A call's truth:
    request_type, urgency    values of orders.model
    event_type               a name of orders.event_types
    phone                    where he wants to be reached
    district, address        "" where he names none; the address as an order shows it, without district
    happened                 when: days before or after the day of the call (days = -1), or month and
                             day; hour and minute where he says them; left out where he says nothing
    want                     words of what he wants, in his own order
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from asr.events import Side
from hotline.outside.scripts import Script, ScriptLine
from orders.model import RequestType

FOLDER = Path(__file__).parent
SENTENCES = FOLDER / "sentences.txt"
"""Written by hand by somebody who had not seen the training's templates. 手写句"""
GENERATED = FOLDER / "generated.txt"
"""Of the training's templates (asr/training/texts.py, seed 20261121), none among the 129,000 that it makes for
the network and the language model. 模板句"""
CALLS = FOLDER / "calls.toml"
SIDES = {"O": Side.OPERATOR, "C": Side.CITIZEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """When it happened, as far as he said. 发生时间"""

    days: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None

    def date_seen_from(self, today: date) -> date:
        """The day; one of the year before if this year's has not come yet."""
        if self.days is not None:
            return today + timedelta(days=self.days)
        assert self.month is not None
        assert self.day is not None
        this_year = date(today.year, self.month, self.day)
        return this_year if this_year <= today else this_year.replace(year=today.year - 1)

    def is_still_to_come(self, at: datetime) -> bool:
        """Whoever calls at half past midnight cannot tell of seven o'clock this morning."""
        day = self.date_seen_from(at.date())
        return (day, self.hour or 0) > (at.date(), at.hour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a perfect order of a call holds. 标准答案"""

    request_type: str
    event_type: str
    urgency: str
    phone: str
    district: str
    address: str
    want: str
    happened: Happened | None = None

    def as_of(self, at: datetime) -> "Truth":
        """What can be told by somebody who calls at that local time."""
        if self.happened is None or not self.happened.is_still_to_come(at):
            return self
        return replace(self, happened=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedCall:
    """One call of the exam. 考题"""

    name: str
    title: str
    truth: Truth
    lines: tuple[ScriptLine, ...]

    def script(self, caller_number: str, voice: str) -> Script:
        """The same for hotline.outside.conversation."""
        return Script(
            name=self.name,
            title=self.title,
            caller_number=caller_number,
            voice=voice,
            words_per_minute=165,
            pitch=50,
            request_type=RequestType(self.truth.request_type),
            caller_name="",
            address=self.truth.address,
            lines=self.lines,
        )


def read_calls(path: Path = CALLS) -> tuple[ScriptedCall, ...]:
    """All calls, in the file's order."""
    return tuple(_call(row) for row in tomllib.loads(path.read_text())["call"])


def read_sentences(path: Path = SENTENCES) -> tuple[str, ...]:
    """All sentences, in the file's order."""
    return tuple(line for line in path.read_text().splitlines() if line)


def _call(row: Mapping[str, Any]) -> ScriptedCall:
    truth = dict(row["truth"])
    happened = truth.pop("happened", None)
    return ScriptedCall(
        name=row["name"],
        title=row["title"],
        truth=Truth(**truth, happened=None if happened is None else Happened(**happened)),
        lines=tuple(ScriptLine(side=SIDES[line[0]], text=line[2:]) for line in row["lines"]),
    )
