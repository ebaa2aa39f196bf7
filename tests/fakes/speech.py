"""Mandarin speech as it lies in a leg file: telephone band, 16 kHz int16 mono. 合成语音"""

from functools import cache

import numpy as np

from hotline.sounds.sound import resample
from hotline.sounds.voice import speak

_TELEPHONE_HZ = 8_000
_LEG_HZ = 16_000
_BYTES_PER_MS = 32
_AUDIBLE = 300


@cache
def speech(text: str) -> bytes:
    """The text spoken, from its first audible sample to its last."""
    sound = np.frombuffer(speak(text, rate_hz=_TELEPHONE_HZ), dtype="<i2").astype(np.float64)
    audible = np.flatnonzero(np.abs(sound) > _AUDIBLE)
    sound = resample(sound[audible[0] : audible[-1] + 1], _TELEPHONE_HZ, _LEG_HZ)
    pcm = np.clip(sound, -32_768, 32_767).astype("<i2").tobytes()
    return pcm[: len(pcm) // _BYTES_PER_MS * _BYTES_PER_MS]


def silence(ms: int) -> bytes:
    return bytes(ms * _BYTES_PER_MS)


def length_ms(pcm: bytes) -> int:
    return len(pcm) // _BYTES_PER_MS
