"""Makes clean synthetic speech sound like telephone calls, and makes what is no speech. 数据增广

Everything works on 8 kHz sound with full scale 32768 and takes its chance from the generator given.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.training.sound import FULL_SCALE, SAMPLE_RATE, Sound, a_law, mu_law

Chance = np.random.Generator

_TELEPHONE_HZ = (300, 3_400)
_DTMF_ROWS = (697, 770, 852, 941)
_DTMF_COLUMNS = (1209, 1336, 1477, 1633)
_CALL_TONES_HZ = (400, 425, 440, 450, 480)
_TINY = 1e-9


def like_a_call(sound: NDArray[Any], others: Sequence[NDArray[Any]], chance: Chance) -> Sound:
    """The sound after a room, a line, a level, noise and a codec - each only sometimes."""
    heard = sound.astype(np.float64)
    clean = chance.random() < 0.15
    if not clean:
        heard = _line(_room(heard, chance), chance)
    heard = (
        heard / (np.abs(heard).max() + _TINY) * FULL_SCALE * 10 ** (chance.uniform(-30, 0.5) / 20)
    )
    if not clean:
        heard = _noisy(heard, others, chance)
    return _coded(heard, chance)


def no_speech(seconds: float, chance: Chance) -> tuple[Sound, bool]:
    """A stretch without speech, and whether it is silent (or else noise, tones, music)."""
    count = int(SAMPLE_RATE * seconds)
    kind = chance.random()
    silent = kind < 0.3
    if kind < 0.1:
        sound = np.zeros(count)
    elif silent:
        sound = chance.standard_normal(count) * chance.uniform(0.2, 30)
    elif kind < 0.55:
        sound = noise(count, chance) * 10 ** chance.uniform(1.2, 3.7)
    else:
        sound = _tones_or_music(count, chance) * 10 ** chance.uniform(2, 3.9)
    return _coded(sound, chance), silent


def noise(count: int, chance: Chance) -> Sound:
    """White, brown, pink-like or band noise of loudness 1."""
    spectrum = np.fft.rfft(chance.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    kind = chance.integers(4)
    if kind == 1:
        spectrum /= np.sqrt(1 + (hertz / 65) ** 2)
    elif kind == 2:
        spectrum /= np.sqrt(1 + (hertz / 600) ** 2)
    elif kind == 3:
        low = chance.uniform(80, 1_500)
        high = min(low * chance.uniform(1.5, 4), 3_800)
        spectrum *= _band(hertz, low, high, steepness=2)
    return _even(np.fft.irfft(spectrum, count))


def _room(sound: Sound, chance: Chance) -> Sound:
    if chance.random() >= 0.25:
        return sound
    count = int(SAMPLE_RATE * chance.uniform(0.03, 0.15))
    echo = chance.standard_normal(count) * np.exp(-np.arange(count) / (count / 5))
    echo[0] = 4 * chance.uniform(1, 3)
    echo /= np.sqrt((echo**2).sum())
    size = len(sound) + count
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)[: len(sound)]


def _line(sound: Sound, chance: Chance) -> Sound:
    kind = chance.random()
    if kind < 0.5:
        spectrum = np.fft.rfft(sound)
        hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
        return np.fft.irfft(spectrum * _band(hertz, *_TELEPHONE_HZ, steepness=4), len(sound))
    if kind < 0.7:
        tilt = chance.uniform(-0.7, 0.4)
        tilted = sound.copy()
        tilted[1:] += tilt * sound[:-1]
        return tilted
    return sound


def _band(hertz: NDArray[Any], low: float, high: float, steepness: int) -> Sound:
    ratio = np.maximum(hertz, 1.0)
    passes: Sound = 1 / np.sqrt(
        (1 + (low / ratio) ** (2 * steepness)) * (1 + (ratio / high) ** (2 * steepness))
    )
    return passes


def _noisy(sound: Sound, others: Sequence[NDArray[Any]], chance: Chance) -> Sound:
    loudness = float(np.sqrt((sound**2).mean())) + _TINY
    kind = chance.random()
    if kind < 0.45:
        return sound + noise(len(sound), chance) * loudness * _below(chance, 8, 40)
    if kind < 0.6 and others:
        return sound + _babble(len(sound), others, chance) * loudness * _below(chance, 15, 30)
    if kind < 0.68:
        return sound + _tones_or_music(len(sound), chance) * loudness * _below(chance, 12, 30)
    if kind < 0.9:
        return sound + chance.standard_normal(len(sound)) * chance.uniform(0, 12)
    return sound


def _below(chance: Chance, least_db: float, most_db: float) -> float:
    return float(10 ** (-chance.uniform(least_db, most_db) / 20))


def _babble(count: int, others: Sequence[NDArray[Any]], chance: Chance) -> Sound:
    mixed = np.zeros(count)
    for _ in range(chance.integers(1, 4)):
        other = others[int(chance.integers(len(others)))]
        start = int(chance.integers(max(1, count)))
        length = min(len(other), count - start)
        mixed[start : start + length] += other[:length]
    return _even(mixed)


def _coded(sound: Sound, chance: Chance) -> Sound:
    clipped = np.clip(sound, -FULL_SCALE, FULL_SCALE - 1)
    kind = chance.random()
    if kind < 0.4:
        clipped = mu_law(clipped)
    elif kind < 0.8:
        clipped = a_law(clipped)
    return np.round(clipped)


def _tones_or_music(count: int, chance: Chance) -> Sound:
    kind = chance.integers(5)
    if kind == 0:
        return _even(_call_tone(count, chance))
    if kind == 1:
        return _even(_dtmf(count, chance))
    played = _notes(count, chance)
    if kind == 2:
        beat = np.sin(2 * np.pi * chance.uniform(1, 4) * np.arange(count) / SAMPLE_RATE) > 0.3
        played += 0.3 * played.std() * noise(count, chance) * beat
    return _even(played)


def _call_tone(count: int, chance: Chance) -> Sound:
    """Ring-back, busy and the like."""
    seconds = (np.arange(count) + chance.integers(8 * SAMPLE_RATE)) / SAMPLE_RATE
    on = chance.choice([0.2, 0.35, 0.5, 1.0, 2.0, 4.0])
    off = chance.choice([0.2, 0.35, 0.5, 1.0, 4.0])
    tone: Sound = np.sin(2 * np.pi * chance.choice(_CALL_TONES_HZ) * seconds)
    sounding: Sound = tone * ((seconds % (on + off)) < on)
    return sounding


def _dtmf(count: int, chance: Chance) -> Sound:
    tones = np.zeros(count)
    length = int(SAMPLE_RATE * chance.uniform(0.05, 0.25))
    rest = int(SAMPLE_RATE * chance.uniform(0.04, 0.4))
    for start in range(0, count, length + rest):
        seconds = np.arange(min(length, count - start)) / SAMPLE_RATE
        tones[start : start + len(seconds)] = np.sin(
            2 * np.pi * chance.choice(_DTMF_ROWS) * seconds
        ) + np.sin(2 * np.pi * chance.choice(_DTMF_COLUMNS) * seconds)
    return tones


def _notes(count: int, chance: Chance) -> Sound:
    played = np.zeros(count)
    start = 0
    while start < count:
        length = int(SAMPLE_RATE * chance.uniform(0.1, 0.8))
        seconds = np.arange(min(length, count - start)) / SAMPLE_RATE
        for _ in range(chance.integers(1, 5)):
            hertz = 55 * 2 ** (chance.integers(0, 60) / 12)
            fall = np.exp(-seconds * chance.uniform(0.3, 6))
            for harmonic in range(1, int(chance.integers(1, 8)) + 1):
                if hertz * harmonic < 3_900:
                    turned = 2 * np.pi * hertz * harmonic * seconds + chance.uniform(0, 6)
                    played[start : start + len(seconds)] += (
                        np.sin(turned) / harmonic ** chance.uniform(0.7, 2) * fall
                    )
        start += max(1, int(length * chance.uniform(0.5, 1)))
    return played


def _even(sound: Sound) -> Sound:
    """Of loudness 1."""
    evened: Sound = sound / (np.sqrt((sound**2).mean()) + _TINY)
    return evened
