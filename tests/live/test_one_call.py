"""One citizen's call, from dialling to archive, on the real parts."""

import hashlib

from hotline.sounds.voice import speak
from tests.live.afterwards import legs_are_gone
from tests.live.stage import open_stage


async def test_a_citizen_is_answered_transcribed_drafted_and_archived(ready_var, short_path):
    async with open_stage(ready_var, short_path) as stage:
        await stage.take_seat("8001")
        citizen = await stage.world.dial("13800000001")
        call = await stage.call_of("13800000001")
        phone = stage.world.phone("8001")
        await phone.talking()
        await phone.say(speak("您好，请问有什么可以帮您"))
        await citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await citizen.hang_up()
        ended = await stage.call_is(call["call_id"], "ended")
        assert ended["ending"] == {"blame": "citizen", "reason": "hung-up"}
        recording = await stage.archived(call["call_id"])
        said = (await stage.transcribed(call["call_id"]))["utterances"]
        assert "路灯坏了" in "".join(u["text"] for u in said if u["side"] == "citizen")
        assert "请问" in "".join(u["text"] for u in said if u["side"] == "operator")
        file = stage.places.archive / recording["path"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == recording["sha256"]
        await legs_are_gone(stage, call["call_id"])
        order = (await (await stage.api()).get("/api/orders"))["orders"][0]
        assert order["call_id"] == call["call_id"]
        assert order["fields"]["request_type"]["value"] == "complaint"
        told = await stage.told(call["call_id"])
        assert told.index("NoticePlayed") < told.index("CallQueued") < told.index("CallAnswered")
        assert told.index("SeatReserved") < told.index("CallOffered") < told.index("CallAnswered")
