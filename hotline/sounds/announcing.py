"""Speaks what is announced this very moment, in a process of its own. 即时公告

    python -m hotline.sounds.announcing < {"words": {"zh": …}, "voices": …, "folder": …}
        ─► {"spoken": {"zh": "announced-…"}, "failed": {"en": "voice-missing"}} or {"error": …}

As loud and as even as every other prompt (hotline/sounds/prompts.py), but ahead of their making: an
emergency waits for nothing. A sound is named after its words and its voice, so after a restart nothing
is spoken twice.
"""

import hashlib
import json
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from hotline.sounds.errors import PromptError, PromptsNotMade
from hotline.sounds.making import ERRORS, said_aside
from hotline.sounds.names import sound_path
from hotline.sounds.prompts import MAKING, Prompt, speak_at_once
from hotline.sounds.voice import VoiceError
from hotline.sounds.voices import read_voices, voice_of

PREFIX = "announced-"
LIMIT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What there is to play. 已合成公告"""

    spoken: Mapping[str, str]
    """The name of its sound, by language."""
    failed: Mapping[str, str]
    """The error's code, by language."""


def announce_from(words: Mapping[str, str], voices: Path, folder: Path) -> Announced:
    """Blocks. A language that cannot be spoken hinders no other. Raises VoiceListWrong."""
    known = read_voices(voices)
    spoken, failed = {}, {}
    for language, said in words.items():
        made_from = repr((MAKING, said, voice_of(known, language)))
        name = f"{PREFIX}{hashlib.sha256(made_from.encode()).hexdigest()[:16]}"
        if not sound_path(folder, language, name).exists():
            prompt = Prompt(language=language, name=name, text=said, spoken_in=language)
            try:
                speak_at_once((prompt,), known, folder)
            except (PromptError, VoiceError) as trouble:
                failed[language] = trouble.code
                continue
        spoken[language] = name
    return Announced(spoken=spoken, failed=failed)


async def announce_aside(
    words: Mapping[str, str], voices: Path, folder: Path, limit_s: float = LIMIT_S
) -> Announced:
    """The same in a process of its own; being cancelled ends it. Raises PromptError, VoiceMissing."""
    job = {"words": dict(words), "voices": str(voices), "folder": str(folder)}
    said = await said_aside("hotline.sounds.announcing", job, limit_s)
    try:
        answer = json.loads(said)
        if "error" in answer:
            raise ERRORS.get(answer["error"], PromptsNotMade)(answer["what"])
        return Announced(spoken=answer["spoken"], failed=answer["failed"])
    except (ValueError, KeyError, TypeError) as garbage:
        # It died before it could answer.
        raise PromptsNotMade(PromptsNotMade.__doc__) from garbage


def forget_announcements(folder: Path, keep: Collection[str]) -> None:
    """Those that nobody will be played any more; blocks. A file that is being played is played to its end."""
    for old in folder.glob(f"*/{PREFIX}*.sln"):
        if old.stem not in keep:
            old.unlink(missing_ok=True)


def main() -> None:
    """One job from stdin."""
    job = json.loads(sys.stdin.buffer.read())
    try:
        made = announce_from(job["words"], Path(job["voices"]), Path(job["folder"]))
        answer: dict[str, object] = {"spoken": made.spoken, "failed": made.failed}
    except (PromptError, VoiceError) as wrong:
        answer = {"error": wrong.code, "what": str(wrong)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
