"""/api/switches: the few switches of the whole house. 开关

Supervisors and administrators turn them; everybody who is logged in may see how they stand, because
what citizens hear depends on it.
"""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from seats.house_switches import LONGEST_REASON, LONGEST_TEXT, Switch
from web.access import House, Viewer, require
from web.ports import Role
from web.views import instant

router = APIRouter(prefix="/api", tags=["switches"])


class Turning(BaseModel):
    """How it is to stand, and why. 开关操作"""

    on: bool
    reason: str = Field(default="", max_length=LONGEST_REASON * 4)
    text: str = Field(default="", max_length=LONGEST_TEXT * 4)


@router.get("/switches")
async def switches(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """How they stand. 开关状态"""
    return {"switches": [_row(one) for one in house.switches.switches.values()]}


@router.post("/switches/{name}")
async def turn(name: str, what: Turning, house: House, viewer: Viewer) -> dict[str, Any]:
    """Turn one of them. 操作开关"""
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)
    turned = house.switches.turn(
        name, on=what.on, by=viewer.username, reason=what.reason, text=what.text
    )
    return _row(turned)


def _row(one: Switch) -> dict[str, Any]:
    return {
        "name": one.name.value,
        "on": one.on,
        "by": one.by,
        "reason": one.reason,
        "text": one.text,
        "at": one.at and instant(one.at),
    }
