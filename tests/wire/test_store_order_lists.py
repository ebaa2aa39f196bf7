"""Orders found by conditions, the course of one, and what a caller had before."""

from datetime import UTC, date, datetime, timedelta

from cti.events import Blame, CallArrived, CallEnded, Ending
from cti.ids import CallId, SeatId
from orders.citizen_events import OrderUrged
from orders.events import DraftOpened, FieldsEdited, OrderSubmitted, RepeatMarked
from orders.lists import OrderSort, OrderWish
from orders.model import FieldValue, FilledBy, OrderField, OrderId, OrderState
from store.order_lists import StoredOrderLists
from tests.wire.journals import open_database, writing

F = OrderField
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
CALLER, OTHER = "13800000001", "13800000002"


def order_id(number: int, day: int = 21) -> OrderId:
    return OrderId(f"202611{day}-{number:06d}")


def story(number: int, day: int, caller: str, seat: str, **fields: str):
    """A call that left an order with these fields."""
    at = NOON - timedelta(days=21 - day) + timedelta(minutes=number)
    call = CallId(f"node1-1763716.{day}{number}")
    about = {"at": at, "call_id": call, "order_id": order_id(number, day)}
    written = tuple((F(k), FieldValue(value=v, by=FilledBy.PERSON)) for k, v in fields.items())
    ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
    return [
        CallArrived(at=at, call_id=call, caller_number=caller, called_number="12345"),
        DraftOpened(**about, seat_id=SeatId(seat)),
        FieldsEdited(**about, fields=written, revision=1, by=seat),
        CallEnded(at=at + timedelta(seconds=50), call_id=call, talked_ms=40000, ending=ending),
    ]


EVENTS = [
    *story(1, 19, CALLER, "8001", content="电梯坏了", urgency="ordinary", district="路北区"),
    *story(1, 20, OTHER, "8002", content="路灯不亮 100%", urgency="very_urgent", district="路南区"),
    *story(1, 21, CALLER, "8001", content="电梯又坏了", urgency="urgent", district="路北区"),
    OrderSubmitted(at=NOON + timedelta(hours=1), call_id=CallId("node1-1763716.211"), order_id=order_id(1), by="8001", revision=2),
    RepeatMarked(at=NOON + timedelta(hours=2), call_id=CallId("node1-1763716.211"), order_id=order_id(1), repeat_of=order_id(1, 19), revision=3, by="8001"),
    OrderUrged(at=NOON + timedelta(hours=3), call_id=CallId("node1-1763716.201"), order_id=order_id(1, 20)),
]  # fmt: skip
OLD, MIDDLE, NEW = order_id(1, 19), order_id(1, 20), order_id(1)


async def test_orders_are_found_by_every_condition_sorted_and_paged(new_database_url):
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            for event in EVENTS:
                journal.append(event)
        lists = StoredOrderLists(database)

        async def found(**wish):
            page = await lists.look(OrderWish(**wish))
            return [order.order_id for order in page.orders], page.total

        assert await found() == ([NEW, MIDDLE, OLD], 3)
        assert await found(states=(OrderState.ACCEPTED,)) == ([NEW], 1)
        assert await found(seat_id="8002") == ([MIDDLE], 1)
        assert await found(words="电梯 又") == ([NEW], 1)
        assert await found(words="20261120") == ([MIDDLE], 1)
        # A per cent sign is a per cent sign.
        assert await found(words="100%") == ([MIDDLE], 1)
        assert await found(words="电%了") == ([], 0)
        assert await found(since=date(2026, 11, 20), until=date(2026, 11, 20)) == ([MIDDLE], 1)
        assert await found(district="路北区", urgency="urgent") == ([NEW], 1)
        assert await found(repeats_only=True) == ([NEW], 1)
        assert await found(urged_only=True) == ([MIDDLE], 1)
        assert await found(sort=OrderSort.OLDEST) == ([OLD, MIDDLE, NEW], 3)
        assert await found(sort=OrderSort.URGENCY) == ([MIDDLE, NEW, OLD], 3)
        assert await found(sort=OrderSort.URGES) == ([MIDDLE, NEW, OLD], 3)
        assert await found(skip=1, limit=1) == ([MIDDLE], 3)


async def test_an_orders_course_is_every_change_in_its_order(new_database_url):
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            for event in EVENTS:
                journal.append(event)
        course = await StoredOrderLists(database).course(NEW)
    assert [(step.what, step.was, step.now, step.by) for step in course] == [
        ("state", None, "draft", "machine"),
        ("content", None, "电梯又坏了", "8001"),
        ("urgency", None, "urgent", "8001"),
        ("district", None, "路北区", "8001"),
        ("state", "draft", "accepted", "8001"),
        ("repeat_of", None, OLD, "8001"),
    ]


async def test_a_caller_has_the_calls_of_his_number_with_their_orders(new_database_url):
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            for event in EVENTS:
                journal.append(event)
        lists = StoredOrderLists(database)
        now = CallId("node1-1763716.211")
        before = await lists.history(CALLER, now, 20)
        assert [(one.call.call_id, one.order and one.order.order_id) for one in before] == [
            ("node1-1763716.191", OLD)
        ]
        assert await lists.history("", now, 20) == []
