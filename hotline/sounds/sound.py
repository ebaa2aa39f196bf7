"""Small arithmetic on 16-bit sound: another rate, an even loudness. 声音处理

Sound is a float array of samples between -1 and 1 here, and 16-bit little-endian PCM outside.
"""

from math import gcd

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

SPEECH_LEVEL_DBFS = -20.0
"""Root mean square of what is spoken: loud enough on a telephone, with room for peaks. 语音电平"""
PEAK_LIMIT = 0.89
"""-1 dBFS; a higher peak would clip once A-law has rounded it up. 峰值上限"""
ZERO_CROSSINGS = 16
"""Half-width of the low-pass kernel: alias attenuation beyond 70 dB. 滤波半宽"""
AT_ONCE = 8192
"""Output samples computed in one matrix product, so that memory stays small."""


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """The same sound at another rate, low-passed below both rates' halves (windowed sinc, polyphase)."""
    if from_hz == to_hz or samples.size == 0:
        return samples
    common = gcd(from_hz, to_hz)
    up, down = to_hz // common, from_hz // common
    cutoff = min(1.0, to_hz / from_hz) * 0.95
    half = int(np.ceil(ZERO_CROSSINGS / cutoff))
    offsets = np.arange(-half, half + 1)
    # One row for each of the `up` places an output sample can have between two input samples.
    distance = offsets[None, :] - np.arange(up)[:, None] / up
    window = np.kaiser(2 * half + 1, 8.0)
    kernels = cutoff * np.sinc(cutoff * distance) * window[None, :]
    kernels /= kernels.sum(axis=1, keepdims=True)
    padded = np.concatenate([np.zeros(half), samples, np.zeros(half + 1)])
    count = samples.size * up // down
    result = np.empty(count)
    for first in range(0, count, AT_ONCE):
        ticks = np.arange(first, min(first + AT_ONCE, count)) * down
        rows = padded[(ticks // up)[:, None] + offsets[None, :] + half]
        result[first : first + ticks.size] = np.einsum("ij,ij->i", rows, kernels[ticks % up])
    return result


def even_loudness(samples: Samples, rate_hz: int, level_dbfs: float = SPEECH_LEVEL_DBFS) -> Samples:
    """The same sound with its spoken parts at `level_dbfs`; pauses do not count; peaks never clip."""
    before_dbfs = spoken_level_dbfs(samples, rate_hz)
    if before_dbfs == float("-inf"):
        return samples
    gain = 10 ** ((level_dbfs - before_dbfs) / 20)
    louder: Samples = samples * min(gain, PEAK_LIMIT / np.abs(samples).max())
    return louder


def spoken_level_dbfs(samples: Samples, rate_hz: int) -> float:
    """Root mean square of what is spoken, its pauses left out; -inf for silence. 语音响度"""
    frame = max(1, rate_hz // 50)
    whole = samples[: samples.size // frame * frame].reshape(-1, frame)
    power = (whole**2).mean(axis=1) if whole.size else np.zeros(0)
    if power.size == 0 or power.max() <= 1e-9:
        return float("-inf")
    return float(10 * np.log10(power[power > power.max() * 1e-3].mean()))


def level_dbfs(pcm: bytes) -> float:
    """Root mean square of 16-bit PCM in dBFS; -inf for silence."""
    samples = from_pcm(pcm)
    power = float((samples**2).mean()) if samples.size else 0.0
    return float(10 * np.log10(power)) if power > 0 else float("-inf")


def to_pcm(samples: Samples) -> bytes:
    """16-bit little-endian PCM."""
    return np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2").tobytes()


def from_pcm(pcm: bytes) -> Samples:
    """Samples between -1 and 1 from 16-bit little-endian PCM."""
    samples: Samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64) / 32768
    return samples
