"""Parties' own voices in the archive, with real files and the real encoding process."""

import asyncio
import os
import signal
import wave
from datetime import timedelta
from io import BytesIO

import av
import numpy as np
import pytest

from cti.events import CallEnded, PartyRecordingStarted, PartyRole, RecordingStarted
from cti.ids import CallId, LegId
from recordings.audio import encode, verify
from recordings.errors import CopyDiffers
from recordings.events import RecordingArchived, RecordingFound
from recordings.legs import own_leg_of
from recordings.replay import Replay
from recordings.settings import RecordingsSettings
from recordings.vault import Fixity
from recordings.waveform import levels_of_legs
from tests.fakes.legs import as_recorded, turns, write_legs
from tests.wire.test_archive_archivist import CALL, HUNG_UP, START, House, children, until

WATER_LEG = LegId(f"{CALL}-p1772870403000")
SEAT_LEG = LegId("node1-1.2")
SETTINGS = RecordingsSettings()


def write_own(house: House, leg_id: LegId, seconds: float) -> None:
    (leg,) = own_leg_of(house.legs_folder, CallId(CALL), leg_id).files
    leg.write_bytes(as_recorded(turns(seconds, 0)))


def conference(house: House, *, told=(SEAT_LEG, WATER_LEG), seconds=6.0) -> None:
    """A call of 10 s on which a seat and a department had legs of their own for the last six."""
    write_legs(house.legs_folder, CALL, 10.0)
    house.catalogue.tell(RecordingStarted(at=START, call_id=CALL))
    for leg_id, role, who in (
        (SEAT_LEG, PartyRole.SEAT, "8001"),
        (WATER_LEG, PartyRole.THIRD, "water"),
    ):
        write_own(house, leg_id, seconds)
        if leg_id in told:
            house.catalogue.tell(
                PartyRecordingStarted(
                    at=START + timedelta(seconds=4),
                    call_id=CALL,
                    leg_id=leg_id,
                    role=role,
                    who=who,
                )
            )
    over = START + timedelta(seconds=10)
    house.catalogue.tell(CallEnded(at=over, call_id=CALL, talked_ms=0, ending=HUNG_UP))


def nothing_left(house: House) -> bool:
    return not list(house.legs_folder.iterdir())


def all_whole(house: House) -> bool:
    return all(
        house.vault.verify(one) is Fixity.INTACT for one in house.catalogue.recordings.values()
    )


async def test_a_conference_is_one_recording_of_the_call_and_one_of_each_party(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        conference(house)
        house.transcribe()
        await until(lambda: nothing_left(house))
    told = {e.recording_id: e for e in house.catalogue.of_kind(RecordingArchived)}
    assert [(e.leg_id, e.duration_ms) for _, e in sorted(told.items())] == [
        (None, 10_000),
        (SEAT_LEG, 6_000),
        (WATER_LEG, 6_000),
    ]
    assert all_whole(house)
    own = house.catalogue.recordings[f"{CALL}-3"]
    with av.open(str(house.vault.audio_of(own))) as ogg:
        assert ogg.streams.audio[0].codec_context.channels == 1
    peaks = house.vault.peaks_of(own)
    assert (len(peaks.own), peaks.citizen, peaks.operator) == (60, b"", b"")


async def test_a_leg_whose_event_was_lost_is_archived_with_its_beginning_from_the_file(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        conference(house, told=(SEAT_LEG,))
        ended = (START + timedelta(seconds=10)).timestamp()
        os.utime(own_leg_of(house.legs_folder, CallId(CALL), WATER_LEG).files[0], (ended, ended))
        house.transcribe()
        await until(lambda: nothing_left(house))
    (found,) = house.catalogue.of_kind(RecordingFound)
    assert found.started_at == START + timedelta(seconds=4)
    assert house.catalogue.recordings[f"{CALL}-3"].leg_id == WATER_LEG
    assert all_whole(house)


async def test_a_service_killed_in_the_middle_leaves_nothing_undone_for_the_next(tmp_path):
    house = House(tmp_path)
    async with house.at_work():
        conference(house, seconds=60.0)
        house.transcribe()
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
        await until(children)
    assert not nothing_left(house)
    async with house.at_work():
        await until(lambda: nothing_left(house))
    assert len(house.catalogue.of_kind(RecordingArchived)) == 3
    assert all_whole(house)


async def test_a_killed_encoder_of_a_partys_voice_is_started_again(tmp_path):
    house = House(tmp_path)
    async with house.at_work() as archivist:
        conference(house, seconds=60.0)
        house.transcribe()
        await until(lambda: house.catalogue.of_kind(RecordingArchived))
        await until(children)
        os.kill(children()[0], signal.SIGKILL)
        await until(lambda: archivist.failures["encode-failed"] == 1)
        await until(lambda: nothing_left(house))
    assert all_whole(house)


async def test_until_it_is_archived_a_partys_voice_is_heard_from_its_leg(tmp_path):
    house = House(tmp_path)
    conference(house)
    replay = Replay(house.legs_folder, house.vault)
    recording = house.catalogue.recordings[f"{CALL}-3"]
    sound = await replay.sound(recording)
    whole = b"".join([part async for part in sound.read(0, sound.size_bytes)])
    with wave.open(BytesIO(whole)) as wav:
        assert (wav.getnchannels(), wav.getframerate(), wav.getnframes()) == (1, 16_000, 96_000)
        heard = wav.readframes(96_000)
    (leg,) = own_leg_of(house.legs_folder, CallId(CALL), WATER_LEG).files
    assert as_recorded(np.frombuffer(heard, "<i2")) == await asyncio.to_thread(leg.read_bytes)
    middle = b"".join([part async for part in sound.read(1001, 2003)])
    assert middle == whole[1001:2003]
    assert len((await replay.peaks(recording)).own) == 60


def test_a_copy_that_holds_another_voice_or_too_many_channels_is_found(tmp_path):
    leg = own_leg_of(tmp_path, CallId(CALL), WATER_LEG)
    leg.files[0].write_bytes(as_recorded(turns(6.0, 0)))
    made, other = tmp_path / "made.opus", tmp_path / "other.opus"
    levels = encode(leg, made, "title", SETTINGS)
    assert levels == levels_of_legs(leg)
    assert verify(made, 6_000, levels).duration_ms == 6_000
    leg.files[0].write_bytes(as_recorded(np.zeros(96_000, "<i2")))
    encode(leg, other, "title", SETTINGS)
    with pytest.raises(CopyDiffers, match="party"):
        verify(other, 6_000, levels)
    stereo = write_legs(tmp_path / "stereo", CALL, 6.0)
    encode(stereo, tmp_path / "stereo.opus", "title", SETTINGS)
    with pytest.raises(CopyDiffers, match="mono"):
        verify(tmp_path / "stereo.opus", 6_000, levels)
