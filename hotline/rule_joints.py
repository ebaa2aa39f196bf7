"""The rulebook in the words of those who need it. 规则连接件"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ivr.model import Coming, Way
from orders.callback_rules import CallbackRules, rules_of
from orders.codes import NeedsOrder, WrapUpCode
from orders.nuisance import NuisanceDesk
from orders.settings import OrdersSettings
from seats.caller_lists import CallerLists
from seats.events import CallRouted
from seats.ports import Tell
from seats.routing import Arrival
from seats.rulebook import Rulebook
from seats.settings import StateLimits
from web.control_ports import DirectoryLine

BLOCKED = "blocked"
ENTERPRISE = "enterprise"
ENTERPRISE_FLAG = "企业"
"""On the screen and on the order, whichever row a listed enterprise's call takes (SEAT-04). 企业标记"""


class RulebookRoutes:
    """The routing table for the citizen's story; each way is told. 路由"""

    def __init__(
        self,
        rulebook: Rulebook,
        lists: CallerLists,
        nuisance: NuisanceDesk,
        tell: Tell,
        now: Callable[[], datetime],
    ) -> None:
        self._rulebook = rulebook
        self._lists = lists
        self._nuisance = nuisance
        self._tell = tell
        self._now = now
        self.blocked = 0
        """Calls that came from a blocked number; shown in /metrics. 拦截命中数"""

    def way(self, coming: Coming) -> Way:
        """Where he goes by the rules of this moment."""
        now = self._now()
        lists = self._lists.lookup(coming.caller_number)
        if self._nuisance.is_blocked(coming.caller_number, now):
            lists |= {BLOCKED}
            self.blocked += 1
        found = self._rulebook.route(
            Arrival(
                called_number=coming.called_number,
                key=coming.key,
                lists=lists,
                language=coming.language,
            )
        )
        # What he chose himself wins over the row; all else that the row says still holds.
        wished = coming.wish if coming.wish in self._rulebook.groups else found.group
        flags = (*found.flags, ENTERPRISE_FLAG) if ENTERPRISE in lists else found.flags
        self._tell(
            CallRouted(
                at=now,
                call_id=coming.call_id,
                skill_group=wished,
                priority=found.priority,
                row=found.row,
                number=found.number,
                version=found.version,
                sticky=found.sticky,
                flags=tuple(dict.fromkeys(flags)),
                notes=found.notes,
            )
        )
        return Way(skill_group=wished, priority=found.priority, prompt=found.prompt)


class RulebookDirectory:
    """The published directory for the web. 通讯录"""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook

    def lines(self) -> Sequence[DirectoryLine]:
        """In the order of the published document."""
        return [
            DirectoryLine(
                code=row.code, name=row.name, number=row.number, kind=row.kind, note=row.note
            )
            for row in self._rulebook.directory
        ]


def wrap_up_codes(rulebook: Rulebook) -> Mapping[str, WrapUpCode]:
    """The table that holds now."""
    return {
        row.code: WrapUpCode(
            code=row.code,
            name=row.name,
            order=NeedsOrder(row.order),
            needs_note=row.needs_note,
            excluded_from=row.excluded_from,
        )
        for row in rulebook.codes
    }


def state_limits(rulebook: Rulebook, configured: StateLimits) -> StateLimits:
    """The configured limits with those that are published instead."""
    return replace(configured, **rulebook.policies.limits)


def callback_rules(rulebook: Rulebook, configured: OrdersSettings) -> CallbackRules:
    """The configured rules with those that are published instead."""
    published = {f"callback_{name}": one for name, one in rulebook.policies.callbacks.items()}
    return rules_of(replace(configured, **published))
