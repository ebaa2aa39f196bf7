"""Drafts open at the ring, words fill them, people correct and submit them."""

from datetime import timedelta

import pytest

from asr.events import TranscriptFinished, UtteranceHeard
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOffered,
    CallTransferred,
    Ending,
    PartyJoined,
    PartyRang,
    PartyRole,
    Room,
)
from cti.ids import CallId, LegId, SeatId
from orders import sheets as sheets_module
from orders.desk import OrderDesk
from orders.draftsman import Draftsman
from orders.errors import (
    OrderAlreadySubmitted,
    OrderDivertedFinally,
    OrderFieldsMissing,
    OrderFieldUnknown,
    OrderRevisionStale,
    OrderUnknown,
    OrderValueInvalid,
)
from orders.events import (
    CallCoded,
    DiversionFinished,
    DraftDiscarded,
    DraftOpened,
    DraftPassed,
    FieldsEdited,
    FieldsProposed,
    OrderDiverted,
    OrderSubmitted,
)
from orders.model import FilledBy, OrderField, OrderId, OrderState
from orders.serial import Serial, after, serial_of
from tests.fakes.floor import NOON, call
from tests.fakes.stored_orders import OrdersInMemory
from tests.fakes.talk import heard, talk

F = OrderField
A, B = SeatId("8001"), SeatId("8002")
X = call(1)
FIRST = OrderId("20261121-000001")
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")
FULL = {
    "caller_name": "匿名",
    "content": "路灯不亮",
    "request_type": "help",
    "event_type": "市政设施",
    "urgency": "ordinary",
}


class Office:
    """A desk on a store, with a clock one can turn."""

    def __init__(
        self, store: OrdersInMemory | None = None, draftsman: Draftsman | None = None
    ) -> None:
        self.store = store or OrdersInMemory()
        self.at = NOON
        self.desk = OrderDesk(self.store, self.store.tell, lambda: self.at, draftsman=draftsman)

    def happens(self, *events) -> None:
        for event in events:
            self.store.tell(event)
            self.desk.on_event(event)

    def rings(self, call_id: CallId = X, seat_id: SeatId = A) -> "Office":
        self.happens(
            CallArrived(
                at=NOON, call_id=call_id, caller_number="13800000001", called_number="12345"
            ),
            CallOffered(at=NOON, call_id=call_id, seat_id=seat_id),
        )
        return self

    def ends(self, call_id: CallId = X) -> None:
        self.store.callers.pop(call_id, None)
        self.happens(CallEnded(at=NOON, call_id=call_id, talked_ms=1, ending=HUNG_UP))

    def told(self, kind):
        return [e for e in self.store.events if isinstance(e, kind)]

    @property
    def order(self):
        return self.store.orders[FIRST]

    def value(self, name):
        return self.order.fields[name].value


def test_a_draft_opens_at_the_ring_with_the_callers_number():
    office = Office().rings()
    assert office.order.state is OrderState.DRAFT
    assert (office.order.call_id, office.order.seat_id) == (X, A)
    assert office.value(F.CONTACT_NUMBER) == "13800000001"


def test_a_second_seat_only_takes_the_draft_over():
    office = Office().rings()
    office.happens(
        CallOffered(at=NOON, call_id=X, seat_id=A),
        CallOffered(at=NOON, call_id=X, seat_id=B),
        CallAnswered(at=NOON, call_id=X, seat_id=B, waited_ms=1),
    )
    assert len(office.told(DraftOpened)) == 1
    assert [e.seat_id for e in office.told(DraftPassed)] == [B]
    assert office.order.seat_id == B


def test_words_fill_the_draft_as_they_are_spoken_and_only_changes_are_told():
    office = Office().rings()
    office.happens(*talk("市：我要投诉东湖小区物业\n座：好的\n市：他们乱收停车费\n市：好的"))
    assert office.value(F.REQUEST_TYPE) == "complaint"
    assert office.value(F.CONTENT) == "我要投诉东湖小区物业。他们乱收停车费。"
    proposals = office.told(FieldsProposed)
    assert len(proposals) == 3
    assert [e.revision for e in proposals] == [1, 2, 3]
    assert F.REQUEST_TYPE not in dict(proposals[2].fields)


