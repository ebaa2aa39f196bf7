"""What went otherwise on the floor, in Prometheus' text."""

from collections import Counter
from types import SimpleNamespace

from prometheus_client import CollectorRegistry, generate_latest

from documents.calendar import shipped_calendar
from hotline.floor_counts import FloorCollector
from hotline.rule_joints import RulebookRoutes
from ivr.model import Coming
from orders.nuisance import NuisanceDesk
from orders.settings import OrdersSettings
from seats.caller_lists import CallerLists
from seats.rulebook import Rulebook
from tests.fakes.endings import EndingsInMemory
from tests.fakes.floor import NOON, call
from tests.fakes.rule_records import MemoryRuleRecords

CALLER = "13800000001"


def page(**parts):
    registry = CollectorRegistry()
    registry.register(FloorCollector(**parts))
    return generate_latest(registry).decode()


def test_counts_carry_kinds_and_codes_and_nothing_of_a_citizen():
    stored, told = EndingsInMemory(), []
    nuisance = NuisanceDesk(stored, OrdersSettings(), stored.tell, lambda: NOON)
    nuisance.propose(call(1), CALLER, NOON.replace(day=NOON.day + 1), "wang", "骚扰")
    nuisance.approve(call(1), "leader")
    book = Rulebook(MemoryRuleRecords(), shipped_calendar(), (), told.append, lambda: NOON)
    lists = CallerLists(told.append, lambda: NOON)
    routes = RulebookRoutes(book, lists, nuisance, told.append, lambda: NOON)
    for number in (CALLER, CALLER, "13800000002"):
        routes.way(
            Coming(
                call_id=call(2), caller_number=number, called_number="12345", key="", language=""
            )
        )
    text = page(
        callbacks=SimpleNamespace(without_number=2),
        endings=SimpleNamespace(missed=3),
        witness=SimpleNamespace(repaired=Counter({"call": 1, "line": 4})),
        roster=SimpleNamespace(unexpected=Counter({"ready/Left": 5})),
        usher=SimpleNamespace(unknown_groups=Counter(kings=6)),
        rulebook=book,
        rule_office=SimpleNamespace(refused=Counter({"rules-refused": 7})),
        routes=routes,
    )
    for line in (
        "hotline_callbacks_without_number_total 2.0",
        "hotline_outcomes_missed_total 3.0",
        "hotline_blocked_lookups_total 2.0",
        'hotline_repaired_total{kind="line"} 4.0',
        'hotline_seat_unexpected_total{kind="ready/Left"} 5.0',
        'hotline_unknown_groups_total{kind="kings"} 6.0',
        'hotline_publications_refused_total{kind="rules-refused"} 7.0',
    ):
        assert line in text
    assert CALLER not in text
