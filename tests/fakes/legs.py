"""Raw leg files as Asterisk writes them: two people taking turns."""

from pathlib import Path

import numpy as np

from recordings.legs import RATE_HZ, Legs


def voice(seconds: float, pitch_hz: float, seed: int) -> np.ndarray:
    """Something that buzzes and swells like a voice."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * pitch_hz * n * at) / n for n in range(1, 10))
    return 4000 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at))


def turns(seconds: float, speaks: int, seed: int = 1) -> np.ndarray:
    """Two seconds each in turn, over a little noise; `speaks` 0 begins."""
    total = int(seconds * RATE_HZ)
    sound = np.random.default_rng(seed + speaks).normal(0, 15, total)
    for begin in range(speaks * 2 * RATE_HZ, total, 4 * RATE_HZ):
        spoken = voice(2.0, 130 + 70 * speaks, seed)[: total - begin]
        sound[begin : begin + len(spoken)] += spoken
    return sound.astype("<i2")


def as_recorded(sound: np.ndarray) -> bytes:
    """At Asterisk's rate for legs, three times what is read."""
    return np.repeat(sound, 3).tobytes()


def write_legs(folder: Path, call_id: str = "node1-1.1", seconds: float = 6.0) -> Legs:
    folder.mkdir(parents=True, exist_ok=True)
    legs = Legs(files=(folder / f"{call_id}-citizen.sln16", folder / f"{call_id}-seat.sln16"))
    legs.files[0].write_bytes(turns(seconds, 0).tobytes())
    legs.files[1].write_bytes(turns(seconds, 1).tobytes())
    return legs
