"""The demonstration's voices are understood by the demonstration's speech model."""

import json

import numpy as np
import pytest
import vosk

from asr.events import Side
from hotline.outside.conversation import speak_line
from hotline.outside.scripts import SCRIPTS
from hotline.places import ROOT
from hotline.sounds.hold_music import RATE_HZ, compose
from hotline.sounds.sound import to_pcm
from tests.wire.test_outside_world import world_with_exchange

BLOCK = 3200
SILENCE = b"\0" * 16000


@pytest.fixture(scope="module")
def model():
    vosk.SetLogLevel(-1)
    return vosk.Model(model_path=str(ROOT / "asr" / "demo_model"))


def understood(model, sound: bytes) -> str:
    recogniser = vosk.KaldiRecognizer(model, 8000.0)
    texts = []
    sound = SILENCE + sound + SILENCE
    for start in range(0, len(sound), BLOCK):
        if recogniser.AcceptWaveform(sound[start : start + BLOCK]):
            texts.append(json.loads(recogniser.Result())["text"])
    texts.append(json.loads(recogniser.FinalResult())["text"])
    return "".join(texts).replace(" ", "")


def wrong_characters(wanted: str, got: str) -> int:
    row = list(range(len(got) + 1))
    for i, one in enumerate(wanted, 1):
        before, row[0] = row[:], i
        for j, other in enumerate(got, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (one != other))
    return row[-1]


@pytest.mark.parametrize("script", SCRIPTS, ids=[s.name for s in SCRIPTS])
async def test_at_most_three_characters_in_a_hundred_are_misheard(model, script):
    wrong = {Side.CITIZEN: 0, Side.OPERATOR: 0}
    spoken = dict.fromkeys(wrong, 0)
    for line in script.lines:
        wanted = line.text.replace("，", "")
        got = understood(model, await speak_line(script, line))
        wrong[line.side] += wrong_characters(wanted, got)
        spoken[line.side] += len(wanted)
        if "零零零零" in wanted:  # a citizen's own number must come through whole
            assert wanted[-11:] in got
    for side, count in wrong.items():
        assert count <= 0.03 * spoken[side], (side, count, spoken[side])


def nobody_speaks() -> dict[str, bytes]:
    """What a call has in it when nobody speaks; the two tones are China's ring-back and a key."""
    seconds = np.arange(RATE_HZ * 12) / RATE_HZ
    ringing = 4_000 * np.sin(2 * np.pi * 450 * seconds) * (seconds % 5 < 1)
    key = np.sin(2 * np.pi * 852 * seconds) + np.sin(2 * np.pi * 1336 * seconds)
    hiss = np.random.default_rng(2).normal(0, 150, len(seconds))
    sounds = {"ringing": ringing, "keys": 5_000 * key * (seconds % 0.6 < 0.2), "hiss": hiss}
    found = {name: sound.astype("<i2").tobytes() for name, sound in sounds.items()}
    return {**found, "silence": bytes(len(hiss) * 2), "hold music": to_pcm(compose())}


@pytest.mark.parametrize("name", nobody_speaks())
def test_nothing_is_heard_where_nobody_speaks(model, name):
    assert understood(model, nobody_speaks()[name]) == ""


async def test_they_are_still_understood_after_a_real_telephone_line(model, tmp_path):
    script = SCRIPTS[0]
    operator, citizen = script.lines[0], script.lines[1]
    async with world_with_exchange(tmp_path) as world:
        phone = world.phone("8001")
        await phone.registered()
        await phone.answer_after(0)
        caller = await world.dial(script.caller_number)
        await phone.talking()
        await phone.say(await speak_line(script, operator))
        await caller.say(await speak_line(script, citizen))
        await caller.hang_up()
        await phone.idle()
        whole = ((operator, await caller.heard_out()), (citizen, await phone.heard_out()))
        for line, heard in whole:
            wanted = line.text.replace("，", "")
            got = understood(model, heard)
            assert wrong_characters(wanted, got) <= 2, got
