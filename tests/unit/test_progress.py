"""His own number and code open an order's progress; everything else sounds the same and opens nothing."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.events import Blame, CallEnded, Ending
from cti.ids import CallId, SeatId
from orders.citizen_events import OrderUrged, ProgressAsked, QueryCodeIssued
from orders.errors import ProgressUnavailable, QueryCodeNotYet
from orders.model import FieldValue, FilledBy, OrderField, OrderId, OrderState, WorkOrder
from orders.progress import (
    Asked,
    IssuedCode,
    NotDisclosed,
    Progress,
    hash_of,
    is_code,
    matching,
    new_code,
)
from orders.progress_desk import ProgressDesk
from store.codec import encode
from tests.fakes.citizens import CitizensInMemory

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
ORDER = OrderId("20261121-000001")
HIS, OTHER = "13800000001", "13800000002"
FIRST, NOW_CALL = CallId("node1-1.1"), CallId("node1-2.1")
KEY = b"a key of this house"


def accepted(order_id=ORDER, **changed):
    order = WorkOrder(
        order_id=order_id,
        call_id=FIRST,
        seat_id=SeatId("8001"),
        state=OrderState.ACCEPTED,
        opened_at=NOON,
        submitted_at=NOON,
        fields={OrderField.CONTENT: FieldValue(value="邻居夜里装修", by=FilledBy.PERSON)},
    )
    return replace(order, **changed)


class Office:
    def __init__(self, stored=None, codes=(482_913,)):
        self.stored = stored or CitizensInMemory()
        self.at = NOON
        self.codes = iter(codes)
        self.desk = ProgressDesk(
            self.stored,
            KEY,
            self.stored.tell,
            lambda: self.at,
            department_of=lambda _: "住建局",
            below=lambda _: next(self.codes),
        )

    def submit(self, order=None, number=HIS):
        order = order or accepted()
        self.stored.orders[order.order_id] = order
        return self.desk.issue(order, number, "wang")

    async def ask(self, code, number=HIS, call=NOW_CALL):
        return await self.desk.ask(call, number, code)

    def end(self, call):
        ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
        self.desk.on_event(CallEnded(at=self.at, call_id=call, talked_ms=0, ending=ending))


async def test_his_number_and_code_are_told_the_state_and_nothing_of_the_matter():
    office = Office()
    code = office.submit()
    assert code == "482913"
    told = await office.ask(code)
    assert told == Progress(
        order_id=ORDER, state=OrderState.ACCEPTED, since=NOON, department="住建局", urges=0
    )
    assert {one.name for one in fields(Progress)} == {
        "order_id", "state", "since", "department", "urges",
    }  # fmt: skip
    assert "装修" not in repr(told)


async def test_only_the_keyed_hash_of_a_code_is_told_and_it_is_no_plain_hash():
    office = Office()
    code = office.submit()
    (issued,) = office.stored.told(QueryCodeIssued)
    assert code not in str(encode(issued))
    assert issued.code_hash == hash_of(KEY, ORDER, code)
    assert issued.code_hash != hash_of(b"another key", ORDER, code)
    assert issued.code_hash != hash_of(KEY, OrderId("20261121-000002"), code)


async def test_a_code_has_six_digits_zeros_first_too():
    assert new_code(lambda below: 7) == "000007"
    assert new_code(lambda below: below - 1) == "999999"
    assert not any(is_code(one) for one in ("12345", "1234567", "12345*", "", "１２３４５６"))


async def test_another_number_learns_nothing_even_with_the_code():
    office = Office()
    code = office.submit()
    for number in (OTHER, "", "anonymous"):
        found = await office.ask(code, number=number, call=CallId(f"c-{number}"))
        assert found == NotDisclosed(to_person=False, tries_left=2)


async def test_his_number_however_the_trunk_writes_it_is_his():
    office = Office()
    code = office.submit(number="+8613800000001")
    assert isinstance(await office.ask(code, number="013800000001"), Progress)


async def test_three_wrong_codes_lead_to_a_person_and_the_right_one_comes_too_late():
    office = Office()
    code = office.submit()
    answers = [await office.ask(wrong) for wrong in ("000000", "1", "999999")]
    assert answers == [
        NotDisclosed(to_person=False, tries_left=2),
        NotDisclosed(to_person=False, tries_left=1),
        NotDisclosed(to_person=True, tries_left=0),
    ]
    assert await office.ask(code) == NotDisclosed(to_person=True)
    outcomes = [one.outcome for one in office.stored.told(ProgressAsked)]
    assert outcomes == [Asked.WRONG] * 3 + [Asked.LOCKED]
    # In his next call he may try again.
    assert isinstance(await office.ask(code, call=CallId("node1-3.1")), Progress)


async def test_ten_wrong_codes_of_a_number_in_a_day_lock_it_until_tomorrow():
    office = Office()
    code = office.submit()
    for count in range(10):
        await office.ask("000000", call=CallId(f"c{count // 2}"))
    assert await office.ask(code, call=CallId("c9")) == NotDisclosed(to_person=True)
    assert isinstance(await office.ask(code, number=HIS, call=CallId("c9")), NotDisclosed)
    office.at = NOON + timedelta(hours=11, minutes=59)
    assert isinstance(await office.ask(code, call=CallId("c10")), NotDisclosed)
    office.at = NOON + timedelta(hours=12)  # midnight in China
    assert isinstance(await office.ask(code, call=CallId("c11")), Progress)


async def test_a_restart_gives_nobody_new_tries():
    before = Office()
    code = before.submit()
    for wrong in ("000000", "000001"):
        await before.ask(wrong)
    for count in range(7):
        await before.ask("000000", call=CallId(f"c{count}"))
    after = Office(before.stored)
    await after.desk.restore()
    assert await after.ask("000002") == NotDisclosed(to_person=True)
    assert await after.ask(code, call=CallId("c9")) == NotDisclosed(to_person=True)


async def test_a_new_code_takes_the_place_of_the_lost_one():
    office = Office(codes=(1, 2))
    first, second = office.submit(), office.submit()
    assert first != second
    assert isinstance(await office.ask(first), NotDisclosed)
    assert isinstance(await office.ask(second), Progress)


async def test_a_draft_and_a_caller_without_number_get_no_code():
    office = Office()
    with pytest.raises(QueryCodeNotYet):
        office.submit(accepted(state=OrderState.DRAFT))
    with pytest.raises(QueryCodeNotYet):
        office.submit(number="anonymous")


async def test_a_sick_store_leads_to_a_person_and_costs_no_try():
    class Sick(CitizensInMemory):
        async def codes_of(self, number_key):
            raise ProgressUnavailable

    office = Office(Sick())
    for _ in range(5):
        assert await office.ask("000000") == NotDisclosed(to_person=True)
    assert office.stored.told(ProgressAsked) == []


@given(st.lists(st.text("0123456789", min_size=6, max_size=6), min_size=1, max_size=8), st.data())
def test_a_code_opens_its_own_order_and_of_two_the_newest(codes, data):
    issued = tuple(
        IssuedCode(
            order_id=OrderId(f"20261121-{n:06}"),
            code_hash=hash_of(KEY, OrderId(f"20261121-{n:06}"), code),
        )
        for n, code in enumerate(codes)
    )
    code = data.draw(st.sampled_from(codes))
    newest = max(n for n, one in enumerate(codes) if one == code)
    assert matching(KEY, issued, code) == f"20261121-{newest:06}"
    assert matching(b"other", issued, code) is None


# Urging.


async def test_who_was_told_may_urge_once_in_a_call_and_it_is_counted_on_the_order():
    office = Office()
    code = office.submit()
    assert not office.desk.urge(NOW_CALL)
    await office.ask(code)
    assert office.desk.urge(NOW_CALL)
    assert office.desk.urge(NOW_CALL)
    (urged,) = office.stored.told(OrderUrged)
    assert (urged.order_id, urged.call_id) == (ORDER, NOW_CALL)
    office.end(NOW_CALL)
    assert not office.desk.urge(NOW_CALL)
    later = CallId("node1-4.1")
    told = await office.ask(code, call=later)
    assert told.urges == 1
    assert office.desk.urge(later)
    assert office.stored.orders[ORDER].urges == 2


async def test_after_a_restart_he_may_still_urge_in_the_same_call():
    before = Office()
    await before.ask(before.submit())
    after = Office(before.stored)
    await after.desk.restore()
    assert after.desk.urge(NOW_CALL)
