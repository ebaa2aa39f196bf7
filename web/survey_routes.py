"""/api/surveys, /api/calls/{id}/survey: what citizens thought of their calls. 满意度评价

For shift leaders and inspectors: an operator is not shown which citizen rated him how.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from cti.ids import CallId, SeatId, SkillGroupCode
from orders.surveys import Satisfaction, tallies, tally
from web import citizen_views
from web.access import House, Viewer, require
from web.call_routes import find
from web.ports import Role

router = APIRouter(prefix="/api", tags=["surveys"])

Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/surveys")
async def list_surveys(
    house: House,
    viewer: Viewer,
    since: AwareDatetime,
    until: AwareDatetime,
    seat_id: str | None = None,
    skill_group: str | None = None,
    satisfaction: Satisfaction | None = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Questions asked in a span and their answers, the newest first. 评价列表"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    found = await house.citizens.survey_records.between(
        since,
        until,
        seat_id=None if seat_id is None else SeatId(seat_id),
        skill_group=None if skill_group is None else SkillGroupCode(skill_group),
        satisfaction=satisfaction,
        limit=limit,
    )
    return {
        "scale": citizen_views.scale(house.citizens.surveys.scale),
        "surveys": [citizen_views.survey(one) for one in found],
    }


@router.get("/surveys/summary")
async def summary(
    house: House, viewer: Viewer, since: AwareDatetime, until: AwareDatetime
) -> dict[str, Any]:
    """How many rated and how well: all, by seat, by group. 未评价 is in no rate but its own. 评价汇总"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    found = await house.citizens.survey_records.between(since, until)
    return {
        "all": citizen_views.tally(tally(one.satisfaction for one in found)),
        "seats": citizen_views.by_name("seat_id", tallies(found, lambda one: one.seat_id)),
        "skill_groups": citizen_views.by_name(
            "skill_group", tallies(found, lambda one: one.skill_group)
        ),
    }


@router.get("/calls/{call_id}/survey")
async def survey_of(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """What the citizen of this call answered; null if he was not asked. 本通评价"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    call = await find(call_id, house)
    found = await house.citizens.survey_records.of_call(CallId(call.call_id))
    return {"survey": None if found is None else citizen_views.survey(found)}
