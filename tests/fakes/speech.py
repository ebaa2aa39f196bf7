"""Mandarin speech for tests, synthesised by espeak-ng in this process. 合成语音"""

import ctypes as c
from functools import cache
from pathlib import Path

import espeakng_loader
import numpy as np

RATE = 16_000
CANCELLED_BY_NOBODY = 0
_CHARACTERS_UTF8 = 1
_SYNCHRONOUS = 2
_RATE_PARAMETER = 1
_CALLBACK = c.CFUNCTYPE(c.c_int, c.POINTER(c.c_short), c.c_int, c.c_void_p)


class _Voice:
    def __init__(self) -> None:
        self.lib = c.CDLL(str(espeakng_loader.get_library_path()))
        parent = str(Path(espeakng_loader.get_data_path()).parent).encode()
        self.rate = self.lib.espeak_Initialize(_SYNCHRONOUS, 0, parent, 0)
        self.blocks: list[np.ndarray] = []
        self.callback = _CALLBACK(self._take)
        self.lib.espeak_SetSynthCallback(self.callback)
        if self.lib.espeak_SetVoiceByName(b"cmn") != 0:
            raise RuntimeError("espeak-ng has no Mandarin voice")
        self.lib.espeak_SetParameter(_RATE_PARAMETER, 170, 0)

    def _take(self, samples, count, events) -> int:
        if samples and count > 0:
            self.blocks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return CANCELLED_BY_NOBODY

    def say(self, text: str) -> np.ndarray:
        self.blocks = []
        raw = text.encode()
        self.lib.espeak_Synth(raw, len(raw) + 1, 0, 0, 0, _CHARACTERS_UTF8, None, None)
        self.lib.espeak_Synchronize()
        return np.concatenate(self.blocks).astype(np.float64)


@cache
def _voice() -> _Voice:
    return _Voice()


@cache
def speech(text: str) -> bytes:
    """The text spoken: 16 kHz int16 mono, telephone band (8 kHz inside), leading silence cut."""
    voice = _voice()
    sound = voice.say(text)
    loud = np.flatnonzero(np.abs(sound) > 200)
    sound = sound[loud[0] : loud[-1] + 1]
    spectrum = np.fft.rfft(sound)
    frequencies = np.fft.rfftfreq(len(sound), 1 / voice.rate)
    spectrum[(frequencies > 3_600) | (frequencies < 100)] = 0
    sound = np.fft.irfft(spectrum, len(sound))
    length = int(len(sound) * RATE / voice.rate)
    resampled = np.interp(np.arange(length) * voice.rate / RATE, np.arange(len(sound)), sound)
    return (resampled * 0.5).astype("<i2").tobytes()


def silence(ms: int) -> bytes:
    return b"\0" * (ms * RATE // 1000 * 2)


def length_ms(pcm: bytes) -> int:
    return len(pcm) // (RATE * 2 // 1000)
