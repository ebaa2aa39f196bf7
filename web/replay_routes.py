"""/api/recordings/{id}/listenings, /api/calls/{id}/marks, /api/purposes: hearing and marking. 调听与标注

REC-10: nobody but the call's own seat hears a recording without saying why; what really sounded for
whom is kept and shown to shift leaders and administrators.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from cti.call import Call
from cti.ids import CallId
from recordings.errors import MarkUnknown
from recordings.listening import Listening, together
from recordings.marks import Mark
from recordings.model import RecordingId
from web.access import House, Viewer, require
from web.call_routes import find as find_call
from web.errors import NotFound
from web.ports import Role, Services
from web.recording_routes import find, hears_himself
from web.views import Json, instant

router = APIRouter(prefix="/api", tags=["replay"])

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Ms = Annotated[int, Field(ge=0, le=7 * 86_400_000)]
Limit = Annotated[int, Query(ge=1, le=500)]
SPANS_AT_ONCE = 500


class Why(BaseModel):
    """For what somebody wants to hear a recording. 调听目的"""

    model_config = ConfigDict(extra="forbid")
    purpose: Text = ""
    note: Text = ""


class Heard(BaseModel):
    """Parts that sounded, (from, to) in ms of the recording. 实听区间"""

    model_config = ConfigDict(extra="forbid")
    spans: Annotated[list[tuple[Ms, Ms]], Field(max_length=SPANS_AT_ONCE)]


class NewMark(BaseModel):
    """A mark on the call's clock. 标注"""

    model_config = ConfigDict(extra="forbid")
    at_ms: Ms
    ends_at_ms: Ms | None = None
    text: Text = ""


@router.get("/purposes")
async def purposes(house: House, viewer: Viewer) -> Json:  # noqa: ARG001
    """Those that may be chosen, in their order. 调听目的清单"""
    return {
        "purposes": [
            {"name": one.name, "needs_note": one.needs_note}
            for one in house.replay_room.listenings.purposes
        ]
    }


@router.post("/recordings/{recording_id}/listenings", status_code=201)
async def open_listening(
    recording_id: str, why: Why, request: Request, house: House, viewer: Viewer
) -> Json:
    """Say why; then the sound may be asked for. 登记调听"""
    recording, call = await find(recording_id, house, viewer, so_far=True)
    opened = house.replay_room.listenings.open(
        recording,
        by=viewer.username,
        name=viewer.name,
        purpose=why.purpose,
        note=why.note,
        own=hears_himself(call, viewer),
        address="" if request.client is None else request.client.host,
    )
    return _listening(opened)


@router.post("/recordings/{recording_id}/listenings/{listening_id}/heard")
async def heard(
    recording_id: str, listening_id: str, parts: Heard, house: House, viewer: Viewer
) -> Json:
    """What sounded since the last time; the page tells it while it plays and when it is left. 实听上报"""
    recording, call = await find(recording_id, house, viewer, so_far=True)
    # A call that goes on is as long as it has lasted.
    length_ms = recording.duration_ms
    if call is not None and call.ended_at is None:
        length_ms = _ms_since(call, house)
    told = await house.replay_room.listenings.heard(
        listening_id, viewer.username, parts.spans, length_ms
    )
    return _listening(told)


@router.get("/recordings/{recording_id}/listenings")
async def who_heard(recording_id: str, house: House, viewer: Viewer) -> Json:
    """Who heard this recording, why, and which parts of it. 谁听过"""
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)
    recording = await house.recordings.find(RecordingId(recording_id))
    if recording is None:
        raise NotFound(recording_id=recording_id)
    await house.live.all_written()
    found = await house.replay_room.listening_records.of_recording(recording.recording_id)
    return {
        "duration_ms": recording.duration_ms,
        "listenings": [_listening(one) for one in found],
        "people": _people(found),
    }


