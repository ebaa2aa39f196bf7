"""/api/notices: a shift leader's word to the seats, and who has read it. 座席通知

Supervisors post, follow and take back; a seat sees what is meant for it and says "read". An inspector
or an administrator sees them all.
"""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cti.ids import SkillGroupCode
from seats.notice_board import LONGEST_NOTICE, SeatNotice
from web.access import House, Viewer, require
from web.discretion import watches
from web.errors import Forbidden
from web.ports import Role, Services, User
from web.views import instant

router = APIRouter(prefix="/api/notices", tags=["notices"])

Json = dict[str, Any]


class Posting(BaseModel):
    """What is said, and to which groups; none: to all. 通知内容"""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(strict=True, max_length=LONGEST_NOTICE * 4)]
    skill_groups: Annotated[list[str], Field(max_length=200)] = []


@router.get("")
async def notices(house: House, viewer: Viewer) -> Json:
    """Those that stand and concern the viewer, the newest first. 当前通知"""
    shown = [one for one in house.notices.standing if _concerns(one, viewer, house)]
    return {"seq": house.live.last_seq, "notices": [_view(one, viewer) for one in shown]}


@router.post("")
async def post(what: Posting, house: House, viewer: Viewer) -> Json:
    """Show it at the seats that are meant. 发布通知"""
    require(viewer, Role.SUPERVISOR)
    groups = [SkillGroupCode(code) for code in dict.fromkeys(what.skill_groups)]
    return _view(house.notices.post(what.text, groups, by=viewer.username), viewer)


@router.post("/{notice_id}/read")
async def read(notice_id: str, house: House, viewer: Viewer) -> Json:
    """The viewer's seat has read it. 已阅"""
    if viewer.seat_id is None:
        raise Forbidden
    return _view(house.notices.read(notice_id, viewer.seat_id, by=viewer.username), viewer)


@router.delete("/{notice_id}", status_code=204)
async def withdraw(notice_id: str, house: House, viewer: Viewer) -> None:
    """Take it back. 撤回通知"""
    require(viewer, Role.SUPERVISOR)
    house.notices.withdraw(notice_id, by=viewer.username)


def _concerns(one: SeatNotice, viewer: User, house: Services) -> bool:
    if watches(viewer):
        return True
    seat = None if viewer.seat_id is None else house.seats.seats.get(viewer.seat_id)
    return seat is not None and one.meant_for(seat)


def _view(one: SeatNotice, viewer: User) -> Json:
    """An operator learns nothing of who else has read it."""
    mine = None if viewer.seat_id is None else one.read_at.get(viewer.seat_id)
    seen = {seat_id: instant(at) for seat_id, at in one.read_at.items()}
    return {
        "notice_id": one.notice_id,
        "at": instant(one.at),
        "by": one.by,
        "text": one.text,
        "skill_groups": list(one.skill_groups),
        "addressed": list(one.addressed) if watches(viewer) else [],
        "read_at": seen if watches(viewer) else {},
        "mine_read_at": instant(mine),
    }
