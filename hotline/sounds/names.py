"""Where each sound lies below var/prompts. 提示音位置

<language>/<name>.sln      what Asterisk plays: 8 kHz, 16 bit, mono
studio/<name>.wav          a studio's recording of a Chinese sound
studio/<language>/<name>.wav    and of another language's
manifest.json              what each sound was made from
"""

import re
from pathlib import Path

RATE_HZ = 8000
CHINESE = "zh"
STUDIO = "studio"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


def sound_path(folder: Path, language: str, name: str) -> Path:
    return folder / language / f"{name}.sln"


def studio_path(folder: Path, language: str, name: str) -> Path:
    below = folder / STUDIO
    return (below if language == CHINESE else below / language) / f"{name}.wav"


def studio_places(folder: Path, language: str, name: str) -> tuple[Path, ...]:
    """Where it may lie: somebody may have put a Chinese one into a folder zh."""
    usual = studio_path(folder, language, name)
    return tuple(dict.fromkeys((usual, folder / STUDIO / language / f"{name}.wav")))


def studio_recordings(folder: Path) -> dict[tuple[str, str], Path]:
    """All that lie there under a plain name, by language and name."""
    found = {(CHINESE, one.stem): one for one in (folder / STUDIO).glob("*.wav")}
    for one in (folder / STUDIO).glob("*/*.wav"):
        found[(one.parent.name, one.stem)] = one
    return {
        key: path
        for key, path in sorted(found.items())
        if all(NAME.fullmatch(word) for word in key)
    }


def manifest_path(folder: Path) -> Path:
    return folder / "manifest.json"
