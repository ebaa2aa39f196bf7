"""What the web needs of the flows. 流程端口"""

from collections.abc import Mapping
from typing import Protocol

from ivr.flow_profiles import Flows, Profile


class FlowPictures(Protocol):
    """The flows that hold, and pictures of flows. 流程图"""

    @property
    def version(self) -> int:
        """Of the document in force; 0 is the one that was shipped."""

    @property
    def flows(self) -> Flows: ...

    def profile_now(self, called_number: str) -> Profile | None:
        """Which a call to that number would get at this instant."""

    def picture(self, flow: str) -> str | None:
        """SVG of a flow in force, by its code."""

    def pictures_of(self, body: str) -> Mapping[str, tuple[str, str]]:
        """Name and SVG of every flow in a text that may still be wrong, by code; as far as they can be drawn."""
