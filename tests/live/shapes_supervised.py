"""Shapes with a supervisor in them: listening, whispering, barging in, taking over. His telephone is the
lane's third seat's."""

from tests.live.lane import SUPERVISOR, Lane


async def listened_to(lane: Lane) -> None:
    """He hears both, nobody hears him."""
    await _supervised(lane, "listen")
    await lane.all_speak()
    await lane.is_("talking")
    await lane.citizen_hangs_up()
    await lane.legs["third"].until_gone(10)
    await lane.heard("third", "citizen", "first")
    await lane.heard("citizen", "first")
    await lane.heard("first", "citizen")


async def whispered_to(lane: Lane) -> None:
    """The seat hears him, the citizen does not."""
    await _supervised(lane, "whisper")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("first", "citizen", "third")
    await lane.heard("citizen", "first")


async def barged_into(lane: Lane) -> None:
    await _supervised(lane, "barge")
    await lane.is_("conference")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first", "third")
    await lane.heard("first", "citizen", "third")


async def listener_hangs_up_and_the_talk_goes_on(lane: Lane) -> None:
    await _supervised(lane, "listen")
    await lane.legs["third"].hang_up()
    await lane.is_("talking")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "first")


async def intercepted(lane: Lane) -> None:
    await _supervised(lane, "intercept")
    await lane.legs["first"].until_gone(10)
    await lane.seat_of_it(lane.third)
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "third")
    await lane.heard("third", "citizen")


async def intercepted_in_a_conference(lane: Lane) -> None:
    """The department stays; the seat is replaced."""
    await lane.talk()
    await lane.stage.world.reachable()
    line = lane.line(f"1380000{9000 + int(lane.number[-3:]):04}")
    await line.answer_after(0.2)
    await lane.ask(lane.first, "invite", target={"kind": "number", "number": line.number})
    await lane.answered_outside(line, "conference")
    await _come_in(lane, "intercept")
    await lane.legs["first"].until_gone(10)
    await lane.is_("conference")
    await lane.all_speak()
    await lane.citizen_hangs_up()
    await lane.heard("citizen", "outside", "third")


async def an_operator_may_not_listen(lane: Lane) -> None:
    await lane.talk()
    code = await lane.refused(
        lane.second, "supervise", how="listen", seat_id=lane.third, reason="curious"
    )
    assert code in ("forbidden", "not-allowed"), code
    await lane.citizen_hangs_up()


async def _supervised(lane: Lane, how: str) -> None:
    await lane.talk()
    await _come_in(lane, how)


async def _come_in(lane: Lane, how: str) -> None:
    await lane.ask(SUPERVISOR, "supervise", how=how, seat_id=lane.third, reason="quality")
    lane.legs["third"] = await lane.phone(lane.third).talking()
    await lane.stage.until(
        f"/api/calls/{lane.call_id}",
        lambda call: (
            any(p["who"] == lane.third and p["room"] for p in call["parties"])
            or call["seat_id"] == lane.third
        ),
    )
