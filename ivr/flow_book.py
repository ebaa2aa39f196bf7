"""The flows and texts in force, and the last few before them for calls that began with those. 流程簿"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivr.flow import GREETING, Flow
from ivr.flow_choice import Surroundings, number_for, profile_for
from ivr.flow_document import read_flows
from ivr.flow_position import Position
from ivr.flow_profiles import Flows, Profile
from ivr.flow_walk import Walk
from ivr.spoken import Value
from ivr.texts import Texts, read_texts, sounds_of

EMERGENCY_TEXT = "emergency-announcement"
"""What the emergency flow announces; an announcement of the moment takes its place. 突发公告文本"""
KEPT_VERSIONS = 8
"""A call lives for hours at most, and flows are not published every minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a call gets. 所选流程"""

    profile: Profile
    walk: Walk


class FlowBook:
    """Knows what flows hold. 流程簿"""

    def __init__(self) -> None:
        self._versions: dict[int, Flows] = {}
        self._texts: Texts = MappingProxyType({})
        self._newest = 0
        self._instead: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def take_up(self, version: int, flows: str, texts: str) -> None:
        """These hold from now on; they were checked when they were published."""
        self._versions.pop(version, None)
        self._versions[version] = read_flows(flows)[0]
        self._newest = version
        self._texts = read_texts(texts)[0]
        for old in list(self._versions)[:-KEPT_VERSIONS]:
            del self._versions[old]

    @property
    def texts(self) -> Texts:
        return self._texts

    def choose(self, around: Surroundings) -> Chosen | None:
        """The profile of a new call; None only where nothing was taken up."""
        flows = self._versions.get(self._newest)
        profile = None if flows is None else profile_for(flows, around)
        if flows is None or profile is None or profile.flow not in flows.flows:
            return None
        flow = flows.flows[profile.flow]
        return Chosen(profile=profile, walk=self._walk(flow, flows, self._newest, around))

    def named(self, code: str, around: Surroundings) -> Walk | None:
        """A flow by its name, as the survey after a talk."""
        flows = self._versions.get(self._newest, Flows())
        flow = next((one for one in flows.flows.values() if one.code == code), None)
        return None if flow is None else self._walk(flow, flows, self._newest, around)

    def walk_of(self, position: Position, around: Surroundings) -> Walk | None:
        """The walk in which that position is, in its own version; None if it is forgotten."""
        flows = self._versions.get(position.version, Flows())
        flow = flows.flows.get(position.flow)
        return None if flow is None else self._walk(flow, flows, position.version, around)

    def sounds(self, text: str, language: str, values: Mapping[str, Value]) -> tuple[str, ...]:
        """The prompts of a text, in their order."""
        instead = self._instead.get(text)
        if instead:
            # The text itself would say something else than what is announced to the others.
            return instead.get(language) or next(iter(instead.values()))
        return sounds_of(self._texts, text, language, values)

    def play_instead(self, text: str, sounds: Mapping[str, tuple[str, ...]]) -> None:
        """The sounds of a text, by language, until it is said otherwise; none: its own again.

        A language that is not among them gets those of the first.
        """
        self._instead[text] = sounds

    def _walk(self, flow: Flow, flows: Flows, version: int, around: Surroundings) -> Walk:
        number = number_for(flows, around.called_number)
        greeting = GREETING if number is None else number.greeting
        return Walk(flow=flow, version=version, around=around, greeting=greeting)
