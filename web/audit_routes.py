"""/api/audit: who did and saw what. 审计"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from documents.calendar import BEIJING
from web.access import House, Viewer, require
from web.admin_ports import Kept, Wanted
from web.asked import note_of
from web.ports import Role, Services, User

router = APIRouter(prefix="/api/audit", tags=["audit"])

BOM = "\ufeff"
"""Without it a spreadsheet reads the Chinese words wrongly."""
EXPORT_LIMIT = 50_000
DAYS = 7
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be worked out by a spreadsheet."""
HEAD = ("时间", "人员", "类别", "对象", "通话", "工单", "地址", "结果", "详情")

Word = Annotated[str | None, Query(max_length=160)]


class Which(StrEnum):
    """Acts, views or both. 范围"""

    ACTS = "acts"
    VIEWS = "views"
    ALL = "all"


def _wanted(
    house: House,
    since: datetime | None = None,
    until: datetime | None = None,
    who: Word = None,
    kind: Word = None,
    about: Word = None,
    outcome: Word = None,
    which: Which = Which.ALL,
) -> Wanted:
    now = house.now()
    return Wanted(
        since=_aware(since) or now - timedelta(days=DAYS),
        until=_aware(until) or now + timedelta(minutes=1),
        who=who or None,
        kind=kind or None,
        about=about or None,
        outcome=outcome or None,
        is_view=None if which is Which.ALL else which is Which.VIEWS,
    )


def _aware(at: datetime | None) -> datetime | None:
    """An instant without a zone is Beijing time."""
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=BEIJING)


Question = Annotated[Wanted, Depends(_wanted)]
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("")
async def search(
    house: House, viewer: Viewer, wanted: Question, limit: Limit = 200
) -> dict[str, Any]:
    """The newest first. 审计查询"""
    require(viewer, Role.ADMINISTRATOR)
    found = await house.audit.search(replace(wanted, limit=limit + 1))
    return {
        "rows": [row_view(kept) for kept in found[:limit]],
        "more": len(found) > limit,
        "kinds": list(await house.audit.kinds()),
    }


@router.get("/check")
async def check(house: House, viewer: Viewer) -> dict[str, Any]:
    """Whether both logs are as they were written. 完整性核验"""
    require(viewer, Role.ADMINISTRATOR)
    return {
        "logs": [
            {"log": one.log, "rows": one.rows, "broken_at": one.broken_at}
            for one in await house.audit.verify()
        ]
    }


@router.get("/export", response_class=Response)
async def export(request: Request, house: House, viewer: Viewer, wanted: Question) -> Response:
    """A table for a spreadsheet; its first line says who took it and when. 导出"""
    require(viewer, Role.ADMINISTRATOR)
    found = await house.audit.search(replace(wanted, limit=EXPORT_LIMIT))
    house.audit.note(note_of(request, house, viewer, "audit.export", rows=len(found)))
    day = house.now().astimezone(BEIJING).strftime("%Y%m%d-%H%M")
    return Response(
        written(found, house, viewer),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="audit-{day}.csv"'},
    )


def written(found: Iterable[Kept], house: Services, viewer: User) -> str:
    out = io.StringIO()
    out.write(BOM)
    table = csv.writer(out)
    taken = house.now().astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    table.writerow(
        [f"导出人 {viewer.name}（{viewer.username}） 导出时间 {taken} 内部资料 请勿外传"]
    )
    table.writerow(HEAD)
    for kept in found:
        note = kept.note
        details = json.dumps(dict(note.details), ensure_ascii=False) if note.details else ""
        row = (
            note.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
            note.who,
            note.kind,
            note.subject,
            note.call_id or "",
            note.order_id or "",
            note.address,
            note.outcome,
            details,
        )
        table.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue()


def row_view(kept: Kept) -> dict[str, Any]:
    note = kept.note
    return {
        "seq": kept.seq,
        "is_view": kept.is_view,
        "at": note.at.isoformat(),
        "who": note.who,
        "kind": note.kind,
        "subject": note.subject,
        "call_id": note.call_id,
        "order_id": note.order_id,
        "address": note.address,
        "outcome": note.outcome,
        "details": dict(note.details),
    }
