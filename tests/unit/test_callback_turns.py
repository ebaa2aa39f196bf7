"""Automatic callbacks: nobody overtakes, the line is not jumped, and it starves nobody."""

import asyncio
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cti.errors import LinkLost
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallbackRequested,
    CallEnded,
    CallQueued,
    Direction,
    Ending,
)
from cti.ids import CallId, SeatId
from orders.callback_dialler import AFTER_REFUSAL, CallbackDialler
from orders.callback_rules import CallbackRules, allowed_from, next_try, turns
from orders.callbacks import CallbackDesk
from orders.errors import OrderError
from orders.events import CallbackDialled
from orders.lost_calls import number_key
from orders.model import CallbackReason, CallbackState, CallbackTask, First
from seats.errors import SeatError
from seats.model import SeatState, WaitingCitizen
from tests.fakes.callback_office import Office
from tests.fakes.dialling import DiallingInMemory, SomeFloor
from tests.fakes.floor import GENERAL, LAW, NOON, a_seat, call
from tests.fakes.stored_orders import OrdersInMemory

AUTOMATIC = CallbackRules(automatic=True)
CITIZEN = CallbackRules(automatic=True, first=First.CITIZEN)


def task(number: int, arrived_s: int = 0, group=GENERAL, **more) -> CallbackTask:
    arrived = NOON + timedelta(seconds=arrived_s)
    return CallbackTask(
        call_id=call(number), caller_number=f"1380000000{number}", arrived_at=arrived,
        reason=CallbackReason.ABANDONED, joined_at=arrived, skill_group=group, **more,
    )  # fmt: skip


def waiting(number: int, joined_s: int, group=GENERAL) -> WaitingCitizen:
    joined = NOON + timedelta(seconds=joined_s)
    return WaitingCitizen(call_id=call(number), skill_group=group, joined_at=joined)


def found(tasks, floor: SomeFloor, rules=AUTOMATIC, after=timedelta(minutes=1)):
    turned = turns(tasks, floor.seats, floor.line, NOON + after, rules)
    return [(one.task.call_id, one.first, one.seat_id) for one in turned]


def test_a_free_seat_with_nobody_waiting_calls_the_earliest_back():
    floor = SomeFloor(a_seat("8001", idle_s=5), a_seat("8002", idle_s=9))
    tasks = [task(2, 20), task(1, 10), task(3, 30)]
    assert found(tasks, floor) == [
        (call(1), First.SEAT, "8002"),
        (call(2), First.SEAT, "8001"),
    ]


def test_a_seat_that_somebody_waits_for_calls_nobody_back():
    floor = SomeFloor(a_seat("8001"), line=[waiting(9, 50)])
    assert found([task(1)], floor) == []


def test_a_busy_seat_calls_nobody_back():
    assert found([task(1)], SomeFloor(a_seat("8001", SeatState.TALKING))) == []
    assert found([task(1)], SomeFloor(a_seat("8001", SeatState.NOT_READY))) == []


def test_called_first_he_enters_the_line_when_nobody_who_came_before_him_waits():
    busy = a_seat("8001", SeatState.TALKING)
    later = SomeFloor(busy, line=[waiting(9, 50)])
    assert found([task(1, 10)], later, CITIZEN) == [(call(1), First.CITIZEN, None)]
    earlier = SomeFloor(busy, line=[waiting(9, 5)])
    assert found([task(1, 10)], earlier, CITIZEN) == []
    nobody_there = SomeFloor(a_seat("8001", SeatState.NOT_READY))
    assert found([task(1, 10)], nobody_there, CITIZEN) == []


def test_called_first_they_are_called_one_at_a_time_and_group():
    floor = SomeFloor(
        a_seat("8001", SeatState.TALKING, general=1), a_seat("8002", SeatState.TALKING, law=1)
    )
    tasks = [task(1, 1), task(2, 2), task(3, 3, LAW)]
    assert found(tasks, floor, CITIZEN) == [
        (call(1), First.CITIZEN, None),
        (call(3), First.CITIZEN, None),
    ]
    calling = task(1, 1, state=CallbackState.CALLING)
    assert found([calling, task(2, 2)], floor, CITIZEN) == []


