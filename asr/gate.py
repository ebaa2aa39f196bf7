"""Which audio need not be heard: silence that has lasted. 静音门

    open ──quiet for HOLD_MS, and nothing half said──► shut ──anything louder──► open again, PRE_ROLL_MS back
                                                        └── after LONGEST_MS ──► open, for one block

A recogniser works as hard on silence as on speech, and a voice in a talk is silent most of the time.
Quiet is measured against the line's own noise; a line that is noisy is never quiet, and whoever speaks
softly is louder than his own line: in doubt it is heard.
"""

from collections import deque

import numpy as np

HOLD_MS = 1_000
"""Within a sentence people pause for less. 保持时间"""
PRE_ROLL_MS = 600
"""A word begins softer than it goes on: so much before is heard too. 预录"""
LONGEST_MS = 30_000
"""A stream on which nothing comes for long may be ended by its server. 最长静音"""
_FRAMES_A_SECOND = 40
_FLOOR_BLOCKS = 30
"""About 10 s: what is quietest in it is the line's noise."""
_ABOVE_NOISE = 1.6
_LEAST = 16.0
"""A telephone's own silence is 8, of 32768."""
_MOST = 120.0
"""-49 dB: what is louder is never taken for noise."""


class SilenceGate:
    """Of one stream. 静音门"""

    def __init__(self, rate_hz: int = 16_000) -> None:
        self._frame = rate_hz // _FRAMES_A_SECOND
        self._floors: deque[float] = deque(maxlen=_FLOOR_BLOCKS)
        self._quiet_ms = 0
        self._shut_since_ms: int | None = None

    @property
    def shut(self) -> bool:
        """What came last was not worth hearing."""
        return self._shut_since_ms is not None

    def shuts(self, pcm: bytes, position_ms: int, *, half_said: bool) -> bool:
        """Whether this block, which begins there, need not be heard."""
        quiet = self._is_quiet(pcm)
        self._quiet_ms = self._quiet_ms + self._length_ms(pcm) if quiet else 0
        if not quiet or half_said:
            return False
        if self._shut_since_ms is None:
            if self._quiet_ms <= HOLD_MS:
                return False
            self._shut_since_ms = position_ms
        return position_ms - self._shut_since_ms < LONGEST_MS

    def opens(self, position_ms: int) -> int:
        """From where on it must be heard after all; what was heard before is not heard again."""
        since_ms, self._shut_since_ms = self._shut_since_ms, None
        self._quiet_ms = 0
        return position_ms if since_ms is None else max(since_ms, position_ms - PRE_ROLL_MS)

    def _length_ms(self, pcm: bytes) -> int:
        return len(pcm) // 2 * 1000 // (self._frame * _FRAMES_A_SECOND)

    def _is_quiet(self, pcm: bytes) -> bool:
        samples = np.frombuffer(pcm, "<i2")
        whole = len(samples) // self._frame * self._frame
        if not whole:
            return not samples.size or int(np.abs(samples.astype(np.int32)).max()) < _LEAST
        frames = samples[:whole].reshape(-1, self._frame).astype(np.float32)
        levels = np.sqrt(np.einsum("ij,ij->i", frames, frames) / self._frame)
        levels.sort()
        # Not the very least: one frame of lost packets is no line's noise.
        self._floors.append(float(levels[min(2, len(levels) - 1)]))
        limit = min(_MOST, max(_LEAST, min(self._floors) * _ABOVE_NOISE))
        rest = samples[whole:].astype(np.float32)
        return float(levels[-1]) < limit and float(rest @ rest) < limit * limit * max(1, rest.size)
