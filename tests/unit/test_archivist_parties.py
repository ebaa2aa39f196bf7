"""When the archivist looks for parties' own voices, and what it makes of them, on virtual time."""

from datetime import timedelta

import numpy as np

from cti.events import CallEnded, PartyRecordingStarted, PartyRole, RecordingStarted
from cti.ids import CallId, LegId
from recordings.events import (
    RecordingArchived,
    RecordingFailed,
    RecordingFound,
    RecordingSkipped,
)
from recordings.legs import own_leg_of, own_legs_in
from recordings.model import RecordingState
from tests.fakes.legs import as_recorded, turns
from tests.unit.test_archivist_waiting import HUNG_UP, START, Desk

CALL = CallId("node1-1.1")
SEAT_LEG = LegId("node1-1.3")
WATER_LEG = LegId("node1-1.1-p1772870403000")


def write_own(desk: Desk, leg_id: LegId, sound: bytes | None = None) -> None:
    desk.legs_folder.mkdir(exist_ok=True)
    (leg,) = own_leg_of(desk.legs_folder, CALL, leg_id).files
    leg.write_bytes(as_recorded(turns(1.0, 0)) if sound is None else sound)


def joined(desk: Desk, leg_id: LegId, at_s: float, role=PartyRole.THIRD, who="water") -> None:
    at = START + timedelta(seconds=at_s)
    desk.catalogue.tell(
        PartyRecordingStarted(at=at, call_id=CALL, leg_id=leg_id, role=role, who=who)
    )


def archived(desk: Desk) -> list[tuple[str, LegId | None]]:
    told = desk.catalogue.of_kind(RecordingArchived)
    return [(event.recording_id, event.leg_id) for event in told]


async def test_each_party_is_one_more_recording_in_the_order_of_their_beginnings(tmp_path):
    desk = Desk(tmp_path)
    joined(desk, SEAT_LEG, 0.2, PartyRole.SEAT, "8001")
    joined(desk, WATER_LEG, 0.4)
    write_own(desk, SEAT_LEG)
    write_own(desk, WATER_LEG)
    desk.hang_up()
    desk.transcribe()
    await desk.work_for(20)
    assert archived(desk) == [
        ("node1-1.1-1", None),
        ("node1-1.1-2", SEAT_LEG),
        ("node1-1.1-3", WATER_LEG),
    ]
    assert list(desk.legs_folder.iterdir()) == []


async def test_own_legs_stay_until_the_transcript_is_done(tmp_path):
    desk = Desk(tmp_path)
    joined(desk, WATER_LEG, 0.2)
    write_own(desk, WATER_LEG)
    desk.hang_up()
    there = []
    desk.loop.call_later(99, lambda: there.append(own_legs_in(desk.legs_folder, CALL)))
    desk.loop.call_later(100, desk.transcribe)
    await desk.work_for(120)
    assert len(archived(desk)) == 2
    assert there == [[WATER_LEG]]
    assert own_legs_in(desk.legs_folder, CALL) == []


async def test_a_leg_of_which_nobody_told_is_found_in_the_folder_and_archived(tmp_path):
    desk = Desk(tmp_path)
    joined(desk, SEAT_LEG, 0.2, PartyRole.SEAT, "8001")
    write_own(desk, SEAT_LEG)
    write_own(desk, WATER_LEG)
    desk.hang_up()
    desk.transcribe()
    await desk.work_for(20)
    (found,) = desk.catalogue.of_kind(RecordingFound)
    assert found.leg_id == WATER_LEG
    assert ("node1-1.1-3", WATER_LEG) in archived(desk)
    assert list(desk.legs_folder.iterdir()) == []


async def test_a_beginning_told_only_after_the_call_is_not_too_late(tmp_path):
    desk = Desk(tmp_path)
    desk.hang_up()
    desk.transcribe()

    def late():
        write_own(desk, WATER_LEG)
        joined(desk, WATER_LEG, 0.2)

    desk.loop.call_later(60, late)
    await desk.work_for(120)
    assert archived(desk) == [("node1-1.1-1", None), ("node1-1.1-2", WATER_LEG)]
    assert list(desk.legs_folder.iterdir()) == []


async def test_legs_of_a_live_call_are_left_alone_whatever_is_told(tmp_path):
    desk = Desk(tmp_path)
    write_own(desk, WATER_LEG)
    joined(desk, WATER_LEG, 0.0)
    await desk.work_for(600)
    assert desk.catalogue.of_kind(RecordingFound) == []
    assert own_legs_in(desk.legs_folder, CALL) == [WATER_LEG]