def test_a_line_that_never_empties_starves_nobody():
    floor = SomeFloor(a_seat("8001", SeatState.TALKING), line=[waiting(9, 3000)])
    assert found([task(1)], floor, after=timedelta(minutes=29)) == []
    assert found([task(1)], floor, after=timedelta(minutes=30)) == [(call(1), First.CITIZEN, None)]


def test_nobody_is_called_out_of_hours():
    assert found([task(1)], SomeFloor(a_seat("8001")), after=timedelta(hours=9)) == []


def test_hours_and_pauses():
    rules = CallbackRules(attempts=3, pauses=(timedelta(minutes=10), timedelta(hours=1)))
    assert allowed_from(NOON, rules) == NOON
    evening = NOON + timedelta(hours=9)
    assert allowed_from(evening, rules) == NOON + timedelta(hours=20)
    assert allowed_from(NOON - timedelta(hours=5), rules) == NOON - timedelta(hours=4)
    assert next_try(1, NOON, rules) == NOON + timedelta(minutes=10)
    assert next_try(2, NOON, rules) == NOON + timedelta(hours=1)
    assert next_try(3, NOON, rules) is None
    late = NOON + timedelta(hours=8, minutes=55)
    assert next_try(1, late, rules) == NOON + timedelta(hours=20)


class Running:
    """A desk and its dialler on virtual time."""

    def __init__(self, *seats, **rules) -> None:
        self.office = Office(floor=SomeFloor(*seats), now=self.now, **rules)
        self.dialler = CallbackDialler(self.office.desk, lambda: self.office.rules, self.now)

    @staticmethod
    def now():
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())

    async def for_s(self, seconds: float) -> None:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.dialler.run(), name=self.dialler.name)
            await asyncio.sleep(seconds)
            running.cancel()


async def test_an_owed_call_is_made_as_soon_as_it_is_due_without_a_click():
    run = Running(a_seat("8001"), automatic=True)
    run.office.arrives(1)
    run.office.abandons(1)
    await run.for_s(1)
    (placed,) = run.office.dialling.placed
    assert (placed[1]["seat_id"], placed[1]["by"]) == ("8001", "automatic")


async def test_nothing_is_called_by_itself_unless_it_is_allowed():
    run = Running(a_seat("8001"))
    run.office.arrives(1)
    run.office.abandons(1)
    await run.for_s(3600)
    assert run.office.dialling.placed == []


async def test_after_the_pause_it_is_tried_again_and_silence_ends_an_attempt():
    run = Running(a_seat("8001"), automatic=True, pauses=(timedelta(minutes=10),), attempts=2)
    run.office.arrives(1)
    run.office.abandons(1)
    await run.for_s(89)
    assert run.office.task().state is CallbackState.CALLING
    await run.for_s(2)
    assert run.office.task().state is CallbackState.OWED
    await run.for_s(600)
    assert len(run.office.dialling.placed) == 2
    await run.for_s(91)
    assert run.office.task().state is CallbackState.GIVEN_UP


async def test_a_link_that_is_down_is_not_hammered():
    run = Running(a_seat("8001"), automatic=True)
    run.office.dialling.refuse = LinkLost()
    run.office.arrives(1)
    run.office.abandons(1)
    await run.for_s(4 * AFTER_REFUSAL.total_seconds() + 1)
    tried = [e for e in run.office.store.events if isinstance(e, CallbackDialled)]
    assert len(tried) == 5
    assert run.office.task().attempts == 0


NUMBERS = [f"1380000000{n}" for n in range(4)] + ["+8613800000000"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["arrive", "abandon", "answer", "end", "queue", "ask", "call", "next", "out", "wait"]
        ),
        st.integers(0, 5),
        st.sampled_from(NUMBERS),
    ),
    max_size=60,
)


@given(steps=STEPS)
@settings(max_examples=300)
def test_whatever_happens_a_number_has_one_open_task_and_nobody_is_overtaken(steps):
    asyncio.run(history(steps))


