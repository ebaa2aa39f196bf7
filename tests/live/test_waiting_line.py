"""The line on the real Asterisk: what he hears stops at once for a free seat, his keys count from the first
moment, who was called by us has what everybody has, and nobody who is silent is hung up on by a machine.
"""

import asyncio
from pathlib import Path
from typing import Any

from documents.problems import DocumentKind
from hotline.outside.far_end import BYTES_PER_S, FarEnd
from hotline.outside.tones import hears_tone, tone
from seats.rule_versions import shipped
from tests.live.flow_crowd import OVER, Told, shorten_prompts
from tests.live.stage import Stage, open_stage

SETTINGS = """
[seats]
wrap_up_limit_s = 0
[ivr]
ring_s = 15
[orders]
silent_after_s = 2
callback_from_hour = 0
callback_until_hour = 24
"""
SEAT = "8001"
COMFORT_HZ, USEFUL_HZ = 1000, 1600
LONG_S = 30.0
"""Of an announcement; none that is not cut short lets a seat ring in CUT_SHORT_S."""
CUT_SHORT_S = 12.0


async def test_the_line(ready_var: Path, short_path: Path):
    async with open_stage(ready_var, short_path, SETTINGS, hears=True, seats=[SEAT]) as stage:
        prepare_sounds(stage.places.prompts)
        await news_often(stage)
        await stage.take_seat(SEAT, answers_after_s=0.2)
        told = Told(stage)
        async with asyncio.TaskGroup() as watching:
            looking = watching.create_task(told.run())
            await a_silent_citizen_is_noticed_and_never_hung_up_on(stage, told)
            await rest(stage)
            await the_comfort_is_cut_short_for_a_seat(stage, told)
            await rest(stage)
            await the_news_are_cut_short_for_a_seat(stage, told)
            await rest(stage)
            await a_key_in_the_first_moment_counts(stage, told)
            await called_by_us_he_waits_like_everybody(stage, told)
            await led_back_from_a_room_he_waits_like_everybody(stage, told)
            looking.cancel()
        assert await stage.channels() == 0


def prepare_sounds(prompts: Path) -> None:
    """Two announcements that are known by ear and last longer than anybody waits here; the rest is short."""
    shorten_prompts(prompts)
    for name, hz in (("comfort", COMFORT_HZ), ("useful-ready", USEFUL_HZ)):
        (prompts / "zh" / f"{name}.sln").write_bytes(tone(hz, LONG_S))


async def news_often(stage: Stage) -> None:
    body = shipped(DocumentKind.FLOWS).body.replace("every_s = 30", "every_s = 10")
    api = await stage.api()
    await api.post(
        "/api/rules/flows/publish", {"body": body, "note": "演练", "accept_warnings": True}
    )


async def rest(stage: Stage) -> None:
    """The one seat takes nobody until it is asked to."""
    await stage.seat_is(SEAT, "ready")
    api = await stage.api(SEAT)
    await api.post(f"/api/seats/{SEAT}/not-ready", {"reason": "training"})
    await stage.seat_is(SEAT, "not_ready")


async def hears(stage: Stage, far_end: FarEnd, hz: int) -> None:
    """Wait until this is what he hears now."""
    await stage.eventually(
        lambda: hears_tone(far_end.heard()[-BYTES_PER_S:], hz), 40, f"{hz} Hz was not heard"
    )


async def rings_at_once(stage: Stage) -> None:
    phone = stage.world.phone(SEAT)
    rung = phone.rings
    api = await stage.api(SEAT)
    await api.post(f"/api/seats/{SEAT}/ready")
    await phone.rung(rung + 1, CUT_SHORT_S)
    await phone.talking()


def event_of(told: Told, call_id: str, kind: str) -> dict[str, Any]:
    return next(one for one in told.of_call[call_id] if one["type"] == kind)


async def over(told: Told, call_id: str) -> dict[str, Any]:
    """His call's one ending."""
    await told.happened(call_id, *OVER)
    (ending,) = (one for one in told.of_call[call_id] if one["type"] in OVER)
    return ending


