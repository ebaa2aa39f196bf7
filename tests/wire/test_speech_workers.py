"""Real worker processes, real Vosk, real speech, growing files."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.client import connect

from asr.events import (
    Side,
    TranscriptFinished,
    TranscriptionPaused,
    TranscriptionResumed,
    UtteranceHeard,
)
from asr.legs import leg_path, open_voice, own_leg_path
from asr.protocol import StreamConfig
from asr.recognisers import RecogniserPool
from asr.settings import AsrSettings
from asr.surroundings import Surroundings
from asr.transcriber import Transcriber
from asr.workers import SpeechWorkers
from cti.events import PartyRole
from cti.ids import CallId, LegId, SeatId
from hotline.sounds.hold_music import provide_hold_music
from hotline.sounds.sound import resample
from tests.fakes.speech import length_ms, silence, speech

MODEL = Path(__file__).parents[2] / "asr" / "demo_model"
CALL = CallId("node1-1772438400.7")
ZERO = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SETTINGS = AsrSettings(poll_ms=10, probe_every_s=0.5, partials_within_ms=60_000)
"""The tests speak faster than anybody: text for the screen is wanted all the same."""


@asynccontextmanager
async def workers(settings=SETTINGS, **options) -> AsyncIterator[tuple]:
    pool = RecogniserPool(StreamConfig(), settings.answer_limit_s)
    part = SpeechWorkers(MODEL, settings, pool, **options)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        task = group.create_task(part.run())
        yield part, pool
        task.cancel()


class Script:
    """What two people say, and where in the recording."""

    def __init__(self) -> None:
        self.audio = {Side.CITIZEN: silence(1000), Side.OPERATOR: silence(1000)}
        self.truth: list[tuple[Side, str, int, int]] = []

    def say(self, side: Side, text: str, pause_ms: int = 1500) -> "Script":
        said = speech(text)
        for other in self.audio:
            here = said if other is side else silence(length_ms(said))
            if other is side:
                starts = length_ms(self.audio[side])
                self.truth.append((side, text, starts, starts + length_ms(said)))
            self.audio[other] += here + silence(pause_ms)
        return self


class Stage:
    def __init__(self, folder: Path, pool: RecogniserPool, settings=SETTINGS) -> None:
        self.folder = folder
        self.told = []
        self.partials = []
        self.something_told = asyncio.Event()
        self.live_ms = 0
        around = Surroundings(
            call_id=CALL,
            zero=ZERO,
            open_leg=partial(open_voice, folder, CALL),
            recognisers=pool,
            tell=self.tell,
            tell_partial=self.partials.append,
            settings=settings,
            now=lambda: ZERO + timedelta(milliseconds=self.live_ms),
        )
        self.transcriber = Transcriber(around)

    def tell(self, event) -> None:
        self.told.append(event)
        self.something_told.set()

    async def told_of(self, kind, count=1) -> None:
        while sum(isinstance(event, kind) for event in self.told) < count:
            self.something_told.clear()
            await self.something_told.wait()

    def record(self, script: Script, until_ms: int) -> None:
        """Asterisk's way: whole 32 KiB blocks at 48 kHz, both legs."""
        for side, audio in script.audio.items():
            raw = at_48_khz(audio)
            with leg_path(self.folder, CALL, side).open("ab", buffering=0) as leg:
                have = leg.tell()
                end = until_ms * 96
                leg.write(raw[have : end if end >= len(raw) else end // 32768 * 32768])
        self.live_ms = until_ms

    @property
    def utterances(self) -> list[UtteranceHeard]:
        heard = [e for e in self.told if isinstance(e, UtteranceHeard)]
        return sorted(heard, key=lambda u: u.starts_at_ms)


def at_48_khz(audio: bytes) -> bytes:
    return np.repeat(np.frombuffer(audio, "<i2"), 3).tobytes()


def assert_heard(heard: list[UtteranceHeard], truth) -> None:
    """Every utterance once, on its side, in its place; few characters wrong over all of them.

    The demo model's own error rate on sentences it never saw is 5 to 15 % (homophones), so a
    character may be wrong here and there; that is the model's share and not the transcriber's.
    """
    assert len(heard) == len(truth), [u.text for u in heard]
    for utterance, (side, text, starts, ends) in zip(heard, truth, strict=True):
        assert utterance.side is side
        assert alike(utterance.text, text) >= 0.7, (utterance.text, text)
        assert abs(utterance.starts_at_ms - starts) < 300
        assert abs(utterance.ends_at_ms - ends) < 300
        assert utterance.confidence > 0.5
        assert "".join(word.text for word in utterance.words) == utterance.text
    whole = "".join(u.text for u in heard)
    assert alike(whole, "".join(text for _, text, _, _ in truth)) >= 0.85, whole


def alike(heard: str, said: str) -> float:
    return SequenceMatcher(None, heard, said, autojunk=False).ratio()


def conversation() -> Script:
    return (
        Script()
        .say(Side.OPERATOR, "您好请讲")
        .say(Side.CITIZEN, "我家楼下的路灯坏了三天没人修")
        .say(Side.OPERATOR, "请问在什么地方")
        .say(Side.CITIZEN, "我要投诉噪音扰民")
    )


async def test_a_conversation_is_heard_from_growing_files_by_real_vosk(tmp_path):
    script = conversation()
    whole_ms = length_ms(script.audio[Side.CITIZEN])
    async with workers() as (part, pool), asyncio.TaskGroup() as group:
        await part.all_ready()
        stage = Stage(tmp_path, pool)
        stage.transcriber.seat_connected(ZERO)
        group.create_task(stage.transcriber.run())
        stage.record(script, 9_000)
        await stage.told_of(UtteranceHeard, 2)
        stage.record(script, whole_ms)
        stage.transcriber.call_ended(ZERO + timedelta(milliseconds=whole_ms))
        await stage.told_of(TranscriptFinished)
    assert_heard(stage.utterances, script.truth)
    assert stage.told[-1].utterances == 4
    assert not any(u.backfilled for u in stage.utterances)
    assert {p.side for p in stage.partials} == {Side.CITIZEN, Side.OPERATOR}


async def test_a_killed_worker_pauses_the_text_and_loses_or_doubles_nothing(tmp_path):
    script = conversation()
    whole_ms = length_ms(script.audio[Side.CITIZEN])
    async with workers() as (part, pool), asyncio.TaskGroup() as group:
        await part.all_ready()
        stage = Stage(tmp_path, pool)
        stage.transcriber.seat_connected(ZERO)
        group.create_task(stage.transcriber.run())
        # The citizen is in the middle of his sentence when the worker dies.
        middle = (script.truth[1][2] + script.truth[1][3]) // 2
        stage.record(script, middle + 1024)
        await stage.told_of(UtteranceHeard, 1)
        (pid,) = part.ready
        os.kill(pid, signal.SIGKILL)
        stage.record(script, middle + 3 * 1024)
        await stage.told_of(TranscriptionPaused)
        assert stage.transcriber.paused
        stage.record(script, whole_ms)
        stage.live_ms += 10_000  # so long nobody listened
        await stage.told_of(TranscriptionResumed)
        stage.transcriber.call_ended(ZERO + timedelta(milliseconds=whole_ms))
        await stage.told_of(TranscriptFinished)
        assert pid not in part.ready
        assert part.started == 2
    assert_heard(stage.utterances, script.truth)
    assert [u.backfilled for u in stage.utterances] == [False, True, True, True]
    assert sum(isinstance(e, TranscriptionPaused) for e in stage.told) == 1
    assert sum(isinstance(e, TranscriptionResumed) for e in stage.told) == 1


async def test_a_department_that_is_called_in_is_heard_from_its_own_leg(tmp_path):
    """Also while a worker dies: all four files are heard on, none of them twice."""
    script = conversation()
    whole_ms = length_ms(script.audio[Side.CITIZEN])
    seat_leg, water_leg = LegId("node1-1772438400.9"), LegId(f"{CALL}-p1772438407000")
    from_ms = script.truth[1][3]  # the citizen has said what it is about
    department = silence(500) + speech("请问在什么地方") + silence(1000)
    seat = silence(whole_ms - from_ms - 3_000) + speech("您好请讲") + silence(1000)
    async with workers() as (part, pool), asyncio.TaskGroup() as group:
        await part.all_ready()
        stage = Stage(tmp_path, pool)
        stage.transcriber.seat_answered(ZERO)
        group.create_task(stage.transcriber.run())
        stage.record(script, whole_ms)
        at = ZERO + timedelta(milliseconds=from_ms)
        own_leg_path(tmp_path, CALL, seat_leg).write_bytes(at_48_khz(seat))
        own_leg_path(tmp_path, CALL, water_leg).write_bytes(at_48_khz(department))
        stage.transcriber.party_recorded(seat_leg, PartyRole.SEAT, SeatId("8001"), at)
        stage.transcriber.party_recorded(water_leg, PartyRole.THIRD, "water", at)
        await stage.told_of(UtteranceHeard)
        (pid,) = part.ready
        os.kill(pid, signal.SIGKILL)
        stage.transcriber.party_left(water_leg)
        stage.transcriber.call_ended(ZERO + timedelta(milliseconds=whole_ms))
        await stage.told_of(TranscriptFinished)
    heard = {(u.side, u.who): u for u in stage.utterances if u.leg_id is not None}
    assert set(heard) == {(Side.OPERATOR, "8001"), (Side.THIRD_PARTY, "water")}
    third = heard[Side.THIRD_PARTY, "water"]
    assert alike(third.text, "请问在什么地方") >= 0.7, third.text
    assert abs(third.starts_at_ms - (from_ms + 500)) < 300
    assert abs(heard[Side.OPERATOR, "8001"].starts_at_ms - (whole_ms - 3_000)) < 300
    # What the seat leg holds from the department's coming on is everybody, mixed.
    mixed = [u for u in stage.utterances if u.side is Side.OPERATOR and u.leg_id is None]
    assert [u.starts_at_ms < from_ms for u in mixed] == [True]
    assert [u.starts_at_ms < from_ms for u in stage.utterances if u.side is Side.CITIZEN] == [
        True,
        False,
    ]


async def test_a_frozen_worker_is_killed_and_replaced():
    settings = replace(SETTINGS, answer_limit_s=0.5, probe_every_s=0.1)
    async with workers(settings) as (part, _pool):
        await part.all_ready()
        (pid,) = part.ready
        os.kill(pid, signal.SIGSTOP)
        await part.gone(pid)
        await part.lives(2)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_workers_end_with_their_part_and_two_share_the_load():
    async with workers(replace(SETTINGS, workers=2)) as (part, pool):
        await part.all_ready()
        connections = [await pool.connect() for _ in range(4)]
        assert sorted(pool.streams.values()) == [2, 2]
        pids = list(part.ready)
        for connection in connections:
            await connection.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_worker_whose_parent_is_gone_ends_by_itself():
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "asr.server", "--model", str(MODEL)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(20):
        assert b'"port"' in await process.stdout.readline()
        process.stdin.close()
        assert await process.wait() == 0
        assert await process.stdout.read() == b""


async def test_a_worker_that_cannot_load_its_model_is_tried_again_and_not_offered(tmp_path):
    pool = RecogniserPool(StreamConfig(), 1.0)
    part = SpeechWorkers(tmp_path, SETTINGS, pool)
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        task = group.create_task(part.run())
        await part.lives(2)
        assert not part.hopeless
        await part.lives(4)
        # From now on calls in its language are left out at once and not kept waiting.
        assert part.hopeless
        assert (pool.streams, pool.troubles["worker-ended"]) == ({}, 3)
        task.cancel()


async def test_what_a_worker_refuses_is_counted_in_the_service_by_name():
    async with workers() as (part, pool):
        await part.all_ready()
        (address,) = part.ready.values()
        async with connect(address, proxy=None) as peer:
            await peer.send("{not json")
            assert "bad-json" in await peer.recv()
        while not pool.troubles:
            await asyncio.to_thread(lambda: None)
        assert pool.troubles == {"bad-json": 1}


async def test_silence_keys_noise_ringing_and_our_own_music_give_no_words(tmp_path):
    t = np.arange(16_000 * 8) / 16_000
    keys = (np.sin(2 * np.pi * 770 * t) + np.sin(2 * np.pi * 1336 * t)) * 6_000 * (t % 1 < 0.3)
    noise = np.random.default_rng(1).normal(0, 200, len(t))
    rings = np.sin(2 * np.pi * 450 * t) * 6_000 * (t % 5 < 1)
    (music,) = await asyncio.to_thread(lambda: [*provide_hold_music(tmp_path / "m").iterdir()])
    played = np.fromfile(music, "<i2").astype(np.float64)
    sounds = [keys, noise, rings, resample(played, 8_000, 16_000)]
    audio = np.concatenate(sounds).astype("<i2").tobytes() + silence(7_000)
    audio = audio[: len(audio) // 32 * 32]
    async with workers() as (part, pool), asyncio.TaskGroup() as group:
        await part.all_ready()
        stage = Stage(tmp_path, pool)
        stage.live_ms = length_ms(audio)
        leg_path(tmp_path, CALL, Side.CITIZEN).write_bytes(at_48_khz(audio))
        stage.transcriber.seat_connected(ZERO)
        stage.transcriber.call_ended(ZERO + timedelta(milliseconds=stage.live_ms))
        group.create_task(stage.transcriber.run())
        await stage.told_of(TranscriptFinished)
    assert stage.utterances == []


async def test_after_long_silences_every_word_stands_at_its_place(tmp_path):
    """Most of the silence is never sent (asr/gate.py)."""
    script = (
        Script()
        .say(Side.CITIZEN, "我家楼下的路灯坏了三天没人修", pause_ms=9_000)
        .say(Side.OPERATOR, "请问在什么地方", pause_ms=7_000)
        .say(Side.CITIZEN, "我要投诉噪音扰民")
    )
    whole_ms = length_ms(script.audio[Side.CITIZEN])
    async with workers() as (part, pool), asyncio.TaskGroup() as group:
        await part.all_ready()
        stage = Stage(tmp_path, pool)
        stage.record(script, whole_ms)
        stage.transcriber.seat_connected(ZERO)
        stage.transcriber.call_ended(ZERO + timedelta(milliseconds=whole_ms))
        group.create_task(stage.transcriber.run())
        await stage.told_of(TranscriptFinished)
    assert_heard(stage.utterances, script.truth)
