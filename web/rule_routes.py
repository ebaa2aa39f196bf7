"""/api/rules and /api/caller-lists: what administrators edit and supervisors read. 规则"""

from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from documents.problems import DocumentKind
from documents.reading import LONGEST
from orders.errors import BlockNeedsApproval
from seats.caller_lists import ListedCaller
from seats.publishing import kind_named, shown
from seats.rule_versions import RuleDraft, RuleVersion, difference
from web.access import House, Viewer, require
from web.ports import Role, User
from web.views import instant

router = APIRouter(prefix="/api", tags=["rules"])

BLOCKED = "blocked"
"""Written by orders/nuisance.py alone (CTI-11). 拦截名单"""

Json = dict[str, Any]


class Text(BaseModel):
    """A rule document as TOML. 规则文本"""

    body: str = Field(max_length=LONGEST)


class Publication(BaseModel):
    """Without a body the draft is published. 发布"""

    body: str | None = Field(default=None, max_length=LONGEST)
    note: str = Field(min_length=1, max_length=400)
    at: AwareDatetime | None = None
    accept_warnings: bool = False
    based_on: int | None = None
    """The version that was edited: 409 if another has been published since."""


class Undoing(BaseModel):
    """Why. 撤销"""

    note: str = Field(default="", max_length=400)


class NewEntry(BaseModel):
    """A number for a list of callers. 名单条目"""

    number: str = Field(max_length=24)
    until: AwareDatetime | None = None
    note: str = Field(default="", max_length=400)


class OldEntry(BaseModel):
    """A number to take off; in the body, because paths are logged. 移出名单"""

    number: str = Field(max_length=24)


def _reads(viewer: User) -> None:
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)


def _writes(viewer: User) -> None:
    require(viewer, Role.ADMINISTRATOR)


@router.get("/rules")
async def everything(house: House, viewer: Viewer) -> Json:
    """Which version of each kind holds and which is to come. 规则概览"""
    _reads(viewer)
    found = {kind: await house.rule_office.status(kind) for kind in DocumentKind}
    return {
        "rules": [
            {
                "kind": kind.value,
                "holds": _without_body(status.holds),
                "scheduled": status.scheduled and _without_body(status.scheduled),
                "draft_by": status.draft and status.draft.by,
            }
            for kind, status in found.items()
        ]
    }


@router.get("/rules/{kind}")
async def one(kind: str, house: House, viewer: Viewer, version: int | None = None) -> Json:
    """The text that holds, or that version. 规则文本"""
    _reads(viewer)
    return _whole(await house.rule_office.version(kind_named(kind), version))


@router.get("/rules/{kind}/history")
async def history(kind: str, house: House, viewer: Viewer) -> Json:
    """Every version, newest first. 历史"""
    _reads(viewer)
    await house.live.all_written()
    found = await house.rule_office.history(kind_named(kind))
    return {"versions": [_without_body(version) for version in found]}


@router.get("/rules/{kind}/diff")
async def diff(kind: str, house: House, viewer: Viewer, old: int, new: int | None = None) -> Json:
    """What changed, as text. 差异"""
    _reads(viewer)
    wanted = kind_named(kind)
    before = await house.rule_office.version(wanted, old)
    after = await house.rule_office.version(wanted, new)
    return {"old": before.version, "new": after.version, "diff": difference(before, after)}


@router.get("/rules/{kind}/draft")
async def draft(kind: str, house: House, viewer: Viewer) -> Json:
    """The draft, or null. 草稿"""
    _reads(viewer)
    found = (await house.rule_office.status(kind_named(kind))).draft
    return {"draft": None if found is None else _draft(found)}


@router.put("/rules/{kind}/draft")
async def save_draft(kind: str, what: Text, house: House, viewer: Viewer) -> Json:
    """Keep a text that may still be wrong, and say what is. 保存草稿"""
    _writes(viewer)
    found = await house.rule_office.save_draft(kind_named(kind), what.body, viewer.username)
    return {"problems": [shown(problem) for problem in found]}


@router.post("/rules/{kind}/check")
async def check(kind: str, what: Text, house: House, viewer: Viewer) -> Json:
    """What is wrong with a text; nothing is kept. 检查"""
    _reads(viewer)
    found = await house.rule_office.check(kind_named(kind), what.body)
    return {"problems": [shown(problem) for problem in found]}


@router.post("/rules/{kind}/publish")
async def publish(kind: str, what: Publication, house: House, viewer: Viewer) -> Json:
    """The next call follows it, or from `at` on. 发布"""
    _writes(viewer)
    made = await house.rule_office.publish(
        kind_named(kind),
        what.body,
        by=viewer.username,
        note=what.note,
        effective_at=what.at,
        accept_warnings=what.accept_warnings,
        based_on=what.based_on,
    )
    await house.rules.look()
    return _without_body(made)


@router.post("/rules/{kind}/undo")
async def undo(kind: str, what: Undoing, house: House, viewer: Viewer) -> Json:
    """The text before the last one is published anew. 撤销"""
    _writes(viewer)
    made = await house.rule_office.undo(kind_named(kind), by=viewer.username, note=what.note)
    await house.rules.look()
    return _without_body(made)


@router.get("/caller-lists/{list_name}")
async def listed(list_name: str, house: House, viewer: Viewer) -> Json:
    """Who is on it, the newest first. 名单"""
    _reads(viewer)
    return {"entries": [_entry(entry) for entry in house.caller_lists.entries(list_name)]}


@router.post("/caller-lists/{list_name}")
async def add(list_name: str, what: NewEntry, house: House, viewer: Viewer) -> Json:
    """Put a number on it, or change its entry. 列入名单"""
    if list_name == BLOCKED:
        raise BlockNeedsApproval
    _reads(viewer)
    return _entry(
        house.caller_lists.add(
            list_name, what.number, until=what.until, by=viewer.username, note=what.note
        )
    )


@router.post("/caller-lists/{list_name}/remove")
async def remove(list_name: str, what: OldEntry, house: House, viewer: Viewer) -> Json:
    """Take a number off. 移出名单"""
    _reads(viewer)
    house.caller_lists.remove(list_name, what.number, by=viewer.username)
    return {}


def _without_body(version: RuleVersion) -> Json:
    return {
        "kind": version.kind.value,
        "version": version.version,
        "by": version.by,
        "at": version.at and instant(version.at),
        "note": version.note,
        "effective_at": version.effective_at and instant(version.effective_at),
        "in_force_at": version.in_force_at and instant(version.in_force_at),
        "undoes": version.undoes,
    }


def _whole(version: RuleVersion) -> Json:
    return {**_without_body(version), "body": version.body}


def _draft(found: RuleDraft) -> Json:
    return {
        "body": found.body,
        "by": found.by,
        "at": instant(found.at),
        "based_on": found.based_on,
    }


def _entry(entry: ListedCaller) -> Json:
    return {
        "number": entry.caller_number,
        "until": entry.until and instant(entry.until),
        "by": entry.by,
        "at": instant(entry.at),
        "note": entry.note,
    }
