"""What the web needs of prompts. 提示音端口"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from web.errors import WebError


class StudioRecordingRefused(WebError):
    """This recording cannot be used. 录音棚文件不可用"""

    code = "studio-recording-refused"
    status = 422


class NoRoomForPrompts(WebError):
    """There is no room for the prompts; those that are there stay. 提示音磁盘已满"""

    code = "prompt-disk-full"
    status = 507


class PromptsNotMadeNow(WebError):
    """The prompts could not be made; those that are there stay. 提示音制作失败"""

    code = "prompts-not-made"
    status = 503


class TextsToCome(WebError):
    """Another version of the texts is to come into force; see to that one first. 已有待生效的文本"""

    code = "texts-to-come"
    status = 409


class TextWrittenOtherwise(WebError):
    """This text is not written in single lines; change it in the document. 请在规则文档中修改此文本"""

    code = "text-written-otherwise"
    status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One text of the document in force, and where it is heard. 文本"""

    code: str
    words: Mapping[str, str]
    """By language, as they are written: with the places of values."""
    notice: bool
    flows: tuple[str, ...]
    without_service: bool
    """Asterisk says it by itself when the service is away. 系统离线时播放"""
    refused: bool
    """Said to who is refused at the door. 拒绝时播报"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRow:
    """One sound, and what it is made from. 提示音"""

    language: str
    name: str
    code: str
    """Of the text that it is a piece of; empty: a part of spoken values, or a recording by itself. 所属文本"""
    text: str
    """The words that it must say; empty: a studio's recording by itself. 文字"""
    spoken_text: str
    """The words that its file says now: another text has just been published. 现有文字"""
    made_from: str
    """ "voice", "studio", or "" where there is no sound yet. 来源"""
    recorded: bool
    """A studio's recording lies there, whether it can be used or not. 有录音棚文件"""
    duration_ms: int
    level_dbfs: float
    missing: bool
    """There is no file that could be played. 缺失"""
    problem: str
    """Why a studio's recording is not used, or why there is no sound. 问题"""


class Prompts(Protocol):
    """The sounds of the hotline. 提示音"""

    @property
    def trouble(self) -> str:
        """Why the last round of making failed; empty: it did not. 制作故障"""

    async def listing(self) -> Sequence[PromptRow]:
        """All that the texts in force need, and a studio's recordings beside them."""

    def texts_in_force(self) -> Sequence[TextRow]:
        """As they are written in the document."""

    def flow_names(self) -> Mapping[str, str]:
        """Of the flows in force, by code."""

    async def wav(self, language: str, name: str) -> bytes | None:
        """As it is played now; None: there is none."""

    async def keep(self, language: str, name: str, recording: bytes, by: str) -> PromptRow:
        """A studio's recording takes the place of the synthetic sound at once.

        Raises StudioRecordingRefused, NoRoomForPrompts, PromptsNotMadeNow.
        """

    async def drop(self, language: str, name: str, by: str) -> bool:
        """The voice speaks again; False: there was no recording. Raises as `keep`."""
