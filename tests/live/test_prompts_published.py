"""A text is published and a studio's recording comes while calls go on: heard within seconds."""

import asyncio
import urllib.request
import wave
from io import BytesIO

import numpy as np

from hotline.api_client import ApiClient
from hotline.clock import monotonic_s
from tests.live.stage import QUICK, open_stage

WITHIN_S = 30
"""On a machine that also plays the citizen, his telephone and a second Asterisk; alone it is two."""


def studio_wav() -> bytes:
    tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(44100) / 44100)
    whole = BytesIO()
    with wave.open(whole, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(44100)
        recording.writeframes(tone.astype("<i2").tobytes())
    return whole.getvalue()


async def upload(api: ApiClient, name: str, content: bytes) -> int:
    request = urllib.request.Request(
        f"{api.address}/api/prompts/{name}/studio",
        data=content,
        method="POST",
        headers={"Cookie": api.cookie, "Content-Type": "audio/wav"},
    )

    def send() -> int:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return answer.status

    return await asyncio.to_thread(send)


async def test_a_published_text_and_an_uploaded_recording_are_played_within_seconds(
    ready_var, short_path
):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        api = await stage.api()
        rows = (await api.get("/api/prompts"))["prompts"]
        assert len(rows) > 400
        assert [one["name"] for one in rows if one["missing"] or one["problem"]] == []
        citizen = await stage.world.dial("13800000001")
        call_id = (await stage.call_of("13800000001"))["call_id"]
        await stage.call_is(call_id, "talking")

        old = await api.get_bytes("/api/prompts/zh/goodbye/audio")
        text = (await api.get("/api/rules/texts"))["body"]
        edited = text.replace("感谢您的来电，再见。", "感谢您的来电，祝您生活愉快，再见。")
        began = monotonic_s()
        await api.post(
            "/api/rules/texts/publish", {"body": edited, "note": "试", "accept_warnings": True}
        )
        listed = await stage.until(
            "/api/prompts?language=zh",
            lambda answer: any(
                one["name"] == "goodbye" and "生活愉快" in one["spoken_text"]
                for one in answer["prompts"]
            ),
            WITHIN_S,
        )
        assert monotonic_s() - began < WITHIN_S
        assert listed["trouble"] == ""
        assert len(await api.get_bytes("/api/prompts/zh/goodbye/audio")) > len(old)

        assert await upload(api, "goodbye", studio_wav()) == 200
        heard = await api.get_bytes("/api/prompts/zh/goodbye/audio")
        assert len(heard) == 44 + 16000
        await citizen.hang_up()
        await stage.call_is(call_id, "ended")
        metrics = (await api.get_bytes("/metrics")).decode()
        assert "hotline_prompts_missing 0.0" in metrics
        assert 'hotline_prompts_not_as_wanted_total{how="left-out"' not in metrics
