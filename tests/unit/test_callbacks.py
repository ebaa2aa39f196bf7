"""Whoever got nobody, or was cut off, is owed one call; getting through settles it."""

from datetime import timedelta

import pytest

from cti.ids import message_id_of
from orders.citizen_events import CallLimited, MessageLeft
from orders.events import CallbackClosed, CallbackOwed
from orders.limits import Verdict, WhyLimited
from orders.messages import HowLeft
from orders.model import CallbackReason
from tests.fakes.callback_office import Office
from tests.fakes.floor import NOON, call


def test_three_abandons_from_one_number_and_one_from_another_make_two_tasks():
    office = Office()
    for number, caller in enumerate(["13800000001"] * 3 + ["13800000002"]):
        office.arrives(number, caller, at_s=number)
        office.abandons(number)
    assert office.owed() == [call(0), call(3)]
    first = next(e for e in office.store.events if isinstance(e, CallbackOwed))
    assert (first.reason, first.arrived_at) == (CallbackReason.ABANDONED, NOON)


def test_getting_through_later_closes_the_task_by_itself():
    office = Office()
    office.arrives(1)
    office.abandons(1)
    office.arrives(2, "+8613800000001", at_s=9)
    assert office.owed() == [call(1)]
    office.answered(2)
    assert office.owed() == []
    closed = office.store.events[-1]
    assert isinstance(closed, CallbackClosed)
    assert (closed.call_id, closed.why) == (call(1), "caller-got-through")


def test_a_wait_shorter_than_the_setting_is_not_owed_a_call():
    office = Office(after_wait=timedelta(seconds=5))
    office.arrives(1)
    office.abandons(1, waited_ms=4_999)
    assert office.owed() == []
    office.arrives(2)
    office.abandons(2, waited_ms=5_000)
    assert office.owed() == [call(2)]


@pytest.mark.parametrize("reason", ["asterisk-restarted", "ended-while-away"])
def test_whoever_was_cut_off_is_owed_a_call_however_short_he_waited(reason):
    office = Office(after_wait=timedelta(seconds=60))
    office.arrives(1, "13800000001")
    office.abandons(1, reason)
    office.arrives(2, "13800000002")
    office.answered(2)
    office.ends(2, reason)
    assert [task.reason for task in office.desk.open_tasks] == [CallbackReason.DROPPED] * 2


def test_an_answered_call_that_ended_in_the_ordinary_way_is_owed_nothing():
    office = Office()
    office.arrives(1)
    office.answered(1)
    office.ends(1, "hung-up")
    assert office.owed() == []


def test_of_two_calls_from_one_number_the_earlier_arrival_is_kept():
    office = Office()
    office.arrives(1, at_s=0)
    office.arrives(2, at_s=60)
    office.abandons(2)
    office.abandons(1)
    (task,) = office.desk.open_tasks
    assert (task.call_id, task.arrived_at) == (call(2), NOON)
    assert office.store.callbacks[call(2)].arrived_at == NOON


@pytest.mark.parametrize("caller", ["", "anonymous"])
def test_a_caller_without_a_number_is_counted_and_cannot_be_called(caller):
    office = Office()
    office.arrives(1, caller)
    office.abandons(1)
    assert office.owed() == []
    assert office.desk.without_number == 1


def test_an_ending_of_a_call_nobody_saw_arrive_is_survived():
    office = Office()
    office.abandons(1)
    office.answered(2)
    assert office.owed() == []


def refused(number: int, verdict: Verdict = Verdict.REFUSED) -> CallLimited:
    return CallLimited(at=NOON, call_id=call(number), verdict=verdict, why=WhyLimited.TOO_OFTEN)


@pytest.mark.parametrize("reason", ["hung-up", "asterisk-restarted"])
def test_who_was_refused_is_owed_no_call_however_his_call_ends(reason):
    office = Office()
    office.arrives(1)
    office.happens(refused(1))
    office.abandons(1, reason)
    assert office.owed() == []
    office.arrives(2)
    office.happens(refused(2, Verdict.LIMITED))
    office.abandons(2, reason)
    assert office.owed() == [call(2)]


async def test_a_refusal_is_known_after_a_restart():
    office = Office()
    office.arrives(1)
    office.happens(refused(1))
    again = Office(office.store)
    await again.desk.restore()
    again.abandons(1, "ended-while-away")
    assert again.owed() == []


async def test_after_a_restart_open_tasks_and_calls_in_hand_are_known():
    office = Office()
    office.arrives(1)
    office.abandons(1)
    office.arrives(2, at_s=9)
    office.arrives(3, "13800000003")
    again = Office(office.store)
    await again.desk.restore()
    assert again.owed() == [call(1)]
    again.abandons(3, "asterisk-restarted")
    again.answered(2)
    assert again.owed() == [call(3)]


def left_message(number: int) -> MessageLeft:
    return MessageLeft(
        at=NOON,
        call_id=call(number),
        message_id=message_id_of(call(number), 1),
        began_at=NOON,
        duration_ms=20_000,
        how=HowLeft.HUNG_UP,
    )


def test_who_leaves_a_message_is_owed_no_call_whichever_is_told_first():
    office = Office()
    office.arrives(1, "13800000001")
    office.happens(left_message(1))
    office.abandons(1)
    office.arrives(2, "13800000002")
    office.abandons(2)
    assert office.owed() == [call(2)]
    office.happens(left_message(2))
    assert office.owed() == []
    closed = office.store.events[-1]
    assert (closed.call_id, closed.why) == (call(2), "message-left")


def test_a_message_settles_no_other_calls_task_and_no_request():
    office = Office()
    office.arrives(1)
    office.abandons(1)
    office.arrives(2, at_s=5)
    office.happens(left_message(2))
    office.abandons(2)
    assert office.owed() == [call(1)]
