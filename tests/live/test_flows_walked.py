"""Every node of every shipped flow on the real Asterisk: key 0 leads to a seat, a hang-up leaves a clean end.

All walk at once: who has pressed 0 waits in line until everybody has, and then the seats sign in. Who needs
an order of his own has talked with a seat before; the question after a talk is walked by itself.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path

from documents.problems import DocumentKind
from hotline.outside.errors import FarEndGone
from hotline.outside.far_end import Citizen
from ivr.flow import Bot, Choose, HangUp, Language, NodeId
from seats.rule_versions import shipped
from tests.fakes.shipped_flows import shipped_flows, walk
from tests.live.flow_after_talk import (
    NODES_AFTER_TALK,
    at_the_seat,
    codes_of_orders,
    hang_up_after_the_talk,
    key_0_after_the_talk,
)
from tests.live.flow_crowd import OVER, Told, follow, shorten_prompts
from tests.live.flow_plans import A_CODE, AN_ORDER, Act, passed_only, ways_to_nodes
from tests.live.stage import Stage, open_stage

SEATS = {
    "8001": "general", "8002": "general", "8011": "housing_fund", "8012": "social_security",
    "8013": "medical_insurance", "8014": "law", "8015": "enterprise", "8016": "dialect",
    "8017": "foreign_en",
}  # fmt: skip
NEED_AN_ORDER = {"after-progress", "urge"}
SWITCHES = {
    "direct": (), "menu": ("menu",), "night": ("night",), "holiday": ("holiday",),
    "emergency": ("emergency",),
}  # fmt: skip
SETTINGS = """
[seats]
wrap_up_limit_s = 0
[ivr]
ring_s = 8
[orders]
silent_after_s = 0
"""
DIALLING_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody who is to come to one node."""

    caller: str
    flow: str
    node: NodeId
    way: tuple[Act, ...]
    last: bool
    """The node ends the call by itself."""


def walkers() -> dict[str, list[Walker]]:
    """By flow; the numbers are all different."""
    found: dict[str, list[Walker]] = {}
    number = 0
    for code, flow in shipped_flows().flows.items():
        if flow.after_talk:
            assert set(flow.nodes) == NODES_AFTER_TALK
            continue
        ways = ways_to_nodes(walk(flow))
        with_order = ways_to_nodes(walk(flow), AN_ORDER)
        ways |= {node: with_order[node] for node in NEED_AN_ORDER & set(flow.nodes)}
        never = passed_only(flow, ways)
        assert all(isinstance(flow.nodes[n], Choose | Language | Bot) for n in never), never
        for node, way in ways.items():
            number += 1
            last = isinstance(flow.nodes[node], HangUp)
            caller = f"1380000{number:04}"
            found.setdefault(code, []).append(Walker(caller, code, node, way, last))
    return found


async def turn(stage: Stage, name: str, *, on: bool) -> None:
    api = await stage.api()
    await api.post(f"/api/switches/{name}", {"on": on, "reason": "演练"})


async def hold_flows(stage: Stage, waiting_from: int = 300) -> None:
    """The shipped ones, but night and holiday at any hour of any day, and for a line of so many."""
    body = shipped(DocumentKind.FLOWS).body
    for hours in ("休息日 00:00-24:00", "每天 22:00-07:00"):
        assert f'hours = "{hours}"' in body
        body = body.replace(f'hours = "{hours}"', 'hours = "每天 00:00-24:00"')
    body = body.replace("waiting_from = 300", f"waiting_from = {waiting_from}")
    api = await stage.api()
    await api.post(
        "/api/rules/flows/publish", {"body": body, "note": "演练", "accept_warnings": True}
    )


async def dialled(stage: Stage, told: Told, people: list[Walker]) -> dict[str, Citizen]:
    """All of them on the line, each with his flow begun."""
    places = asyncio.Semaphore(DIALLING_AT_ONCE)
    lines: dict[str, Citizen] = {}

    async def dial(one: Walker) -> None:
        async with places:
            lines[one.caller] = await stage.world.dial(one.caller)
            call_id = await told.arrived(one.caller)
            await told.happened(call_id, "FlowStarted")
        started = next(e for e in told.of_call[call_id] if e["type"] == "FlowStarted")
        assert started["flow"] == one.flow, (one, started)

    async with asyncio.TaskGroup() as group:
        for one in people:
            group.create_task(dial(one))
    return lines


