"""The backfill joined to the archive, the languages, the web. 后补连接件"""

from collections.abc import Awaitable, Callable, Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from asr.backfill import Backfill
from asr.languages import SpokenLanguages
from asr.load import SpeechLoad
from asr.models import CHINESE
from asr.ports import Recognisers
from asr.recognisers import RecogniserPool
from asr.settings import AsrSettings
from cti.ids import CallId
from hotline.speech import language_of_group
from seats.rule_documents.groups import Groups
from store.backfills import BackfillRow, StoredBackfills
from store.calls import StoredCalls
from store.journal import Journal
from web.ports import BackfillBoard, BackfillItem

KEPT_FREE = 4
"""Streams of every language that are left for live calls: two calls with both sides."""


class SpareSpeech:
    """Whether there is anything to spare for what is not live. 余力"""

    def __init__(
        self,
        load: SpeechLoad,
        spoken: SpokenLanguages,
        journal: Journal,
        settings: AsrSettings,
        held: Callable[[], int],
    ) -> None:
        self._load = load
        self._spoken = spoken
        self._journal = journal
        self._settings = settings
        self._held = held
        """Streams that the backfill has itself."""

    def __call__(self) -> bool:
        """Live voices are up to date, there is room for more of them, and the store writes."""
        return (
            self._load.worst_ms <= self._settings.backfill_below_ms
            and self._journal.sick is None
            and all(self._has_places(pool) for pool in self._spoken.pools.values())
        )

    def _has_places(self, pool: RecogniserPool) -> bool:
        if not pool.available:
            return True  # nobody is kept out, and who tries hears that at once
        kept = min(KEPT_FREE, max(0, (self._settings.streams_per_worker or KEPT_FREE + 1) - 1))
        return pool.room + self._held() >= kept


class RecognisersOfCalls:
    """Who understands a call that is over. 语种选择"""

    def __init__(
        self,
        calls: StoredCalls,
        groups: Callable[[], Groups],
        spoken: SpokenLanguages,
    ) -> None:
        self._calls = calls
        self._groups = groups
        self._spoken = spoken

    async def __call__(self, call_id: CallId) -> tuple[str, Recognisers] | None:
        call = await self._calls.find(call_id)
        language = CHINESE
        if call is not None and call.skill_group is not None:
            language = language_of_group(self._groups(), call.skill_group)
        pool = self._spoken.recognisers(language)
        return None if pool is None else (language, pool)


class WebBackfills:
    """The backfill for the web: it acts, the store lists. 后补"""

    def __init__(self, backfill: Backfill, stored: StoredBackfills) -> None:
        self._backfill = backfill
        self._stored = stored

    async def want(self, call_id: CallId, by: str) -> None:
        await self._backfill.want(call_id, why="asked", by=by)

    async def board(self, limit: int) -> BackfillBoard:
        pace = self._backfill.pace
        return BackfillBoard(
            queue=await self._items(self._stored.rows(("asked", "wanted"), limit)),
            failed=await self._items(self._stored.rows(("failed", "given_up"), limit)),
            done=await self._items(self._stored.done(limit)),
            counts=await self._stored.counts(),
            heard_ms=pace.heard_ms,
            busy_ms=round(pace.busy_s * 1000),
            resting=self._backfill.resting,
            trouble=self._backfill.trouble,
        )

    async def _items(self, asked: Awaitable[list[BackfillRow]]) -> list[BackfillItem]:
        return [self._item(row) for row in await asked]

    def _item(self, row: BackfillRow) -> BackfillItem:
        wish = row.wish
        working = self._backfill.at_work.get(wish.call_id)
        state = "wanted" if row.state == "asked" else row.state
        return BackfillItem(
            call_id=wish.call_id,
            state=state if working is None else "working",
            why=wish.why,
            by=wish.by,
            wanted_at=wish.wanted_at,
            reason=row.reason,
            finished_at=row.finished_at,
            heard_ms=0 if working is None else working.heard_ms,
        )


class BackfillCollector(Collector):
    """How the backfill stands, as numbers. 后补指标"""

    def __init__(self, backfill: Backfill) -> None:
        self._backfill = backfill

    def collect(self) -> Iterable[Metric]:
        backfill = self._backfill
        yield GaugeMetricFamily(
            "hotline_backfill_waiting", "Calls whose text is to be made up", backfill.waiting
        )
        yield GaugeMetricFamily(
            "hotline_backfill_working", "Calls whose text is in the making", len(backfill.at_work)
        )
        yield CounterMetricFamily(
            "hotline_backfill_heard_seconds",
            "Audio heard, all voices counted",
            backfill.pace.heard_ms / 1000,
        )
        yield CounterMetricFamily(
            "hotline_backfill_busy_seconds", "Time that the attempts took", backfill.pace.busy_s
        )
        failures = CounterMetricFamily(
            "hotline_backfill_failures", "Attempts in vain, by error code", labels=["code"]
        )
        for code, count in backfill.failures.items():
            failures.add_metric([code], count)
        yield failures
