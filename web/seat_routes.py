"""/api/seats: the floor and its commands. 座席

Commands ask; the answer says what was asked and by whom, and shows the seat as it is now.
"""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from cti.ids import SeatId
from seats.model import NotReadyReason
from web import views
from web.access import House, Viewer, is_own_seat, require_seat_command
from web.errors import Forbidden, NotFound
from web.ports import Services, User

router = APIRouter(prefix="/api", tags=["seats"])


class WhyNotReady(BaseModel):
    """Why the seat takes no calls. 示忙原因"""

    model_config = ConfigDict(extra="forbid")
    reason: NotReadyReason


@router.get("/seats")
async def list_seats(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """All seats. 座席列表"""
    seats = sorted(house.seats.seats.values(), key=lambda seat: seat.seat_id)
    return {"seq": house.live.last_seq, "seats": [views.seat(seat) for seat in seats]}


@router.get("/seats/{seat_id}")
async def one_seat(seat_id: str, house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """One seat. 座席"""
    seat = house.seats.seats.get(SeatId(seat_id))
    if seat is None:
        raise NotFound(seat_id=seat_id)
    return views.seat(seat)


@router.get("/skill-groups")
async def list_skill_groups(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """All skill groups. 技能组"""
    return {"skill_groups": [{"code": g.code, "name": g.name} for g in house.skill_groups]}


def answer(asked: str, seat_id: str, house: Services, viewer: User) -> dict[str, Any]:
    seat = house.seats.seats[SeatId(seat_id)]
    return {"asked": asked, "by": viewer.username, "seat": views.seat(seat)}


@router.post("/seats/{seat_id}/sign-in")
async def sign_in(seat_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """Sign in at one's own seat. 签入"""
    if not is_own_seat(viewer, seat_id):
        raise Forbidden
    house.seats.sign_in(SeatId(seat_id), viewer.username)
    return answer("sign-in", seat_id, house, viewer)


@router.post("/seats/{seat_id}/sign-out")
async def sign_out(seat_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """Sign out. 签出"""
    require_seat_command(viewer, seat_id)
    house.seats.sign_out(SeatId(seat_id), viewer.username)
    return answer("sign-out", seat_id, house, viewer)


@router.post("/seats/{seat_id}/ready")
async def ready(seat_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """Take calls. 示闲"""
    require_seat_command(viewer, seat_id)
    house.seats.set_ready(SeatId(seat_id), viewer.username)
    return answer("ready", seat_id, house, viewer)


@router.post("/seats/{seat_id}/not-ready")
async def not_ready(seat_id: str, why: WhyNotReady, house: House, viewer: Viewer) -> dict[str, Any]:
    """Take no calls, for a reason; during a call it holds from its wrap-up's end. 示忙"""
    require_seat_command(viewer, seat_id)
    house.seats.set_not_ready(SeatId(seat_id), why.reason, viewer.username)
    return answer("not-ready", seat_id, house, viewer)


@router.post("/seats/{seat_id}/finish-wrap-up")
async def finish_wrap_up(seat_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """End the wrap-up before its deadline. 结束话后处理"""
    require_seat_command(viewer, seat_id)
    house.seats.finish_wrap_up(SeatId(seat_id), viewer.username)
    return answer("finish-wrap-up", seat_id, house, viewer)
