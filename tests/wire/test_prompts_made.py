"""Prompts made by the real process on a real folder, for the web and for the command line."""

import asyncio
import os
import wave
from datetime import datetime
from io import BytesIO

import numpy as np
import pytest

from documents.calendar import BEIJING, shipped_calendar
from documents.problems import DocumentKind
from hotline.clock import monotonic_s
from hotline.prompt_desk import PromptDesk
from hotline.prompt_shelf import AT_ONCE, PromptShelf
from hotline.sounds.errors import PromptFolderSick, PromptsNotMade, VoiceListWrong
from hotline.sounds.making import make_aside
from hotline.sounds.names import sound_path
from ivr.events import StudioRecordingDropped, StudioRecordingKept
from ivr.flow_book import FlowBook
from seats.publishing import RuleOffice
from seats.rulebook import Rulebook
from tests.fakes.rule_records import MemoryRuleRecords
from web.prompt_ports import PromptsNotMadeNow, StudioRecordingRefused

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)
TEXTS = (
    'kind = "texts"\nlanguages = ["zh", "en"]\n'
    '[[text]]\ncode = "recording-notice"\nnotice = true\nzh = "全程录音"\nen = "This call is recorded"\n'
    '[[text]]\ncode = "goodbye"\nzh = "再见"\nen = "Goodbye"\n'
)


@pytest.fixture
def voices(tmp_path):
    path = tmp_path / "prompts.toml"
    path.write_text('[zh]\nname = "cmn"\n[en]\nname = "en"\n', encoding="utf-8")
    return path


