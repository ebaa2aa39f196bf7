"""The emergency switch on the real line: spoken at once, heard by the next citizen, gone when it is off."""

import asyncio
import sys
import time
from pathlib import Path

from hotline.places import ROOT
from tests.live.stage import Stage, open_stage

STORM = "今日暴雨，供水抢修正在进行，预计二十点恢复。"
WITHIN_S = 10.0
"""From the switch to the ear, with a loaded machine's slack; it is a second or two."""


async def hotline(stage: Stage, *words: str) -> str:
    """What a command of this installation answers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline.cli", "--var", str(stage.places.var), *words,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    answer, trouble = await process.communicate()
    assert process.returncode == 0, trouble.decode()
    return answer.decode()


async def switch_is(stage: Stage, *, on: bool) -> None:
    await stage.until("/api/switches", lambda a: a["switches"][0]["on"] is on, WITHIN_S)


async def test_an_announcement_from_the_command_line_is_heard_by_the_next_citizen(
    ready_var: Path, short_path: Path
):
    async with open_stage(ready_var, short_path) as stage:
        await hotline(stage, "switch", "emergency", "on", "--text", STORM)
        switched = time.monotonic()
        await switch_is(stage, on=True)
        sounds = stage.places.prompts / "zh"
        await stage.eventually(
            lambda: list(sounds.glob("announced-*.sln")), WITHIN_S, "it was not spoken"
        )
        assert time.monotonic() - switched < WITHIN_S
        citizen = await stage.world.dial("13800000001")

        async def hears_it() -> bool:
            return "announced-" in await stage.asterisk_says("core show channels concise")

        await stage.becomes(hears_it, 20)
        await citizen.hang_up()
        assert "暴雨" in await hotline(stage, "switch")
        await hotline(stage, "switch", "emergency", "off", "--reason", "抢修完成")
        await switch_is(stage, on=False)
        citizen = await stage.world.dial("13800000002")
        call = await stage.call_of("13800000002")
        answer = await stage.until(
            f"/api/calls/{call['call_id']}/events",
            lambda a: any(event["type"] == "FlowStarted" for event in a["events"]),
        )
        (started,) = [event for event in answer["events"] if event["type"] == "FlowStarted"]
        assert started["flow"] == "direct"
        await citizen.hang_up()


async def test_a_switch_stands_after_the_service_was_killed(ready_var: Path, short_path: Path):
    async with open_stage(ready_var, short_path) as stage:
        api = await stage.api()
        turned = {"on": True, "reason": "夜间", "text": ""}
        await api.post("/api/switches/night", turned)
        await stage.until("/api/switches", lambda a: any(one["on"] for one in a["switches"]))
        await asyncio.sleep(1)
        before = stage.kill_service()
        await stage.new_service(before)
        seen = await stage.until("/api/switches", bool, 30)
        assert [one["name"] for one in seen["switches"] if one["on"]] == ["night"]
