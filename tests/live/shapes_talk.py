"""Shapes of a talk between a citizen and one seat: endings, hold, mute, keys, force, orders on dead calls."""

import asyncio

from tests.live.lane import SPARE_SEAT, SUPERVISOR, Lane


async def citizen_hangs_up(lane: Lane) -> None:
    await lane.talk()
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first")
    await lane.heard("first", "citizen")


async def seat_hangs_up(lane: Lane) -> None:
    leg = await lane.talk()
    await leg.hang_up()
    await lane.citizen.until_gone(10)


async def seat_asks_for_the_end(lane: Lane) -> None:
    await lane.talk()
    await lane.ask(lane.first, "hang-up", reason="finished")
    await lane.citizen.until_gone(10)


async def hold_and_retrieve(lane: Lane) -> None:
    await lane.talk()
    await lane.ask(lane.first, "hold")
    await lane.is_("held")
    await lane.all_speak()
    await lane.ask(lane.first, "retrieve")
    await lane.is_("talking")
    await lane.all_speak(citizen=600, first=900)
    await lane.citizen_hangs_up()
    tones = {"held": 800, "back": 900}
    await lane.heard("citizen", "back", among=tones)
    await lane.heard("first", "back", among={"held": 500, "back": 600})


async def hold_and_retrieve_twice(lane: Lane) -> None:
    await lane.talk()
    for _ in range(2):
        await lane.ask(lane.first, "hold")
        await lane.is_("held")
        await lane.ask(lane.first, "retrieve")
        await lane.is_("talking")
    await lane.citizen_hangs_up()
    told = await lane.told()
    assert told.count("CallHeld") == told.count("CallRetrieved") == 2, told


async def citizen_hangs_up_on_hold(lane: Lane) -> None:
    leg = await lane.talk()
    await lane.ask(lane.first, "hold")
    await lane.is_("held")
    await lane.citizen_hangs_up()
    await leg.until_gone(10)


async def seats_phone_dies_on_hold(lane: Lane) -> None:
    """He does not listen to music for ever: he is back in the line, and another seat gets him."""
    leg = await lane.talk()
    await lane.ask(lane.first, "hold")
    await lane.is_("held")
    await lane.ready(lane.second)
    await leg.hang_up()
    await lane.not_ready(lane.first)
    await lane.joined(lane.second)
    await lane.citizen_hangs_up()


async def mute_and_unmute(lane: Lane) -> None:
    await lane.talk()
    await lane.ask(lane.first, "mute", leg_id=None, on=True)
    await lane.all_speak()
    await lane.ask(lane.first, "mute", leg_id=None, on=False)
    await lane.all_speak(first=900, citizen=600)
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "open", among={"muted": 800, "open": 900})
    await lane.heard("first", "muted", "open", among={"muted": 500, "open": 600})


async def forced_to_pause_while_talking(lane: Lane) -> None:
    """A supervisor's order about the seat never touches the call."""
    await lane.talk()
    api = await lane.stage.api(SUPERVISOR)
    await api.post(f"/api/seats/{lane.first}/force", {"state": "not_ready", "reason": "shift over"})
    await lane.is_("talking")
    await lane.citizen_hangs_up()
    await lane.seat_is(lane.first, "not_ready")


async def command_on_a_dead_call(lane: Lane) -> None:
    await lane.talk()
    await lane.citizen_hangs_up()
    second = {"kind": "seat", "seat_id": lane.second}
    codes = {
        await lane.refused(lane.first, "hold"),
        await lane.refused(lane.first, "transfer", target=second),
        await lane.refused(lane.first, "hang-up", reason="finished"),
    }
    assert codes <= {"call-over", "forbidden"}, codes


async def two_people_command_at_once(lane: Lane) -> None:
    """Whoever comes second is refused or served after; the call is in one state that both see."""
    await lane.talk()
    await lane.ready(lane.second, lane.third)
    second = {"kind": "seat", "seat_id": lane.second}
    done = await asyncio.gather(
        lane.tries(lane.first, "transfer", target=second),
        lane.tries(SUPERVISOR, "supervise", how="intercept", seat_id=lane.third, reason="urgent"),
    )
    assert None in done, done
    seat = await lane.seat_of_it(lane.second, lane.third)
    await lane.phone(seat).talking()
    await lane.citizen_hangs_up()


async def abandoned_in_the_line(lane: Lane) -> None:
    await lane.arrive()
    await lane.is_("queued")
    await lane.citizen_hangs_up()


async def picked_from_the_line(lane: Lane) -> None:
    """A supervisor gives a waiting caller to a seat of another group, past the line."""
    await lane.arrive()
    await lane.is_("queued")
    async with lane.spare():
        await lane.ready(SPARE_SEAT)
        await lane.ask(SUPERVISOR, "pick", seat_id=SPARE_SEAT, reason="knows the case")
        await lane.phone(SPARE_SEAT).talking()
        await lane.seat_of_it(SPARE_SEAT)
        await lane.citizen_hangs_up()
