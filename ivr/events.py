"""What happened to a citizen in his flow. 语音流程事件"""

from dataclasses import dataclass

from cti.events import CallEvent, Event


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementReady(Event):
    """From now on callers hear the announcement of the moment. 公告已可播放

    `in_chinese` are the languages of the texts whose callers hear the Chinese words.
    """

    languages: tuple[str, ...]
    in_chinese: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementFailed(Event):
    """It could not be spoken in this language; it is tried again. 公告合成失败

    Without the Chinese everybody hears the shipped text meanwhile.
    """

    language: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioRecordingKept(Event):
    """A studio's recording is played in place of the synthetic voice. 录音棚文件已启用"""

    language: str
    name: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioRecordingDropped(Event):
    """The synthetic voice speaks again. 录音棚文件已删除"""

    language: str
    name: str
    by: str
