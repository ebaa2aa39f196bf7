"""`hotline replay-day` on a real database: a generated day goes in, both columns come out."""

import asyncio
from argparse import Namespace

import pytest

from cti.ids import SeatId, SkillGroupCode
from hotline.administration import CommandRefused, open_database
from hotline.config import Config
from hotline.places import Places
from hotline.replay_day import replay_day
from seats.errors import RulesRefused
from seats.events import SeatReserved
from seats.model import SeatDefinition
from seats.rule_documents.groups import read_groups
from seats.rules import Rules
from store.floor import StoredFloor
from store.journal import Journal
from store.settings import StoreSettings
from tests.fakes.generated_day import live_a_day
from tests.fakes.virtual_time import VirtualTimeLoop

GROUPS = """
kind = "groups"
[[group]]
code = "general"
name = "综合受理"
[[group]]
code = "law"
name = "法律"
first_level = 1
[[group.relax]]
after_s = 20
max_level = 2
[[group.relax]]
after_s = 40
also = ["general"]
[[group]]
code = "english"
name = "英语"
first_level = 1
[[group.relax]]
after_s = 40
also = ["general"]
flag = "需外语支持"
"""
SEATS = {
    "8001": {"general": 1},
    "8002": {"general": 1, "law": 2},
    "8003": {"general": 2, "law": 1},
    "8004": {"general": 1, "english": 1},
    "8005": {"general": 1},
}


def rules() -> Rules:
    groups, problems = read_groups(GROUPS)
    assert not problems
    return Rules(groups={code: row.rules for code, row in groups.items()})


@pytest.fixture(scope="module")
def lived():
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(live_a_day(rules(), SEATS, 150, 7))


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "var")


async def fill(places, lived):
    async with open_database(places, Config()) as database:
        floor = StoredFloor(database)
        for seat_id, skills in SEATS.items():
            codes = {SkillGroupCode(code): level for code, level in skills.items()}
            await floor.define(
                SeatDefinition(seat_id=SeatId(seat_id), operator_name="", skills=codes)
            )
        journal = Journal(database, StoreSettings())
        await journal.open()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(journal.run(), name="journal")
            for event in lived.events:
                last = journal.append(event)
            await journal.written(last)
            running.cancel()


async def said(places, text, day=None):
    file = places.var / "groups.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    lines: list[str] = []
    arguments = Namespace(rules=[file], day=day)
    try:
        assert await replay_day(arguments, places, Config(), lines.append) == 0
    except RulesRefused:
        return None, lines
    return lines[0], lines


async def test_the_day_of_the_journal_is_the_same_again_under_its_own_rules(places, lived):
    await fill(places, lived)
    made = sum(isinstance(event, SeatReserved) for event in lived.events)
    assert made > 80
    first, lines = await said(places, GROUPS)
    assert first == f"2026-11-21  150 次排队  {made} 次分配，重演后相同 {made} 次"
    for line in lines[2:]:
        assert line[-28:-14] == line[-14:]
    assert any(line.startswith("15秒接听率（全部）") for line in lines)
    assert any(line.startswith("组 法律") for line in lines)
    assert any(line.startswith("座席 8005") for line in lines)


async def test_other_rules_are_shown_beside_it_and_the_day_can_be_named(places, lived):
    await fill(places, lived)
    sooner = GROUPS.replace('40\nalso = ["general"]\nflag', '1\nalso = ["general"]\nflag')
    assert sooner != GROUPS
    first, _ = await said(places, sooner, day="2026-11-21")
    made = sum(isinstance(event, SeatReserved) for event in lived.events)
    assert first is not None
    assert not first.endswith(f"重演后相同 {made} 次")
    empty, _ = await said(places, GROUPS, day="2026-11-20")
    assert empty == "2026-11-20  0 次排队  0 次分配，重演后相同 0 次"


async def test_a_rule_file_with_mistakes_is_refused_with_line_and_reason(places, lived):
    await fill(places, lived)
    first, lines = await said(places, GROUPS.replace('also = ["general"]', 'also = ["nobody"]'))
    assert first is None
    assert lines
    assert all(line.startswith("groups:") for line in lines)


async def test_a_house_without_calls_says_so(places):
    with pytest.raises(CommandRefused, match="nobody has ever joined"):
        await said(places, GROUPS)
