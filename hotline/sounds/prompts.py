"""From the texts in force to the files Asterisk plays. 提示音

    texts (rule document) ─► needed_sounds ─► utter() ─────────► var/prompts/<language>/<name>.sln
    var/prompts/studio/… ───────────────────► as it was spoken ─┘

A file is made only when its words, its voice or its studio recording has changed: the manifest holds what
each was made from. New files are all made first and then moved into their places together, so that a text
of several pieces is never spoken half old, half new; on a full disk the old ones stay, all of them.
"""

import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from hotline.sounds.errors import PromptError, StudioRecordingBroken, TextsWithoutNotice
from hotline.sounds.manifest import Made, read_manifest, write_manifest
from hotline.sounds.names import RATE_HZ, sound_path, studio_recordings
from hotline.sounds.sound import even_loudness, from_pcm, spoken_level_dbfs, to_pcm
from hotline.sounds.spoken_figures import as_spoken
from hotline.sounds.studio import read_studio_recording
from hotline.sounds.voice import VoiceError, VoiceMissing, utter
from hotline.sounds.voices import Voice, Voices, voice_of
from hotline.sounds.whole_files import naming_the_disk, replace_file, staged
from ivr.prompt_list import needed_sounds
from ivr.spoken_parts import PREFIX
from ivr.texts import Texts

log = structlog.get_logger(__name__)

LEAD_IN_MS = 300
"""Silence before the first word: carriers open the path to the citizen's ear a moment after the answer."""
RUN_OUT_MS = 200
PART_RUN_OUT_MS = 40
"""Behind a part of a number: with a sentence's silences twelve digits would take eleven seconds."""
RECORDING_NOTICE = "recording-notice"
"""Without it no call may be taken: whoever is recorded must be told."""
MAKING = 2
"""Raised when the way files are made changes, so that all are made anew."""
SILENT_DBFS = -120.0

Key = tuple[str, str]
"""Language and name of a sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One sound that the hotline needs. 提示音"""

    language: str
    name: str
    text: str
    """Empty: only a studio's recording can make it."""
    spoken_in: str
    """Whose voice: an English sentence within a Chinese text is English."""


def wanted_prompts(texts: Texts, folder: Path) -> tuple[Prompt, ...]:
    """All sounds of the texts, and recordings of a studio that no text asks for."""
    wanted: dict[Key, Prompt] = {}
    for language, sounds in needed_sounds(texts).items():
        for name, words in sounds.items():
            wanted[(language, name)] = Prompt(
                language=language, name=name, text=words.words, spoken_in=words.language
            )
    for language, name in studio_recordings(folder):
        alone = Prompt(language=language, name=name, text="", spoken_in=language)
        wanted.setdefault((language, name), alone)
    return tuple(wanted.values())


def make_prompts(texts: Texts, voices: Voices, folder: Path) -> tuple[Made, ...]:
    """Bring the files below `folder` up to date; blocks.

    A sound that cannot be made says why and keeps its old file. Raises TextsWithoutNotice, VoiceMissing,
    PromptDiskFull, PromptFolderSick.
    """
    if RECORDING_NOTICE not in texts:
        raise TextsWithoutNotice(f"{TextsWithoutNotice.__doc__} ({RECORDING_NOTICE})")
    with naming_the_disk(folder), _one_maker(folder):
        recordings = studio_recordings(folder)
        before = read_manifest(folder)
        new: list[tuple[Path, Path]] = []
        made: list[Made] = []
        try:
            for prompt in wanted_prompts(texts, folder):
                key = (prompt.language, prompt.name)
                old = before.get(key)
                if old is not None and not sound_path(folder, *key).exists():
                    old = None
                result, pcm = _make(prompt, voices, recordings.get(key), old)
                if pcm is not None:
                    place = sound_path(folder, *key)
                    new.append((staged(place, pcm), place))
                made.append(result)
        except (OSError, PromptError, VoiceError):
            for part, _ in new:
                part.unlink(missing_ok=True)
            raise
        for part, place in new:
            part.replace(place)
        after = {(one.language, one.name): one for one in made}
        if {key: replace(one, changed=False) for key, one in after.items()} != dict(before):
            write_manifest(folder, after)
    return tuple(made)


