"""Keeps the sounds as the published texts want them. 提示音台

    texts published ─► rulebook ─► made aside ─► files replaced ─► Asterisk plays them from the next call on

Until then the old sounds are played. What cannot be made is tried again later; the calls go on meanwhile
(hotline/prompt_shelf.py).
"""

import asyncio
import io
import wave
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from documents.problems import DocumentKind
from hotline.prompt_shelf import PromptShelf
from hotline.prompt_uses import text_of_sounds, text_rows
from hotline.sounds.announcing import Announced, announce_aside, forget_announcements
from hotline.sounds.errors import PromptDiskFull, PromptError, StudioRecordingBroken
from hotline.sounds.making import make_aside
from hotline.sounds.manifest import Made, read_manifest
from hotline.sounds.names import RATE_HZ, sound_path, studio_recordings
from hotline.sounds.prompts import wanted_prompts
from hotline.sounds.studio import drop_studio_recording, keep_studio_recording
from hotline.sounds.voice import VoiceError
from hotline.sounds.whole_files import naming_the_disk
from ivr.events import StudioRecordingDropped, StudioRecordingKept
from ivr.flow_document import read_flows
from ivr.flow_profiles import Flows
from ivr.texts import Texts, read_texts
from seats.ports import Now, Tell
from seats.rulebook import Rulebook
from web.prompt_ports import (
    NoRoomForPrompts,
    PromptRow,
    PromptsNotMadeNow,
    StudioRecordingRefused,
    TextRow,
)

log = structlog.get_logger(__name__)

TRY_AGAIN_S = 30.0
"""After a round that failed; a disk is seldom cleared sooner."""

Make = Callable[[str, Path, Path], Awaitable[Sequence[Made]]]


