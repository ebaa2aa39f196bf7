"""A conversation that nobody took down is made up from its archived recording, by the real recogniser."""

import asyncio
import difflib
import itertools
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from asr.desk import SpeechDesk
from asr.events import BackfillFailed, Side, TranscriptFinished, UtteranceHeard
from asr.legs import leg_path
from asr.protocol import StreamConfig
from asr.recognisers import RecogniserPool
from asr.settings import AsrSettings
from asr.workers import SpeechWorkers
from cti.events import Event
from cti.ids import CallId
from hotline.clock import utc_now
from hotline.outside.scripts import SCRIPTS
from hotline.places import ROOT
from tests.fakes.recognisers import ToyHouse, quiet, said
from tests.fakes.spoken_calls import SpokenCalls, legs_of_script, running, texts_of
from tests.wire.test_demo_speech import wrong_characters

CALL = CallId("node1-1772413200.1")
OTHER = CallId("node1-1772413200.2")
MODEL = ROOT / "asr" / "demo_model"
AS_LIVE = AsrSettings(partials_within_ms=10**9)
"""Small steps, as when the words are being spoken."""


class Spoken:
    """The only language, as asr.ports.Languages has it."""

    def __init__(self, pool: RecogniserPool) -> None:
        self._pool = pool

    def recognisers(self, _language: str) -> RecogniserPool:
        return self._pool


async def finished(calls: SpokenCalls, call_id: CallId = CALL) -> None:
    await calls.until(
        lambda: any(isinstance(e, TranscriptFinished) and e.call_id == call_id for e in calls.told)
    )


async def test_it_says_the_same_as_live_text_would_have_on_the_right_sides_at_the_right_times(
    tmp_path,
):
    legs, lines = await legs_of_script(replace(SCRIPTS[0], lines=SCRIPTS[0].lines[:6]))
    pool = RecogniserPool(StreamConfig(), 10.0)
    workers = SpeechWorkers(MODEL, AS_LIVE, pool)
    live: list[Event] = []
    taken_down = asyncio.Event()

    def tell(event: Event) -> None:
        live.append(event)
        if isinstance(event, TranscriptFinished):
            taken_down.set()

    async with SpokenCalls(tmp_path).open() as calls, running(workers):
        await calls.has_happened(CALL, legs)
        desk = SpeechDesk(
            legs_folder=calls.legs,
            transcripts=calls.transcripts,
            languages=Spoken(pool),
            language_of=lambda _call_id: "zh",
            tell=tell,
            tell_partial=lambda _partial: None,
            settings=AS_LIVE,
            now=utc_now,
        )
        await workers.all_ready()
        async with running(desk):
            # Asked of the desk, but told to nobody: the store knows of no text.
            for event in calls.told:
                desk.on_event(event)
            await taken_down.wait()

        await calls.is_archived(CALL)
        backfill = calls.backfill(pool)
        async with running(backfill):
            await backfill.want(CALL, why="asked", by="leader")
            await finished(calls)
        made = await calls.transcripts.of_call(CALL)
        story = await calls.transcripts.story(CALL)
        row = (await calls.backfills.of_calls([CALL]))[CALL]
    assert story is not None
    assert (story.transcription, row.state) == ("finished", "done")
    assert all(one.backfilled for one in made)
    heard_live = [one for one in live if isinstance(one, UtteranceHeard)]
    for side in (Side.CITIZEN, Side.OPERATOR):
        wanted, got = texts_of(side, heard_live), texts_of(side, made)
        assert len(wanted) > 20
        assert wrong_characters(wanted, got) <= 0.03 * len(wanted), (wanted, got)
        for before, after in same_words(heard_live, made, side):
            assert abs(before.starts_at_ms - after.starts_at_ms) <= 300
            assert abs(before.ends_at_ms - after.ends_at_ms) <= 300
        said_here = [line for line in lines if line.side is side]
        first, last = said_here[0], said_here[-1]
        words = [word for one in made if one.side is side for word in one.words]
        assert abs(words[0].starts_at_ms - first.starts_at_ms) <= 500
        assert abs(words[-1].ends_at_ms - last.ends_at_ms) <= 500


def same_words(live, made, side):
    before = [
        w for u in sorted(live, key=lambda u: u.starts_at_ms) if u.side is side for w in u.words
    ]
    after = [w for u in made if u.side is side for w in u.words]
    matcher = difflib.SequenceMatcher(None, [w.text for w in before], [w.text for w in after])
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            yield before[block.a + step], after[block.b + step]