async def test_a_party_that_made_no_sound_is_skipped_and_said_so(tmp_path):
    desk = Desk(tmp_path)
    joined(desk, SEAT_LEG, -60.0, PartyRole.SEAT, "8001")
    joined(desk, WATER_LEG, -1.0)
    write_own(desk, SEAT_LEG, b"")  # a file without sound; and none at all of a short stay
    desk.hang_up()
    desk.transcribe()
    await desk.work_for(20)
    told = [event.recording_id for event in desk.catalogue.of_kind(RecordingSkipped)]
    assert told == ["node1-1.1-2", "node1-1.1-3"]
    assert archived(desk) == [("node1-1.1-1", None)]
    assert list(desk.legs_folder.iterdir()) == []
    assert desk.archivist.waiting == 0
    states = [one.state for one in await desk.catalogue.of_call(CALL) if one.leg_id]
    assert states == [RecordingState.EMPTY, RecordingState.EMPTY]


async def test_the_lost_file_of_a_party_that_stayed_long_is_a_failure(tmp_path):
    desk = Desk(tmp_path)
    joined(desk, WATER_LEG, -60.0)
    desk.hang_up()
    desk.transcribe()
    await desk.work_for(20)
    (failed,) = desk.catalogue.of_kind(RecordingFailed)
    assert (failed.recording_id, failed.reason) == ("node1-1.1-2", "legs-missing")
    assert desk.archivist.failing == 1


async def test_sound_that_comes_late_into_an_empty_leg_is_archived_before_it_goes(tmp_path):
    desk = Desk(tmp_path)
    joined(desk, WATER_LEG, -60.0)
    write_own(desk, WATER_LEG, b"")
    desk.hang_up()
    desk.loop.call_later(60, write_own, desk, WATER_LEG)
    desk.loop.call_later(61, desk.transcribe)
    await desk.work_for(300)
    assert ("node1-1.1-2", WATER_LEG) in archived(desk)
    assert list(desk.legs_folder.iterdir()) == []


async def test_while_the_store_is_sick_the_call_is_archived_and_its_parties_wait(tmp_path):
    desk = Desk(tmp_path)
    joined(desk, WATER_LEG, 0.2)
    write_own(desk, WATER_LEG)
    desk.catalogue.healthy = False
    desk.loop.call_later(1, desk.hang_up)
    desk.loop.call_later(2, desk.transcribe)
    desk.loop.call_later(61, setattr, desk.catalogue, "healthy", True)
    there = []
    desk.loop.call_later(60, lambda: there.append(archived(desk)))
    await desk.work_for(70)
    assert there == [[("node1-1.1-1", None)]]
    assert archived(desk)[1:] == [("node1-1.1-2", WATER_LEG)]
    assert list(desk.legs_folder.iterdir()) == []


async def test_a_found_leg_that_the_store_does_not_list_is_told_once_and_kept(tmp_path):
    desk = Desk(tmp_path)
    write_own(desk, WATER_LEG)
    desk.catalogue.note_party = lambda *_, **__: None
    desk.hang_up()
    desk.transcribe()
    await desk.work_for(3600)
    assert len(desk.catalogue.of_kind(RecordingFound)) == 1
    assert own_legs_in(desk.legs_folder, CALL) == [WATER_LEG]


async def test_names_that_no_leg_has_are_not_touched(tmp_path):
    desk = Desk(tmp_path)
    desk.hang_up()
    strange = desk.legs_folder / f"{CALL}-own-node1-1.3;2.sln16"
    strange.write_bytes(bytes(32000))
    desk.transcribe()
    await desk.work_for(60)
    assert archived(desk) == [("node1-1.1-1", None)]
    assert list(desk.legs_folder.iterdir()) == [strange]


async def test_parties_left_by_an_earlier_life_are_taken_up_whatever_it_had_done(tmp_path):
    first = Desk(tmp_path)
    joined(first, SEAT_LEG, 0.2, PartyRole.SEAT, "8001")
    write_own(first, SEAT_LEG)
    write_own(first, WATER_LEG)  # its event was lost
    first.hang_up()
    first.transcribe()
    second = Desk(tmp_path, catalogue=first.catalogue)
    await second.work_for(60)
    assert [number for number, _ in archived(second)] == [
        "node1-1.1-1",
        "node1-1.1-2",
        "node1-1.1-3",
    ]
    assert list(second.legs_folder.iterdir()) == []


async def test_a_call_of_which_only_parties_were_recorded_loses_none_of_them(tmp_path):
    desk = Desk(tmp_path)
    write_own(desk, SEAT_LEG, np.zeros(16_000, "<i2").tobytes())
    joined(desk, SEAT_LEG, 0.0, PartyRole.SEAT, "8001")
    desk.catalogue.tell(RecordingStarted(at=START, call_id=CALL))
    desk.catalogue.tell(CallEnded(at=START, call_id=CALL, talked_ms=0, ending=HUNG_UP))
    desk.transcribe()
    await desk.work_for(20)
    assert archived(desk) == [("node1-1.1-2", SEAT_LEG)]