@router.get("/listenings")
async def listenings(
    house: House,
    viewer: Viewer,
    since: AwareDatetime,
    until: AwareDatetime,
    by: str | None = None,
    limit: Limit = 100,
) -> Json:
    """Every listening of a span, the newest first. 调听登记簿"""
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)
    found = await house.replay_room.listening_records.between(since, until, by, limit)
    return {"listenings": [_listening(one) for one in found]}


@router.get("/calls/{call_id}/marks")
async def marks(call_id: str, house: House, viewer: Viewer) -> Json:
    """What inspectors and shift leaders pointed out. 标注"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    call = await find_call(call_id, house)
    return await _marks(call.call_id, house)


@router.post("/calls/{call_id}/marks", status_code=201)
async def make_mark(call_id: str, mark: NewMark, house: House, viewer: Viewer) -> Json:
    """Point something out, with or without a comment. 添加标注"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    call = await find_call(call_id, house)
    house.replay_room.marks.make(
        call.call_id,
        by=viewer.username,
        name=viewer.name,
        at_ms=mark.at_ms,
        ends_at_ms=mark.ends_at_ms,
        text=mark.text,
        length_ms=_ms_since(call, house),
    )
    return await _marks(call.call_id, house)


@router.delete("/calls/{call_id}/marks/{mark_id}")
async def remove_mark(call_id: str, mark_id: str, house: House, viewer: Viewer) -> Json:
    """Take a mark away: one's own, or a shift leader anybody's. 撤销标注"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    call = await find_call(call_id, house)
    await house.live.all_written()
    standing = await house.replay_room.mark_records.of_call(call.call_id)
    mark = next((one for one in standing if one.mark_id == mark_id), None)
    if mark is None:
        raise MarkUnknown
    anybodys = Role.SUPERVISOR in viewer.roles
    house.replay_room.marks.remove(mark, viewer.username, anybodys=anybodys)
    return await _marks(call.call_id, house)


def _ms_since(call: Call, house: Services) -> int:
    """How long the call's clock has run."""
    begun = call.recording_started_at or call.arrived_at
    return round(((call.ended_at or house.now()) - begun).total_seconds() * 1000)


async def _marks(call_id: CallId, house: Services) -> Json:
    await house.live.all_written()
    standing = await house.replay_room.mark_records.of_call(call_id)
    return {"marks": [_mark(one) for one in standing]}


def _mark(mark: Mark) -> Json:
    return {
        "mark_id": mark.mark_id,
        "at_ms": mark.at_ms,
        "ends_at_ms": mark.ends_at_ms,
        "text": mark.text,
        "by": mark.by,
        "name": mark.name,
        "made_at": instant(mark.made_at),
    }


def _listening(one: Listening) -> Json:
    return {
        "listening_id": one.listening_id,
        "recording_id": one.recording_id,
        "call_id": one.call_id,
        "by": one.by,
        "name": one.name,
        "purpose": one.purpose,
        "note": one.note,
        "own": one.own,
        "address": one.address,
        "opened_at": instant(one.opened_at),
        "heard_at": instant(one.heard_at),
        "spans": [list(span) for span in one.spans],
        "heard_ms": one.heard_ms,
    }


def _people(found: Any) -> list[Json]:
    """Each person once, with all that he ever heard of it; who heard last comes first."""
    by: dict[str, list[Listening]] = {}
    for one in found:
        by.setdefault(one.by, []).append(one)
    shown = []
    for username, his in by.items():
        spans = together(span for one in his for span in one.spans)
        shown.append(
            {
                "by": username,
                "name": his[0].name,
                "times": len(his),
                "purposes": list(dict.fromkeys(one.purpose for one in his if one.purpose)),
                "own": any(one.own for one in his),
                "last_at": instant(max(one.heard_at or one.opened_at for one in his)),
                "spans": [list(span) for span in spans],
                "heard_ms": sum(last - first for first, last in spans),
            }
        )
    return shown
