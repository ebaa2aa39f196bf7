"""A danger is heard in a real call; the list is changed and the next call follows it."""

from typing import Any

from hotline.sounds.voice import speak
from tests.live.stage import QUICK, Stage, open_stage

FIRST, SECOND = "13800000001", "13800000002"
LAMPS = """
[[danger]]
code = "street-lamp"
title = "路灯"
level = "urgent"
words = ["路灯坏了"]
"""


async def cue_of(stage: Stage, call_id: str, code: str) -> Any:
    def there(answer: Any) -> Any:
        return next((one for one in answer["cues"] if one["code"] == code), None)

    return there(await stage.until(f"/api/calls/{call_id}/cues", there))


async def sentences(stage: Stage, call_id: str) -> dict[str, str]:
    answer = await (await stage.api()).get(f"/api/calls/{call_id}/cues")
    return {one["sentence_id"]: one["state"] for one in answer["sentences"]}


async def test_leaking_gas_is_cued_at_once_and_a_published_word_holds_for_the_next_call(
    ready_var, short_path
):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        api = await stage.api()
        citizen = await stage.world.dial(FIRST)
        call_id = (await stage.call_of(FIRST))["call_id"]
        phone = stage.world.phone("8001")
        await phone.talking()
        await phone.say(speak("您好，一二三四五政务服务便民热线，请问有什么可以帮您"))
        await citizen.say(speak("我要求助，我家煤气泄漏了"))
        cue = await cue_of(stage, call_id, "gas-leak")
        assert (cue["kind"], cue["level"], cue["side"]) == ("danger", "red", "citizen")
        assert (await sentences(stage, call_id))["P01"] == "said"

        # Told right after the sentence that raised it: nothing waits in between.
        told = (await api.get(f"/api/calls/{call_id}/events"))["events"]
        raised = next(n for n, one in enumerate(told) if one.get("cue_id") == cue["cue_id"])
        before = [one for one in told[:raised] if one["type"] == "UtteranceHeard"]
        assert "煤气" in before[-1]["text"]
        assert told[raised]["at"] == before[-1]["at"]

        judged = await api.post(
            f"/api/calls/{call_id}/cues/{cue['cue_id']}/judge", {"false_alarm": True}
        )
        assert judged["cues"][0]["false_alarm"]
        words = (await api.get("/api/words/hits"))["words"]
        assert {"code": "gas-leak", "hits": 1, "false_alarms": 1}.items() <= words[0].items()

        listed = (await api.get("/api/rules/words"))["body"]
        made = await api.post(
            "/api/rules/words/publish", {"body": listed + LAMPS, "note": "试路灯"}
        )
        await citizen.hang_up()
        await stage.until(
            f"/api/calls/{call_id}/cues",
            lambda answer: (
                answer["measures"] is not None
                and {one["sentence_id"] for one in answer["sentences"] if one["state"] == "missed"}
            ),
        )
        assert (await sentences(stage, call_id))["P21"] == "missed"

        await stage.seat_is("8001", "ready")
        second = await stage.world.dial(SECOND)
        second_id = (await stage.call_of(SECOND))["call_id"]
        await phone.talking()
        await second.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        lamp = await cue_of(stage, second_id, "street-lamp")
        assert (lamp["level"], lamp["version"]) == ("red", made["version"])
        await second.hang_up()
        await stage.call_is(second_id, "ended")
