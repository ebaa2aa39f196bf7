"""What must never be lost: audio written late, a copy half made by a killed service, a lost file's legs."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from cti.events import CallEnded, RecordingStarted
from recordings.encoder import PROJECT
from recordings.events import RecordingArchived, RecordingFailed
from recordings.legs import legs_of
from recordings.replay import Replay
from tests.fakes.legs import write_legs
from tests.wire.test_archive_archivist import CALL, HUNG_UP, PATH, START, House, until

SERVICE = """
import asyncio, sys
from pathlib import Path
from recordings.encoder import EncoderProcess
from recordings.legs import legs_of
from recordings.settings import RecordingsSettings
from recordings.vault import Vault

archive, legs, call = sys.argv[1:]
made, peaks = Vault(Path(archive)).working_paths(call + "-1")
asyncio.run(EncoderProcess(RecordingsSettings()).copy(legs_of(Path(legs), call), made, peaks))
"""


async def test_what_asterisk_wrote_after_the_copy_is_archived_before_the_legs_go(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record(seconds=3.0)
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
        with legs_of(house.legs_folder, CALL).files[0].open("ab") as leg:
            leg.write(bytes(32000 * 10))
        house.transcribe()
        await until(house.legs_are_gone)
    assert [told.duration_ms for told in house.catalogue.of_kind(RecordingArchived)] == [
        3000,
        13000,
    ]
    assert house.is_whole()


async def test_the_encoder_of_a_killed_service_ends_with_it_and_does_not_disturb_the_next(tmp_path):
    house = House(tmp_path)
    write_legs(house.legs_folder, CALL, 120)
    made = tmp_path / "archive" / ".making" / f"{CALL}-1.opus"
    service = _service(str(tmp_path / "archive"), str(house.legs_folder), CALL)
    try:
        await until(made.exists)
        (encoder,) = _processes_naming(made)
        # Held in the middle of the copy, so that it cannot end by having finished.
        os.kill(encoder, signal.SIGSTOP)
    finally:
        service.kill()
        service.wait()
    try:
        await until(lambda: not _processes_naming(made), limit_s=5.0)
    finally:
        for left in _processes_naming(made):
            os.kill(left, signal.SIGKILL)
    async with house.at_work():
        house.catalogue.tell(RecordingStarted(at=START, call_id=CALL))
        over = START + timedelta(seconds=120)
        house.catalogue.tell(CallEnded(at=over, call_id=CALL, talked_ms=0, ending=HUNG_UP))
        house.transcribe()
        await until(house.legs_are_gone)
    assert house.is_whole()
    assert house.catalogue.of_kind(RecordingFailed) == []


async def test_while_the_legs_are_there_a_file_lost_from_the_archive_can_still_be_heard(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        house.record()
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
    (house.vault.folder / PATH).unlink()
    recording = house.catalogue.recordings[CALL]
    replay = Replay(house.legs_folder, house.vault)
    assert (await replay.sound(recording)).media_type == "audio/wav"
    assert len((await replay.peaks(recording)).citizen) == 30


async def test_the_encoder_gives_way_to_calls(tmp_path):
    house = House(tmp_path)
    legs = write_legs(house.legs_folder, CALL, 120)
    made = tmp_path / "made.opus"
    async with asyncio.TaskGroup() as group:
        copying = group.create_task(house.encoder.copy(legs, made, tmp_path / "made.peaks"))
        await until(made.exists)
        (encoder,) = _processes_naming(made)
        assert os.getpriority(os.PRIO_PROCESS, encoder) == 10
        await copying


def _service(*order: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SERVICE, *order], cwd=PROJECT)


def _processes_naming(file: Path) -> list[int]:
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and _names(p, file)]


def _names(process: Path, file: Path) -> bool:
    try:
        said = (process / "cmdline").read_bytes()
    except OSError:
        return False
    return b"recordings.encode" in said and str(file).encode() in said
