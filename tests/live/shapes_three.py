"""Shapes of three speaking together: a department, an emergency line, another seat; who leaves first."""

from tests.live.lane import Lane


async def department_leaves_first(lane: Lane) -> None:
    await _three(lane)
    await lane.all_speak()
    await lane.legs["outside"].hang_up()
    await lane.is_("talking")
    await lane.all_speak(citizen=600, first=900)
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first", "outside")
    await lane.heard("first", "citizen", "outside")
    await lane.heard("outside", "citizen", "first")
    await lane.heard("citizen", "later", among={"later": 900})


async def seat_leaves_first_and_the_other_two_go_on(lane: Lane) -> None:
    await _three(lane)
    await lane.ask(lane.first, "leave")
    await lane.legs["first"].until_gone(10)
    await lane.with_parties(1)
    await lane.seat_is(lane.first, "wrap_up")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "outside")
    await lane.heard("outside", "citizen")


async def citizen_leaves_first(lane: Lane) -> None:
    await _three(lane)
    await lane.citizen_hangs_up()
    for name in ("first", "outside"):
        await lane.legs[name].until_gone(10)


async def two_consulting_become_three(lane: Lane) -> None:
    await lane.talk()
    line = await _line(lane)
    await lane.ask(lane.first, "consult", target={"kind": "number", "number": line.number})
    await lane.answered_outside(line, "consulting")
    await lane.ask(lane.first, "conference")
    await lane.is_("conference")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first", "outside")
    await lane.heard("outside", "citizen", "first")


async def third_is_another_seat(lane: Lane) -> None:
    await lane.talk()
    await lane.ready(lane.second)
    await lane.ask(lane.first, "invite", target={"kind": "seat", "seat_id": lane.second})
    await lane.joined(lane.second, "conference")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("second", "citizen", "first")
    assert (await lane.told()).count("SeatLeftCall") == 2


async def police_by_one_key(lane: Lane) -> None:
    """The emergency line sees who calls and which call it is."""
    await lane.talk()
    await lane.stage.world.reachable()
    police = lane.line("110")
    await police.answer_after(0.2)
    await lane.ask(lane.first, "invite", target={"kind": "line", "code": "police"})
    lane.legs["outside"] = await police.talking()
    await lane.is_("conference")
    assert police.shown_number
    assert police.call_id in (lane.call_id, None)
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("outside", "citizen", "first")


async def invited_line_is_busy(lane: Lane) -> None:
    await lane.talk()
    line = await _line(lane)
    await line.refuse()
    await lane.tries(lane.first, "invite", target={"kind": "number", "number": line.number})
    await lane.rung(line)
    await lane.is_("talking")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first")


async def third_is_shown_the_door(lane: Lane) -> None:
    await _three(lane)
    await lane.ask(lane.first, "drop", leg_id=await lane.role_leg("third"))
    await lane.legs["outside"].until_gone(10)
    await lane.is_("talking")
    await lane.citizen_hangs_up()


async def keys_reach_the_far_end(lane: Lane) -> None:
    """A department's own menu is worked by the seat."""
    await _three(lane)
    await lane.ask(lane.first, "keys", leg_id=await lane.role_leg("third"), keys="12#")
    await lane.legs["outside"].until_keys("12#", 10)
    await lane.citizen_hangs_up()


async def third_is_muted_in_the_conference(lane: Lane) -> None:
    await _three(lane)
    await lane.ask(lane.first, "mute", leg_id=await lane.role_leg("third"), on=True)
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first")
    await lane.heard("outside", "citizen", "first")


async def _three(lane: Lane) -> None:
    await lane.talk()
    line = await _line(lane)
    await lane.ask(lane.first, "invite", target={"kind": "number", "number": line.number})
    await lane.answered_outside(line, "conference")
    await lane.with_parties(2)


async def _line(lane: Lane):
    await lane.stage.world.reachable()
    line = lane.line(f"1380000{9000 + int(lane.number[-3:]):04}")
    await line.answer_after(0.2)
    return line
