"""The citizen's side on the real line: key 0 from a message, English, his order, the question after."""

import asyncio
from pathlib import Path

import pytest

from hotline.outside.far_end import Citizen
from hotline.outside.tones import hears_tone, tone
from hotline.sounds.voice import speak
from tests.live.flow_after_talk import order_of
from tests.live.stage import QUICK, Stage, open_stage

CALLER = "13800000001"
ENGLISH_HZ = {"recording-notice": 1000, "comfort": 1300, "survey": 1600}
"""The English prompts that are known by ear."""


async def at_node(stage: Stage, call_id: str, node: str) -> None:
    """Wait until he has come into that node."""
    path = f"/api/calls/{call_id}/events"

    def there(answer) -> bool:
        return any(
            event["type"] == "NodeEntered" and event["node"] == node for event in answer["events"]
        )

    await stage.until(path, there, 20)


async def menu_on(stage: Stage) -> None:
    api = await stage.api()
    await api.post("/api/switches/menu", {"on": True, "reason": "演练"})


async def test_key_0_leads_back_to_his_place_from_a_message_and_a_callback(
    ready_var: Path, short_path: Path
):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        waiting = []
        for n, (node, key) in enumerate((("message", "2"), ("call-back", "1"))):
            caller = f"1380000002{n}"
            citizen, call = await stage.queues(caller)
            await citizen.press(key)
            await at_node(stage, call["call_id"], node)
            await citizen.press("0")
            waiting.append((citizen, call["call_id"]))
        for seat in ("8001", "8002"):
            await stage.take_seat(seat)
        for citizen, call_id in waiting:
            await stage.call_is(call_id, "talking")
            await citizen.hang_up()
            await stage.call_is(call_id, "ended")


async def hears(stage: Stage, citizen: Citizen, text: str) -> None:
    """Wait until he has heard it in English."""
    hz = ENGLISH_HZ[text]
    await stage.eventually(
        lambda: hears_tone(citizen.heard(), hz), 30, f"{text} was not heard in English"
    )


async def test_english_from_the_key_to_the_question_and_without_a_key_the_next_time(
    ready_var: Path, short_path: Path
):
    seats = {"8001": "general", "8005": "foreign_en"}
    async with open_stage(ready_var, short_path, QUICK, hears=True, seats=seats) as stage:
        for text, hz in ENGLISH_HZ.items():
            (stage.places.prompts / "en" / f"{text}.sln").write_bytes(tone(hz, 2.5))
        await menu_on(stage)
        citizen = await stage.world.dial(CALLER)
        call = await stage.call_of(CALLER)
        await at_node(stage, call["call_id"], "menu")
        await citizen.press("8")
        await hears(stage, citizen, "recording-notice")
        await hears(stage, citizen, "comfort")
        await stage.take_seat("8005")
        await stage.world.phone("8005").talking()
        seen = await stage.call_is(call["call_id"], "talking")
        assert (seen["skill_group"], seen["seat_id"]) == ("foreign_en", "8005")
        seat = await stage.api("8005")
        await seat.post(f"/api/calls/{call['call_id']}/release")
        await hears(stage, citizen, "survey")
        await citizen.press("5")
        await citizen.until_gone(30)
        answered = await stage.until(
            f"/api/calls/{call['call_id']}/survey", lambda answer: answer["survey"]["score"]
        )
        assert answered["survey"]["score"] == 5
        told = await stage.told(call["call_id"])
        assert told.index("NoticePlayed") < told.index("LanguageChosen") < told.index("CallQueued")
        await stage.seat_is("8005", "ready", 30)
        # Somebody who speaks no English is free too.
        await stage.take_seat("8001")
        citizen = await stage.world.dial(CALLER)
        again = await stage.call_of(CALLER)
        await stage.world.phone("8005").talking()
        told = await stage.told(again["call_id"])
        assert told.index("LanguageChosen") < told.index("CallQueued")
        assert "KeyPressed" not in told
        await citizen.hang_up()
        await stage.call_is(again["call_id"], "ended")


