"""Which far end's tone is in a recording."""

import random
import struct

from hypothesis import given
from hypothesis import strategies as st

from hotline.outside.tones import hears_tone, strength, tone, tone_seconds

TONES = (400, 700, 1000, 1300, 1600, 1900, 2200)
SILENCE = bytes(16000)


def mixed(*sounds: bytes) -> bytes:
    length = min(len(sound) for sound in sounds)
    tracks = [memoryview(sound[:length]).cast("h") for sound in sounds]
    return b"".join(
        struct.pack("<h", max(-32768, min(32767, sum(samples))))
        for samples in zip(*tracks, strict=True)
    )


def noise(seconds: float, loud: int) -> bytes:
    dice = random.Random(7)
    return b"".join(
        struct.pack("<h", dice.randint(-loud, loud)) for _ in range(int(8000 * seconds))
    )


def test_a_tone_is_heard_wherever_it_begins_and_for_as_long_as_it_lasts():
    for hz in TONES:
        heard = bytes(2 * 3777) + tone(hz, 0.6) + SILENCE
        assert hears_tone(heard, hz)
        assert 0.4 < tone_seconds(heard, hz) < 0.75
        assert not any(hears_tone(heard, other) for other in TONES if other != hz)


@given(st.sets(st.sampled_from(TONES), min_size=1, max_size=4))
def test_each_of_four_voices_at_once_is_told_from_the_rest(spoken):
    heard = mixed(*(tone(hz, 0.5, peak=5000) for hz in spoken))
    assert {hz for hz in TONES if hears_tone(heard, hz)} == spoken


def test_noise_silence_clicks_and_the_empty_recording_hold_no_tone():
    click = tone(700, 0.05)
    for heard in (
        b"",
        b"\0",
        SILENCE,
        noise(1, 3000),
        SILENCE + click + SILENCE,
        tone(700, 0.6, 90),
    ):
        assert not any(hears_tone(heard, hz) for hz in TONES)


def test_a_tone_under_noise_is_still_heard():
    assert hears_tone(mixed(tone(1000, 1, 4000), noise(1, 3000)), 1000)


def test_strength_grows_with_the_tone():
    assert strength(tone(1000, 0.5, 8000), 1000) > 1.9 * strength(tone(1000, 0.5, 4000), 1000)
