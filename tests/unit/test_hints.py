"""What the rules say of a call reaches the seat's screen, the draft and the sentence."""

from types import SimpleNamespace

from cti.events import Blame, CallEnded, CallOffered, Ending
from cti.ids import SeatId
from documents.calendar import shipped_calendar
from hotline.joints import WebCalls
from hotline.known_callers import KnownCallers
from hotline.rule_joints import RulebookRoutes
from ivr.model import Coming
from orders.desk import OrderDesk
from orders.events import DraftOpened
from orders.nuisance import NuisanceDesk
from orders.settings import OrdersSettings
from seats import explain
from seats.caller_lists import CallerLists
from seats.events import CallRouted, SeatReserved
from seats.hints import CallHints, Hints, hints_of
from seats.rulebook import Rulebook
from tests.fakes.endings import EndingsInMemory
from tests.fakes.floor import NOON, call
from tests.fakes.rule_records import MemoryRuleRecords
from tests.fakes.stored_orders import OrdersInMemory

ONE, TWO = call(1), call(2)
A, B = SeatId("8001"), SeatId("8002")
FIRM = "13800000001"


def routed(call_id=ONE, **more):
    about = {"skill_group": "foreign_en", "priority": 0, "row": "英语", "number": 4, "version": 1}
    return CallRouted(at=NOON, call_id=call_id, **{**about, **more})


def reserved(seat_id=A, flags=()):
    return SeatReserved(
        at=NOON, seat_id=seat_id, call_id=ONE, skill_group="foreign_en", reasons=("空闲最久",),
        considered=1, flags=flags,
    )  # fmt: skip


ENDED = CallEnded(
    at=NOON, call_id=ONE, ending=Ending(blame=Blame.CITIZEN, reason="hung-up"), talked_ms=1
)


def test_the_rows_flags_come_first_and_only_the_last_seat_lacks_something():
    hints = CallHints()
    hints.on_event(routed(flags=("老年人",), notes=("请放慢语速",)))
    hints.on_event(reserved(A, ("需外语支持",)))
    assert hints.flags(ONE) == ("老年人", "需外语支持")
    hints.on_event(reserved(B))
    assert hints.flags(ONE) == ("老年人",)
    assert hints.of(ONE).notes == ("请放慢语速",)
    hints.on_event(ENDED)
    assert (hints.of(ONE), hints.flags(ONE)) == (None, ())


async def test_a_live_calls_hints_come_from_memory_and_an_ended_ones_from_the_store():
    story = [routed(flags=("企业",)), reserved(A, ("需外语支持",))]

    async def events(call_id):
        return list(enumerate([*story, ENDED]))

    async def nothing(*_):
        return []

    stored = SimpleNamespace(events=events, decisions=nothing, ended_by_seat=nothing)
    hints = CallHints()
    calls = WebCalls(stored, SimpleNamespace(calls={}), hints)
    assert await calls.hints(ONE) == hints_of(story)
    hints.on_event(routed(flags=("老年人",)))
    assert (await calls.hints(ONE)).flags == ("老年人",)


def test_the_sentence_names_the_row_that_sent_him():
    said = explain.sentence([reserved(A, ("需外语支持",))], routed())
    assert said == "路由表第4行“英语”，分配给座席8001：空闲最久，提示座席：需外语支持。"
    assert explain.sentence([], routed(), "前面还有1位市民").startswith(
        "路由表第4行“英语”，正在等候"
    )


def test_a_listed_enterprises_order_is_marked_whatever_row_its_call_took():
    hints, store, told = CallHints(), OrdersInMemory(), []
    stored = EndingsInMemory()
    nuisance = NuisanceDesk(stored, OrdersSettings(), stored.tell, lambda: NOON)
    lists = CallerLists(told.append, lambda: NOON)
    lists.add("enterprise", FIRM, until=None, by="admin", note="")
    lists.add("elderly", FIRM, until=None, by="admin", note="")
    book = Rulebook(MemoryRuleRecords(), shipped_calendar(), (), told.append, lambda: NOON)
    routes = RulebookRoutes(book, lists, nuisance, hints.on_event, lambda: NOON)
    desk = OrderDesk(store, store.tell, lambda: NOON, flags_of=hints.flags)
    coming = {"called_number": "12345", "key": "", "language": ""}
    routes.way(Coming(call_id=ONE, caller_number=FIRM, **coming))
    assert hints.of(ONE).routed.row == "老年人直达人工"
    hints.on_event(reserved(A, ("需外语支持",)))
    desk.on_event(CallOffered(at=NOON, call_id=ONE, seat_id=A))
    (opened,) = (event for event in store.events if isinstance(event, DraftOpened))
    assert opened.flags == ("老年人", "企业", "需外语支持")
    assert desk.order_of(ONE).flags == opened.flags


def test_what_he_chose_in_his_flow_wins_over_the_rows_group_and_all_else_of_the_row_holds():
    hints, told, stored = CallHints(), [], EndingsInMemory()
    nuisance = NuisanceDesk(stored, OrdersSettings(), stored.tell, lambda: NOON)
    lists = CallerLists(told.append, lambda: NOON)
    lists.add("elderly", FIRM, until=None, by="admin", note="")
    book = Rulebook(MemoryRuleRecords(), shipped_calendar(), (), told.append, lambda: NOON)
    routes = RulebookRoutes(book, lists, nuisance, hints.on_event, lambda: NOON)
    coming = {"called_number": "12345", "key": "", "language": ""}
    for wish, group in (("law", "law"), ("", "general"), ("no-such-group", "general")):
        way = routes.way(Coming(call_id=ONE, caller_number=FIRM, wish=wish, **coming))
        assert (way.skill_group, way.priority) == (group, 2)
        assert hints.of(ONE).routed.row == "老年人直达人工"


def test_a_row_that_is_not_sticky_brings_nobody_back_to_his_seat():
    hints = CallHints()
    calls = {one: SimpleNamespace(caller_number=FIRM) for one in (ONE, TWO)}
    callers = KnownCallers((), calls, lambda: NOON, hints.sticky)
    callers.on_event(DraftOpened(at=NOON, call_id=ONE, order_id="20261121-000001", seat_id=A))
    assert callers.seat_of(TWO) == A
    hints.on_event(routed(TWO, sticky=False))
    assert callers.seat_of(TWO) is None
    assert Hints().sticky