async def test_a_persons_word_always_wins_over_the_machines():
    office = Office().rings()
    office.happens(heard("我要投诉物业"))
    await office.desk.edit(FIRST, {"request_type": "help"}, office.order.revision, "user8001")
    office.happens(heard("我要投诉他们", at_s=9))
    assert office.value(F.REQUEST_TYPE) == "help"
    assert office.order.fields[F.REQUEST_TYPE].by is FilledBy.PERSON
    assert office.value(F.CONTENT) == "我要投诉物业。我要投诉他们。"


async def test_the_machine_writing_meanwhile_does_not_refuse_a_persons_edit():
    office = Office().rings()
    seen = office.order.revision
    office.happens(heard("我要投诉物业"))
    assert office.order.revision > seen
    order = await office.desk.edit(FIRST, {"summary": "物业收费"}, seen, "user8001")
    assert order == office.order
    assert order.fields[F.SUMMARY].value == "物业收费"


async def test_two_people_writing_the_same_field_are_not_both_believed():
    office = Office().rings()
    seen = office.order.revision
    await office.desk.edit(FIRST, {"summary": "甲"}, seen, "user8001")
    with pytest.raises(OrderRevisionStale) as stale:
        await office.desk.edit(FIRST, {"summary": "乙"}, seen, "user8002")
    assert stale.value.details == {"revision": office.order.revision}
    await office.desk.edit(FIRST, {"address": "人民路12号"}, seen, "user8002")
    with pytest.raises(OrderRevisionStale):
        await office.desk.edit(FIRST, {"address": "x"}, 999, "user8002")
    assert office.value(F.SUMMARY) == "甲"


async def test_writing_the_same_again_changes_nothing_but_confirming_the_machine_does():
    office = Office().rings()
    office.happens(heard("我要投诉物业"))
    await office.desk.edit(FIRST, {"request_type": "complaint"}, 2, "user8001")
    await office.desk.edit(FIRST, {"request_type": " complaint "}, 3, "user8001")
    assert len(office.told(FieldsEdited)) == 1
    assert office.order.fields[F.REQUEST_TYPE].by is FilledBy.PERSON


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"colour": "red"}, OrderFieldUnknown),
        ({"request_type": "angry"}, OrderValueInvalid),
        ({"urgency": "非常紧急"}, OrderValueInvalid),
        ({"contact_number": "call me"}, OrderValueInvalid),
        ({"summary": "长" * 501}, OrderValueInvalid),
        ({"content": "nul\x00"}, OrderValueInvalid),
        ({"summary": "好", "urgency": "x"}, OrderValueInvalid),
    ],
)
async def test_a_wrong_edit_is_named_and_nothing_of_it_is_kept(fields, error):
    office = Office().rings()
    before = office.order
    with pytest.raises(error) as wrong:
        await office.desk.edit(FIRST, fields, before.revision, "user8001")
    assert office.order == before
    assert "call me" not in str(wrong.value)


@pytest.mark.parametrize("left_out", sorted(FULL))
async def test_submitting_with_a_mandatory_field_missing_is_refused_with_its_name(left_out):
    office = Office().rings()
    fields = {name: value for name, value in FULL.items() if name != left_out}
    order = await office.desk.edit(FIRST, fields, office.order.revision, "user8001")
    with pytest.raises(OrderFieldsMissing) as missing:
        await office.desk.submit(FIRST, order.revision, "user8001")
    assert missing.value.details == {"missing": [left_out]}


async def test_a_field_cleared_by_a_person_is_missing_and_stays_clear():
    office = Office().rings()
    office.happens(heard("我要投诉物业乱收费我想匿名"))
    order = await office.desk.edit(FIRST, {"urgency": ""}, office.order.revision, "user8001")
    office.happens(heard("电梯困人了", at_s=9))
    assert order.missing == office.order.missing == (F.URGENCY,)


async def test_an_anonymous_citizens_order_is_accepted_and_then_closed_to_edits():
    office = Office().rings()
    order = await office.desk.edit(FIRST, FULL, office.order.revision, "user8001")
    office.at = NOON + timedelta(minutes=3)
    accepted = await office.desk.submit(FIRST, order.revision, "user8001")
    assert accepted == office.order
    assert (accepted.state, accepted.submitted_by) == (OrderState.ACCEPTED, "user8001")
    assert accepted.submitted_at == office.at
    with pytest.raises(OrderAlreadySubmitted):
        await office.desk.edit(FIRST, {"summary": "x"}, accepted.revision, "user8001")
    with pytest.raises(OrderAlreadySubmitted):
        await office.desk.submit(FIRST, accepted.revision, "user8001")
    office.happens(heard("还有一件事", at_s=99), CallOffered(at=NOON, call_id=X, seat_id=B))
    assert office.order == accepted
    assert len(office.told(DraftOpened)) == len(office.told(OrderSubmitted)) == 1


