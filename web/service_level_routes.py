"""/api/service-level, /api/line, a call's timeline, the directory: what the floor is led by. 现场管理"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from cti.timeline import timeline
from seats.service_level import CAUSE_WORDS, Meter, Miss
from seats.service_level_clock import Window
from seats.service_level_report import DayReport
from seats.settings import ServiceLevelSettings
from web.access import House, Viewer, require
from web.call_routes import find, seen_events
from web.ports import Role
from web.views import instant, shown_number

router = APIRouter(prefix="/api", tags=["floor"])

Json = dict[str, Any]


@router.get("/service-level")
async def service_level(house: House, viewer: Viewer, day: date | None = None) -> Json:  # noqa: ARG001
    """The live meters, or a day's report; both counted in the same way. 服务水平"""
    targets = _targets(house.service_level.settings)
    if day is not None:
        return {"targets": targets, **_report(await house.service_level.report(day))}
    board = house.service_level.board()
    return {
        "targets": targets,
        "at": instant(board.at),
        "windows": {
            "recent": _window(board.recent),
            "today": _window(board.today),
            "day": _window(board.day),
        },
        "waiting": board.waiting,
        "longest_ms": board.longest_ms,
        "misses": [_miss(miss) for miss in board.misses],
    }


@router.get("/line")
async def line(house: House, viewer: Viewer) -> Json:
    """Who waits, in the order of service, and why. 等候队列"""
    waiting = house.line.line
    calls = await house.calls.find_many([one.call_id for one in waiting])
    listed = []
    for place, one in enumerate(waiting, start=1):
        call = calls.get(one.call_id)
        number = None if call is None else shown_number(call.caller_number, viewer, None)
        listed.append(
            {
                "place": place,
                "call_id": one.call_id,
                "caller_number": number,
                "skill_group": one.skill_group,
                "joined_at": instant(one.joined_at),
                "priority": one.priority,
                "why": house.line.why_waiting(one.call_id),
            }
        )
    return {"seq": house.live.last_seq, "line": listed}


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
            {"state": part.state.value, **_span(part.since, part.until), "ms": part.ms(now)}
            for part in line.parts
        ],
        "parties": [
            {
                "leg_id": stay.leg_id,
                "role": stay.role.value,
                "who": stay.who,
                "room": None if stay.room is None else stay.room.value,
                **_span(stay.since, stay.until),
                "ms": stay.ms(now),
            }
            for stay in line.parties
        ],
        "holds": [_span(hold.since, hold.until) for hold in line.holds],
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
    require(viewer, Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR)
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


def _targets(settings: ServiceLevelSettings) -> Json:
    return {
        "answer_limit_s": settings.answer_limit_s,
        "in_time": settings.in_time_target,
        "answer_rate": settings.answer_rate_target,
        "gave_up_at_once_s": settings.gave_up_at_once_s,
        "window_min": settings.window_min,
    }


def _window(window: Window) -> Json:
    groups = {code: _meter(meter) for code, meter in window.groups.items()}
    return {**_meter(window.whole), "groups": groups}


def _report(report: DayReport) -> Json:
    return {
        "day": report.day.isoformat(),
        **_meter(report.whole),
        "groups": {code: _meter(meter) for code, meter in report.groups.items()},
        "hours": [_meter(meter) for meter in report.hours],
        "misses": [_miss(miss) for miss in report.misses],
    }


def _meter(meter: Meter) -> Json:
    tally = meter.tally
    return {
        **_span(meter.since, meter.until),
        "offered": tally.offered,
        "answered": tally.answered,
        "in_time": tally.in_time,
        "gave_up": tally.gave_up,
        "gave_up_at_once": tally.gave_up_at_once,
        "gave_up_before_limit": tally.gave_up_before_limit,
        "in_time_share": _rounded(meter.in_time_share),
        "in_time_share_of_patient": _rounded(meter.in_time_share_of_patient),
        "answer_rate": _rounded(meter.answer_rate),
        "answer_rate_of_patient": _rounded(meter.answer_rate_of_patient),
        "causes": [
            {"cause": cause.value, "word": CAUSE_WORDS[cause], "count": count}
            for cause, count in sorted(tally.causes.items(), key=lambda one: (-one[1], one[0]))
        ],
    }


def _miss(miss: Miss) -> Json:
    wait = miss.wait
    return {
        "call_id": wait.call_id,
        "skill_group": wait.skill_group,
        "joined_at": instant(wait.joined_at),
        "answered_at": instant(wait.answered_at),
        "gave_up_at": instant(wait.gave_up_at),
        "cause": miss.cause.value,
        "word": CAUSE_WORDS[miss.cause],
        "sentence": miss.sentence,
    }


def _span(since: Any, until: Any) -> Json:
    return {"since": instant(since), "until": instant(until)}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
