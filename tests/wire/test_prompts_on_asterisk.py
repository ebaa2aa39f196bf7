"""What the real Asterisk plays of our prompts, listened to on the channel: languages, numbers, fallbacks."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from documents.problems import DocumentKind
from hotline.asterisk.bundle import AsteriskProgram
from hotline.asterisk.log import read_troubles
from hotline.places import ROOT, Places
from hotline.prompt_shelf import PromptShelf
from hotline.sounds.making import make_from
from hotline.sounds.names import sound_path
from hotline.sounds.sound import from_pcm
from ivr.flow_book import FlowBook
from seats.rule_versions import shipped
from tests.wire.test_asterisk import Installation, ami, program

__all__ = ["program"]

TEXTS = """kind = "texts"
languages = ["zh", "en"]
[[text]]
code = "recording-notice"
zh = "全程录音"
en = "This call is recorded"
[[text]]
code = "goodbye"
zh = "再见"
en = "Goodbye"
[[text]]
code = "place"
zh = "第{place:number}位，单号{order:order}"
en = "You are number {place:number}, order {order:order}"
[[text]]
code = "chinese-only"
zh = "转接第{place:number}位"
"""
DIALPLAN = """
[hotline-in]
exten => 300,1,Answer()
 same => n,MixMonitor(,t(@HEARD@))
 same => n,Set(CHANNEL(language)=${SAYLANG})
 same => n,Wait(0.2)
 same => n,Playback(${SAY})
 same => n,UserEvent(Played,Status: ${PLAYBACKSTATUS})
 same => n,Wait(0.2)
 same => n,StopMixMonitor()
 same => n,UserEvent(Done)
 same => n,Hangup()
exten => failed,1,Hangup()
"""
TENTH, GAP, REACH, FIRST_REACH = 800, 160, 8_000, 40_000
"""Samples: a tenth of a second, 20 ms, a second, five."""
LIKE = 0.9
"""Correlation of a tenth of a second with what was to be said."""
LOUD_POWER = 1e-4


@pytest.fixture
def installation(program: AsteriskProgram, tmp_path: Path) -> Installation:
    made = Installation(program, tmp_path)
    heard = str(tmp_path / "heard.sln")
    (made.templates / "extensions.conf").write_text(
        DIALPLAN.replace("@HEARD@", heard), encoding="utf-8"
    )
    make_from(TEXTS, Places(ROOT / "var").voices, made.prompts)
    return made


async def played(installation: Installation, prompts: Sequence[str], language: str) -> bytes:
    """What a channel of that language hears, as it was recorded on it."""
    heard = installation.prompts.parent / "heard.sln"
    heard.unlink(missing_ok=True)
    async with ami(installation, installation.secrets.ami) as (link, _):
        await link.ask(
            "Action: Originate",
            "Channel: Local/300@hotline-in",
            "Application: Wait",
            "Data: 60",
            "Async: true",
            f"Variable: __SAYLANG={language}",
            f"Variable: __SAY={'&'.join(prompts)}",
        )
        async with asyncio.timeout(60):
            while (said := await link.next()).get("UserEvent") != "Played":
                pass
            while (await link.next()).get("UserEvent") != "Done":
                pass
    assert said["Status"] == "SUCCESS"
    return await asyncio.to_thread(heard.read_bytes)


def was_heard(sound: bytes, files: Sequence[Path]) -> bool:
    """These files, one behind the other. A busy machine loses frames and leaves gaps between files,
    so every file is looked for by its tenths of a second, each near behind the one before it."""
    samples, at = from_pcm(sound), 0
    for number, file in enumerate(files):
        wanted = from_pcm(file.read_bytes())
        pieces = [wanted[k : k + TENTH] for k in range(0, wanted.size - TENTH + 1, TENTH)]
        loud = [one for one in pieces if (one**2).mean() > LOUD_POWER]
        found = 0
        for piece in loud:
            reach = FIRST_REACH if number == 0 and not found else REACH
            alike, place = best_place(samples[max(0, at - GAP) : at + reach], piece)
            if alike > LIKE:
                found, at = found + 1, max(0, at - GAP) + place + TENTH
        if found < max(1, len(loud) / 2):
            return False
    return True


def best_place(samples: np.ndarray, piece: np.ndarray) -> tuple[float, int]:
    """How alike, at the most, and where."""
    if samples.size < piece.size:
        return 0.0, 0
    products = np.correlate(samples, piece, "valid")
    powers = np.convolve(samples**2, np.ones(piece.size), "valid")
    alike = products / np.sqrt(np.maximum(powers, 1e-9) * (piece**2).sum())
    place = int(np.argmax(alike))
    return float(alike[place]), place


async def test_english_numbers_and_what_is_missing_are_heard_as_they_should_be(installation):
    prompts = installation.prompts
    book = FlowBook()
    book.take_up(1, shipped(DocumentKind.FLOWS).body, TEXTS)
    shelf = PromptShelf(prompts, Places(ROOT / "var").voices, book)
    values = {"place": 12, "order": "2026-13"}

    def files(language: str, *names: str) -> list[Path]:
        return [sound_path(prompts, language, name) for name in names]

    async with installation.running() as server:
        # The dialplan's own way: by the channel's language.
        assert was_heard(
            await played(installation, ["hotline/goodbye"], "en"), files("en", "goodbye")
        )
        heard = await played(installation, ["hotline/goodbye"], "zh")
        assert was_heard(heard, files("zh", "goodbye"))
        assert not was_heard(heard, files("en", "goodbye"))
        # The story's way: an English sentence with a number and an order number from parts.
        english = await shelf.playable("place", "en", values)
        names = [one.rpartition("/")[2] for one in english]
        assert names[:2] == ["place-1", "say-n-12"]
        assert "say-dash" in names
        # The channel's language must not matter to it.
        heard = await played(installation, english, "zh")
        assert was_heard(heard, files("en", *names))
        wrong = [*names[:1], "say-n-17", *names[2:]]
        assert not was_heard(heard, files("en", *wrong))
        chinese = await shelf.playable("chinese-only", "en", {"place": 102})
        names = [one.rpartition("/")[2] for one in chinese]
        assert names == ["chinese-only-1", "say-n-100", "say-n-0", "say-n-2", "chinese-only-3"]
        assert was_heard(await played(installation, chinese, "en"), files("zh", *names))
        # Without the service: what English does not have is heard in Chinese.
        sound_path(prompts, "en", "goodbye").unlink()
        heard = await played(installation, ["hotline/goodbye"], "en")
        assert was_heard(heard, files("zh", "goodbye"))
        # A text that is published while calls go on is heard from the next playback on.
        before = sound_path(prompts, "zh", "goodbye").read_bytes()
        make_from(TEXTS.replace("再见", "感谢您的来电"), Places(ROOT / "var").voices, prompts)
        heard = await played(installation, ["hotline/goodbye"], "zh")
        assert sound_path(prompts, "zh", "goodbye").read_bytes() != before
        assert was_heard(heard, files("zh", "goodbye"))
        assert read_troubles(server.messages_log) == []
