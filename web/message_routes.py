"""/api/messages: what citizens said when nobody was there. 语音留言

A task for the whole floor: every operator may hear a message before he takes it. The number is shown
to whoever has taken it, and to supervisors.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from cti.ids import LegId, MessageId
from orders.messages import Message, MessageState
from recordings.model import Recording, RecordingId, RecordingState
from web import citizen_views, views
from web.access import House, Viewer, require
from web.errors import Forbidden, NotFound
from web.ports import CallLinks, Role, Services, User
from web.soon import found_soon
from web.sound import streamed

router = APIRouter(prefix="/api", tags=["messages"])

Limit = Annotated[int, Query(ge=1, le=500)]
FLOOR = (Role.OPERATOR, Role.SUPERVISOR, Role.INSPECTOR)


class NoOrder(BaseModel):
    """Why no order is made of it. 未建单原因"""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


async def find(message_id: str, house: Services, viewer: User) -> Message:
    """Raises NotFound, Forbidden."""
    require(viewer, *FLOOR)
    records = house.citizens.message_records
    message = await found_soon(lambda: records.find_message(MessageId(message_id)), house)
    if message is None or message.state is MessageState.DISCARDED:
        raise NotFound(message_id=message_id)
    return message


async def shown(messages: list[Message], house: Services, viewer: User) -> list[dict[str, Any]]:
    texts = await house.citizens.message_records.texts(messages)
    links = await house.calls.links([one.call_id for one in messages])
    return [
        citizen_views.message(
            one,
            texts.get(one.message_id, ""),
            links.get(one.call_id, CallLinks()).transcription,
            viewer,
        )
        for one in messages
    ]


async def recording_of(message: Message, house: Services) -> Recording | None:
    """The catalogue learns of it when its call is over."""
    listed = await house.recordings.of_call(message.call_id)
    return next((one for one in listed if one.leg_id == LegId(message.message_id)), None)


def of_legs(message: Message) -> Recording:
    """Its sound before that: the leg as it lies there."""
    return Recording(
        recording_id=RecordingId(message.message_id),
        call_id=message.call_id,
        state=RecordingState.LEGS,
        started_at=message.began_at,
        duration_ms=message.duration_ms,
        leg_id=LegId(message.message_id),
    )


@router.get("/messages")
async def list_messages(
    house: House, viewer: Viewer, state: MessageState | None = None, limit: Limit = 100
) -> dict[str, Any]:
    """Messages, open ones first; how many there are in each state, empty ones too. 留言列表"""
    require(viewer, *FLOOR)
    seq = house.live.last_seq
    found = list(await house.citizens.message_records.newest(limit, state))
    counts = await house.citizens.message_records.counts()
    return {
        "seq": seq,
        "messages": await shown(found, house, viewer),
        "counts": {state.value: counts.get(state, 0) for state in MessageState},
    }


@router.get("/messages/{message_id}")
async def one_message(message_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """One message, and where its sound is kept. 留言"""
    message = await find(message_id, house, viewer)
    recording = await recording_of(message, house)
    (told,) = await shown([message], house, viewer)
    return {**told, "recording": citizen_views.recording_of(message, recording)}


@router.get("/messages/{message_id}/audio", response_class=StreamingResponse)
async def audio(
    message_id: str, request: Request, house: House, viewer: Viewer
) -> StreamingResponse:
    """The sound: the archived file, or the raw leg until there is one. 留言音频"""
    message = await find(message_id, house, viewer)
    recording = await recording_of(message, house) or of_legs(message)
    return await streamed(recording, request, house)


@router.post("/messages/{message_id}/take")
async def take(message_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """See to it; a supervisor may take it over from somebody. 领取留言"""
    message = await find(message_id, house, viewer)
    over = _may_act(viewer)
    house.citizens.messages.take(message.message_id, viewer.seat_id, viewer.username, over=over)
    return await _answer(message, house, viewer)


@router.post("/messages/{message_id}/order")
async def make_order(message_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """A draft filled with what was said; taken first if nobody has it. One message, one order. 留言建单"""
    message = await find(message_id, house, viewer)
    over = _may_act(viewer)
    order = await house.citizens.messages.order(
        message.message_id, viewer.seat_id, viewer.username, over=over
    )
    told = await _answer(message, house, viewer)
    return {"message": told, "order": views.order(order)}


@router.post("/messages/{message_id}/close")
async def close(message_id: str, why: NoOrder, house: House, viewer: Viewer) -> dict[str, Any]:
    """No order is made of it; the reason says why. 关闭留言"""
    message = await find(message_id, house, viewer)
    over = _may_act(viewer)
    house.citizens.messages.close(message.message_id, viewer.username, why.reason, over=over)
    return await _answer(message, house, viewer)


def _may_act(viewer: User) -> bool:
    """Whether he may take it from somebody else. Raises Forbidden for who only listens."""
    if viewer.roles.isdisjoint({Role.OPERATOR, Role.SUPERVISOR}):
        raise Forbidden
    return Role.SUPERVISOR in viewer.roles


async def _answer(message: Message, house: Services, viewer: User) -> dict[str, Any]:
    await house.live.all_written()
    (told,) = await shown([await find(message.message_id, house, viewer)], house, viewer)
    return told
