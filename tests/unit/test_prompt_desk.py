"""The sounds follow what is published; a call never waits for them, and never hears nothing."""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from documents.calendar import BEIJING, shipped_calendar
from documents.problems import DocumentKind
from hotline.flow_joints import flow_problems
from hotline.prompt_desk import PromptCollector, PromptDesk
from hotline.prompt_joints import ALWAYS_SAID, known_prompts, prompt_problems
from hotline.prompt_shelf import AT_ONCE, IN_CHINESE, LEFT_OUT, PromptShelf
from hotline.sounds.errors import PromptDiskFull
from hotline.sounds.manifest import Made
from hotline.sounds.names import sound_path
from hotline.sounds.voice import VoiceError
from ivr.texts import read_texts, sounds_of
from seats.publishing import RuleOffice
from seats.rule_versions import shipped
from seats.rulebook import Rulebook
from tests.fakes.rule_records import MemoryRuleRecords
from tests.fakes.shipped_flows import shipped_texts

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)
TEXTS = shipped(DocumentKind.TEXTS).body
ROUTING = shipped(DocumentKind.ROUTING).body
MAKING_S = 3.0


class Maker:
    """As long as the real one takes; fails as often as it is told to."""

    def __init__(self):
        self.asked, self.fail = [], []

    async def __call__(self, texts, voices, folder):
        self.asked.append(texts)
        await asyncio.sleep(MAKING_S)
        if self.fail:
            raise self.fail.pop(0)
        row = {"text": "", "fingerprint": "", "duration_ms": 1, "came_dbfs": 0.0, "level_dbfs": 0.0}
        return (
            Made(language="zh", name="a", source="voice", changed=True, **row),
            Made(language="en", name="a", source="", problem="no voice", **row),
        )


class Stage:
    def __init__(self, folder):
        records = MemoryRuleRecords()
        parts, further = (
            (records, shipped_calendar(), None),
            (flow_problems, prompt_problems(folder)),
        )
        self.office = RuleOffice(*parts, lambda: NOON, further)
        self.rulebook = Rulebook(*parts, lambda _event: None, lambda: NOON, further)
        self.maker = Maker()
        self.told = []
        self.desk = PromptDesk(
            self.rulebook,
            folder,
            folder / "prompts.toml",
            self.told.append,
            lambda: NOON,
            self.maker,
        )

    async def publish(self, kind, body):
        await self.office.publish(kind, body, by="admin", note="", accept_warnings=True)
        await self.rulebook.look()

    async def wrong(self, kind, body):
        found = await self.office.check(kind, body)
        return {(one.kind, one.code) for one in found if one.severity == "error"}

    @asynccontextmanager
    async def running(self):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self.desk.run(), name="prompts")
            yield self
            task.cancel()


async def test_at_the_start_and_after_each_publication_the_sounds_are_made(tmp_path):
    stage = Stage(tmp_path)
    async with stage.running():
        await asyncio.sleep(MAKING_S + 0.1)
        assert stage.maker.asked == [TEXTS]
        later = TEXTS.replace("再见", "回见")
        await stage.publish(DocumentKind.TEXTS, later)
        await asyncio.sleep(MAKING_S + 0.1)
        assert stage.maker.asked == [TEXTS, later]
        await stage.publish(DocumentKind.ROUTING, ROUTING + "\n# same\n")
        await asyncio.sleep(MAKING_S + 0.1)
        assert len(stage.maker.asked) == 2


async def test_what_is_published_while_sounds_are_made_is_made_next(tmp_path):
    stage = Stage(tmp_path)
    async with stage.running():
        await asyncio.sleep(1)
        await stage.publish(DocumentKind.TEXTS, TEXTS.replace("再见", "回见"))
        last = TEXTS.replace("再见", "下次见")
        await stage.publish(DocumentKind.TEXTS, last)
        await asyncio.sleep(2 * MAKING_S)
        assert stage.maker.asked == [TEXTS, last]


async def test_a_round_that_failed_is_named_counted_and_tried_again(tmp_path):
    stage = Stage(tmp_path)
    stage.maker.fail = [PromptDiskFull("disk"), VoiceError("voice")]
    async with stage.running():
        await asyncio.sleep(MAKING_S + 1)
        assert stage.desk.trouble == "disk"
        await asyncio.sleep(2 * MAKING_S + 60)
        assert stage.desk.trouble == ""
        assert stage.desk.failed == {"prompt-disk-full": 1, "voice-error": 1}
        assert len(stage.maker.asked) == 3


