"""/api/recordings: the catalogue and the player. 录音"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from asr.events import UtteranceHeard
from cti.call import Call
from cti.events import PartyRole
from cti.ids import CallId
from recordings.errors import PurposeMissing
from recordings.model import Recording, RecordingId, RecordingState, first_recording_of
from web import views
from web.access import (
    House,
    Viewer,
    is_own_seat,
    may_hear,
    require_hearing,
    seat_through_which,
)
from web.call_routes import heard_words, shown
from web.discretion import watches
from web.errors import NotFound
from web.ports import Role, Services, User
from web.quality_routes import signal_view
from web.sound import streamed

router = APIRouter(prefix="/api/recordings", tags=["recordings"])

Limit = Annotated[int, Query(ge=1, le=500)]
MOST_SIGNALS = 500


async def find(
    recording_id: str, house: Services, viewer: User, *, so_far: bool = False
) -> tuple[Recording, Call | None]:
    """`so_far`: also of a call that goes on. Raises NotFound, Forbidden."""
    recording = await house.recordings.find(RecordingId(recording_id))
    if recording is None and so_far:
        recording = await recorded_so_far(recording_id, house)
    if recording is None:
        raise NotFound(recording_id=recording_id)
    call = await house.calls.find(recording.call_id)
    require_hearing(viewer, None if call is None else seat_through_which(viewer, call))
    if not may_see_recording(recording, viewer, house):
        raise NotFound(recording_id=recording_id)
    return recording, call


async def recorded_so_far(recording_id: str, house: Services) -> Recording | None:
    """The catalogue learns of a call's recording when the call is over; its legs are there before."""
    call = await house.calls.find(CallId(recording_id.rpartition("-")[0]))
    if call is None or call.ended_at is not None or call.recording_started_at is None:
        return None
    if recording_id != first_recording_of(call.call_id):
        return None
    return Recording(
        recording_id=first_recording_of(call.call_id),
        call_id=call.call_id,
        state=RecordingState.LEGS,
        started_at=call.recording_started_at,
        duration_ms=0,
    )


def hears_himself(call: Call | None, viewer: User) -> bool:
    """Whether the call was at his own seat: then he need not say why he wants to hear it."""
    return call is not None and is_own_seat(viewer, seat_through_which(viewer, call))


def may_see_recording(recording: Recording, viewer: User, house: Services) -> bool:
    """A supervisor's own voice shows that he was there, though he only listened."""
    hidden = recording.role is PartyRole.SUPERVISOR and not watches(viewer)
    return not hidden or "listen" in house.supervision().told


@router.get("")
async def list_recordings(
    house: House, viewer: Viewer, limit: Limit = 50, call_id: str | None = None
) -> dict[str, Any]:
    """The newest calls' recordings that the viewer may hear; or all of one call, parties' own too. 录音列表"""
    seq = house.live.last_seq
    listed = []
    if call_id is None:
        found = await house.recordings.newest(limit)
    else:
        found = await house.recordings.of_call(CallId(call_id))
    calls = await house.calls.find_many([recording.call_id for recording in found])
    for recording in found:
        call = calls.get(recording.call_id)
        heard = may_hear(viewer, None if call is None else call.seat_id)
        if heard and may_see_recording(recording, viewer, house):
            listed.append(views.recording(recording, call, viewer))
    return {"seq": seq, "recordings": listed}


@router.get("/{recording_id}")
async def one_recording(recording_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """One recording. 录音"""
    recording, call = await find(recording_id, house, viewer)
    return views.recording(recording, call, viewer)


@router.get("/{recording_id}/audio", response_class=StreamingResponse)
async def audio(
    recording_id: str, request: Request, house: House, viewer: Viewer
) -> StreamingResponse:
    """The sound: the archived Opus file, or a WAV of the legs until there is one. 音频

    While the call goes on it is what was recorded so far: a proposal can be checked at once.
    Who was not the call's seat must have said why he wants to hear it (replay_routes.open_listening).
    """
    recording, call = await find(recording_id, house, viewer, so_far=True)
    opened = house.replay_room.listenings.is_open
    if not hears_himself(call, viewer) and not await opened(
        recording.recording_id, viewer.username
    ):
        raise PurposeMissing
    return await streamed(recording, request, house)


@router.get("/{recording_id}/peaks")
async def peaks(recording_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """Loudest sample per slot and side, 0 to 255; of a party's own recording only `own`. 波形"""
    recording, _ = await find(recording_id, house, viewer)
    loud = await house.replay.peaks(recording)
    return {
        "points_per_second": loud.points_per_second,
        "citizen": list(loud.citizen),
        "operator": list(loud.operator),
        "own": list(loud.own),
    }


@router.get("/{recording_id}/replay")
async def replay(recording_id: str, house: House, viewer: Viewer) -> Response:
    """What an inspector sees beside the sound at once; events and timeline are the call's own. 回放"""
    recording, call = await find(recording_id, house, viewer)
    said: Sequence[UtteranceHeard] = ()
    seen: dict[str, Any] | None = None
    order = None
    signals: list[dict[str, Any]] = []
    if call is not None:
        signals = await _signals_of(call, house, viewer)
        said = await heard_words(call, house, viewer)
        seen = (await shown([call], house, viewer))[0]
        if seen["order_id"] is not None:
            found = await house.order_records.find(seen["order_id"])
            order = None if found is None else views.order(found)
    body = {
        "recording": views.recording(recording, call, viewer),
        "call": seen,
        "utterances": [views.utterance(one) for one in said],
        "order": order,
        "signals": signals,
    }
    # As it is: looking through half a megabyte of words for what is no JSON would take longer than all else.
    return JSONResponse(body)


async def _signals_of(call: Call, house: Services, viewer: User) -> list[dict[str, Any]]:
    """What the last review of the call found; nothing of it is proved, so it is no operator's to see."""
    if viewer.roles.isdisjoint({Role.SUPERVISOR, Role.INSPECTOR}):
        return []
    until = call.arrived_at + timedelta(microseconds=1)
    found = await house.quality.records.signals(None, call.arrived_at, until, MOST_SIGNALS)
    return [signal_view(one) for one in found if one.signal.call_id == call.call_id]
