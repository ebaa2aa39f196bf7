"""The archive on disk: places, fixity, export, and sound for the player."""

import hashlib
import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recordings.errors import (
    AlreadyInArchive,
    ArchiveFull,
    ArchiveUnwritable,
    AudioMissing,
    ExportTargetNotEmpty,
    UnsafeRecordingName,
)
from recordings.inspection import export_call, faults, strangers
from recordings.legs import legs_of
from recordings.model import Recording, RecordingState
from recordings.replay import Replay, WavOfLegs
from recordings.vault import Fixity, Vault
from recordings.waveform import peaks_as_bytes
from tests.fakes.legs import write_legs

START = datetime(2026, 3, 7, 16, 0, tzinfo=UTC)  # Midnight in Beijing.


def put(vault, number=1, sound=b"sound of a call"):
    """Something archived, as the catalogue has it."""
    recording_id = f"node1-{number}.1-1"
    path = vault.path_of(recording_id, START)
    made, peaks = vault.working_paths(recording_id)
    made.write_bytes(sound)
    peaks.write_bytes(peaks_as_bytes((b"ab", b"cd")))
    vault.place(made, path)
    return Recording(
        recording_id=recording_id,
        call_id=f"node1-{number}.1",
        state=RecordingState.ARCHIVED,
        started_at=START,
        duration_ms=200,
        path=path,
        sha256=hashlib.sha256(sound).hexdigest(),
        size_bytes=len(sound),
        archived_at=START,
    )


def test_a_recording_lies_in_the_folder_of_beijings_day(tmp_path):
    vault = Vault(tmp_path / "archive")
    recording = put(vault)
    assert recording.path == "2026/03/08/node1-1.1-1.opus"
    assert vault.verify(recording) is Fixity.INTACT
    assert vault.peaks_of(recording).operator == b"cd"


def test_nothing_in_the_archive_is_ever_overwritten(tmp_path):
    vault = Vault(tmp_path)
    recording = put(vault)
    with pytest.raises(AlreadyInArchive):
        put(vault, sound=b"another")
    assert vault.verify(recording) is Fixity.INTACT
    assert vault.peaks_of(recording).citizen == b"ab"


def test_a_flipped_bit_a_missing_file_and_a_stranger_are_named(tmp_path):
    vault = Vault(tmp_path)
    whole, flipped, missing = (put(vault, number) for number in (1, 2, 3))
    file = vault.audio_of(flipped)
    file.write_bytes(b"Sound of a call")
    vault.audio_of(missing).unlink()
    (tmp_path / "2026/03/08/stranger.opus").write_bytes(b"?")
    assert [(one.recording_id, one.fixity) for one in faults([whole, flipped, missing], vault)] == [
        (flipped.recording_id, Fixity.DIFFERS),
        (missing.recording_id, Fixity.MISSING),
    ]
    assert strangers([whole, flipped, missing], vault) == ["2026/03/08/stranger.opus"]


def test_what_was_set_aside_is_kept_and_no_stranger(tmp_path):
    vault = Vault(tmp_path)
    for _ in range(2):
        vault.set_aside(put(vault).path)
    assert sorted(os.listdir(tmp_path / ".set-aside")) == [
        "node1-1.1-1.opus.1",
        "node1-1.1-1.opus.2",
    ]
    assert strangers([], vault) == []


def test_no_room_and_no_folder_are_named(tmp_path):
    with pytest.raises(ArchiveFull):
        Vault(tmp_path, keep_free_mb=10**9).need_room(1)
    Vault(tmp_path).need_room(1)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveUnwritable):
        Vault(tmp_path / "file").need_room(1)


@pytest.mark.parametrize("wrong", ["../x.opus", "/etc/passwd", "2026/03/08/../../x", ""])
def test_a_path_in_the_catalogue_cannot_lead_out_of_the_archive(tmp_path, wrong):
    with pytest.raises(UnsafeRecordingName):
        Vault(tmp_path).has(wrong)


@pytest.mark.parametrize("wrong", ["../../etc", "a/b", "", ".hidden", "x" * 200])
def test_a_recording_id_cannot_lead_out_of_the_archive(tmp_path, wrong):
    for ask in (
        lambda: Vault(tmp_path).path_of(wrong, START),
        lambda: Vault(tmp_path).working_paths(wrong),
    ):
        with pytest.raises(UnsafeRecordingName):
            ask()


def test_an_exported_call_stands_alone_and_checks_itself(tmp_path):
    vault = Vault(tmp_path / "archive")
    recording = put(vault)
    to = tmp_path / "out" / "call"
    export_call(json.dumps({"call_id": "node1-1.1"}).encode(), [recording], vault, to)
    assert sorted(os.listdir(to)) == ["manifest-sha256.txt", "node1-1.1-1.opus", "record.json"]
    check = ["sha256sum", "--check", "--strict", "manifest-sha256.txt"]
    assert subprocess.run(check, cwd=to, capture_output=True).returncode == 0
    (to / "record.json").write_bytes(b"{}")
    assert subprocess.run(check, cwd=to, capture_output=True).returncode == 1
    with pytest.raises(ExportTargetNotEmpty):
        export_call(b"{}", [recording], vault, to)


def test_a_damaged_recording_is_not_exported(tmp_path):
    vault = Vault(tmp_path / "archive")
    recording = put(vault)
    vault.audio_of(recording).write_bytes(b"something else")
    with pytest.raises(AudioMissing):
        export_call(b"{}", [recording], vault, tmp_path / "out")
    assert not (tmp_path / "out").exists()


async def bytes_of(sound, first, last):
    return b"".join([block async for block in sound.read(first, last)])


async def test_the_player_gets_the_legs_at_once_and_the_copy_later(tmp_path):
    vault = Vault(tmp_path / "archive")
    legs = write_legs(tmp_path / "legs", "node1-1.1", 3)
    replay = Replay(tmp_path / "legs", vault)
    archived = put(vault)
    fresh = replace(archived, state=RecordingState.LEGS, path=None, sha256=None)
    sound = await replay.sound(fresh)
    wav = WavOfLegs(legs)
    assert (sound.media_type, sound.size_bytes) == ("audio/wav", 44 + 3 * 64000)
    assert await bytes_of(sound, 40, 150_001) == wav.part(40, 150_001)
    assert len((await replay.peaks(fresh)).citizen) == 30
    sound = await replay.sound(archived)
    assert (sound.media_type, sound.size_bytes) == ("audio/ogg", 15)
    assert await bytes_of(sound, 6, 15) == b"of a call"
    assert (await replay.peaks(archived)).citizen == b"ab"


async def test_audio_that_is_nowhere_is_named_even_when_it_vanishes_while_it_is_read(tmp_path):
    vault = Vault(tmp_path / "archive")
    write_legs(tmp_path / "legs", "node1-1.1", 1)
    replay = Replay(tmp_path / "legs", vault)
    archived = put(vault)
    fresh = replace(archived, state=RecordingState.LEGS, path=None)
    sound = await replay.sound(fresh)
    legs_of(tmp_path / "legs", "node1-1.1").remove()
    with pytest.raises(AudioMissing):
        await bytes_of(sound, 0, 1000)
    vault.audio_of(archived).unlink()
    for recording in (fresh, archived):
        with pytest.raises(AudioMissing):
            await replay.sound(recording)
        with pytest.raises(AudioMissing):
            await replay.peaks(recording)
