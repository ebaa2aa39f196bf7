"""/api/backfill: transcripts that are made up from recordings. 后补"""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from cti.ids import CallId
from web import views
from web.access import House, Viewer, require
from web.ports import BackfillItem, Role

router = APIRouter(prefix="/api", tags=["backfill"])


@router.post("/calls/{call_id}/transcribe", status_code=202)
async def transcribe(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """Have the missing text of a call that is over made up from its recording. 补转写"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
    await house.backfills.want(CallId(call_id), by=viewer.username)
    return {"asked": "transcribe", "by": viewer.username, "call_id": call_id}


@router.get("/backfill")
async def backfill(
    house: House, viewer: Viewer, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> dict[str, Any]:
    """What is wanted, in the making, done, and failed with its reason; and how fast it goes. 后补进度"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
    board = await house.backfills.board(limit)
    return {
        "queue": [_shown(item) for item in board.queue],
        "failed": [_shown(item) for item in board.failed],
        "done": [_shown(item) for item in board.done],
        "counts": dict(board.counts),
        "speed": {
            "heard_ms": board.heard_ms,
            "busy_ms": board.busy_ms,
            "times_real_time": round(board.heard_ms / board.busy_ms, 1) if board.busy_ms else None,
        },
        "resting": board.resting,
        "trouble": board.trouble,
    }


def _shown(item: BackfillItem) -> dict[str, Any]:
    return {
        "call_id": item.call_id,
        "state": item.state,
        "reason": item.reason,
        "why": item.why,
        "by": item.by,
        "wanted_at": views.instant(item.wanted_at),
        "finished_at": views.instant(item.finished_at),
        "heard_ms": item.heard_ms,
    }
