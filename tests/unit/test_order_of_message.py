"""A voice message becomes a draft that is filled as one of a talk is, from the citizen's own words."""

from dataclasses import replace
from datetime import timedelta

from asr.events import TranscriptFinished
from cti.ids import message_id_of
from orders.citizen_events import OrderUrged
from orders.events import DraftOpened, FieldsProposed
from orders.messages import HowLeft, Message, MessageState
from orders.model import Channel, OrderId, OrderState
from tests.fakes.floor import NOON, call
from tests.fakes.talk import talk
from tests.unit.test_order_desk import FULL, A, F, Office, X, abandoned

SECOND = OrderId("20261121-000002")
SAID = "市：我要投诉东湖小区物业\n市：他们乱收停车费"


def message(call_id=X, **changed):
    usual = Message(
        message_id=message_id_of(call_id, 1),
        call_id=call_id,
        state=MessageState.TAKEN,
        began_at=NOON,
        left_at=NOON,
        duration_ms=600_000,
        how=HowLeft.CONFIRMED,
        caller_number="13800000001",
    )
    return replace(usual, **changed)


async def order_of(office, left):
    return office.desk.open_from_message(left, A, await office.desk.read_message(left))


async def test_what_he_said_fills_the_draft_and_its_channel_is_voice_message():
    office = Office()
    office.store.utterances += talk(SAID)
    order = await order_of(office, message())
    assert (order.channel, order.message_id, order.seat_id) == (
        Channel.MESSAGE, message_id_of(X, 1), A,
    )  # fmt: skip
    assert order.fields[F.CONTENT].value == "我要投诉东湖小区物业，他们乱收停车费。"
    assert order.fields[F.CONTACT_NUMBER].value == "13800000001"
    assert order.fields[F.CONTENT].proof is not None
    (opened,) = office.told(DraftOpened)
    assert (opened.channel, opened.message_id) == (Channel.MESSAGE, message_id_of(X, 1))


async def test_only_words_of_the_message_are_read():
    office = Office()
    office.store.utterances += talk(SAID)
    nothing = await order_of(office, message(starts_at_ms=900_000))
    assert F.CONTENT not in nothing.fields


async def test_words_that_are_made_up_after_the_click_still_fill_it():
    office = Office()
    order = await order_of(office, message())
    assert F.CONTENT not in order.fields
    office.happens(*talk(SAID), TranscriptFinished(at=NOON, call_id=X, utterances=2))
    assert office.store.orders[order.order_id].fields[F.REQUEST_TYPE].value == "complaint"
    assert len(office.told(FieldsProposed)) >= 2


async def test_a_draft_of_the_same_call_stays_its_own():
    office = Office().rings()
    order = await order_of(office, message())
    assert order.order_id == SECOND
    office.happens(*talk("市：我要投诉东湖小区物业"))
    assert office.value(F.REQUEST_TYPE) == "complaint"
    assert F.CONTENT not in office.store.orders[SECOND].fields


async def test_a_discarded_draft_of_the_call_does_not_stand_in_the_way():
    office = Office().rings()
    office.happens(abandoned())
    order = await order_of(office, message())
    assert office.order.state is OrderState.DISCARDED
    office.happens(*talk(SAID))
    assert F.CONTENT in office.store.orders[order.order_id].fields


async def test_it_is_edited_and_submitted_as_any_other():
    office = Office()
    order = await order_of(office, message())
    order = await office.desk.edit(order.order_id, FULL, order.revision, "wang")
    order = await office.desk.submit(order.order_id, order.revision, "wang")
    assert (order.state, order.channel) == (OrderState.ACCEPTED, Channel.MESSAGE)


async def test_yesterday_is_the_day_before_he_spoke_not_before_somebody_listened():
    office = Office()
    office.at = NOON + timedelta(days=3)
    office.store.utterances += talk("市：昨天晚上八点开始停电")
    order = await order_of(office, message())
    spoken = office.store.orders[order.order_id].fields[F.HAPPENED_AT].value
    assert spoken.startswith((NOON - timedelta(days=1)).strftime("%Y-%m-%d"))


async def test_an_urge_is_counted_on_the_order_in_hand():
    office = Office().rings()
    office.happens(OrderUrged(at=NOON, call_id=call(7), order_id=office.order.order_id))
    edited = await office.desk.edit(office.order.order_id, {"content": "停电"}, 1, "wang")
    assert (edited.urges, edited.urged_at) == (1, NOON)
