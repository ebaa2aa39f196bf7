"""Switches, their announcement and the voice bot as numbers. 开关指标"""

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hotline.announcement import EmergencyAnnouncer
from hotline.voice_bot import VoiceBot
from seats.house_switches import HouseSwitches


class SwitchCollector(Collector):
    """Asks each part when somebody looks. 开关指标"""

    def __init__(
        self, switches: HouseSwitches, announcer: EmergencyAnnouncer, voice_bot: VoiceBot
    ) -> None:
        self._switches = switches
        self._announcer = announcer
        self._voice_bot = voice_bot

    def collect(self) -> Iterable[Metric]:
        on = GaugeMetricFamily(
            "hotline_switch_on", "Whether a switch of the house is on", labels=["name"]
        )
        for one in self._switches.switches.values():
            on.add_metric([one.name.value], float(one.on))
        yield on
        yield CounterMetricFamily(
            "hotline_switch_wishes_refused",
            "Switches of the command line that could not be turned",
            self._switches.wishes_refused,
        )
        yield CounterMetricFamily(
            "hotline_announcements_failed",
            "Emergency announcements that could not be spoken",
            self._announcer.failed,
        )
        heard = CounterMetricFamily(
            "hotline_voice_bot", "Citizens asked to say what they need", labels=["outcome"]
        )
        for kind, count in self._voice_bot.heard.items():
            heard.add_metric([kind], count)
        yield heard
