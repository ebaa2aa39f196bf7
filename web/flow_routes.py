"""/api/flows: which story a citizen gets now, and what it looks like. 语音流程

Flows are edited as a rule document (/api/rules/flows); here they are only shown. A picture is made
by us from the data, every word in it escaped; nothing of a document gets into it as markup.
"""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from ivr.flow_profiles import CalledNumber, Flows, ProfileChoice
from web.access import House, Viewer, require
from web.errors import NotFound
from web.ports import Role, Services, User
from web.rule_routes import Text

router = APIRouter(prefix="/api", tags=["flows"])

Json = dict[str, Any]
SVG = "image/svg+xml"


def _reads(viewer: User) -> None:
    require(viewer, Role.SUPERVISOR, Role.ADMINISTRATOR)


@router.get("/flows")
async def list_flows(house: House, viewer: Viewer) -> Json:
    """Profiles, when each holds, which holds now for each of our numbers, and the flows. 流程概览"""
    _reads(viewer)
    flows = house.flows.flows
    return {
        "version": house.flows.version,
        "numbers": [_number(one, house) for one in flows.numbers],
        "profiles": [
            {"code": one.code, "name": one.name, "kind": one.kind.value, "flow": one.flow}
            for one in flows.profiles.values()
        ],
        "choices": [_choice(one) for one in flows.choices],
        "flows": _flows(flows),
    }


@router.get("/flows/{code}.svg")
async def picture(code: str, house: House, viewer: Viewer) -> Response:
    """One flow in force as a picture. 流程图"""
    _reads(viewer)
    drawn = house.flows.picture(code)
    if drawn is None:
        raise NotFound(flow=code)
    return Response(drawn, media_type=SVG, headers={"Cache-Control": "no-cache"})


@router.post("/flows/draw")
async def draw(what: Text, house: House, viewer: Viewer) -> Json:
    """Pictures of a text that is being written; what cannot be drawn yet is left out. 流程图预览"""
    _reads(viewer)
    drawn = house.flows.pictures_of(what.body)
    return {
        "flows": [{"code": code, "name": name, "svg": svg} for code, (name, svg) in drawn.items()]
    }


def _number(what: CalledNumber, house: Services) -> Json:
    now = house.flows.profile_now(what.called[0] if what.called else "")
    return {
        "called": list(what.called),
        "name": what.name,
        "greeting": what.greeting,
        "profile": None if now is None else now.code,
    }


def _choice(what: ProfileChoice) -> Json:
    return {
        "profile": what.profile,
        "called": sorted(what.called),
        "switch": what.switch or None,
        "waiting_from": what.waiting_from or None,
        "hours": [] if what.hours is None else list(what.hours.written),
    }


def _flows(flows: Flows) -> list[Json]:
    return [
        {
            "code": one.code,
            "name": one.name,
            "nodes": len(one.nodes),
            "after_talk": one.after_talk,
        }
        for one in flows.flows.values()
    ]
