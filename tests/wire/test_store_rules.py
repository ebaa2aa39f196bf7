"""Rule documents and caller lists as the tables have them, in both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from documents.problems import DocumentKind
from seats.caller_lists import CallerLists
from seats.errors import RuleRecordsAway, RulesChangedMeanwhile
from seats.events import RulesPublished
from seats.rule_versions import RuleDraft
from store.database import Database
from store.journal import Journal
from store.migrate import upgrade
from store.rules import StoredRules
from store.settings import StoreSettings

K = DocumentKind
NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


async def publish(rules, kind, body, follows, at=NOON):
    return await rules.add(
        kind, body, by="admin", at=NOON, note="试", effective_at=at, undoes=None, follows=follows
    )


async def test_versions_count_through_all_kinds_and_the_newest_that_is_due_holds(new_database_url):
    database = Database(await new_database_url())
    await upgrade(database)
    rules = StoredRules(database)
    assert await rules.due(NOON) == {}
    await publish(rules, K.ROUTING, "一", 0)
    await publish(rules, K.GROUPS, "二", 0)
    later = NOON + timedelta(hours=1)
    third = await publish(rules, K.ROUTING, "三", 1, at=later)
    assert third.version == 3
    assert await rules.due_versions(NOON) == {K.ROUTING: 1, K.GROUPS: 2}
    assert await rules.due_versions(later) == {K.ROUTING: 3, K.GROUPS: 2}
    assert (await rules.due(NOON))[K.ROUTING].body == "一"
    assert (await rules.newest())[K.ROUTING] == third
    assert [one.version for one in await rules.history(K.ROUTING)] == [3, 1]
    await database.close()


async def test_of_two_who_publish_at_once_the_second_is_refused_and_nothing_is_half_done(
    new_database_url,
):
    database = Database(await new_database_url())
    await upgrade(database)
    rules = StoredRules(database)
    draft = RuleDraft(kind=K.ROUTING, body="草", by="li", at=NOON, based_on=0)
    await rules.save_draft(draft)
    await rules.save_draft(draft)
    assert await rules.draft(K.ROUTING) == draft
    done = await asyncio.gather(
        *(publish(rules, K.ROUTING, text, 0) for text in "甲乙丙"), return_exceptions=True
    )
    assert [type(one) for one in done].count(RulesChangedMeanwhile) == 2
    assert len(await rules.history(K.ROUTING)) == 1
    assert await rules.draft(K.ROUTING) is None
    await database.close()


async def test_what_came_into_force_and_who_is_listed_is_written_down_from_events(new_database_url):
    database = Database(await new_database_url())
    await upgrade(database)
    rules = StoredRules(database)
    await publish(rules, K.ROUTING, "一", 0)
    journal = Journal(database, StoreSettings())
    await journal.open()
    lists = CallerLists(journal.append, lambda: NOON)
    lists.add("elderly", "13800000001", until=None, by="admin", note="甲")
    lists.add("elderly", "13800000001", until=NOON + timedelta(1), by="admin", note="乙")
    lists.add("nuisance", "13800000002", until=None, by="admin", note="")
    lists.remove("nuisance", "13800000002", by="admin")
    journal.append(RulesPublished(at=NOON, kind="routing", version=1, by="admin", note=""))
    async with asyncio.TaskGroup() as group:
        writer = group.create_task(journal.run())
        await journal.written(journal.last_seq)
        writer.cancel()
    (entry,) = await rules.listed_callers()
    assert (entry.list_name, entry.caller_number, entry.note) == ("elderly", "13800000001", "乙")
    assert CallerLists(lambda _: None, lambda: NOON, [entry]).lookup("013800000001") == {"elderly"}
    assert (await rules.due(NOON))[K.ROUTING].in_force_at == NOON
    await database.close()


async def test_a_store_that_cannot_be_read_has_a_name(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}")
    with pytest.raises(RuleRecordsAway):
        await StoredRules(database).due_versions(NOON)
    await database.close()
