"""How the parts are, in plain words, and as numbers. 系统状态"""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from asr.languages import SpokenLanguages
from cti.ami.link import AmiLink
from cti.fence import given_up
from ivr.agi.server import AgiServer
from recordings.archivist import Archivist
from store.journal import Journal
from web.ports import PartHealth

DISK_NEEDED_GB = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthBoard:
    """Asks each part when somebody looks. 系统状态"""

    link: AmiLink
    agi: AgiServer
    journal: Journal
    languages: SpokenLanguages
    archivist: Archivist
    folder: Path

    def parts(self) -> Sequence[PartHealth]:
        free_gb = shutil.disk_usage(self.folder).free / 1e9
        pools = self.languages.pools.values()
        streams = sum(sum(pool.streams.values()) for pool in pools)
        available = self.recognisers
        unusable = sorted(self.languages.unusable)
        left_out = f"；语种 {'、'.join(unusable)} 的模型不可用" if unusable else ""
        return [
            _part(
                "Asterisk",
                self.link.connected,
                "已连接",
                f"链路中断，正在重连（{self.link.trouble or '等待'}）",
            ),
            _part("AGI", True, f"{self.agi.open_connections} 个来电在流程中", ""),
            _part(
                "数据库",
                self.journal.sick is None,
                "正常",
                f"暂不可写（{self.journal.sick}），{self.journal.pending} 条事件保存在内存中",
            ),
            _part(
                "语音转写",
                available > 0,
                f"{available} 个识别进程，{streams} 路音频{left_out}",
                f"没有可用的识别进程，通话不受影响，事后补转写{left_out}",
            ),
            _part(
                "录音归档",
                self.archivist.failing == 0,
                "正常",
                f"{self.archivist.failing} 条录音归档失败（{self.archivist.trouble}），原始录音已保留，自动重试",
            ),
            _part(
                "磁盘",
                free_gb >= DISK_NEEDED_GB,
                f"剩余 {free_gb:.1f} GB",
                f"仅剩 {free_gb:.2f} GB，请尽快清理或扩容",
            ),
        ]

    @property
    def recognisers(self) -> int:
        """How many answer, whatever their language."""
        return sum(pool.available for pool in self.languages.pools.values())


def _part(name: str, ok: bool, well: str, ill: str) -> PartHealth:
    return PartHealth(name=name, ok=ok, detail=well if ok else ill)


class HouseCollector(Collector):
    """The parts' own counts as metrics; nothing of a citizen is ever a label. 指标采集"""

    def __init__(self, board: HealthBoard, stuck: Callable[[], int]) -> None:
        self._board = board
        self._unexpected = stuck

    def collect(self) -> Iterable[Metric]:
        board = self._board
        yield _gauge("ami_connected", "Whether we hear Asterisk", float(board.link.connected))
        yield _gauge("agi_connections", "Stories being told", board.agi.open_connections)
        yield _gauge(
            "store_sick", "Whether the store cannot write", float(bool(board.journal.sick))
        )
        yield _gauge("store_pending", "Events not yet on disk", board.journal.pending)
        yield _gauge("recordings_waiting", "Recordings not yet archived", board.archivist.waiting)
        yield _counts("archive_failures", "Archive attempts failed", board.archivist.failures)
        yield _gauge("recognisers", "Recognisers that answer", board.recognisers)
        yield _gauge("facts_unexpected", "Facts that fitted no table", self._unexpected())
        yield _counts("ami_messages", "AMI messages set aside, by kind", board.link.counts)
        yield _counts("agi_refused", "AGI connections closed by us, by code", board.agi.refused)
        yield _counts("given_up", "Parts of calls given up, by kind of trouble", given_up)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"hotline_{name}", text, value)


def _counts(name: str, text: str, counts: "dict[str, int]") -> Metric:
    family = CounterMetricFamily(f"hotline_{name}", text, labels=["kind"])
    for kind, count in counts.items():
        family.add_metric([str(kind)], count)
    return family
