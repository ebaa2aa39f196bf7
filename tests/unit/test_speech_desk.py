"""Every answered call is taken down, also over a restart of the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asr.desk import SpeechDesk
from asr.errors import TranscriptsUnavailable
from asr.events import BackfillWanted, Side, TranscriptFinished, UtteranceHeard
from asr.legs import leg_path
from asr.ports import SeatSpan, UnfinishedTranscript
from asr.settings import AsrSettings
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallHeld,
    CallRetrieved,
    Ending,
    KeyPressed,
    LinkLost,
    RecordingStarted,
    SeatLeftCall,
)
from cti.ids import CallId, SeatId
from tests.fakes.recognisers import ToyHouse, quiet, said

ZERO = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CALL = CallId("node1-1772438400.7")
SEAT = SeatId("8001")
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def sixteen(leg: Path) -> Path:
    """The toy language is spoken at 16 kHz, as an earlier version's legs were."""
    return leg.with_suffix(".sln16")


def at(ms: int) -> datetime:
    return ZERO + timedelta(milliseconds=ms)


class Memory:
    """The store's memory of what was heard."""

    def __init__(self, unfinished=(), heard=None) -> None:
        self.calls = list(unfinished)
        self.heard = heard or {}
        self.sick_for = 0

    async def unfinished(self):
        if self.sick_for:
            self.sick_for -= 1
            raise TranscriptsUnavailable
        return self.calls

    async def heard_until_ms(self, call_id, side, leg_id=None):
        return self.heard.get((call_id, side if leg_id is None else (side, leg_id)))


class Stage:
    def __init__(self, folder, memory=None) -> None:
        self.folder = folder
        self.house = ToyHouse()
        self.language = "zh"
        self.told = []
        self.began = asyncio.get_running_loop().time()
        self.finished = asyncio.Event()
        self.desk = SpeechDesk(
            legs_folder=folder,
            transcripts=memory or Memory(),
            languages=self.house,
            language_of=lambda _call: self.language,
            tell=self.tell,
            tell_partial=lambda _partial: None,
            settings=AsrSettings(),
            now=self.now,
        )

    def now(self):
        return ZERO + timedelta(seconds=asyncio.get_running_loop().time() - self.began)

    def tell(self, event) -> None:
        self.told.append(event)
        if isinstance(event, TranscriptFinished):
            self.finished.set()

    def leg(self, side: Side, audio: bytes, call_id: CallId = CALL) -> None:
        sixteen(leg_path(self.folder, call_id, side)).write_bytes(audio)

    @property
    def utterances(self):
        return sorted(
            (u.side.value, u.text, u.starts_at_ms, u.ends_at_ms)
            for u in self.told
            if isinstance(u, UtteranceHeard)
        )


@asynccontextmanager
async def at_work(desk: SpeechDesk) -> AsyncIterator[None]:
    async with asyncio.timeout(3600), asyncio.TaskGroup() as group:
        task = group.create_task(desk.run())
        yield
        task.cancel()


async def test_a_call_is_taken_down_from_its_events(tmp_path):
    stage = Stage(tmp_path)
    stage.leg(Side.CITIZEN, said("修", 1000) + said("路灯", 500) + quiet(2000) + said("没人", 500))
    stage.leg(
        Side.OPERATOR,
        said("修", 1000) + said("你好", 400) + quiet(600) + said("修", 1000) + said("请讲", 1000),
    )
    for event in (
        CallArrived(at=at(-40), call_id=CALL, caller_number="13800001234", called_number="12345"),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(1000), call_id=CALL, seat_id=SEAT, waited_ms=900),
        KeyPressed(at=at(1500), call_id=CALL, key="1"),
        LinkLost(at=at(1600), node="node1", reason="closed"),
        CallHeld(at=at(2000), call_id=CALL, seat_id=SEAT),
        CallRetrieved(at=at(3000), call_id=CALL, seat_id=SEAT),
        SeatLeftCall(at=at(3900), call_id=CALL, seat_id=SEAT, talked_ms=2900),
        CallEnded(at=at(4000), call_id=CALL, talked_ms=2900, ending=HUNG_UP),
    ):
        stage.desk.on_event(event)
    async with at_work(stage.desk):
        await stage.finished.wait()
        await asyncio.sleep(0)
        assert stage.desk.at_work == {}
    assert stage.utterances == [
        ("citizen", "没人", 3500, 4000),
        ("citizen", "路灯", 1000, 1500),
        ("operator", "你好", 1000, 1400),
        ("operator", "请讲", 3000, 3900),
    ]


async def test_an_abandoned_call_needs_no_transcript(tmp_path):
    stage = Stage(tmp_path)
    stage.desk.on_event(
        CallArrived(at=at(0), call_id=CALL, caller_number="13800001234", called_number="12345")
    )
    stage.desk.on_event(CallAbandoned(at=at(900), call_id=CALL, waited_ms=900, ending=HUNG_UP))
    async with at_work(stage.desk):
        await stage.finished.wait()
    assert [type(event) for event in stage.told] == [TranscriptFinished]