async def test_a_publication_does_not_wait_for_the_pause_after_a_failure(tmp_path):
    stage = Stage(tmp_path)
    stage.maker.fail = [PromptDiskFull("disk")]
    async with stage.running():
        await asyncio.sleep(MAKING_S + 1)
        await stage.publish(DocumentKind.TEXTS, TEXTS.replace("再见", "回见"))
        await asyncio.sleep(MAKING_S + 0.1)
        assert stage.desk.trouble == ""


async def test_missing_and_troubled_sounds_are_counted(tmp_path):
    stage = Stage(tmp_path)
    await stage.desk.make()
    shelf = PromptShelf(tmp_path, tmp_path, Book(shipped_texts()), Speaker(tmp_path, works=False))
    assert await shelf.playable("goodbye", "zh") == ()
    shown = {
        sample.name: sample.value
        for metric in PromptCollector(stage.desk, shelf).collect()
        for sample in metric.samples
    }
    assert shown["hotline_prompts_missing"] == 1
    assert shown["hotline_prompts_troubled"] == 1
    assert shown["hotline_prompts_not_as_wanted_total"] == 1


async def test_a_prompt_that_a_row_names_must_be_spoken_by_somebody(tmp_path):
    stage = Stage(tmp_path)
    row = 'prompt = "hotline/{}"\n'
    routing = ROUTING.rstrip() + "\n" + row
    assert await stage.wrong(DocumentKind.ROUTING, routing.format("please-wait")) == set()
    missing = (DocumentKind.ROUTING, "prompt-missing")
    assert await stage.wrong(DocumentKind.ROUTING, routing.format("anthem")) == {missing}
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio/anthem.wav").touch()
    assert await stage.wrong(DocumentKind.ROUTING, routing.format("anthem")) == set()
    # The text with it cannot be taken away any more, and a restart reads both together.
    await stage.publish(DocumentKind.ROUTING, routing.format("night"))
    without = TEXTS.replace('code = "night"', 'code = "by-night"')
    assert missing in await stage.wrong(DocumentKind.TEXTS, without)


async def test_what_asterisk_plays_by_itself_cannot_be_taken_away(tmp_path):
    stage = Stage(tmp_path)
    assert await stage.wrong(DocumentKind.TEXTS, TEXTS) == set()
    for code in ALWAYS_SAID:
        without = TEXTS.replace(f'code = "{code}"', f'code = "{code}-not"')
        assert (DocumentKind.TEXTS, "text-missing") in await stage.wrong(
            DocumentKind.TEXTS, without
        )


def test_a_row_can_name_a_text_and_a_recording_without_one(tmp_path):
    (tmp_path / "studio/en").mkdir(parents=True)
    (tmp_path / "studio/anthem.wav").touch()
    (tmp_path / "studio/en/english-anthem.wav").touch()
    known = known_prompts(shipped_texts(), tmp_path)
    assert {"hotline/anthem", "hotline/night", "hotline/goodbye"} <= known
    assert not {"hotline/english-anthem", "hotline/place"} & known


def test_each_text_says_in_which_flows_it_is_heard_and_each_sound_of_which_text_it_is(tmp_path):
    stage = Stage(tmp_path)
    rows = {one.code: one for one in stage.desk.texts_in_force()}
    assert "menu" in rows["main-menu"].flows
    assert "direct" in rows["recording-notice"].flows  # as its numbers' greeting
    assert rows["recording-notice"].notice
    assert rows["number-blocked"].refused
    assert rows["goodbye"].without_service
    unheard = {code for code, one in rows.items() if not one.flows}
    assert not unheard & {"night", "place", "comfort"}
    assert set(stage.desk.flow_names()) >= {flow for one in rows.values() for flow in one.flows}
    sounds = asyncio.run(stage.desk.listing())
    of_blocked = [
        one.name for one in sounds if (one.code, one.language) == ("number-blocked", "zh")
    ]
    assert of_blocked == ["number-blocked-1", "number-blocked-3"]
    assert {one.code for one in sounds if one.name.startswith("say-")} == {""}


