"""/api/callbacks: who is owed a call, and calling him. 待回拨

A callback is named after the call for which it is owed. Operators call and put off, supervisors also
close; nobody is called before somebody who came earlier.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from cti.ids import CallId, SeatId
from orders.model import CallbackState, CallbackTask
from web import views
from web.access import House, Viewer, require, require_seat_command
from web.errors import NotFound
from web.ports import Role, Services, User

router = APIRouter(prefix="/api", tags=["callbacks"])

Limit = Annotated[int, Query(ge=1, le=500)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class From(BaseModel):
    """The seat that calls. 回拨座席"""

    model_config = ConfigDict(extra="forbid")
    seat_id: str


class Until(BaseModel):
    """Not to be called before then. 改期"""

    model_config = ConfigDict(extra="forbid")
    due_at: AwareDatetime


class Why(BaseModel):
    """Why he need not be called. 关闭原因"""

    model_config = ConfigDict(extra="forbid")
    note: Note


async def find(call_id: str, house: Services) -> CallbackTask:
    task = await house.callbacks.find(CallId(call_id))
    if task is None:
        raise NotFound(call_id=call_id)
    return task


async def answer(call_id: CallId, house: Services, viewer: User) -> dict[str, Any]:
    await house.live.all_written()
    return views.callback(await find(call_id, house), viewer)


@router.get("/callbacks")
async def list_callbacks(
    house: House, viewer: Viewer, state: CallbackState | None = None, limit: Limit = 100
) -> dict[str, Any]:
    """Citizens who are owed a call, open ones first; or all of one state. 待回拨"""
    seq = house.live.last_seq
    tasks = await house.callbacks.newest(limit, state)
    return {"seq": seq, "callbacks": [views.callback(task, viewer) for task in tasks]}


@router.get("/callbacks/{call_id}")
async def one_callback(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """One task with every attempt; each names the call that was made. 回拨任务"""
    task = await find(call_id, house)
    attempts = await house.callbacks.attempts(task.call_id)
    reached = [one.reached for one in attempts if one.reached is not None]
    links = await house.calls.links(reached)
    told = []
    for one in attempts:
        of = links.get(one.reached) if one.reached is not None else None
        told.append(
            {
                **views.attempt(one),
                "order_id": None if of is None else of.order_id,
                "recording_id": None if of is None else of.recording_id,
            }
        )
    return {**views.callback(task, viewer), "attempt_list": told}


@router.post("/callbacks/call-next")
async def call_next(seat: From, house: House, viewer: Viewer) -> dict[str, Any]:
    """Call back whoever is this seat's first. 回拨下一位"""
    require_seat_command(viewer, seat.seat_id)
    task = await house.callbacks.call_next(SeatId(seat.seat_id), viewer.username)
    return await answer(task.call_id, house, viewer)


@router.post("/callbacks/{call_id}/call")
async def call_back(call_id: str, seat: From, house: House, viewer: Viewer) -> dict[str, Any]:
    """Call this citizen back from a seat. 回拨"""
    require_seat_command(viewer, seat.seat_id)
    task = await house.callbacks.call(CallId(call_id), SeatId(seat.seat_id), viewer.username)
    return await answer(task.call_id, house, viewer)


@router.post("/callbacks/{call_id}/postpone")
async def postpone(call_id: str, until: Until, house: House, viewer: Viewer) -> dict[str, Any]:
    """Call him later. 回拨改期"""
    require(viewer, Role.OPERATOR, Role.SUPERVISOR)
    due_at: datetime = until.due_at
    house.callbacks.postpone(CallId(call_id), due_at, viewer.username)
    return await answer(CallId(call_id), house, viewer)


@router.post("/callbacks/{call_id}/close")
async def close(call_id: str, why: Why, house: House, viewer: Viewer) -> dict[str, Any]:
    """He need not be called; a note says why. 关闭回拨"""
    require(viewer, Role.SUPERVISOR)
    house.callbacks.close(CallId(call_id), viewer.username, why.note)
    return await answer(CallId(call_id), house, viewer)
