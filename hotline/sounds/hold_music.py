"""The music a waiting citizen hears: quiet, even, ours, free of anybody's rights. 等待音乐

Slow broken chords on the Chinese pentatonic scale, made by arithmetic, the same every time. A city's own
music is put beside it or in its place: any `*.wav` (8 kHz, 16 bit, mono) or `*.sln` in the same folder.
"""

import os
from pathlib import Path

import numpy as np

from hotline.sounds.sound import Samples, even_loudness, to_pcm

RATE_HZ = 8000
LEVEL_DBFS = -26.0
"""Below speech, so that an announcement over it is heard."""
BEAT_S = 0.75
# Scale degrees of D gong (宫 商 角 徵 羽) over two octaves; each line is one bar of eight beats.
SCALE_HZ = (293.66, 329.63, 369.99, 440.00, 493.88, 587.33, 659.26, 739.99, 880.00)
BARS = (
    (0, 3, 5, 4, 3, 2, 3, 1),
    (1, 4, 5, 6, 5, 4, 3, 2),
    (0, 3, 5, 7, 6, 5, 4, 3),
    (2, 4, 6, 5, 4, 3, 1, 0),
    (0, 2, 3, 5, 6, 5, 3, 2),
    (1, 3, 4, 6, 5, 3, 2, 1),
    (0, 3, 4, 5, 8, 7, 5, 4),
    (3, 5, 4, 2, 3, 1, 0, 0),
)
GROUND_HZ = (146.83, 220.00, 146.83, 196.00, 146.83, 220.00, 164.81, 146.83)


def provide_hold_music(folder: Path) -> Path:
    """Write our music into `folder` unless it is there already; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    music = folder / "hotline.sln"
    if not any(folder.glob("*.wav")) and not music.exists():
        part = music.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(to_pcm(compose()))
        part.replace(music)
    return folder


def compose() -> Samples:
    """48 seconds that end where they begin, so that the loop is not heard."""
    bar_s = BEAT_S * len(BARS[0])
    total = int(bar_s * len(BARS) * RATE_HZ)
    music = np.zeros(total)
    for number, (bar, ground) in enumerate(zip(BARS, GROUND_HZ, strict=True)):
        _add(music, number * bar_s, _note(ground, bar_s * 1.1, 0.5, 2.5))
        for beat, degree in enumerate(bar):
            _add(music, number * bar_s + beat * BEAT_S, _note(SCALE_HZ[degree], 2.4, 0.02, 0.7))
    return even_loudness(music, RATE_HZ, LEVEL_DBFS)


def _note(pitch_hz: float, length_s: float, attack_s: float, decay_s: float) -> Samples:
    """A plucked tone with a soft edge; four partials, the higher ones die sooner."""
    at = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    tone = np.zeros_like(at)
    for partial, strength in ((1, 1.0), (2, 0.35), (3, 0.12), (4, 0.05)):
        tone += (
            strength * np.sin(2 * np.pi * pitch_hz * partial * at) * np.exp(-at * partial / decay_s)
        )
    rise = np.clip(at / attack_s, 0, 1)
    fall = np.clip((length_s - at) / 0.2, 0, 1)
    shaped: Samples = tone * rise * fall
    return shaped


def _add(music: Samples, at_s: float, note: Samples) -> None:
    """What rings past the end goes on at the beginning."""
    places = (int(at_s * RATE_HZ) + np.arange(note.size)) % music.size
    music[places] += note
