"""Which languages can be taken down, and by whom. 语种

model is there ──► its pool and workers ──► usable
model missing, broken ──► left out, by name, whatever else runs
workers that never become ready ──► left out until one does
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from asr.errors import NotEnoughMemory, UnknownModel
from asr.model_check import check_files
from asr.model_memory import available_bytes, refuse_too_large
from asr.models import CHINESE, model_folder
from asr.protocol import StreamConfig
from asr.recognisers import RecogniserPool
from asr.settings import AsrSettings
from asr.workers import SpeechWorkers

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spoken:
    pool: RecogniserPool
    workers: SpeechWorkers | None = None

    @property
    def usable(self) -> bool:
        return self.workers is None or not self.workers.hopeless


class SpokenLanguages:
    """One pool of recognisers for each language that has a model or servers. 语种表

    A language with a model that cannot be used is left out and named; the others are not harmed.
    """

    def __init__(self, settings: AsrSettings, chosen: Mapping[str, str], var: Path) -> None:
        self.left_out: dict[str, str] = {}
        """Why a configured language cannot be taken down, by language."""
        self._spoken: dict[str, _Spoken] = {}
        servers = {CHINESE: settings.servers, **settings.language_servers}
        for language in sorted({*chosen, *(each for each in servers if servers[each])}):
            pool = RecogniserPool(
                # Without the times of partial words: text that has them is a second behind.
                StreamConfig(),
                settings.answer_limit_s,
                servers.get(language, ()),
                settings.streams_per_worker,
            )
            if servers.get(language):
                self._spoken[language] = _Spoken(pool=pool)
                continue
            folder = self._usable_model(language, chosen[language], var)
            if folder is not None:
                count = settings.workers if language == CHINESE else 1
                workers = SpeechWorkers(folder, settings, pool, count=count, language=language)
                self._spoken[language] = _Spoken(pool=pool, workers=workers)

    @property
    def pools(self) -> Mapping[str, RecogniserPool]:
        """By language, also of those whose workers do not become ready."""
        return {language: spoken.pool for language, spoken in self._spoken.items()}

    @property
    def workers(self) -> Sequence[SpeechWorkers]:
        """All own workers, to be run."""
        return [spoken.workers for spoken in self._spoken.values() if spoken.workers is not None]

    @property
    def unusable(self) -> Mapping[str, str]:
        """Configured languages that are left out now, and why."""
        never = {each: "not-ready" for each, spoken in self._spoken.items() if not spoken.usable}
        return {**self.left_out, **never}

    def recognisers(self, language: str) -> RecogniserPool | None:
        """None: there is no model for it, or none that can be used."""
        spoken = self._spoken.get(language)
        return spoken.pool if spoken is not None and spoken.usable else None

    def _usable_model(self, language: str, name: str, var: Path) -> Path | None:
        try:
            folder = model_folder(name, var)
        except UnknownModel as unknown:
            self._leave_out(language, unknown.code, name)
            return None
        if not folder.is_dir():
            self._leave_out(language, "model-missing", name)
            return None
        report = check_files(folder)
        if not report.usable:
            self._leave_out(language, "model-unusable", "; ".join(report.complaints))
            return None
        try:
            refuse_too_large(folder, available_bytes())
        except NotEnoughMemory as short:
            self._leave_out(language, short.code, str(short))
            return None
        return folder

    def _leave_out(self, language: str, why: str, detail: str) -> None:
        self.left_out[language] = why
        log.error(
            "language left out, its model cannot be used", language=language, why=why, detail=detail
        )
