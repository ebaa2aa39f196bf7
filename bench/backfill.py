"""How fast missing text is made up: hours of audio per core-hour.

So many minutes of the demonstration's conversations, archived as Opus, become transcripts by the real
path: store, queue, verifying and decoding the archive, own speech worker, journal. Core time is that of
everything this starts, this process too. Hours of audio are hours of calls; each has two voices, both are
heard from beginning to end. Also given: the same without a recogniser (everything answers "nothing"),
which is our own share; and the memory of the largest process.
Prints one JSON line. `python -m bench.backfill [minutes]`
"""

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path

from asr.engine import Guess, Heard
from asr.events import TranscriptFinished, UtteranceHeard
from asr.ports import Recognisers
from asr.protocol import StreamConfig
from asr.recognisers import RecogniserPool
from asr.settings import AsrSettings
from asr.workers import SpeechWorkers
from cti.ids import CallId
from hotline.clock import utc_now
from hotline.outside.scripts import SCRIPTS
from hotline.places import ROOT
from tests.fakes.spoken_calls import BYTES_PER_MS, SpokenCalls, legs_of_script, running

REPEATS = 3
"""A conversation said three times makes a call of an ordinary length."""


class Deaf:
    """Recognisers that hear nothing, at once."""

    async def connect(self) -> "Deaf":
        return self

    async def hear(self, _pcm: bytes) -> Heard | Guess:
        return Guess(text="")

    async def finish(self) -> Heard:
        return Heard(text="")

    async def close(self) -> None:
        """Nothing to let go."""


async def prepare(folder: Path, minutes: float) -> tuple[list[CallId], int]:
    """The calls, and how long they are together, in ms."""
    calls: list[CallId] = []
    length_ms = 0
    async with SpokenCalls(folder).open() as house:
        while length_ms < minutes * 60_000:
            call_id = CallId(f"node1-1772413200.{len(calls) + 1}")
            legs, _ = await legs_of_script(SCRIPTS[len(calls) % len(SCRIPTS)], REPEATS)
            await house.has_happened(call_id, legs)
            await house.is_archived(call_id)
            calls.append(call_id)
            length_ms += max(len(leg) for leg in legs.values()) // BYTES_PER_MS
    return calls, length_ms


async def make_up(folder: Path, calls: list[CallId], recognisers: Recognisers) -> dict[str, float]:
    """All of them, by the product's own backfill."""
    async with SpokenCalls(folder).open() as house:
        began = time.monotonic()
        await house.backfills.ask(calls, by="bench", at=utc_now())
        async with running(house.backfill(recognisers)):
            await house.until(
                lambda: sum(isinstance(e, TranscriptFinished) for e in house.told) == len(calls),
                limit_s=3_600,
            )
        return {
            "wall_s": time.monotonic() - began,
            "utterances": sum(isinstance(e, UtteranceHeard) for e in house.told),
        }


def _core_s() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


async def with_worker(folder: Path, calls: list[CallId]) -> dict[str, float]:
    pool = RecogniserPool(StreamConfig(), 10.0)
    workers = SpeechWorkers(ROOT / "asr" / "demo_model", AsrSettings(), pool)
    async with running(workers):
        await workers.all_ready()
        return await make_up(folder, calls, pool)


def measured(work: Coroutine[None, None, dict[str, float]]) -> dict[str, float]:
    """With its core time, which is only whole once all that it started has ended."""
    began = _core_s()
    made = asyncio.run(work)
    return {**made, "core_s": _core_s() - began}


def main(minutes: float) -> int:
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        calls, length_ms = asyncio.run(prepare(folder / "heard", minutes))
        asyncio.run(prepare(folder / "unheard", minutes))
        own = measured(make_up(folder / "unheard", calls, Deaf()))
        whole = measured(with_worker(folder / "heard", calls))
    hours = length_ms / 3_600_000
    largest_kb = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    result = {
        "calls": len(calls),
        "audio_minutes": round(length_ms / 60_000, 1),
        "utterances": whole["utterances"],
        "core_s": round(whole["core_s"], 1),
        "hours_of_audio_per_core_hour": round(hours * 3600 / whole["core_s"], 1),
        "times_real_time": round(hours * 3600 / whole["wall_s"], 1),
        "our_share_core_s_per_hour": round(own["core_s"] / hours, 1),
        "largest_process_mb": round(largest_kb / 1024),
    }
    print(json.dumps(result))
    return 0 if whole["utterances"] else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0))