def unfinished(call_id=CALL, **changes) -> UnfinishedTranscript:
    wanted = {
        "call_id": call_id,
        "recording_started_at": ZERO,
        "seat_spans": (SeatSpan(starts_at=at(0)),),
    }
    return UnfinishedTranscript(**(wanted | changes))


async def test_live_calls_of_an_earlier_service_go_on_and_ended_ones_are_left_to_the_backfill(
    tmp_path,
):
    other = CallId("node1-1772438400.9")
    memory = Memory(
        [unfinished(utterances=1), unfinished(other, ended_at=at(1500))],
        {(CALL, Side.CITIZEN): 400},
    )
    stage = Stage(tmp_path, memory)
    stage.leg(Side.CITIZEN, said("你好", 400) + quiet(1000) + said("路灯", 600))
    stage.leg(Side.CITIZEN, said("坏了", 1500), other)
    async with at_work(stage.desk):
        stage.desk.on_event(CallEnded(at=at(2000), call_id=CALL, talked_ms=2000, ending=HUNG_UP))
        await stage.finished.wait()
        # Told again, as after a link that was lost: the other one's transcript is not ours to finish.
        stage.desk.on_event(CallEnded(at=at(1500), call_id=other, talked_ms=1500, ending=HUNG_UP))
    assert stage.utterances == [("citizen", "路灯", 1400, 2000)]
    counts = {e.call_id: e.utterances for e in stage.told if isinstance(e, TranscriptFinished)}
    assert counts == {CALL: 2}
    left = [e for e in stage.told if isinstance(e, BackfillWanted)]
    assert [(e.call_id, e.why, e.by) for e in left] == [(other, "restart", "service")]


async def test_a_call_that_ended_without_a_recogniser_is_left_to_the_backfill(tmp_path):
    stage = Stage(tmp_path)
    stage.house.open = False
    stage.leg(Side.CITIZEN, said("路灯", 600))
    async with at_work(stage.desk):
        stage.desk.on_event(
            CallArrived(at=at(0), call_id=CALL, caller_number="13800000001", called_number="12345")
        )
        stage.desk.on_event(CallAnswered(at=at(0), call_id=CALL, seat_id=SEAT, waited_ms=0))
        stage.desk.on_event(CallEnded(at=at(600), call_id=CALL, talked_ms=600, ending=HUNG_UP))
        await asyncio.sleep(60)
        assert not stage.desk.at_work
        stage.house.open = True
        await asyncio.sleep(60)
    assert [type(e).__name__ for e in stage.told] == ["TranscriptionPaused", "BackfillWanted"]
    assert stage.told[-1].why == "no-recogniser"


async def test_a_call_that_ends_before_the_store_can_be_read_is_not_forgotten(tmp_path):
    memory = Memory([unfinished()])
    memory.sick_for = 5
    stage = Stage(tmp_path, memory)
    stage.leg(Side.CITIZEN, said("路灯", 600))
    stage.desk.on_event(CallEnded(at=at(600), call_id=CALL, talked_ms=600, ending=HUNG_UP))
    async with at_work(stage.desk):
        await stage.finished.wait()
    assert stage.utterances == [("citizen", "路灯", 0, 600)]


async def test_a_call_that_waited_over_a_restart_keeps_its_recordings_zero(tmp_path):
    stage = Stage(tmp_path, Memory([unfinished(seat_spans=())]))
    stage.leg(Side.CITIZEN, said("修", 1000) + said("路灯", 600))
    async with at_work(stage.desk):
        stage.desk.on_event(CallAnswered(at=at(1000), call_id=CALL, seat_id=SEAT, waited_ms=900))
        stage.desk.on_event(CallEnded(at=at(1600), call_id=CALL, talked_ms=600, ending=HUNG_UP))
        await stage.finished.wait()
    assert stage.utterances == [("citizen", "路灯", 1000, 1600)]


async def test_a_service_that_stops_in_mid_call_leaves_the_rest_to_the_next_one(tmp_path):
    first = Stage(tmp_path)
    first.leg(Side.CITIZEN, said("你好", 400) + quiet(1000) + said("路灯", 300))
    first.desk.on_event(
        CallArrived(at=at(0), call_id=CALL, caller_number="13800001234", called_number="12345")
    )
    first.desk.on_event(CallAnswered(at=at(0), call_id=CALL, seat_id=SEAT, waited_ms=0))
    async with at_work(first.desk):
        await asyncio.sleep(2)
    assert first.utterances == [("citizen", "你好", 0, 400)]
    assert not any(isinstance(event, TranscriptFinished) for event in first.told)

    memory = Memory([unfinished(utterances=1)], {(CALL, Side.CITIZEN): 400})
    second = Stage(tmp_path, memory)
    second.leg(Side.CITIZEN, said("你好", 400) + quiet(1000) + said("路灯", 600))
    second.desk.on_event(CallEnded(at=at(2000), call_id=CALL, talked_ms=2000, ending=HUNG_UP))
    async with at_work(second.desk):
        await second.finished.wait()
    assert second.utterances == [("citizen", "路灯", 1400, 2000)]
