"""Flows and texts as rule documents: drafts are checked like every other, and what is published holds."""

from datetime import datetime

import pytest

from documents.calendar import BEIJING, shipped_calendar
from documents.problems import DocumentKind
from hotline.flow_joints import flow_book, flow_problems
from seats.errors import RulesRefused
from seats.publishing import RuleOffice
from seats.rule_versions import shipped
from seats.rulebook import Rulebook
from tests.fakes.rule_records import MemoryRuleRecords
from tests.fakes.shipped_flows import around

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)
FLOWS = shipped(DocumentKind.FLOWS).body
TEXTS = shipped(DocumentKind.TEXTS).body
GROUPS = shipped(DocumentKind.GROUPS).body


class Stage:
    def __init__(self):
        records = MemoryRuleRecords()
        parts = (records, shipped_calendar(), ())
        self.office = RuleOffice(*parts, lambda: NOON, (flow_problems,))
        self.rulebook = Rulebook(*parts, lambda _event: None, lambda: NOON, (flow_problems,))
        self.book = flow_book(self.rulebook)

    async def publish(self, kind, body):
        await self.office.publish(kind, body, by="admin", note="", accept_warnings=True)
        await self.rulebook.look()


async def codes(office, kind, body):
    return [
        (one.kind, one.code) for one in await office.check(kind, body) if one.severity == "error"
    ]


async def test_the_shipped_flows_and_texts_have_no_problems():
    office = Stage().office
    assert await codes(office, DocumentKind.FLOWS, FLOWS) == []
    assert await codes(office, DocumentKind.TEXTS, TEXTS) == []


async def test_a_flow_with_an_error_is_refused_and_the_one_before_holds():
    stage = Stage()
    broken = FLOWS.replace(
        'kind = "hang-up"\ntext = "goodbye"', 'kind = "say"\ntext = "goodbye"\nnext = "away"'
    )
    with pytest.raises(RulesRefused):
        await stage.publish(DocumentKind.FLOWS, broken)
    assert stage.book.choose(around()).walk.version == 0


async def test_a_published_flow_holds_for_the_next_call():
    stage = Stage()
    await stage.publish(DocumentKind.FLOWS, FLOWS.replace("waiting_from = 300", "waiting_from = 5"))
    chosen = stage.book.choose(around(waiting=6))
    assert (chosen.profile.code, chosen.walk.version) == ("overload", 1)


async def test_a_text_that_a_flow_says_cannot_be_taken_away_nor_a_group_that_it_leads_to():
    office = Stage().office
    without = TEXTS.replace('code = "comfort"', 'code = "comfort-before"')
    assert (DocumentKind.FLOWS, "text-unknown") in await codes(office, DocumentKind.TEXTS, without)
    without = GROUPS.replace('code = "law"', 'code = "laws"')
    assert (DocumentKind.FLOWS, "group-unknown") in await codes(
        office, DocumentKind.GROUPS, without
    )


@pytest.mark.parametrize("kind", [DocumentKind.FLOWS, DocumentKind.TEXTS])
async def test_behind_a_syntax_error_there_is_no_echo(kind):
    found = await codes(Stage().office, kind, f'kind = "{kind}"\n[[x]\n')
    assert found == [(kind, "syntax")]
