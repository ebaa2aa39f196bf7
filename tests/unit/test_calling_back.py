"""An owed call is made, counted, tried again and given up; nobody overtakes anybody."""

from datetime import timedelta

import pytest

from cti.errors import LinkLost, NumberRefused
from cti.events import Blame, CallbackRequested, CallEnded, Ending
from cti.ids import SeatId
from orders.errors import (
    CallbackForOtherSeats,
    CallbackNobodyDue,
    CallbackNotDue,
    CallbackNotFirst,
    CallbackTimeInvalid,
    CallbackUnderWay,
    CallbackUnknown,
)
from orders.events import CallbackClosed, CallbackDialled, CallbackTried
from orders.model import CallbackReason, CallbackState, First, Outcome
from seats.errors import UnknownSeat
from tests.fakes.callback_office import Office
from tests.fakes.dialling import SomeFloor
from tests.fakes.floor import GENERAL, LAW, NOON, a_seat, call

WANG = SeatId("8001")
MINUTE = timedelta(minutes=1)


def owing(office: Office | None = None, number: int = 1, caller: str = "13800000001") -> Office:
    office = office or Office()
    office.arrives(number, caller, at_s=number)
    office.abandons(number)
    return office


async def test_a_click_calls_him_back_and_speaking_with_him_settles_it():
    office = owing()
    task = await office.desk.call(call(1), WANG, "wang")
    assert (task.state, task.seat_id, task.attempts) == (CallbackState.CALLING, WANG, 1)
    number, wanted = office.dialling.placed[0]
    assert (number, wanted["first"], wanted["by"]) == ("13800000001", First.SEAT, "wang")
    assert (wanted["seat_id"], wanted["callback_id"]) == (WANG, call(1))
    out = office.dialled()
    assert office.task().reached == out
    office.speaks(out)
    task = office.task()
    assert (task.state, task.closed_why, task.reached) == (CallbackState.DONE, "called-back", out)
    office.happens(CallEnded(at=NOON, call_id=out, talked_ms=1, ending=HUNG_UP))
    assert office.owed() == []


HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("busy", Outcome.BUSY),
        ("no-answer", Outcome.NO_ANSWER),
        ("refused", Outcome.REFUSED),
        ("unreachable", Outcome.FAILED),
        ("asterisk-restarted", Outcome.UNKNOWN),
    ],
)
async def test_an_attempt_in_vain_is_counted_and_waits_for_its_pause(reason, outcome):
    office = owing(Office(pauses=(10 * MINUTE, 60 * MINUTE)))
    await office.desk.call(call(1), WANG, "wang")
    office.comes_to_nothing(office.dialled(), reason)
    task = office.task()
    assert (task.state, task.attempts, task.last_outcome) == (CallbackState.OWED, 1, outcome)
    assert task.due_at == NOON + 10 * MINUTE
    with pytest.raises(CallbackNotDue):
        await office.desk.call(call(1), WANG, "wang")
    office.at = NOON + 10 * MINUTE
    await office.desk.call(call(1), WANG, "wang")
    office.comes_to_nothing(office.dialled(), "busy")
    assert office.task().due_at == NOON + 70 * MINUTE


async def test_after_the_last_attempt_it_is_given_up_for_the_supervisor_to_see():
    office = owing(Office(attempts=2, pauses=(timedelta(0),)))
    for _ in range(2):
        await office.desk.call(call(1), WANG, "wang")
        office.comes_to_nothing(office.dialled(), "no-answer")
    task = office.task()
    assert (task.state, task.closed_why) == (CallbackState.GIVEN_UP, "attempts-used-up")
    assert task.attempts == 2
    assert office.owed() == []


async def test_a_seat_that_does_not_come_costs_the_citizen_no_attempt():
    office = owing(Office(attempts=1))
    await office.desk.call(call(1), WANG, "wang")
    office.comes_to_nothing(office.dialled(), "no-answer", Blame.SEAT)
    task = office.task()
    assert (task.state, task.attempts) == (CallbackState.OWED, 0)
    assert task.last_outcome is Outcome.NOT_CALLED
    await office.desk.call(call(1), WANG, "wang")


