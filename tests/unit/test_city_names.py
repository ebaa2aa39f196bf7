"""The document of places, and how what is published reaches the speech part."""

import asyncio
from datetime import UTC, datetime

import pytest

from asr.events import Word
from asr.gazetteer import Gazetteer
from asr.text import Text
from documents.calendar import shipped_calendar
from documents.problems import DocumentKind, Severity
from hotline.city_names import CityNames
from seats.publishing import RuleOffice
from seats.rule_documents.places import read_places
from seats.rule_versions import shipped
from seats.rulebook import Rulebook
from tests.fakes.rule_records import MemoryRuleRecords

TOP = 'kind = "places"\n'
DISTRICT = f'{TOP}[[place]]\nkind = "district"\nnames = ["海阳区", "山阳区"]\n'
NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


def test_every_district_of_the_city_is_shipped_with_its_short_name():
    rows, problems = read_places(shipped(DocumentKind.PLACES).body)
    assert problems == []
    districts = {row.name: row.aliases for row in rows if row.kind == "district"}
    assert districts["曹妃甸区"] == ("曹妃甸",)
    assert {"路北区", "路南区", "古冶区", "开平区", "丰南区", "丰润区"} <= set(districts)
    assert {"滦州市", "遵化市", "迁安市", "滦南县", "乐亭县", "迁西县", "玉田县"} <= set(districts)
    assert {row.kind for row in rows} == {
        "district", "street", "community", "road", "department", "other",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (f'{DISTRICT}[[place]]\nkind = "road"\nnames = [\n  "甲路",\n  "路",\n]\n', 9, "name-invalid"),
        (f'{DISTRICT}[[place]]\nkind = "road"\nnames = ["海滨路A"]\n', 7, "name-invalid"),
        (f'{DISTRICT}[[place]]\nkind = "road"\nnames = ["海滨路",\n  "海滨路"]\n', 7, "name-twice"),
        (f'{DISTRICT}[[place]]\nkind = "lake"\nnames = ["海滨湖"]\n', 6, "value-invalid"),
        (f'{DISTRICT}[[place]]\nkind = "road"\n', 5, "value-missing"),
        (
            f'{DISTRICT}[[place]]\nkind = "road"\ndistrict = "河东区"\nnames = ["海滨路"]\n',
            8,
            "district-unknown",
        ),
        (
            f'{DISTRICT}[[place]]\nkind = "department"\nnames = ["甲局", "乙局"]\naliases = ["局里"]\n',
            8,
            "aliases-of-many",
        ),
        (
            f'{DISTRICT}[[place]]\nnames = ["甲甲局"]\naliases = ["那局"]\n'
            '[[place]]\nnames = ["乙乙局"]\naliases = ["那局"]\n',
            10,
            "alias-of-two",
        ),
        (
            f'{DISTRICT}[[place]]\nnames = ["甲甲局"]\naliases = ["海阳区"]\n',
            7,
            "alias-is-a-name",
        ),
        (f'{TOP}[[place]]\nkind = "district"\ndistrict = "海阳区"\nnames = ["山阳区"]\n', 4, "value-invalid"),
        (f'{DISTRICT}colour = "red"\n', 5, "key-unknown"),
        ('kind = "road"\n', 1, "kind-wrong"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_places_is_named_with_its_line(text, line, code):
    _, problems = read_places(text)
    assert (line, code) in [(one.line, one.code) for one in problems]


def test_a_street_of_one_name_may_be_in_two_districts():
    text = DISTRICT + "".join(
        f'[[place]]\nkind = "road"\ndistrict = "{district}"\nnames = ["海滨路"]\n'
        for district in ("海阳区", "山阳区")
    )
    rows, problems = read_places(text)
    assert problems == []
    assert [row.district for row in rows if row.name == "海滨路"] == ["海阳区", "山阳区"]


def test_no_names_at_all_are_a_warning():
    _, problems = read_places(TOP)
    assert [(one.code, one.severity) for one in problems] == [("no-names", Severity.WARNING)]


def test_too_many_names_are_refused_as_one_problem():
    names = ", ".join(
        f'"甲{chr(0x4E00 + n // 5000)}{chr(0x4E00 + n % 5000)}"' for n in range(20_001)
    )
    rows, problems = read_places(f"{TOP}[[place]]\nnames = [{names}]\n")
    assert rows == ()
    assert [one.code for one in problems] == ["too-many-names"]


BUILDING_S = 1.5


async def slowly(names):
    """As long as many names take; no thread, so that time stays virtual."""
    await asyncio.sleep(BUILDING_S)
    return Gazetteer(names)


class City:
    """A rulebook with its office, and the gazetteer made of it."""

    def __init__(self):
        records = MemoryRuleRecords()
        self.office = RuleOffice(records, shipped_calendar(), (), lambda: NOON)
        self.rulebook = Rulebook(records, shipped_calendar(), (), lambda _event: None, lambda: NOON)
        self.names = CityNames(self.rulebook, slowly)
        self.text = Text(self.names.gazetteer, 0.8)

    def heard(self, said):
        words = tuple(
            Word(text=one, starts_at_ms=0, ends_at_ms=1, confidence=0.5) for one in said.split()
        )
        return self.text.utterance(words, "zh").text

    async def publish(self, kind, body):
        before = self.names.gazetteer()
        await self.office.publish(kind, body, by="admin", note="", accept_warnings=True)
        await self.rulebook.look()
        return before


async def test_a_name_that_is_published_holds_for_the_next_utterance_and_undone_no_more():
    city = City()
    await city.rulebook.restore()
    assert city.heard("住 在 海扬 区") == "住在海扬区"
    async with asyncio.TaskGroup() as group:
        running = group.create_task(city.names.run(), name="city names")
        await city.publish(DocumentKind.PLACES, DISTRICT)
        await asyncio.sleep(1)
        assert city.heard("住 在 海扬 区") == "住在海扬区"  # the names before hold meanwhile
        await asyncio.sleep(1)
        assert city.heard("住 在 海扬 区") == "住在海阳区"
        await city.office.undo(DocumentKind.PLACES, by="admin")
        await city.rulebook.look()
        await asyncio.sleep(2)
        assert city.heard("住 在 海扬 区") == "住在海扬区"
        running.cancel()


async def test_departments_of_the_directory_are_known_by_name_but_no_emergency_line():
    city = City()
    await city.rulebook.restore()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(city.names.run(), name="city names")
        before = await city.publish(
            DocumentKind.DIRECTORY,
            shipped(DocumentKind.DIRECTORY).body
            + '[[line]]\ncode = "harbour"\nname = "港航管理局"\nnumber = "1234567"\n',
        )
        await asyncio.sleep(2)
        running.cancel()
    assert city.names.gazetteer() is not before
    named = {name.name: name.kind for name in city.names.gazetteer().names}
    assert named["港航管理局"] == "department"
    assert "火警" not in named


async def test_another_publication_leaves_the_gazetteer_as_it_is():
    city = City()
    await city.rulebook.restore()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(city.names.run(), name="city names")
        before = await city.publish(
            DocumentKind.CODES, shipped(DocumentKind.CODES).body.replace("打错", "拨错")
        )
        await asyncio.sleep(5)
        assert city.names.gazetteer() is before
        running.cancel()
