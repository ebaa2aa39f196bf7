"""How much of a raw leg is sound, and how long it is. 有声时长

Loudness only: whether it is speech is for the recogniser, and a person, to say. A frame counts when it
stands out of the leg's own noise and is not as quiet as an idle line.
"""

import numpy as np
from numpy.typing import NDArray

from recordings.legs import RATE_HZ, Legs
from recordings.waveform import sound_blocks

FRAME = RATE_HZ // 50
"""20 ms."""
BLOCK = RATE_HZ * 10
IDLE_LINE = 130.0
"""Root mean square of a line on which nobody speaks, of 32,768; about -48 dB. 空闲线路"""
ABOVE_NOISE = 3.0
"""Speech is so many times as loud as the quietest tenth of a leg. 高于底噪"""


def duration_and_voiced_ms(legs: Legs) -> tuple[int, int]:
    """(length, how much of it is sound), of a single leg. Raises OSError."""
    loudness = [_loudness(block[0]) for block in sound_blocks(legs, BLOCK)]
    frames = np.concatenate(loudness) if loudness else np.zeros(0)
    if not len(frames):
        return legs.duration_ms, 0
    return legs.duration_ms, _voiced(frames) * 20


def voiced_ms_of(sound: NDArray[np.int16]) -> int:
    """How much of a stretch at 16 kHz is sound."""
    frames = _loudness(sound)
    return _voiced(frames) * 20 if len(frames) else 0


def _voiced(frames: NDArray[np.float64]) -> int:
    # Noise that goes on and on is no speech; but nor may somebody who never pauses count as noise.
    noise = min(float(np.percentile(frames, 10)), IDLE_LINE * 2)
    return int(np.count_nonzero(frames > max(IDLE_LINE, noise * ABOVE_NOISE)))


def _loudness(sound: NDArray[np.int16]) -> NDArray[np.float64]:
    whole = len(sound) // FRAME * FRAME
    frames = sound[:whole].reshape(-1, FRAME).astype(np.float64)
    loud: NDArray[np.float64] = np.sqrt(np.mean(np.square(frames), axis=1))
    return loud