async def test_a_service_killed_in_the_middle_goes_on_where_it_was_and_doubles_nothing(tmp_path):
    script = replace(SCRIPTS[0], lines=SCRIPTS[0].lines[:6])
    legs, lines = await legs_of_script(script, repeats=3)
    async with SpokenCalls(tmp_path).open() as calls:
        await calls.has_happened(CALL, legs)
        await calls.is_archived(CALL)
        await calls.backfills.ask([CALL], by="root", at=utc_now())

    service = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.wire.backfill_service", str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
    )
    assert service.stdout is not None
    heard = 0
    while heard < 4:
        line = await service.stdout.readline()
        assert line, "it ended by itself"
        heard += line == b"heard\n"  # else a line of the log
    os.kill(service.pid, signal.SIGKILL)
    await service.communicate()

    pool = RecogniserPool(StreamConfig(), 10.0)
    workers = SpeechWorkers(MODEL, AsrSettings(), pool)
    async with SpokenCalls(tmp_path).open() as calls, running(workers):
        already = await calls.transcripts.of_call(CALL)
        assert already
        assert await calls.backfills.open()
        await workers.all_ready()
        async with running(calls.backfill(pool)):
            await finished(calls)
        made = await calls.transcripts.of_call(CALL)
        told_now = [e for e in calls.told if isinstance(e, UtteranceHeard)]
    assert 0 < len(told_now) < len(made)
    assert len(already) + len(told_now) == len(made)
    for side in (Side.CITIZEN, Side.OPERATOR):
        wanted = "".join(line.text for line in lines if line.side is side).replace("，", "")
        got = texts_of(side, made)
        assert wrong_characters(wanted, got) <= 0.05 * len(wanted), (wanted, got)
        in_order = [one for one in made if one.side is side]
        for before, after in itertools.pairwise(in_order):
            assert before.ends_at_ms <= after.starts_at_ms


async def made_up(calls: SpokenCalls, *call_ids: CallId) -> None:
    """By recognisers of the toy language: what is tried here are files."""
    for call_id in call_ids:
        await calls.backfills.ask([call_id], by="root", at=utc_now())
    async with running(calls.backfill(ToyHouse(), AsrSettings(backfill_retry_s=0))):
        await calls.until(
            lambda: (
                {
                    e.call_id
                    for e in calls.told
                    if isinstance(e, TranscriptFinished | BackfillFailed)
                }
                >= {*call_ids}
            )
        )


@pytest.mark.parametrize("harm", ["bit", "cut", "text"])
async def test_a_damaged_archive_file_is_named_and_the_call_keeps_what_it_has(tmp_path, harm):
    legs = {Side.CITIZEN: said("路灯", 3000), Side.OPERATOR: quiet(3000)}
    async with SpokenCalls(tmp_path).open() as calls:
        for call_id in (CALL, OTHER):
            await calls.has_happened(call_id, legs)
        file = await calls.is_archived(CALL)
        damage(file, harm)
        await made_up(calls, CALL, OTHER)
        rows = await calls.backfills.of_calls([CALL, OTHER])
        story = await calls.transcripts.story(CALL)
        texts = [u.text for u in await calls.transcripts.of_call(OTHER)]
    assert story is not None
    assert (rows[CALL].state, rows[CALL].reason) == ("given_up", "recording-damaged")
    assert story.transcription == "off"
    assert rows[OTHER].state == "done"
    assert texts == ["路灯"]


def damage(file: Path, harm: str) -> None:
    whole = bytearray(file.read_bytes())
    match harm:
        case "bit":
            whole[len(whole) // 2] ^= 1
        case "cut":
            del whole[len(whole) // 2 :]
        case "text":
            whole[:] = b"not a recording"
    file.chmod(0o600)
    file.write_bytes(whole)


async def test_a_recording_that_is_nowhere_is_named(tmp_path):
    async with SpokenCalls(tmp_path).open() as calls:
        await calls.has_happened(CALL, {Side.CITIZEN: said("路灯", 600)})
        (await calls.is_archived(CALL)).unlink()
        await made_up(calls, CALL)
        rows = await calls.backfills.of_calls([CALL])
    assert (rows[CALL].state, rows[CALL].reason) == ("given_up", "recording-gone")


@pytest.mark.parametrize("bytes_there", [0, 1, 639, 6401])
async def test_raw_legs_that_end_anywhere_are_heard_to_their_end(tmp_path, bytes_there):
    async with SpokenCalls(tmp_path).open() as calls:
        await calls.has_happened(CALL, {Side.CITIZEN: said("路灯", 1000)})
        leg_path(calls.legs, CALL, Side.CITIZEN).write_bytes(said("路灯", 1000)[:bytes_there])
        await made_up(calls, CALL)
        rows = await calls.backfills.of_calls([CALL])
        made = await calls.transcripts.of_call(CALL)
    assert rows[CALL].state == "done"
    assert [one.ends_at_ms for one in made] == ([bytes_there // 32] if bytes_there >= 32 else [])


async def test_a_message_with_one_side_only_is_made_up_from_its_raw_leg(tmp_path):
    async with SpokenCalls(tmp_path).open() as calls:
        await calls.has_happened(CALL, {Side.CITIZEN: quiet(500) + said("修", 800) + quiet(200)})
        backfill = calls.backfill(ToyHouse())
        async with running(backfill):
            await backfill.want(CALL, why="message", by="service", from_ms=200, until_ms=1400)
            await finished(calls)
        made = await calls.transcripts.of_call(CALL)
    assert [(one.side, one.text, one.starts_at_ms, one.ends_at_ms) for one in made] == [
        (Side.CITIZEN, "修", 500, 1300)
    ]
