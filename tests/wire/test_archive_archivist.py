"""The archivist with real files and the real encoding process, ended at every bad moment."""

import asyncio
import contextlib
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asr.events import BackfillWanted, TranscriptFinished
from cti.events import Blame, CallAbandoned, CallEnded, Ending, RecordingStarted
from hotline.clock import utc_now
from recordings.archivist import Archivist
from recordings.encoder import EncoderProcess
from recordings.errors import ArchiveFull, LegsStillGrowing
from recordings.events import RecordingArchived, RecordingFailed
from recordings.legs import legs_of
from recordings.settings import RecordingsSettings
from recordings.vault import Fixity, Vault
from tests.fakes.catalogue import CatalogueInMemory
from tests.fakes.legs import write_legs

CALL = "node1-1.1"
# 23:59 UTC is next day's morning in Beijing.
START = datetime(2026, 3, 7, 23, 59, tzinfo=UTC)
PATH = "2026/03/08/node1-1.1-1.opus"
AT_ONCE = RecordingsSettings(settle_s=0.0, retry_every_s=0, transcript_limit_s=0, keep_free_mb=0)
PATIENT = RecordingsSettings(settle_s=0.0, retry_every_s=0, transcript_limit_s=600, keep_free_mb=0)
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


class House:
    """One archivist, its folders and what it tells; may be ended and started again."""

    def __init__(self, folder: Path, settings=AT_ONCE, encoder=None):
        self.legs_folder = folder / "legs"
        self.legs_folder.mkdir(exist_ok=True)
        self.vault = Vault(folder / "archive")
        self.settings = settings
        self.encoder = encoder or EncoderProcess(settings)
        self.catalogue = CatalogueInMemory()

    @contextlib.asynccontextmanager
    async def at_work(self):
        archivist = Archivist(
            legs_folder=self.legs_folder,
            vault=self.vault,
            catalogue=self.catalogue,
            encoder=self.encoder,
            tell=self.catalogue.tell,
            written_down=self.catalogue.written_down,
            now=utc_now,
            settings=self.settings,
        )
        self.catalogue.listeners = [archivist.on_event]
        async with asyncio.TaskGroup() as group:
            task = group.create_task(archivist.run())
            yield archivist
            task.cancel()

    def record(self, call_id=CALL, at=START, seconds=3.0):
        """A call that is over, heard by whoever is at work."""
        write_legs(self.legs_folder, call_id, seconds)
        self.catalogue.tell(RecordingStarted(at=at, call_id=call_id))
        ended = at + timedelta(seconds=seconds)
        self.catalogue.tell(CallEnded(at=ended, call_id=call_id, talked_ms=0, ending=HUNG_UP))

    def transcribe(self, call_id=CALL):
        self.catalogue.tell(TranscriptFinished(at=utc_now(), call_id=call_id, utterances=0))

    def legs_are_gone(self, call_id=CALL):
        return legs_of(self.legs_folder, call_id).missing

    def is_whole(self, call_id=CALL):
        return self.vault.verify(self.catalogue.recordings[call_id]) is Fixity.INTACT


async def until(condition, limit_s=20.0):
    """Looks whenever the loop has done something."""
    async with asyncio.timeout(limit_s):
        while not condition():
            turned = asyncio.Event()
            asyncio.get_running_loop().call_later(0.01, turned.set)
            await turned.wait()


