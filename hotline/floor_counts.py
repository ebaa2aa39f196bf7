"""What went otherwise on the floor, as numbers for Prometheus. 现场计数

Labels are kinds and codes; a number, a name or a text of anybody is never one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from hotline.floor_witness import FloorWitness
from hotline.rule_joints import RulebookRoutes
from orders.callbacks import CallbackDesk
from orders.endings import EndingDesk
from seats.publishing import RuleOffice
from seats.roster import SeatRoster
from seats.rulebook import Rulebook
from seats.usher import Usher


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FloorCollector(Collector):
    """Asks each part when somebody looks. 现场指标"""

    callbacks: CallbackDesk
    endings: EndingDesk
    witness: FloorWitness
    roster: SeatRoster
    usher: Usher
    rulebook: Rulebook
    rule_office: RuleOffice
    routes: RulebookRoutes

    def collect(self) -> Iterable[Metric]:
        yield _count(
            "callbacks_without_number",
            "Callers who would be owed a call but showed no number",
            self.callbacks.without_number,
        )
        yield _count(
            "outcomes_missed",
            "Wrap-ups that ended with neither a code nor an order",
            self.endings.missed,
        )
        yield _count(
            "blocked_lookups", "Calls that came from a blocked number", self.routes.blocked
        )
        yield _counts(
            "repaired", "What was mended because Asterisk had it otherwise", self.witness.repaired
        )
        yield _counts(
            "seat_unexpected", "Happenings at seats that fitted no table", self.roster.unexpected
        )
        yield _counts(
            "unknown_groups",
            "Citizens for a skill group that is not published",
            self.usher.unknown_groups,
        )
        yield _counts(
            "rules_refused", "Stored rules that could not be taken up", self.rulebook.refused
        )
        yield _counts(
            "publications_refused",
            "Rule documents that were not published, by error code",
            self.rule_office.refused,
        )


def _count(name: str, text: str, count: int) -> Metric:
    return CounterMetricFamily(f"hotline_{name}", text, value=count)


def _counts(name: str, text: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"hotline_{name}", text, labels=["kind"])
    for kind, count in counts.items():
        family.add_metric([str(kind)], count)
    return family
