"""/api/search: recorded calls by what was said in them and what is known of them. 录音检索

Shift leaders and inspectors find every call, an operator his own seat's. An administrator finds calls
by what everybody sees of them, never by words: he hears nothing (web/access.py).
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from asr.events import Side
from cti.ids import SeatId, SkillGroupCode
from orders.surveys import Satisfaction
from quality.events import CueKind
from recordings.finding import COUNTED, After, FoundCall, Hit, Wanted
from recordings.model import RecordingId
from recordings.spoken_text import phrases_in
from web.access import House, Viewer, may_hear
from web.accounts import may_see_numbers
from web.discretion import watches
from web.errors import Forbidden, NothingToLookFor, NumberTooExact
from web.ports import Role, User
from web.views import Json, instant, shown_number

router = APIRouter(prefix="/api/search", tags=["search"])

LAST_DIGITS = 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Asked(BaseModel):
    """What is looked for; all of it must hold. 检索条件"""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Query(max_length=200)] = ""
    side: Side | None = None
    number: Annotated[str, Query(pattern=r"^\+?\d{1,20}$")] | None = None
    seat: Annotated[str, Query(max_length=40)] | None = None
    group: Annotated[str, Query(max_length=40)] | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    cue: CueKind | None = None
    signal: Annotated[str, Query(max_length=40)] | None = None
    satisfaction: Satisfaction | None = None
    score: Annotated[int, Query(ge=1, le=10)] | None = None
    shortest_s: Annotated[int, Query(ge=0, le=86_400)] | None = None
    longest_s: Annotated[int, Query(ge=0, le=86_400)] | None = None
    marked: bool = False
    unheard: bool = False
    after: Annotated[str, Query(max_length=200)] | None = None
    limit: Annotated[int, Query(ge=1, le=100)] = 30


@router.get("")
async def search(asked: Annotated[Asked, Query()], house: House, viewer: Viewer) -> Json:
    """One page, newest first, each call with the sentences in which it was said. 检索"""
    wanted = _wanted(asked, viewer)
    found = await house.replay_room.finding.find(wanted, _after(asked.after), asked.limit)
    groups = {one.code: one.name for one in house.skill_groups()}
    return {
        "calls": [_call(one, viewer, groups) for one in found.calls],
        "after": None if found.after is None else _token(found.after),
        "total": min(found.total, COUNTED),
        "more_than_total": found.total > COUNTED,
    }


def _wanted(asked: Asked, viewer: User) -> Wanted:
    """Raises Forbidden, NothingToLookFor, NumberTooExact."""
    hears_all = not viewer.roles.isdisjoint({Role.SUPERVISOR, Role.INSPECTOR})
    of_words = bool(asked.text.strip() or asked.cue or asked.side)
    of_judgements = asked.signal or asked.satisfaction or asked.score or asked.marked
    oversees = Role.ADMINISTRATOR in viewer.roles and not of_words
    if not hears_all and (of_judgements or (viewer.seat_id is None and not oversees)):
        raise Forbidden
    phrases = phrases_in(asked.text)
    if asked.text.strip() and not phrases:
        raise NothingToLookFor
    number, ends = asked.number, None
    if number is not None and len(number) == LAST_DIGITS:
        number, ends = None, number
    elif number is not None and not may_see_numbers(viewer):
        raise NumberTooExact
    return Wanted(
        phrases=tuple(phrases),
        side=asked.side,
        number=number,
        number_ends=ends,
        seat_id=None if asked.seat is None else SeatId(asked.seat),
        skill_group=None if asked.group is None else SkillGroupCode(asked.group),
        since=asked.since,
        until=asked.until,
        cue=None if asked.cue is None else asked.cue.value,
        signal=asked.signal,
        satisfaction=None if asked.satisfaction is None else asked.satisfaction.value,
        score=asked.score,
        shortest_s=asked.shortest_s,
        longest_s=asked.longest_s,
        marked=asked.marked,
        unheard_by=viewer.username if asked.unheard else None,
        only_seat=None if hears_all or oversees else viewer.seat_id,
        without_supervisors=not watches(viewer),
    )


def _token(after: After) -> str:
    """Where the page before ended, for the address of the next one."""
    told = f"{(after.started_at - EPOCH) // MICROSECOND} {after.recording_id}"
    return base64.urlsafe_b64encode(told.encode()).decode()


def _after(token: str | None) -> After | None:
    """A token that is none begins at the newest."""
    if token is None:
        return None
    try:
        instant_us, _, recording_id = base64.urlsafe_b64decode(token).decode().partition(" ")
        started_at = EPOCH + int(instant_us) * MICROSECOND
    except (binascii.Error, ValueError, OverflowError):
        return None
    return After(started_at=started_at, recording_id=RecordingId(recording_id))


def _call(one: FoundCall, viewer: User, groups: dict[Any, str]) -> Json:
    hears = may_hear(viewer, one.seat_id)
    judges = watches(viewer) and hears
    return {
        "recording_id": one.recording.recording_id,
        "call_id": one.call_id,
        "state": one.recording.state.value,
        "started_at": instant(one.recording.started_at),
        "duration_ms": one.recording.duration_ms,
        "caller_number": shown_number(one.caller_number, viewer, one.seat_id),
        "seat_id": one.seat_id,
        "skill_group": one.skill_group,
        "skill_group_name": groups.get(one.skill_group),
        # No operator learns which citizen rated him how, nor what inspectors look at.
        "satisfaction": one.satisfaction if judges else None,
        "score": one.score if judges else None,
        "cues": one.cues if hears else 0,
        "signals": one.signals if judges else 0,
        "marks": one.marks if judges else 0,
        "listenings": one.listenings if judges or Role.ADMINISTRATOR in viewer.roles else 0,
        "hits": [_hit(hit) for hit in one.hits] if hears else [],
        "hit_count": one.hit_count if hears else 0,
    }


def _hit(hit: Hit) -> Json:
    return {
        "side": hit.side.value,
        "who": hit.who,
        "at_ms": hit.at_ms,
        "text": hit.text,
        "marks": [list(mark) for mark in hit.marks],
    }
