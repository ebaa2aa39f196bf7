"""Every talk ends with a code or an order, or it is listed as 未登记."""

from datetime import timedelta

import pytest

from cti.events import Blame, CallAnswered, CallEnded, CallTransferred, Ending, SeatLeftCall
from cti.ids import SeatId
from orders.codes import default_codes
from orders.endings import EndingDesk
from orders.errors import CodeNeedsOrder, CodeNoteMissing, CodeTooEarly, CodeUnknown
from orders.events import CallCoded, OrderDiverted, OrderSubmitted, OutcomeMissed
from orders.model import OrderId
from seats.events import SeatStateChanged
from seats.model import SeatState
from tests.fakes.endings import EndingsInMemory
from tests.fakes.floor import NOON, call

WANG, LI = SeatId("8001"), SeatId("8002")
ONE = call(1)
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


class Office:
    def __init__(self, stored: EndingsInMemory | None = None) -> None:
        self.stored = stored or EndingsInMemory()
        self.desk = EndingDesk(self.stored, default_codes, self.stored.tell, lambda: NOON)

    def happens(self, *events) -> None:
        for event in events:
            self.stored.tell(event)
            self.desk.on_event(event)

    def talked(self) -> "Office":
        self.happens(
            CallAnswered(at=NOON, call_id=ONE, seat_id=WANG, waited_ms=0),
            SeatLeftCall(at=NOON, call_id=ONE, seat_id=WANG, talked_ms=1),
            CallEnded(at=NOON, call_id=ONE, talked_ms=1, ending=HUNG_UP),
        )
        return self

    def wrap_up_ends(self, seat_id=WANG, by=None) -> None:
        self.happens(
            SeatStateChanged(
                at=NOON + timedelta(seconds=30), seat_id=seat_id, was=SeatState.WRAP_UP,
                state=SeatState.READY, by=by, last_call_id=ONE,
            )
        )  # fmt: skip

    @property
    def missed(self):
        return [event for event in self.stored.events if isinstance(event, OutcomeMissed)]


def submitted() -> OrderSubmitted:
    return OrderSubmitted(
        at=NOON, call_id=ONE, order_id=OrderId("20261121-000001"), by="wang", revision=1
    )


def test_a_talk_is_missing_its_outcome_until_it_is_coded():
    office = Office().talked()
    assert office.desk.missing(ONE) == "尚未登记话后小结，也未提交工单"
    office.desk.code(ONE, WANG, "wrong-number", "", "wang")
    assert office.desk.missing(ONE) is None
    coded = office.stored.events[-1]
    assert isinstance(coded, CallCoded)
    assert (coded.name, coded.without_order) == ("打错", True)
    assert "knowledge" in coded.excluded_from


def test_a_submitted_order_is_an_outcome_and_so_is_an_emergency_line():
    office = Office().talked()
    office.happens(submitted())
    assert office.desk.missing(ONE) is None
    other = Office()
    other.happens(
        CallAnswered(at=NOON, call_id=ONE, seat_id=WANG, waited_ms=0),
        OrderDiverted(at=NOON, call_id=ONE, order_id=OrderId("20261121-000001"), to="119"),
        SeatLeftCall(at=NOON, call_id=ONE, seat_id=WANG, talked_ms=1),
    )
    assert other.desk.missing(ONE) is None
    assert (other.stored.summaries_told[ONE].code, other.stored.summaries_told[ONE].note) == (
        "emergency", "119",
    )  # fmt: skip


def test_nothing_is_missing_of_a_call_that_nobody_answered_or_that_goes_on():
    office = Office()
    assert office.desk.missing(ONE) is None
    office.happens(
        CallAnswered(at=NOON, call_id=ONE, seat_id=WANG, waited_ms=0),
        CallTransferred(at=NOON, call_id=ONE, from_seat=WANG, to_seat=LI),
        SeatLeftCall(at=NOON, call_id=ONE, seat_id=WANG, talked_ms=1, last=False),
    )
    assert office.desk.missing(ONE) is None


def test_the_code_is_the_citizens_seats_and_nobody_elses_who_was_on_the_call():
    office = Office()
    office.happens(
        CallAnswered(at=NOON, call_id=ONE, seat_id=WANG, waited_ms=0),
        CallTransferred(at=NOON, call_id=ONE, from_seat=WANG, to_seat=LI),
        SeatLeftCall(at=NOON, call_id=ONE, seat_id=WANG, talked_ms=1, last=False),
        SeatLeftCall(at=NOON, call_id=ONE, seat_id=LI, talked_ms=1),
    )
    assert office.desk.missing(ONE, WANG) is None
    assert office.desk.missing(ONE, LI) == "尚未登记话后小结，也未提交工单"


def test_a_wrap_up_that_ends_by_its_deadline_with_nothing_saved_is_counted_once():
    office = Office().talked()
    office.wrap_up_ends()
    assert [event.seat_id for event in office.missed] == [WANG]
    assert office.desk.missed == 1
    coded = Office().talked()
    coded.desk.code(ONE, WANG, "silent", "", "wang")
    coded.wrap_up_ends()
    assert coded.missed == []


def test_a_seat_that_only_helped_owes_no_code():
    office = Office().talked()
    office.wrap_up_ends(seat_id=LI)
    assert office.missed == []


def test_a_wrap_up_that_a_person_ended_is_his_own_affair():
    office = Office().talked()
    office.wrap_up_ends(by="leader")
    assert office.missed == []


def test_a_code_that_cannot_be_is_refused():
    office = Office()
    with pytest.raises(CodeTooEarly):
        office.desk.code(ONE, WANG, "silent", "", "wang")
    office.talked()
    with pytest.raises(CodeUnknown):
        office.desk.code(ONE, WANG, "nonsense", "", "wang")
    with pytest.raises(CodeNoteMissing):
        office.desk.code(ONE, WANG, "other", "  ", "wang")
    with pytest.raises(CodeNeedsOrder):
        office.desk.code(ONE, WANG, "order", "", "wang")
    assert office.desk.code_of(ONE) is None
    office.happens(submitted())
    office.desk.code(ONE, WANG, "order", "", "wang")


async def test_after_a_restart_the_desk_still_knows_what_is_missing():
    office = Office().talked()
    again = Office(office.stored)
    await again.desk.restore()
    assert again.desk.missing(ONE) is not None
    again.wrap_up_ends()
    assert len(again.missed) == 1