async def test_submitting_what_somebody_else_changed_meanwhile_is_refused():
    office = Office().rings()
    order = await office.desk.edit(FIRST, FULL, office.order.revision, "user8001")
    await office.desk.edit(FIRST, {"summary": "改"}, order.revision, "user8002")
    with pytest.raises(OrderRevisionStale):
        await office.desk.submit(FIRST, order.revision, "user8001")


async def test_an_unknown_order_is_named():
    with pytest.raises(OrderUnknown):
        await Office().desk.edit(OrderId("20261121-999999"), {}, 0, "user8001")


def abandoned(call_id: CallId = X) -> CallAbandoned:
    return CallAbandoned(at=NOON, call_id=call_id, waited_ms=1, ending=HUNG_UP)


async def test_the_draft_of_a_citizen_who_gave_up_is_discarded():
    office = Office().rings()
    office.happens(abandoned())
    assert office.order.state is OrderState.DISCARDED
    with pytest.raises(OrderAlreadySubmitted):
        await office.desk.edit(FIRST, FULL, office.order.revision, "user8001")


async def test_a_draft_somebody_has_written_in_is_kept_although_the_citizen_gave_up():
    office = Office().rings()
    await office.desk.edit(FIRST, {"summary": "老来电"}, 1, "user8001")
    office.happens(abandoned())
    assert office.told(DraftDiscarded) == []
    assert office.order.state is OrderState.DRAFT


def test_text_made_up_after_the_call_still_fills_the_draft_until_the_transcript_is_finished():
    office = Office().rings()
    office.ends()
    office.happens(heard("我要投诉物业"))
    assert office.value(F.REQUEST_TYPE) == "complaint"
    finished = TranscriptFinished(at=NOON, call_id=X, utterances=1)
    office.happens(finished, heard("我还要说", at_s=9))
    assert office.value(F.CONTENT) == "我要投诉物业。"


async def test_after_a_restart_the_draft_goes_on_with_everything_that_was_said():
    office = Office().rings()
    office.happens(heard("我要投诉东湖小区物业"))
    again = Office(office.store)
    await again.desk.restore()
    again.happens(heard("他们乱收停车费", at_s=9))
    assert again.value(F.CONTENT) == "我要投诉东湖小区物业。他们乱收停车费。"
    assert again.value(F.CONTACT_NUMBER) == "13800000001"
    again.happens(CallOffered(at=NOON, call_id=X, seat_id=B))
    assert len(again.told(DraftOpened)) == 1


async def test_serial_numbers_go_on_after_a_restart_and_begin_anew_with_the_chinese_day():
    office = Office().rings().rings(call(2))
    again = Office(office.store)
    await again.desk.restore()
    again.rings(call(3))
    again.at = NOON.replace(hour=15, minute=59)
    again.rings(call(4))
    again.at = NOON.replace(hour=16)
    again.rings(call(5))
    assert sorted(again.store.orders) == [
        "20261121-000001",
        "20261121-000002",
        "20261121-000003",
        "20261121-000004",
        "20261122-000001",
    ]


def test_a_clock_set_back_over_midnight_never_gives_a_number_twice():
    last = Serial(day="20261122", count=7)
    assert after(last, NOON).order_id == "20261122-000008"
    assert serial_of(OrderId("20261122-000008")) == Serial(day="20261122", count=8)
    assert serial_of(OrderId("something else")) == Serial()


async def test_memory_is_bounded_and_an_old_draft_is_read_when_somebody_opens_it(monkeypatch):
    monkeypatch.setattr(sheets_module, "KEPT", 10)
    office = Office()
    for number in range(30):
        office.rings(call(number))
        office.ends(call(number))
    office.rings(call(99))
    assert len(office.desk._sheets) <= 11
    assert office.desk.order_of(call(99)) is not None
    order = await office.desk.edit(FIRST, FULL, 1, "user8001")
    assert office.store.reads == 1
    accepted = await office.desk.submit(FIRST, order.revision, "user8001")
    assert accepted == office.order
    assert office.store.reads == 1
    assert len(office.desk._sheets) <= 11


