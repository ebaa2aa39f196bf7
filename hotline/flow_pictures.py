"""The flows that hold, as the web shows them. 流程图接入"""

from collections.abc import Callable, Mapping
from datetime import datetime

from documents.calendar import Calendar
from documents.problems import DocumentKind
from ivr.flow import Flow
from ivr.flow_choice import Surroundings, profile_for
from ivr.flow_document import read_flows
from ivr.flow_drawing import draw
from ivr.flow_edges import edges
from ivr.flow_profiles import Flows, Profile
from ivr.texts import Texts, read_texts
from seats.rulebook import Rulebook

MOST_NODES = 200
"""Of a flow that is drawn while it is written: the picture of a bigger one would take too long."""


class FlowPicturesInForce:
    """Reads a version once. 流程图"""

    def __init__(
        self,
        rulebook: Rulebook,
        calendar: Calendar,
        now: Callable[[], datetime],
        *,
        waiting: Callable[[], int],
        switches: Callable[[], frozenset[str]],
    ) -> None:
        self._rulebook = rulebook
        self._calendar = calendar
        self._now = now
        self._waiting = waiting
        self._switches = switches
        self._read: tuple[str, Flows] = ("", Flows())

    @property
    def version(self) -> int:
        return self._rulebook.version(DocumentKind.FLOWS).version

    @property
    def flows(self) -> Flows:
        body = self._rulebook.current(DocumentKind.FLOWS)
        if self._read[0] != body:
            self._read = (body, read_flows(body)[0])
        return self._read[1]

    def profile_now(self, called_number: str) -> Profile | None:
        around = Surroundings(
            at=self._now(),
            calendar=self._calendar,
            called_number=called_number,
            waiting=self._waiting(),
            switches=self._switches(),
        )
        return profile_for(self.flows, around)

    def picture(self, flow: str) -> str | None:
        found = next((one for one in self.flows.flows.values() if one.code == flow), None)
        return None if found is None else draw(found, self._texts())

    def pictures_of(self, body: str) -> Mapping[str, tuple[str, str]]:
        flows, _ = read_flows(body)
        texts = self._texts()
        return {
            one.code: (one.name, draw(one, texts))
            for one in flows.flows.values()
            if len(one.nodes) <= MOST_NODES and can_be_drawn(one)
        }

    def _texts(self) -> Texts:
        return read_texts(self._rulebook.current(DocumentKind.TEXTS))[0]


def can_be_drawn(flow: Flow) -> bool:
    """Every line of it leads to a node that there is."""
    return flow.entry in flow.nodes and all(
        edge.target in flow.nodes for node in flow.nodes.values() for edge in edges(node)
    )
