"""What happened to a citizen in his flow. 语音流程事件"""

from dataclasses import dataclass

from cti.events import CallEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStarted(CallEvent):
    """A flow took the call. 流程开始

    `profile` is empty for a flow after the talk; `version` is that of the published document.
    """

    profile: str
    flow: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntered(CallEvent):
    """The citizen came into a node of his flow. 进入流程节点"""

    flow: str
    node: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChosen(CallEvent):
    """From here on he is spoken to in this language. 语言选定"""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAnnounced(CallEvent):
    """He was told his place in the line. 已播报排队位置

    `least` and `most` are minutes, None where nothing was said of the time.
    """

    place: int
    least: int | None = None
    most: int | None = None
