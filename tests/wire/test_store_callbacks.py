"""Callbacks, codes, nuisance and blocks as the tables have them."""

from datetime import UTC, datetime, timedelta

import pytest

from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallQueued,
    Direction,
    Ending,
)
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.blocks import Block, BlockState
from orders.events import (
    BlockDecided,
    BlockExpired,
    BlockLifted,
    BlockProposed,
    CallbackClosed,
    CallbackDialled,
    CallbackOwed,
    CallbackPlaced,
    CallbackPostponed,
    CallbackTried,
    CallCoded,
    DiversionFinished,
    DraftOpened,
    NuisanceStepTicked,
    NuisanceTagged,
    OrderDiverted,
    OutcomeMissed,
)
from orders.model import (
    CallbackAttempt,
    CallbackReason,
    CallbackState,
    CallbackTask,
    First,
    OrderId,
    OrderState,
    Outcome,
)
from orders.ports import Caller
from orders.summaries import CallSummary, NuisanceTag
from store.callbacks import StoredCallbacks
from store.database import Database
from store.endings import StoredEndings
from store.orders import StoredOrders
from tests.wire.journals import open_database, writing

T0 = datetime(2026, 11, 21, 4, tzinfo=UTC)
GENERAL = SkillGroupCode("general")
WANG = SeatId("8001")
FIRST, OUT = CallId("node1-1.1"), CallId("node1-9.900000")
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


async def told(database: Database, *events) -> None:
    async with writing(database) as journal:
        for event in events:
            journal.append(event)
        assert await journal.written(journal.last_seq)
        assert journal.projections_failed == journal.lost == 0


def owed(serial=1, second=0.0, **more) -> CallbackOwed:
    return CallbackOwed(
        at=at(100), call_id=CallId(f"node1-1.{serial}"), caller_number=f"1380000000{serial}",
        **{"reason": CallbackReason.ABANDONED, "arrived_at": at(second), **more},
    )  # fmt: skip


def closed(serial=1, second=500.0, **more) -> CallbackClosed:
    call_id = CallId(f"node1-1.{serial}")
    return CallbackClosed(at=at(second), call_id=call_id, **{"why": "called-back", **more})


def dialled(second=200.0, attempt=1) -> CallbackDialled:
    return CallbackDialled(
        at=at(second), call_id=FIRST, attempt=attempt, first=First.SEAT, by="wang", seat_id=WANG
    )


