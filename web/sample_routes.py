"""/api/samples: calls drawn by lot for inspection, and the list that is worked off. 质检抽样

Shift leaders and inspectors see every draw with its seed; a call is ticked off by the inspector who has it.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from cti.ids import CallId
from quality.errors import SampleUnknown
from quality.samples import Progress, Sample, SampledCall, progress
from quality.sampling import SampledState, lot
from web.access import House, Viewer, require
from web.ports import Role, Services, User
from web.views import Json, instant

router = APIRouter(prefix="/api/samples", tags=["samples"])

Limit = Annotated[int, Query(ge=1, le=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Wish(BaseModel):
    """A draw of a period, and why it is wanted. 抽样申请"""

    model_config = ConfigDict(extra="forbid")
    since: AwareDatetime
    until: AwareDatetime
    reason: Annotated[Reason, StringConstraints(min_length=2)]


class Check(BaseModel):
    """What became of a drawn call. 办结"""

    model_config = ConfigDict(extra="forbid")
    state: SampledState
    reason: Reason = ""


@router.get("")
async def samples(house: House, viewer: Viewer, limit: Limit = 60) -> Json:
    """Every draw, the newest first. 抽样计划列表"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    found = await house.samples.lists.newest(limit)
    states = await house.samples.lists.states([one.sample_id for one in found])
    names = await _names(house)
    return {
        "samples": [
            {
                **_sample(one, names),
                "progress": _counts([state for _, state in states[one.sample_id]]),
                "mine": _counts(
                    [state for who, state in states[one.sample_id] if who == viewer.username]
                ),
            }
            for one in found
        ]
    }


@router.post("", status_code=201)
async def draw(wish: Wish, house: House, viewer: Viewer) -> Json:
    """Draw calls of a period now; it is kept whatever it shows. 立即抽样"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    drawn = await house.samples.desk.draw_period(
        wish.since, wish.until, viewer.username, wish.reason
    )
    return await _whole(drawn, house, viewer)


@router.get("/{sample_id}")
async def one_sample(sample_id: str, house: House, viewer: Viewer) -> Json:
    """A draw with its calls, and how far each agent's and each inspector's are. 抽样计划"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    return await _whole(sample_id, house, viewer)


@router.post("/{sample_id}/next")
async def next_call(sample_id: str, house: House, viewer: Viewer) -> Json:
    """The viewer's next waiting call, or one that nobody has; null when there is none. 下一通"""
    require(viewer, Role.INSPECTOR)
    found = await house.samples.desk.next_for(sample_id, viewer.username)
    return {
        "call": None
        if found is None
        else {"call_id": found.call_id, "recording_id": found.recording_id}
    }


@router.post("/{sample_id}/calls/{call_id}")
async def check(sample_id: str, call_id: str, body: Check, house: House, viewer: Viewer) -> Json:
    """Done, skipped for a reason, or waiting again. 办结"""
    require(viewer, Role.INSPECTOR)
    await house.samples.desk.check(
        sample_id, CallId(call_id), body.state, viewer.username, body.reason
    )
    return await _whole(sample_id, house, viewer)


async def _whole(sample_id: str, house: Services, viewer: User) -> Json:
    sample = await house.samples.lists.find(sample_id)
    if sample is None:
        raise SampleUnknown
    calls = await house.samples.lists.calls_of(sample_id)
    names = await _names(house)
    groups = {one.code: one.name for one in house.skill_groups()}
    return {
        **_sample(sample, names),
        "progress": _counts([one.state for one in calls]),
        "mine": _counts([one.state for one in calls if one.inspector == viewer.username]),
        "agents": [_progress(one, names) for one in progress((c.agent, c.state) for c in calls)],
        "inspectors": [
            _progress(one, names) for one in progress((c.inspector or "", c.state) for c in calls)
        ],
        "calls": [_call(one, sample, names, groups) for one in calls],
    }


async def _names(house: Services) -> dict[str, str]:
    return {one.username: one.name for one in await house.users.all()}


def _sample(one: Sample, names: dict[str, str]) -> Json:
    return {
        "sample_id": one.sample_id,
        "since": instant(one.since),
        "until": instant(one.until),
        "drawn_at": instant(one.drawn_at),
        "by": one.by,
        "by_name": None if one.by is None else names.get(one.by, one.by),
        "reason": one.reason,
        "seed": one.seed,
        "per_agent": one.per_agent,
        "shortest_s": one.shortest_s,
        "candidates": one.candidates,
    }


def _counts(states: list[SampledState]) -> Json:
    return {
        "total": len(states),
        "done": states.count(SampledState.DONE),
        "skipped": states.count(SampledState.SKIPPED),
        "waiting": states.count(SampledState.WAITING),
    }


def _progress(one: Progress, names: dict[str, str]) -> Json:
    return {
        "who": one.who,
        "name": names.get(one.who, one.who),
        "total": one.total,
        "done": one.done,
        "skipped": one.skipped,
        "waiting": one.waiting,
    }


def _call(one: SampledCall, sample: Sample, names: dict[str, str], groups: dict[Any, str]) -> Json:
    return {
        "call_id": one.call_id,
        "recording_id": one.recording_id,
        "agent": one.agent,
        "agent_name": names.get(one.agent, one.agent),
        "seat_id": one.seat_id,
        "inspector": one.inspector,
        "inspector_name": None
        if one.inspector is None
        else names.get(one.inspector, one.inspector),
        "state": one.state.value,
        "reason": one.reason,
        "checked_at": instant(one.checked_at),
        "started_at": instant(one.started_at),
        "duration_ms": one.duration_ms,
        "heard_ms": one.heard_ms,
        "skill_group_name": groups.get(one.skill_group, one.skill_group),
        "satisfaction": one.satisfaction,
        "score": one.score,
        "lot": lot(sample.seed, one.call_id),
    }
