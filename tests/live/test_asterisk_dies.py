"""Asterisk itself is killed: the calls drop, and nobody is forgotten."""

import os
import signal

from hotline.sounds.voice import speak
from tests.live.afterwards import journal, ms_between, text_of, words_of
from tests.live.stage import QUICK, open_stage

TALKS, WAITS, NEXT = "13800000001", "13800000002", "13800000003"
GAP = ("LinkLost", "LinkRestored")
LAST_BLOCK_MS = 3000
"""Asterisk writes a leg in blocks of a second; and until it is back nobody knows when it died."""
DROPPED = {"blame": "service", "reason": "asterisk-restarted"}


async def test_dropped_callers_are_owed_a_call_and_the_next_is_served(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        phone = stage.world.phone("8001")
        talking = await stage.world.dial(TALKS)
        talk_id = (await stage.call_of(TALKS))["call_id"]
        await phone.talking()
        waiting = await stage.world.dial(WAITS)
        wait_id = (await stage.call_of(WAITS))["call_id"]
        await talking.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await stage.call_is(wait_id, "queued")

        gaps = len(journal(stage, *GAP))
        killed = stage.asterisk_pid()
        os.kill(killed, signal.SIGKILL)
        await stage.eventually(
            lambda: any(p != killed for p in stage.asterisk_pids()),
            30.0,
            "no new Asterisk",
        )
        ended = [await stage.call_is(talk_id, "ended"), await stage.call_is(wait_id, "abandoned")]
        assert [call["ending"] for call in ended] == [DROPPED, DROPPED]
        owed = (await (await stage.api()).get("/api/callbacks"))["callbacks"]
        assert {(task["caller_number"], task["reason"]) for task in owed} == {
            (TALKS, "dropped"),
            (WAITS, "dropped"),
        }
        assert [event["type"] for event in journal(stage, *GAP)[gaps:]] == list(GAP)

        for call in ended:
            recording = await stage.archived(call["call_id"])
            lasted_ms = ms_between(call["recording_started_at"], call["ended_at"])
            assert lasted_ms - LAST_BLOCK_MS < recording["duration_ms"] < lasted_ms
        assert "路灯坏了" in text_of(await words_of(stage, talk_id, "citizen"))

        await stage.until("/api/seats/8001", lambda s: s["phone_reachable"])
        await stage.seat_is("8001", "ready")
        await stage.lifeboat_has("8001", paused=False)
        # What the far ends still hold are calls whose other end is gone.
        for far_end in (talking, waiting):
            await far_end.hang_up()
        await phone.hang_up()
        following = await stage.world.dial(NEXT)
        call_id = (await stage.call_of(NEXT))["call_id"]
        await phone.talking()
        await stage.call_is(call_id, "talking")
        await following.hang_up()
        await stage.call_is(call_id, "ended")