def test_a_sentence_of_a_call_without_a_draft_is_nobodys():
    office = Office()
    said = heard("我要投诉物业")
    assert isinstance(said, UtteranceHeard)
    office.happens(said)
    assert office.store.orders == {}


def talking() -> Office:
    office = Office().rings()
    office.happens(CallAnswered(at=NOON, call_id=X, seat_id=A, waited_ms=1))
    return office


def party(role: PartyRole, who: str):
    about = {"at": NOON, "call_id": X, "leg_id": LegId(f"{X}-p1"), "role": role, "who": who}
    return PartyRang(**about), PartyJoined(**about, room=Room.ASIDE)


def test_the_draft_stays_with_the_seat_that_consults_and_follows_the_transfer():
    office = talking()
    office.happens(*party(PartyRole.SEAT, "8002"))
    assert office.order.seat_id == A
    office.happens(CallTransferred(at=NOON, call_id=X, from_seat=A, to_seat=B))
    assert office.order.seat_id == B
    assert [e.seat_id for e in office.told(DraftPassed)] == [B]


async def test_a_submitted_order_does_not_follow_a_transfer():
    office = talking()
    await office.desk.edit(FIRST, FULL, office.order.revision, "wang")
    await office.desk.submit(FIRST, office.order.revision, "wang")
    office.happens(CallTransferred(at=NOON, call_id=X, from_seat=A, to_seat=B))
    assert office.order.seat_id == A


@pytest.mark.parametrize("line", ["police", "fire", "ambulance", "traffic"])
async def test_an_emergency_line_on_the_call_diverts_the_matter(line):
    office = talking()
    office.happens(*party(PartyRole.THIRD, line))
    assert (office.order.diverted_to, office.order.state) == (line, OrderState.DRAFT)
    office.ends()
    assert office.order.state is OrderState.DIVERTED
    assert [type(e) for e in office.store.events].count(DiversionFinished) == 1


async def test_a_diverted_order_is_final():
    office = talking()
    await office.desk.edit(FIRST, FULL, office.order.revision, "wang")
    office.happens(*party(PartyRole.THIRD, "fire"))
    office.ends()
    diverted = office.order
    with pytest.raises(OrderDivertedFinally):
        await office.desk.edit(FIRST, {"summary": "又及"}, diverted.revision, "wang")
    with pytest.raises(OrderDivertedFinally):
        await office.desk.submit(FIRST, diverted.revision, "wang")
    office.happens(*party(PartyRole.THIRD, "police"))
    assert (office.order, diverted.diverted_to) == (diverted, "fire")
    assert office.told(OrderSubmitted) == []


async def test_what_was_submitted_while_the_emergency_line_spoke_stays_accepted():
    office = talking()
    office.happens(*party(PartyRole.THIRD, "police"))
    await office.desk.edit(FIRST, FULL, office.order.revision, "wang")
    await office.desk.submit(FIRST, office.order.revision, "wang")
    office.ends()
    assert (office.order.state, office.order.diverted_to) == (OrderState.ACCEPTED, "police")


def test_a_department_or_an_emergency_line_that_did_not_answer_diverts_nothing():
    office = talking()
    office.happens(*party(PartyRole.THIRD, "water"))
    office.happens(party(PartyRole.THIRD, "fire")[0])
    office.ends()
    assert office.told(OrderDiverted) == []
    assert office.order.state is OrderState.DRAFT


def coded(*, without_order: bool) -> CallCoded:
    return CallCoded(
        at=NOON, call_id=X, seat_id=A, code="wrong-number", name="打错", by="wang",
        without_order=without_order,
    )  # fmt: skip


def test_a_code_that_needs_no_order_takes_an_untouched_draft_away_also_after_the_call():
    office = talking()
    office.ends()
    office.happens(TranscriptFinished(at=NOON, call_id=X, utterances=0), coded(without_order=True))
    assert office.order.state is OrderState.DISCARDED


async def test_what_a_person_wrote_survives_any_code():
    office = talking()
    await office.desk.edit(FIRST, {"content": "路灯不亮"}, office.order.revision, "wang")
    office.happens(coded(without_order=True))
    assert office.order.state is OrderState.DRAFT
    untouched = talking()
    untouched.happens(coded(without_order=False))
    assert untouched.order.state is OrderState.DRAFT
