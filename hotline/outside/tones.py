"""Who hears whom: every far end speaks a tone of its own, and a recording tells which are in it. 测试音

Pure. Tones well apart (400, 700, 1000, 1300, 1600, 1900, 2200 Hz …) survive A-law, mixing and the hold
music's soft chords; below 300 and above 3,300 Hz a telephone carries nothing.
"""

import math
import struct

RATE_HZ = 8000
WINDOW_S = 0.1
"""Short enough to find a tone of a third of a second, long enough to tell 100 Hz apart."""
WINDOWS_IN_A_ROW = 2
"""One loud window may be a click or a syllable."""
SHARE = 0.15
"""Of a window's power. A pure tone has 1, one of four mixed voices of like loudness a quarter, speech in
one narrow band rarely a tenth."""
SILENCE = 100.0
"""Root mean square; the noise that A-law makes of silence is below 10."""


def tone(hz: int, seconds: float = 0.6, peak: int = 8000) -> bytes:
    """A sine, raw signed 16-bit mono at 8000 Hz: something for FarEnd.say."""
    return b"".join(
        struct.pack("<h", int(peak * math.sin(2 * math.pi * hz * n / RATE_HZ)))
        for n in range(int(RATE_HZ * seconds))
    )


def hears_tone(heard: bytes, hz: int) -> bool:
    """Is that tone in it, for two windows in a row at least? `heard` as from FarEnd.heard()."""
    return tone_seconds(heard, hz) > 0


def tone_seconds(heard: bytes, hz: int) -> float:
    """How long that tone sounds, to a window at either end."""
    samples = memoryview(heard[: len(heard) // 2 * 2]).cast("h")
    size = int(RATE_HZ * WINDOW_S)
    in_a_row = found = 0
    for start in range(0, len(samples) - size + 1, size):
        if _holds(samples[start : start + size], hz):
            in_a_row += 1
            if in_a_row == WINDOWS_IN_A_ROW:
                found += WINDOWS_IN_A_ROW
            elif in_a_row > WINDOWS_IN_A_ROW:
                found += 1
        else:
            in_a_row = 0
    return found * WINDOW_S


def strength(heard: bytes, hz: int) -> float:
    """How much of one frequency is in all of it (Goertzel), comparable between pieces of like length."""
    return math.sqrt(_power(memoryview(heard[: len(heard) // 2 * 2]).cast("h"), hz))


def _holds(window: memoryview, hz: int) -> bool:
    energy = sum(sample * sample for sample in window)
    if energy < SILENCE * SILENCE * len(window):
        return False
    # A pure tone of n samples has |X|² = energy · n / 2.
    return _power(window, hz) > SHARE * energy * len(window) / 2


def _power(samples: memoryview, hz: int) -> float:
    turn = 2 * math.cos(2 * math.pi * hz / RATE_HZ)
    one = two = 0.0
    for sample in samples:
        one, two = sample + turn * one - two, one
    return max(one * one + two * two - turn * one * two, 0.0)