def _make(
    prompt: Prompt, voices: Voices, recording: Path | None, old: Made | None
) -> tuple[Made, bytes | None]:
    """What became of it, and the new sound if there is one."""
    problem = ""
    if recording is not None:
        fingerprint = f"studio:{MAKING}:{_digest(recording.read_bytes())}"
        if old is not None and old.fingerprint == fingerprint:
            return replace(old, text=prompt.text, changed=False), None
        try:
            sound = read_studio_recording(recording)
        except StudioRecordingBroken as broken:
            problem = str(broken)
            log.warning(
                "a studio recording cannot be used",
                code=broken.code,
                prompt=prompt.name,
                language=prompt.language,
                why=problem,
            )
        else:
            return _result(prompt, fingerprint, "studio", sound.pcm, sound.came_dbfs, ""), sound.pcm
    if not prompt.text:
        return _missing(prompt, old, problem), None
    voice = voice_of(voices, prompt.spoken_in)
    made_from = (MAKING, prompt.text, prompt.spoken_in, voice, _silences(prompt))
    fingerprint = f"voice:{_digest(repr(made_from).encode())}"
    if old is not None and old.fingerprint == fingerprint:
        return replace(old, changed=False, problem=problem), None
    try:
        pcm, came_dbfs = _speak(prompt, voice)
    except VoiceMissing:
        raise  # nothing at all can be spoken here
    except VoiceError as failed:
        log.warning(
            "a prompt could not be spoken",
            code=failed.code,
            prompt=prompt.name,
            language=prompt.language,
        )
        return _missing(prompt, old, f"{failed.__doc__} {failed}"), None
    return _result(prompt, fingerprint, "voice", pcm, came_dbfs, problem), pcm


def _speak(prompt: Prompt, voice: Voice) -> tuple[bytes, float]:
    text = as_spoken(prompt.text) if prompt.spoken_in == "zh" else prompt.text
    samples = utter(text, RATE_HZ, voice.name, voice.words_per_minute, voice.pitch)
    lead_in_ms, run_out_ms = _silences(prompt)
    pcm = to_pcm(even_loudness(samples, RATE_HZ))
    return _silence(lead_in_ms) + pcm + _silence(run_out_ms), spoken_level_dbfs(samples, RATE_HZ)


def _result(
    prompt: Prompt, fingerprint: str, source: str, pcm: bytes, came_dbfs: float, problem: str
) -> Made:
    return Made(
        language=prompt.language,
        name=prompt.name,
        text=prompt.text,
        source=source,
        fingerprint=fingerprint,
        duration_ms=len(pcm) * 1000 // (2 * RATE_HZ),
        came_dbfs=round(max(came_dbfs, SILENT_DBFS), 2),
        level_dbfs=round(max(spoken_level_dbfs(from_pcm(pcm), RATE_HZ), SILENT_DBFS), 2),
        changed=True,
        problem=problem,
    )


def _missing(prompt: Prompt, old: Made | None, problem: str) -> Made:
    """It could not be made: an old file of that name is still better than nothing."""
    if old is not None:
        return replace(old, changed=False, problem=problem)
    return Made(
        language=prompt.language,
        name=prompt.name,
        text=prompt.text,
        source="",
        fingerprint="",
        duration_ms=0,
        came_dbfs=SILENT_DBFS,
        level_dbfs=SILENT_DBFS,
        changed=False,
        problem=problem,
    )


def _silences(prompt: Prompt) -> tuple[int, int]:
    return (0, PART_RUN_OUT_MS) if prompt.name.startswith(PREFIX) else (LEAD_IN_MS, RUN_OUT_MS)


def _silence(length_ms: int) -> bytes:
    return bytes(2 * (RATE_HZ * length_ms // 1000))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _one_maker(folder: Path) -> Iterator[None]:
    """The service and `hotline prompts` may both want to make them at the same moment."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "making.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def speak_at_once(prompts: Sequence[Prompt], voices: Voices, folder: Path) -> None:
    """Sounds that a call wants now and nobody has made; the next round makes them in the usual way.

    Blocks some hundredths of a second. Raises VoiceError, PromptDiskFull, PromptFolderSick.
    """
    with naming_the_disk(folder):
        for prompt in prompts:
            pcm, _ = _speak(prompt, voice_of(voices, prompt.spoken_in))
            replace_file(sound_path(folder, prompt.language, prompt.name), pcm)
