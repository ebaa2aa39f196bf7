"""Published policies take the place of what is configured, at once and only where they say something."""

from datetime import timedelta
from pathlib import Path

import pytest

import seats
from documents.calendar import shipped_calendar
from documents.problems import DocumentKind
from hotline.citizen_joints import arrival_limits, survey_scale
from hotline.replay_joints import purposes
from hotline.rule_joints import callback_rules, state_limits
from orders.callback_rules import CallbackRules, rules_of
from orders.limits import Limits
from orders.model import First
from orders.settings import OrdersSettings
from orders.surveys import Scale
from recordings.listening import Purpose
from seats.errors import RulesRefused
from seats.publishing import RuleOffice
from seats.rule_documents.policies import ReplayPolicy, SupervisionPolicy, read_policies
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


async def test_survey_keys_and_arrival_limits_follow_the_policy():
    room = Room()
    assert survey_scale(room.book) == Scale()
    assert arrival_limits(room.book) == Limits()
    await room.publish(
        "[survey]\nsatisfied = [1]\nbasically = [2]\nunsatisfied = [3]\n"
        "[arrivals]\nlimited = [2, 4, 8]\nrefused = [4, 8, 0]\nprefix_calls_min = 0\n"
    )
    assert survey_scale(room.book) == Scale(satisfied=(1,), basically=(2,), unsatisfied=(3,))
    assert arrival_limits(room.book) == Limits(
        limited=(2, 4, 8), refused=(4, 8, 0), prefix_calls_min=0
    )


async def test_the_purposes_of_listening_follow_the_policy_from_the_next_moment_on():
    room = Room()
    assert [one.name for one in purposes(room.book) if one.needs_note] == ["投诉核查", "依法调取"]
    await room.publish('[replay]\npurposes = ["质检", " 调取 ", "质检"]\nnoted = ["调取"]')
    assert purposes(room.book) == [Purpose(name="质检"), Purpose(name="调取", needs_note=True)]
    # Whoever names his own purposes alone needs a reference only for those of the usual ones he kept.
    await room.publish('[replay]\npurposes = ["质检", "依法调取"]')
    assert [one.needs_note for one in purposes(room.book)] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "[survey]\nsatisfied = [5]\nbasically = [3]\nunsatisfied = [1]",
        "[survey]\nsatisfied = [1, 2]\nunsatisfied = [2, 3]",
        "[survey]\nbasically = [1, 2, 3]",
        "[survey]\nsatisfied = [1]",
        "[arrivals]\nlimited = [2, 4]\nrefused = [4, 8, 16]",
        "[arrivals]\nlimited = [2, 4, 8]",
        "[arrivals]\nlimited = [2, 4, 8]\nrefused = [2, 8, 16]",
        "[arrivals]\nlimited = [0, 4, 8]\nrefused = [4, 8, 16]",
        "[arrivals]\nlimited = [2, 4, -8]\nrefused = [4, 8, 16]",
        "[arrivals]\nper_hour = 3",
        "[replay]\npurposes = []",
        '[replay]\npurposes = [""]',
        '[replay]\npurposes = ["' + "长" * 21 + '"]',
        '[replay]\npurposes = ["质检"]\nnoted = ["调取"]',
        '[replay]\nreasons = ["质检"]',
    ],
)
async def test_wrong_keys_or_limits_are_not_published(text):
    room = Room()
    with pytest.raises(RulesRefused):
        await room.publish(text)
    assert survey_scale(room.book) == Scale()
    assert arrival_limits(room.book) == Limits()


def test_the_shipped_policies_are_the_usual_ones():
    room = Room()
    shipped = (Path(seats.__file__).parent / "defaults" / "policies.toml").read_text("utf-8")
    found, problems = read_policies(shipped)
    assert problems == []
    assert Limits(**found.arrivals) == Limits()
    assert Scale(**found.survey) == survey_scale(room.book) == Scale()
    assert found.replay == ReplayPolicy()
