"""When the archivist does what, on virtual time with an encoder that only notes the moment."""

import asyncio
import itertools
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from asr.events import TranscriptFinished
from cti.events import Blame, CallAbandoned, CallEnded, Ending, RecordingStarted
from recordings.archivist import Archivist
from recordings.errors import ArchiveFull, EncodeFailed
from recordings.events import RecordingArchived, RecordingFailed
from recordings.fixity import sha256_of
from recordings.legs import legs_of
from recordings.model import Copy
from recordings.settings import RecordingsSettings
from recordings.vault import Vault
from recordings.waveform import levels_of_legs, peaks_as_bytes
from tests.fakes.catalogue import CatalogueInMemory
from tests.fakes.legs import write_legs

START = datetime(2026, 3, 7, 8, 0, tzinfo=UTC)
SETTINGS = RecordingsSettings(
    settle_s=2.0, transcript_limit_s=45, retry_every_s=30, retry_limit_s=120
)
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


class AtOnce(ThreadPoolExecutor):
    """Threads know nothing of virtual time: what is handed to one is done on the spot."""

    def submit(self, call, /, *args, **kwargs):
        done = Future()
        try:
            done.set_result(call(*args, **kwargs))
        except OSError as trouble:
            done.set_exception(trouble)
        return done


class NotingEncoder:
    """The Encoder port: takes `takes_s`, fails as told, notes when it began with which call."""

    def __init__(self, now, takes_s=0.0):
        self._now, self._takes_s = now, takes_s
        self.began, self.at_work, self.most_at_once = [], 0, 0
        self.fail = []

    async def copy(self, legs, to, peaks_to):
        self.began.append((to.stem, self._now()))
        self.at_work += 1
        self.most_at_once = max(self.most_at_once, self.at_work)
        await asyncio.sleep(self._takes_s)
        self.at_work -= 1
        if self.fail:
            raise self.fail.pop(0)
        to.write_bytes(b"sound")
        peaks_to.write_bytes(peaks_as_bytes(levels_of_legs(legs)))
        return Copy(sha256=sha256_of(to), size_bytes=5, duration_ms=legs.duration_ms)

    async def check(self, legs, made):
        return Copy(sha256=sha256_of(made), size_bytes=5, duration_ms=legs.duration_ms)


class Desk:
    def __init__(self, folder, takes_s=0.0, catalogue=None):
        self.loop = asyncio.get_running_loop()
        self.loop.set_default_executor(AtOnce())
        self.legs_folder = folder / "legs"
        self.catalogue = catalogue or CatalogueInMemory()
        self.encoder = NotingEncoder(self.now, takes_s)
        self.archivist = Archivist(
            legs_folder=self.legs_folder,
            vault=Vault(folder / "archive"),
            catalogue=self.catalogue,
            encoder=self.encoder,
            tell=self.catalogue.tell,
            written_down=self.catalogue.written_down,
            now=self.now,
            settings=SETTINGS,
        )
        self.catalogue.listeners = [self.archivist.on_event]

    def now(self):
        return START + timedelta(seconds=self.loop.time())

    def hang_up(self, call_id="node1-1.1", began_s=0.0, *, answered=True):
        write_legs(self.legs_folder, call_id, 1.0)
        began = START + timedelta(seconds=began_s)
        self.catalogue.tell(RecordingStarted(at=began, call_id=call_id))
        over = (
            CallEnded(at=self.now(), call_id=call_id, talked_ms=1, ending=HUNG_UP)
            if answered
            else CallAbandoned(at=self.now(), call_id=call_id, waited_ms=1, ending=HUNG_UP)
        )
        self.catalogue.tell(over)

    def transcribe(self, call_id="node1-1.1"):
        self.catalogue.tell(TranscriptFinished(at=self.now(), call_id=call_id, utterances=1))

    def archived_at_s(self):
        told = self.catalogue.of_kind(RecordingArchived)
        return [(event.at - START).total_seconds() for event in told]

    async def work_for(self, seconds):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self.archivist.run())
            await asyncio.sleep(seconds)
            task.cancel()


