"""The service level for the web and for Prometheus: the clock's board, and reports from the store. 服务水平"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cti.call import Call
from hotline.clock import monotonic_s
from seats.service_level import Miss, missed
from seats.service_level_clock import KEPT, SHANGHAI, Board, ServiceLevelClock, Window
from seats.service_level_report import DayReport, bounds, day_report
from seats.service_level_trend import Column, columns
from seats.settings import ServiceLevelSettings
from store.service_level import StoredWaits

TREND_REST = 100
"""So many times as long as it took it is not counted anew. 走势计算间隔"""


class ServiceLevelDesk:
    """Board and report, both by seats/service_level.py. 服务水平台"""

    def __init__(
        self,
        clock: ServiceLevelClock,
        stored: StoredWaits,
        settings: ServiceLevelSettings,
        now: Callable[[], datetime],
    ) -> None:
        self.settings = settings
        self.board: Callable[[], Board] = clock.board
        self._clock = clock
        self._stored = stored
        self._now = now
        self._trend: Sequence[Column] = ()
        self._trend_holds_until_s = 0.0

    async def restore(self, live: Iterable[Call]) -> None:
        """After a start: what the clock had counted before."""
        now = self._now()
        self._clock.restore(await self._stored.between(now - KEPT, now), live)

    async def report(self, day: date) -> DayReport:
        """A day in China, of the waits that are over."""
        return day_report(await self._stored.between(*bounds(day)), self.settings, day, self._now())

    async def misses(self, since: datetime) -> Sequence[Miss]:
        """Who was not answered in time and began to wait since then; the newest first."""
        now = self._now()
        waits = await self._stored.between(since, now)
        found = (missed(wait, self.settings, now) for wait in reversed(waits))
        return [miss for miss in found if miss is not None]

    async def trend(self) -> Sequence[Column]:
        """Today in quarters of an hour; walls and boards ask at any time.

        A large city's day takes a tenth of a second to count, a small one's nothing: what was counted is
        shown a hundred times as long as counting took.
        """
        began_s = monotonic_s()
        if began_s >= self._trend_holds_until_s:
            now = self._now()
            since, _ = bounds(now.astimezone(SHANGHAI).date())
            waits = await self._stored.between(since, now)
            self._trend = columns(waits, self.settings, since, now)
            took_s = monotonic_s() - began_s
            self._trend_holds_until_s = monotonic_s() + took_s * TREND_REST
        return self._trend


class ServiceLevelCollector(Collector):
    """The live meters as gauges; groups are labels, citizens never. 服务水平指标"""

    def __init__(self, board: Callable[[], Board]) -> None:
        self._board = board

    def collect(self) -> Iterable[Metric]:
        board = self._board()
        windows = {"recent": board.recent, "today": board.today, "day": board.day}
        yield _shares("in_time_share", "Answered within the limit, of all offered", windows)
        yield _shares("answer_rate", "Answered, of all who were answered or gave up", windows)
        offered = GaugeMetricFamily(
            "hotline_offered", "Waits that began in the window", labels=["window"]
        )
        causes = GaugeMetricFamily(
            "hotline_missed", "Not answered in time, by cause", labels=["window", "cause"]
        )
        for name, window in windows.items():
            offered.add_metric([name], window.whole.tally.offered)
            for cause, count in window.whole.tally.causes.items():
                causes.add_metric([name, cause.value], count)
        yield offered
        yield causes
        waiting = GaugeMetricFamily("hotline_waiting", "Citizens who wait for a person")
        waiting.add_metric([], board.waiting)
        longest = GaugeMetricFamily("hotline_longest_wait_seconds", "The longest of their waits")
        longest.add_metric([], board.longest_ms / 1000)
        yield waiting
        yield longest


def _shares(what: str, text: str, windows: dict[str, Window]) -> Metric:
    """Left out while there is nobody to measure: zero would be an alarm."""
    family = GaugeMetricFamily(f"hotline_{what}", text, labels=["window", "skill_group"])
    for name, window in windows.items():
        for group, meter in (("", window.whole), *window.groups.items()):
            share = meter.in_time_share if what == "in_time_share" else meter.answer_rate
            if share is not None:
                family.add_metric([name, group], share)
    return family
