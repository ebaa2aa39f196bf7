"""Sound as everything here has it: 8 kHz, full scale 32768; and the telephone's two codecs. 声音"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 8_000
FULL_SCALE = 32_768
"""As Kaldi has it: 16-bit numbers, but not rounded."""

_MU = 255.0
_A = 87.6
_TINY = 1e-9

Sound = NDArray[np.float64]


def resample(sound: NDArray[Any], rate: int) -> NDArray[np.float64]:
    """To 8 kHz, through the spectrum: nothing above 4 kHz survives."""
    shared = np.gcd(rate, SAMPLE_RATE)
    step = int(rate // shared)
    whole = np.pad(sound.astype(np.float64), (0, -len(sound) % step))
    count = len(whole) // step * int(SAMPLE_RATE // shared)
    if not count:
        return np.zeros(0)
    spectrum = np.fft.rfft(whole)[: count // 2 + 1]
    return np.fft.irfft(spectrum, count) * (count / len(whole))


def mu_law(sound: Sound) -> Sound:
    """There and back through 8-bit mu-law."""
    level = np.clip(sound / FULL_SCALE, -1, 1)
    code = np.sign(level) * np.log1p(_MU * np.abs(level)) / np.log1p(_MU)
    step = np.round((code + 1) / 2 * _MU)
    back = step / _MU * 2 - 1
    back[(step == 127) | (step == 128)] = 0
    loud: Sound = np.sign(back) * (np.power(1 + _MU, np.abs(back)) - 1) / _MU * (FULL_SCALE - 1)
    return loud


def a_law(sound: Sound) -> Sound:
    """There and back through 8-bit A-law."""
    level = np.clip(sound / FULL_SCALE, -1, 1)
    size, scale = np.abs(level), 1 + np.log(_A)
    code = np.where(size < 1 / _A, _A * size, 1 + np.log(np.maximum(_A * size, _TINY))) / scale
    code = np.round(code * 127) / 127
    back = np.where(code < 1 / scale, code * scale / _A, np.exp(code * scale - 1) / _A)
    loud: Sound = np.sign(level) * back * (FULL_SCALE - 1)
    return loud
