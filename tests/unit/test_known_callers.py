"""A caller with an open order is rather brought back to the seat that has it."""

from datetime import timedelta
from types import SimpleNamespace

from cti.ids import CallId, SeatId
from hotline.known_callers import KnownCallers, OpenOrder
from orders.events import DraftDiscarded, DraftOpened, DraftPassed
from orders.model import OrderId
from tests.fakes.floor import NOON, call

ORDER = OrderId("20261121-000001")
A, B = SeatId("8001"), SeatId("8002")


def known(*numbers: str, stored=(), at=NOON) -> KnownCallers:
    calls = {call(n): SimpleNamespace(caller_number=number) for n, number in enumerate(numbers, 1)}
    return KnownCallers(stored, calls, lambda: at)


def opened(number: int, seat_id=A, order_id=ORDER):
    return DraftOpened(at=NOON, call_id=call(number), order_id=order_id, seat_id=seat_id)


def test_his_next_call_goes_to_the_seat_that_has_his_order():
    callers = known("13800000001", "13800000001", "13800000002")
    callers.on_event(opened(1))
    assert [callers.seat_of(call(n)) for n in (1, 2, 3, 4)] == [None, A, None, None]
    callers.on_event(DraftPassed(at=NOON, call_id=call(1), order_id=ORDER, seat_id=B))
    assert callers.seat_of(call(2)) == B
    callers.on_event(DraftDiscarded(at=NOON, call_id=call(1), order_id=ORDER))
    assert callers.seat_of(call(2)) is None


def test_a_discarded_order_leaves_the_one_before_it():
    callers = known("13800000001", "13800000001", "13800000001")
    callers.on_event(opened(1))
    second = OrderId("20261121-000002")
    later = opened(2, B, second)
    callers.on_event(later)
    callers.on_event(DraftDiscarded(at=NOON, call_id=call(2), order_id=second))
    assert callers.seat_of(call(3)) == A


def test_an_order_is_remembered_over_a_restart_but_not_for_ever():
    order = OpenOrder(
        order_id=ORDER, call_id=CallId("old"), caller_number="13800000001", seat_id=A,
        opened_at=NOON,
    )  # fmt: skip
    assert known("13800000001", stored=[order]).seat_of(call(1)) == A
    later = NOON + timedelta(days=8)
    assert known("13800000001", stored=[order], at=later).seat_of(call(1)) is None


def test_numbers_that_are_many_peoples_are_nobodys():
    for number in ("", "anonymous", "12345"):
        callers = known(number, number)
        callers.on_event(opened(1))
        assert callers.seat_of(call(2)) is None