async def a_silent_citizen_is_noticed_and_never_hung_up_on(stage: Stage, told: Told) -> None:
    citizen = await stage.world.dial("13800000001")
    call_id = await told.arrived("13800000001")
    await told.happened(call_id, "CallFoundSilent")
    assert event_of(told, call_id, "CallFoundSilent")["seat_id"] == SEAT
    await asyncio.sleep(4)
    assert not citizen.gone
    assert (await stage.call_is(call_id, "talking"))["seat_id"] == SEAT
    await citizen.hang_up()
    ending = await over(told, call_id)
    assert ending["ending"]["blame"] == "citizen"
    await told.happened(call_id, "CallStayedSilent")


async def the_comfort_is_cut_short_for_a_seat(stage: Stage, told: Told) -> None:
    citizen = await stage.world.dial("13800000002")
    await hears(stage, citizen, COMFORT_HZ)
    await rings_at_once(stage)
    await citizen.hang_up()
    await over(told, await told.arrived("13800000002"))


async def the_news_are_cut_short_for_a_seat(stage: Stage, told: Told) -> None:
    """A key, even one that means nothing, ends the comfort; then come place and information."""
    citizen = await stage.world.dial("13800000003")
    await hears(stage, citizen, COMFORT_HZ)
    await citizen.press("5")
    await hears(stage, citizen, USEFUL_HZ)
    await rings_at_once(stage)
    await citizen.hang_up()
    await over(told, await told.arrived("13800000003"))


async def a_key_in_the_first_moment_counts(stage: Stage, told: Told) -> None:
    citizen = await stage.world.dial("13800000004")
    call_id = await told.arrived("13800000004")
    await told.happened(call_id, "CallQueued")
    await citizen.press("1")
    await told.happened(call_id, "CallbackRequested")
    await citizen.until_gone(40)
    await over(told, call_id)


async def called_by_us_he_waits_like_everybody(stage: Stage, told: Told) -> None:
    """The notice, the comfort, and the keys; a callback that he asks for is to his own number."""
    number = "13800000005"
    await stage.world.reachable()
    line = stage.world.line(number)
    await line.answer_after(0.2)
    operator = await stage.api(SEAT)
    placed = await operator.post(
        "/api/calls-out", {"seat_id": SEAT, "number": number, "first": "citizen"}
    )
    call_id = placed["call_id"]
    citizen = await line.talking()
    await hears(stage, citizen, COMFORT_HZ)
    assert "NoticePlayed" in told.kinds(call_id)
    assert told.entered(call_id) == ["line"]
    await citizen.press("1")
    await told.happened(call_id, "CallbackRequested")
    assert event_of(told, call_id, "CallbackRequested")["caller_number"] == number
    await citizen.until_gone(40)
    await over(told, call_id)


async def led_back_from_a_room_he_waits_like_everybody(stage: Stage, told: Told) -> None:
    """A call of ours, which never had a flow: his seat puts him on hold and is gone."""
    number = "13800000006"
    line = stage.world.line(number)
    await line.answer_after(0.2)
    operator = await stage.api(SEAT)
    await operator.post(f"/api/seats/{SEAT}/ready")
    placed = await operator.post(
        "/api/calls-out", {"seat_id": SEAT, "number": number, "first": "seat"}
    )
    call_id = placed["call_id"]
    seat = await stage.world.phone(SEAT).talking()
    citizen = await line.talking()
    await stage.call_is(call_id, "talking")
    await operator.post(f"/api/seats/{SEAT}/not-ready", {"reason": "training"})
    await operator.post(f"/api/calls/{call_id}/hold")
    await stage.call_is(call_id, "held")
    await seat.hang_up()
    await hears(stage, citizen, COMFORT_HZ)
    assert told.entered(call_id) == ["line"]
    await citizen.press("1")
    await told.happened(call_id, "CallbackRequested")
    assert event_of(told, call_id, "CallbackRequested")["caller_number"] == number
    await citizen.until_gone(40)
    await over(told, call_id)
