"""/api/calls/{id}/…: what a seat and a supervisor may ask about a call, and calls out. 通话控制

Commands ask; the answer says what was asked and by whom. What the call becomes is told by its events.
An operator asks only about a call in which his seat takes part or for which it rings; a supervisor about
any. Who may listen in says a policy: supervisors, inspectors; an administrator runs the system and hears
nothing.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from cti.call import Call
from cti.errors import CallNotAnswered, CallOver, CtiError
from cti.ids import CallId, LegId, SeatId
from cti.targets import LineTarget, SeatTarget, Target
from orders.model import OrderId
from seats.groups import GENERAL
from web.access import (
    House,
    Viewer,
    is_own_seat,
    require,
    require_seat_command,
    seat_through_which,
)
from web.call_routes import find
from web.control_ports import CalledFirst, Supervision
from web.errors import Forbidden, NotFound
from web.ports import Role, Services, User

router = APIRouter(prefix="/api", tags=["call control"])

OUTSIDE = "outside"
Reason = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[str, Field(pattern=r"^[0-9]{3,20}$")]
Keys = Annotated[str, Field(pattern=r"^[0-9*#A-D]{1,32}$")]
Leg = Annotated[str, Field(min_length=1, max_length=80)]
Answer = dict[str, Any]


class Body(BaseModel):
    """Unknown fields are refused. 请求体"""

    model_config = ConfigDict(extra="forbid", strict=True)


class ToSeat(Body):
    """A seat. 座席"""

    kind: Literal["seat"]
    seat_id: str


class ToLine(Body):
    """A line of the directory. 通讯录条目"""

    kind: Literal["line"]
    code: str


class ToNumber(Body):
    """A number that is in no directory. 外线号码"""

    kind: Literal["number"]
    number: Number


class To(Body):
    """Whom to bring. 目标"""

    target: Annotated[ToSeat | ToLine | ToNumber, Field(discriminator="kind")]


class Why(Body):
    """Why it is done. 原因"""

    reason: Reason


class Mute(Body):
    """Whose voice, and whether it is heard. 静音"""

    leg_id: Leg | None = None
    on: bool


class ToGroup(Body):
    """Which group he waits for from now on. 技能组"""

    skill_group: str


class OneLeg(Body):
    """Which party. 话路"""

    leg_id: Leg


class Tones(OneLeg):
    """Which keys to press towards it. 按键"""

    keys: Keys


class Supervise(Body):
    """How, from which phone, why. 班长操作"""

    how: Annotated[Supervision, Field(strict=False)]
    seat_id: str
    reason: Reason


class Pick(Body):
    """Which seat gets him, why. 指定座席"""

    seat_id: str
    reason: Reason


class CallOut(Body):
    """Whom to call, for which seat: a number, or the citizen of an order. 外呼

    Who is owed a call is called with POST /api/callbacks/{id}/call, which keeps the account of it.
    """

    number: Number | None = None
    order_id: str | None = None
    seat_id: str
    first: Annotated[CalledFirst, Field(strict=False)] = CalledFirst.SEAT

    @model_validator(mode="after")
    def _one_of_them(self) -> "CallOut":
        if (self.number is None) is (self.order_id is None):
            raise ValueError("exactly one of number and order_id")
        return self


def own_part(viewer: User, call: Call) -> SeatId | None:
    """His seat, if it is (or was, at the end) the citizen's, rings for him, or is in one of the call's rooms."""
    seat_id = seat_through_which(viewer, call)
    return seat_id if is_own_seat(viewer, seat_id) else None


async def commanded(call_id: str, house: Services, viewer: User) -> tuple[CallId, SeatId]:
    """The call, and the seat in whose name the viewer asks. Raises NotFound, Forbidden, CallOver, CallNotAnswered.

    A supervisor who is not on the call himself asks in the name of the citizen's seat.
    """
    call = await find(call_id, house)
    seat_id = own_part(viewer, call)
    if seat_id is None:
        require(viewer, Role.SUPERVISOR)
        seat_id = call.seat_id
    if call.over:
        raise CallOver
    if seat_id is None:
        raise CallNotAnswered
    return call.call_id, seat_id


async def ended_by(call_id: str, house: Services, viewer: User) -> tuple[CallId, SeatId | None]:
    """As `commanded`, but a supervisor ends a call or a leg in nobody's name. Raises NotFound, Forbidden."""
    call = await find(call_id, house)
    seat_id = own_part(viewer, call)
    if seat_id is None:
        require(viewer, Role.SUPERVISOR)
    return call.call_id, seat_id


def seat_of(house: Services, seat_id: str) -> SeatId:
    if SeatId(seat_id) not in house.seats.seats:
        raise NotFound(seat_id=seat_id)
    return SeatId(seat_id)


