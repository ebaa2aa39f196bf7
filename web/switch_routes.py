"""/api/switches: the few switches of the whole house. 开关

Supervisors and administrators turn them; everybody who is logged in may see how they stand, because
what citizens hear depends on it.
"""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from seats.announcements import LONGEST_TEXT
from seats.house_switches import LONGEST_REASON, Switch
from web.access import House, Viewer, require
from web.ports import Role
from web.views import instant

router = APIRouter(prefix="/api", tags=["switches"])


class Turning(BaseModel):
    """How it is to stand, and why. 开关操作"""

    on: bool
    reason: str = Field(default="", max_length=LONGEST_REASON * 4)
    text: str = Field(default="", max_length=LONGEST_TEXT * 4)
    others: dict[str, Annotated[str, Field(max_length=LONGEST_TEXT * 4)]] = Field(
        default_factory=dict, max_length=20
    )
    """The text in further languages, by their codes. 其他语种公告"""


@router.get("/switches")
async def switches(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """How they stand, and the languages in which something may be announced. 开关状态"""
    return {
        "switches": [_row(one) for one in house.switches.switches.values()],
        "languages": list(house.switches.languages),
    }


@router.post("/switches/{name}")
async def turn(name: str, what: Turning, house: House, viewer: Viewer) -> dict[str, Any]:
    """Turn one of them. 操作开关"""
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)
    turned = house.switches.turn(
        name,
        on=what.on,
        by=viewer.username,
        reason=what.reason,
        text=what.text,
        others=what.others,
    )
    return _row(turned)


def _row(one: Switch) -> dict[str, Any]:
    return {
        "name": one.name.value,
        "on": one.on,
        "by": one.by,
        "reason": one.reason,
        "text": one.text,
        "others": {further.language: further.words for further in one.others},
        "at": one.at and instant(one.at),
    }
