"""Shapes of calls that the hotline makes: a callback, first the seat or first the citizen; from an order."""

import pytest

from hotline.api_client import ApiRefused
from hotline.outside.line import Line
from tests.live.lane import SPARE_SEAT, Lane


async def called_back_seat_first(lane: Lane) -> None:
    line = await _citizens_line(lane)
    await lane.ready(lane.first)
    await _call(lane, first="seat", number=line.number)
    lane.legs["first"] = await lane.phone(lane.first).talking()
    lane.legs["citizen"] = await line.talking()
    await lane.is_("talking")
    await lane.all_speak()
    await line.hang_up()
    await lane.over()
    await lane.heard("first", "citizen")
    await lane.heard("citizen", "first")


async def called_back_citizen_first(lane: Lane) -> None:
    """He is rung, hears that he is recorded, and comes into the line of his group."""
    line = await _citizens_line(lane)
    async with lane.spare():
        await lane.ready(SPARE_SEAT)
        await _call(lane, first="citizen", number=line.number, seat_id=SPARE_SEAT)
        lane.legs["citizen"] = await line.talking()
        lane.legs["first"] = await lane.phone(SPARE_SEAT).talking()
        await lane.seat_of_it(SPARE_SEAT)
        await lane.all_speak()
        await line.hang_up()
        await lane.over()
    await lane.heard("first", "citizen")


async def called_back_and_the_seat_hangs_up(lane: Lane) -> None:
    line = await _citizens_line(lane)
    await lane.ready(lane.first)
    await _call(lane, first="seat", number=line.number)
    leg = await lane.phone(lane.first).talking()
    citizen = await line.talking()
    await lane.is_("talking")
    await leg.hang_up()
    await citizen.until_gone(15)
    await lane.over()


async def called_back_and_nobody_answers(lane: Lane) -> None:
    line = await _citizens_line(lane)
    await line.let_ring()
    await lane.ready(lane.first)
    await _call(lane, first="seat", number=line.number)
    await line.ringing()
    await lane.phone(lane.first).hang_up()
    await line.idle()
    await lane.over()


async def called_back_and_busy(lane: Lane) -> None:
    line = await _citizens_line(lane)
    await line.refuse()
    await lane.ready(lane.first)
    await _call(lane, first="seat", number=line.number)
    await lane.rung(line)
    await lane.over()
    await lane.phone(lane.first).idle()


async def seat_does_not_take_the_callback(lane: Lane) -> None:
    """Then the citizen is not rung at all."""
    line = await _citizens_line(lane)
    await lane.ready(lane.first)
    await lane.phone(lane.first).refuse()
    await _call(lane, first="seat", number=line.number)
    await lane.over()
    assert not lane.was_rung(line)


async def abandoned_caller_is_called_back(lane: Lane) -> None:
    """One task; when he is reached it closes itself."""
    await lane.arrive()
    await lane.is_("queued")
    await lane.citizen_hangs_up()
    owed = lane.call_id
    await lane.stage.until("/api/callbacks", lambda a: owed in _tasks(a))
    line = await _citizens_line(lane)
    await lane.ready(lane.first)
    operator = await lane.stage.api(lane.first)
    await operator.post(f"/api/callbacks/{owed}/call", {"seat_id": lane.first})
    await lane.phone(lane.first).talking()
    await line.talking()
    lane.call_id = (await lane.stage.call_of(lane.number))["call_id"]
    await lane.is_("talking")
    await line.hang_up()
    await lane.over()
    await lane.stage.until("/api/callbacks", lambda a: owed not in _tasks(a, still_open=True))


async def called_from_his_order(lane: Lane) -> None:
    """Click-to-call: the number comes from the order, the operator need not see it."""
    await lane.talk()
    order = await lane.stage.until(
        f"/api/calls/{lane.call_id}", lambda call: call["order_id"] is not None
    )
    await lane.citizen_hangs_up()
    line = await _citizens_line(lane)
    await lane.seat_is(lane.first, "ready")
    await _call(lane, first="seat", order_id=order["order_id"])
    lane.legs["first"] = await lane.phone(lane.first).talking()
    await line.talking()
    await lane.is_("talking")
    await line.hang_up()
    await lane.over()


async def number_abroad_is_not_called(lane: Lane) -> None:
    await lane.talk()
    for number in ("0085212345678", "008613800000001", "0990012345"):
        with pytest.raises(ApiRefused) as refused:
            await lane.calls_out(lane.first, first="seat", number=number)
        assert refused.value.body["code"] == "number-refused"
    await lane.citizen_hangs_up()


async def _citizens_line(lane: Lane) -> Line:
    await lane.stage.world.reachable()
    line = lane.line(lane.number)
    await line.answer_after(0.2)
    return line


async def _call(lane: Lane, **what: str) -> None:
    answer = await lane.calls_out(what.pop("seat_id", lane.first), **what)
    lane.call_id = answer["call_id"]


def _tasks(answer: dict, still_open: bool = False) -> set[str]:
    return {
        task["call_id"]
        for task in answer["callbacks"]
        if not still_open or task["closed_at"] is None
    }
