"""The emergency announcement from the switch to the sounds that the flow plays."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from documents.calendar import shipped_calendar
from documents.problems import DocumentKind
from hotline.announcement import EmergencyAnnouncer, announced_languages
from hotline.places import ROOT
from hotline.prompt_desk import PromptDesk
from hotline.prompt_shelf import IN_CHINESE, PromptShelf
from hotline.sounds.names import RATE_HZ, sound_path
from hotline.sounds.prompts import Prompt, speak_at_once
from hotline.sounds.sound import from_pcm, spoken_level_dbfs
from hotline.sounds.voices import read_voices
from ivr.events import AnnouncementFailed, AnnouncementReady
from ivr.flow_book import EMERGENCY_TEXT, FlowBook
from seats.rule_versions import shipped
from seats.rulebook import Rulebook
from tests.fakes.rule_records import MemoryRuleRecords
from tests.fakes.shipped_flows import shipped_texts

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
VOICES = ROOT / "asterisk-conf" / "prompts.toml"
STORM = "今日暴雨，12345提醒您远离积水路段。"
STORM_EN = "Heavy rain today. Keep away from flooded roads."
LIMIT_S = 60


class House:
    def __init__(self, folder, voices=VOICES):
        self.folder = folder
        self.words = {}
        self.told = []
        self.book = FlowBook()
        self.book.take_up(1, 'kind = "flows"\n', shipped(DocumentKind.TEXTS).body)
        self.played = asyncio.Event()
        rulebook = Rulebook(
            MemoryRuleRecords(), shipped_calendar(), None, self.told.append, lambda: NOON
        )
        self.announcer = EmergencyAnnouncer(
            lambda: self.words,
            lambda: announced_languages(self.book.texts),
            PromptDesk(rulebook, folder, voices, self.told.append, lambda: NOON),
            self.play,
            self.told.append,
            lambda: NOON,
        )
        self.shelf = PromptShelf(folder, voices, self.book)

    def play(self, text, sounds):
        self.book.play_instead(text, sounds)
        self.played.set()

    def turn(self, **words):
        self.words = words
        self.announcer.look()

    def plays(self, language="zh"):
        (sound,) = self.book.sounds(EMERGENCY_TEXT, language, {})
        return sound

    async def until(self, happened):
        async with asyncio.timeout(LIMIT_S):
            while not happened():
                self.played.clear()
                await self.played.wait()

    @asynccontextmanager
    async def open(self):
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.announcer.run())
            yield
            running.cancel()


def loudness(path):
    return spoken_level_dbfs(from_pcm(path.read_bytes()), RATE_HZ)


async def test_it_is_spoken_in_each_language_it_has_words_in_and_the_shipped_ones_come_back(
    tmp_path,
):
    house = House(tmp_path)
    async with house.open():
        house.turn(zh=STORM, en=STORM_EN)
        await house.until(lambda: house.plays() != EMERGENCY_TEXT)
        chinese = sound_path(tmp_path, "zh", house.plays())
        english = sound_path(tmp_path, "en", house.plays("en"))
        assert house.plays() != house.plays("en")
        for sound in (chinese, english):
            assert sound.stat().st_size > 2 * 2 * RATE_HZ
            assert abs(loudness(sound) + 20) < 1  # as every other prompt
        assert await house.shelf.playable(EMERGENCY_TEXT, "en") == (f"prompts/en/{english.stem}",)
        made_at = chinese.stat().st_mtime_ns
        house.turn()
        await house.until(lambda: house.plays() == EMERGENCY_TEXT)
        house.turn(zh=STORM, en=STORM_EN)
        await house.until(lambda: house.plays() == chinese.stem)
        assert chinese.stat().st_mtime_ns == made_at
    assert house.announcer.failed == 0
    assert house.told[0] == AnnouncementReady(at=NOON, languages=("zh", "en"))


async def test_a_language_without_words_hears_the_chinese_and_the_journal_says_so(tmp_path):
    house = House(tmp_path)
    shipped_english = Prompt(language="en", name=EMERGENCY_TEXT, text="Hello", spoken_in="en")
    speak_at_once((shipped_english,), read_voices(VOICES), tmp_path)
    async with house.open():
        house.turn(zh=STORM)
        await house.until(lambda: house.plays() != EMERGENCY_TEXT)
        heard = await house.shelf.playable(EMERGENCY_TEXT, "en")
        assert heard == (f"prompts/zh/{house.plays()}",)
        assert house.shelf.counts == {(IN_CHINESE, EMERGENCY_TEXT): 1}
    assert house.told == [AnnouncementReady(at=NOON, languages=("zh",), in_chinese=("en",))]
    assert set(announced_languages(shipped_texts())) == {"zh", "en"}


async def test_a_language_that_cannot_be_spoken_hinders_no_other(tmp_path):
    voices = tmp_path / "voices.toml"
    voices.write_text('[zh]\nname = "cmn"\n[en]\nname = "no-such-voice"\n', encoding="utf-8")
    house = House(tmp_path / "prompts", voices)
    async with house.open():
        house.turn(zh=STORM, en=STORM_EN)
        await house.until(lambda: house.plays() != EMERGENCY_TEXT)
        assert house.plays("en") == house.plays()
    failed, ready = house.told
    assert isinstance(failed, AnnouncementFailed)
    assert failed.language == "en"
    assert ready == AnnouncementReady(at=NOON, languages=("zh",), in_chinese=("en",))


async def test_what_cannot_be_spoken_leaves_the_shipped_words_and_is_told_once(tmp_path):
    house = House(tmp_path, voices=tmp_path / "none.toml")
    async with house.open():
        house.turn(zh=STORM)
        await house.until(lambda: house.announcer.failed > 1)
        assert house.plays() == EMERGENCY_TEXT
    assert house.told == [AnnouncementFailed(at=NOON, language="zh", code="voice-list-wrong")]


async def test_only_the_newest_and_the_last_sounds_are_kept(tmp_path):
    house = House(tmp_path)
    async with house.open():
        for count in range(3):
            before = house.plays()
            house.turn(zh=f"{STORM}第{count + 1}次播报。")
            await house.until(lambda before=before: house.plays() != before)
        house.turn()
        await house.until(lambda: house.plays() == EMERGENCY_TEXT)
    assert len(list((tmp_path / "zh").glob("announced-*.sln"))) == 2
