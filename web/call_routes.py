"""/api/calls: what is and was on the line. 通话"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from asr.events import Side, UtteranceHeard
from cti.call import Call
from cti.events import Blame, Event
from cti.ids import CallId
from seats import explain
from web import views
from web.access import (
    House,
    Viewer,
    is_own_seat,
    require,
    require_hearing,
    seat_through_which,
)
from web.discretion import Discretion, shown_call
from web.errors import NotFound
from web.live import hide_words, mask_numbers
from web.ports import CallLinks, Role, Services, User
from web.soon import found_soon

router = APIRouter(prefix="/api", tags=["calls"])

Limit = Annotated[int, Query(ge=1, le=500)]


class Which(StrEnum):
    """Which calls to list. 范围"""

    LIVE = "live"
    ENDED = "ended"


async def shown(calls: Sequence[Call], house: Services, viewer: User) -> list[dict[str, Any]]:
    links = await house.calls.links([call.call_id for call in calls])
    policy = house.supervision()
    return [
        views.call(shown_call(call, viewer, policy), links.get(call.call_id, CallLinks()), viewer)
        for call in calls
    ]


async def find(call_id: str, house: Services) -> Call:
    call = await found_soon(lambda: house.calls.find(CallId(call_id)), house)
    if call is None:
        raise NotFound(call_id=call_id)
    return call


async def ended_first_by(
    side: Blame, limit: int, house: Services, viewer: User
) -> list[dict[str, Any]]:
    """The list for quality inspection: a seat waits for the citizen to hang up (CTI-12, QA-07)."""
    require(viewer, Role.INSPECTOR, Role.SUPERVISOR)
    if side is not Blame.SEAT:
        raise NotFound(ended_by=side.value)
    return await shown(await house.calls.ended_by_seat(limit), house, viewer)


@router.get("/calls")
async def list_calls(
    house: House,
    viewer: Viewer,
    state: Which = Which.LIVE,
    limit: Limit = 50,
    ended_by: Blame | None = None,
) -> dict[str, Any]:
    """Live calls, or the newest ended ones; `ended_by=seat`: those the seat ended first. 通话列表"""
    seq = house.live.last_seq
    if ended_by is not None:
        return {"seq": seq, "calls": await ended_first_by(ended_by, limit, house, viewer)}
    calls = await house.calls.live() if state is Which.LIVE else await house.calls.ended(limit)
    return {"seq": seq, "calls": await shown(calls, house, viewer)}


@router.get("/calls/{call_id}")
async def one_call(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """One call, with what its seat should know about it. 通话"""
    call = await find(call_id, house)
    hints = await house.calls.hints(call.call_id)
    body = (await shown([call], house, viewer))[0]
    return {**body, "flags": list(hints.flags), "notes": list(hints.notes)}


@router.get("/calls/{call_id}/transcript")
async def transcript(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """What both sides said so far. 转写文本"""
    call = await find(call_id, house)
    require_hearing(viewer, seat_through_which(viewer, call))
    said = await heard_words(call, house, viewer)
    links = (await house.calls.links([call.call_id])).get(call.call_id, CallLinks())
    return {
        "utterances": [views.utterance(one) for one in said],
        "finished": links.transcription == "finished",
    }


@router.get("/calls/{call_id}/decision")
async def decision(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """Why this call waits, or why it waited and went to that seat. 分配理由"""
    call = await find(call_id, house)
    decisions = await house.calls.decisions(call.call_id)
    waits = house.line.why_waiting(call.call_id)
    routed = (await house.calls.hints(call.call_id)).routed
    return {
        "decisions": [views.decision(one) for one in decisions],
        "routing": None if routed is None else views.routing(routed),
        "sentence": explain.sentence(decisions, routed, waits),
    }


@router.get("/calls/{call_id}/events")
async def call_events(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """The call's whole story, event by event. 通话经过"""
    call = await find(call_id, house)
    return {"events": await story_of(call, house, viewer)}


async def seen_events(call: Call, house: Services, viewer: User) -> list[tuple[int, Event]]:
    """The call's events without those of its supervision that he is not told of."""
    discretion = Discretion(viewer, house.supervision)
    own = is_own_seat(viewer, seat_through_which(viewer, call))
    found = []
    for seq, event in await house.calls.events(call.call_id):
        seen = discretion.shown(event, own=own)
        if seen is not None:
            found.append((seq, seen))
    return found


async def heard_words(call: Call, house: Services, viewer: User) -> Sequence[UtteranceHeard]:
    """What was said, without a supervisor's words that the viewer is told nothing of."""
    said = await house.transcripts.of_call(call.call_id)
    if all(one.side is not Side.SUPERVISOR for one in said):
        return said
    discretion = Discretion(viewer, house.supervision)
    for _, event in await house.calls.events(call.call_id):
        discretion.shown(event, own=False)
    return [one for one in said if discretion.hears(one)]


async def story_of(call: Call, house: Services, viewer: User) -> list[dict[str, Any]]:
    told = []
    seat_id = seat_through_which(viewer, call)
    for seq, event in await seen_events(call, house, viewer):
        body = {"seq": seq, **house.encode_event(event)}
        body = mask_numbers(body, viewer, seat_id)
        told.append(hide_words(body, viewer, seat_id))
    return told