async def test_the_copy_is_made_when_the_transcript_is_finished_and_the_legs_are_closed(tmp_path):
    desk = Desk(tmp_path)
    desk.hang_up()
    desk.loop.call_later(7, desk.transcribe)
    await desk.work_for(10)
    assert desk.archived_at_s() == [7.0]
    assert legs_of(desk.legs_folder, "node1-1.1").missing


async def test_a_transcript_that_was_there_first_does_not_shorten_the_settling(tmp_path):
    desk = Desk(tmp_path)
    desk.catalogue.tell(RecordingStarted(at=START, call_id="node1-1.1"))
    desk.transcribe()
    desk.hang_up()
    await desk.work_for(10)
    assert desk.archived_at_s() == [2.0]


async def test_without_a_transcript_the_copy_is_made_at_the_limit_and_the_legs_stay(tmp_path):
    desk = Desk(tmp_path)
    desk.hang_up()
    await desk.work_for(3600)
    assert desk.archived_at_s() == [45.0]
    assert not legs_of(desk.legs_folder, "node1-1.1").missing


async def test_an_abandoned_call_is_archived_as_well(tmp_path):
    desk = Desk(tmp_path)
    desk.hang_up(answered=False)
    desk.transcribe()  # The speech desk says so at once: nobody spoke.
    await desk.work_for(10)
    assert desk.archived_at_s() == [2.0]


async def test_one_copy_is_made_at_a_time_and_the_oldest_first(tmp_path):
    desk = Desk(tmp_path, takes_s=5.0)
    for call_id, began_s in (("c", -10), ("a", -30), ("b", -20)):
        desk.hang_up(call_id, began_s)
        desk.transcribe(call_id)
    await desk.work_for(60)
    assert [name for name, _ in desk.encoder.began] == ["a-1", "b-1", "c-1"]
    assert desk.encoder.most_at_once == 1


async def test_the_pause_after_failures_doubles_to_its_limit_and_never_ends(tmp_path):
    desk = Desk(tmp_path)
    desk.encoder.fail = [EncodeFailed()] * 6
    desk.hang_up()
    desk.transcribe()
    await desk.work_for(1000)
    began = [(at - START).total_seconds() for _, at in desk.encoder.began]
    assert [b - a for a, b in itertools.pairwise(began)] == [30, 60, 120, 120, 120, 120]
    assert len(desk.archived_at_s()) == 1
    assert desk.archivist.failing == 0


async def test_each_kind_of_failure_is_told_once_even_when_they_alternate(tmp_path):
    desk = Desk(tmp_path)
    desk.encoder.fail = [ArchiveFull(), EncodeFailed()] * 10
    desk.hang_up()
    desk.transcribe()
    await desk.work_for(1500)
    told = [event.reason for event in desk.catalogue.of_kind(RecordingFailed)]
    assert told == ["archive-full", "encode-failed"]
    assert desk.archivist.failing == 1


async def test_legs_that_grew_after_archiving_are_archived_again_before_they_go(tmp_path):
    desk = Desk(tmp_path)
    desk.hang_up()

    def write_on_and_finish():
        with legs_of(desk.legs_folder, "node1-1.1").files[0].open("ab") as leg:
            leg.write(bytes(32000 * 10))
        desk.transcribe()

    desk.loop.call_later(60, write_on_and_finish)
    await desk.work_for(300)
    told = desk.catalogue.of_kind(RecordingArchived)
    assert told[-1].duration_ms == 11_000
    assert legs_of(desk.legs_folder, "node1-1.1").missing


async def test_legs_go_soon_after_a_sick_store_is_well_again(tmp_path):
    desk = Desk(tmp_path)
    desk.hang_up()
    desk.transcribe()
    desk.catalogue.healthy = False
    desk.loop.call_later(61, setattr, desk.catalogue, "healthy", True)
    there = []
    for second in (60, 64):
        desk.loop.call_later(
            second, lambda: there.append(not legs_of(desk.legs_folder, "node1-1.1").missing)
        )
    await desk.work_for(65)
    assert desk.archived_at_s() == [2.0]
    assert there == [True, False]
