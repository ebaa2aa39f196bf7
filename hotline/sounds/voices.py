"""Who speaks the synthetic prompts of each language. 音色表

asterisk-conf/prompts.toml     [en]  name = "en-us+f2"  words_per_minute = 155  pitch = 52
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hotline.sounds.errors import VoiceListWrong
from hotline.sounds.names import NAME

SLOWEST, FASTEST = 80, 450
"""Words per minute that espeak-ng takes. 语速范围"""
HIGHEST_PITCH = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks. 音色"""

    name: str
    words_per_minute: int = 170
    pitch: int = 50


Voices = Mapping[str, Voice]
"""By language."""


def read_voices(path: Path) -> Voices:
    """Raises VoiceListWrong, naming what is wrong."""
    try:
        tree: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise VoiceListWrong(f"{path}: {wrong}") from wrong
    return MappingProxyType(
        {language: _voice(path, language, row) for language, row in tree.items()}
    )


def voice_of(voices: Voices, language: str) -> Voice:
    """The one that is written down, or espeak-ng's own for that language."""
    return voices.get(language) or Voice(name="cmn" if language == "zh" else language)


def _voice(path: Path, language: str, row: object) -> Voice:
    if NAME.fullmatch(language) is None or not isinstance(row, dict):
        raise VoiceListWrong(f"{path}: {language} must be the table of a language's voice")
    try:
        voice = Voice(**row)
    except TypeError as wrong:
        raise VoiceListWrong(f"{path}: [{language}] {wrong}") from wrong
    well = (
        isinstance(voice.name, str)
        and voice.name.strip()
        and isinstance(voice.words_per_minute, int)
        and SLOWEST <= voice.words_per_minute <= FASTEST
        and isinstance(voice.pitch, int)
        and 0 <= voice.pitch <= HIGHEST_PITCH
    )
    if not well:
        raise VoiceListWrong(
            f"{path}: [{language}] name is a word, words_per_minute {SLOWEST} to {FASTEST}, "
            f"pitch 0 to {HIGHEST_PITCH}"
        )
    return voice
