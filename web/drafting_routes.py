"""/api/drafting-quality: what operators made of the machine's proposals. 草拟质量"""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter

from orders.drafting_report import DraftQuality, quality_of, weekly
from orders.serial import SHANGHAI
from web.access import House, Viewer, require
from web.ports import Role

router = APIRouter(prefix="/api", tags=["orders"])

Json = dict[str, Any]
USUAL_SPAN = timedelta(days=27)
"""Four weeks with today. 默认跨度"""


@router.get("/drafting-quality")
async def drafting_quality(
    house: House, viewer: Viewer, since: date | None = None, until: date | None = None
) -> Json:
    """Per field and per week, over days in China, both included; four weeks unless told. 草拟质量"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
    last = until or house.now().astimezone(SHANGHAI).date()
    first = since or last - USUAL_SPAN
    tallies = await house.drafting.draft_tallies(first, last)
    return {
        "since": first.isoformat(),
        "until": last.isoformat(),
        **_quality(quality_of(tallies)),
        "weeks": [
            {"monday": monday.isoformat(), **_quality(quality)}
            for monday, quality in weekly(tallies)
        ],
    }


def _quality(quality: DraftQuality) -> Json:
    fields = [{**asdict(one), "name": one.name.value} for one in quality.fields]
    return {"orders": quality.orders, "fields": fields}