async def history(steps) -> None:
    store, at = OrdersInMemory(), [NOON]
    dialling = DiallingInMemory()
    rules = CallbackRules(attempts=3, pauses=(timedelta(seconds=20),))
    floor = SomeFloor(a_seat("8001"), a_seat("8002", law=1))
    desk = CallbackDesk(store, lambda: rules, dialling, floor, store.tell, lambda: at[0])
    live: dict[CallId, str] = {}
    arrived = 0

    def happens(event) -> None:
        store.tell(event)
        desk.on_event(event)

    for what, which, number in steps:
        at[0] += timedelta(seconds=1)
        ours = sorted(live)
        one = ours[which % len(ours)] if ours else None
        citizen = Ending(blame=Blame.CITIZEN, reason=("hung-up", "busy", "no-answer")[which % 3])
        before = {t.call_id: t for t in desk.open_tasks}
        match what:
            case "arrive":
                arrived += 1
                live[call(arrived)] = number
                happens(
                    CallArrived(
                        at=at[0], call_id=call(arrived), caller_number=number,
                        called_number="12345",
                    )
                )  # fmt: skip
            case "queue" if one:
                happens(
                    CallQueued(
                        at=at[0], call_id=one, skill_group=(GENERAL, LAW)[which % 2],
                        joined_at=at[0], priority=0,
                    )
                )  # fmt: skip
            case "ask" if one:
                happens(
                    CallbackRequested(
                        at=at[0], call_id=one, caller_number=number, skill_group=GENERAL,
                        joined_at=at[0],
                    )
                )  # fmt: skip
            case "abandon" if one:
                live.pop(one)
                happens(CallAbandoned(at=at[0], call_id=one, waited_ms=1, ending=citizen))
            case "answer" if one:
                happens(CallAnswered(at=at[0], call_id=one, seat_id=SeatId("8001"), waited_ms=0))
            case "end" if one:
                live.pop(one)
                lost = Ending(blame=Blame.UNKNOWN, reason="ended-while-away")
                happens(CallEnded(at=at[0], call_id=one, talked_ms=0, ending=lost))
            case "call" | "next":
                seat = SeatId(("8001", "8002")[which % 2])
                owed = desk.open_tasks
                placed = len(dialling.placed)
                try:
                    if what == "next" or not owed:
                        await desk.call_next(seat, "wang")
                    else:
                        await desk.call(owed[which % len(owed)].call_id, seat, "wang")
                except (OrderError, SeatError):
                    assert len(dialling.placed) == placed
                else:
                    called = dialling.placed[-1][1]["callback_id"]
                    assert nobody_before(before, called, seat, live, at[0])
            case "out":
                calling = [t for t in desk.open_tasks if t.reached and t.reached not in live]
                if calling:
                    out = calling[which % len(calling)]
                    live[out.reached] = out.caller_number
                    happens(
                        CallArrived(
                            at=at[0], call_id=out.reached, caller_number=out.caller_number,
                            called_number="12345", direction=Direction.OUT,
                        )
                    )  # fmt: skip
            case "wait":
                at[0] += timedelta(seconds=30)
        keys = [number_key(t.caller_number) for t in desk.open_tasks]
        assert len(keys) == len(set(keys))
        order = [(t.arrived_at, t.call_id) for t in desk.open_tasks]
        assert order == sorted(order)
        stored = {t.call_id: t for t in await store.open_callbacks()}
        assert stored == {t.call_id: t for t in desk.open_tasks}


def nobody_before(before, called, seat, live, now) -> bool:
    """Whether no earlier caller whom this seat could have called was passed over."""
    on_line = {number_key(n) for c, n in live.items() if not c.startswith("node1-99")}
    groups = {"8001": (GENERAL, None), "8002": (LAW, None)}[seat]
    mine = before[called]
    return not any(
        other.state is CallbackState.OWED
        and (other.due_at is None or other.due_at <= now)
        and other.skill_group in groups
        and number_key(other.caller_number) not in on_line
        and (other.arrived_at, other.call_id) < (mine.arrived_at, mine.call_id)
        for other in before.values()
    )