def resolved(to: To, house: Services) -> Target:
    """The target with its number. Raises NotFound."""
    match to.target:
        case ToSeat(seat_id=seat_id):
            return SeatTarget(seat_id=seat_of(house, seat_id))
        case ToLine(code=code):
            line = next((one for one in house.directory.lines() if one.code == code), None)
            if line is None:
                raise NotFound(code=code)
            return LineTarget(who=line.code, number=line.number)
        case ToNumber(number=number):
            return LineTarget(who=OUTSIDE, number=number)


async def order_of(call_id: CallId, house: Services) -> str:
    """The number of the call's order, which is handed over with the citizen; empty without one."""
    links = (await house.calls.links([call_id])).get(call_id)
    return "" if links is None else links.order_id or ""


def asked(what: str, call_id: CallId, viewer: User, **more: str | None) -> Answer:
    return {"asked": what, "by": viewer.username, "call_id": call_id, **more}


async def command(
    what: str, do: Callable[..., Awaitable[None]], call_id: str, house: Services, viewer: User
) -> Answer:
    """A command that concerns only the call and the seat that asks."""
    call, seat = await commanded(call_id, house, viewer)
    await do(call, by=viewer.username, seat_id=seat)
    return asked(what, call, viewer)


async def bring(
    what: str,
    do: Callable[..., Awaitable[LegId]],
    call_id: str,
    to: To,
    house: Services,
    viewer: User,
) -> Answer:
    """A command that brings somebody to the call, and hands the order's number over."""
    call, seat = await commanded(call_id, house, viewer)
    target, order = resolved(to, house), await order_of(call, house)
    await do(call, target, by=viewer.username, seat_id=seat, order_id=order)
    return asked(what, call, viewer, target=target.who)


@router.post("/calls/{call_id}/hang-up")
async def hang_up(call_id: str, why: Why, house: House, viewer: Viewer) -> Answer:
    """End the call for everybody. 挂机"""
    call, seat = await ended_by(call_id, house, viewer)
    await house.commands.hang_up(call, by=viewer.username, seat_id=seat, reason=why.reason)
    return asked("hang-up", call, viewer)


@router.post("/calls/{call_id}/hold")
async def hold(call_id: str, house: House, viewer: Viewer) -> Answer:
    """The citizen hears music. 保持"""
    return await command("hold", house.commands.hold, call_id, house, viewer)


@router.post("/calls/{call_id}/retrieve")
async def retrieve(call_id: str, house: House, viewer: Viewer) -> Answer:
    """The citizen is back. 取回"""
    return await command("retrieve", house.commands.retrieve, call_id, house, viewer)


@router.post("/calls/{call_id}/mute")
async def mute(call_id: str, body: Mute, house: House, viewer: Viewer) -> Answer:
    """One party is not heard, or heard again. 静音"""
    call, seat = await commanded(call_id, house, viewer)
    leg = None if body.leg_id is None else LegId(body.leg_id)
    await house.commands.mute(call, leg, on=body.on, by=viewer.username, seat_id=seat)
    return asked("mute" if body.on else "unmute", call, viewer, target=leg)


@router.post("/calls/{call_id}/consult")
async def consult(call_id: str, to: To, house: House, viewer: Viewer) -> Answer:
    """Speak with somebody aside, the citizen on hold. 咨询"""
    return await bring("consult", house.commands.consult, call_id, to, house, viewer)


@router.post("/calls/{call_id}/cancel-consult")
async def cancel_consult(call_id: str, house: House, viewer: Viewer) -> Answer:
    """Back to the citizen, without the other one. 取消咨询"""
    return await command("cancel-consult", house.commands.cancel_consult, call_id, house, viewer)


@router.post("/calls/{call_id}/complete")
async def complete(call_id: str, house: House, viewer: Viewer) -> Answer:
    """The one consulted takes the citizen; the seat leaves. 完成转接"""
    return await command("complete", house.commands.complete, call_id, house, viewer)


@router.post("/calls/{call_id}/conference")
async def conference(call_id: str, house: House, viewer: Viewer) -> Answer:
    """All three speak together. 三方"""
    return await command("conference", house.commands.conference, call_id, house, viewer)


@router.post("/calls/{call_id}/invite")
async def invite(call_id: str, to: To, house: House, viewer: Viewer) -> Answer:
    """Bring somebody into the talk at once. 邀请三方"""
    return await bring("invite", house.commands.invite, call_id, to, house, viewer)


@router.post("/calls/{call_id}/transfer")
async def transfer(call_id: str, to: To, house: House, viewer: Viewer) -> Answer:
    """Hand the citizen over without speaking first. 盲转"""
    return await bring("transfer", house.commands.transfer, call_id, to, house, viewer)


