"""What happens in a citizen's story. 流程事件"""

from dataclasses import dataclass

from cti.events import CallEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChosen(CallEvent):
    """He chose a language by key; his next call may begin in it. 已选语种"""

    language: str
