"""Posts and duty rosters: who sits where, with which skills, on which duty. 岗位与排班文件

posts:    [[post]] seat, operator (account), name, skills = { general = 1 }, duties
rosters:  [[shift]] name, hours; [[shift.seat]] seat, skills

A seat's number is its extension. A shift's skills take the place of the post's while it lasts; of two
shifts at the same time the later one in the text holds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from cti.ids import SeatId, SkillGroupCode
from documents.calendar import Calendar, Hours
from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document
from seats.model import SeatDefinition

Skills = Mapping[SkillGroupCode, int]
_SEAT = re.compile(r"[0-9]{2,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One seat with its operator, skills and duties. 岗位"""

    definition: SeatDefinition
    line: int
    operator: str | None = None
    """The account that sits here. 账号"""
    duties: tuple[str, ...] = ()

    @property
    def seat_id(self) -> SeatId:
        return self.definition.seat_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Skills of some seats for a stretch of time. 班次"""

    name: str
    line: int
    hours: Hours | None
    skills: Mapping[SeatId, Skills]
    lines: Mapping[SeatId, int]


def read_posts(text: str) -> tuple[tuple[Post, ...], list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.POSTS)
    top = read_document(text, say)
    if top is None:
        return (), say.found
    posts: dict[SeatId, Post] = {}
    operators: dict[str, SeatId] = {}
    for entry in top.parts("post"):
        post = _post(entry, say)
        if post.seat_id in posts:
            say.error(entry.line_of("seat"), "seat-twice", f"座席 {post.seat_id} 重复")
        posts[post.seat_id] = post
        if post.operator is None:
            continue
        other = operators.setdefault(post.operator, post.seat_id)
        if other != post.seat_id:
            say.error(
                entry.line_of("operator"),
                "operator-twice",
                f"账号 {post.operator} 已在座席 {other}（一人一机）",
            )
    top.done()
    return tuple(posts.values()), say.found


def read_rosters(text: str) -> tuple[tuple[Shift, ...], list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.ROSTERS)
    top = read_document(text, say)
    if top is None:
        return (), say.found
    shifts = tuple(_shift(entry, say) for entry in top.parts("shift"))
    top.done()
    return shifts, say.found


def _post(entry: Entry, say: Complaints) -> Post:
    return Post(
        definition=SeatDefinition(
            seat_id=_seat(entry, say),
            operator_name=entry.text("name", required=True),
            skills=_skills(entry),
        ),
        line=entry.line,
        operator=entry.text("operator") or None,
        duties=entry.texts("duties"),
    )


def _shift(entry: Entry, say: Complaints) -> Shift:
    skills: dict[SeatId, Skills] = {}
    lines: dict[SeatId, int] = {}
    for part in entry.parts("seat"):
        seat_id = _seat(part, say)
        if seat_id in skills:
            say.error(part.line_of("seat"), "seat-twice", f"座席 {seat_id} 在本班次中重复")
        skills[seat_id], lines[seat_id] = _skills(part), part.line
    if not entry.has("hours"):
        say.error(entry.line, "value-missing", "班次缺少 hours")
    return Shift(
        name=entry.text("name", required=True),
        line=entry.line,
        hours=entry.hours("hours"),
        skills=MappingProxyType(skills),
        lines=MappingProxyType(lines),
    )


def _seat(entry: Entry, say: Complaints) -> SeatId:
    seat = entry.text("seat", required=True)
    if seat and not _SEAT.fullmatch(seat):
        say.error(entry.line_of("seat"), "value-invalid", "座席号只能是数字（即分机号）")
    return SeatId(seat)


def _skills(entry: Entry) -> Skills:
    found = entry.levels("skills")
    return MappingProxyType({SkillGroupCode(code): level for code, level in found.items()})


def skills_now(
    base: Mapping[SeatId, SeatDefinition],
    posts: tuple[Post, ...],
    shifts: tuple[Shift, ...],
    calendar: Calendar,
    now: datetime,
) -> dict[SeatId, SeatDefinition]:
    """Every seat as defined at that instant: the post over the base, the shift over both."""
    found = {**base, **{post.seat_id: post.definition for post in posts}}
    for shift in shifts:
        if shift.hours is None or not shift.hours.open_at(now, calendar):
            continue
        for seat_id, skills in shift.skills.items():
            known = found.get(seat_id)
            if known is not None:
                found[seat_id] = SeatDefinition(
                    seat_id=seat_id, operator_name=known.operator_name, skills=skills
                )
    return found
