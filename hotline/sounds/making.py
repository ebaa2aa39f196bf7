"""Makes the prompts in a process of its own, behind everything else that wants the processor. 提示音制作

    python -m hotline.sounds.making < {"texts": …, "voices": …, "folder": …}     ─► {"made": […]} or {"error": …}

The speech library holds the interpreter for seconds when a language is new; citizens' calls do not wait for it.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from hotline.sounds.errors import (
    PromptDiskFull,
    PromptError,
    PromptFolderSick,
    PromptsNotMade,
    TextsWithoutNotice,
    VoiceListWrong,
)
from hotline.sounds.manifest import Made
from hotline.sounds.prompts import make_prompts
from hotline.sounds.voice import VoiceError, VoiceMissing
from hotline.sounds.voices import read_voices
from ivr.texts import read_texts

NICENESS = 10
LIMIT_S = 300.0
"""For some thousand sounds on a machine that has no time; four hundred take three seconds on a free one."""
PROJECT = Path(__file__).resolve().parents[2]
ERRORS: dict[str, type[Exception]] = {
    kind.code: kind
    for kind in (
        PromptDiskFull,
        PromptFolderSick,
        TextsWithoutNotice,
        VoiceListWrong,
        VoiceMissing,
    )
}


def make_from(texts: str, voices: Path, folder: Path) -> tuple[Made, ...]:
    """From the document as it is written; blocks. Raises PromptError, VoiceMissing."""
    return make_prompts(read_texts(texts)[0], read_voices(voices), folder)


async def make_aside(
    texts: str, voices: Path, folder: Path, limit_s: float = LIMIT_S
) -> tuple[Made, ...]:
    """The same in a process of its own; being cancelled ends it. Raises PromptError, VoiceMissing."""
    job = {"texts": texts, "voices": str(voices), "folder": str(folder)}
    return _understood(await said_aside("hotline.sounds.making", job, limit_s))


async def said_aside(module: str, job: Mapping[str, object], limit_s: float) -> bytes:
    """What such a process says to a job; being cancelled ends it. Raises PromptsNotMade."""
    try:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", module),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=PROJECT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    except OSError as refused:
        raise PromptsNotMade(str(refused)) from refused
    try:
        async with asyncio.timeout(limit_s):
            said, _ = await child.communicate(json.dumps(job).encode())
    except TimeoutError as slow:
        raise PromptsNotMade(f"{PromptsNotMade.__doc__} ({limit_s:g} s)") from slow
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return said


def _understood(said: bytes) -> tuple[Made, ...]:
    try:
        answer = json.loads(said)
        if "error" in answer:
            raise ERRORS.get(answer["error"], PromptsNotMade)(answer["what"])
        return tuple(Made(**row) for row in answer["made"])
    except (ValueError, KeyError, TypeError) as garbage:
        # It died before it could answer.
        raise PromptsNotMade(PromptsNotMade.__doc__) from garbage


def main() -> None:
    """One job from stdin."""
    os.nice(NICENESS)
    job = json.loads(sys.stdin.buffer.read())
    try:
        made = make_from(job["texts"], Path(job["voices"]), Path(job["folder"]))
        answer: dict[str, object] = {"made": [asdict(one) for one in made]}
    except (PromptError, VoiceError) as wrong:
        answer = {"error": wrong.code, "what": str(wrong)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
