"""/api/seat-definitions: seats and telephones, for administrators. 座席与话机管理"""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cti.ids import SeatId
from web.access import House, Viewer, require
from web.asked import note_of
from web.ports import Role

router = APIRouter(prefix="/api/seat-definitions", tags=["seats"])

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Level = Annotated[int, Field(ge=1, le=9)]


class Definition(BaseModel):
    """What is said of a seat. 座席定义"""

    model_config = ConfigDict(extra="forbid")
    name: Name
    skills: dict[str, Level]


class NewSeat(Definition):
    """A seat that is to be. 新建座席"""

    seat_id: str = Field(max_length=10)


@router.get("")
async def list_definitions(house: House, viewer: Viewer) -> dict[str, Any]:
    """Every seat with its telephone, and who has it as his own. 座席定义"""
    require(viewer, Role.ADMINISTRATOR)
    people = await house.users.all()
    listed = []
    for phone in await house.seat_office.phones():
        seat = house.seats.seats.get(phone.seat_id)
        owners = [
            {"username": one.username, "name": one.name}
            for one in people
            if one.seat_id == phone.seat_id and one.disabled_at is None
        ]
        listed.append(
            {
                "seat_id": phone.seat_id,
                "name": phone.operator_name,
                "skills": dict(phone.skills),
                # Posts and shifts of the hour may say otherwise than the definition.
                "skills_now": {} if seat is None else dict(seat.definition.skills),
                "sip_address": phone.sip_address,
                "phone_reachable": seat is not None and seat.phone_reachable,
                "state": None if seat is None else seat.state.value,
                "operator": None if seat is None else seat.operator,
                "people": owners,
            }
        )
    groups = [{"code": group.code, "name": group.name} for group in house.skill_groups()]
    return {"seats": listed, "skill_groups": groups}


@router.post("", status_code=201)
async def create(body: NewSeat, request: Request, house: House, viewer: Viewer) -> dict[str, Any]:
    """A seat; its telephone's password is shown this once. 新建座席"""
    require(viewer, Role.ADMINISTRATOR)
    note = note_of(request, house, viewer, "seat-definitions.create", skills=dict(body.skills))
    password = await house.seat_office.create(body.seat_id, body.name, body.skills, note)
    return {"seat_id": body.seat_id, "password": password}


@router.put("/{seat_id}", status_code=204)
async def change(
    seat_id: str, body: Definition, request: Request, house: House, viewer: Viewer
) -> None:
    """Its name and skills; a call in hand is not touched. 修改座席"""
    require(viewer, Role.ADMINISTRATOR)
    note = note_of(request, house, viewer, "seat-definitions.change", skills=dict(body.skills))
    await house.seat_office.change(seat_id, body.name, body.skills, note)


@router.post("/{seat_id}/new-password")
async def new_password(
    seat_id: str, request: Request, house: House, viewer: Viewer
) -> dict[str, str]:
    """Another password for the telephone, shown this once. 重置话机密码"""
    require(viewer, Role.ADMINISTRATOR)
    note = note_of(request, house, viewer, "seat-definitions.new-password")
    return {"seat_id": seat_id, "password": await house.seat_office.new_password(seat_id, note)}


@router.delete("/{seat_id}", status_code=204)
async def retire(seat_id: str, request: Request, house: House, viewer: Viewer) -> None:
    """It is no seat any more; what it did stays in the records. 停用座席"""
    require(viewer, Role.ADMINISTRATOR)
    note = note_of(request, house, viewer, "seat-definitions.retire")
    await house.seat_office.retire(SeatId(seat_id), note)