async def test_he_waits_leaves_a_message_and_it_is_kept(ready_var: Path, short_path: Path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        citizen, call = await stage.queues(CALLER)
        await citizen.press("2")
        await at_node(stage, call["call_id"], "message")
        legs = stage.places.legs
        await stage.eventually(
            lambda: list(legs.glob(f"{call['call_id']}-own-*-m1*")), 20, "no message is recorded"
        )
        await citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await citizen.press("#")
        await asyncio.sleep(1)
        await citizen.press("1")
        await citizen.until_gone(40)
        kept = await stage.until("/api/messages", lambda answer: answer["messages"], 40)
        assert kept["messages"][0]["call_id"] == call["call_id"]
        assert kept["messages"][0]["how"] == "confirmed"


@pytest.mark.parametrize("aside", [False, True])
async def test_his_seat_releases_him_to_the_question_and_he_answers(
    ready_var: Path, short_path: Path, aside: bool
):
    """Also out of a room."""
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        citizen = await stage.world.dial(CALLER)
        call = await stage.call_of(CALLER)
        await stage.world.phone("8001").talking()
        await stage.call_is(call["call_id"], "talking")
        seat = await stage.api("8001")
        if aside:
            await seat.post(f"/api/calls/{call['call_id']}/hold")
            await stage.call_is(call["call_id"], "held")
            await seat.post(f"/api/calls/{call['call_id']}/retrieve")
            await stage.call_is(call["call_id"], "talking")
        await seat.post(f"/api/calls/{call['call_id']}/release")
        await at_node(stage, call["call_id"], "survey")
        await citizen.press("5")
        await citizen.until_gone(30)
        answered = await stage.until(
            f"/api/calls/{call['call_id']}/survey", lambda answer: answer["survey"]["score"]
        )
        assert answered["survey"]["score"] == 5
        assert answered["survey"]["satisfaction"] == "satisfied"
        await stage.call_is(call["call_id"], "ended")


async def test_his_own_order_by_number_and_code_urged_and_key_0(ready_var: Path, short_path: Path):
    """The code is in no event of the journal."""
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        citizen = await stage.world.dial(CALLER)
        call = await stage.call_of(CALLER)
        await stage.call_is(call["call_id"], "talking")
        order_id, code = await order_of(stage, citizen, call["call_id"])
        await menu_on(stage)
        for last in ("1", "0"):
            citizen = await stage.world.dial(CALLER)
            call = await stage.call_of(CALLER)
            await at_node(stage, call["call_id"], "menu")
            await citizen.press("2")
            await at_node(stage, call["call_id"], "progress")
            await citizen.press(f"{code}#")
            await at_node(stage, call["call_id"], "after-progress")
            await citizen.press(last)
            if last == "1":
                await at_node(stage, call["call_id"], "urge")
                await citizen.press("0")
            await stage.call_is(call["call_id"], "talking")
            await citizen.hang_up()
            await stage.call_is(call["call_id"], "ended")
            await stage.seat_is("8001", "ready", 30)
            events = (await (await stage.api()).get(f"/api/calls/{call['call_id']}/events"))[
                "events"
            ]
            keys = "".join(one["key"] for one in events if one["type"] == "KeyPressed")
            assert keys.startswith("2")
            assert set(keys) <= set(f"2#{last}0")
            assert code not in repr(events)
        order = await (await stage.api()).get(f"/api/orders/{order_id}")
        assert order["urges"] == 1


async def test_a_service_killed_in_the_menu_goes_on_in_the_menu(ready_var: Path, short_path: Path):
    """He hears no second greeting, begins no second flow, and key 0 still is a person."""
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await menu_on(stage)
        await stage.take_seat("8001")
        citizen = await stage.world.dial(CALLER)
        call = await stage.call_of(CALLER)
        await at_node(stage, call["call_id"], "menu")
        await stage.new_service(stage.kill_service())
        said = await stage.asterisk_says("core show channels concise")
        channel = next(row.split("!")[0] for row in said.splitlines() if "trunk" in row)

        async def taken_up() -> bool:
            shown = await stage.asterisk_says(f"core show channel {channel}")
            return "HOTLINE_FLOW=menu@" in shown and "/menu/ask/0/" in shown and "/0/1/zh/" in shown

        await stage.becomes(taken_up, 30)
        await citizen.press("0")
        await stage.call_is(call["call_id"], "talking")
        await citizen.hang_up()
        await stage.call_is(call["call_id"], "ended")
        told = await stage.told(call["call_id"])
        assert told.count("FlowStarted") == 1
        assert told.count("NoticePlayed") == 1
