"""/api/board and /api/wall: the floor in one answer, for a shift leader and for a screen on the wall. 现场看板

A board asks again whenever the live stream says that something on the floor changed, so everything on
it comes from one instant. The wall's answer holds sums only: nothing in it could name a citizen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter

from cti.ids import SkillGroupCode
from seats.model import WaitingCitizen
from seats.outlook import Expected
from seats.service_level import FloorCount, count_floors
from web import service_level_views as views
from web.access import House, Viewer, require
from web.attendance_routes import alarm_view
from web.ports import Role, Services
from web.service_level_routes import line_view
from web.views import instant

router = APIRouter(prefix="/api", tags=["floor"])

Json = dict[str, Any]
MISSES_ON_BOARD = 20


@router.get("/board")
async def board(house: House, viewer: Viewer) -> Json:
    """Service level, line with outlooks, groups and alarms, all of one instant. 现场看板"""
    level = house.service_level.board()
    answer = {
        "seq": house.live.last_seq,
        "at": instant(level.at),
        "targets": views.targets(house.service_level.settings),
        "windows": views.windows(level),
        "waiting": level.waiting,
        "longest_ms": level.longest_ms,
        "misses": [views.miss(one) for one in level.misses[:MISSES_ON_BOARD]],
        "line": await line_view(house, viewer),
        "groups": _groups(house, level.at),
        "alarms": None,
    }
    if not viewer.roles.isdisjoint({Role.SUPERVISOR, Role.ADMINISTRATOR}):
        answer["alarms"] = {
            "seats": [alarm_view(one) for one in house.alarms.ringing],
            "skill_groups": sorted(house.alarms.unattended),
            "no_answers": [
                {"seat_id": one.seat_id, "count": one.count, "last_at": instant(one.last_at)}
                for one in house.no_answers.repeated
            ],
        }
    return answer


@router.get("/wall")
async def wall(house: House, viewer: Viewer) -> Json:
    """Sums for the big screen. 大屏"""
    require(viewer, Role.WALL, Role.SUPERVISOR, Role.ADMINISTRATOR)
    level = house.service_level.board()
    limit_s = house.service_level.settings.answer_limit_s
    expected = Counter(house.line.outlook(one, limit_s).expected for one in house.line.line)
    states = Counter(seat.state.value for seat in house.seats.seats.values())
    switches = house.switches.switches.values()
    return {
        "at": instant(level.at),
        "targets": views.targets(house.service_level.settings),
        "windows": views.windows(level),
        "waiting": level.waiting,
        "longest_ms": level.longest_ms,
        "late": expected[Expected.LATE],
        "will_be_late": expected[Expected.WILL_BE_LATE],
        "seats": dict(states),
        "groups": _groups(house, level.at),
        "alarms": {
            "seats": len(house.alarms.ringing) + len(house.no_answers.repeated),
            "skill_groups": sorted(house.alarms.unattended),
        },
        "switches": [one.name.value for one in switches if one.on],
    }


def _groups(house: Services, now: datetime) -> list[Json]:
    """What each group's seats do, and who waits for it; the published ones, in their order."""
    waiting: dict[SkillGroupCode, list[WaitingCitizen]] = {}
    for one in house.line.line:
        waiting.setdefault(one.skill_group, []).append(one)
    floors = count_floors(house.seats.seats.values())
    return [
        {
            "code": group.code,
            "name": group.name,
            **views.floor_count(floors.get(group.code, FloorCount())),
            **_waiting(waiting, group.code, now),
        }
        for group in house.skill_groups()
    ]


def _waiting(
    by_group: Mapping[SkillGroupCode, Sequence[WaitingCitizen]], code: SkillGroupCode, now: datetime
) -> Json:
    joined = [one.joined_at for one in by_group.get(code, ())]
    longest = (now - min(joined)) // timedelta(milliseconds=1) if joined else 0
    return {"waiting": len(joined), "longest_ms": max(0, longest)}