async def to_a_person(citizen: Citizen, told: Told, one: Walker) -> None:
    """To his node, and from there by key 0 into the line; the last nodes end by themselves."""
    call_id = told.call_of[one.caller]
    try:
        await follow(citizen, told, call_id, one.way, one.node)
        if not one.last:
            await citizen.press("0")
    except FarEndGone:
        raise AssertionError(f"{one} was hung up on: {told.entered(call_id)}") from None
    if one.last:
        await told.happened(call_id, *OVER)
    else:
        await told.happened(call_id, "CallQueued")


async def served(citizen: Citizen, told: Told, one: Walker) -> None:
    """A seat takes him; he says nothing and hangs up."""
    await told.happened(told.call_of[one.caller], "CallAnswered", limit_s=180)
    await citizen.hang_up()


async def hang_up_there(citizen: Citizen, told: Told, one: Walker) -> None:
    call_id = told.call_of[one.caller]
    await follow(citizen, told, call_id, one.way, one.node)
    await citizen.hang_up()
    await told.happened(call_id, *OVER)


Does = Callable[[Citizen, Told, Walker], Coroutine[None, None, None]]


async def all_walk(
    stage: Stage, told: Told, going: asyncio.TaskGroup, does: Does
) -> list[tuple[Walker, Citizen]]:
    """Everybody begins under the switches of his flow; then these are turned off again."""
    people = walkers()
    people["menu"] = await with_orders(stage, told, people["menu"])
    everybody: list[tuple[Walker, Citizen]] = []
    await hold_flows(stage)
    for code in (*SWITCHES, "overload"):
        for name in SWITCHES.get(code, ()):
            await turn(stage, name, on=True)
        if code == "overload":
            await hold_flows(stage, waiting_from=1)  # nobody waits for 300 here
        lines = await dialled(stage, told, people[code])
        for one in people[code]:
            everybody.append((one, lines[one.caller]))
            going.create_task(does(lines[one.caller], told, one))
        for name in SWITCHES.get(code, ()):
            await turn(stage, name, on=False)
    return everybody


async def ended_once(stage: Stage, told: Told, everybody: list[tuple[Walker, Citizen]]) -> None:
    for one, _ in everybody:
        call_id = told.call_of[one.caller]
        await told.happened(call_id, *OVER)
        assert len([kind for kind in told.kinds(call_id) if kind in OVER]) == 1, one
    await stage.becomes(lambda: nobody_left(stage), 30)


async def with_orders(stage: Stage, told: Told, people: list[Walker]) -> list[Walker]:
    """Who needs an order has one, and types its code."""
    callers = [one.caller for one in people if one.node in NEED_AN_ORDER]
    codes = await codes_of_orders(stage, told, callers)

    def typing(one: Walker) -> Walker:
        code = codes.get(one.caller, A_CODE)
        way = tuple(replace(act, does=act.does.replace(A_CODE, code)) for act in one.way)
        return replace(one, way=way)

    return [typing(one) for one in people]


async def nobody_left(stage: Stage) -> bool:
    return await stage.channels() == 0


async def test_key_0_leads_to_a_seat_from_every_node(ready_var: Path, short_path: Path):
    async with open_stage(ready_var, short_path, SETTINGS, seats=SEATS) as stage:
        shorten_prompts(stage.places.prompts)
        told = Told(stage)
        async with asyncio.TaskGroup() as watching:
            looking = watching.create_task(told.run())
            await key_0_after_the_talk(stage, told)
            async with asyncio.TaskGroup() as going:
                everybody = await all_walk(stage, told, going, to_a_person)
            for seat in SEATS:
                await at_the_seat(stage, seat)
            async with asyncio.TaskGroup() as serving:
                for one, citizen in everybody:
                    if not one.last:
                        serving.create_task(served(citizen, told, one))
            await ended_once(stage, told, everybody)
            looking.cancel()


async def test_a_hang_up_at_every_node_leaves_one_clean_end(ready_var: Path, short_path: Path):
    async with open_stage(ready_var, short_path, SETTINGS) as stage:
        shorten_prompts(stage.places.prompts)
        told = Told(stage)
        async with asyncio.TaskGroup() as watching:
            looking = watching.create_task(told.run())
            await hang_up_after_the_talk(stage, told)
            async with asyncio.TaskGroup() as going:
                everybody = await all_walk(stage, told, going, hang_up_there)
            await ended_once(stage, told, everybody)
            looking.cancel()