# The shelf.

SHELF_TEXTS, _ = read_texts(
    'kind = "texts"\nlanguages = ["zh", "en"]\n'
    '[[text]]\ncode = "place"\nzh = "第{place:number}位"\nen = "You are {place:number}."\n'
    '[[text]]\ncode = "menu"\nzh = "人工请按0。"\n'
    '[[text]]\ncode = "foreign"\nen = "Hello"\n'
)


class Book:
    """Texts, and their sounds by their own names."""

    def __init__(self, texts):
        self.texts = texts

    def sounds(self, text, language, values):
        return sounds_of(self.texts, text, language, values)


class Speaker:
    """Speaks at once, or cannot."""

    def __init__(self, folder, *, works=True, takes_s=0.1):
        self.folder, self.works, self.takes_s = folder, works, takes_s
        self.spoken = []

    async def __call__(self, prompts):
        await asyncio.sleep(self.takes_s)
        if not self.works:
            raise VoiceError
        for one in prompts:
            self.spoken.append((one.language, one.name, one.text))
            lay(self.folder, one.language, one.name)


def lay(folder, language, *names):
    for name in names:
        path = sound_path(folder, language, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0\0")


def shelf_of(folder, **how):
    speaker = Speaker(folder, **how)
    return PromptShelf(folder, folder, Book(SHELF_TEXTS), speaker), speaker


async def test_a_text_is_played_in_the_callers_language_with_its_values(tmp_path):
    lay(tmp_path, "en", "place-1", "say-n-2")
    shelf, _ = shelf_of(tmp_path)
    said = await shelf.playable("place", "en", {"place": 2})
    assert said == ("prompts/en/place-1", "prompts/en/say-n-2")
    assert not shelf.counts


async def test_where_one_piece_is_missing_all_of_it_is_said_in_chinese(tmp_path):
    lay(tmp_path, "en", "place-1")
    lay(tmp_path, "zh", "place-1", "say-n-2", "place-3")
    shelf, speaker = shelf_of(tmp_path)
    said = await shelf.playable("place", "en", {"place": 2})
    assert said == tuple(f"prompts/zh/{one}" for one in ("place-1", "say-n-2", "place-3"))
    assert shelf.counts == {(IN_CHINESE, "place"): 1}
    assert speaker.spoken == []


async def test_a_text_without_that_language_is_said_in_chinese(tmp_path):
    lay(tmp_path, "zh", "menu")
    shelf, _ = shelf_of(tmp_path)
    assert await shelf.playable("menu", "en") == ("prompts/zh/menu",)


async def test_a_text_that_has_just_been_published_is_spoken_at_once(tmp_path):
    lay(tmp_path, "en", "place-1")
    shelf, speaker = shelf_of(tmp_path)
    said = await shelf.playable("place", "en", {"place": 2})
    assert said == ("prompts/en/place-1", "prompts/en/say-n-2")
    assert speaker.spoken == [("en", "say-n-2", "two")]
    assert shelf.counts == {(AT_ONCE, "place"): 1}
    assert await shelf.playable("foreign", "zh") == ("prompts/en/foreign",)


@pytest.mark.parametrize("how", [{"works": False}, {"takes_s": 60.0}])
async def test_what_cannot_be_spoken_is_left_out_and_counted_and_the_rest_is_said(tmp_path, how):
    lay(tmp_path, "en", "place-1")
    shelf, _ = shelf_of(tmp_path, **how)
    async with asyncio.timeout(5):
        assert await shelf.playable("place", "en", {"place": 2}) == ("prompts/en/place-1",)
        assert await shelf.playable("menu", "zh") == ()
    assert shelf.counts == {(LEFT_OUT, "place"): 1, (LEFT_OUT, "menu"): 1}


async def test_a_studios_recording_without_a_text_is_played_and_an_unknown_name_left_out(tmp_path):
    lay(tmp_path, "zh", "anthem")
    shelf, _ = shelf_of(tmp_path)
    assert await shelf.playable("anthem", "en") == ("prompts/zh/anthem",)
    for unknown in ("never-written", "../../etc/passwd", ""):
        assert await shelf.playable(unknown, "en") == ()
