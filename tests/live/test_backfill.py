"""A call in a house whose speech recognition is away: its text comes later, from the archive."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hotline.outside.phone_lines import free_port
from hotline.places import ROOT
from hotline.sounds.voice import speak
from tests.live.afterwards import left_whole, text_of, words_of
from tests.live.stage import QUICK, Stage, open_stage

CALLER = "13800000001"


@asynccontextmanager
async def speech_server(port: int) -> AsyncIterator[None]:
    """A worker at that address, as another machine's would be."""
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "asr.server", "--model", str(ROOT / "asr" / "demo_model"), "--port", str(port)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        assert json.loads(await server.stdout.readline())["port"] == port
        yield
    finally:
        server.terminate()
        await server.communicate()


async def transcribe(stage: Stage, *words: str) -> tuple[int, dict[str, object]]:
    command = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "hotline.cli", "--var", str(stage.places.var), "transcribe", "--json", *words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await command.communicate()
    assert command.returncode is not None
    return command.returncode, json.loads(said)


async def test_a_call_without_any_speech_recognition_has_its_text_when_that_comes(
    ready_var: Path, short_path: Path
):
    port = free_port(socket.SOCK_STREAM)
    away = f'servers = ["ws://127.0.0.1:{port}"]\nhand_over_after_s = 1\nbackfill_retry_s = 1\n'
    settings = QUICK.replace("[asr]\n", f"[asr]\n{away}")
    async with open_stage(ready_var, short_path, settings) as stage:
        await stage.take_seat("8001")
        phone = stage.world.phone("8001")
        citizen = await stage.world.dial(CALLER)
        call_id = (await stage.call_of(CALLER))["call_id"]
        await phone.talking()
        await phone.say(speak("您好，请问有什么可以帮您"))
        await citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await citizen.hang_up()
        # The recording is in the archive and its legs are gone, though nobody has heard a word.
        call = await left_whole(stage, call_id)
        assert call["transcription"] == "wanted"
        api = await stage.api()
        board = await api.get("/api/backfill")
        assert [(one["call_id"], one["why"]) for one in board["queue"]] == [
            (call_id, "no-recogniser")
        ]

        async with speech_server(port):
            await stage.transcribed(call_id)
            await stage.until(f"/api/calls/{call_id}", lambda c: c["transcription"] == "finished")
            citizen_said = await words_of(stage, call_id, "citizen")
            operator_said = await words_of(stage, call_id, "operator")
            assert "路灯坏了" in text_of(citizen_said)
            assert "请问" in text_of(operator_said)
            assert "请问" not in text_of(citizen_said)
            assert "路灯" not in text_of(operator_said)
            assert all(one["backfilled"] for one in (*citizen_said, *operator_said))
            # Asked for once more, it says so and does nothing.
            status, answer = await transcribe(stage, call_id)
            assert status == 1
            assert answer == {
                "calls": [{"call_id": call_id, "state": "given_up", "reason": "transcript-whole"}]
            }
        again = await words_of(stage, call_id, "citizen")
        assert again == citizen_said
        told = await stage.told(call_id)
        assert told.count("TranscriptFinished") == 1
