"""What is left is told, heard, taken and done; silence is counted, and no crash loses a message."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from asr.errors import RecordingGone, TranscriptInTheMaking
from asr.events import Side, TranscriptFinished, UtteranceHeard
from cti.events import Blame, CallAbandoned, CallArrived, Ending
from cti.ids import CallId, LegId, MessageId, SeatId, message_id_of, message_in
from orders.citizen_events import (
    MessageDiscarded,
    MessageDone,
    MessageLeft,
    MessageTaken,
    MessageTextAsked,
)
from orders.errors import MessageAlreadyDone, MessageTakenByOther, MessageUnderWay
from orders.message_desk import LOOK_AGAIN_S, MessageDesk
from orders.messages import HowLeft, MessageSound, MessageState
from orders.model import OrderId, OrderState, WorkOrder
from tests.fakes.citizens import CitizensInMemory, MemorySounds, MemoryTexts

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
CALL = CallId("node1-1.1")
FIRST = message_id_of(CALL, 1)
WANG, LI = SeatId("8001"), SeatId("8002")
SPOKEN = MessageSound(duration_ms=20_000, voiced_ms=15_000)
SILENCE = MessageSound(duration_ms=8_000, voiced_ms=100)


class Orders:
    """Makes one order after the other; reading may be held up."""

    def __init__(self):
        self.made = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def read_message(self, message):
        await self.go_on.wait()
        return []

    def open_from_message(self, message, seat_id, said):
        self.made.append(message)
        return WorkOrder(
            order_id=OrderId(f"20261121-{len(self.made):06}"),
            call_id=message.call_id,
            seat_id=seat_id,
            state=OrderState.DRAFT,
            opened_at=NOON,
        )


class Room:
    def __init__(self, stored=None, sounds=None):
        self.stored = stored or CitizensInMemory()
        self.sounds = sounds or MemorySounds()
        self.texts = MemoryTexts(self.stored)
        self.orders = Orders()
        self.at = NOON
        self.written = True
        self.desk = MessageDesk(
            stored=self.stored,
            sounds=self.sounds,
            texts=self.texts,
            orders=self.orders,
            written_down=self.is_written,
            tell=self.tell,
            now=lambda: self.at,
        )

    async def is_written(self):
        return self.written

    def tell(self, event):
        self.stored.tell(event)
        self.desk.on_event(event)

    def arrive(self, number="13800000001"):
        self.stored.zero[CALL] = NOON - timedelta(seconds=30)
        self.tell(CallArrived(at=NOON, call_id=CALL, caller_number=number, called_number="12345"))

    def hang_up(self):
        ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
        self.tell(CallAbandoned(at=self.at, call_id=CALL, waited_ms=1, ending=ending))

    def leave(self, sound=SPOKEN, how=HowLeft.CONFIRMED, message_id=FIRST):
        if sound is not None:
            self.sounds.lying[message_id] = sound
        self.desk.left(CALL, message_id, began_at=NOON, how=how)

    @asynccontextmanager
    async def working(self):
        await self.desk.restore()
        async with asyncio.TaskGroup() as group:
            work = group.create_task(self.desk.run())
            await settled()
            yield
            await settled()
            work.cancel()


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


async def left(room):
    room.arrive()
    room.leave()
    await settled()
    return room.desk


def test_a_message_is_a_leg_of_its_call_and_no_other_leg_is_one():
    assert message_in(CALL, LegId(FIRST)) == FIRST
    for other in ("node1-1.2", f"{CALL}-m", f"{CALL}-m0", f"{CALL}-m1x", f"{CALL}-p1", "x-m1"):
        assert message_in(CALL, LegId(other)) is None


async def test_what_was_said_becomes_a_task_and_its_text_is_asked_for_once_the_call_is_over():
    room = Room()
    async with room.working():
        await left(room)
        (told,) = room.stored.told(MessageLeft)
        assert (told.message_id, told.duration_ms, told.began_at) == (FIRST, 20_000, NOON)
        assert (room.desk.waiting, room.texts.wanted) == (1, [])
        room.hang_up()
        await settled()
        assert room.texts.wanted == [(CALL, "message", "system", 30_000, 50_000)]
        assert len(room.stored.told(MessageTextAsked)) == 1
        room.hang_up()
        await settled()
        assert len(room.texts.wanted) == 1


async def test_silence_and_nothing_at_all_are_discarded_and_counted():
    room = Room()
    async with room.working():
        room.arrive()
        room.leave(SILENCE, HowLeft.HUNG_UP)
        room.leave(None, HowLeft.HUNG_UP, message_id_of(CALL, 2))
        await settled()
        assert room.stored.told(MessageLeft) == []
        assert [one.duration_ms for one in room.stored.told(MessageDiscarded)] == [8_000, 0]
        assert (room.desk.discarded, room.desk.waiting) == (2, 0)
        assert (await room.stored.counts())[MessageState.DISCARDED] == 2


async def test_said_twice_it_is_one_message():
    room = Room()
    async with room.working():
        await left(room)
        room.leave(how=HowLeft.HUNG_UP)
        room.desk.found(CALL, FIRST, NOON)
        await settled()
        assert len(room.stored.told(MessageLeft)) == 1


async def test_each_asking_gets_a_name_that_no_file_on_disk_has():
    room = Room()
    assert await room.desk.begin(CALL) == FIRST
    room.sounds.lying[FIRST] = SPOKEN
    assert await room.desk.begin(CALL) == message_id_of(CALL, 2)


# Nothing is lost.


async def test_a_message_of_which_nobody_told_is_found_with_the_calls_legs():
    room = Room()
    async with room.working():
        room.arrive()
        room.sounds.lying[FIRST] = SPOKEN
        room.desk.found(CALL, FIRST, NOON)
        await settled()
        (told,) = room.stored.told(MessageLeft)
        assert (told.how, told.duration_ms) == (HowLeft.FOUND, 20_000)


async def test_one_that_was_found_just_before_the_end_is_taken_up_at_the_next_start():
    room = Room()
    room.arrive()
    room.sounds.lying[FIRST] = SPOKEN
    room.stored.found_legs.append((CALL, FIRST, NOON))
    async with room.working():
        assert len(room.stored.told(MessageLeft)) == 1
    again = Room(room.stored, room.sounds)
    async with again.working():
        assert len(room.stored.told(MessageLeft)) == 1


async def test_one_that_is_archived_already_is_kept_though_nobody_can_measure_it():
    room = Room()
    async with room.working():
        room.arrive()
        room.desk.found(CALL, FIRST, NOON)
        await settled()
        (told,) = room.stored.told(MessageLeft)
        assert told.duration_ms == 0


async def test_a_disk_that_cannot_be_read_is_asked_again():
    room = Room()
    async with room.working():
        room.arrive()
        room.leave(OSError("no"))
        await settled()
        assert room.stored.told(MessageLeft) == []
        room.sounds.lying[FIRST] = SPOKEN
        await asyncio.sleep(LOOK_AGAIN_S + 1)
        assert len(room.stored.told(MessageLeft)) == 1


async def test_after_a_restart_the_open_ones_are_where_they_were():
    before = Room()
    async with before.working():
        desk = await left(before)
        desk.take(FIRST, WANG, "wang")
        before.hang_up()
    after = Room(before.stored, before.sounds)
    async with after.working():
        (message,) = after.desk.open_messages
        assert (message.state, message.taken_by) == (MessageState.TAKEN, "wang")
        with pytest.raises(MessageTakenByOther):
            after.desk.take(FIRST, LI, "li")
        # Its text was asked for before, and is not again.
        assert (len(before.texts.wanted), after.texts.wanted) == (1, [])


async def test_an_order_made_just_before_the_end_is_not_made_again():
    before = Room()
    async with before.working():
        (await left(before)).take(FIRST, WANG, "wang")
    before.stored.made[FIRST] = OrderId("20261121-000009")
    after = Room(before.stored, before.sounds)
    async with after.working():
        (done,) = after.stored.told(MessageDone)
        assert (done.order_id, done.by) == ("20261121-000009", "wang")
        with pytest.raises(MessageAlreadyDone):
            await after.desk.order(FIRST, WANG, "wang")


# Its text.


async def test_a_text_in_the_making_is_waited_for_and_a_lost_recording_is_not():
    room = Room()
    async with room.working():
        await left(room)
        room.texts.refusal = TranscriptInTheMaking()
        room.hang_up()
        await settled()
        assert room.texts.wanted == []
        room.texts.refusal = None
        room.tell(TranscriptFinished(at=NOON, call_id=CALL, utterances=0))
        await settled()
        assert len(room.texts.wanted) == 1
        room.leave(message_id=message_id_of(CALL, 2))
        room.texts.refusal = RecordingGone()
        await settled()
        room.texts.refusal = None
        await asyncio.sleep(LOOK_AGAIN_S + 1)
        assert len(room.texts.wanted) == 1


async def test_no_text_is_asked_for_while_the_store_does_not_write():
    room = Room()
    async with room.working():
        await left(room)
        room.written = False
        room.hang_up()
        await settled()
        assert room.texts.wanted == []
        room.written = True
        await asyncio.sleep(LOOK_AGAIN_S + 1)
        assert len(room.texts.wanted) == 1


def test_only_the_citizens_own_words_within_the_message_are_its_text():
    room = Room()
    room.arrive()
    room.stored.tell(
        MessageLeft(
            at=NOON, call_id=CALL, message_id=FIRST, began_at=NOON, duration_ms=20_000,
            how=HowLeft.CONFIRMED,
        )
    )  # fmt: skip
    message = room.stored.messages[FIRST]
    said = UtteranceHeard(
        at=NOON, call_id=CALL, side=Side.CITIZEN, text="路灯坏了", starts_at_ms=31_000,
        ends_at_ms=33_000, confidence=0.9,
    )  # fmt: skip
    assert message.holds(said)
    assert not message.holds(replace(said, side=Side.OPERATOR))
    assert not message.holds(replace(said, starts_at_ms=20_000))
    assert not message.holds(replace(said, starts_at_ms=51_000))
    assert not message.holds(replace(said, leg_id=LegId("node1-1.2")))


# People.


async def test_one_click_makes_one_order_and_the_message_is_done():
    room = Room()
    async with room.working():
        desk = await left(room)
        order = await desk.order(FIRST, WANG, "wang")
        (message,) = room.orders.made
        assert (message.caller_number, message.starts_at_ms) == ("13800000001", 30_000)
        (taken,), (done,) = room.stored.told(MessageTaken), room.stored.told(MessageDone)
        assert (taken.by, taken.seat_id) == ("wang", WANG)
        assert (done.by, done.order_id, done.reason) == ("wang", order.order_id, None)
        with pytest.raises(MessageAlreadyDone):
            await desk.order(FIRST, WANG, "wang")
        assert desk.open_messages == ()


async def test_two_clicks_at_once_make_one_order():
    room = Room()
    async with room.working():
        desk = await left(room)
        room.orders.go_on.clear()
        async with asyncio.TaskGroup() as group:
            first = group.create_task(desk.order(FIRST, WANG, "wang"))
            await settled()
            with pytest.raises(MessageUnderWay):
                await desk.order(FIRST, WANG, "wang")
            with pytest.raises(MessageUnderWay):
                desk.close(FIRST, "wang", "重复")
            room.orders.go_on.set()
        assert first.result().order_id == "20261121-000001"
        assert len(room.orders.made) == 1


async def test_what_one_has_taken_only_a_supervisor_takes_over():
    room = Room()
    async with room.working():
        desk = await left(room)
        desk.take(FIRST, WANG, "wang")
        desk.take(FIRST, WANG, "wang")
        for act in (
            lambda: desk.take(FIRST, LI, "li"),
            lambda: desk.close(FIRST, "li", "无效"),
        ):
            with pytest.raises(MessageTakenByOther) as refused:
                act()
            assert refused.value.details == {"by": "wang"}
        assert desk.take(FIRST, None, "leader", over=True).taken_by == "leader"
        assert len(room.stored.told(MessageTaken)) == 2
        desk.close(FIRST, "leader", "骚扰留言")
        assert room.stored.messages[FIRST].reason == "骚扰留言"
        with pytest.raises(MessageAlreadyDone):
            desk.take(FIRST, WANG, "wang")


async def test_an_unknown_message_is_nobodys():
    room = Room()
    with pytest.raises(MessageAlreadyDone):
        room.desk.take(MessageId("nothing-m1"), WANG, "wang")
