"""Citizens who talk with a seat first: to have an order of their own, or to be asked how it was. 通话之后

One seat serves them, one after the other; it is not ready when it is needed no more.
"""

from collections.abc import Sequence

from hotline.outside.far_end import Citizen
from tests.live.flow_crowd import OVER, Told
from tests.live.stage import Stage

SEAT = "8001"
NODES_AFTER_TALK = {"survey", "goodbye", "line"}
"""Those of the flow after a talk; each is stood in here."""
FIELDS = {
    "caller_name": "匿名",
    "content": "楼下的路灯坏了三天没人修",
    "request_type": "complaint",
    "event_type": "市政设施",
    "urgency": "ordinary",
}


async def order_of(stage: Stage, citizen: Citizen, call_id: str) -> tuple[str, str]:
    """His seat writes it down and tells him the code; (order, code)."""
    seat = await stage.api(SEAT)

    def his(answer) -> bool:
        return any(one["call_id"] == call_id for one in answer["orders"])

    drafts = await stage.until("/api/orders", his)
    draft = next(one for one in drafts["orders"] if one["call_id"] == call_id)
    path = f"/api/orders/{draft['order_id']}"
    edited = await seat.patch(path, {"fields": FIELDS, "revision": draft["revision"]})
    submitted = await seat.post(f"{path}/submit", {"revision": edited["revision"]})
    await citizen.hang_up()
    await stage.call_is(call_id, "ended")
    return draft["order_id"], submitted["query_code"]


async def codes_of_orders(stage: Stage, told: Told, callers: Sequence[str]) -> dict[str, str]:
    """Each of them has an order from now on; the query codes, by number."""
    await at_the_seat(stage)
    codes = {}
    for caller in callers:
        await stage.seat_is(SEAT, "ready")
        citizen = await stage.world.dial(caller)
        call_id = await told.arrived(caller)
        await told.happened(call_id, "CallAnswered")
        _, codes[caller] = await order_of(stage, citizen, call_id)
        # His next call is another one.
        del told.call_of[caller]
    await nobody_at_the_seat(stage)
    return codes


async def at_the_seat(stage: Stage, seat_id: str = SEAT) -> None:
    """It is ready, or rings already for whoever waits."""
    api = await stage.api(seat_id)
    state = (await api.get(f"/api/seats/{seat_id}"))["state"]
    if state == "signed_out":
        await stage.take_seat(seat_id)
    elif state == "not_ready":
        await api.post(f"/api/seats/{seat_id}/ready")


async def nobody_at_the_seat(stage: Stage) -> None:
    await stage.seat_is(SEAT, "ready")
    api = await stage.api(SEAT)
    await api.post(f"/api/seats/{SEAT}/not-ready", {"reason": "training"})
    await stage.seat_is(SEAT, "not_ready")


async def at_the_question(stage: Stage, told: Told, caller: str) -> tuple[Citizen, str]:
    """He has talked, and his seat has released him to the question."""
    await at_the_seat(stage)
    citizen = await stage.world.dial(caller)
    call_id = await told.arrived(caller)
    await told.happened(call_id, "CallAnswered")
    await stage.call_is(call_id, "talking")
    api = await stage.api(SEAT)
    await api.post(f"/api/calls/{call_id}/release")
    await told.at(call_id, "survey")
    return citizen, call_id


async def key_0_after_the_talk(stage: Stage, told: Told) -> None:
    """From the question, and from its line, to a seat once more; a score ends in the goodbye."""
    for caller, keys in (("13800009001", "0"), ("13800009002", "00")):
        citizen, call_id = await at_the_question(stage, told, caller)
        if len(keys) > 1:
            await nobody_at_the_seat(stage)
        await citizen.press(keys[0])
        await told.at(call_id, "line")
        for key in keys[1:]:
            await citizen.press(key)
            await at_the_seat(stage)
        await told.until(
            lambda call_id=call_id: told.kinds(call_id).count("CallAnswered") == 2,
            60,
            f"{call_id} did not reach a seat again: {told.kinds(call_id)}",
        )
        await citizen.hang_up()
        await ended_clean(told, call_id)
        await nobody_at_the_seat(stage)
    citizen, call_id = await at_the_question(stage, told, "13800009003")
    await citizen.press("5")
    await told.at(call_id, "goodbye")
    await citizen.until_gone(30)
    await ended_clean(told, call_id)
    await nobody_at_the_seat(stage)


async def hang_up_after_the_talk(stage: Stage, told: Told) -> None:
    """At the question, at the goodbye, and in the line behind it."""
    ways = (
        ("13800009004", "", "survey"),
        ("13800009005", "5", "goodbye"),
        ("13800009006", "0", "line"),
    )
    for caller, key, node in ways:
        citizen, call_id = await at_the_question(stage, told, caller)
        await nobody_at_the_seat(stage)
        if key:
            await citizen.press(key)
        await told.at(call_id, node)
        await citizen.hang_up()
        await ended_clean(told, call_id)


async def ended_clean(told: Told, call_id: str) -> None:
    await told.happened(call_id, *OVER)
    assert len([kind for kind in told.kinds(call_id) if kind in OVER]) == 1, call_id
