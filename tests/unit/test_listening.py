"""Who may hear a recording, and what is kept of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from recordings.errors import (
    ListeningUnknown,
    MarkInvalid,
    MarkNotYours,
    PurposeMissing,
    PurposeNoteMissing,
    PurposeUnknown,
)
from recordings.events import CallMarked, ListeningOpened, MarkRemoved, RecordingHeard
from recordings.listening import LASTS, ListeningDesk, together
from recordings.marks import LONGEST, MarkDesk
from tests.fakes.replaying import PURPOSES, MemoryListenings
from tests.fakes.services import NOON, MemoryRecordings

RECORDING = MemoryRecordings().recording
WHO = {"by": "inspector", "name": "何质检", "address": "10.0.0.7"}


class Room:
    """A desk whose events go into memory, or nowhere while the store is sick."""

    def __init__(self, records=None):
        self.told, self.at, self.sick = [], NOON, False
        self.records = records or MemoryListenings()
        self.made = 0
        self.desk = ListeningDesk(
            self.records, lambda: PURPOSES, self.tell, lambda: self.at, self.new_id
        )

    def tell(self, event):
        self.told.append(event)
        if not self.sick:
            self.records.tell(event)

    def new_id(self):
        self.made += 1
        return f"id-{self.made}"

    def open(self, purpose="质量抽检", note="", own=False, **more):
        who = {**WHO, **more}
        return self.desk.open(RECORDING, purpose=purpose, note=note, own=own, **who)


@pytest.mark.parametrize(
    ("purpose", "note", "refused"),
    [("", "", PurposeMissing), ("好奇", "", PurposeUnknown), ("依法调取", "", PurposeNoteMissing)],
)
def test_a_purpose_is_one_of_the_list_with_its_reference(purpose, note, refused):
    room = Room()
    with pytest.raises(refused):
        room.open(purpose, note)
    assert room.told == []


def test_who_when_why_and_from_where_is_written_down():
    room = Room()
    opened = room.open("依法调取", "调证字 7 号")
    assert room.told == [
        ListeningOpened(
            at=NOON, call_id=RECORDING.call_id, recording_id=RECORDING.recording_id,
            listening_id="id-1", purpose="依法调取", note="调证字 7 号", own=False, **WHO,
        )
    ]  # fmt: skip
    assert opened.spans == ()


def test_a_seat_hears_its_own_call_without_a_purpose_and_that_is_written_down_too():
    room = Room()
    room.open("", own=True, by="wang")
    assert (room.told[0].own, room.told[0].purpose, room.told[0].by) == (True, "", "wang")


def test_a_purpose_holds_for_one_person_one_recording_and_one_shift():
    async def story():
        room = Room()
        room.open()
        assert await room.desk.is_open(RECORDING.recording_id, "inspector")
        assert not await room.desk.is_open(RECORDING.recording_id, "leader")
        assert not await room.desk.is_open("node1-9.9-1", "inspector")
        room.at = NOON + LASTS
        assert not await room.desk.is_open(RECORDING.recording_id, "inspector")

    asyncio.run(story())


def test_what_was_heard_is_merged_and_only_what_is_new_is_told():
    async def story():
        room = Room()
        opened = room.open()
        await room.desk.heard(opened.listening_id, "inspector", [(0, 5000)], 70_000)
        again = await room.desk.heard(opened.listening_id, "inspector", [(1000, 4000)], 70_000)
        assert again.spans == ((0, 5000),)
        more = await room.desk.heard(
            opened.listening_id, "inspector", [(60_000, 99_000), (5200, 9000), (9, 3)], 70_000
        )
        assert more.spans == ((0, 9000), (60_000, 70_000))
        assert more.heard_ms == 19_000
        heard = [one.spans for one in room.told if isinstance(one, RecordingHeard)]
        assert heard == [((0, 5000),), ((5200, 9000), (60_000, 70_000))]

    asyncio.run(story())


def test_nobody_tells_what_another_heard():
    async def story():
        room = Room()
        opened = room.open()
        for listening_id, by in ((opened.listening_id, "leader"), ("id-9", "inspector")):
            with pytest.raises(ListeningUnknown):
                await room.desk.heard(listening_id, by, [(0, 5000)], 70_000)

    asyncio.run(story())


def test_a_service_that_was_started_again_knows_open_listenings():
    async def story():
        first = Room()
        opened = first.open()
        await first.desk.heard(opened.listening_id, "inspector", [(0, 5000)], 70_000)
        second = Room(first.records)
        assert await second.desk.is_open(RECORDING.recording_id, "inspector")
        told = await second.desk.heard(opened.listening_id, "inspector", [(5000, 6000)], 70_000)
        assert told.spans == ((0, 6000),)

    asyncio.run(story())


def test_a_sick_store_keeps_nobody_from_hearing_what_he_opened():
    async def story():
        room = Room()
        room.sick = True
        opened = room.open()
        assert await room.desk.is_open(RECORDING.recording_id, "inspector")
        told = await room.desk.heard(opened.listening_id, "inspector", [(0, 5000)], 70_000)
        assert told.spans == ((0, 5000),)

    asyncio.run(story())


def test_an_older_listening_that_is_told_of_again_does_not_end_a_newer_one():
    async def story():
        room = Room()
        old = room.open()
        room.at = NOON + LASTS - timedelta(minutes=1)
        room.open()
        await room.desk.heard(old.listening_id, "inspector", [(0, 5000)], 70_000)
        room.at = NOON + LASTS + timedelta(minutes=1)
        assert await room.desk.is_open(RECORDING.recording_id, "inspector")

    asyncio.run(story())


def test_spans_that_are_as_good_as_one_become_one():
    assert together([(5, 5), (900, 2000), (0, 600), (9000, 8000), (1500, 3000)]) == ((0, 3000),)
    assert together([(0, 600), (1001, 2000)]) == ((0, 600), (1001, 2000))


def marks(told):
    return MarkDesk(told.append, lambda: NOON, lambda: "mark-1")


USUAL = {"by": "inspector", "name": "何质检", "text": "语气生硬", "length_ms": 70_000}


def test_a_mark_has_its_author_time_and_place():
    told = []
    made = marks(told).make(RECORDING.call_id, at_ms=1000, ends_at_ms=3000, **USUAL)
    assert told == [
        CallMarked(
            at=NOON, call_id=RECORDING.call_id, mark_id="mark-1", by="inspector", name="何质检",
            at_ms=1000, ends_at_ms=3000, text="语气生硬",
        )
    ]  # fmt: skip
    assert made.made_at == NOON


@pytest.mark.parametrize(
    "wrong",
    [
        {"at_ms": 80_000},
        {"at_ms": 3000, "ends_at_ms": 3000},
        {"at_ms": 3000, "ends_at_ms": 90_000},
        {"text": "长" * (LONGEST + 1)},
    ],
)
def test_a_mark_stands_within_its_call(wrong):
    told = []
    with pytest.raises(MarkInvalid):
        marks(told).make(RECORDING.call_id, **{"at_ms": 1000, "ends_at_ms": None, **USUAL, **wrong})
    assert told == []


def test_a_mark_is_removed_by_its_author_or_by_who_may_remove_anybodys():
    told = []
    desk = marks(told)
    made = desk.make(RECORDING.call_id, at_ms=1000, ends_at_ms=None, **USUAL)
    with pytest.raises(MarkNotYours):
        desk.remove(made, "another", anybodys=False)
    desk.remove(made, "inspector", anybodys=False)
    desk.remove(replace(made, by="another"), "leader", anybodys=True)
    assert [one.by for one in told if isinstance(one, MarkRemoved)] == ["inspector", "leader"]
