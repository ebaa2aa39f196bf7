"""Every speech worker is killed during a talk."""

import asyncio
import os
import signal

from hotline.sounds.voice import speak
from tests.live.afterwards import ON_ITS_WAY_S, left_whole, text_of, words_of
from tests.live.stage import LOOK_EVERY_S, QUICK, Stage, open_stage

CALLER = "13800000001"


async def test_the_talk_goes_on_and_no_word_is_missing(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        phone = stage.world.phone("8001")
        citizen = await stage.world.dial(CALLER)
        call_id = (await stage.call_of(CALLER))["call_id"]
        await phone.talking()
        await phone.say(speak("您好，请问有什么可以帮您"))
        await stage.until(f"/api/calls/{call_id}/transcript", lambda t: t["utterances"])

        spoken = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_killing_workers(stage, call_id, spoken), name="killer")
            await citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
            spoken.set()
        await stage.until(
            f"/api/calls/{call_id}/events",
            lambda e: "TranscriptionResumed" in [one["type"] for one in e["events"]],
        )
        assert (await stage.call_of(CALLER))["state"] == "talking"
        await phone.say(speak("好的，已经为您登记"))
        await asyncio.sleep(ON_ITS_WAY_S)
        await citizen.hang_up()

        call = await left_whole(stage, call_id)
        assert call["ending"] == {"blame": "citizen", "reason": "hung-up"}
        said = await words_of(stage, call_id, "citizen")
        assert "路灯坏了" in text_of(said)
        assert any(one["backfilled"] for one in said)
        answered = await words_of(stage, call_id, "operator")
        assert "请问" in text_of(answered)
        assert "登记" in text_of(answered)
        assert not answered[0]["backfilled"]
        told = [kind for kind in await stage.told(call_id) if kind.startswith("Transcription")]
        assert told == ["TranscriptionPaused", "TranscriptionResumed"]


async def keep_killing_workers(stage: Stage, call_id: str, spoken: asyncio.Event) -> None:
    """Every worker, and those that replace them, until all is spoken and the pause was told."""
    async with asyncio.timeout(20):
        while not spoken.is_set() or "TranscriptionPaused" not in await stage.told(call_id):
            for pid in stage.worker_pids():
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(LOOK_EVERY_S)
