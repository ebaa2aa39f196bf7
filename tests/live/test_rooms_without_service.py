"""The service dies while three speak or a citizen is on hold: the dialplan alone loses nobody."""

from tests.live.afterwards import left_whole
from tests.live.stage import QUICK, Stage, open_stage

HELD, CONFERRING = "13800000001", "13800000002"
DEPARTMENT = "13800009001"
OUTSIDE = {"kind": "number", "number": DEPARTMENT}


async def test_nobody_is_lost_in_a_room_while_the_service_is_away(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        world = stage.world
        await stage.take_seat("8001")
        held_citizen = await world.dial(HELD)
        held = await talks_with(stage, HELD, "8001")
        await stage.take_seat("8002")
        conferring = await world.dial(CONFERRING)
        three = await talks_with(stage, CONFERRING, "8002")
        await world.reachable()
        department = world.line(DEPARTMENT)
        await department.answer_after(0.2)
        await (await stage.api("8001")).post(f"/api/calls/{held}/hold")
        await stage.call_is(held, "held")
        await (await stage.api("8002")).post(f"/api/calls/{three}/invite", {"target": OUTSIDE})
        await stage.call_is(three, "conference")

        with stage.no_watchdog():
            killed = stage.kill_service()
            # Who held him is gone: he goes back into a line, Asterisk's own.
            await world.phone("8001").let_ring()
            await world.phone("8001").hang_up()
            # The seat leaves; the other two speak on.
            await world.phone("8002").hang_up()
            await world.phone("8002").let_ring()
            # Both phones are free and members of the lifeboat: it rings one of them for him.
            await stage.eventually(
                lambda: any(world.phone(seat).far_end is not None for seat in ("8001", "8002")),
                20,
                "the lifeboat rang no seat for the citizen on hold",
            )
            assert department.far_end is not None
            assert not conferring.gone
            assert not held_citizen.gone
        await stage.new_service(killed)

        assert (await stage.call_is(three, "talking"))["parties"][0]["role"] == "third"
        await department.hang_up()
        await conferring.until_gone(20)
        ended = await stage.call_is(three, "ended")
        assert ended["ending"]["reason"] == "hung-up"

        ringing = next(s for s in ("8001", "8002") if world.phone(s).far_end is not None)
        await world.phone(ringing).answer()
        await stage.call_is(held, "talking")
        await held_citizen.hang_up()
        for call_id in (three, held):
            await left_whole(stage, call_id)
        assert await stage.channels() == 0


async def talks_with(stage: Stage, number: str, seat_id: str) -> str:
    call_id = str((await stage.call_of(number))["call_id"])
    assert (await stage.call_is(call_id, "talking"))["seat_id"] == seat_id
    return call_id
