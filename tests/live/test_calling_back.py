"""A citizen who gave up is called back: at a click, or by itself and at his old place in the line."""

import pytest

from hotline.api_client import ApiRefused
from hotline.sounds.voice import speak
from tests.live.afterwards import text_of, words_of
from tests.live.stage import QUICK, Stage, open_stage

NUMBER = "13800000001"
AT_ANY_HOUR = "[orders]\ncallback_from_hour = 0\ncallback_until_hour = 24\n"


async def _gives_up(stage: Stage, number: str = NUMBER) -> str:
    """He waits, hangs up, and is owed a call."""
    citizen, call = await stage.queues(number)
    await citizen.hang_up()
    await _callback_is(stage, call["call_id"], "owed")
    return call["call_id"]


async def _callback_is(stage: Stage, call_id: str, state: str):
    return await stage.until(f"/api/callbacks/{call_id}", lambda c: c["state"] == state, 30.0)


async def test_a_click_calls_him_back_and_a_busy_line_is_an_attempt_with_a_pause(
    ready_var, short_path
):
    async with open_stage(ready_var, short_path, settings=QUICK + AT_ANY_HOUR) as stage:
        call_id = await _gives_up(stage)
        line = stage.world.line(NUMBER)
        await line.refuse()
        await stage.take_seat("8001")
        api = await stage.api("8001")
        await api.post(f"/api/callbacks/{call_id}/call", {"seat_id": "8001"})
        busy = await _callback_is(stage, call_id, "owed")
        assert (busy["attempts"], busy["last_outcome"]) == (1, "busy")
        with pytest.raises(ApiRefused) as early:
            await api.post(f"/api/callbacks/{call_id}/call", {"seat_id": "8001"})
        assert early.value.status == 409


async def test_he_is_called_first_without_a_click_and_waits_at_his_old_place(ready_var, short_path):
    settings = QUICK + AT_ANY_HOUR + 'callback_automatic = true\ncallback_first = "citizen"\n'
    async with open_stage(ready_var, short_path, settings=settings) as stage:
        line = stage.world.line(NUMBER)
        await line.answer_after(0.3)
        call_id = await _gives_up(stage)
        first = await (await stage.api()).get(f"/api/calls/{call_id}")
        await stage.take_seat("8001")
        await line.talking()
        done = await _callback_is(stage, call_id, "done")
        assert done["closed_why"] == "called-back"
        (attempt,) = done["attempt_list"]
        assert (attempt["outcome"], attempt["by"]) == ("answered", "automatic")
        reached = await stage.call_is(attempt["reached"], "talking")
        assert reached["direction"] == "out"
        assert reached["joined_at"] == first["joined_at"]
        phone = stage.world.phone("8001")
        await phone.talking()
        await phone.say(speak("您好，请问有什么可以帮您"))
        await line.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await line.hang_up()
        await stage.call_is(attempt["reached"], "ended")
        await stage.transcribed(attempt["reached"])
        assert "路灯坏了" in text_of(await words_of(stage, attempt["reached"], "citizen"))
        assert "请问" in text_of(await words_of(stage, attempt["reached"], "operator"))
        await stage.archived(attempt["reached"])
        whole = await (await stage.api()).get(f"/api/callbacks/{call_id}")
        assert whole["attempt_list"][0]["recording_id"] == f"{attempt['reached']}-1"
        assert whole["attempt_list"][0]["order_id"] is not None
