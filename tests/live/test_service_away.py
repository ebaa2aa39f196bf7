"""A citizen calls while the service is down: Asterisk's own queue holds him."""

import json

from hotline.sounds.voice import speak
from tests.live.afterwards import left_whole, text_of, words_of
from tests.live.stage import QUICK, open_stage

CALLER = "13800000001"


async def test_a_free_seat_is_rung_by_asterisk_alone(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        await stage.lifeboat_has("8001", paused=False)
        phone = stage.world.phone("8001")
        with stage.no_watchdog():
            killed = stage.kill_service()
            citizen = await stage.world.dial(CALLER)
            await phone.talking()
            [record] = stage.places.spool.glob("*.json")
            assert json.loads(record.read_bytes())["caller_number"] == CALLER
            assert record.stat().st_mode & 0o777 == 0o600
            await citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await stage.new_service(killed)

        call = await stage.call_of(CALLER)
        call_id = call["call_id"]
        await stage.call_is(call_id, "talking")
        seat = await stage.seat_is("8001", "talking")
        assert seat["call_id"] == call_id
        assert record.stem == call_id
        await phone.say(speak("您好，请问有什么可以帮您"))
        await phone.hang_up()
        await citizen.until_gone(10)
        call = await left_whole(stage, call_id)
        assert call["seat_id"] == "8001"
        told = await stage.told(call_id)
        assert told.count("CallTookLifeboat") == told.count("CallAnswered") == 1, told
        assert "路灯坏了" in text_of(await words_of(stage, call_id, "citizen"))
        assert "请问" in text_of(await words_of(stage, call_id, "operator"))
        assert list(stage.places.spool.glob("*")) == []


async def test_who_waits_in_the_lifeboat_is_taken_back_and_served(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        api = await stage.api("8001")
        await api.post("/api/seats/8001/not-ready", {"reason": "break"})
        await stage.lifeboat_has("8001", paused=True)
        with stage.no_watchdog():
            killed = stage.kill_service()
            citizen = await stage.world.dial(CALLER)
            await stage.eventually(
                lambda: list(stage.places.spool.glob("*.json")), 20.0, "no spool file"
            )
        await stage.new_service(killed)

        call = await stage.call_of(CALLER)
        call_id = call["call_id"]
        await stage.until(
            f"/api/calls/{call_id}", lambda c: c["state"] == "queued" and not c["lifeboat"]
        )
        assert stage.world.phone("8001").rings == 0
        await api.post("/api/seats/8001/ready")
        await stage.world.phone("8001").talking()
        await stage.call_is(call_id, "talking")
        await citizen.hang_up()
        call = await left_whole(stage, call_id)
        assert call["ending"] == {"blame": "citizen", "reason": "hung-up"}
        told = await stage.told(call_id)
        assert told.count("CallTookLifeboat") == told.count("NoticePlayed") == 1, told
        assert told.count("SeatReserved") == told.count("CallAnswered") == 1, told
