"""/api/seats: the floor and its commands. 座席

Commands ask; the answer says what was asked and by whom, and shows the seat as it is now.
"""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cti.ids import SeatId
from seats.events import ForceEffect
from seats.model import NotReadyReason, SeatState
from web import views
from web.access import House, Viewer, is_own_seat, require, require_seat_command
from web.discretion import shown_seat
from web.errors import Forbidden, NotFound
from web.ports import Role, Services, User

router = APIRouter(prefix="/api", tags=["seats"])


class WhyNotReady(BaseModel):
    """Why the seat takes no calls. 示忙原因"""

    model_config = ConfigDict(extra="forbid")
    reason: NotReadyReason


class ForcedState(StrEnum):
    """What a supervisor may make of a seat. 可强制状态"""

    READY = SeatState.READY.value
    NOT_READY = SeatState.NOT_READY.value
    SIGNED_OUT = SeatState.SIGNED_OUT.value


class Force(BaseModel):
    """What a supervisor wants of a seat, and why. 强制状态"""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    state: ForcedState
    reason: str = Field(min_length=1, max_length=200)


EFFECTS = {
    ForceEffect.DONE: "已生效",
    ForceEffect.AFTER_CALL: "座席正在接续或通话，本次通话及话后结束时生效",
    ForceEffect.NOTHING: "座席原本就是该状态，无变化",
}


@router.get("/seats")
async def list_seats(house: House, viewer: Viewer) -> dict[str, Any]:
    """All seats. 座席列表"""
    seats = sorted(house.seats.seats.values(), key=lambda seat: seat.seat_id)
    return {
        "seq": house.live.last_seq,
        "seats": [views.seat(shown_seat(seat, viewer)) for seat in seats],
    }


@router.get("/seats/{seat_id}")
async def one_seat(seat_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """One seat. 座席"""
    seat = house.seats.seats.get(SeatId(seat_id))
    if seat is None:
        raise NotFound(seat_id=seat_id)
    return views.seat(shown_seat(seat, viewer))


@router.get("/skill-groups")
async def list_skill_groups(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """All skill groups. 技能组"""
    return {"skill_groups": [{"code": g.code, "name": g.name} for g in house.skill_groups()]}


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


@router.post("/seats/{seat_id}/force")
async def force(seat_id: str, what: Force, house: House, viewer: Viewer) -> dict[str, Any]:
    """Set a seat's state over its operator's head; never at the cost of a live call. 强制状态"""
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)
    effect = house.seats.force(
        SeatId(seat_id), SeatState(what.state.value), viewer.username, what.reason
    )
    said = {"effect": effect.value, "effect_text": EFFECTS[effect]}
    return {**answer("force", seat_id, house, viewer), **said}