async def test_a_citizen_called_first_who_hangs_up_in_the_line_was_tried():
    office = owing(Office(first=First.CITIZEN))
    await office.desk.call(call(1), WANG, "wang")
    assert office.dialling.placed[0][1]["joined_at"] == NOON + timedelta(seconds=1)
    out = office.dialled()
    office.waits_as(out)
    office.comes_to_nothing(out, "cancelled")
    assert office.task().last_outcome is Outcome.HUNG_UP


async def test_a_call_that_ends_before_its_id_is_known_is_not_missed():
    office = owing()

    def busy_at_once(call_id):
        office.dialled(which=-1)
        office.comes_to_nothing(call_id, "busy")

    office.dialling.while_placing = busy_at_once
    await office.desk.call(call(1), WANG, "wang")
    assert (office.task().state, office.task().last_outcome) == (CallbackState.OWED, Outcome.BUSY)


async def test_a_number_that_may_never_be_dialled_is_given_up_and_the_error_shown():
    office = owing()
    office.dialling.refuse = NumberRefused()
    with pytest.raises(NumberRefused):
        await office.desk.call(call(1), WANG, "wang")
    task = office.task()
    assert (task.state, task.closed_why) == (CallbackState.GIVEN_UP, "number-refused")


async def test_a_call_that_could_not_be_placed_is_no_attempt():
    office = owing()
    office.dialling.refuse = LinkLost()
    with pytest.raises(LinkLost):
        await office.desk.call(call(1), WANG, "wang")
    assert (office.task().state, office.task().attempts) == (CallbackState.OWED, 0)


async def test_nobody_is_called_twice_at_once_nor_while_he_is_on_the_line_himself():
    office = owing()
    await office.desk.call(call(1), WANG, "wang")
    with pytest.raises(CallbackUnderWay):
        await office.desk.call(call(1), SeatId("8001"), "li")
    assert len(office.dialling.placed) == 1
    again = owing()
    again.arrives(2)
    with pytest.raises(CallbackNotDue):
        await again.desk.call(call(1), WANG, "wang")


async def test_getting_through_by_himself_during_the_attempt_settles_it_once():
    office = owing()
    await office.desk.call(call(1), WANG, "wang")
    out = office.dialled()
    office.arrives(2)
    office.answered(2)
    assert office.task().closed_why == "caller-got-through"
    office.comes_to_nothing(out, "busy")
    assert [type(e) for e in office.store.events].count(CallbackTried) == 0
    assert [type(e) for e in office.store.events].count(CallbackClosed) == 1


async def test_the_earlier_caller_is_called_first():
    office = owing(owing(), 2, "13800000002")
    with pytest.raises(CallbackNotFirst) as refused:
        await office.desk.call(call(2), WANG, "wang")
    assert refused.value.details == {"first": call(1)}
    assert (await office.desk.call_next(WANG, "wang")).call_id == call(1)
    assert (await office.desk.call_next(WANG, "wang")).call_id == call(2)
    with pytest.raises(CallbackNobodyDue):
        await office.desk.call_next(WANG, "wang")


async def test_somebody_in_his_pause_does_not_hold_up_the_others():
    office = owing(owing(), 2, "13800000002")
    await office.desk.call(call(1), WANG, "wang")
    office.comes_to_nothing(office.dialled(), "busy")
    await office.desk.call(call(2), WANG, "wang")


async def test_a_group_with_somebody_signed_in_calls_its_own_citizens_back():
    floor = SomeFloor(a_seat("8001", general=1), a_seat("8002", law=1))
    office = Office(floor=floor)
    office.arrives(1)
    office.waits(1, LAW)
    office.abandons(1)
    with pytest.raises(CallbackForOtherSeats):
        await office.desk.call(call(1), WANG, "wang")
    with pytest.raises(UnknownSeat):
        await office.desk.call(call(1), SeatId("9999"), "wang")
    await office.desk.call(call(1), SeatId("8002"), "li")


async def test_nobody_is_called_at_night():
    office = Office(from_hour=8, until_hour=21)
    office.at = NOON + timedelta(hours=10)  # 22:00 in China
    office.arrives(1)
    office.happens_abandoned_at(1, office.at)
    morning = NOON + timedelta(hours=20)
    assert office.task().due_at == morning
    with pytest.raises(CallbackNotDue) as refused:
        await office.desk.call(call(1), WANG, "wang")
    assert refused.value.details == {"due_at": morning.isoformat()}
    office.at = morning
    await office.desk.call(call(1), WANG, "wang")


