"""/api/codes, /api/calls/{id}/code, /api/calls/{id}/nuisance, /api/blocks: how talks ended. 话后小结、骚扰

A number never stands in an address: it would stand in every log. A call's id names its caller.
"""

from collections import Counter
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from asr.spoken_numbers import national
from cti.call import Call
from cti.ids import CallId
from orders.codes import NUISANCE
from orders.model import OrderField
from orders.summaries import SilenceOutcome
from web import views
from web.access import House, Viewer, is_own_seat, require, require_hearing, seat_through_which
from web.call_routes import find
from web.errors import Forbidden
from web.ports import Role, Services, User

router = APIRouter(prefix="/api", tags=["endings"])

Limit = Annotated[int, Query(ge=1, le=500)]
LONGEST_NOTE = 500
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_NOTE)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NOTE)
]
TAGS_SHOWN = 20


class Code(BaseModel):
    """How the call ended. 小结代码"""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(min_length=1, max_length=40)]
    note: Note = ""


class Step(BaseModel):
    """Which warning was spoken. 警告"""

    model_config = ConfigDict(extra="forbid")
    step: Annotated[int, Field(ge=1, le=2, strict=True)]


class Tag(BaseModel):
    """What the caller did. 骚扰说明"""

    model_config = ConfigDict(extra="forbid")
    note: Note = ""


class Proposal(BaseModel):
    """Until when the number is to be blocked, and why. 拦截申请"""

    model_config = ConfigDict(extra="forbid")
    until: AwareDatetime
    note: Reason


class Decision(BaseModel):
    """Why so. 审批意见"""

    model_config = ConfigDict(extra="forbid")
    note: Note = ""


async def of_own(call_id: str, house: Services, viewer: User) -> Call:
    """The call, if the viewer's seat is on it or he is a supervisor. Raises NotFound, Forbidden."""
    call = await find(call_id, house)
    own = is_own_seat(viewer, seat_through_which(viewer, call))
    if not own and Role.SUPERVISOR not in viewer.roles:
        raise Forbidden
    return call