async def test_open_callbacks_come_first_the_longest_owed_at_the_top(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredCallbacks(database)
        await told(
            database, owed(1, 50), owed(2, 40), owed(3, 30), owed(4, 20), closed(3, 200),
            closed(4, 300, given_up=True, why="attempts-used-up"), closed(4, 400), closed(9, 500),
        )  # fmt: skip
        listed = await stored.newest(9)
        assert [task.caller_number[-1] for task in listed] == ["2", "1", "4", "3"]
        assert [task.caller_number[-1] for task in await stored.newest(3)] == [*"214"]
        given_up = await stored.newest(9, CallbackState.GIVEN_UP)
        assert [(t.caller_number[-1], t.closed_at) for t in given_up] == [("4", at(300))]
        assert [task.caller_number[-1] for task in await stored.open_callbacks()] == ["2", "1"]


async def test_a_task_goes_through_its_attempts_and_each_is_kept(new_database_url):
    async with open_database(await new_database_url()) as database:
        stored = StoredCallbacks(database)
        await told(database, owed(joined_at=at(6), skill_group=GENERAL), dialled())
        calling = await stored.find(FIRST)
        assert calling is not None
        assert (calling.state, calling.seat_id, calling.attempts) == (
            CallbackState.CALLING, WANG, 1,
        )  # fmt: skip
        tried = CallbackTried(
            at=at(230), call_id=FIRST, attempt=1, attempts=1, outcome=Outcome.BUSY, due_at=at(830)
        )
        postponed = CallbackPostponed(at=at(240), call_id=FIRST, due_at=at(900), by="wang")
        await told(database, tried, postponed)
        pausing = await stored.find(FIRST)
        assert pausing is not None
        assert (pausing.state, pausing.due_at, pausing.last_outcome) == (
            CallbackState.OWED, at(900), Outcome.BUSY,
        )  # fmt: skip
        await told(
            database,
            dialled(900, attempt=2),
            CallbackPlaced(at=at(901), call_id=FIRST, attempt=2, reached=OUT),
            closed(second=910, reached=OUT),
        )
        assert await stored.find(FIRST) == CallbackTask(
            call_id=FIRST, caller_number="13800000001", reason=CallbackReason.ABANDONED,
            arrived_at=at(0), joined_at=at(6), skill_group=GENERAL, state=CallbackState.DONE,
            due_at=at(900), attempts=2, seat_id=WANG, last_outcome=Outcome.BUSY, reached=OUT,
            closed_at=at(910), closed_why="called-back",
        )  # fmt: skip
        first = CallbackAttempt(
            number=1, by="wang", seat_id=WANG, first=First.SEAT, began_at=at(200),
            ended_at=at(230), outcome=Outcome.BUSY,
        )  # fmt: skip
        second = CallbackAttempt(
            number=2, by="wang", seat_id=WANG, first=First.SEAT, began_at=at(900),
            ended_at=at(910), outcome=Outcome.ANSWERED, reached=OUT,
        )  # fmt: skip
        assert await stored.attempts(FIRST) == [first, second]


async def test_an_earlier_call_moves_an_open_task_and_the_same_call_may_be_owed_again(
    new_database_url,
):
    async with open_database(await new_database_url()) as database:
        stored = StoredCallbacks(database)
        await told(database, owed(second=60), dialled(), owed(second=0))
        moved = await stored.find(FIRST)
        assert moved is not None
        assert (moved.arrived_at, moved.attempts) == (at(0), 1)
        await told(database, closed(), owed(second=0))
        (again,) = await stored.open_callbacks()
        assert (again.state, again.attempts, again.closed_why) == (CallbackState.OWED, 0, None)


async def test_the_callers_in_hand_are_known_with_how_far_they_came(new_database_url):
    def arrived(call_id, number, direction=Direction.IN):
        return CallArrived(
            at=at(0), call_id=call_id, caller_number=number, called_number="12345",
            direction=direction,
        )  # fmt: skip

    queued = CallQueued(at=at(6), call_id=FIRST, skill_group=GENERAL, joined_at=at(6), priority=0)
    answered = CallAnswered(at=at(9), call_id=FIRST, seat_id=WANG, waited_ms=3000)
    async with open_database(await new_database_url()) as database:
        stored = StoredCallbacks(database)
        await told(
            database, arrived(FIRST, "13800000001"), arrived(OUT, "13800000002", Direction.OUT),
            queued,
        )  # fmt: skip
        waiting = Caller(
            caller_number="13800000001", arrived_at=at(0), joined_at=at(6), skill_group=GENERAL,
            waiting=True,
        )  # fmt: skip
        out = Caller(caller_number="13800000002", arrived_at=at(0), direction=Direction.OUT)
        assert await stored.open_callers() == {FIRST: waiting, OUT: out}
        await told(database, answered)
        callers = await stored.open_callers()
        assert (callers[FIRST].answered, callers[FIRST].waiting) == (True, False)
        await told(database, queued)
        callers = await stored.open_callers()
        assert (callers[FIRST].answered, callers[FIRST].waiting) == (True, True)


@pytest.fixture
def a_talk():
    return [
        CallArrived(at=at(0), call_id=FIRST, caller_number="13800000001", called_number="12345"),
        CallAnswered(at=at(9), call_id=FIRST, seat_id=WANG, waited_ms=0),
        CallEnded(at=at(60), call_id=FIRST, talked_ms=1, ending=HUNG_UP),
    ]


async def test_the_last_code_counts_and_one_given_late_replaces_none(new_database_url, a_talk):
    coded = CallCoded(
        at=at(200), call_id=FIRST, seat_id=WANG, code="wrong-number", name="打错", by="wang",
        without_order=True, excluded_from=("knowledge",),
    )  # fmt: skip
    async with open_database(await new_database_url()) as database:
        stored = StoredEndings(database)
        await told(database, *a_talk)
        assert await stored.recent_outcomes(9) == {FIRST: (None, False)}
        missed = OutcomeMissed(at=at(90), call_id=FIRST, seat_id=WANG)
        await told(database, missed)
        (unregistered,) = await stored.unregistered(9)
        assert (unregistered.call_id, unregistered.code) == (FIRST, None)
        assert await stored.code_counts(at(0), at(999)) == {None: 1}
        await told(database, coded, missed)
        assert await stored.unregistered(9) == []
        assert await stored.summaries([FIRST]) == {
            FIRST: CallSummary(
                call_id=FIRST, seat_id=WANG, code="wrong-number", name="打错", note="", by="wang",
                at=at(200), excluded_from=("knowledge",),
            )
        }  # fmt: skip
        assert await stored.recent_outcomes(9) == {FIRST: ("wrong-number", False)}


async def test_warnings_of_calls_in_hand_and_tags_of_a_number_are_known(new_database_url, a_talk):
    def ticked(step):
        return NuisanceStepTicked(at=at(20), call_id=FIRST, seat_id=WANG, step=step, by="wang")

    def tagged(serial):
        return NuisanceTagged(
            at=at(30 + serial), call_id=CallId(f"node1-1.{serial}"), caller_number="13800000001",
            by="wang", note="骂人",
        )  # fmt: skip

    async with open_database(await new_database_url()) as database:
        stored = StoredEndings(database)
        await told(database, *a_talk[:2])
        assert await stored.ticked_steps() == {FIRST: 0}
        await told(database, ticked(1), ticked(2), tagged(1), tagged(2), tagged(2))
        assert await stored.ticked_steps() == {FIRST: 2}
        assert await stored.tag_count("13800000001") == 2
        newest = NuisanceTag(call_id=CallId("node1-1.2"), at=at(32), by="wang", note="骂人")
        assert (await stored.tags_of("13800000001", 1)) == [newest]
        await told(database, a_talk[2])
        assert await stored.ticked_steps() == {}


async def test_a_block_is_proposed_decided_lifted_and_expires(new_database_url):
    def proposed(serial):
        return BlockProposed(
            at=at(serial), call_id=CallId(f"node1-1.{serial}"), caller_number=f"1380000000{serial}",
            until=at(9000), by="wang", note="多次骚扰",
        )  # fmt: skip

    def about(kind, serial, **more):
        return kind(at=at(50), call_id=CallId(f"node1-1.{serial}"), **more)

    async with open_database(await new_database_url()) as database:
        stored = StoredEndings(database)
        await told(
            database,
            *(proposed(serial) for serial in (1, 2, 3, 4, 5)),
            *(about(BlockDecided, n, approved=True, by="leader") for n in (1, 2, 3)),
            about(BlockDecided, 4, approved=False, by="leader"),
            about(BlockLifted, 2, by="leader"),
            about(BlockExpired, 3),
        )
        states = {block.call_id[-1]: block.state for block in await stored.newest_blocks(9)}
        assert states == {
            "1": BlockState.ACTIVE, "2": BlockState.LIFTED, "3": BlockState.EXPIRED,
            "4": BlockState.REFUSED, "5": BlockState.PROPOSED,
        }  # fmt: skip
        active = next(b for b in await stored.open_blocks() if b.call_id == FIRST)
        assert active == Block(
            call_id=FIRST, caller_number="13800000001", until=at(9000), proposed_at=at(1),
            proposed_by="wang", note="多次骚扰", state=BlockState.ACTIVE, decided_by="leader",
            decision_note="",
        )  # fmt: skip


async def test_a_diverted_order_says_where_to_and_lacks_no_outcome(new_database_url, a_talk):
    order_id = OrderId("20261121-000001")
    about = {"call_id": FIRST, "order_id": order_id}
    async with open_database(await new_database_url()) as database:
        stored = StoredOrders(database)
        await told(
            database,
            *a_talk[:2],
            DraftOpened(at=at(9), seat_id=WANG, **about),
            OrderDiverted(at=at(30), to="110", **about),
            DiversionFinished(at=at(60), **about),
        )
        order = await stored.find(order_id)
        assert order is not None
        assert (order.state, order.diverted_to) == (OrderState.DIVERTED, "110")
        assert await StoredEndings(database).recent_outcomes(9) == {FIRST: (None, True)}
