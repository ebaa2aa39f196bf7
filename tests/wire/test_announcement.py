"""The emergency announcement from the switch to the sound that the flow plays."""

import asyncio

from hotline.announcement import EmergencyAnnouncer
from hotline.places import ROOT
from hotline.sounds.names import RATE_HZ
from ivr.flow_book import EMERGENCY_TEXT, FlowBook

VOICES = ROOT / "asterisk-conf" / "prompts.toml"
STORM = "今日暴雨，12345提醒您远离积水路段。"
LIMIT_S = 60


class House:
    def __init__(self, folder, voices=VOICES):
        self.text = ""
        self.book = FlowBook()
        self.played = asyncio.Event()
        self.announcer = EmergencyAnnouncer(lambda: self.text, folder, voices, self.play)

    def play(self, text, sounds):
        self.book.play_instead(text, sounds)
        self.played.set()

    def turn(self, text):
        self.text = text
        self.announcer.look()

    def plays(self, language="zh"):
        (sound,) = self.book.sounds(EMERGENCY_TEXT, language, {})
        return sound

    async def until(self, happened):
        async with asyncio.timeout(LIMIT_S):
            while not happened():
                self.played.clear()
                await self.played.wait()


async def test_the_words_are_spoken_when_switched_on_and_the_shipped_ones_come_back(tmp_path):
    house = House(tmp_path)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(house.announcer.run())
        house.turn(STORM)
        await house.until(lambda: house.plays() != EMERGENCY_TEXT)
        spoken = tmp_path / "zh" / f"{house.plays()}.sln"
        assert spoken.stat().st_size > 2 * 2 * RATE_HZ
        assert house.plays("en") == EMERGENCY_TEXT
        made_at = spoken.stat().st_mtime_ns
        house.turn("")
        await house.until(lambda: house.plays() == EMERGENCY_TEXT)
        house.turn(STORM)
        await house.until(lambda: house.plays() == spoken.stem)
        assert spoken.stat().st_mtime_ns == made_at
        running.cancel()
    assert house.announcer.failed == 0


async def test_what_cannot_be_spoken_leaves_the_shipped_words(tmp_path):
    house = House(tmp_path, voices=tmp_path / "none.toml")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(house.announcer.run())
        house.turn(STORM)
        await house.until(lambda: house.announcer.failed > 0)
        assert house.plays() == EMERGENCY_TEXT
        running.cancel()
