"""A department is called in and the seat leaves: every voice has its words and its recording, in time."""

import asyncio

import av
import numpy as np

from hotline.sounds.voice import speak
from tests.live.afterwards import ON_ITS_WAY_S, left_whole, text_of, words_of
from tests.live.stage import QUICK, Stage, open_stage

NUMBER = "13800009100"
RATE_HZ = 16_000
APART_MS = 300
"""A voice passes a conference's mixer and two telephone lines before the citizen hears it."""


async def test_each_party_is_heard_with_its_own_side_and_archived_with_its_own_voice(
    ready_var, short_path
):
    async with open_stage(ready_var, short_path, QUICK, hears=True) as stage:
        await stage.take_seat("8001")
        citizen = await stage.world.dial("13800000001")
        call_id = (await stage.call_of("13800000001"))["call_id"]
        seat = await stage.world.phone("8001").talking()
        await seat.say(speak("您好，请问有什么可以帮您"))
        await citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await stage.world.reachable()
        line = stage.world.line(NUMBER)
        await line.answer_after(0.2)
        api = await stage.api("8001")
        target = {"kind": "number", "number": NUMBER}
        await api.post(f"/api/calls/{call_id}/invite", {"target": target})
        department = await line.talking()
        await stage.call_is(call_id, "conference")
        await seat.say(speak("请问在什么地方"))
        await department.say(speak("您好请讲"))
        await api.post(f"/api/calls/{call_id}/leave", {})
        await seat.until_gone(10)
        await department.say(speak("我家楼下的路灯坏了三天没人修"))
        await asyncio.sleep(ON_ITS_WAY_S)
        await citizen.hang_up()
        await stage.call_is(call_id, "ended")
        assert "路灯坏了" in text_of(await words_of(stage, call_id, "citizen"))
        operator = await words_of(stage, call_id, "operator")
        assert [said["who"] for said in operator][-1] == "8001"
        assert "请问在什么" in text_of([said for said in operator if said["who"] == "8001"])
        third = await words_of(stage, call_id, "third_party")
        assert "路灯坏了" in text_of(third)
        assert {said["who"] for said in third} == {"outside"}
        # What others said in the room stands nowhere a second time.
        assert "路灯坏了" not in text_of(operator)
        await left_whole(stage, call_id)
        await _voices_are_in_time(stage, call_id, third[-1]["ends_at_ms"])


async def _voices_are_in_time(stage: Stage, call_id: str, last_word_ms: int) -> None:
    api = await stage.api()
    listed = (await api.get(f"/api/recordings?call_id={call_id}"))["recordings"]
    assert [one["role"] for one in listed][:1] == [None]
    assert {one["role"] for one in listed[1:]} == {"seat", "third"}
    whole = listed[0]
    assert last_word_ms <= whole["duration_ms"] + APART_MS
    heard = _sound(stage, whole, channel=1)
    for own in listed[1:]:
        assert own["state"] == "archived"
        assert 0 < own["offset_ms"] < whole["duration_ms"]
        late_ms = _late_ms(heard, _sound(stage, own), own["offset_ms"])
        assert abs(late_ms) < APART_MS, (own["role"], late_ms)


def _sound(stage: Stage, recording: dict[str, object], channel: int = 0) -> np.ndarray:
    path = stage.places.archive / str(recording["path"])
    with av.open(str(path)) as ogg:
        resampler = av.AudioResampler(format="fltp", rate=RATE_HZ)
        frames = [part for frame in ogg.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[channel] for frame in frames])


def _late_ms(heard: np.ndarray, own: np.ndarray, offset_ms: int) -> float:
    """How much later than its own recording says a voice is in what the citizen heard."""
    size = len(heard) + len(own)
    both = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(own, size))
    lag = int(np.argmax(np.fft.irfft(both, size)[: len(heard)]))
    return lag * 1000 / RATE_HZ - offset_ms
