"""Published policies take the place of what is configured, at once and only where they say something."""

from datetime import timedelta

import pytest

from documents.calendar import shipped_calendar
from documents.problems import DocumentKind
from hotline.rule_joints import callback_rules, state_limits
from orders.callback_rules import CallbackRules, rules_of
from orders.model import First
from orders.settings import OrdersSettings
from seats.publishing import RuleOffice
from seats.rule_documents.policies import SupervisionPolicy
from seats.rulebook import Rulebook
from seats.settings import StateLimits
from tests.fakes.floor import NOON
from tests.fakes.rule_records import MemoryRuleRecords

CONFIGURED = OrdersSettings(callback_attempts=5, callback_ring_limit_s=60)


class Room:
    def __init__(self):
        self.records, self.told = MemoryRuleRecords(), []
        around = (self.records, shipped_calendar(), ())
        self.book = Rulebook(*around, self.told.append, lambda: NOON)
        self.office = RuleOffice(*around, lambda: NOON)

    async def publish(self, text):
        body = f'kind = "policies"\n{text}'
        await self.office.publish(DocumentKind.POLICIES, body, by="admin", note="")
        await self.book.look()

    @property
    def callbacks(self):
        return callback_rules(self.book, CONFIGURED)


async def test_what_no_policy_names_stays_configured():
    room = Room()
    assert room.callbacks == rules_of(CONFIGURED)
    assert state_limits(room.book, StateLimits()) == StateLimits()
    assert room.book.policies.supervision == SupervisionPolicy()


async def test_callbacks_follow_the_policy_from_the_next_moment_on():
    room, changes = Room(), []
    room.book.watch(lambda: changes.append(room.callbacks.automatic))
    await room.publish(
        "[callbacks]\nattempts = 2\npauses_min = [5]\nfrom_hour = 9\nuntil_hour = 18\n"
        'first = "citizen"\nautomatic = true\nafter_wait_s = 10\nline_patience_min = 20\n'
    )
    assert room.callbacks == CallbackRules(
        attempts=2,
        pauses=(timedelta(minutes=5),),
        from_hour=9,
        until_hour=18,
        first=First.CITIZEN,
        automatic=True,
        after_wait=timedelta(seconds=10),
        line_patience=timedelta(minutes=20),
        ring_limit=timedelta(seconds=60),
    )
    assert changes == [True]
    await room.office.undo(DocumentKind.POLICIES, by="admin")
    await room.book.look()
    assert (room.callbacks, changes) == (rules_of(CONFIGURED), [True, False])


@pytest.mark.parametrize(
    ("text", "told"),
    [("told = []", set()), ('told = ["listen"]', {"listen"}), ("", {"whisper", "barge", "intercept", "force"})],
)  # fmt: skip
async def test_an_empty_list_means_nobody_is_told_and_no_list_means_as_usual(text, told):
    room = Room()
    await room.publish(f"[supervision]\n{text}\n")
    assert room.book.policies.supervision.told == told
