"""Which language a call is in, and how speech recognition is, as numbers. 转写连接件"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from asr.languages import SpokenLanguages
from asr.load import SpeechLoad
from asr.models import CHINESE, models_in_use
from asr.settings import AsrSettings
from cti.call import Call
from cti.ids import CallId
from seats.rule_documents.groups import Groups
from seats.rules import GroupKind

DIALECT = "dialect"
"""What is spoken in a dialect group; there is no model for it. 方言"""


class CallLanguages:
    """The language of a live call, by the skill group that it is in now. 通话语种"""

    def __init__(
        self, calls: Callable[[], Mapping[CallId, Call]], groups: Callable[[], Groups]
    ) -> None:
        self._calls = calls
        self._groups = groups

    def of(self, call_id: CallId) -> str:
        """Chinese for a call of no group, and of a group that the rules do not know any more."""
        call = self._calls().get(call_id)
        if call is None or call.skill_group is None:
            return CHINESE
        return language_of_group(self._groups(), call.skill_group)


def language_of_group(groups: Groups, code: str) -> str:
    """What is spoken in a skill group."""
    row = next((row for row in groups.values() if row.code == code), None)
    if row is None:
        return CHINESE
    return DIALECT if row.rules.kind is GroupKind.DIALECT else row.rules.language or CHINESE


def spoken_languages(settings: AsrSettings, var: Path) -> SpokenLanguages:
    """All languages with a model: of the configuration, or chosen on the command line."""
    chosen = models_in_use(settings.models, settings.model, var)
    return SpokenLanguages(settings, chosen, var)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpeechCollector(Collector):
    """How far live text is behind and what was given up for it. 转写指标"""

    load: SpeechLoad
    languages: SpokenLanguages

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "hotline_speech_voices", "Voices being listened to", self.load.listening
        )
        yield GaugeMetricFamily(
            "hotline_speech_behind_seconds",
            "Audio that waits at the voice farthest behind",
            self.load.worst_ms / 1000,
        )
        yield CounterMetricFamily(
            "hotline_speech_late", "Utterances told late and marked so", self.load.late
        )
        yield _counts(
            "speech_partials_dropped",
            "Partial results given up, by who did",
            "by",
            self.load.partials_dropped,
        )
        yield _counts(
            "speech_calls_left_out",
            "Calls without a model for their language",
            "language",
            self.load.left_out,
        )
        streams = GaugeMetricFamily(
            "hotline_speech_streams", "Streams at recognisers", labels=["language"]
        )
        troubles: dict[str, int] = {}
        for language, pool in self.languages.pools.items():
            streams.add_metric([language], sum(pool.streams.values()))
            for code, count in pool.troubles.items():
                troubles[code] = troubles.get(code, 0) + count
        yield streams
        yield _counts(
            "speech_troubles", "What recognisers and their peers did wrong", "kind", troubles
        )
        unusable = GaugeMetricFamily(
            "hotline_speech_languages_unusable", "Configured, but left out", labels=["language"]
        )
        for language in self.languages.unusable:
            unusable.add_metric([language], 1)
        yield unusable


def _counts(name: str, text: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"hotline_{name}", text, labels=[label])
    for kind, count in counts.items():
        family.add_metric([kind], count)
    return family