@router.post("/calls/{call_id}/to-line")
async def to_line(call_id: str, body: ToGroup, house: House, viewer: Viewer) -> Answer:
    """The citizen waits for another group's seats. 转专席"""
    call, seat = await commanded(call_id, house, viewer)
    group = next((g.code for g in house.skill_groups() if g.code == body.skill_group), None)
    if group is None:
        raise NotFound(skill_group=body.skill_group)
    await house.commands.to_line(call, group, by=viewer.username, seat_id=seat)
    return asked("to-line", call, viewer, target=group)


@router.post("/calls/{call_id}/drop")
async def drop(call_id: str, body: OneLeg, house: House, viewer: Viewer) -> Answer:
    """Take one party out. 移出一方"""
    call, seat = await ended_by(call_id, house, viewer)
    leg = LegId(body.leg_id)
    await house.commands.drop(call, leg, by=viewer.username, seat_id=seat)
    return asked("drop", call, viewer, target=leg)


@router.post("/calls/{call_id}/leave")
async def leave(call_id: str, house: House, viewer: Viewer) -> Answer:
    """The seat goes, the others talk on. 退出通话"""
    return await command("leave", house.commands.leave, call_id, house, viewer)


@router.post("/calls/{call_id}/release")
async def release(call_id: str, house: House, viewer: Viewer) -> Answer:
    """The seat goes, and the citizen is asked how it was. 转评价"""
    call, _ = await commanded(call_id, house, viewer)
    # First: his story goes on in the moment in which the seat is gone.
    house.citizens.surveys.release(call)
    try:
        return await command("release", house.commands.release, call_id, house, viewer)
    except CtiError:
        house.citizens.surveys.keep(call)
        raise


@router.post("/calls/{call_id}/keys")
async def keys(call_id: str, body: Tones, house: House, viewer: Viewer) -> Answer:
    """Press keys towards one party; they are not repeated in the answer. 发送按键"""
    call, seat = await commanded(call_id, house, viewer)
    leg = LegId(body.leg_id)
    await house.commands.keys(call, leg, body.keys, by=viewer.username, seat_id=seat)
    return asked("keys", call, viewer, target=leg)


@router.post("/calls/{call_id}/supervise")
async def supervise(call_id: str, body: Supervise, house: House, viewer: Viewer) -> Answer:
    """Listen, whisper, barge in or take over, from one's own phone. 班长操作"""
    if body.how is Supervision.LISTEN:
        require(viewer, *(Role(name) for name in house.supervision().listeners))
    else:
        require(viewer, Role.SUPERVISOR)
    call, seat = await find(call_id, house), seat_of(house, body.seat_id)
    if viewer.seat_id not in (None, seat):
        raise Forbidden
    await house.commands.supervise(
        call.call_id, body.how.value, by=viewer.username, seat_id=seat, reason=body.reason
    )
    return asked(body.how.value, call.call_id, viewer, target=call.seat_id)


@router.post("/calls/{call_id}/pick")
async def pick(call_id: str, body: Pick, house: House, viewer: Viewer) -> Answer:
    """Give a waiting citizen to a seat, past the line. 指定接听"""
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)
    call, seat = await find(call_id, house), seat_of(house, body.seat_id)
    house.line.pick(call.call_id, seat, by=viewer.username, reason=body.reason)
    return asked("pick", call.call_id, viewer, target=seat)


@router.post("/calls-out")
async def call_out(body: CallOut, house: House, viewer: Viewer) -> Answer:
    """Call somebody: first his seat, or first him, who then waits for one. 外呼"""
    seat = seat_of(house, body.seat_id)
    require_seat_command(viewer, seat)
    number = body.number or await _number_of(body.order_id or "", house, viewer)
    if body.first is CalledFirst.SEAT:
        call_id = await house.calls_out.seat_first(
            number, by=viewer.username, seat_id=seat, reason=body.order_id
        )
    else:
        call_id = await house.calls_out.citizen_first(
            number,
            by=viewer.username,
            skill_group=GENERAL.code,
            joined_at=house.now(),
            reason=body.order_id,
        )
    return asked("call-out", call_id, viewer, target=seat)


async def _number_of(order_id: str, house: Services, viewer: User) -> str:
    """The citizen's of that order. Raises NotFound, Forbidden."""
    order = await house.order_records.find(OrderId(order_id))
    if order is None:
        raise NotFound(order_id=order_id)
    if Role.SUPERVISOR not in viewer.roles and not is_own_seat(viewer, order.seat_id):
        raise Forbidden
    return (await find(order.call_id, house)).caller_number
