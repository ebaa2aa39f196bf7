"""Publishing, taking up, undoing: on virtual time with documents in memory."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from documents.calendar import shipped_calendar
from documents.problems import DocumentKind
from seats.errors import (
    NothingToUndo,
    PublicationInThePast,
    RuleDraftMissing,
    RuleKindUnknown,
    RulesChangedMeanwhile,
    RulesDoubtful,
    RulesRefused,
    RuleVersionUnknown,
)
from seats.events import RulesPublished
from seats.publishing import RuleOffice, kind_named
from seats.routing import Arrival
from seats.rule_versions import shipped
from seats.rulebook import Rulebook
from tests.fakes.rule_records import MemoryRuleRecords

K = DocumentKind
NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
REST = '[[row]]\nname = "其余"\ngroup = "general"\n'
TO_LAW = f'kind = "routing"\n[[row]]\nname = "公积金"\ncalled = "12329"\ngroup = "law"\n{REST}'
POSTS = (
    'kind = "posts"\n[[post]]\nseat = "8001"\nname = "王明"\nskills = { general = 1, law = 1 }\n'
)


class Room:
    """A rulebook and its office on one set of records. `told` is what the rulebook said."""

    def __init__(self):
        self.records = MemoryRuleRecords()
        self.told = []
        self.changes = 0
        self._began = asyncio.get_running_loop().time()
        self.office = RuleOffice(self.records, shipped_calendar(), (), self.now)
        self.book = self.new_book()
        self.book.watch(self.changed)

    def new_book(self):
        return Rulebook(self.records, shipped_calendar(), (), self.told.append, self.now)

    def now(self):
        return NOON + timedelta(seconds=asyncio.get_running_loop().time() - self._began)

    def changed(self):
        self.changes += 1

    async def publish(self, kind, body, **more):
        return await self.office.publish(
            kind, body, by="admin", note="试", accept_warnings=True, **more
        )

    def group(self, called="12329"):
        return self.book.route(Arrival(called_number=called)).group

    def skills(self, seat):
        (found,) = (one.skills for one in self.book.seat_definitions() if one.seat_id == seat)
        return dict(found)


@asynccontextmanager
async def running():
    room = Room()
    await room.book.restore()
    room.changes = 0
    async with asyncio.TaskGroup() as group:
        task = group.create_task(room.book.run())
        yield room
        task.cancel()


async def test_the_next_call_follows_a_published_table_and_undo_brings_the_old_one_back():
    async with running() as room:
        assert room.group() == "housing_fund"
        made = await room.publish(K.ROUTING, TO_LAW)
        assert room.group() == "housing_fund"
        await asyncio.sleep(2)
        assert room.group() == "law"
        assert [(e.kind, e.version, e.by) for e in room.told] == [
            ("routing", made.version, "admin")
        ]
        assert isinstance(room.told[0], RulesPublished)
        undone = await room.office.undo(K.ROUTING, by="admin")
        assert undone.body == shipped(K.ROUTING).body
        assert undone.undoes == made.version
        await asyncio.sleep(2)
        assert room.group() == "housing_fund"
        assert room.book.route(Arrival(called_number="12345")).version == undone.version
        assert room.changes == 2


async def test_a_publication_at_an_hour_holds_from_then_on():
    async with running() as room:
        await room.publish(K.ROUTING, TO_LAW, effective_at=NOON + timedelta(hours=2))
        status = await room.office.status(K.ROUTING)
        assert (status.holds.version, status.scheduled.version) == (0, 1)
        await asyncio.sleep(2 * 3600 - 1)
        assert room.group() == "housing_fund"
        await asyncio.sleep(3)
        assert room.group() == "law"
        assert room.book.version(K.ROUTING).version == 1


async def test_undo_takes_back_what_is_still_to_come():
    async with running() as room:
        await room.publish(K.ROUTING, TO_LAW, effective_at=NOON + timedelta(hours=1))
        await room.office.undo(K.ROUTING, by="admin")
        await asyncio.sleep(2 * 3600)
        assert room.book.current(K.ROUTING) == shipped(K.ROUTING).body


async def test_publishing_over_a_publication_to_come_must_be_confirmed():
    async with running() as room:
        await room.publish(K.POLICIES, shipped(K.POLICIES).body, effective_at=NOON + timedelta(1))
        with pytest.raises(RulesDoubtful) as doubtful:
            await room.office.publish(K.POLICIES, shipped(K.POLICIES).body, by="x", note="x")
        codes = [one["code"] for one in doubtful.value.details["problems"]]
        assert codes == ["scheduled-replaced"]


async def test_a_document_with_errors_is_refused_with_line_and_reason_and_the_old_one_stays():
    async with running() as room:
        with pytest.raises(RulesRefused) as refused:
            await room.publish(K.ROUTING, TO_LAW.replace('"law"', '"kings"'))
        (problem,) = refused.value.details["problems"]
        assert (problem["line"], problem["code"]) == (2, "group-unknown")
        assert "kings" in problem["reason"]
        assert room.office.refused == {"rules-refused": 1}
        await asyncio.sleep(2)
        assert room.group() == "housing_fund"
        assert room.records.versions == []


async def test_every_wrong_request_has_its_own_name():
    async with running() as room:
        with pytest.raises(NothingToUndo):
            await room.office.undo(K.ROUTING, by="admin")
        with pytest.raises(RuleDraftMissing):
            await room.publish(K.ROUTING, None)
        with pytest.raises(PublicationInThePast):
            await room.publish(K.ROUTING, TO_LAW, effective_at=NOON)
        with pytest.raises(RuleVersionUnknown):
            await room.office.version(K.ROUTING, 9)
        with pytest.raises(RuleKindUnknown):
            kind_named("kings")
        await room.publish(K.ROUTING, TO_LAW)
        with pytest.raises(RulesChangedMeanwhile):
            await room.publish(K.ROUTING, TO_LAW, based_on=0)
        assert len(room.records.versions) == 1


async def test_a_draft_keeps_mistakes_and_is_refused_when_somebody_else_published_meanwhile():
    async with running() as room:
        found = await room.office.save_draft(K.ROUTING, "kind = ", "admin")
        assert [one.code for one in found] == ["syntax"]
        await room.office.save_draft(K.ROUTING, TO_LAW, "admin")
        room.records.drafts[K.ROUTING], draft = None, room.records.drafts[K.ROUTING]
        await room.publish(K.ROUTING, TO_LAW)
        room.records.drafts[K.ROUTING] = draft
        with pytest.raises(RulesChangedMeanwhile):
            await room.publish(K.ROUTING, None)


async def test_a_post_changes_a_seats_skills_and_undo_gives_them_back():
    async with running() as room:
        await room.publish(K.POSTS, POSTS)
        await asyncio.sleep(2)
        assert room.skills("8001") == {"general": 1, "law": 1}
        assert room.skills("8002") == {"general": 1}
        await room.office.undo(K.POSTS, by="admin")
        await asyncio.sleep(2)
        assert room.skills("8001") == {"general": 1}


async def test_skills_switch_by_themselves_at_the_change_of_shift():
    async with running() as room:
        # It is noon in Beijing.
        shift = (
            'kind = "rosters"\n[[shift]]\nname = "下午"\nhours = "每天 13:00-14:00"\n'
            '[[shift.seat]]\nseat = "8001"\nskills = { foreign_en = 1 }\n'
        )
        await room.publish(K.ROSTERS, shift)
        await asyncio.sleep(3590)
        assert room.skills("8001") == {"general": 1}
        await asyncio.sleep(12)
        assert room.skills("8001") == {"foreign_en": 1}
        await asyncio.sleep(3600)
        assert room.skills("8001") == {"general": 1}


async def test_a_stored_version_that_no_longer_fits_is_passed_over_and_the_others_are_taken():
    async with running() as room:
        await room.publish(K.POSTS, POSTS)
        del room.records.defined["8001"]
        await room.publish(K.ROUTING, TO_LAW)
        await asyncio.sleep(2)
        assert room.group() == "law"
        assert room.book.version(K.POSTS).version == 0
        await asyncio.sleep(60)
        assert room.book.refused == {"posts": 1}


async def test_a_restart_takes_up_what_holds_and_tells_only_what_was_never_told():
    async with running() as room:
        await room.publish(K.ROUTING, TO_LAW)
        again = room.new_book()
        await again.restore()
        assert again.route(Arrival(called_number="12329")).group == "law"
        assert len(room.told) == 1
        (made,) = room.records.versions
        room.records.versions = [replace(made, in_force_at=room.now())]
        third = room.new_book()
        await third.restore()
        assert third.route(Arrival(called_number="12329")).group == "law"
        assert len(room.told) == 1


async def test_a_sick_store_leaves_the_rules_in_force():
    async with running() as room:
        await room.publish(K.ROUTING, TO_LAW)
        room.records.away = True
        await asyncio.sleep(5)
        assert room.group() == "housing_fund"
        assert room.book.refused["store"] >= 4
        room.records.away = False
        await asyncio.sleep(2)
        assert room.group() == "law"


async def test_groups_and_policies_become_the_routers_rules():
    async with running() as room:
        rules = room.book.rules()
        assert rules.version == 0
        dialect = rules.groups["dialect"]
        assert [(step.after_s, step.max_level, step.flag) for step in dialect.relaxations] == [
            (20, 2, None),
            (40, None, "需方言支持"),
        ]
        text = shipped(K.POLICIES).body.replace("sticky_s = 30", "sticky_s = 5")
        await room.publish(K.POLICIES, text)
        await room.book.look()
        assert (room.book.rules().sticky_s, room.book.rules().version) == (5, 1)


async def test_no_two_states_of_the_rules_share_a_number():
    """Groups are published for a later hour, policies at once: the lower number comes last."""
    async with running() as room:
        groups = shipped(K.GROUPS).body
        numbers = [room.book.rules().version]
        at_one = NOON + timedelta(hours=1)
        await room.publish(K.GROUPS, f"{groups}\n# 午后\n", effective_at=at_one)
        policies = shipped(K.POLICIES).body.replace("sticky_s = 30", "sticky_s = 5")
        await room.publish(K.POLICIES, policies)
        await asyncio.sleep(2)
        numbers.append(room.book.rules().version)
        await asyncio.sleep(3600)
        numbers.append(room.book.rules().version)
        await room.office.undo(K.GROUPS, by="admin")
        await asyncio.sleep(2)
        numbers.append(room.book.rules().version)
        assert numbers == [0, 2, 1_000_002, 3_000_002]