class PromptDesk:
    """Owner of the sounds; implements web.prompt_ports.Prompts. 提示音台"""

    name = "prompts"

    def __init__(
        self,
        rulebook: Rulebook,
        folder: Path,
        voices: Path,
        tell: Tell,
        now: Now,
        make: Make = make_aside,
        try_again_s: float = TRY_AGAIN_S,
    ) -> None:
        self._rulebook = rulebook
        self._folder = folder
        self._voices = voices
        self._tell = tell
        self._now = now
        self._make = make
        self._try_again_s = try_again_s
        self._body = rulebook.current(DocumentKind.TEXTS)
        self._texts: Texts = read_texts(self._body)[0]
        self._making = asyncio.Lock()
        self._changed = asyncio.Event()
        self._changed.set()  # at the start, too: something may have been published meanwhile
        self._last: Sequence[Made] = ()
        self.trouble = ""
        self.failed: Counter[str] = Counter()
        """Rounds that failed, by the error's code."""
        self.rounds = 0
        rulebook.watch(self._look)

    @property
    def texts(self) -> Texts:
        """Those in force."""
        return self._texts

    @property
    def last(self) -> Sequence[Made]:
        """What became of each sound in the last round."""
        return self._last

    async def run(self) -> None:
        """Make anew whatever is published."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.make()
            except (PromptError, VoiceError):
                await self._sooner_or_later()

    async def make(self) -> None:
        """One round. Raises PromptError, VoiceError; then the sounds are as before."""
        async with self._making:
            try:
                made = await self._make(self._body, self._voices, self._folder)
            except (PromptError, VoiceError) as failed:
                self.trouble = str(failed)
                self.failed[failed.code] += 1
                log.warning("prompts could not be made", code=failed.code, why=self.trouble)
                raise
            self.trouble = ""
            self.rounds += 1
            self._last = made
            changed = [f"{one.language}/{one.name}" for one in made if one.changed]
            if changed:
                log.info("prompts made", count=len(changed), first=changed[0])

    # For what is announced this moment.

    async def announce(self, words: Mapping[str, str]) -> Announced:
        """At once, whatever is being made. Raises PromptError, VoiceError."""
        return await announce_aside(words, self._voices, self._folder)

    async def forget_announcements(self, keep: Collection[str]) -> None:
        try:
            await asyncio.to_thread(forget_announcements, self._folder, keep)
        except OSError as trouble:
            log.warning("old announcements stay", trouble=trouble.errno)

    # For the web.

    def texts_in_force(self) -> Sequence[TextRow]:
        return text_rows(self._texts, self._flows())

    def flow_names(self) -> Mapping[str, str]:
        return {flow.code: flow.name for flow in self._flows().flows.values()}

    async def listing(self) -> Sequence[PromptRow]:
        return await asyncio.to_thread(_rows, self._texts, self._folder)

    async def wav(self, language: str, name: str) -> bytes | None:
        return await asyncio.to_thread(_wav, sound_path(self._folder, language, name))

    async def keep(self, language: str, name: str, recording: bytes, by: str) -> PromptRow:
        try:
            async with self._making:  # two may upload the same at once
                await asyncio.to_thread(self._keep, language, name, recording)
            # It lies there: should the making fail, the next round uses it.
            self._tell(StudioRecordingKept(at=self._now(), language=language, name=name, by=by))
            await self.make()
        except StudioRecordingBroken as broken:
            raise StudioRecordingRefused(why=str(broken)) from broken
        except PromptDiskFull as full:
            raise NoRoomForPrompts from full
        except (PromptError, VoiceError) as failed:
            self._changed.set()
            raise PromptsNotMadeNow(why=failed.code) from failed
        rows = await self.listing()
        return next(row for row in rows if (row.language, row.name) == (language, name))

    async def drop(self, language: str, name: str, by: str) -> bool:
        try:
            async with self._making:
                there = await asyncio.to_thread(self._drop, language, name)
            if there:
                self._tell(
                    StudioRecordingDropped(at=self._now(), language=language, name=name, by=by)
                )
                await self.make()
        except PromptDiskFull as full:
            raise NoRoomForPrompts from full
        except (PromptError, VoiceError) as failed:
            self._changed.set()
            raise PromptsNotMadeNow(why=failed.code) from failed
        return there

    def _keep(self, language: str, name: str, recording: bytes) -> None:
        with naming_the_disk(self._folder):
            keep_studio_recording(self._folder, language, name, recording)

    def _drop(self, language: str, name: str) -> bool:
        with naming_the_disk(self._folder):
            return drop_studio_recording(self._folder, language, name)

    def _flows(self) -> Flows:
        return read_flows(self._rulebook.current(DocumentKind.FLOWS))[0]

    def _look(self) -> None:
        body = self._rulebook.current(DocumentKind.TEXTS)
        if body != self._body:
            self._body = body
            self._texts = read_texts(body)[0]
            self._changed.set()

    async def _sooner_or_later(self) -> None:
        """At once when something is published, else when the pause is over."""
        try:
            async with asyncio.timeout(self._try_again_s):
                await self._changed.wait()
        except TimeoutError:
            self._changed.set()


class PromptCollector(Collector):
    """Prompts as numbers. 提示音指标"""

    def __init__(self, desk: PromptDesk, shelf: PromptShelf) -> None:
        self._desk = desk
        self._shelf = shelf

    def collect(self) -> Iterable[Metric]:
        made = self._desk.last
        yield GaugeMetricFamily(
            "hotline_prompts_missing", "Prompts that have no sound", sum(not m.source for m in made)
        )
        yield GaugeMetricFamily(
            "hotline_prompts_troubled",
            "Prompts whose studio recording is broken or that could not be spoken",
            sum(bool(one.problem) for one in made),
        )
        failed = CounterMetricFamily(
            "hotline_prompt_rounds_failed", "Rounds of making that failed", labels=["code"]
        )
        for code, count in self._desk.failed.items():
            failed.add_metric([code], count)
        yield failed
        replaced = CounterMetricFamily(
            "hotline_prompts_not_as_wanted",
            "Texts that were played in Chinese instead, spoken at once, or left out",
            labels=["how", "text"],
        )
        for (how, text), count in self._shelf.counts.items():
            replaced.add_metric([how, text], count)
        yield replaced


def _rows(texts: Texts, folder: Path) -> Sequence[PromptRow]:
    manifest = read_manifest(folder)
    codes, recordings = text_of_sounds(texts), studio_recordings(folder)
    rows = []
    for prompt in wanted_prompts(texts, folder):
        made = manifest.get((prompt.language, prompt.name))
        missing = not sound_path(folder, prompt.language, prompt.name).exists()
        rows.append(
            PromptRow(
                language=prompt.language,
                name=prompt.name,
                code=codes.get((prompt.language, prompt.name), ""),
                text=prompt.text,
                spoken_text="" if made is None else made.text,
                made_from="" if made is None or missing else made.source,
                recorded=(prompt.language, prompt.name) in recordings,
                duration_ms=0 if made is None or missing else made.duration_ms,
                level_dbfs=0.0 if made is None else made.level_dbfs,
                missing=missing,
                problem="" if made is None else made.problem,
            )
        )
    return rows


def _wav(path: Path) -> bytes | None:
    try:
        pcm = path.read_bytes()
    except OSError:
        return None
    whole = io.BytesIO()
    with wave.open(whole, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(pcm)
    return whole.getvalue()
