"""/api/doctor and /api/calendar: the installation and the year, for those who run it. 体检与日历"""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from web.access import House, Viewer, require
from web.ports import Role

router = APIRouter(prefix="/api", tags=["system"])

Year = Annotated[int, Query(ge=2000, le=2100)]


@router.get("/doctor")
async def doctor(house: House, viewer: Viewer) -> dict[str, Any]:
    """What `hotline doctor` finds, asked anew. 体检"""
    require(viewer, Role.ADMINISTRATOR)
    findings = await house.doctor.examine()
    return {
        "at": house.now().isoformat(),
        "findings": [
            {"name": one.name, "ok": one.ok, "detail": one.detail, "advice": one.advice}
            for one in findings
        ],
    }


@router.get("/calendar")
async def calendar(house: House, viewer: Viewer, year: Year) -> dict[str, Any]:
    """Days that are not as their weekday says, and when groups are served. 日历"""
    require(viewer, Role.ADMINISTRATOR, Role.SUPERVISOR)
    return {
        "year": year,
        "known_years": sorted(house.calendar.years),
        "days": [
            {"day": one.day.isoformat(), "name": one.name, "off": one.off}
            for one in house.calendar.days(year)
        ],
        "groups": [
            {"code": one.code, "name": one.name, "hours": list(one.hours)}
            for one in house.calendar.hours()
        ],
    }