def wav(*, seconds=1.5, loud=8000, rate_hz=44100) -> bytes:
    tone = loud * np.sin(2 * np.pi * 440 * np.arange(int(rate_hz * seconds)) / rate_hz)
    whole = BytesIO()
    with wave.open(whole, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(rate_hz)
        recording.writeframes(tone.astype("<i2").tobytes())
    return whole.getvalue()


async def published(folder, voices, told=None):
    records = MemoryRuleRecords()
    office = RuleOffice(records, shipped_calendar(), None, lambda: NOON)
    rulebook = Rulebook(records, shipped_calendar(), None, lambda _event: None, lambda: NOON)
    desk = PromptDesk(
        rulebook, folder, voices, (told if told is not None else []).append, lambda: NOON
    )

    async def publish(body):
        await office.publish(DocumentKind.TEXTS, body, by="admin", note="", accept_warnings=True)
        await rulebook.look()

    return desk, publish


async def test_the_process_of_its_own_makes_what_changed_and_says_what_is_wrong(tmp_path, voices):
    folder = tmp_path / "prompts"
    made = await make_aside(TEXTS, voices, folder)
    assert {(one.language, one.name, one.changed) for one in made} == {
        (language, name, True)
        for language in ("zh", "en")
        for name in ("recording-notice", "goodbye")
    }
    again = await make_aside(TEXTS.replace("再见", "回见"), voices, folder)
    assert [(one.language, one.name) for one in again if one.changed] == [("zh", "goodbye")]
    with pytest.raises(VoiceListWrong):
        await make_aside(TEXTS, tmp_path / "none.toml", folder)
    with pytest.raises(PromptsNotMade):
        await make_aside(TEXTS, voices, folder, limit_s=0.001)
    (tmp_path / "file").touch()
    with pytest.raises(PromptFolderSick):
        await make_aside(TEXTS, voices, tmp_path / "file")


async def test_two_makers_at_once_end_with_whole_sounds(tmp_path, voices):
    folder = tmp_path / "prompts"
    await asyncio.gather(*(make_aside(TEXTS, voices, folder) for _ in range(3)))
    assert list(folder.rglob("*.part")) == []
    assert not any(one.changed for one in await make_aside(TEXTS, voices, folder))


async def test_a_published_text_is_heard_within_seconds_and_the_old_one_until_then(
    tmp_path, voices
):
    desk, publish = await published(tmp_path / "prompts", voices)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(desk.run(), name=desk.name)
        await publish(TEXTS)
        await until(desk, lambda rows: rows[("zh", "goodbye")].spoken_text == "再见")
        old = await desk.wav("zh", "goodbye")
        began = monotonic_s()
        await publish(TEXTS.replace("再见", "感谢您的来电"))
        rows = {(one.language, one.name): one for one in await desk.listing()}
        goodbye = rows["zh", "goodbye"]
        assert (goodbye.text, goodbye.missing) == ("感谢您的来电", False)
        await until(desk, lambda rows: rows[("zh", "goodbye")].spoken_text == "感谢您的来电")
        assert monotonic_s() - began < 60
        assert await desk.wav("zh", "goodbye") != old
        running.cancel()


async def until(desk, fits):
    async with asyncio.timeout(60):
        rounds = -1
        while True:
            if desk.rounds != rounds:
                rounds = desk.rounds
                found = {(one.language, one.name): one for one in await desk.listing()}
                if ("zh", "goodbye") in found and fits(found):
                    return
            await asyncio.to_thread(os.sched_yield)


async def test_a_studios_recording_is_checked_used_heard_taken_away_and_journalled(
    tmp_path, voices
):
    told = []
    desk, publish = await published(tmp_path / "prompts", voices, told)
    await publish(TEXTS)
    await desk.make()
    row = await desk.keep("en", "goodbye", wav(), "admin")
    assert (row.made_from, row.duration_ms, row.problem) == ("studio", 1500, "")
    assert abs(row.level_dbfs + 20) < 0.5
    with wave.open(BytesIO(await desk.wav("en", "goodbye"))) as heard:
        assert (heard.getframerate(), heard.getnframes()) == (8000, 12000)
    assert row.recorded
    for bad in (b"", b"RIFF", wav(loud=20), wav(seconds=0.01)):
        with pytest.raises(StudioRecordingRefused) as refused:
            await desk.keep("en", "goodbye", bad, "admin")
        assert "goodbye.wav" in refused.value.details["why"]
    rows = {(one.language, one.name): one.made_from for one in await desk.listing()}
    assert rows["en", "goodbye"] == "studio"
    assert await desk.drop("en", "goodbye", "admin")
    assert not await desk.drop("en", "goodbye", "admin")
    rows = {(one.language, one.name): one.made_from for one in await desk.listing()}
    assert rows["en", "goodbye"] == "voice"
    common = {"at": NOON, "language": "en", "name": "goodbye", "by": "admin"}
    assert told == [StudioRecordingKept(**common), StudioRecordingDropped(**common)]
    assert await desk.wav("en", "never-written") is None


async def test_two_uploads_of_the_same_sound_at_once_leave_one_of_them(tmp_path, voices):
    desk, publish = await published(tmp_path / "prompts", voices)
    await publish(TEXTS)
    lengths = (1.0, 2.0, 3.0)
    await asyncio.gather(
        *(desk.keep("zh", "goodbye", wav(seconds=one), "admin") for one in lengths)
    )
    (row,) = [one for one in await desk.listing() if (one.language, one.name) == ("zh", "goodbye")]
    assert row.made_from == "studio"
    assert row.duration_ms / 1000 in lengths


async def test_an_upload_to_a_sick_folder_is_named(tmp_path, voices):
    folder = tmp_path / "prompts"
    desk, _ = await published(folder, voices)
    folder.touch()
    with pytest.raises(PromptsNotMadeNow):
        await desk.keep("zh", "goodbye", wav(), "admin")


async def test_a_call_that_comes_before_the_sound_is_spoken_to_at_once(tmp_path, voices):
    folder = tmp_path / "prompts"
    book = FlowBook()
    book.take_up(1, 'kind = "flows"\n', TEXTS)
    shelf = PromptShelf(folder, voices, book, spoken_within_s=60)
    assert await shelf.playable("goodbye", "en") == ("prompts/en/goodbye",)
    assert sound_path(folder, "en", "goodbye").stat().st_size > 8000
    assert shelf.counts == {(AT_ONCE, "goodbye"): 1}
    assert await shelf.playable("goodbye", "en") == ("prompts/en/goodbye",)
    assert shelf.counts == {(AT_ONCE, "goodbye"): 1}
    made = await make_aside(TEXTS, voices, folder)
    assert all(one.changed for one in made)
