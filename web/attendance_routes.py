"""What seats did and who sat where; what rings for the shift leader. 考勤与告警

`/api/seats/{id}/history` accounts for every millisecond of a day; `/api/attendance` says who was
where at any past minute; `/api/alarms` is what the shift leader must look after now.
"""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime

from cti.ids import SeatId
from seats.alarms import TooLong
from seats.attendance import (
    BEIJING,
    Note,
    NoteKind,
    SeatDay,
    Sitting,
    seat_day,
    sittings,
    window_of,
)
from web.access import House, Viewer, is_own_seat, require
from web.discretion import FORCE, watches
from web.errors import NotFound
from web.ports import Role, Services, User
from web.views import instant

router = APIRouter(prefix="/api", tags=["seats"])

Json = dict[str, Any]


@router.get("/seats/{seat_id}/history")
async def history(seat_id: str, house: House, viewer: Viewer, day: date | None = None) -> Json:
    """One seat's day, the hotline's own time; today without `day`. 座席日志"""
    if not is_own_seat(viewer, seat_id):
        require(viewer, Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
    if SeatId(seat_id) not in house.seats.seats:
        raise NotFound(seat_id=seat_id)
    await house.live.all_written()
    now = house.now()
    wanted = day or now.astimezone(BEIJING).date()
    since, until = window_of(wanted, now)
    before = await house.attendance.last_change(SeatId(seat_id), since)
    changes = await house.attendance.changes(SeatId(seat_id), since, until)
    notes = await house.attendance.notes(SeatId(seat_id), since, until)
    whole = seat_day(before, changes, since, until)
    return {
        "seat_id": seat_id,
        "day": wanted.isoformat(),
        "since": instant(since),
        "until": instant(until),
        **_day(whole),
        "notes": [_note(note) for note in notes if _told(note, viewer, house)],
    }


@router.get("/attendance")
async def attendance(house: House, viewer: Viewer, at: AwareDatetime | None = None) -> Json:
    """Who sat where at that instant; now without `at`. 在岗查询"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
    await house.live.all_written()
    asked: datetime = at or house.now()
    found = sittings(await house.attendance.everybody_at(asked))
    return {"at": instant(asked), "seats": [_sitting(one) for one in found]}


@router.get("/alarms")
async def alarms(house: House, viewer: Viewer) -> Json:
    """Seats too long in a state, groups with too few seats. 当前告警"""
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)
    return {
        "seq": house.live.last_seq,
        "seats": [alarm_view(one) for one in house.alarms.ringing],
        "skill_groups": sorted(house.alarms.unattended),
    }


def _day(whole: SeatDay) -> Json:
    return {
        "signed_in_ms": whole.signed_in_ms,
        "spent": [
            {
                "state": one.state.value,
                "reason": one.reason.value if one.reason else None,
                "part": one.part.value,
                "ms": one.ms,
                "times": one.times,
            }
            for one in whole.spent
        ],
        "stays": [
            {
                "state": one.state.value,
                "reason": one.reason.value if one.reason else None,
                "part": one.part.value,
                "operator": one.operator,
                "call_id": one.call_id,
                "since": instant(one.since),
                "until": instant(one.until),
                "ms": one.ms,
            }
            for one in whole.stays
        ],
    }


def _told(note: Note, viewer: User, house: Services) -> bool:
    hidden = note.kind is NoteKind.FORCED and not watches(viewer)
    return not hidden or FORCE in house.supervision().told


def _note(note: Note) -> Json:
    return {
        "at": instant(note.at),
        "kind": note.kind.value,
        "was": note.was.value if note.was else None,
        "state": note.state.value,
        "call_id": note.call_id,
        "by": note.by,
        "why": note.why,
        "effect": note.effect,
        "missing": note.missing,
    }


def _sitting(one: Sitting) -> Json:
    return {
        "seat_id": one.seat_id,
        "operator": one.operator,
        "state": one.state.value,
        "reason": one.reason.value if one.reason else None,
        "part": one.part.value,
        "since": instant(one.since),
        "call_id": one.call_id,
    }


def alarm_view(one: TooLong) -> Json:
    return {
        "seat_id": one.seat_id,
        "state": one.state.value,
        "reason": one.reason.value if one.reason else None,
        "since": instant(one.since),
        "limit_s": one.limit_s,
    }
