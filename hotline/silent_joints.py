"""Silent calls joined to the legs, and as numbers. 无声来电连接件"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import structlog
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from cti.ids import CallId
from orders.silent_calls import LISTENED_FOR, SilentCalls
from recordings.legs import RATE_HZ, legs_of, samples_between
from recordings.voiced import voiced_ms_of

log = structlog.get_logger(__name__)


class LegVoice:
    """The citizen's raw leg; implements orders.ports.CitizenVoice. 市民话路音量"""

    def __init__(self, legs_folder: Path) -> None:
        self._legs_folder = legs_folder

    async def voiced_ms(self, call_id: CallId, since: timedelta) -> int | None:
        """None: the file is not there, or holds nothing of that time."""
        try:
            return await asyncio.to_thread(self._voiced_ms, call_id, since)
        except OSError as trouble:
            log.warning("a citizen's leg cannot be read", call_id=call_id, trouble=trouble.errno)
            return None

    def _voiced_ms(self, call_id: CallId, since: timedelta) -> int | None:
        leg = legs_of(self._legs_folder, call_id).files[0]
        first = max(0, round(since.total_seconds() * RATE_HZ))
        sound = samples_between(leg, first, first + LISTENED_FOR.seconds * RATE_HZ)
        return voiced_ms_of(sound) if len(sound) >= RATE_HZ else None


class SilenceCollector(Collector):
    """How many calls were silent, and what came of them. 无声来电指标"""

    def __init__(self, silent: SilentCalls) -> None:
        self._silent = silent

    def collect(self) -> Iterable[Metric]:
        family = CounterMetricFamily(
            "hotline_silent_calls", "Calls without a word of the citizen", labels=["outcome"]
        )
        for outcome, count in self._silent.counts.items():
            family.add_metric([outcome], count)
        yield family
