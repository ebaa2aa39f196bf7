"""From a list of sentences to the files Asterisk plays. 提示音

    asterisk-conf/prompts.toml ──► speak() ──┐
    var/prompts/studio/<name>.wav ──► ────────┴► var/prompts/zh/<name>.sln   (8 kHz, 16 bit, mono)

A file is made only when its text, its voice or its studio recording has changed: var/prompts/manifest.json
holds the fingerprint of what each was made from.
"""

import hashlib
import json
import os
import re
import struct
import tomllib
import warnings
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from hotline.sounds.sound import even_loudness, from_pcm, resample, to_pcm
from hotline.sounds.voice import speak

log = structlog.get_logger(__name__)

RATE_HZ = 8000
LEAD_IN_MS = 300
"""Silence before the first word: carriers open the path to the citizen's ear a moment after the answer."""
RUN_OUT_MS = 200
RECORDING_NOTICE = "recording-notice"
"""Without it no call may be taken: whoever is recorded must be told."""
MAKING = 1
"""Raised when the way files are made changes, so that all are made anew."""
STUDIO_LIMIT_BYTES = 50_000_000
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")
SPOKEN_FIGURES = str.maketrans("0123456789", "零幺二三四五六七八九")

Say = Callable[[str], None]


class PromptError(Exception):
    """A prompt could not be made. 提示音错误"""

    code = "prompt-error"


class PromptListWrong(PromptError):
    """The list of prompts cannot be used. 提示音列表错误"""

    code = "prompt-list-wrong"


class StudioRecordingBroken(PromptError):
    """A studio recording cannot be used; the synthetic voice stays. 录音棚文件不可用"""

    code = "studio-recording-broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who speaks the synthetic prompts. 音色"""

    name: str = "cmn"
    words_per_minute: int = 170
    pitch: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One sentence the hotline says by itself. 提示音"""

    language: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptMade:
    """Where a prompt's file now comes from. 提示音结果"""

    language: str
    name: str
    path: Path
    source: str
    """"voice" or "studio"."""
    changed: bool
    duration_ms: int
    problem: str | None = None
    """Why a studio recording was not used."""


def read_prompt_list(path: Path) -> tuple[Voice, tuple[Prompt, ...]]:
    """The voice and the prompts of a prompts.toml. Raises PromptListWrong, naming what is wrong."""
    try:
        tree: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        voice = Voice(**tree.pop("voice", {}))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as wrong:
        raise PromptListWrong(f"{path}: {wrong}") from wrong
    prompts = []
    for language, texts in tree.items():
        if not isinstance(texts, dict) or NAME.fullmatch(language) is None:
            raise PromptListWrong(f"{path}: {language} must be a table of texts")
        for name, text in texts.items():
            if NAME.fullmatch(name) is None or not isinstance(text, str) or not text.strip():
                raise PromptListWrong(
                    f"{path}: {language}.{name} must be a text under a plain name"
                )
            prompts.append(Prompt(language=language, name=name, text=text))
    return voice, tuple(prompts)


def make_prompts(prompt_list: Path, folder: Path) -> tuple[PromptMade, ...]:
    """Bring the files below `folder` up to date with the list and the studio recordings; blocks.

    Raises PromptListWrong, hotline.sounds.voice.VoiceError, OSError.
    """
    voice, prompts = read_prompt_list(prompt_list)
    if not any(prompt.name == RECORDING_NOTICE for prompt in prompts):
        raise PromptListWrong(f"{prompt_list}: the prompt {RECORDING_NOTICE} is missing")
    (folder / "studio").mkdir(parents=True, exist_ok=True)
    manifest_path = folder / "manifest.json"
    before = _read_manifest(manifest_path)
    made = []
    after: dict[str, str] = {}
    for prompt in prompts:
        result, fingerprint = _make(prompt, voice, folder, before)
        after[f"{prompt.language}/{prompt.name}"] = fingerprint
        made.append(result)
    if after != before:
        _replace(manifest_path, (json.dumps(after, indent=1, sort_keys=True) + "\n").encode())
    return tuple(made)


def run_prompts_command(prompt_list: Path, folder: Path, say: Say) -> int:
    """What `hotline prompts` does: make them, and say of each where it comes from. 0 if all is well."""
    made = make_prompts(prompt_list, folder)
    for prompt in made:
        origin = "录音棚" if prompt.source == "studio" else "合成"
        news = "已更新" if prompt.changed else "未变"
        say(f"{prompt.language}/{prompt.name}  {prompt.duration_ms / 1000:.1f} s  {origin}  {news}")
        if prompt.problem is not None:
            say(f"  {prompt.problem}")
    return 1 if any(prompt.problem is not None for prompt in made) else 0


