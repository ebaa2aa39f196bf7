"""Shapes of passing a citizen on: blind, warm, to seats, departments, lines, and back."""

from tests.live.lane import SPARE_SEAT, Lane

DEPARTMENT = "13800009001"
PREMIUM = "0990012345"
ABROAD = "0085212345678"


async def blind_to_a_seat(lane: Lane) -> None:
    first = await lane.talk()
    await lane.ready(lane.second)
    await lane.ask(lane.first, "transfer", target=_seat(lane.second))
    await lane.joined(lane.second)
    await first.until_gone(10)
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "second")
    await lane.heard("second", "citizen")
    assert "CallTransferred" in await lane.told()


async def blind_to_a_busy_seat_comes_back(lane: Lane) -> None:
    first = await lane.talk()
    await lane.ready(lane.second)
    await lane.phone(lane.second).refuse()
    await lane.tries(lane.first, "transfer", target=_seat(lane.second))
    await _back_with_the_first(lane)
    assert not first.gone
    await lane.citizen_hangs_up()


async def blind_to_a_seat_that_does_not_answer_comes_back(lane: Lane) -> None:
    first = await lane.talk()
    await lane.ready(lane.second, answers_after_s=None)
    await lane.tries(lane.first, "transfer", target=_seat(lane.second))
    await _back_with_the_first(lane)
    assert not first.gone
    await lane.citizen_hangs_up()


async def blind_to_a_department(lane: Lane) -> None:
    first = await lane.talk()
    line = await _department(lane)
    await line.answer_after(0.2)
    await lane.ask(lane.first, "transfer", target=_number(line.number))
    lane.legs["outside"] = await line.talking()
    await first.until_gone(10)
    await lane.with_parties(1)
    await lane.all_speak()
    assert line.headers.get("X-Hotline-Call") in (lane.call_id, None)
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "outside")
    await lane.heard("outside", "citizen")


async def blind_to_a_busy_department_comes_back(lane: Lane) -> None:
    await lane.talk()
    line = await _department(lane)
    await line.refuse()
    await lane.tries(lane.first, "transfer", target=_number(line.number))
    await lane.rung(line)
    await _back_with_the_first(lane)
    await lane.citizen_hangs_up()


async def transfer_to_oneself_is_refused(lane: Lane) -> None:
    await lane.talk()
    code = await lane.refused(lane.first, "transfer", target=_seat(lane.first))
    assert code in ("target-already-there", "target-not-free"), code
    await lane.is_("talking")
    await lane.citizen_hangs_up()


async def transfer_abroad_or_to_premium_is_refused(lane: Lane) -> None:
    await lane.talk()
    for number in (PREMIUM, ABROAD, "110@evil", "8001"):
        code = await lane.refused(lane.first, "transfer", target=_number(number))
        assert code in ("number-refused", "bad-request"), code
    await lane.is_("talking")
    await lane.citizen_hangs_up()


async def chain_of_three_seats(lane: Lane) -> None:
    await lane.talk()
    await lane.ready(lane.second)
    await lane.ask(lane.first, "transfer", target=_seat(lane.second))
    second = await lane.joined(lane.second)
    await lane.ready(lane.third)
    await lane.ask(lane.second, "transfer", target=_seat(lane.third))
    await lane.joined(lane.third)
    await second.until_gone(10)
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "third")
    assert (await lane.told()).count("SeatLeftCall") == 3


async def warm_to_a_seat(lane: Lane) -> None:
    first = await lane.talk()
    await lane.ready(lane.second)
    await lane.ask(lane.first, "consult", target=_seat(lane.second))
    await lane.joined(lane.second, "consulting")
    await lane.all_speak()
    await lane.ask(lane.first, "complete")
    await first.until_gone(10)
    await lane.is_("talking")
    await lane.all_speak(citizen=600, second=1200)
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "talk", among={"aside": 1100, "first": 800, "talk": 1200})
    await lane.heard("second", "first", "talk", among={"held": 500, "first": 800, "talk": 600})


async def warm_to_a_department(lane: Lane) -> None:
    first = await lane.talk()
    line = await _department(lane)
    await line.answer_after(0.2)
    await lane.ask(lane.first, "consult", target=_number(line.number))
    await lane.answered_outside(line, "consulting")
    await lane.ask(lane.first, "complete")
    await first.until_gone(10)
    await lane.with_parties(1)
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "outside")


async def warm_is_cancelled(lane: Lane) -> None:
    await lane.talk()
    await lane.ready(lane.second)
    await lane.ask(lane.first, "consult", target=_seat(lane.second))
    second = await lane.joined(lane.second, "consulting")
    await lane.ask(lane.first, "cancel-consult")
    await second.until_gone(10)
    await lane.is_("talking")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first")