async def test_after_the_call_the_copy_is_in_its_days_folder_and_the_legs_are_gone(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record()
        house.transcribe()
        await until(house.legs_are_gone)
    (told,) = house.catalogue.of_kind(RecordingArchived)
    assert told.path == PATH
    assert told.duration_ms == 3000
    assert house.is_whole()
    assert len(house.vault.peaks_of(house.catalogue.recordings[CALL]).citizen) == 30
    assert os.listdir(tmp_path / "archive" / ".making") == []


async def test_an_abandoned_call_is_archived_too(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        write_legs(house.legs_folder, CALL, 1)
        house.catalogue.tell(RecordingStarted(at=START, call_id=CALL))
        house.catalogue.tell(CallAbandoned(at=START, call_id=CALL, waited_ms=1000, ending=HUNG_UP))
        house.transcribe()
        await until(house.legs_are_gone)
    assert house.is_whole()


async def test_without_a_transcript_the_copy_is_made_but_the_legs_stay_until_it_comes(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record()
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
    assert not house.legs_are_gone()
    async with house.at_work():  # Also when the service was restarted meanwhile.
        house.transcribe()
        await until(house.legs_are_gone)
    assert len(house.catalogue.of_kind(RecordingArchived)) == 1


async def test_legs_do_not_wait_for_a_text_that_will_be_made_up_from_the_archive(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record()
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
        assert not house.legs_are_gone()
        left = BackfillWanted(at=utc_now(), call_id=CALL, why="no-recogniser", by="service")
        house.catalogue.tell(left)
        await until(house.legs_are_gone)
    assert house.is_whole()


async def test_before_the_limit_the_archivist_waits_for_the_transcript(tmp_path):
    house = House(tmp_path, PATIENT)
    house.settings = RecordingsSettings(settle_s=0.0, transcript_limit_s=10**9, keep_free_mb=0)
    async with house.at_work() as archivist:
        house.record(at=utc_now())
        house.record("node1-2.1", at=utc_now())
        house.transcribe("node1-2.1")
        await until(lambda: house.legs_are_gone("node1-2.1"))
        assert archivist.waiting == 1
        assert not house.legs_are_gone()


async def test_while_the_journal_is_sick_the_legs_stay(tmp_path):
    house = House(tmp_path)
    house.catalogue.healthy = False
    async with house.at_work():
        house.record()
        house.transcribe()
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
        assert not house.legs_are_gone()
        house.catalogue.healthy = True
        await until(house.legs_are_gone)
    assert house.is_whole()


class Stumbling:
    """An encoder that fails first, in the given ways."""

    def __init__(self, *troubles):
        self.troubles = list(troubles)
        self.real = EncoderProcess(AT_ONCE)

    async def copy(self, legs, to, peaks_to):
        if self.troubles:
            to.write_bytes(b"half a copy")
            raise self.troubles.pop(0)
        return await self.real.copy(legs, to, peaks_to)

    async def check(self, legs, made):
        return await self.real.check(legs, made)


async def test_a_full_archive_is_told_once_and_tried_until_it_works(tmp_path):
    house = House(tmp_path, encoder=Stumbling(ArchiveFull(), ArchiveFull(), ArchiveFull()))
    async with house.at_work() as archivist:
        house.record()
        house.transcribe()
        await until(house.legs_are_gone)
        assert archivist.failures == {"archive-full": 3}
        assert archivist.trouble is None
    (failed,) = house.catalogue.of_kind(RecordingFailed)
    assert failed.reason == "archive-full"
    assert house.is_whole()


async def test_legs_that_still_grow_are_waited_for_and_are_no_failure(tmp_path):
    house = House(tmp_path, encoder=Stumbling(LegsStillGrowing()))
    async with house.at_work():
        house.record()
        house.transcribe()
        await until(house.legs_are_gone)
    assert house.catalogue.of_kind(RecordingFailed) == []


async def test_the_real_free_space_is_looked_at(tmp_path):
    house = House(tmp_path)
    house.vault = Vault(tmp_path / "archive", keep_free_mb=10**9)
    async with house.at_work():
        house.record()
        house.transcribe()
        await until(lambda: house.catalogue.of_kind(RecordingFailed))
    assert not house.legs_are_gone()


async def test_lost_legs_are_told_and_do_not_hold_up_the_others(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.catalogue.tell(RecordingStarted(at=START - timedelta(hours=1), call_id="node1-0.1"))
        house.catalogue.tell(CallEnded(at=START, call_id="node1-0.1", talked_ms=0, ending=HUNG_UP))
        house.transcribe("node1-0.1")
        await until(lambda: house.catalogue.of_kind(RecordingFailed))
        house.record()
        house.transcribe()
        await until(house.legs_are_gone)
    assert house.catalogue.recordings["node1-0.1"].failure == "legs-missing"


async def test_legs_whose_beginning_nobody_heard_are_archived_all_the_same(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        write_legs(house.legs_folder, CALL, 3)
        ended = START + timedelta(seconds=3)
        house.catalogue.tell(CallEnded(at=ended, call_id=CALL, talked_ms=0, ending=HUNG_UP))
        house.transcribe()
        await until(house.legs_are_gone)
    assert house.catalogue.recordings[CALL].started_at == START


def children():
    """The encoding processes that this test process has."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == os.getpid() and fields[0] != "Z":
                command = (stat.parent / "cmdline").read_bytes()
                if b"recordings.encode" in command:
                    found.append(int(stat.parent.name))
    return found


async def test_a_killed_encoder_is_started_again(tmp_path):
    house = House(tmp_path)
    async with house.at_work() as archivist:
        house.record(seconds=60)
        house.transcribe()
        for killed in range(1, 4):
            await until(children)
            os.kill(children()[0], signal.SIGKILL)
            await until(lambda seen=killed: archivist.failures["encode-failed"] >= seen)
        await until(house.legs_are_gone)
    assert house.is_whole()


async def test_ending_the_service_ends_its_encoder_and_the_next_life_makes_the_copy(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record(seconds=60)
        house.transcribe()
        await until(lambda: list((tmp_path / "archive" / ".making").glob("*")))
    assert children() == []
    assert house.catalogue.of_kind(RecordingArchived) == []
    async with house.at_work():
        await until(house.legs_are_gone)
    assert house.is_whole()


async def crashed_after_placing(house):
    """The copy is in its place, but nobody was told of it."""
    house.record()
    house.transcribe()
    keep = house.catalogue.tell
    house.catalogue.tell = lambda event: None
    house.catalogue.healthy = False
    async with house.at_work():
        await until(lambda: house.vault.has(PATH))
    house.catalogue.tell = keep
    house.catalogue.healthy = True


async def test_a_copy_placed_but_not_written_down_is_checked_and_taken(tmp_path):
    house = House(tmp_path)
    await crashed_after_placing(house)
    before = (tmp_path / "archive" / PATH).stat()
    async with house.at_work():
        await until(house.legs_are_gone)
    after = (tmp_path / "archive" / PATH).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert house.is_whole()


async def test_a_copy_placed_earlier_that_differs_is_set_aside_and_made_anew(tmp_path):
    house = House(tmp_path)
    await crashed_after_placing(house)
    (tmp_path / "archive" / PATH).write_bytes(b"something else")
    async with house.at_work():
        await until(house.legs_are_gone)
    assert house.is_whole()
    (aside,) = (tmp_path / "archive" / ".set-aside").iterdir()
    assert aside.read_bytes() == b"something else"


async def test_legs_left_by_a_crash_after_archiving_go_at_the_next_start(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record()
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
    house.catalogue.transcribed.add(CALL)
    async with house.at_work():
        await until(house.legs_are_gone)
    assert len(house.catalogue.of_kind(RecordingArchived)) == 1


async def test_legs_left_over_save_a_recording_whose_file_has_changed(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record()
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
    file = tmp_path / "archive" / PATH
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    assert not house.is_whole()
    house.catalogue.transcribed.add(CALL)
    async with house.at_work():
        await until(house.legs_are_gone)
    assert house.is_whole()


async def test_half_a_copy_from_an_earlier_life_is_thrown_away(tmp_path):
    house = House(tmp_path)
    making = tmp_path / "archive" / ".making"
    making.mkdir(parents=True)
    (making / "node1-9.9-1.opus").write_bytes(b"half")
    house.record()
    house.transcribe()
    async with house.at_work():
        await until(house.legs_are_gone)
    assert list(making.iterdir()) == []


async def test_the_oldest_waiting_recording_comes_first(tmp_path):
    house = House(tmp_path)
    for number in (3, 1, 2):
        house.record(f"node1-{number}.1", START + timedelta(minutes=number), 1)
        house.transcribe(f"node1-{number}.1")
    async with house.at_work() as archivist:
        await until(lambda: len(house.catalogue.of_kind(RecordingArchived)) == 3)
        assert archivist.waiting == 0
    told = [event.call_id for event in house.catalogue.of_kind(RecordingArchived)]
    assert told == ["node1-1.1", "node1-2.1", "node1-3.1"]


async def test_a_clock_that_is_ahead_is_no_reason_to_wait(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record(at=utc_now() + timedelta(hours=1))
        house.transcribe()
        await until(house.legs_are_gone)


async def test_legs_of_a_call_that_ended_unheard_are_found_at_the_next_start(tmp_path):
    house = House(tmp_path)
    write_legs(house.legs_folder, CALL, 3)
    write_legs(house.legs_folder, "node1-live.1", 1)
    ended = START + timedelta(seconds=3)
    house.catalogue.tell(CallEnded(at=ended, call_id=CALL, talked_ms=0, ending=HUNG_UP))
    house.transcribe()
    async with house.at_work():
        await until(house.legs_are_gone)
    assert house.is_whole()
    assert not house.legs_are_gone("node1-live.1")
