"""A process that makes transcripts up until it is killed; says "heard" once an utterance is on disk."""

import asyncio
import sys
from functools import partial
from pathlib import Path

from asr.events import UtteranceHeard
from asr.protocol import StreamConfig
from asr.recognisers import RecogniserPool
from asr.settings import AsrSettings
from asr.workers import SpeechWorkers
from hotline.places import ROOT
from tests.fakes.spoken_calls import SpokenCalls, running


def heard(calls: SpokenCalls) -> int:
    return sum(isinstance(event, UtteranceHeard) for event in calls.told)


def has_more(calls: SpokenCalls, than: int) -> bool:
    return heard(calls) > than


async def serve(folder: Path) -> None:
    pool = RecogniserPool(StreamConfig(), 10.0)
    workers = SpeechWorkers(ROOT / "asr" / "demo_model", AsrSettings(), pool)
    async with SpokenCalls(folder).open() as calls, running(workers):
        await workers.all_ready()
        async with running(calls.backfill(pool)):
            said = 0
            while True:
                await calls.until(partial(has_more, calls, said))
                sys.stdout.write("heard\n" * (heard(calls) - said))
                sys.stdout.flush()
                said = heard(calls)


asyncio.run(serve(Path(sys.argv[1])))