async def consult_is_cancelled_while_it_rings(lane: Lane) -> None:
    await lane.talk()
    await lane.ready(lane.second, answers_after_s=None)
    await lane.ask(lane.first, "consult", target=_seat(lane.second))
    await lane.phone(lane.second).ringing()
    await lane.ask(lane.first, "cancel-consult")
    await lane.phone(lane.second).idle()
    await lane.is_("talking")
    await lane.citizen_hangs_up()


async def consulted_hangs_up_first(lane: Lane) -> None:
    await lane.talk()
    await lane.ready(lane.second)
    await lane.ask(lane.first, "consult", target=_seat(lane.second))
    second = await lane.joined(lane.second, "consulting")
    await second.hang_up()
    await _citizen_is_with_the_first_again(lane)
    await lane.citizen_hangs_up()


async def consulted_refuses(lane: Lane) -> None:
    await lane.talk()
    await lane.ready(lane.second)
    await lane.phone(lane.second).refuse()
    await lane.tries(lane.first, "consult", target=_seat(lane.second))
    await _citizen_is_with_the_first_again(lane)
    await lane.citizen_hangs_up()


async def citizen_hangs_up_while_consulting(lane: Lane) -> None:
    first = await lane.talk()
    await lane.ready(lane.second)
    await lane.ask(lane.first, "consult", target=_seat(lane.second))
    second = await lane.joined(lane.second, "consulting")
    await lane.citizen_hangs_up()
    await first.until_gone(10)
    await second.until_gone(10)


async def seat_hangs_up_while_consulting(lane: Lane) -> None:
    """The citizen on hold is not forgotten: whoever was consulted has him, or another seat of his group."""
    first = await lane.talk()
    await lane.ready(lane.second)
    await lane.ask(lane.first, "consult", target=_seat(lane.second))
    await lane.joined(lane.second, "consulting")
    await lane.ready(lane.third)
    await first.hang_up()
    seat = await lane.seat_of_it(lane.second, lane.third)
    await lane.phone(seat).talking()
    await lane.all_speak()
    await lane.citizen_hangs_up()


async def two_consults_one_after_the_other(lane: Lane) -> None:
    await lane.talk()
    await lane.ready(lane.second, lane.third)
    for seat in (lane.second, lane.third):
        await lane.ask(lane.first, "consult", target=_seat(seat))
        leg = await lane.joined(seat, "consulting")
        await lane.ask(lane.first, "cancel-consult")
        await leg.until_gone(10)
        await lane.is_("talking")
    await lane.citizen_hangs_up()


async def target_answers_just_as_the_seat_cancels(lane: Lane) -> None:
    await lane.talk()
    await lane.ready(lane.second, answers_after_s=None)
    await lane.ask(lane.first, "consult", target=_seat(lane.second))
    ringing = await lane.phone(lane.second).ringing()
    await ringing.send_to("phone", "talk")
    if await lane.tries(lane.first, "cancel-consult") is not None:
        # Refused because the other seat was just coming in: now it is there, and can be sent away.
        await lane.phone(lane.second).talking()
        await lane.is_("consulting")
        await lane.ask(lane.first, "cancel-consult")
    await lane.phone(lane.second).idle()
    await lane.is_("talking")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first")


async def to_another_line_and_answered_there(lane: Lane) -> None:
    first = await lane.talk()
    async with lane.spare():
        await lane.ready(SPARE_SEAT)
        await lane.ask(lane.first, "to-line", skill_group="general")
        await lane.phone(SPARE_SEAT).talking()
        await lane.seat_of_it(SPARE_SEAT)
        await first.until_gone(10)
        await lane.citizen_hangs_up()


async def to_another_line_and_abandoned_there(lane: Lane) -> None:
    """He has talked with a seat, so he did not abandon his call: he left it waiting."""
    first = await lane.talk()
    async with lane.spare():
        await lane.ask(lane.first, "to-line", skill_group="general")
        await first.until_gone(10)
        await lane.is_("queued")
        await lane.citizen_hangs_up()


async def _back_with_the_first(lane: Lane) -> None:
    await lane.stage.until(
        f"/api/calls/{lane.call_id}/events",
        lambda e: "PartyDidNotAnswer" in [one["type"] for one in e["events"]],
        30.0,
    )
    await _citizen_is_with_the_first_again(lane)


async def _citizen_is_with_the_first_again(lane: Lane) -> None:
    """Either the platform brought him back, or he is on hold and the seat retrieves him."""
    call = await lane.stage.until(
        f"/api/calls/{lane.call_id}", lambda c: c["state"] in ("talking", "held")
    )
    if call["state"] == "held":
        # The platform may be doing the same in this moment.
        await lane.tries(lane.first, "retrieve")
        await lane.is_("talking")
    assert (await lane.shown())["seat_id"] == lane.first


async def _department(lane: Lane):
    await lane.stage.world.reachable()
    return lane.line(f"1380000{9000 + int(lane.number[-3:]):04}")


def _seat(seat: str) -> dict[str, str]:
    return {"kind": "seat", "seat_id": seat}


def _number(number: str) -> dict[str, str]:
    return {"kind": "number", "number": number}