@router.get("/codes")
async def list_codes(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """The codes that a seat may choose from. 小结代码表"""
    return {"codes": [views.code(one) for one in house.endings.codes.values()]}


@router.get("/codes/counts")
async def code_counts(
    house: House, viewer: Viewer, since: AwareDatetime, until: AwareDatetime
) -> dict[str, Any]:
    """How many calls have each code, each in its own column; null is 未登记. 小结统计"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    counts = await house.ending_records.code_counts(since, until)
    names = {code: one.name for code, one in house.endings.codes.items()}
    told = [
        {"code": code, "name": "未登记" if code is None else names.get(code), "calls": calls}
        for code, calls in counts.items()
    ]
    return {"counts": sorted(told, key=lambda one: -one["calls"])}


@router.get("/unregistered")
async def unregistered(house: House, viewer: Viewer, limit: Limit = 100) -> dict[str, Any]:
    """Talks whose wrap-up ended by its deadline with nothing saved. 未登记"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    found = await house.ending_records.unregistered(limit)
    return {"calls": [views.summary(one) for one in found]}


@router.get("/calls/{call_id}/code")
async def code_of(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """How the call ended, and what is still missing. 话后小结"""
    call = await find(call_id, house)
    require_hearing(viewer, seat_through_which(viewer, call))
    found = (await house.ending_records.summaries([call.call_id])).get(call.call_id)
    return {
        "summary": None if found is None else views.summary(found),
        "missing": house.endings.missing(call.call_id),
        "proposed_note": await _proposed_note(call.call_id, house) if found is None else None,
    }


async def _proposed_note(call_id: CallId, house: Services) -> str | None:
    """The draft's summary, so that nobody types anew what the citizen has said (ORD-13)."""
    links = (await house.calls.links([call_id])).get(call_id)
    if links is None or links.order_id is None:
        return None
    order = await house.order_records.find(links.order_id)
    summary = None if order is None else order.fields.get(OrderField.SUMMARY)
    return summary.value[:LONGEST_NOTE] if summary is not None and summary.value else None


@router.post("/calls/{call_id}/code")
async def give_code(call_id: str, code: Code, house: House, viewer: Viewer) -> dict[str, Any]:
    """Save how the call ended; a nuisance is counted for its number besides. 登记话后小结"""
    call = await of_own(call_id, house, viewer)
    house.endings.code(call.call_id, call.seat_id, code.code, code.note, viewer.username)
    if code.code == NUISANCE and _has_number(call):
        house.nuisance.tag(call.call_id, call.caller_number, viewer.username, code.note)
    await house.live.all_written()
    return await code_of(call_id, house, viewer)


@router.get("/nuisance/{call_id}")
async def nuisance(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """The sentences, what was spoken, and what is known of this caller's number. 骚扰处置"""
    call = await of_own(call_id, house, viewer)
    number = national(call.caller_number) or call.caller_number
    block = house.nuisance.block_of(number)
    tags = await house.ending_records.tags_of(number, TAGS_SHOWN)
    return {
        "call_id": call.call_id,
        "warnings": list(house.nuisance.warnings),
        "ticked": house.nuisance.ticked(call.call_id),
        "may_hang_up": house.nuisance.ticked(call.call_id) >= len(house.nuisance.warnings),
        "tag_count": await house.ending_records.tag_count(number),
        "tags": [
            {"call_id": t.call_id, "at": views.instant(t.at), "by": t.by, "note": t.note}
            for t in tags
        ],
        "block": None if block is None else views.block(block, viewer),
    }


@router.post("/calls/{call_id}/nuisance")
async def tick(call_id: str, step: Step, house: House, viewer: Viewer) -> dict[str, Any]:
    """The seat has spoken this warning. 骚扰警告"""
    call = await find(call_id, house)
    if viewer.seat_id is None or not is_own_seat(viewer, seat_through_which(viewer, call)):
        raise Forbidden
    house.nuisance.tick(call.call_id, viewer.seat_id, step.step, viewer.username)
    return await nuisance(call_id, house, viewer)


@router.post("/calls/{call_id}/nuisance/tag")
async def tag(call_id: str, what: Tag, house: House, viewer: Viewer) -> dict[str, Any]:
    """Count this call as a nuisance of its number. 标记骚扰"""
    call = await of_own(call_id, house, viewer)
    house.nuisance.tag(call.call_id, call.caller_number, viewer.username, what.note)
    await house.live.all_written()
    return await nuisance(call_id, house, viewer)


@router.post("/calls/{call_id}/nuisance/propose-block")
async def propose(call_id: str, wanted: Proposal, house: House, viewer: Viewer) -> dict[str, Any]:
    """Ask for this caller's number to be blocked until a date. 申请拦截"""
    call = await of_own(call_id, house, viewer)
    until: datetime = wanted.until
    block = house.nuisance.propose(
        call.call_id, call.caller_number, until, viewer.username, wanted.note
    )
    return views.block(block, viewer)


@router.get("/blocks")
async def list_blocks(house: House, viewer: Viewer, limit: Limit = 100) -> dict[str, Any]:
    """Proposed, active and former blocks, newest first. 拦截名单"""
    require(viewer, Role.SUPERVISOR)
    found = await house.ending_records.newest_blocks(limit)
    return {"blocks": [views.block(one, viewer) for one in found]}


@router.get("/limited-calls")
async def limited_calls(
    house: House, viewer: Viewer, since: AwareDatetime, until: AwareDatetime, limit: Limit = 100
) -> dict[str, Any]:
    """Calls that waited longer or were refused because of their number; how many of each. 受限来电"""
    require(viewer, Role.SUPERVISOR)
    found = await house.citizens.limits.limited(since, until)
    told = [
        {
            "call_id": one.call_id,
            "caller_number": views.shown_number(one.caller_number, viewer, None),
            "at": views.instant(one.at),
            "verdict": one.verdict.value,
            "why": one.why.value,
            "blocked_until": one.blocked_until and views.instant(one.blocked_until),
        }
        for one in found[:limit]
    ]
    counts = Counter(one.verdict.value for one in found)
    return {"calls": told, "counts": {"limited": counts["limited"], "refused": counts["refused"]}}


@router.get("/silent-calls")
async def silent_calls(
    house: House, viewer: Viewer, since: AwareDatetime, until: AwareDatetime, limit: Limit = 100
) -> dict[str, Any]:
    """Calls in which nothing was heard of the citizen, and what came of each. 无声来电

    `times` says how many of the span's calls of this number were silent to their end.
    """
    require(viewer, Role.SUPERVISOR)
    found = await house.citizens.silence.silent_between(since, until)
    times = Counter(
        one.caller_number for one in found if one.outcome is SilenceOutcome.STAYED_SILENT
    )
    told = [
        {
            "call_id": one.call_id,
            "caller_number": views.shown_number(one.caller_number, viewer, None),
            "found_at": views.instant(one.found_at),
            "seat_id": one.seat_id,
            "outcome": one.outcome.value,
            "times": times[one.caller_number] if one.caller_number else None,
        }
        for one in found[:limit]
    ]
    counts = Counter(one.outcome.value for one in found)
    return {"calls": told, "counts": {one.value: counts[one.value] for one in SilenceOutcome}}


@router.post("/blocks/{call_id}/approve")
async def approve(call_id: str, why: Decision, house: House, viewer: Viewer) -> dict[str, Any]:
    """Block it; by another supervisor than the proposer. 批准拦截"""
    require(viewer, Role.SUPERVISOR)
    block = house.nuisance.approve(CallId(call_id), viewer.username, why.note)
    await house.live.all_written()
    return views.block(block, viewer)


@router.post("/blocks/{call_id}/refuse")
async def refuse(call_id: str, why: Decision, house: House, viewer: Viewer) -> dict[str, Any]:
    """Do not block it. 驳回拦截"""
    require(viewer, Role.SUPERVISOR)
    block = house.nuisance.refuse(CallId(call_id), viewer.username, why.note)
    await house.live.all_written()
    return views.block(block, viewer)


@router.post("/blocks/{call_id}/lift")
async def lift(call_id: str, why: Decision, house: House, viewer: Viewer) -> dict[str, Any]:
    """End a block before its date. 解除拦截"""
    require(viewer, Role.SUPERVISOR)
    block = house.nuisance.lift(CallId(call_id), viewer.username, why.note)
    await house.live.all_written()
    return views.block(block, viewer)


def _has_number(call: Call) -> bool:
    return any(char.isdecimal() for char in call.caller_number)