def as_spoken(text: str) -> str:
    """Figures become the words a hotline says them with; 1 is 幺, as in every Chinese telephone number."""
    return re.sub(r"\d+", lambda found: found.group().translate(SPOKEN_FIGURES), text)


def read_studio_recording(path: Path) -> bytes:
    """A studio's wav in the form Asterisk plays: 8 kHz, 16 bit, mono, even loudness.

    Raises StudioRecordingBroken.
    """
    with warnings.catch_warnings():
        # pydub warns at import: of audioop's end (we install audioop-lts) and of a missing ffmpeg (not needed here)
        warnings.simplefilter("ignore")
        from pydub import AudioSegment

    try:
        if path.stat().st_size > STUDIO_LIMIT_BYTES:
            raise StudioRecordingBroken(
                f"{path.name}: larger than {STUDIO_LIMIT_BYTES // 1_000_000} MB"
            )
        with wave.open(
            str(path), "rb"
        ) as header:  # refuses what is no PCM wav before pydub looks for ffmpeg
            rate_hz = header.getframerate()
        with path.open("rb") as recording:
            segment = AudioSegment.from_wav(recording)
    except (OSError, wave.Error, EOFError, ValueError, IndexError, struct.error) as wrong:
        raise StudioRecordingBroken(
            f"{path.name}: {StudioRecordingBroken.__doc__} ({wrong})"
        ) from wrong
    samples = from_pcm(segment.set_channels(1).set_sample_width(2).raw_data)
    if samples.size < rate_hz // 10 or float(np.abs(samples).max()) < 1e-3:
        raise StudioRecordingBroken(
            f"{path.name}: it is silent or shorter than a tenth of a second"
        )
    return to_pcm(even_loudness(resample(samples, rate_hz, RATE_HZ), RATE_HZ))


def _make(
    prompt: Prompt, voice: Voice, folder: Path, before: dict[str, str]
) -> tuple[PromptMade, str]:
    path = folder / prompt.language / f"{prompt.name}.sln"
    studio = folder / "studio" / f"{prompt.name}.wav"
    key = f"{prompt.language}/{prompt.name}"
    problem = None
    if studio.exists():
        fingerprint = f"studio:{MAKING}:{_digest(studio.read_bytes())}"
        if before.get(key) == fingerprint and path.exists():
            return _made(prompt, path, "studio", changed=False), fingerprint
        try:
            pcm = read_studio_recording(studio)
        except StudioRecordingBroken as broken:
            problem = str(broken)
            log.warning(
                "a studio recording cannot be used",
                code=broken.code,
                prompt=prompt.name,
                why=problem,
            )
        else:
            _replace(path, pcm)
            return _made(prompt, path, "studio", changed=True), fingerprint
    made_from = (MAKING, prompt.text, voice.name, voice.words_per_minute, voice.pitch)
    fingerprint = f"voice:{_digest(repr(made_from).encode())}"
    changed = before.get(key) != fingerprint or not path.exists()
    if changed:
        spoken = speak(
            as_spoken(prompt.text), RATE_HZ, voice.name, voice.words_per_minute, voice.pitch
        )
        _replace(path, _silence(LEAD_IN_MS) + spoken + _silence(RUN_OUT_MS))
    return _made(prompt, path, "voice", changed=changed, problem=problem), fingerprint


def _made(
    prompt: Prompt, path: Path, source: str, *, changed: bool, problem: str | None = None
) -> PromptMade:
    return PromptMade(
        language=prompt.language,
        name=prompt.name,
        path=path,
        source=source,
        changed=changed,
        duration_ms=path.stat().st_size * 1000 // (2 * RATE_HZ),
        problem=problem,
    )


def _silence(length_ms: int) -> bytes:
    return bytes(2 * (RATE_HZ * length_ms // 1000))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_manifest(path: Path) -> dict[str, str]:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # unreadable: everything is made anew, which is cheap
    return {str(k): str(v) for k, v in tree.items()} if isinstance(tree, dict) else {}


def _replace(path: Path, content: bytes) -> None:
    """As a whole: Asterisk may be playing the old file at this moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