async def test_it_can_be_put_off_and_closed_by_a_person():
    office = owing()
    with pytest.raises(CallbackTimeInvalid):
        office.desk.postpone(call(1), NOON, "wang")
    office.desk.postpone(call(1), NOON + 30 * MINUTE, "wang")
    with pytest.raises(CallbackNotDue):
        await office.desk.call(call(1), WANG, "wang")
    office.desk.close(call(1), "leader", "已由承办单位联系")
    assert (office.task().state, office.task().closed_by) == (CallbackState.DONE, "leader")
    with pytest.raises(CallbackUnknown):
        office.desk.close(call(1), "leader", "")


def test_each_kind_of_loss_has_its_reason():
    office = Office()
    office.arrives(1, "13800000001")
    office.waits(1)
    office.abandons(1)
    office.arrives(2, "13800000002")
    office.rings(2)
    office.abandons(2)
    office.arrives(3, "13800000003")
    office.answered(3)
    office.waits(3)
    office.ends(3, "left-waiting")
    office.arrives(4, "13800000004")
    office.answered(4)
    office.ends(4, "asterisk-restarted")
    assert [task.reason for task in office.desk.open_tasks] == [
        CallbackReason.ABANDONED,
        CallbackReason.UNANSWERED,
        CallbackReason.RETURNED,
        CallbackReason.DROPPED,
    ]


async def test_who_asked_in_the_line_keeps_his_place_and_is_called_at_the_number_he_gave():
    office = Office(first=First.CITIZEN)
    office.arrives(1)
    office.waits(1)
    asked = CallbackRequested(
        at=NOON, call_id=call(1), caller_number="13800000009", skill_group=GENERAL, joined_at=NOON
    )
    office.happens(asked)
    office.abandons(1)
    (task,) = office.desk.open_tasks
    assert (task.reason, task.caller_number) == (CallbackReason.REQUESTED, "13800000009")
    await office.desk.call(call(1), WANG, "wang")
    number, wanted = office.dialling.placed[0]
    assert (number, wanted["joined_at"], wanted["skill_group"]) == ("13800000009", NOON, GENERAL)


def test_who_asked_and_is_answered_after_all_is_owed_nothing():
    office = Office()
    office.arrives(1)
    office.waits(1)
    office.happens(
        CallbackRequested(
            at=NOON, call_id=call(1), caller_number="13800000009", skill_group=GENERAL,
            joined_at=NOON,
        )
    )  # fmt: skip
    office.answered(1)
    assert office.owed() == []


async def test_a_crash_in_the_middle_of_an_attempt_leaves_it_owed_and_counted():
    office = owing(Office(pauses=(10 * MINUTE,)))
    office.dialling.refuse = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        await office.desk.call(call(1), WANG, "wang")
    assert isinstance(office.store.events[-1], CallbackDialled)
    again = Office(office.store)
    await again.desk.restore()
    task = again.task()
    assert (task.state, task.attempts, task.last_outcome) == (
        CallbackState.OWED, 1, Outcome.UNKNOWN,
    )  # fmt: skip
    assert again.desk.open_tasks[0].due_at == NOON + 10 * MINUTE


async def test_an_attempt_whose_call_survived_the_crash_goes_on():
    office = owing()
    await office.desk.call(call(1), WANG, "wang")
    out = office.dialled()
    again = Office(office.store)
    await again.desk.restore()
    assert again.desk.open_tasks[0].state is CallbackState.CALLING
    again.speaks(out)
    assert again.task().closed_why == "called-back"


async def test_an_attempt_of_which_nothing_is_heard_is_over_after_its_limit():
    office = owing(Office(ring_limit=timedelta(seconds=90)))
    await office.desk.call(call(1), WANG, "wang")
    office.at = NOON + timedelta(seconds=89)
    assert office.desk.expire() == NOON + timedelta(seconds=90)
    assert office.task().state is CallbackState.CALLING
    office.at = NOON + timedelta(seconds=90)
    office.desk.expire()
    assert (office.task().state, office.task().last_outcome) == (
        CallbackState.OWED, Outcome.UNKNOWN,
    )  # fmt: skip
