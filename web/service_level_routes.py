"""/api/service-level, /api/line, a call's timeline, the directory: what the floor is led by. 现场管理"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from cti.timeline import timeline
from seats.service_level import MissCause
from web import service_level_views as views
from web.access import House, Viewer, require
from web.call_routes import find, seen_events
from web.ports import Role, Services, User
from web.views import instant, shown_number

router = APIRouter(prefix="/api", tags=["floor"])

Json = dict[str, Any]
MISSES_LISTED = 500


class MissWindow(StrEnum):
    """Over which span misses are listed. 明细范围"""

    RECENT = "recent"  # 近时段
    TODAY = "today"  # 今日
    DAY = "day"  # 连续 24 小时


@router.get("/service-level")
async def service_level(house: House, viewer: Viewer, day: date | None = None) -> Json:  # noqa: ARG001
    """The live meters, or a day's report; both counted in the same way. 服务水平"""
    targets = views.targets(house.service_level.settings)
    if day is not None:
        return {"targets": targets, **views.report(await house.service_level.report(day))}
    board = house.service_level.board()
    return {
        "targets": targets,
        "at": instant(board.at),
        "windows": views.windows(board),
        "waiting": board.waiting,
        "longest_ms": board.longest_ms,
        "misses": [views.miss(one) for one in board.misses],
    }


@router.get("/service-level/misses")
async def misses(
    house: House,
    viewer: Viewer,  # noqa: ARG001
    window: MissWindow = MissWindow.TODAY,
    cause: MissCause | None = None,
    skill_group: str | None = None,
) -> Json:
    """Who was not answered in time in that window, the newest first, and why. 未及时接听明细"""
    board = house.service_level.board()
    since = {
        MissWindow.RECENT: board.recent,
        MissWindow.TODAY: board.today,
        MissWindow.DAY: board.day,
    }[window].whole.since
    # Who still waits is in the clock's own list, everybody else in the store's.
    waiting = [
        one for one in board.misses if one.wait.answered_at is None and one.wait.gave_up_at is None
    ]
    found = [
        one
        for one in (*waiting, *await house.service_level.misses(since))
        if one.wait.joined_at >= since
        and cause in (None, one.cause)
        and skill_group in (None, one.wait.skill_group)
    ]
    return {"count": len(found), "misses": [views.miss(one) for one in found[:MISSES_LISTED]]}


@router.get("/service-level/trend")
async def trend(house: House, viewer: Viewer) -> Json:  # noqa: ARG001
    """Today in quarters of an hour. 今日走势"""
    found = await house.service_level.trend()
    return {"columns": [views.column(one) for one in found]}


@router.get("/line")
async def line(house: House, viewer: Viewer) -> Json:
    """Who waits, in the order of service, and why. 等候队列"""
    return {"seq": house.live.last_seq, "line": await line_view(house, viewer)}


@router.get("/calls/{call_id}/timeline")
async def call_timeline(call_id: str, house: House, viewer: Viewer) -> Json:
    """What the call was and who was there, without a gap. 通话时间轴"""
    call = await find(call_id, house)
    await house.live.all_written()
    line = timeline(event for _, event in await seen_events(call, house, viewer))
    now = house.now()
    return {
        "call_id": call.call_id,
        "state": line.state.value,
        "parts": [
            {"state": part.state.value, **views.span(part.since, part.until), "ms": part.ms(now)}
            for part in line.parts
        ],
        "parties": [
            {
                "leg_id": stay.leg_id,
                "role": stay.role.value,
                "who": stay.who,
                "room": None if stay.room is None else stay.room.value,
                **views.span(stay.since, stay.until),
                "ms": stay.ms(now),
            }
            for stay in line.parties
        ],
        "holds": [views.span(hold.since, hold.until) for hold in line.holds],
        "total_ms": line.total_ms(now),
    }


@router.get("/directory")
async def directory(
    house: House,
    viewer: Viewer,
    q: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Json:
    """Lines whose name, code, number or note holds the words; all without any. 通讯录"""
    # An inspector hears calls in which they spoke, and reads who that was.
    require(viewer, Role.OPERATOR, Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
    words = q.casefold().split()
    found = [
        {
            "code": one.code,
            "name": one.name,
            "number": one.number,
            "kind": one.kind,
            "note": one.note,
        }
        for one in house.directory.lines()
        if all(
            word in f"{one.name} {one.code} {one.number} {one.note}".casefold() for word in words
        )
    ]
    return {"lines": found[:limit]}


async def line_view(house: Services, viewer: User) -> list[Json]:
    """Who waits, why, and whether he will wait longer than he may."""
    waiting = house.line.line
    limit_s = house.service_level.settings.answer_limit_s
    calls = await house.calls.find_many([one.call_id for one in waiting])
    listed = []
    for place, one in enumerate(waiting, start=1):
        call = calls.get(one.call_id)
        number = None if call is None else shown_number(call.caller_number, viewer, None)
        ahead = house.line.outlook(one, limit_s)
        listed.append(
            {
                "place": place,
                "call_id": one.call_id,
                "caller_number": number,
                "skill_group": one.skill_group,
                "joined_at": instant(one.joined_at),
                "priority": one.priority,
                "why": house.line.why_waiting(one.call_id),
                "expected": ahead.expected.value,
                "free_at": instant(ahead.free_at),
            }
        )
    return listed
